"""The steps of an update against the real server: the namespace, and versions of workers."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from omnify_temporal.__main__ import main
from omnify_temporal.client import connected
from omnify_temporal.errors import StepError
from omnify_temporal.namespace import Wanted, ensure_namespace
from omnify_temporal.versions import promote, refuse_undrained
from temporalio import workflow
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client, WorkflowHandle
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import UnsandboxedWorkflowRunner, Worker, WorkerDeploymentConfig

from tests.program.resources import inputs
from tests.workflows.real.conftest import Real

pytestmark = [pytest.mark.xdist_group("temporal"), pytest.mark.timeout(900)]

QUEUE = "versions"
PATIENCE = 240.0


@workflow.defn(versioning_behavior=VersioningBehavior.PINNED)
class Waiting:
    """Ends when it is told to."""

    def __init__(self) -> None:
        self._over = False

    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: self._over)

    @workflow.signal
    def end(self) -> None:
        self._over = True


@asynccontextmanager
async def worker(client: Client, deployment: str, build_id: str) -> AsyncGenerator[None]:
    """A worker of a version."""
    version = WorkerDeploymentVersion(deployment_name=deployment, build_id=build_id)
    async with Worker(
        client,
        task_queue=QUEUE,
        workflows=[Waiting],
        deployment_config=WorkerDeploymentConfig(version=version, use_worker_versioning=True),
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        yield


async def test_the_schema_jobs_script_makes_both_stores_and_runs_again_without_harm(real: Real) -> None:
    first, again = real.schema_runs

    assert "UpdateSchemaTask done" in first
    assert "found zero updates from current version" in again


async def test_the_namespace_step_makes_it_with_its_retention_and_attributes(real: Real) -> None:
    command = inputs(real.made.one_named("kubernetes:batch/v1:Job", "temporal-namespace"))
    said = command["spec"]["template"]["spec"]["containers"][0]["command"]
    assert said[:3] == ["python", "-m", "omnify_temporal"]
    arguments = [part.replace("temporal-frontend:7233", real.address) for part in said[3:]]

    await asyncio.to_thread(main, arguments)
    await asyncio.to_thread(main, arguments)

    client = await Client.connect(real.address, namespace="omnify")
    described = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace="omnify"))
    assert described.config.workflow_execution_retention_ttl.ToTimedelta() == timedelta(days=30)
    listed = await client.operator_service.list_search_attributes(ListSearchAttributesRequest(namespace="omnify"))
    assert "OmnifyClient" in listed.custom_attributes


async def test_a_changed_retention_holds_and_a_changed_type_is_refused(real: Real) -> None:
    temporal = await connected(real.address, "changing", PATIENCE)
    await ensure_namespace(temporal, Wanted(7, {"Client": "Keyword"}))

    said = await ensure_namespace(temporal, Wanted(8, {"Client": "Keyword", "Spend": "Double"}))

    assert "namespace changing has a retention of 8 days now" in said
    assert "search attribute Spend: Double" in said
    with pytest.raises(StepError, match=r"executions\.searchAttributes\.Client: is Keyword in Temporal"):
        await ensure_namespace(temporal, Wanted(8, {"Client": "Text"}))


async def test_a_deploy_never_breaks_a_running_workflow(real: Real) -> None:
    temporal = await connected(real.address, "versioned", PATIENCE)
    await ensure_namespace(temporal, Wanted(1, {}))
    client, deployment = temporal.client, "omnify-workflows"

    async with worker(client, deployment, "1"):
        await promote(temporal, deployment, "1")
        old = await client.start_workflow(Waiting.run, id="old", task_queue=QUEUE)
        await _began(old)
        async with worker(client, deployment, "2"):
            await promote(temporal, deployment, "2")
            new = await client.start_workflow(Waiting.run, id="new", task_queue=QUEUE)
            await _began(new)
            with pytest.raises(StepError, match=r"workers\.versions: workflows still run on 1 \(\w+\), which is not"):
                await refuse_undrained(temporal, deployment, {"2"})
            assert "drained" in await refuse_undrained(temporal, deployment, {"1", "2"})
            await old.signal(Waiting.end)
            await old.result()
            await new.signal(Waiting.end)
            await new.result()


async def test_a_version_without_workers_does_not_become_current(real: Real) -> None:
    temporal = await connected(real.address, "versioned", 3)

    with pytest.raises(StepError, match="after 3 s there is still not: workers of version 3"):
        await promote(temporal, "omnify-workflows", "3")


async def test_a_temporal_that_is_not_there_is_said() -> None:
    with pytest.raises(StepError, match=r"Temporal at 127\.0\.0\.1:1 did not answer within 2 s; look at its frontend"):
        await connected("127.0.0.1:1", "omnify", 2)


async def _began(handle: WorkflowHandle[Waiting, None]) -> None:
    """Wait until a worker has taken the workflow's first task."""
    async with asyncio.timeout(PATIENCE):
        while (await handle.describe()).history_length < 4:  # noqa: ASYNC110 - the server's, not ours
            await asyncio.sleep(0.2)
