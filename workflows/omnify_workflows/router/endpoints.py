"""Everything under `/api/workflows`: start, progress, signal, cancel, list."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field
from temporalio.client import WorkflowUpdateFailedError

from management.access.tokens import Caller
from omnify_workflows.naming import campaign_id, onboarding_id, retraining_id
from omnify_workflows.onboarding.models import Consent, OnboardingOrder
from omnify_workflows.operating import Listed, Started, Watched
from omnify_workflows.retention.models import CampaignOrder, Conversion
from omnify_workflows.retraining.models import Approval, RetrainingOrder
from omnify_workflows.router.access import Opened, Permission, Requires
from omnify_workflows.router.problems import RefusedError
from omnify_workflows.router.routing import WorkflowsRoute
from omnify_workflows.synchronisation.models import SynchronisationOrder, Window
from omnify_workflows.vocabulary import CampaignId, ClientId, Contact, Message, ModelName, Platform

PREFIX = "/api/workflows"
"""Where the endpoints are."""
router = APIRouter(route_class=WorkflowsRoute, tags=["workflows"])
Reader = Annotated[Caller, Requires(Permission.READ)]
Operating = Annotated[Caller, Requires(Permission.OPERATE)]
Cancelling = Annotated[Caller, Requires(Permission.CANCEL)]
Deciding = Annotated[Caller, Requires(Permission.DECIDE)]
Identity = Annotated[str, Path(pattern=r"^[a-z0-9][A-Za-z0-9:_.-]{0,200}$", examples=["onboarding-acme"])]


class Decision(Message):
    """A person's word on a model; who they are is in their token."""

    approved: bool
    reason: Annotated[str, Field(max_length=2_000)] = ""


@router.get("")
async def list_workflows(
    opened: Opened, _: Reader, client: ClientId | None = None, limit: Annotated[int, Query(ge=1, le=1_000)] = 100
) -> Sequence[Listed]:
    """The workflows of a client, or of everybody, the newest first."""
    return [each async for each in opened.operator.of_client(client, limit)]


@router.post("/onboardings", status_code=HTTPStatus.ACCEPTED)
async def start_onboarding(opened: Opened, _: Operating, order: OnboardingOrder) -> Started:
    """Onboard a client."""
    return await opened.operator.start(order)


@router.post("/onboardings/{client}/consents", status_code=HTTPStatus.ACCEPTED)
async def consent(opened: Opened, _: Operating, client: ClientId, consent: Consent) -> Response:
    """Tell an onboarding what its client says to a platform."""
    await opened.operator.signal(onboarding_id(client), "consent", consent)
    return Response(status_code=HTTPStatus.ACCEPTED)


@router.put("/onboardings/{client}/contact")
async def change_contact(opened: Opened, _: Operating, client: ClientId, contact: Contact) -> Contact:
    """Change the contact of a client who is being onboarded."""
    try:
        return await opened.operator.change_contact(client, contact)
    except WorkflowUpdateFailedError as error:
        raise RefusedError(HTTPStatus.CONFLICT, "conflict", str(error.cause)) from error


@router.post("/synchronisations", status_code=HTTPStatus.ACCEPTED)
async def start_synchronisation(opened: Opened, _: Operating, order: SynchronisationOrder) -> Started:
    """Synchronise a platform now."""
    return await opened.operator.start(order)


@router.post("/synchronisations/{client}/{platform}/backfills", status_code=HTTPStatus.ACCEPTED)
async def backfill(opened: Opened, _: Operating, client: ClientId, platform: Platform, window: Window) -> Started:
    """Bring a time again: by the synchronisation that runs, or by one that is started for it."""
    return await opened.operator.backfill(SynchronisationOrder(client=client, platform=platform), window)


@router.post("/retrainings", status_code=HTTPStatus.ACCEPTED)
async def start_retraining(opened: Opened, _: Operating, order: RetrainingOrder) -> Started:
    """Train a model again."""
    return await opened.operator.start(order)


@router.post("/retrainings/{model}/decision", status_code=HTTPStatus.ACCEPTED)
async def decide(opened: Opened, caller: Deciding, model: ModelName, decision: Decision) -> Response:
    """Say whether a model may be promoted."""
    approval = Approval(approved=decision.approved, by=caller.name, reason=decision.reason)
    await opened.operator.signal(retraining_id(model), "decide", approval)
    return Response(status_code=HTTPStatus.ACCEPTED)


@router.post("/campaigns", status_code=HTTPStatus.ACCEPTED)
async def start_campaign(opened: Opened, _: Operating, order: CampaignOrder) -> Started:
    """Run a campaign."""
    return await opened.operator.start(order)


@router.post("/campaigns/{client}/{campaign}/conversions", status_code=HTTPStatus.ACCEPTED)
async def converted(
    opened: Opened, _: Operating, client: ClientId, campaign: CampaignId, conversion: Conversion
) -> Response:
    """Tell a campaign that somebody has converted."""
    await opened.operator.signal(campaign_id(client, campaign), "converted", conversion)
    return Response(status_code=HTTPStatus.ACCEPTED)


@router.get("/{identity}")
async def watch(opened: Opened, _: Reader, identity: Identity) -> Watched:
    """A workflow, and how far it is."""
    return await opened.operator.watch(identity)


@router.post("/{identity}/cancellation", status_code=HTTPStatus.ACCEPTED)
async def cancel(opened: Opened, _: Cancelling, identity: Identity) -> Response:
    """Have a workflow end in its own way: an onboarding takes back what it did."""
    await opened.operator.cancel(identity)
    return Response(status_code=HTTPStatus.ACCEPTED)
