"""The router, and the application by itself."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, FastAPI, Response

from omnify_workflows.router.access import Opened
from omnify_workflows.router.context import open_context
from omnify_workflows.router.endpoints import PREFIX, router
from omnify_workflows.settings import RouterSettings


def workflows_router(settings: RouterSettings | None = None) -> APIRouter:
    """The endpoints, with the lifespan that opens what they need; any FastAPI application can include it."""

    @asynccontextmanager
    async def lifespan(_: object) -> AsyncGenerator[Mapping[str, Any]]:
        async with open_context(settings or RouterSettings()) as opened:
            yield {"workflows": opened}

    whole = APIRouter(lifespan=lifespan)
    whole.include_router(router, prefix=PREFIX)
    return whole


def application(settings: RouterSettings | None = None) -> FastAPI:
    """The application. Settings come from the environment when left out."""
    app = FastAPI(title="OmniFy: workflows", redoc_url=None)
    app.include_router(workflows_router(settings))
    app.add_api_route("/healthz", _alive, include_in_schema=False)
    app.add_api_route("/readyz", _ready, include_in_schema=False)
    return app


async def _alive() -> Mapping[str, str]:
    """Whether this process answers."""
    return {"status": "ok"}


async def _ready(opened: Opened, response: Response) -> Mapping[str, str]:
    """Whether Temporal answers it."""
    serves = await opened.operator.reaches_temporal()
    response.status_code = HTTPStatus.OK if serves else HTTPStatus.SERVICE_UNAVAILABLE
    return {"status": "ready" if serves else "not ready"}
