"""Kong Enterprise's `openid-connect`: fetches the realm's keys and maps the tier claim to the tier's consumer."""

from collections.abc import Iterable
from dataclasses import dataclass

from config.auth import OpenIdConnectAuth
from entities.auth.guard import SUBJECT_HEADER
from entities.auth.identities import Identities
from entities.limits import LimitKey
from entities.model import Plugin, Scope, plugin
from entities.plugins.openid_connect import OpenidConnect


@dataclass(frozen=True)
class OpenIdConnectScheme:
    """`openid-connect` with bearer tokens alone."""

    auth: OpenIdConnectAuth

    identifies_consumers = True
    subject = LimitKey(limit_by="header", header_name=SUBJECT_HEADER)

    def identities(self) -> Identities:
        """None: the plugin finds a consumer by its `custom_id`."""
        return Identities()

    def gate(self, public_routes: Iterable[str]) -> tuple[Plugin, ...]:
        """None: nothing tells a route that has the plugin from one that lacks it."""
        del public_routes
        return ()

    def plugins(self, scope: Scope) -> tuple[Plugin, ...]:
        """The plugin."""
        config = OpenidConnect(
            issuer=self.auth.issuer,
            issuers_allowed=(self.auth.issuer,),
            audience_required=(self.auth.audience,),
            consumer_claim=(self.auth.tier_claim,),
            upstream_headers_claims=("sub",),
            upstream_headers_names=(SUBJECT_HEADER,),
        )
        return (plugin("openid-connect", scope, config.render()),)
