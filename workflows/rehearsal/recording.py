"""Histories of workflows, recorded on the real server: what `tests/workflows/replay` replays with the code of today.

A history that the code of today does not replay is one of a workflow that would break in a deploy. Recorded again are
they only when a change of the steps is meant and no workflow of the old steps can still run (docs/workflows-steps.md).
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, cast

from omnify_workflows.naming import synchronisation_id
from omnify_workflows.onboarding.models import Consent, ConsentTerms
from omnify_workflows.operating import Started
from omnify_workflows.retention.models import Conversion
from omnify_workflows.retraining.models import Approval
from omnify_workflows.synchronisation.models import SynchronisationOrder
from omnify_workflows.vocabulary import Contact, Platform
from temporalio.client import WorkflowFailureError

from workflows.rehearsal import orders
from workflows.rehearsal.stage import Stage
from workflows.rehearsal.standin.faults import Fault

Scenario = Callable[[Stage], Awaitable[Started]]
_PATIENCE: Final = 120.0
META: Final = Platform.META


async def record(stage: Stage, directory: Path) -> list[Path]:
    """Play each scenario to its end, and write down its history."""
    written: list[Path] = []
    for name, scenario in SCENARIOS.items():
        async with asyncio.timeout(_PATIENCE):
            started = await scenario(stage)
            first = stage.temporal.get_workflow_handle(started.id, run_id=started.run)
            with suppress(WorkflowFailureError):
                await first.result()
            # The first run, where it continued as new.
            history = await first.fetch_history()
        file = directory / f"{name}.json"
        await asyncio.to_thread(file.write_text, anonymous(history.to_json()), "utf-8")
        written.append(file)
    return written


def anonymous(history: str) -> str:
    """A history without where it was recorded: the files in stack traces, the names of processes and their queues."""
    return json.dumps(_anonymous(json.loads(history)), indent=1) + "\n"


def _anonymous(part: Any, name: str = "") -> Any:  # noqa: ANN401 (JSON)
    if isinstance(part, dict):
        fields = cast("dict[str, Any]", part)
        return {field: _anonymous(value, field) for field, value in fields.items()}
    if isinstance(part, list):
        return [_anonymous(value) for value in cast("list[Any]", part)]
    if name == "stackTrace":
        return ""
    process = isinstance(part, str) and re.match(r"\d+@", part)
    return "rehearsal" if process else part


async def _onboarded(stage: Stage) -> Started:
    terms = ConsentTerms(remind_after=timedelta(seconds=1), deadline=timedelta(minutes=5))
    order = orders.onboarding("good", META, Platform.GOOGLE).model_copy(update={"consent": terms})
    started = await stage.operator.start(order)
    await _until(stage, "reminder meta 1 to good")
    await stage.operator.change_contact("good", Contact(name="Grace", email="grace@good.example"))
    await stage.operator.signal(started.id, "consent", Consent(platform=META))
    await stage.operator.signal(started.id, "consent", Consent(platform=Platform.GOOGLE, granted=False))
    return started


async def _taken_back(stage: Stage) -> Started:
    stage.standin.standin.faults.add(Fault("POST /api/clients/bad/messages", status=422))
    started = await stage.operator.start(orders.onboarding("bad", META))
    await stage.operator.signal(started.id, "consent", Consent(platform=META))
    return started


async def _cancelled_onboarding(stage: Stage) -> Started:
    started = await stage.operator.start(orders.onboarding("leaving", META))
    await _until(stage, "ask leaving for meta")
    await stage.operator.cancel(started.id)
    return started


async def _synchronised(stage: Stage) -> Started:
    return await stage.operator.start(SynchronisationOrder(client="good", platform=META, policies=orders.POLICIES))


async def _continued(stage: Stage) -> Started:
    stage.standin.standin.state.pages["long/meta"] = 6
    order = SynchronisationOrder(
        client="long", platform=META, pages_at_once=1, chunks_in_run=3, policies=orders.POLICIES
    )
    return await stage.operator.start(order)


async def _scheduled(stage: Stage) -> Started:
    handle = await stage.temporal.start_workflow(
        "ScheduledSynchronisation",
        SynchronisationOrder(client="scheduled", platform=META, policies=orders.POLICIES),
        id=f"scheduled-{synchronisation_id('scheduled', META)}",
        task_queue="omnify",
    )
    return Started(id=handle.id, run=handle.first_execution_run_id)


async def _promoted(stage: Stage) -> Started:
    stage.standin.standin.state.model("asked").evaluation = {"score": 0.9, "current": 0.8, "changed": 0.5}
    started = await stage.operator.start(orders.retraining("asked"))
    await _until(stage, "ask for approval of asked")
    await stage.operator.signal(started.id, "decide", Approval(approved=True, by="Grace"))
    return started


async def _rolled_back(stage: Stage) -> Started:
    stage.standin.standin.state.model("worse").evaluation = {"score": 0.7, "current": 0.8, "changed": 0.5}
    return await stage.operator.start(orders.retraining("worse"))


async def _cancelled_training(stage: Stage) -> Started:
    stage.standin.standin.state.model("endless").looks_needed = 1_000_000
    started = await stage.operator.start(orders.retraining("endless"))
    await _until(stage, "train endless")
    await stage.operator.cancel(started.id)
    return started


async def _campaign(stage: Stage) -> Started:
    started = await stage.operator.start(orders.campaign("good"))
    await _until(stage, "batch of spring")
    await stage.operator.signal(started.id, "converted", Conversion(recipient="r1"))
    return started


async def _long_campaign(stage: Stage) -> Started:
    order = orders.campaign("long").model_copy(update={"batch": 1, "batches_in_run": 2})
    return await stage.operator.start(order)


async def _until(stage: Stage, effect: str) -> None:
    while not stage.standin.standin.state.effects[effect]:  # noqa: ASYNC110 (the stand-in is in another thread)
        await asyncio.sleep(0.05)


SCENARIOS: Final[Mapping[str, Scenario]] = {
    "onboarding": _onboarded,
    "onboarding-taken-back": _taken_back,
    "onboarding-cancelled": _cancelled_onboarding,
    "synchronisation": _synchronised,
    "synchronisation-continued": _continued,
    "synchronisation-scheduled": _scheduled,
    "retraining-promoted": _promoted,
    "retraining-rolled-back": _rolled_back,
    "retraining-cancelled": _cancelled_training,
    "retention": _campaign,
    "retention-continued": _long_campaign,
}
"""What is recorded, by the name of its file."""
