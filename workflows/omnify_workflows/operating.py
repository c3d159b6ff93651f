"""Starting and watching workflows: what the router and the commands both do."""

from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import BaseModel
from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus, WorkflowQueryFailedError
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from omnify_workflows.connection import answers
from omnify_workflows.naming import CLIENT, campaign_id, onboarding_id, retraining_id, synchronisation_id
from omnify_workflows.onboarding.models import OnboardingOrder
from omnify_workflows.retention.models import CampaignOrder
from omnify_workflows.retraining.models import RetrainingOrder
from omnify_workflows.synchronisation.models import SynchronisationOrder, Window
from omnify_workflows.vocabulary import ClientId, Contact, Message

Order = OnboardingOrder | SynchronisationOrder | RetrainingOrder | CampaignOrder
"""What can be started."""


class NotThereError(Exception):
    """There is no such workflow, or it has ended."""


class UnderWayError(Exception):
    """There is one under way already."""


class Started(Message):
    """A workflow that was started."""

    id: str
    run: str | None


class Listed(Message):
    """A workflow, as lists show it."""

    id: str
    run: str
    type: str
    status: str
    started: datetime
    closed: datetime | None
    client: str | None


class Watched(Listed):
    """A workflow, with how far it is."""

    progress: Mapping[str, Any] | None
    """What it says itself; None where no worker answers."""


class Operator:
    """Works on the workflows of a namespace."""

    def __init__(self, temporal: Client, task_queue: str) -> None:
        self._temporal, self._task_queue = temporal, task_queue

    async def reaches_temporal(self) -> bool:
        """Whether Temporal answers."""
        return await answers(self._temporal)

    async def start(self, order: Order) -> Started:
        """Start a workflow. Raises UnderWayError when there is one of its id."""
        workflow, identity, client = described(order)
        attributes = TypedSearchAttributes([SearchAttributePair(CLIENT, client)] if client else [])
        try:
            handle = await self._temporal.start_workflow(
                workflow, order, id=identity, task_queue=self._task_queue, search_attributes=attributes
            )
        except WorkflowAlreadyStartedError as error:
            raise UnderWayError(f"{identity} is under way already") from error
        return Started(id=handle.id, run=handle.first_execution_run_id)

    async def backfill(self, order: SynchronisationOrder, window: Window) -> Started:
        """Bring a time again: by the synchronisation that runs, or by one that is started for it."""
        order = order.model_copy(update={"windows": (window,)})
        workflow, identity, client = described(order)
        attributes = TypedSearchAttributes([SearchAttributePair(CLIENT, client)] if client else [])
        handle = await self._temporal.start_workflow(
            workflow,
            order,
            id=identity,
            task_queue=self._task_queue,
            search_attributes=attributes,
            start_signal="backfill",
            start_signal_args=[window],
        )
        return Started(id=handle.id, run=handle.first_execution_run_id)

    async def watch(self, identity: str) -> Watched:
        """A workflow and how far it is. Raises NotThereError."""
        handle = self._temporal.get_workflow_handle(identity)
        try:
            description = await handle.describe()
        except RPCError as error:
            raise _told(error, identity) from error
        progress: Mapping[str, Any] | None = None
        with suppress(RPCError, WorkflowQueryFailedError):
            progress = await handle.query("progress", result_type=dict[str, Any], rpc_timeout=_PATIENCE)
        return Watched(**_listed(description).model_dump(), progress=progress)

    async def signal(self, identity: str, name: str, what: BaseModel) -> None:
        """Tell a workflow something. Raises NotThereError."""
        try:
            await self._temporal.get_workflow_handle(identity).signal(name, what)
        except RPCError as error:
            raise _told(error, identity) from error

    async def change_contact(self, client: ClientId, contact: Contact) -> Contact:
        """Change the contact of an onboarding that runs. Raises NotThereError, WorkflowUpdateFailedError."""
        identity = onboarding_id(client)
        handle = self._temporal.get_workflow_handle(identity)
        try:
            return await handle.execute_update(  # pyright: ignore[reportUnknownMemberType] (of an untyped overload)
                "change_contact", contact, result_type=Contact
            )
        except RPCError as error:
            raise _told(error, identity) from error

    async def cancel(self, identity: str) -> None:
        """Have a workflow end in its own way. Raises NotThereError."""
        try:
            await self._temporal.get_workflow_handle(identity).cancel()
        except RPCError as error:
            raise _told(error, identity) from error

    async def of_client(self, client: ClientId | None, limit: int) -> AsyncIterator[Listed]:
        """The workflows of a client, or of everybody, the newest first."""
        query = f"{CLIENT.name} = '{client}'" if client else None
        async for each in self._temporal.list_workflows(query, limit=limit):
            yield _listed(each)


def described(order: Order) -> tuple[str, str, ClientId | None]:
    """The workflow's name, its id, and whose it is."""
    match order:
        case OnboardingOrder():
            return "Onboarding", onboarding_id(order.client), order.client
        case SynchronisationOrder():
            return "Synchronisation", synchronisation_id(order.client, order.platform), order.client
        case RetrainingOrder():
            return "Retraining", retraining_id(order.model), order.client
        case CampaignOrder():
            return "Retention", campaign_id(order.client, order.campaign), order.client


def _listed(execution: WorkflowExecution) -> Listed:
    status = execution.status or WorkflowExecutionStatus.RUNNING
    return Listed(
        id=execution.id,
        run=execution.run_id,
        type=execution.workflow_type,
        status=status.name.lower().replace("_", " "),
        started=execution.start_time,
        closed=execution.close_time,
        client=execution.typed_search_attributes.get(CLIENT),
    )


def _told(error: RPCError, identity: str) -> Exception:
    if error.status is RPCStatusCode.NOT_FOUND:
        return NotThereError(f"{identity} is not there, or has ended")
    return error


_PATIENCE: Final = timedelta(seconds=5)
"""How long a worker has to say how far a workflow is."""
