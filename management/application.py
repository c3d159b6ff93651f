"""The application by itself: the router, the page, and what a cluster asks of a process."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI
from fastapi.responses import RedirectResponse

from config.version import VERSION
from management.access.guard import PREFIX
from management.context import Clock, now
from management.engine.protocol import EngineFactory
from management.router import management_router
from management.settings import ManagementSettings

_DESCRIPTION: Final = """Operate the gateway without leaving its rules.

Whatever is changed here is a change of the stack's configuration: validated as `python -m gateway validate` does,
previewed, applied by the same engine, kept in the audit trail, and reversible. Nothing is written to Kong behind the
program's back. Requests need an access token of the Keycloak realm."""
_TAGS: Final = (
    {"name": "look", "description": "What is declared, live and counted."},
    {"name": "change", "description": "Changes of the stack's configuration, each an operation."},
    {"name": "operations", "description": "Changes as they go on, and the audit trail."},
    {"name": "access", "description": "Who may do what."},
)


def application(
    settings: ManagementSettings | None = None, engine: EngineFactory | None = None, clock: Clock = now
) -> FastAPI:
    """The application. Settings come from the environment when left out."""
    app = FastAPI(
        title="omnify-gateway: management",
        version=VERSION,
        description=_DESCRIPTION,
        openapi_tags=[dict(tag) for tag in _TAGS],
        redoc_url=None,
    )
    app.include_router(management_router(settings, engine, clock))
    app.add_api_route("/", _to_the_page, include_in_schema=False)
    app.add_api_route("/healthz", _alive, include_in_schema=False)
    return app


async def _to_the_page() -> RedirectResponse:
    """People who come by the address alone want to look."""
    return RedirectResponse(f"{PREFIX}/page/")


async def _alive() -> Mapping[str, Any]:
    """Whether this process answers, for the kubelet; nothing of the gateway."""
    return {"status": "ok"}
