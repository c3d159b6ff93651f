"""The whole stage on one machine: server, stand-in, workers."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from omnify_workflows.connection import connect
from omnify_workflows.naming import TASK_QUEUE
from omnify_workflows.operating import Operator
from omnify_workflows.settings import TemporalSettings
from temporalio.client import Client

from workflows.rehearsal.ports import free_ports
from workflows.rehearsal.standin.application import SECRET
from workflows.rehearsal.standin.running import RunningStandin, running_standin
from workflows.rehearsal.temporal_server import TemporalServer, running_server
from workflows.rehearsal.worker_process import WorkerProcess


@dataclass(frozen=True)
class Stage:
    """What runs."""

    server: TemporalServer
    standin: RunningStandin
    workers: tuple[WorkerProcess, ...]
    temporal: Client
    operator: Operator


@asynccontextmanager
async def running_stage(binary: Path, directory: Path, workers: int) -> AsyncGenerator[Stage]:
    """The stage, inside the block; nothing of it is left after it but what is in the directory."""
    async with AsyncExitStack() as stack:
        standin = stack.enter_context(running_standin())
        server = await stack.enter_async_context(running_server(binary, directory))
        processes = tuple(
            WorkerProcess(_environment(server, standin), directory / f"worker-{number}.log")
            for number in range(1, workers + 1)
        )
        for process in processes:
            stack.push_async_callback(process.stop)
            await process.start()
        temporal = await connect(TemporalSettings(temporal_address=server.address))
        yield Stage(server, standin, processes, temporal, Operator(temporal, TASK_QUEUE))


def _environment(server: TemporalServer, standin: RunningStandin) -> dict[str, str]:
    health, metrics = free_ports(2)
    return {
        "WORKFLOWS_TEMPORAL_ADDRESS": server.address,
        "WORKFLOWS_GATEWAY_URL": standin.url,
        "WORKFLOWS_KEYCLOAK_URL": standin.url,
        "WORKFLOWS_CLIENT_SECRET": SECRET,
        "WORKFLOWS_HEALTH_PORT": str(health),
        "WORKFLOWS_METRICS_PORT": str(metrics),
    }
