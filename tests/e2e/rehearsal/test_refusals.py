"""What cannot work is said before anything is done: the step, the reason, what to do, and the log."""

from pathlib import Path

import pytest

from tests.e2e.rehearsal.driver import Rehearsals

pytestmark = pytest.mark.xdist_group("rehearsal")


@pytest.fixture
def fresh(tmp_path: Path) -> Rehearsals:
    """A directory where nothing is, and a PATH with nothing on it."""
    tools = tmp_path / "tools"
    tools.mkdir()
    return Rehearsals(tmp_path / "rehearsal", tools)


def test_a_wrong_stack_is_refused_with_every_problem_and_nothing_is_begun(fresh: Rehearsals) -> None:
    run = fresh.up(limits={"minute": 0, "hour": 60}, mode="databaseless")

    assert run.code == 1
    title, first, second, third, log = run.text.splitlines()
    assert title == "✗ settings of stack dev: 3 problems in the stack's settings:"
    named = [line.strip().partition(":")[0] for line in (first, second, third)]
    assert named == ["limits.day", "limits.minute", "mode"]
    assert log == f"  its log: {fresh.layout.log}"
    assert not fresh.processes()
    assert not fresh.layout.cluster.exists()


def test_a_wrong_change_leaves_what_stands_alone(dev: Rehearsals) -> None:
    entities = dev.entities()

    run = dev.up(auth={"kind": "jwt", "issuer": "no url", "audience": "omnify-api", "jwksFile": "keys/dev.jwks.json"})

    assert run.code == 1
    assert "auth.issuer:" in run.text
    assert dev.entities() == entities


def test_a_stack_that_does_not_exist_is_named_with_those_that_do(fresh: Rehearsals) -> None:
    run = fresh.up("stage")

    assert run.code == 1
    assert run.text.splitlines()[0] == (
        "✗ settings of stack stage: there is no stack 'stage' (Pulumi.stage.yaml); the stacks here are: dev, prod"
    )


def test_without_go_it_says_what_to_install_and_what_works_without(fresh: Rehearsals) -> None:
    fresh.environment = {"XDG_CACHE_HOME": str(fresh.directory / "cache")}

    run = fresh.up()

    assert run.code == 1
    said = run.lines("✗ Kubernetes: ")
    assert said == [
        "Go is not on PATH: install Go 1.24 or newer (https://go.dev/dl), or use a cluster of your own with"
        " CLUSTER=current"
    ]
    assert f"  its log: {fresh.layout.log}" in run.text.splitlines()


def test_without_a_kubeconfig_current_says_how_to_get_one(fresh: Rehearsals) -> None:
    fresh.environment = {"CLUSTER": "current", "KUBECONFIG": str(fresh.directory / "none")}

    run = fresh.up()

    assert run.code == 1
    assert run.text.startswith("✗ cluster: CLUSTER=current: ")
    assert "kubectl config use-context NAME" in run.text


def test_a_cluster_at_hand_that_does_not_answer_is_named(fresh: Rehearsals, tmp_path: Path) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(
        "{clusters: [{name: a, cluster: {server: 'http://127.0.0.1:9'}}], users: [{name: b, user: {token: c}}],"
        " contexts: [{name: far, context: {cluster: a, user: b}}], current-context: far}"
    )
    fresh.environment = {"CLUSTER": "current", "KUBECONFIG": str(kubeconfig)}

    run = fresh.up()

    assert run.code == 1
    assert run.lines("✗ Kubernetes: ") == [
        f"CLUSTER=current: the context 'far' of {kubeconfig} does not answer (All connection attempts failed);"
        " start that cluster, or choose another context"
    ]


def test_a_place_that_is_none_is_refused(fresh: Rehearsals) -> None:
    fresh.environment = {"CLUSTER": "minikube"}

    run = fresh.up()

    assert run.code == 1
    assert "CLUSTER=minikube is no place; write `current` for the kubeconfig at hand" in run.text


@pytest.mark.parametrize("given", ["KONG_ADMIN_URL", "KONG_PROXY_URL"])
def test_half_a_real_kong_is_refused(fresh: Rehearsals, given: str) -> None:
    (missing,) = {"KONG_ADMIN_URL", "KONG_PROXY_URL"} - {given}
    fresh.environment = {given: "http://127.0.0.1:9"}

    run = fresh.up()

    assert run.code == 1
    assert f"{given} names a real Kong, but {missing} is not set; set both, or neither" in run.text
