"""The entities by which Kong knows who calls, beside the tiers' consumers."""

from dataclasses import dataclass

from entities.model import Consumer, JwtSecret, KeyAuthCredential


@dataclass(frozen=True, kw_only=True)
class Identities:
    """What a scheme keeps in Kong to recognise tokens."""

    consumers: tuple[Consumer, ...] = ()
    """Those that stand for no tier."""
    jwt_secrets: tuple[JwtSecret, ...] = ()
    keyauth_credentials: tuple[KeyAuthCredential, ...] = ()
