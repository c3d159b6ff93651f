"""What an authentication scheme gives the desired state, whichever plugin judges the tokens."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from config.auth import Auth, JwtAuth, NoAuth, OidcAuth
from config.tiers import Tier
from entities.auth.identities import Identities
from entities.auth.jwt import JwtScheme
from entities.auth.oidc import OidcScheme
from entities.auth.open import OpenScheme
from entities.auth.openid_connect import OpenIdConnectScheme
from entities.auth.seamless import SeamlessScheme
from entities.limits import LimitKey
from entities.model import Plugin, Scope
from entities.state import Owner


class Scheme(Protocol):
    """A way to know who calls."""

    def identities(self) -> Identities:
        """The credentials of the tiers' consumers, and whoever else holds some."""
        ...

    def gate(self, public_routes: Iterable[str]) -> tuple[Plugin, ...]:
        """What keeps routes shut that should have these plugins and do not have them yet."""
        ...

    def plugins(self, scope: Scope) -> tuple[Plugin, ...]:
        """The plugins that let nobody pass without a token of the realm. They belong together."""
        ...

    @property
    def identifies_consumers(self) -> bool:
        """Whether a request has a consumer afterwards, on which a tier's own limit can hang."""
        ...

    @property
    def subject(self) -> LimitKey:
        """What tells one user from another when requests are counted."""
        ...


def scheme(auth: Auth, tiers: Sequence[Tier], *, preflight: bool, owner: Owner) -> Scheme:
    """The scheme that a stack chose. `preflight` says whether the cors plugin answers preflights."""
    if isinstance(auth, JwtAuth) and auth.rotation == "seamless":
        return SeamlessScheme(auth, auth.public_keys, tuple(tiers), preflight, owner)
    if isinstance(auth, JwtAuth):
        return JwtScheme(auth, auth.public_key, tuple(tiers), preflight, auth.unguarded_routes == "refuse")
    if isinstance(auth, OidcAuth):
        return OidcScheme(auth)
    if isinstance(auth, NoAuth):
        return OpenScheme()
    return OpenIdConnectScheme(auth)
