"""`GET /api/kong/stats/{resource}`: counts, and what routes and consumers had to do."""

import asyncio
from typing import Annotated

from fastapi import APIRouter

from management.access.guard import Requires, permission_note
from management.access.roles import Permission
from management.access.tokens import Caller
from management.context import Opened
from management.models.stats import Resource, Stats
from management.problems import unavailable
from management.reading.counting import stats
from management.reading.declared import Refused
from management.routing import ManagementRoute, refusals

router = APIRouter(route_class=ManagementRoute, tags=["look"])


@router.get(
    "/stats/{resource}",
    summary="Counts and traffic",
    openapi_extra=permission_note(Permission.READ),
    responses=refusals(),
)
async def get_stats(resource: Resource, opened: Opened, caller: Annotated[Caller, Requires(Permission.READ)]) -> Stats:
    """How many there are; for services, routes and consumers also their traffic, errors, latency and rejections by
    limits, added up over the nodes since each of them started.
    """
    del caller
    declared, live, nodes = await asyncio.gather(opened.declared.read(), opened.live.read(), opened.nodes.read())
    if isinstance(declared, Refused):
        raise unavailable(f"the stack's settings are wrong: {declared.reason}")
    return await asyncio.to_thread(stats, resource, declared, live, nodes)
