"""The onboarding on the real server: its good way, consent in all ways, and what is taken back when it fails."""

from datetime import timedelta

import pytest
from omnify_workflows.naming import onboarding_id, schedule_id
from omnify_workflows.onboarding.models import (
    ConnectionState,
    Consent,
    ConsentTerms,
    Step,
    StepState,
)
from omnify_workflows.onboarding.workflow import Onboarding
from omnify_workflows.vocabulary import Contact, Platform
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError, CancelledError
from temporalio.service import RPCError, RPCStatusCode

from tests.workflows.e2e.conftest import Stage
from tests.workflows.e2e.orders import (
    change_contact,
    failure_of,
    onboarding,
    result_of,
    start_onboarding,
    until,
)
from workflows.rehearsal.standin.faults import Fault, When

META, GOOGLE, TIKTOK = Platform.META, Platform.GOOGLE, Platform.TIKTOK
CODE = "from-the-platform"


async def test_a_client_is_onboarded_from_its_creation_to_its_welcome(stage: Stage, name: str) -> None:
    handle = await start_onboarding(stage.temporal, onboarding(name, META, GOOGLE), stage.settings.task_queue)
    await until(lambda: stage.state.effects[f"ask {name} for meta"])
    for platform in (GOOGLE, META):
        await handle.signal(Onboarding.consent, Consent(platform=platform, code=CODE))
    result = await result_of(handle)

    assert set(result.connected) == {META, GOOGLE}
    assert result.left_out == {}
    assert result.records == 60
    assert stage.state.clients[name].platforms == {"meta": "connected", "google": "connected"}
    assert stage.state.users[result.tenant].groups == {"pro"}
    assert sorted(stage.state.stored[f"{name}/meta"]) == ["1", "2", "3"]
    done = [effect for effect in stage.state.log if name in effect]
    assert done[:2] == [f"create {name}", f"create user tenant-{name}"]
    assert done[-1] == f"welcome to {name}"
    assert all(stage.state.effects[effect] == 1 for effect in done)
    for platform in (META, GOOGLE):
        described = await stage.temporal.get_schedule_handle(schedule_id(name, platform)).describe()
        assert described.schedule.spec.intervals[0].every == timedelta(hours=1)


async def test_progress_tells_what_is_done_and_what_is_waited_for(stage: Stage, name: str) -> None:
    handle = await start_onboarding(stage.temporal, onboarding(name, META), stage.settings.task_queue)
    await until(lambda: stage.state.effects[f"ask {name} for meta"])

    async def asked() -> bool:
        return (await handle.query(Onboarding.progress)).connections[META] is ConnectionState.ASKED

    await until(asked)
    progress = await handle.query(Onboarding.progress)
    assert progress.steps[Step.TENANT] is StepState.DONE
    assert progress.steps[Step.CONNECTIONS] is StepState.RUNNING
    assert progress.steps[Step.WELCOME] is StepState.WAITING
    await handle.signal(Onboarding.consent, Consent(platform=META))
    await result_of(handle)
    assert set((await handle.query(Onboarding.progress)).steps.values()) == {StepState.DONE}


async def test_consent_may_come_before_it_is_asked_for(stage: Stage, name: str) -> None:
    stage.faults.add(Fault(rf"PUT /api/clients/{name}", times=3))
    handle = await start_onboarding(stage.temporal, onboarding(name, META), stage.settings.task_queue)
    await handle.signal(Onboarding.consent, Consent(platform=META, code=CODE))
    assert (await result_of(handle)).connected == (META,)


async def test_consent_after_its_time_or_to_what_was_not_asked_for_changes_nothing(stage: Stage, name: str) -> None:
    handle = await start_onboarding(stage.temporal, onboarding(name, META, GOOGLE), stage.settings.task_queue)
    await handle.signal(Onboarding.consent, Consent(platform=META))
    await until(lambda: stage.state.effects[f"connect {name} to meta"])
    await handle.signal(Onboarding.consent, Consent(platform=META, granted=False))
    await handle.signal(Onboarding.consent, Consent(platform=TIKTOK))
    await handle.signal(Onboarding.consent, Consent(platform=GOOGLE))
    assert set((await result_of(handle)).connected) == {META, GOOGLE}
    with pytest.raises(RPCError) as refused:
        await handle.signal(Onboarding.consent, Consent(platform=META))
    assert refused.value.status is RPCStatusCode.NOT_FOUND


async def test_who_does_not_answer_is_reminded_and_at_the_deadline_left_out(stage: Stage, name: str) -> None:
    terms = ConsentTerms(remind_after=timedelta(seconds=1), deadline=timedelta(seconds=3))
    order = onboarding(name, META, GOOGLE, consent=terms)
    handle = await start_onboarding(stage.temporal, order, stage.settings.task_queue)
    await handle.signal(Onboarding.consent, Consent(platform=GOOGLE))
    result = await result_of(handle)
    assert result.connected == (GOOGLE,)
    assert result.left_out == {META: ConnectionState.EXPIRED}
    assert stage.state.effects[f"reminder meta 1 to {name}"] == 1
    assert stage.state.effects[f"reminder meta 2 to {name}"] == 1
    assert stage.state.effects[f"reminder meta 3 to {name}"] == 0
    assert stage.state.effects[f"reminder google 1 to {name}"] == 0


async def test_without_any_consent_everything_is_taken_back(stage: Stage, name: str) -> None:
    handle = await start_onboarding(stage.temporal, onboarding(name, META), stage.settings.task_queue)
    await handle.signal(Onboarding.consent, Consent(platform=META, granted=False))
    error = await failure_of(handle)
    assert isinstance(error, ApplicationError)
    assert error.type == "OnboardingFailed"
    assert "no platform was consented to" in str(error)
    assert name not in stage.state.clients
    assert not _users(stage, name)


@pytest.mark.parametrize(
    ("request_", "undone"),
    [
        ("PUT /api/clients/NAME", []),
        ("POST /admin/realms/omnify/users", ["remove NAME"]),
        ("PUT /admin/realms/omnify/users/[^/]+/groups/.*", ["remove user tenant-NAME", "remove NAME"]),
        (
            "POST /api/clients/NAME/platforms/meta/consent",
            ["remove user tenant-NAME", "remove NAME"],
        ),
        (
            "PUT /api/clients/NAME/platforms/meta",
            ["disconnect NAME from meta", "remove user tenant-NAME", "remove NAME"],
        ),
        (
            "GET /api/clients/NAME/platforms/meta/records",
            ["disconnect NAME from meta", "remove user tenant-NAME", "remove NAME"],
        ),
        (
            "POST /api/clients/NAME/messages",
            ["disconnect NAME from meta", "remove user tenant-NAME", "remove NAME"],
        ),
    ],
)
async def test_a_step_that_fails_for_good_has_what_began_taken_back_the_last_first(
    stage: Stage, name: str, request_: str, undone: list[str]
) -> None:
    stage.faults.add(Fault(request_.replace("NAME", name), status=422))
    handle = await start_onboarding(stage.temporal, onboarding(name, META), stage.settings.task_queue)
    await handle.signal(Onboarding.consent, Consent(platform=META))
    error = await failure_of(handle)
    assert str(error).startswith("OnboardingFailed: refused:")
    log = [effect for effect in stage.state.log if name in effect]
    assert [effect for effect in log if effect.startswith(("remove", "disconnect"))] == [
        effect.replace("NAME", name) for effect in undone
    ]
    assert name not in stage.state.clients
    assert not _users(stage, name)
    with pytest.raises(RPCError):
        await stage.temporal.get_schedule_handle(schedule_id(name, META)).describe()


async def test_one_platform_that_fails_for_good_has_the_others_that_wait_given_up(stage: Stage, name: str) -> None:
    handle = await start_onboarding(stage.temporal, onboarding(name, META, GOOGLE), stage.settings.task_queue)
    await until(lambda: stage.state.effects[f"ask {name} for google"])
    await handle.signal(Onboarding.consent, Consent(platform=META, code="forged"))
    assert "403" in str(await failure_of(handle))
    assert stage.state.effects[f"disconnect {name} from google"] == 1


async def test_what_fails_for_a_while_is_tried_again_and_done_once(stage: Stage, name: str) -> None:
    patterns = (rf"PUT /api/clients/{name}", r"POST /admin/realms/omnify/users", rf"POST /api/clients/{name}/messages")
    for pattern in patterns:
        stage.faults.add(Fault(pattern, status=503, times=2))
        stage.faults.add(Fault(pattern, status=502, when=When.AFTER))
    handle = await start_onboarding(stage.temporal, onboarding(name), stage.settings.task_queue)
    result = await result_of(handle)
    assert stage.state.effects[f"create {name}"] == 1
    assert stage.state.effects[f"create user tenant-{name}"] == 1
    assert stage.state.effects[f"welcome to {name}"] == 1
    assert stage.state.users[result.tenant].groups == {"pro"}


async def test_a_client_who_was_there_before_is_left_alone(stage: Stage, name: str) -> None:
    first = await start_onboarding(stage.temporal, onboarding(name), stage.settings.task_queue)
    await result_of(first)
    second = await start_onboarding(stage.temporal, onboarding(name), stage.settings.task_queue)
    assert "conflict" in str(await failure_of(second))
    assert name in stage.state.clients


async def test_after_everything_was_taken_back_a_client_can_be_onboarded_again(stage: Stage, name: str) -> None:
    stage.faults.add(Fault(rf"POST /api/clients/{name}/messages", status=422))
    await failure_of(await start_onboarding(stage.temporal, onboarding(name), stage.settings.task_queue))
    await result_of(await start_onboarding(stage.temporal, onboarding(name), stage.settings.task_queue))
    assert stage.state.effects[f"create {name}"] == 2
    assert name in stage.state.clients


async def test_what_cannot_be_taken_back_is_named_and_the_rest_is_taken_back(stage: Stage, name: str) -> None:
    stage.faults.add(Fault(rf"POST /api/clients/{name}/messages", status=422))
    stage.faults.add(Fault(r"DELETE /admin/realms/omnify/users/.*", status=403))
    handle = await start_onboarding(stage.temporal, onboarding(name), stage.settings.task_queue)
    error = await failure_of(handle)
    assert isinstance(error, ApplicationError)
    progress = await handle.query(Onboarding.progress)
    assert progress.steps[Step.TENANT] is StepState.LEFT_BEHIND
    assert progress.steps[Step.CLIENT] is StepState.UNDONE
    assert error.details[0]["steps"]["tenant"] == "left behind"
    assert name not in stage.state.clients


async def test_a_cancelled_onboarding_is_taken_back(stage: Stage, name: str) -> None:
    handle = await start_onboarding(stage.temporal, onboarding(name, META), stage.settings.task_queue)
    await until(lambda: stage.state.effects[f"ask {name} for meta"])
    await handle.cancel()
    assert isinstance(await failure_of(handle), CancelledError)
    assert name not in stage.state.clients
    assert not _users(stage, name)


async def test_an_activity_that_times_out_is_tried_again(stage: Stage, name: str) -> None:
    order = onboarding(name)
    call = order.policies.call.model_copy(update={"attempt": timedelta(seconds=1)})
    order = order.model_copy(update={"policies": order.policies.model_copy(update={"call": call})})
    stage.faults.add(Fault(rf"PUT /api/clients/{name}", status=200, delay=4.0))
    await result_of(await start_onboarding(stage.temporal, order, stage.settings.task_queue))
    assert stage.state.requests[f"PUT /api/clients/{name}"] >= 2
    assert stage.state.effects[f"create {name}"] == 1


async def test_an_activity_that_never_ends_in_time_fails_for_good(stage: Stage, name: str) -> None:
    order = onboarding(name)
    call = order.policies.call.model_copy(update={"attempt": timedelta(seconds=1), "whole": timedelta(seconds=3)})
    order = order.model_copy(update={"policies": order.policies.model_copy(update={"call": call})})
    stage.faults.add(Fault(rf"POST /api/clients/{name}/messages", status=503, times=1_000))
    assert "OnboardingFailed" in str(
        await failure_of(await start_onboarding(stage.temporal, order, stage.settings.task_queue))
    )
    assert name not in stage.state.clients


async def test_the_contact_changes_while_it_runs(stage: Stage, name: str) -> None:
    handle = await start_onboarding(stage.temporal, onboarding(name, META), stage.settings.task_queue)
    await until(lambda: stage.state.effects[f"ask {name} for meta"])
    grace = Contact(name="Grace Hopper", email=f"grace@{name}.example")
    assert await change_contact(handle, grace) == grace
    assert stage.state.clients[name].fields["contact"] == grace.model_dump()
    user = _users(stage, name)[0]
    assert (user["email"], user["lastName"]) == (grace.email, "Hopper")
    assert user["requiredActions"] == ["VERIFY_EMAIL", "UPDATE_PASSWORD"]
    await handle.signal(Onboarding.consent, Consent(platform=META))
    await result_of(handle)
    assert (await handle.query(Onboarding.progress)).contact == grace


async def test_a_contact_whose_address_is_refused_stays_as_it_was(stage: Stage, name: str) -> None:
    handle = await start_onboarding(stage.temporal, onboarding(name, META), stage.settings.task_queue)
    await until(lambda: stage.state.effects[f"ask {name} for meta"])
    stage.faults.add(Fault(r"PUT /admin/realms/omnify/users/[^/]+", status=409))
    with pytest.raises(WorkflowUpdateFailedError):
        await change_contact(handle, Contact(name="X", email="taken@x.example"))
    await handle.signal(Onboarding.consent, Consent(platform=META))
    await result_of(handle)
    assert (await handle.query(Onboarding.progress)).contact.name == "Ada Lovelace"


async def test_a_contact_is_not_changed_while_everything_is_taken_back(stage: Stage, name: str) -> None:
    stage.faults.add(Fault(rf"DELETE /api/clients/{name}", status=503, times=1_000))
    handle = await start_onboarding(stage.temporal, onboarding(name, META), stage.settings.task_queue)
    await handle.signal(Onboarding.consent, Consent(platform=META, granted=False))
    await until(lambda: stage.state.requests[f"DELETE /api/clients/{name}"])
    with pytest.raises(WorkflowUpdateFailedError):
        await change_contact(handle, Contact(name="X", email="x@x.example"))
    stage.faults.clear()
    await failure_of(handle)


async def test_a_client_is_onboarded_once_at_a_time(stage: Stage, name: str) -> None:
    handle = await start_onboarding(stage.temporal, onboarding(name, META), stage.settings.task_queue)
    with pytest.raises(Exception, match="already started"):
        await start_onboarding(stage.temporal, onboarding(name, META), stage.settings.task_queue)
    await handle.signal(Onboarding.consent, Consent(platform=META))
    await result_of(handle)


async def test_workflows_are_found_by_their_client(stage: Stage, name: str) -> None:
    handle = await start_onboarding(stage.temporal, onboarding(name, META), stage.settings.task_queue)
    await handle.signal(Onboarding.consent, Consent(platform=META))
    await result_of(handle)

    async def listed() -> bool:
        found = {each.id async for each in stage.temporal.list_workflows(f"OmnifyClient = '{name}'")}
        return found == {onboarding_id(name), f"synchronisation-{name}-meta"}

    await until(listed)


def _users(stage: Stage, name: str) -> list[dict[str, object]]:
    return [user.fields for user in stage.state.users.values() if user.fields["username"] == f"tenant-{name}"]
