"""The seamless scheme: the realm changes its signing key, and no valid token is refused at any step.

`jwt` finds the key by the token's `kid`, so several hold at once. A credential has one key and one consumer, so all of
them belong to one technical consumer, and which tier a token is of, a second plugin finds: the guard hands the tier's
key, which Kong made and nobody else knows, to `key-auth`. Why none of them is a way in without the others, seamless.lua
says.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from config.auth import Realm
from config.tiers import Tier
from entities.auth.guard import SUBJECT_HEADER, SeveralKeys
from entities.auth.identities import Identities
from entities.auth.jwt import guard, verifier
from entities.auth.unguarded import gate
from entities.auth.witness import witness
from entities.limits import LimitKey
from entities.model import Consumer, JwtSecret, KeyAuthCredential, Plugin, Scope, plugin
from entities.plugins.key_auth import KeyAuth
from entities.state import Owner

KEYS_HOLDER = "realm-keys"
"""The consumer of the realm's keys. It is in no group, and no request ends as its."""

MEMBERS = frozenset({"pre-function", "jwt", "key-auth", "acl", "post-function"})
"""The plugins of which the scheme is made."""


@dataclass(frozen=True)
class SeamlessScheme:
    """`jwt` by `kid` and `key-auth` by tier, between the guard and the witness."""

    realm: Realm
    keys: Mapping[str, str]
    """The realm's public keys, in PEM by their `kid`."""
    tiers: tuple[Tier, ...]
    preflight: bool
    owner: Owner

    identifies_consumers = True
    subject = LimitKey(limit_by="header", header_name=SUBJECT_HEADER)

    def identities(self) -> Identities:
        """Each key of the realm once, and for each tier a key of Kong's own."""
        holder = Consumer(key=KEYS_HOLDER, username=KEYS_HOLDER, custom_id=None)
        return Identities(
            consumers=(holder,),
            jwt_secrets=tuple(
                JwtSecret(key=kid, consumer=KEYS_HOLDER, claim=kid, rsa_public_key=key)
                for kid, key in self.keys.items()
            ),
            keyauth_credentials=tuple(KeyAuthCredential(key=tier.name, consumer=tier.name) for tier in self.tiers),
        )

    def gate(self, public_routes: Iterable[str]) -> tuple[Plugin, ...]:
        """What refuses requests on routes without a guard, and on the others those that the unit has not proven."""
        public = tuple(public_routes)
        return (gate(public), witness(public, self._credentials.values()))

    def plugins(self, scope: Scope) -> tuple[Plugin, ...]:
        """`jwt`, `key-auth`, and the guard that works with both."""
        rotation = SeveralKeys(keys=tuple(self.keys), credentials=self._credentials)
        return (
            verifier("kid", scope),
            _chooser(scope),
            guard(self.realm, self.tiers, scope, preflight=self.preflight, rotation=rotation),
        )

    @cached_property
    def _credentials(self) -> Mapping[str, str]:
        """The ids of the tiers' keys."""
        return {tier.name: self.owner.id("keyauth_credentials", tier.name) for tier in self.tiers}


def _chooser(scope: Scope) -> Plugin:
    """`key-auth` on a scope. The headers are those of seamless.lua; the first is there until `jwt` takes it away."""
    config = KeyAuth(
        key_names=("X-Anonymous-Consumer", "Proxy-Authorization"),
        hide_credentials=True,
        key_in_header=True,
        key_in_query=False,
        key_in_body=False,
        run_on_preflight=True,
    )
    return plugin("key-auth", scope, config.render())
