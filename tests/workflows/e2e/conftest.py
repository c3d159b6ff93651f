"""The stage for tests: one real Temporal server, one worker in this process, and a stand-in of what activities call.

All of them are shared by all tests here (`xdist_group`), which use clients of their own.
"""

import shutil
import tempfile
from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from omnify_workflows.clients.services import open_services
from omnify_workflows.connection import connect
from omnify_workflows.settings import TemporalSettings, WorkerSettings
from omnify_workflows.worker.process import make_worker
from temporalio.client import Client

from sandbox.cluster.build import BuildError, build
from workflows.rehearsal.standin.application import SECRET
from workflows.rehearsal.standin.faults import Faults
from workflows.rehearsal.standin.running import RunningStandin, running_standin
from workflows.rehearsal.standin.state import State
from workflows.rehearsal.temporal_server import TEMPORAL, TemporalServer, running_server


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("temporal"))
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
            item.add_marker(pytest.mark.timeout(180))


@dataclass(frozen=True)
class Stage:
    """What tests work with."""

    temporal: Client
    server: TemporalServer
    standin: RunningStandin
    settings: WorkerSettings

    @property
    def state(self) -> State:
        """What was done."""
        return self.standin.standin.state

    @property
    def faults(self) -> Faults:
        """Failures to come."""
        return self.standin.standin.faults


def worker_settings(server: TemporalServer, standin: RunningStandin, **more: object) -> WorkerSettings:
    values: dict[str, object] = {
        "temporal_address": server.address,
        "gateway_url": standin.url,
        "keycloak_url": standin.url,
        "client_secret": SECRET,
        "health_port": 0,
        "metrics_port": 0,
        "grace": 5.0,
    }
    return WorkerSettings.model_validate(values | more)


@pytest.fixture(scope="session")
def temporal_binary() -> Path:
    try:
        return build(program=TEMPORAL)
    except BuildError as error:
        pytest.skip(f"the Temporal server: {error}")


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def server(temporal_binary: Path) -> AsyncGenerator[TemporalServer]:
    directory = Path(tempfile.mkdtemp(prefix="temporal-"))
    async with running_server(temporal_binary, directory) as running:
        yield running
    shutil.rmtree(directory)


@pytest.fixture(scope="session")
def standin() -> Generator[RunningStandin]:
    with running_standin() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def settings(server: TemporalServer, standin: RunningStandin) -> WorkerSettings:
    return worker_settings(server, standin)


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def _worker(settings: WorkerSettings) -> AsyncGenerator[Client]:
    client = await connect(settings)
    async with open_services(settings) as services, make_worker(client, services, settings):
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def stage(
    _worker: Client, server: TemporalServer, standin: RunningStandin, settings: WorkerSettings
) -> AsyncGenerator[Stage]:
    yield Stage(_worker, server, standin, settings)
    standin.standin.faults.clear()


@pytest_asyncio.fixture(loop_scope="session")
async def bare(server: TemporalServer, standin: RunningStandin) -> AsyncGenerator[Stage]:
    """A queue that no worker takes from, for tests that bring their own."""
    settings = worker_settings(server, standin, task_queue=f"queue-{uuid4().hex[:8]}")
    temporal = await connect(TemporalSettings.model_validate(settings.model_dump(exclude={"client_secret"})))
    yield Stage(temporal, server, standin, settings)
    standin.standin.faults.clear()


@pytest.fixture
def name() -> str:
    """A client, model or campaign of the test's own."""
    return f"c{uuid4().hex[:10]}"
