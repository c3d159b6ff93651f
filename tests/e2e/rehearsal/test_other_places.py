"""Rehearsals where something else is at hand: a real Kong, or a cluster of one's own."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from components.outputs import GatewayOutputs
from sandbox.cluster.build import build
from sandbox.kong.gateway import Options, Ports
from sandbox.rehearsal import backend_in_cluster
from tests.cluster.shared import Shared, shared
from tests.e2e.rehearsal.driver import KINDS, Rehearsals, declared
from tests.standin import RunningStandin, running_standin

pytestmark = pytest.mark.xdist_group("rehearsal")


@pytest.fixture
def real_kong() -> Iterator[RunningStandin]:
    """A gateway that somebody else runs."""
    with running_standin() as running:
        yield running


def test_a_real_kong_takes_the_place_of_the_stand_in(dev: Rehearsals, real_kong: RunningStandin) -> None:
    entities = dev.layout.entities("dev", "database").read_text()
    dev.environment = {"KONG_ADMIN_URL": real_kong.admin_url, "KONG_PROXY_URL": real_kong.proxy_url}

    run = dev.up()

    assert run.code == 0, run.text
    assert {kind: len(real_kong.store.all(kind)) for kind in ("services", "routes", "consumers")} == {
        "services": 1,
        "routes": 5,
        "consumers": 3,
    }
    assert dev.layout.entities("dev", "database").read_text() == entities
    assert not any("sandbox.kong" in (process.info["cmdline"] or ()) for process in dev.processes())
    assert any(line.endswith(f"{real_kong.proxy_url}/health") for line in run.lines("  gateway  curl "))


def test_a_real_kong_with_a_database_takes_no_file(dev: Rehearsals, real_kong: RunningStandin) -> None:
    dev.environment = {"KONG_ADMIN_URL": real_kong.admin_url, "KONG_PROXY_URL": real_kong.proxy_url}

    run = dev.up(mode="dbless")

    assert run.code == 1
    (said,) = run.lines("✗ kong.yml, as the pods mount it: ")
    assert said == (
        f"{real_kong.admin_url}/config refused it: 400 this endpoint is only available when Kong is configured to not"
        " use a database"
    )


@pytest.fixture(scope="module")
def cluster_at_hand(tools: Path) -> Iterator[Shared]:
    """A cluster that somebody else runs, with pods whose ports lead to this machine."""
    with shared(build(), (8000, 8001, 8100)) as running:
        yield running


@pytest.fixture
def pods(dev: Rehearsals, cluster_at_hand: Shared) -> Iterator[RunningStandin]:
    """What runs in the pods of that cluster: Kong, and behind the name of the backend's Service the backend."""
    inside = urlsplit(backend_in_cluster.URL)
    backend = urlsplit(dev.url("backend"))
    options = Options(
        ports=Ports(*(cluster_at_hand.targets[port] for port in (8001, 8000, 8100))),
        connect_to={(inside.hostname or "", inside.port or 80): (backend.hostname or "", backend.port or 80)},
    )
    with cluster_at_hand.target_lock(), running_standin(options) as running:
        yield running


def test_the_cluster_at_hand_needs_no_go_and_is_left_as_it_was(
    dev: Rehearsals, cluster_at_hand: Shared, pods: RunningStandin, tmp_path: Path
) -> None:
    (tmp_path / "tools").mkdir()
    kubeconfig = str(cluster_at_hand.cluster.kubeconfig)
    here = replace(dev, directory=tmp_path / "rehearsal", tools=tmp_path / "tools")
    here.environment = {"CLUSTER": "current", "KUBECONFIG": kubeconfig}
    context = cluster_at_hand.cluster.context

    up = here.up()

    assert up.code == 0, up.text
    assert "✓ backend in the cluster" in up.text
    assert f"✓ stack dev (sandbox engine): {declared()} created" in up.text
    kept = here.layout.root / "current" / context
    document = json.loads((kept / "outputs" / "dev.json").read_text())
    assert GatewayOutputs.model_validate(document["gateway"]).context == context
    assert any(f"--kubeconfig {kubeconfig} " in line for line in up.lines("  cluster  kubectl "))
    assert len(pods.store.all("routes")) == 5

    again = here.up()

    assert again.code == 0, again.text
    assert f"nothing to change, {declared()} resources are as declared" in again.text

    down = here.down()

    assert down.code == 0, down.text
    assert f"stack dev: {declared()} deleted" in down.text
    assert not any(httpx.get(f"{pods.admin_url}/{kind}").json()["data"] for kind in KINDS)
    assert not here.processes()
