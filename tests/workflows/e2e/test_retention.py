"""The campaign on the real server: batches, rate, quiet hours, conversions, and its end in all ways."""

import time as clock
from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from omnify_workflows.retention.models import CampaignResult, Conversion, QuietHours
from omnify_workflows.retention.models import Stage as At
from omnify_workflows.retention.workflow import Retention
from temporalio.client import WorkflowExecutionStatus, WorkflowHandle
from temporalio.exceptions import CancelledError

from tests.workflows.e2e.conftest import Stage
from tests.workflows.e2e.orders import campaign, failure_of, result_of, start_campaign, until
from workflows.rehearsal.standin.faults import Fault, When
from workflows.rehearsal.standin.state import Campaign


async def start(stage: Stage, name: str, **more: Any) -> WorkflowHandle[Retention, CampaignResult]:
    return await start_campaign(stage.temporal, campaign(name, **more), stage.settings.task_queue)


def audience(stage: Stage, name: str, **zones: int) -> Campaign:
    recipients = [(f"{city}-{number}", f"Europe/{city}") for city, count in zones.items() for number in range(count)]
    made = stage.state.campaigns[f"{name}/spring"] = Campaign(audience=recipients)
    return made


async def test_everybody_gets_each_touch_once_and_then_it_is_measured_and_ended(stage: Stage, name: str) -> None:
    known = audience(stage, name, Berlin=5, Lisbon=4)
    result = await result_of(await start(stage, name))
    assert (result.audience, result.sent, result.skipped) == (9, 18, 0)
    assert known.got == Counter({(recipient, touch): 1 for recipient, _ in known.audience for touch in (1, 2)})
    assert known.ended is True
    assert result.measures.recipients == 9


async def test_a_lost_answer_sends_nothing_twice(stage: Stage, name: str) -> None:
    known = audience(stage, name, Berlin=4)
    path = rf"POST /api/clients/{name}/campaigns/spring/messages"
    stage.faults.add(Fault(path, status=502, times=3, when=When.AFTER))
    stage.faults.add(Fault(path, status=503, times=2))
    result = await result_of(await start(stage, name))
    assert result.sent == 8
    assert set(known.got.values()) == {1}


async def test_who_converts_gets_nothing_more(stage: Stage, name: str) -> None:
    known = audience(stage, name, Berlin=4)
    handle = await start(stage, name, between_touches=timedelta(seconds=5))

    async def between() -> bool:
        return (await handle.query(Retention.progress)).stage is At.BETWEEN

    await until(between)
    await handle.signal(Retention.converted, Conversion(recipient="Berlin-2"))
    result = await result_of(handle)
    assert (result.sent, result.skipped) == (7, 1)
    assert ("Berlin-2", 1) in known.got
    assert ("Berlin-2", 2) not in known.got


async def test_who_converts_before_anything_was_sent_gets_nothing(stage: Stage, name: str) -> None:
    known = audience(stage, name, Berlin=3)
    stage.faults.add(Fault(rf"POST /api/clients/{name}/campaigns/spring/audience", times=3))
    handle = await start(stage, name)
    await handle.signal(Retention.converted, Conversion(recipient="Berlin-0"))
    assert (await result_of(handle)).skipped == 2
    assert {recipient for recipient, _ in known.got} == {"Berlin-1", "Berlin-2"}


async def test_no_more_are_sent_than_the_rate_allows(stage: Stage, name: str) -> None:
    audience(stage, name, Berlin=4)
    began = clock.monotonic()
    await result_of(await start(stage, name, touches=1, batch=2, per_minute=60.0))
    assert clock.monotonic() - began >= 3.5


async def test_who_sleeps_is_written_to_when_quiet_hours_end(stage: Stage, name: str) -> None:
    known = audience(stage, name, Berlin=1)
    now = datetime.now(ZoneInfo("Europe/Berlin"))
    ends = (now + timedelta(seconds=4)).time().replace(tzinfo=None)
    begins = (now - timedelta(hours=2)).time().replace(tzinfo=None)
    handle = await start(stage, name, touches=1, quiet=QuietHours(begins=begins, ends=ends))

    async def quiet() -> bool:
        return (await handle.query(Retention.progress)).stage is At.QUIET or bool(known.got)

    await until(quiet)
    await result_of(handle)
    assert datetime.now(ZoneInfo("Europe/Berlin")) >= now + timedelta(seconds=4)
    assert known.got == Counter({("Berlin-0", 1): 1})


async def test_whoever_is_awake_does_not_wait_for_those_who_sleep(stage: Stage, name: str) -> None:
    known = audience(stage, name, Berlin=1)
    known.audience.append(("far", "Pacific/Auckland"))
    there = datetime.now(ZoneInfo("Pacific/Auckland"))
    quiet = QuietHours(
        begins=(there - timedelta(hours=2)).time().replace(tzinfo=None),
        ends=(there + timedelta(hours=2)).time().replace(tzinfo=None),
    )
    handle = await start(stage, name, touches=1, quiet=quiet)
    await until(lambda: known.got[("Berlin-0", 1)])
    assert ("far", 1) not in known.got
    await handle.cancel()
    await failure_of(handle)


async def test_a_long_one_continues_as_new_and_sends_nothing_twice(stage: Stage, name: str) -> None:
    known = audience(stage, name, Berlin=9)
    handle = await start(stage, name, batch=1, batches_in_run=4)
    await handle.signal(Retention.converted, Conversion(recipient="Berlin-8"))
    result = await result_of(handle)
    assert (result.sent, result.skipped) == (16, 2)
    assert set(known.got.values()) == {1}
    first = stage.temporal.get_workflow_handle(handle.id, run_id=handle.first_execution_run_id)
    assert (await first.describe()).status is WorkflowExecutionStatus.CONTINUED_AS_NEW


async def test_a_cancelled_campaign_is_ended(stage: Stage, name: str) -> None:
    known = audience(stage, name, Berlin=2)
    handle = await start(stage, name, between_touches=timedelta(hours=1))
    await until(lambda: len(known.got) == 2)
    await handle.cancel()
    assert isinstance(await failure_of(handle), CancelledError)
    assert known.ended is False


async def test_a_failure_for_good_ends_the_campaign(stage: Stage, name: str) -> None:
    known = audience(stage, name, Berlin=2)
    stage.faults.add(Fault(rf"POST /api/clients/{name}/campaigns/spring/messages", status=403))
    await failure_of(await start(stage, name))
    assert known.ended is False
    assert not known.got


async def test_nobody_is_an_audience_too(stage: Stage, name: str) -> None:
    known = audience(stage, name)
    assert (await result_of(await start(stage, name))).sent == 0
    assert known.ended is True
