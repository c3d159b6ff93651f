"""What alerts and dashboard ask for is emitted: asked of the real server and of a real worker."""

import asyncio
import re
import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import yaml
from omnify_temporal.client import connected
from omnify_temporal.namespace import Wanted, ensure_namespace
from omnify_workflows.worker.telemetry import metrics_runtime
from temporalio import activity, workflow
from temporalio.client import Client, WorkflowFailureError
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from tests.unit.monitoring.files import dashboard, panel_queries
from tests.unit.monitoring.promql import parse
from tests.workflows.real.conftest import Real
from workflows.components.alert_rules import MONITORING, RULES

pytestmark = [pytest.mark.xdist_group("temporal"), pytest.mark.timeout(900)]

QUEUE = "metrics"
SCRAPE = {"namespace", "instance"}
"""The labels of the target. What the metrics call `namespace` themselves, Prometheus calls `exported_namespace`."""
Emitted = dict[str, set[str]]


@activity.defn
async def fails() -> None:
    raise ApplicationError("on purpose", non_retryable=True)


@workflow.defn
class Fails:
    @workflow.run
    async def run(self) -> None:
        await workflow.execute_activity(
            fails, start_to_close_timeout=timedelta(seconds=30), retry_policy=RetryPolicy(maximum_attempts=1)
        )


@workflow.defn
class Errs:
    """Fails its first task as a bug would, which Temporal tries again, and then ends."""

    failed = False

    @workflow.run
    async def run(self) -> None:
        if not Errs.failed:
            Errs.failed = True
            raise RuntimeError("a bug")


@pytest.fixture(scope="module")
def emitted(real: Real) -> Emitted:
    """Each series' labels, by its name."""
    return asyncio.run(_emitted(real))


async def _emitted(real: Real) -> Emitted:
    await ensure_namespace(await connected(real.address, "metrics", 240), Wanted(1, {}))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    client = await Client.connect(real.address, namespace="metrics", runtime=metrics_runtime("127.0.0.1", port))
    async with Worker(
        client,
        task_queue=QUEUE,
        workflows=[Fails, Errs],
        activities=[fails],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        with pytest.raises(WorkflowFailureError):
            await client.execute_workflow(Fails.run, id="fails", task_queue=QUEUE)
        await client.execute_workflow(Errs.run, id="errs", task_queue=QUEUE)
        async with httpx.AsyncClient(trust_env=False) as http:
            own = (await http.get(f"http://127.0.0.1:{port}/metrics")).text
    return dict(_series(own)) | dict(_series(real.scraped()))


def _series(text: str) -> Iterator[tuple[str, set[str]]]:
    """By line, as Prometheus reads it: the client library's parser gives counters names of its own."""
    found: Emitted = {}
    for name, labels in re.findall(r"^([a-z]\w*)(?:\{(.*)\})? \S+$", text, re.MULTILINE):
        said = re.findall(r'(\w+)="(?:[^"\\]|\\.)*"', labels)
        found.setdefault(name, set(SCRAPE)).update(f"exported_{each}" if each in SCRAPE else each for each in said)
    yield from found.items()


def _queries() -> Iterator[Any]:
    for file in sorted(RULES.glob("*.yaml")):
        for group in yaml.safe_load(file.read_text())["groups"]:
            yield from (pytest.param(rule["expr"], id=rule["alert"]) for rule in group["rules"])
    for file in sorted((MONITORING / "dashboards").glob("*.json")):
        for index, (title, query) in enumerate(panel_queries(dashboard(file))):
            yield pytest.param(query, id=f"{title}-{index}")


@pytest.mark.parametrize("text", list(_queries()))
def test_a_query_asks_for_what_there_is(text: str, emitted: Emitted) -> None:
    query = parse(text)

    assert query.selectors
    known: set[str] = set()
    for selector in query.selectors:
        assert selector.metric in emitted, selector.metric
        known |= emitted[selector.metric]
        assert {label for label, _, _ in selector.matchers} <= emitted[selector.metric], selector
    assert query.grouped_by <= known
