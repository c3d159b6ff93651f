"""`GET /api/kong/overview`: what a person wants to know first."""

from typing import Annotated

from fastapi import APIRouter, Response

from management.access.guard import Requires, permission_note
from management.access.roles import Permission
from management.access.tokens import Caller
from management.context import Opened
from management.models.overview import Overview
from management.routing import ManagementRoute, refusals

router = APIRouter(route_class=ManagementRoute, tags=["look"])


@router.get(
    "/overview",
    summary="What a person wants to know first",
    response_model=Overview,
    openapi_extra=permission_note(Permission.READ),
    responses=refusals(),
)
async def get_overview(opened: Opened, caller: Annotated[Caller, Requires(Permission.READ)]) -> Response:
    """Health, counts, drift, the tiers and who hits their limits, the busiest routes, the latest operations.

    It is at most a second old, and what it says of the live gateway a few seconds.
    """
    del caller
    return Response(await opened.overviews.json(), media_type="application/json")
