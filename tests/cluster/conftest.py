"""A real API server for tests: `cluster`, and what works on it in a namespace of the test's own."""

import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest

from sandbox.cluster.build import GoMissingError, build
from sandbox.cluster.kubeconfig import Cluster
from sandbox.cluster.objects import Objects
from tests.cluster.manifests import Deploy, Manifest
from tests.cluster.shared import Shared, shared


@pytest.fixture(scope="session")
def binary() -> Path:
    """The control plane's binary; the first time, building it takes minutes."""
    try:
        return build()
    except GoMissingError as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def control_plane(binary: Path) -> Iterator[Shared]:
    """The control plane of the tests, with pod ports 8000, 8001 and 8100 leading to this machine."""
    with shared(binary, (8000, 8001, 8100)) as running:
        yield running


@pytest.fixture(scope="session")
def cluster(control_plane: Shared) -> Cluster:
    """A Kubernetes cluster: real API server, controllers and scheduler; pods are kwok's."""
    return control_plane.cluster


@pytest.fixture
async def objects(cluster: Cluster) -> Objects:
    """What the cluster holds."""
    return await Objects.of(cluster, field_manager="tests")


@pytest.fixture
async def namespace(objects: Objects) -> AsyncIterator[str]:
    """A namespace of the test's own, gone afterwards."""
    name = f"test-{uuid.uuid4().hex[:8]}"
    manifest: Manifest = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    await objects.apply(manifest)
    yield name
    await objects.delete(manifest)


@pytest.fixture
def deploy(objects: Objects) -> Deploy:
    """Apply manifests and wait until they are ready."""

    async def applied(manifests: Sequence[Manifest]) -> list[Manifest]:
        for manifest in manifests:
            await objects.apply(manifest)
        return [await objects.wait_until_ready(manifest) for manifest in manifests]

    return applied
