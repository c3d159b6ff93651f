"""`GET /api/kong/operations`: the audit trail; one operation by its id, and how it goes on as server-sent events."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query
from sse_starlette import EventSourceResponse, ServerSentEvent

from management.access.guard import Requires, permission_note
from management.access.roles import Permission
from management.access.tokens import Caller
from management.context import Management, Opened
from management.models.operations import Operation, OperationPage, Status
from management.operations.store import LARGEST_PAGE
from management.problems import not_found
from management.routing import ManagementRoute, refusals

router = APIRouter(route_class=ManagementRoute, tags=["operations"])

OperationId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="An operation's id.")]


@router.get(
    "/operations",
    summary="The audit trail",
    openapi_extra=permission_note(Permission.READ),
    responses=refusals(HTTPStatus.UNPROCESSABLE_ENTITY),
)
async def get_operations(
    opened: Opened,
    caller: Annotated[Caller, Requires(Permission.READ)],
    before: Annotated[
        str | None, Query(pattern=r"^[0-9a-f]{32}$", description="What came before this operation: a page's `next`.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="How many.")] = 50,
    status: Annotated[list[Status] | None, Query(description="Of these alone; all when left out.")] = None,
) -> OperationPage:
    """Who asked for what, when, and what became of it, the newest first: changes, refusals and denials."""
    del caller
    return await opened.store.page(before=before, limit=limit, status=status or ())


@router.get(
    "/operations/{id}",
    summary="An operation",
    openapi_extra=permission_note(Permission.READ),
    responses=refusals(HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY),
)
async def get_operation(
    id: OperationId,  # noqa: A002 (the parameter's name in the path)
    opened: Opened,
    caller: Annotated[Caller, Requires(Permission.READ)],
) -> Operation:
    """A change: who asked, its preview, how far it is, and what came of it."""
    del caller
    return await _found(opened, id)


@router.get(
    "/operations/{id}/events",
    summary="An operation as it goes on",
    response_class=EventSourceResponse,
    openapi_extra=permission_note(Permission.READ),
    responses=refusals(HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY)
    | {
        200: {
            "description": "Events named `operation`, each with the whole operation in JSON as its data, until it has "
            "ended; then the stream ends.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        }
    },
)
async def get_operation_events(
    id: OperationId,  # noqa: A002 (the parameter's name in the path)
    opened: Opened,
    caller: Annotated[Caller, Requires(Permission.READ)],
) -> EventSourceResponse:
    """An event each time when the operation gets on, the first at once."""
    del caller
    await _found(opened, id)
    return EventSourceResponse(_events(opened, id), ping=15)


async def _found(opened: Management, identity: str) -> Operation:
    operation = await opened.watching.find(identity)
    if operation is None:
        raise not_found(f"there is no operation {identity}")
    return operation


async def _events(opened: Management, identity: str) -> AsyncIterator[ServerSentEvent]:
    async for state in opened.watching.states(identity):
        yield ServerSentEvent(state.model_dump_json(by_alias=True), event="operation", id=str(len(state.progress)))
