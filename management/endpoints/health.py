"""`GET /api/kong/health`: whether the gateway works."""

import asyncio
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Response

from management.access.guard import Requires, permission_note
from management.access.roles import Permission
from management.access.tokens import Caller
from management.context import Management, Opened
from management.models.health import Health
from management.reading.summary import Readings, health
from management.routing import ManagementRoute, refusals

router = APIRouter(route_class=ManagementRoute, tags=["look"])


@router.get(
    "/health",
    summary="Whether the gateway works",
    openapi_extra=permission_note(Permission.READ),
    responses=refusals()
    | {
        200: {"description": "All is well."},
        503: {"model": Health, "description": "Something is wrong; `wrong` says what."},
    },
)
async def get_health(
    response: Response, opened: Opened, caller: Annotated[Caller, Requires(Permission.READ)]
) -> Health:
    """Kong, its database, each node, the stack's configuration, and how long ago it was applied."""
    del caller
    found = await gateway_health(opened)
    if not found.healthy:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    return found


async def gateway_health(opened: Management) -> Health:
    """Whether the gateway works, for endpoints of other applications as well."""
    declared, live, nodes = await asyncio.gather(opened.declared.read(), opened.live.read(), opened.nodes.read())
    applied = await opened.store.last_applied()
    return health(Readings(opened.settings.stack, declared, live, nodes, applied, opened.clock()))
