"""The guard of an endpoint, as a dependency: `caller: Annotated[Caller, Requires(Permission.READ)]`.

It looks at the request itself, so that nothing else of it is judged before: strangers are told nothing.
"""

from typing import Annotated, Any, Final

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from management.access.roles import LOWEST, Permission
from management.access.tokens import Caller
from management.context import Opened

_BEARER: Final = HTTPBearer(
    scheme_name="realm",
    bearerFormat="JWT",
    auto_error=False,
    description="An access token of the Keycloak realm, with one of the roles gateway-viewer, -operator, -admin.",
)
PREFIX: Final = "/api/kong"
"""Where the endpoints are."""
_YES: Final = frozenset({"true", "1", "yes", "on", "t", "y"})
"""What pydantic takes for true in a query."""


class Guard:
    """Lets those pass who have a permission; who asks for a preview alone needs the one for previews."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    async def __call__(
        self,
        request: Request,
        opened: Opened,
        credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)],
    ) -> Caller:
        """Who asks. Raises RefusedError."""
        permission = self.permission
        if permission is not Permission.READ and request.query_params.get("dryRun", "").lower() in _YES:
            permission = Permission.PREVIEW
        caller = await opened.gatekeeper.admit(
            credentials.credentials if credentials else None,
            permission,
            resource=f"{request.method} {route_path(request)}",
            address=address_of(request),
        )
        request.state.caller = caller
        return caller


def Requires(permission: Permission) -> Any:  # noqa: ANN401, N802 (reads as FastAPI's own `Depends`)
    """The dependency of an endpoint that needs a permission."""
    return Depends(Guard(permission))


def permission_note(permission: Permission) -> dict[str, Any]:
    """What an endpoint's OpenAPI says of who may use it."""
    return {"x-permission": permission.value, "x-lowest-role": LOWEST[permission].value}


def address_of(request: Request) -> str:
    """Where a request comes from."""
    return request.client.host if request.client else ""


def route_path(request: Request) -> str:
    """The path of the endpoint, with the names of its parameters."""
    route = request.scope.get("route")
    path = str(getattr(route, "path", request.url.path))
    return path if path.startswith(PREFIX) else PREFIX + path
