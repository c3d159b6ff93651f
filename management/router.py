"""Everything under `/api/kong`, as a router with its lifespan that any FastAPI application can mount."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from fastapi import APIRouter

from management import page
from management.access.guard import PREFIX
from management.context import Clock, now, open_management
from management.endpoints import access, changes, configuration, health, operations, overview, stats, way
from management.engine.protocol import EngineFactory
from management.settings import ManagementSettings

Lifespan = Callable[[Any], AbstractAsyncContextManager[Mapping[str, Any]]]
"""What FastAPI and its routers take as `lifespan`."""


def management_router(
    settings: ManagementSettings | None = None, engine: EngineFactory | None = None, clock: Clock = now
) -> APIRouter:
    """The endpoints and the page, with the lifespan that opens and closes what they need.

    An application that includes this router runs its lifespan with its own. Settings come from the environment when
    left out; they also say which engine applies the stack, where none is given.
    """
    router = APIRouter(prefix=PREFIX, lifespan=lifespan(settings, engine, clock))
    for part in (health, overview, configuration, stats, way, operations, access):
        router.include_router(part.router)
    for each in changes.routers():
        router.include_router(each)
    router.include_router(page.router)
    return router


def lifespan(settings: ManagementSettings | None, engine: EngineFactory | None, clock: Clock) -> Lifespan:
    """Opens what the endpoints need at start and closes it at the end."""

    @asynccontextmanager
    async def opened(_: object) -> AsyncGenerator[Mapping[str, Any]]:
        async with open_management(settings or ManagementSettings(), engine, clock) as everything:
            yield {"management": everything}

    return opened
