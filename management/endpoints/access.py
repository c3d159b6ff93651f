"""`GET /api/kong/access`: who asks and what they may do; `GET /api/kong/login`: where people log in."""

from typing import Annotated

from fastapi import APIRouter

from management.access.guard import Requires, permission_note
from management.access.realm import NoRealmError, realm_of
from management.access.roles import LOWEST, Permission, permissions
from management.access.tokens import Caller
from management.context import Opened
from management.models.access import Access, LoginSettings, PermissionRow
from management.problems import unavailable
from management.routing import ManagementRoute, refusals

router = APIRouter(route_class=ManagementRoute, tags=["access"])


@router.get(
    "/access",
    summary="Who asks, and who may do what",
    openapi_extra=permission_note(Permission.READ),
    responses=refusals(),
)
async def get_access(caller: Annotated[Caller, Requires(Permission.READ)]) -> Access:
    """Who the token stands for, what they may do, and the whole table of who may do what."""
    may = permissions(caller.roles)
    return Access(
        subject=caller.subject,
        name=caller.name,
        roles=caller.roles,
        permissions=tuple(permission for permission in Permission if permission in may),
        table=tuple(PermissionRow(permission=each, lowest=lowest) for each, lowest in LOWEST.items()),
    )


@router.get("/login", summary="Where people log in", responses={503: refusals()[503]})
def get_login(opened: Opened) -> LoginSettings:
    """What a page needs to let people log in at the realm. It needs no token, and says nothing that is secret."""
    try:
        realm, _ = realm_of(opened.settings)
    except (NoRealmError, OSError, ValueError) as error:
        raise unavailable(str(error)) from error
    return LoginSettings(issuer=realm.issuer, client=realm.client, stack=opened.settings.stack)
