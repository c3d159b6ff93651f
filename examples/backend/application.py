"""OmniFy's backend with the management API in it: one process, one lifespan, one health."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Response

from management.context import Management, management
from management.endpoints.health import gateway_health
from management.engine.protocol import EngineFactory
from management.router import management_router
from management.settings import ManagementSettings


class Orders:
    """Stands for whatever else a backend has open while it runs."""

    ready = False


def backend(settings: ManagementSettings | None = None, engine: EngineFactory | None = None) -> FastAPI:
    """The application. The management API's settings come from the environment, `MANAGEMENT_…`, when left out."""
    app = FastAPI(title="OmniFy", lifespan=_lifespan)
    # Its lifespan runs with the application's own: it opens what its endpoints need, and closes it at the end.
    app.include_router(management_router(settings, engine))
    app.add_api_route("/health", get_health)
    app.add_api_route("/api/orders", get_orders)
    return app


@asynccontextmanager
async def _lifespan(_: FastAPI) -> AsyncGenerator[dict[str, Any]]:
    orders = Orders()
    orders.ready = True
    yield {"orders": orders}
    orders.ready = False


async def get_health(response: Response, opened: Annotated[Management, Depends(management)]) -> dict[str, Any]:
    """The backend's own health, with the gateway's: 503 when the gateway is not healthy.

    Point nothing at it that would restart this process: a gateway that is down is not cured by that.
    """
    gateway = await gateway_health(opened)
    if not gateway.healthy:
        response.status_code = 503
    return {"backend": "ok", "gateway": {"healthy": gateway.healthy, "wrong": gateway.wrong}}


async def get_orders() -> list[str]:
    """Something of the backend's own."""
    return []
