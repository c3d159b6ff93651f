"""Orders whose waits are short, and words for tests to wait with."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from inspect import isawaitable
from typing import Any, TypeVar

from omnify_workflows.naming import CLIENT, campaign_id, onboarding_id, retraining_id, synchronisation_id
from omnify_workflows.onboarding.models import ConsentTerms, OnboardingOrder
from omnify_workflows.onboarding.workflow import Onboarding
from omnify_workflows.policies import Policies, Policy
from omnify_workflows.retention.models import CampaignOrder
from omnify_workflows.retention.workflow import Retention
from omnify_workflows.retraining.models import RetrainingOrder
from omnify_workflows.retraining.workflow import Retraining
from omnify_workflows.synchronisation.models import SynchronisationOrder
from omnify_workflows.synchronisation.workflow import Synchronisation
from omnify_workflows.vocabulary import Contact, Platform, Tier
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.common import SearchAttributePair, TypedSearchAttributes

_T = TypeVar("_T")
_LIMIT = 60.0
MS = timedelta(milliseconds=1)


def quick(attempt: timedelta = timedelta(seconds=20), whole: timedelta = timedelta(seconds=60)) -> Policy:
    return Policy(
        attempt=attempt,
        whole=whole,
        heartbeat=timedelta(seconds=5),
        first_wait=50 * MS,
        longest_wait=200 * MS,
    )


POLICIES = Policies(call=quick(), undo=quick(), pages=quick(), training=quick(), batch=quick())


def onboarding(client: str, *platforms: Platform, **more: Any) -> OnboardingOrder:
    order = OnboardingOrder(
        client=client,
        name="Acme",
        contact=Contact(name="Ada Lovelace", email=f"ada@{client}.example"),
        tier=Tier.PRO,
        platforms=platforms,
        consent=ConsentTerms(remind_after=timedelta(seconds=60), deadline=timedelta(seconds=120)),
        policies=POLICIES,
    )
    return order.model_copy(update=more)


def _attributes(client: str) -> TypedSearchAttributes:
    return TypedSearchAttributes([SearchAttributePair(CLIENT, client)])


async def start_onboarding(
    temporal: Client, order: OnboardingOrder, task_queue: str
) -> WorkflowHandle[Onboarding, Any]:
    return await temporal.start_workflow(
        Onboarding.run,
        order,
        id=onboarding_id(order.client),
        task_queue=task_queue,
        search_attributes=_attributes(order.client),
    )


async def start_synchronisation(
    temporal: Client, order: SynchronisationOrder, task_queue: str
) -> WorkflowHandle[Synchronisation, Any]:
    return await temporal.start_workflow(
        Synchronisation.run, order, id=synchronisation_id(order.client, order.platform), task_queue=task_queue
    )


async def start_retraining(
    temporal: Client, order: RetrainingOrder, task_queue: str
) -> WorkflowHandle[Retraining, Any]:
    return await temporal.start_workflow(Retraining.run, order, id=retraining_id(order.model), task_queue=task_queue)


async def start_campaign(temporal: Client, order: CampaignOrder, task_queue: str) -> WorkflowHandle[Retention, Any]:
    return await temporal.start_workflow(
        Retention.run, order, id=campaign_id(order.client, order.campaign), task_queue=task_queue
    )


def synchronisation(client: str, **more: Any) -> SynchronisationOrder:
    order = SynchronisationOrder(client=client, platform=Platform.META, policies=POLICIES)
    return order.model_copy(update=more)


def retraining(model: str, **more: Any) -> RetrainingOrder:
    order = RetrainingOrder(model=model, since=datetime(2027, 1, 1, tzinfo=UTC), look_every=50 * MS, policies=POLICIES)
    return order.model_copy(update=more)


def campaign(client: str, **more: Any) -> CampaignOrder:
    order = CampaignOrder(
        client=client,
        campaign="spring",
        segment="quiet for a month",
        touches=2,
        between_touches=200 * MS,
        batch=2,
        per_minute=6_000,
        quiet=None,
        measure_after=100 * MS,
        policies=POLICIES,
    )
    return order.model_copy(update=more)


async def until(condition: Callable[[], object]) -> None:
    """Wait until something, which may be awaited for, is so."""
    async with asyncio.timeout(_LIMIT):
        while True:
            result = condition()
            if isawaitable(result):
                result = await result
            if result:
                return
            await asyncio.sleep(0.05)


async def change_contact(handle: WorkflowHandle[Onboarding, Any], contact: Contact) -> Contact:
    """Change the contact of an onboarding that runs."""
    return await handle.execute_update(  # pyright: ignore[reportUnknownMemberType] (one overload has an untyped `args`)
        Onboarding.change_contact, contact
    )


async def failure_of(handle: WorkflowHandle[Any, Any]) -> BaseException:
    """Why a workflow failed."""
    try:
        async with asyncio.timeout(_LIMIT):
            result = await handle.result()
    except WorkflowFailureError as error:
        return error.cause
    raise AssertionError(f"it did not fail: {result!r}")


async def result_of(handle: WorkflowHandle[Any, _T]) -> _T:
    """What came of a workflow."""
    async with asyncio.timeout(_LIMIT):
        return await handle.result()
