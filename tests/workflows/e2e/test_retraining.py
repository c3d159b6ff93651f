"""The retraining on the real server: trained, judged, approved or not, and given up where it must be."""

from datetime import timedelta
from typing import Any

import pytest
from omnify_workflows.retraining.models import Approval, Retrained
from omnify_workflows.retraining.models import Stage as At
from omnify_workflows.retraining.workflow import Retraining
from temporalio.client import WorkflowHandle
from temporalio.exceptions import CancelledError

from tests.workflows.e2e.conftest import Stage
from tests.workflows.e2e.orders import failure_of, result_of, retraining, start_retraining, until
from workflows.rehearsal.standin.faults import Fault, When

MUCH = {"score": 0.9, "current": 0.8, "changed": 0.4}
YES = Approval(approved=True, by="ada")


async def start(stage: Stage, name: str, **more: Any) -> WorkflowHandle[Retraining, Retrained]:
    return await start_retraining(stage.temporal, retraining(name, **more), stage.settings.task_queue)


async def test_a_better_model_that_changes_little_is_promoted(stage: Stage, name: str) -> None:
    result = await result_of(await start(stage, name))
    assert result.promoted
    assert result.approval is None
    assert stage.state.model(name).current == result.candidate
    assert stage.state.effects[f"train {name}"] == 1
    assert not stage.state.model(name).approvals


async def test_a_worse_model_is_rolled_back_without_a_question(stage: Stage, name: str) -> None:
    stage.state.model(name).evaluation = {"score": 0.7, "current": 0.8, "changed": 0.4}
    result = await result_of(await start(stage, name))
    assert not result.promoted
    assert stage.state.model(name).current == "first"
    assert stage.state.model(name).candidates == []
    assert not stage.state.model(name).approvals


@pytest.mark.parametrize("approved", [True, False])
async def test_a_model_that_changes_much_is_promoted_when_a_person_says_so(
    stage: Stage, name: str, approved: bool
) -> None:
    stage.state.model(name).evaluation = MUCH
    handle = await start(stage, name)
    await until(lambda: stage.state.model(name).approvals)
    assert stage.state.model(name).approvals[0]["workflow"] == handle.id
    assert (await handle.query(Retraining.progress)).stage is At.APPROVAL
    await handle.signal(Retraining.decide, Approval(approved=approved, by="ada", reason="looked at it"))
    result = await result_of(handle)
    assert result.promoted is approved
    assert "ada" in result.why
    assert (stage.state.model(name).current == "first") is not approved
    assert stage.state.model(name).approvals[1:] == []


async def test_a_word_before_its_time_counts_and_the_second_does_not(stage: Stage, name: str) -> None:
    stage.state.model(name).evaluation = MUCH
    stage.faults.add(Fault(rf"POST /api/models/{name}/datasets", times=3))
    handle = await start(stage, name)
    await handle.signal(Retraining.decide, YES)
    await handle.signal(Retraining.decide, Approval(approved=False, by="bob"))
    result = await result_of(handle)
    assert result.promoted
    assert result.approval == YES


async def test_no_word_in_time_is_a_no(stage: Stage, name: str) -> None:
    stage.state.model(name).evaluation = MUCH
    result = await result_of(await start(stage, name, approve_within=timedelta(seconds=1)))
    assert not result.promoted
    assert result.why == "nobody approved it in time"
    assert stage.state.effects[f"roll back {name}"] == 1


async def test_a_cancel_ends_the_training(stage: Stage, name: str) -> None:
    stage.state.model(name).looks_needed = 1_000_000
    handle = await start(stage, name)
    await until(lambda: stage.state.effects[f"train {name}"])
    await handle.cancel()
    assert isinstance(await failure_of(handle), CancelledError)
    assert [training.state for training in stage.state.model(name).trainings.values()] == ["cancelled"]


async def test_a_cancel_while_a_person_is_asked_rolls_back(stage: Stage, name: str) -> None:
    stage.state.model(name).evaluation = MUCH
    handle = await start(stage, name)
    await until(lambda: stage.state.model(name).approvals)
    await handle.cancel()
    assert isinstance(await failure_of(handle), CancelledError)
    assert stage.state.model(name).candidates == []
    assert stage.state.model(name).current == "first"


async def test_a_training_that_fails_is_not_tried_again(stage: Stage, name: str) -> None:
    stage.state.model(name).fails = True
    await failure_of(await start(stage, name))
    assert stage.state.effects[f"train {name}"] == 1


async def test_a_training_that_is_lost_sight_of_is_taken_up_again(stage: Stage, name: str) -> None:
    stage.state.model(name).looks_needed = 6
    stage.faults.add(Fault(rf"POST /api/models/{name}/trainings", status=502, when=When.AFTER))
    stage.faults.add(Fault(rf"GET /api/models/{name}/trainings/.*", status=503, times=2))
    assert (await result_of(await start(stage, name))).promoted
    assert stage.state.effects[f"train {name}"] == 1


async def test_a_training_that_says_nothing_is_taken_up_again(stage: Stage, name: str) -> None:
    order = retraining(name)
    silent = order.policies.training.model_copy(update={"heartbeat": timedelta(seconds=1)})
    order = order.model_copy(update={"policies": order.policies.model_copy(update={"training": silent})})
    stage.faults.add(Fault(rf"GET /api/models/{name}/trainings/.*", status=200, delay=5.0))
    handle = await start_retraining(stage.temporal, order, stage.settings.task_queue)
    assert (await result_of(handle)).promoted
    assert stage.state.effects[f"train {name}"] == 1


@pytest.mark.parametrize("request_", ["POST /api/models/NAME/candidates/.*", "PUT /api/models/NAME/current"])
async def test_a_failure_for_good_after_training_rolls_back(stage: Stage, name: str, request_: str) -> None:
    stage.faults.add(Fault(request_.replace("NAME", name), status=422))
    await failure_of(await start(stage, name))
    assert stage.state.effects[f"roll back {name}"] == 1
    assert stage.state.model(name).current == "first"
