"""Who asks, and what they may do: the management API's own judgement of tokens, and its roles."""

from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Any, Final, cast

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from management.access.keys import KeysUnavailableError
from management.access.roles import Role
from management.access.tokens import Caller, TokenError, caller_of
from omnify_workflows.router.context import Context
from omnify_workflows.router.problems import RefusedError, unavailable

_BEARER: Final = HTTPBearer(
    scheme_name="realm",
    bearerFormat="JWT",
    auto_error=False,
    description="An access token of the Keycloak realm, with one of the roles gateway-viewer, -operator, -admin.",
)


class Permission(StrEnum):
    """Something that one may do."""

    READ = "read"
    """Look at workflows: progress, lists."""
    OPERATE = "operate"
    """Start workflows, and tell them something."""
    CANCEL = "cancel"
    """Cancel workflows: what they did may be taken back."""
    DECIDE = "decide"
    """Promote or refuse a model."""


LOWEST: Final[Mapping[Permission, Role]] = {
    Permission.READ: Role.VIEWER,
    Permission.OPERATE: Role.OPERATOR,
    Permission.CANCEL: Role.ADMIN,
    Permission.DECIDE: Role.ADMIN,
}
"""The lowest role that has each permission."""
_RANKS: Final = tuple(Role)


def context(request: Request) -> Context:
    """What the lifespan has opened."""
    return cast("Context", request.state.workflows)


Opened = Annotated[Context, Depends(context)]
"""What is open, as a parameter of an endpoint."""


class Guard:
    """Lets those pass who have a permission."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    async def __call__(
        self,
        opened: Opened,
        credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)],
    ) -> Caller:
        """Who asks. Raises RefusedError."""
        try:
            if credentials is None:
                raise TokenError("a bearer token of the realm is needed")
            caller = await caller_of(credentials.credentials, opened.realm, opened.keys)
        except TokenError as error:
            challenge = {"WWW-Authenticate": 'Bearer realm="omnify-workflows", error="invalid_token"'}
            raise RefusedError(HTTPStatus.UNAUTHORIZED, "unauthorized", str(error), headers=challenge) from error
        except KeysUnavailableError as error:
            raise unavailable(f"nobody can be let in: {error}") from error
        lowest = LOWEST[self.permission]
        if not any(_RANKS.index(role) >= _RANKS.index(lowest) for role in caller.roles):
            reason = f"needs the role {lowest.value} or a higher one, to {self.permission.value}"
            raise RefusedError(HTTPStatus.FORBIDDEN, "forbidden", reason)
        return caller


def Requires(permission: Permission) -> Any:  # noqa: ANN401, N802 (reads as FastAPI's own `Depends`)
    """The dependency of an endpoint that needs a permission."""
    return Depends(Guard(permission))
