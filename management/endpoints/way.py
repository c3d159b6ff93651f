"""`GET /api/kong/way`: the way of a request through routes and plugins, as the stack declares it."""

from dataclasses import asdict
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query

from config.vocabulary import GroupName, HttpMethod
from entities.way import Request, way
from management.access.guard import Requires, permission_note
from management.access.roles import Permission
from management.access.tokens import Caller
from management.context import Opened
from management.models.way import Way
from management.problems import not_found, unavailable
from management.reading.declared import Declared, Refused
from management.routing import ManagementRoute, refusals

router = APIRouter(route_class=ManagementRoute, tags=["look"])


@router.get(
    "/way",
    summary="The way of a request",
    openapi_extra=permission_note(Permission.READ),
    responses=refusals(HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY),
)
async def get_way(
    opened: Opened,
    caller: Annotated[Caller, Requires(Permission.READ)],
    path: Annotated[str, Query(pattern=r"^/[^?#]*$", max_length=2_000, description="The path, without a query.")],
    method: Annotated[HttpMethod, Query(description="The method.")] = "GET",
    tier: Annotated[GroupName | None, Query(description="Whose token it has; without any when left out.")] = None,
) -> Way:
    """Which route takes the request, which plugins run on it and what they do, and where it ends."""
    del caller
    declared = await opened.declared.read()
    if isinstance(declared, Refused):
        raise unavailable(f"the stack's settings are wrong: {declared.reason}")
    if tier is not None and tier not in {each.name for each in declared.settings.tiers}:
        raise not_found(f"there is no tier {tier!r}")
    return await opened.workers.run(way_of, declared, Request(method, path, tier))


def way_of(declared: Declared, request: Request) -> Way:
    """The way of a request through a stack that was read."""
    return Way.model_validate(asdict(way(declared.settings, declared.state, request)))
