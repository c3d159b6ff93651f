import json
from dataclasses import replace
from pathlib import Path

import pytest

from components.outputs import OutputsError
from gateway.verification.sources import outputs_file, read_outputs, stack_outputs, with_metrics
from gateway.verification.target import Target
from tests.unit.verification.outputs import DEV

TARGET = Target(outputs=DEV, url="http://127.0.0.1:8000", host="kong.omnify.local")


def a_cli_that(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cli = folder / "pulumi"
    cli.write_text(f"#!/bin/sh\n{script}\n")
    cli.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


async def test_the_cli_is_asked_for_the_stacks_gateway(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "outputs.json").write_text(json.dumps(DEV.document()))
    a_cli_that(tmp_path, f'echo "$PWD $@" > {tmp_path}/asked; cat {tmp_path}/outputs.json', monkeypatch)
    assert await stack_outputs("dev", tmp_path) == DEV
    asked = (tmp_path / "asked").read_text().split()
    assert asked == [str(tmp_path), *["stack", "output", "gateway", "--json", "--stack", "dev", "--non-interactive"]]


async def test_what_the_cli_complains_about_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_cli_that(tmp_path, "echo 'error: no stack named dev' >&2; exit 255", monkeypatch)
    with pytest.raises(OutputsError, match=r"no stack named dev; log in .* 'pulumi up --stack dev'"):
        await stack_outputs("dev", tmp_path)


async def test_without_the_cli_a_file_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        OutputsError, match=r"pulumi stack output gateway --json --stack dev > FILE' and give --outputs"
    ):
        await stack_outputs("dev", tmp_path)


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_file_may_hold_all_outputs_or_the_gateway_alone(wrapped: bool, tmp_path: Path) -> None:
    file = tmp_path / "outputs.json"
    file.write_text(json.dumps({"gateway": DEV.document()} if wrapped else DEV.document()))
    assert outputs_file(file) == DEV


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputsError, match=r"none\.json cannot be read"):
        outputs_file(tmp_path / "none.json")


@pytest.mark.parametrize("text", ["[]", "null", "{}", '"text"', '{"gateway": 1}'])
def test_what_is_no_gateway_is_refused(text: str) -> None:
    with pytest.raises(OutputsError, match="stack 'dev' exports no 'gateway' with a contract"):
        read_outputs(text, "stack 'dev'")


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(OutputsError, match=r"none\.json has no JSON; 'pulumi stack output gateway --json' prints it"):
        read_outputs("", "none.json")


def test_another_version_of_the_contract_is_refused() -> None:
    with pytest.raises(OutputsError, match="it has contract '2', and this reader knows '1'"):
        read_outputs(json.dumps({**DEV.document(), "contract": "2"}), "it")


KUBECONFIG = """
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "http://127.0.0.1:9"}}]
contexts: [{name: CONTEXT, context: {cluster: c, user: u}}]
users: [{name: u, user: {token: x}}]
current-context: CONTEXT
"""


@pytest.mark.parametrize("context", ["kind-omnify", "another"])
async def test_a_cluster_out_of_reach_is_a_reason(
    context: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One context whose server does not answer, and one that is not in the kubeconfig."""
    (tmp_path / "kubeconfig").write_text(KUBECONFIG.replace("CONTEXT", context))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "kubeconfig"))
    async with with_metrics(TARGET) as target:
        assert target.metrics_url is None
        assert target.why_no_metrics.startswith("no way to the metrics through the context 'kind-omnify' (")
        assert target.why_no_metrics.endswith("); give --metrics-url")


async def test_a_given_address_needs_no_cluster() -> None:
    given = replace(TARGET, metrics_url="http://127.0.0.1:8100")
    async with with_metrics(given) as target:
        assert target is given
