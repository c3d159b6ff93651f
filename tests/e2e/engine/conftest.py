"""The whole program under the real Pulumi CLI, on the control plane of the tests, with the stand-in for Kong.

Runs where `pulumi` is on PATH and can find the Kubernetes provider; nothing here downloads either.
"""

import asyncio
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.cluster.kubeconfig import Cluster
from sandbox.cluster.objects import Objects
from sandbox.kong.gateway import Options, Ports
from sandbox.rehearsal.cli import PulumiStack
from tests.cluster.conftest import binary, cluster, control_plane, objects
from tests.cluster.shared import Shared
from tests.e2e.engine import live
from tests.e2e.engine.project import Project, dev_stack
from tests.standin import RunningStandin, running_standin

__all__ = ["binary", "cluster", "control_plane", "objects"]

_PROVIDER = "pulumi-resource-kubernetes"


@pytest.fixture(scope="session", autouse=True)
def engine() -> None:
    """Skip all of this where there is no engine."""
    if PulumiStack.cli() is None:
        pytest.skip("the Pulumi CLI is not on PATH")
    installed = Path(os.environ.get("PULUMI_HOME", Path.home() / ".pulumi")) / "plugins"
    if shutil.which(_PROVIDER) is None and not list(installed.glob("resource-kubernetes-v*")):
        pytest.skip(f"{_PROVIDER} is neither on PATH nor in {installed}")


@pytest.fixture(scope="module")
def kong_ports(engine: None, control_plane: Shared) -> Iterator[Ports]:
    """Where pods' ports lead; nobody else listens there meanwhile."""
    targets = control_plane.targets
    with control_plane.target_lock():
        yield Ports(admin=targets[8001], proxy=targets[8000], status=targets[8100])


@pytest.fixture(scope="module")
def kong(kong_ports: Ports) -> Iterator[RunningStandin]:
    """An empty Kong, as one finds it through the cluster."""
    with running_standin(Options(ports=kong_ports)) as running:
        yield running


@pytest.fixture(scope="module")
def project(engine: None, cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """The dev stack, not yet deployed; its namespace goes with the module, whatever its tests left."""
    project = dev_stack(cluster, tmp_path_factory.mktemp("engine"))
    yield project
    asyncio.run(_erase(cluster, project.namespace))


async def _erase(cluster: Cluster, namespace: str) -> None:
    objects = await Objects.of(cluster, field_manager="tests")
    await objects.delete(live.namespace(namespace))
