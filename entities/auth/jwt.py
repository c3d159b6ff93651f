"""The default scheme: Kong's `jwt` plugin behind the guard.

One credential for each tier, found by the value of the token's tier claim. The guard checks what `jwt` does not (see
guard.lua); `jwt` checks the signature and the expiry. Neither is safe without the other, so they are made together.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from config.auth import Realm
from config.tiers import Tier
from entities.auth.guard import SUBJECT_HEADER, Guard, SeveralKeys
from entities.auth.identities import Identities
from entities.auth.unguarded import gate
from entities.limits import LimitKey
from entities.model import JwtSecret, Plugin, Scope, plugin
from entities.plugins.jwt import Jwt
from entities.plugins.pre_function import PreFunction


@dataclass(frozen=True)
class JwtScheme:
    """`jwt` and its guard."""

    realm: Realm
    key: str
    """The realm's public key, in PEM."""
    tiers: tuple[Tier, ...]
    preflight: bool
    gated: bool
    """Whether routes without a guard are kept shut."""

    identifies_consumers = True
    subject = LimitKey(limit_by="header", header_name=SUBJECT_HEADER)

    def identities(self) -> Identities:
        """The realm's key, once for each tier: a credential belongs to one consumer."""
        return Identities(
            jwt_secrets=tuple(
                JwtSecret(key=tier.name, consumer=tier.name, claim=tier.name, rsa_public_key=self.key)
                for tier in self.tiers
            )
        )

    def gate(self, public_routes: Iterable[str]) -> tuple[Plugin, ...]:
        """What refuses requests on routes that neither have the guard nor are public."""
        return (gate(public_routes),) if self.gated else ()

    def plugins(self, scope: Scope) -> tuple[Plugin, ...]:
        """The guard, then `jwt`."""
        return (guard(self.realm, self.tiers, scope, preflight=self.preflight), verifier(self.realm.tier_claim, scope))


def guard(
    realm: Realm, tiers: tuple[Tier, ...], scope: Scope, *, preflight: bool, rotation: SeveralKeys | None = None
) -> Plugin:
    """The guard on a scope."""
    lua = Guard(
        issuer=realm.issuer,
        audience=realm.audience,
        tier_claim=realm.tier_claim,
        tiers=tuple(tier.name for tier in tiers),
        preflight=preflight,
        rotation=rotation,
    ).render()
    return plugin("pre-function", scope, PreFunction(access=(lua,)).render())


def verifier(claim: str, scope: Scope) -> Plugin:
    """`jwt` on a scope, which finds the credential by a claim.

    It looks at no parameter and no cookie: a token there would reach logs, and the guard looks only at the header.
    """
    config = Jwt(
        key_claim_name=claim,
        claims_to_verify=("exp",),
        uri_param_names=(),
        cookie_names=(),
        header_names=("authorization",),
        run_on_preflight=True,
    )
    return plugin("jwt", scope, config.render())
