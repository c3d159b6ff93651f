"""Workers that are killed, stopped and replaced, and a server that goes away, in the middle of workflows."""

import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from omnify_workflows.connection import connect
from omnify_workflows.onboarding.models import Consent
from omnify_workflows.onboarding.workflow import Onboarding
from omnify_workflows.settings import TemporalSettings
from omnify_workflows.vocabulary import Platform
from temporalio.api.workflowservice.v1 import SetWorkerDeploymentCurrentVersionRequest
from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError

from tests.workflows.e2e.conftest import Stage
from tests.workflows.e2e.orders import (
    onboarding,
    result_of,
    retraining,
    start_onboarding,
    start_retraining,
    start_synchronisation,
    synchronisation,
    until,
)
from workflows.rehearsal.ports import free_ports
from workflows.rehearsal.standin.application import SECRET
from workflows.rehearsal.standin.faults import Fault
from workflows.rehearsal.temporal_server import TemporalServer
from workflows.rehearsal.worker_process import WorkerProcess

Make = Callable[..., WorkerProcess]


@pytest.fixture
def make(bare: Stage, tmp_path: Path) -> Make:
    def made(**more: str) -> WorkerProcess:
        health, metrics = free_ports(2)
        environment = {
            "TEMPORAL_ADDRESS": bare.settings.temporal_address,
            "TASK_QUEUE": bare.settings.task_queue,
            "GATEWAY_URL": bare.standin.url,
            "KEYCLOAK_URL": bare.standin.url,
            "CLIENT_SECRET": SECRET,
            "HEALTH_PORT": str(health),
            "METRICS_PORT": str(metrics),
            "GRACE": "10",
            **more,
        }
        return WorkerProcess({f"WORKFLOWS_{name}": value for name, value in environment.items()}, tmp_path / "log")

    return made


@asynccontextmanager
async def running(worker: WorkerProcess) -> AsyncGenerator[WorkerProcess]:
    try:
        await worker.start()
        yield worker
    finally:
        worker.kill()


async def test_a_worker_that_is_killed_in_the_middle_loses_and_doubles_nothing(
    bare: Stage, make: Make, name: str
) -> None:
    bare.state.pages[f"{name}/meta"] = 40
    bare.faults.add(Fault(rf"GET /api/clients/{name}/platforms/meta/records", status=200, times=1_000, delay=0.05))
    async with running(make()) as first:
        handle = await start_onboarding(bare.temporal, onboarding(name, Platform.META), bare.settings.task_queue)
        await handle.signal(Onboarding.consent, Consent(platform=Platform.META))
        await until(lambda: len(bare.state.stored.get(f"{name}/meta", ())) >= 5)
        first.kill()
        async with running(make()):
            result = await result_of(handle)
    assert result.records == 400
    assert sorted(bare.state.stored[f"{name}/meta"], key=int) == [str(page) for page in range(1, 41)]
    assert all(count == 1 for effect, count in bare.state.effects.items() if name in effect.split())


async def test_a_worker_that_is_told_to_stop_hands_on_what_it_has(bare: Stage, make: Make, name: str) -> None:
    bare.state.pages[f"{name}/meta"] = 60
    bare.state.model(name).looks_needed = 40
    bare.faults.add(Fault(rf"GET /api/clients/{name}/platforms/meta/records", status=200, times=1_000, delay=0.05))
    first = make()
    async with running(first), running(make()):
        pages = await start_synchronisation(
            bare.temporal, synchronisation(name, pages_at_once=100), bare.settings.task_queue
        )
        training = await start_retraining(
            bare.temporal, retraining(name, look_every=timedelta(seconds=0.1)), bare.settings.task_queue
        )
        await until(lambda: len(bare.state.stored.get(f"{name}/meta", ())) >= 3 and bare.state.effects[f"train {name}"])
        assert await first.stop() == 0
        assert (await result_of(pages)).pages == 60
        assert (await result_of(training)).promoted
    stored = bare.state.stored[f"{name}/meta"]
    assert len(stored) == len(set(stored)) == 60
    # Where it was, not from the beginning: each page was asked for once, or once more at the seam.
    assert bare.state.requests[f"GET /api/clients/{name}/platforms/meta/records"] <= 63
    assert bare.state.effects[f"train {name}"] == 1
    assert bare.state.effects[f"cancel the training of {name}"] == 0


async def test_a_server_that_goes_away_finds_its_workflows_again(
    temporal_binary: Path, bare: Stage, make: Make, name: str, tmp_path: Path
) -> None:
    own = TemporalServer(temporal_binary, tmp_path / "temporal")
    await own.start()
    try:
        async with running(make(TEMPORAL_ADDRESS=own.address)):
            temporal = await connect(TemporalSettings(temporal_address=own.address))
            handle = await start_onboarding(temporal, onboarding(name, Platform.META), bare.settings.task_queue)
            await until(lambda: bare.state.effects[f"ask {name} for meta"])
            own.kill()
            await own.start()
            await handle.signal(Onboarding.consent, Consent(platform=Platform.META))
            assert (await result_of(handle)).connected == (Platform.META,)
    finally:
        await own.stop()
    assert bare.state.effects[f"create {name}"] == 1
    assert bare.state.effects[f"welcome to {name}"] == 1


async def test_a_worker_says_how_it_is_and_what_it_does(bare: Stage, make: Make, name: str) -> None:
    worker = make()
    async with running(worker), httpx.AsyncClient(trust_env=False) as http:
        await result_of(await start_onboarding(bare.temporal, onboarding(name), bare.settings.task_queue))
        health, metrics = (worker.environment[f"WORKFLOWS_{port}_PORT"] for port in ("HEALTH", "METRICS"))
        assert (await http.get(f"http://127.0.0.1:{health}/healthz")).json() == {"status": "running"}
        said = (await http.get(f"http://127.0.0.1:{metrics}/metrics")).text
        bare.faults.add(Fault(rf"POST /api/clients/{name}-2/messages", status=422))
        failing = await start_onboarding(bare.temporal, onboarding(f"{name}-2"), bare.settings.task_queue)
        await until(lambda: _has_ended(failing))
        assert await worker.stop() == 0
    for metric in (
        "temporal_activity_schedule_to_start_latency_seconds_bucket",
        "temporal_workflow_completed_total",
        "temporal_worker_task_slots_available",
    ):
        assert metric in said
    lines = [json.loads(line) for line in worker.log.read_text().splitlines() if line.startswith("{")]
    told = next(line for line in lines if "taking back" in line["event"])
    assert told["workflow_id"] == f"onboarding-{name}-2"
    assert told["run_id"]
    assert told["level"] == "warning"
    assert SECRET not in worker.log.read_text()


async def test_a_workflow_stays_with_the_version_of_the_worker_it_began_on(bare: Stage, make: Make, name: str) -> None:
    deployment = f"d-{name}"
    first = make(DEPLOYMENT=deployment, BUILD_ID="one")
    async with running(first):
        await _promote(bare, deployment, "one")
        handle = await start_onboarding(bare.temporal, onboarding(name, Platform.META), bare.settings.task_queue)
        await until(lambda: bare.state.effects[f"ask {name} for meta"])
        async with running(make(DEPLOYMENT=deployment, BUILD_ID="two")):
            await _promote(bare, deployment, "two")
            later = await start_onboarding(bare.temporal, onboarding(f"{name}-2"), bare.settings.task_queue)
            await result_of(later)
            await handle.signal(Onboarding.consent, Consent(platform=Platform.META))
            await result_of(handle)
    assert await _version_of(handle) == "one"
    assert await _version_of(later) == "two"


async def _promote(stage: Stage, deployment: str, build_id: str) -> None:
    request = SetWorkerDeploymentCurrentVersionRequest(
        namespace=stage.temporal.namespace, deployment_name=deployment, build_id=build_id
    )

    async def promoted() -> bool:
        try:
            await stage.temporal.workflow_service.set_worker_deployment_current_version(request)
        except RPCError:
            return False
        return True

    await until(promoted)


async def _version_of(handle: Any) -> str:
    described = await handle.describe()
    return described.raw_description.workflow_execution_info.versioning_info.deployment_version.build_id


async def _has_ended(handle: Any) -> bool:
    return (await handle.describe()).status is not WorkflowExecutionStatus.RUNNING
