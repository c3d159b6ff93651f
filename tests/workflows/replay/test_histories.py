"""Workflows that run while they are deployed go on: the code of today replays what the real server has recorded.

`python -m workflows.rehearsal record` records again, after a change of steps that is meant.
"""

import asyncio
import json
from pathlib import Path

import pytest
from omnify_workflows.retention.models import CampaignOrder, CampaignResult
from omnify_workflows.retention.workflow import Retention
from omnify_workflows.worker.catalogue import WORKFLOWS
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer

from workflows.rehearsal.recording import SCENARIOS

HISTORIES = Path(__file__).parent / "histories"
FILES = sorted(HISTORIES.glob("*.json"))


def history(file: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(file.stem, file.read_text("utf-8"))


def type_of(file: Path) -> str:
    events = json.loads(file.read_text("utf-8"))["events"]
    return events[0]["workflowExecutionStartedEventAttributes"]["workflowType"]["name"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
async def test_a_recorded_workflow_replays(file: Path) -> None:
    replayer = Replayer(workflows=WORKFLOWS, data_converter=pydantic_data_converter)
    await replayer.replay_workflow(history(file))


def test_every_scenario_is_recorded_and_every_workflow_has_one() -> None:
    assert {file.stem for file in FILES} == set(SCENARIOS)
    assert {type_of(file) for file in FILES} == {
        "Onboarding",
        "Synchronisation",
        "ScheduledSynchronisation",
        "Retraining",
        "Retention",
    }
    assert len(WORKFLOWS) == 5


@workflow.defn(name="Retention", sandboxed=False)
class OtherSteps(Retention):
    """A campaign whose first step is another one."""

    @workflow.run
    async def run(self, order: CampaignOrder) -> CampaignResult:
        await asyncio.sleep(1)
        return await super().run(order)


async def test_a_change_of_steps_is_noticed() -> None:
    replayer = Replayer(workflows=[OtherSteps], data_converter=pydantic_data_converter)
    with pytest.raises(workflow.NondeterminismError):
        await replayer.replay_workflow(history(HISTORIES / "retention.json"))
