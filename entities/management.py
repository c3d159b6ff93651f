"""The management API as an API of the gateway's own: its routes, and who may pass at the edge.

Its callers are in no tier. Kong knows them by the client to which the realm made out their token (`azp`), as it knows
customers by their tier: each client has a consumer, a group, a credential and a limit, and the same guard stands before
them. What somebody may do, the application judges by the roles in the token.
"""

from dataclasses import dataclass

from config.apis import Access, Api, Route
from config.auth import Auth, NoAuth
from config.management import NAME, OPEN_ROUTE, PREFIX, Management
from config.stack import StackSettings
from config.tiers import Tier
from entities.auth.scheme import Scheme, scheme
from entities.state import Owner

CLIENT_CLAIM = "azp"
"""The client to which a token was made out (OpenID Connect Core, section 2)."""
PAGE = f"{PREFIX}page/"
"""Where the page is."""
SERVICE = "management"
"""The Kubernetes Service."""
PORT = 8080
BODY_MEGABYTES = 1
"""The largest body that it takes; a declaration has some kilobytes."""


@dataclass(frozen=True)
class Entrance:
    """The management API behind the gateway."""

    api: Api
    backend: str
    clients: tuple[Tier, ...]
    """Those whose tokens pass."""
    scheme: Scheme
    """What tells them from others."""


def entrance(settings: StackSettings, owner: Owner) -> Entrance | None:
    """How the gateway leads to the management API; None where there is none."""
    management, auth = settings.management, settings.auth
    if management is None or isinstance(auth, NoAuth):
        return None
    clients = operators(management)
    realm: Auth = auth.model_copy(update={"tier_claim": CLIENT_CLAIM})
    return Entrance(
        api=_api(management),
        backend=f"http://{SERVICE}.{settings.cluster.namespace}.svc:{PORT}",
        clients=clients,
        scheme=scheme(realm, clients, preflight=settings.cors is not None, owner=owner),
    )


def operators(management: Management) -> tuple[Tier, ...]:
    """The clients in the form of tiers: each person who comes by one of them has its limit."""
    return tuple(Tier(name=client, consumer=client, limits=management.limits) for client in management.clients)


def _api(management: Management) -> Api:
    # A change that was sent is not sent again: whoever sent it decides.
    return Api(
        name=NAME,
        retries=0,
        routes=(
            Route(
                name=NAME,
                paths=(PREFIX,),
                methods=("GET", "HEAD", "POST", "PUT", "DELETE"),
                access=Access(groups=management.clients),
                max_body=BODY_MEGABYTES,
            ),
            Route(
                name=OPEN_ROUTE,
                paths=(PAGE, f"{PREFIX}login"),
                methods=("GET", "HEAD"),
                access=Access(public="A browser loads the page before anybody has logged in; nothing in it is secret."),
            ),
        ),
    )
