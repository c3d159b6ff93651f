"""The community plugin kong-oidc: checks tokens and takes the caller's groups from a claim. It sets no consumer."""

from collections.abc import Iterable
from dataclasses import dataclass

from config.auth import OidcAuth
from entities.auth.identities import Identities
from entities.limits import LimitKey
from entities.model import Plugin, Scope, plugin
from entities.plugins.oidc import Oidc

_UNUSED = "not-applicable"
"""The plugin's schema asks for a client and its secret, but tokens are checked with the issuer's keys alone (kong-oidc:
handler.lua, `verify_bearer_jwt`). A real secret would stand in the clear: the plugin takes no vault reference."""


@dataclass(frozen=True)
class OidcScheme:
    """`oidc` with bearer tokens alone."""

    auth: OidcAuth

    identifies_consumers = False
    subject = LimitKey(limit_by="credential", header_name=None)

    def identities(self) -> Identities:
        """None: the plugin knows no consumers."""
        return Identities()

    def gate(self, public_routes: Iterable[str]) -> tuple[Plugin, ...]:
        """None: nothing tells a route that has the plugin from one that lacks it."""
        del public_routes
        return ()

    def plugins(self, scope: Scope) -> tuple[Plugin, ...]:
        """The plugin."""
        config = Oidc(
            client_id=_UNUSED,
            client_secret=_UNUSED,
            discovery=f"{self.auth.issuer}/.well-known/openid-configuration",
            bearer_jwt_auth_allowed_auds=(self.auth.audience,),
            groups_claim=self.auth.groups_claim,
        )
        return (plugin("oidc", scope, config.render()),)
