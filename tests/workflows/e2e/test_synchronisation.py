"""The synchronisation on the real server: pages, resumption, patience, windows, and never two at once."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from omnify_workflows.naming import schedule_id, synchronisation_id
from omnify_workflows.onboarding.models import Consent
from omnify_workflows.onboarding.workflow import Onboarding
from omnify_workflows.synchronisation.models import ScheduledResult, Window
from omnify_workflows.synchronisation.workflow import ScheduledSynchronisation, Synchronisation
from omnify_workflows.vocabulary import Platform
from temporalio.client import WorkflowExecutionStatus
from temporalio.exceptions import WorkflowAlreadyStartedError

from tests.workflows.e2e.conftest import Stage
from tests.workflows.e2e.orders import (
    failure_of,
    onboarding,
    result_of,
    start_onboarding,
    start_synchronisation,
    synchronisation,
    until,
)
from workflows.rehearsal.standin.faults import Fault, When


def window(month: int) -> Window:
    return Window(since=datetime(2026, month, 1, tzinfo=UTC), until=datetime(2026, month, 2, tzinfo=UTC))


async def test_all_pages_are_brought_each_once(stage: Stage, name: str) -> None:
    stage.state.pages[f"{name}/meta"] = 7
    order = synchronisation(name, pages_at_once=2)
    result = await result_of(await start_synchronisation(stage.temporal, order, stage.settings.task_queue))
    assert (result.pages, result.records, result.windows) == (7, 70, 0)
    assert stage.state.stored[f"{name}/meta"] == [str(page) for page in range(1, 8)]


async def test_a_failed_page_goes_on_from_the_last_one_that_was_stored(stage: Stage, name: str) -> None:
    stage.state.pages[f"{name}/meta"] = 6
    stage.faults.add(Fault(rf"PUT /api/clients/{name}/platforms/meta/pages/4", status=503, times=2))
    stage.faults.add(Fault(rf"PUT /api/clients/{name}/platforms/meta/pages/5", status=502, when=When.AFTER))
    result = await result_of(
        await start_synchronisation(stage.temporal, synchronisation(name), stage.settings.task_queue)
    )
    assert (result.pages, result.records) == (6, 60)
    assert stage.state.stored[f"{name}/meta"] == ["1", "2", "3", "4", "5", "6"]
    assert stage.state.requests[f"PUT /api/clients/{name}/platforms/meta/pages/1"] == 1


async def test_an_answer_that_asks_for_patience_gets_it(stage: Stage, name: str) -> None:
    stage.faults.add(Fault(rf"GET /api/clients/{name}/platforms/meta/records", status=429, retry_after="3"))
    began = time.monotonic()
    await result_of(await start_synchronisation(stage.temporal, synchronisation(name), stage.settings.task_queue))
    # The policy's own first wait is 50 ms.
    assert time.monotonic() - began >= 3


async def test_a_refusal_for_good_ends_it(stage: Stage, name: str) -> None:
    stage.faults.add(Fault(rf"GET /api/clients/{name}/platforms/meta/records", status=403))
    handle = await start_synchronisation(stage.temporal, synchronisation(name), stage.settings.task_queue)
    await failure_of(handle)
    assert stage.state.requests[f"GET /api/clients/{name}/platforms/meta/records"] == 1


async def test_a_long_one_continues_as_new_and_loses_nothing(stage: Stage, name: str) -> None:
    stage.state.pages[f"{name}/meta"] = 9
    order = synchronisation(name, pages_at_once=1, chunks_in_run=2)
    handle = await start_synchronisation(stage.temporal, order, stage.settings.task_queue)
    result = await result_of(handle)
    assert (result.pages, result.records) == (9, 90)
    assert stage.state.stored[f"{name}/meta"] == [str(page) for page in range(1, 10)]
    runs = [each async for each in stage.temporal.list_workflows(f"WorkflowId = '{handle.id}'")]
    first = stage.temporal.get_workflow_handle(handle.id, run_id=handle.first_execution_run_id)
    assert (await first.describe()).status is WorkflowExecutionStatus.CONTINUED_AS_NEW
    assert len(runs) >= 1


async def test_windows_are_brought_again_the_ones_that_overlap_as_one(stage: Stage, name: str) -> None:
    order = synchronisation(name, windows=(window(1),))
    stage.faults.add(Fault(rf"GET /api/clients/{name}/platforms/meta/records", status=503, times=5))
    handle = await start_synchronisation(stage.temporal, order, stage.settings.task_queue)
    await handle.signal(Synchronisation.backfill, window(5))
    await handle.signal(Synchronisation.backfill, window(3))
    await handle.signal(Synchronisation.backfill, window(3))
    result = await result_of(handle)
    assert result.windows == 3
    assert [page for page in stage.state.stored[f"{name}/meta"] if page.endswith("-1")] == [
        "2026-01-01-1",
        "2026-03-01-1",
        "2026-05-01-1",
    ]


async def test_a_backfill_starts_one_where_none_runs(stage: Stage, name: str) -> None:
    order = synchronisation(name, windows=(window(2),))
    handle = await stage.temporal.start_workflow(
        Synchronisation.run,
        order,
        id=synchronisation_id(name, Platform.META),
        task_queue=stage.settings.task_queue,
        start_signal="backfill",
        start_signal_args=[window(2)],
    )
    assert (await result_of(handle)).windows == 1


async def test_no_two_run_at_once_whoever_starts_them(stage: Stage, name: str) -> None:
    path = rf"GET /api/clients/{name}/platforms/meta/records"
    stage.faults.add(Fault(path, status=503, times=1_000))
    handle = await start_synchronisation(stage.temporal, synchronisation(name), stage.settings.task_queue)
    with pytest.raises(WorkflowAlreadyStartedError):
        await start_synchronisation(stage.temporal, synchronisation(name), stage.settings.task_queue)
    scheduled = await stage.temporal.execute_workflow(
        ScheduledSynchronisation.run,
        synchronisation(name),
        id=f"scheduled-{name}",
        task_queue=stage.settings.task_queue,
    )
    assert scheduled == ScheduledResult(skipped=True)
    stage.faults.clear()
    assert (await result_of(handle)).pages == 3


async def test_a_schedule_starts_it(stage: Stage, name: str) -> None:
    handle = await start_onboarding(
        stage.temporal,
        onboarding(name, Platform.META, synchronise_every=timedelta(hours=6)),
        stage.settings.task_queue,
    )
    await handle.signal(Onboarding.consent, Consent(platform=Platform.META))
    await result_of(handle)
    before = stage.state.requests[f"GET /api/clients/{name}/platforms/meta/records"]
    schedule = stage.temporal.get_schedule_handle(schedule_id(name, Platform.META))
    await schedule.trigger()
    await until(lambda: stage.state.requests[f"GET /api/clients/{name}/platforms/meta/records"] == before + 3)
    await schedule.delete()
