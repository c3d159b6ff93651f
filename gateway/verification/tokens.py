"""Tokens for the checks: made with the realm's private key, or real ones that a person got from Keycloak."""

import time
import uuid
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol, cast

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from components.outputs import AuthOutput
from config.keys import MINIMUM_BITS, key_id
from gateway.verification.outcome import SkippedError

_LIFETIME: Final = 300
"""Seconds for which Keycloak's access tokens hold by default."""


class Flaw(StrEnum):
    """What can be wrong with a token."""

    GARBAGE = "garbage"
    UNSIGNED = "unsigned"
    FORGED = "forged"
    EXPIRED = "expired"
    FOREIGN_ISSUER = "foreign-issuer"
    WRONG_AUDIENCE = "wrong-audience"
    ID_TOKEN = "id"  # noqa: S105 (the name of a flaw)
    NO_TIER = "no-tier"
    UNKNOWN_TIER = "unknown-tier"


class TokenSource(Protocol):
    """Where tokens come from. What it cannot make is a SkippedError that says how to get it."""

    @property
    def fresh_users(self) -> bool:
        """Whether `user` is a new user each time, one who has used nothing of a limit yet."""
        ...

    def user(self, tier: str) -> str:
        """A valid access token of a user of a tier."""
        ...

    def other_user(self, tier: str) -> str:
        """A valid access token of another user of that tier."""
        ...

    def flawed(self, tier: str, flaw: Flaw) -> str:
        """A token that would be as good as `user`'s but for one flaw."""
        ...


class SigningKeyError(ValueError):
    """The key cannot sign the realm's tokens."""


class SigningKey:
    """The realm's private key, or what stands for it: makes every token.

    Args:
        pem: an RSA private key of 2048 bits or more, in PEM and not encrypted.
        auth: what the gateway asks of a token.

    Raises:
        SigningKeyError: the key is of another kind.
    """

    fresh_users: bool = True

    def __init__(self, pem: str, auth: AuthOutput) -> None:
        self._key = _private_key(pem)
        self._auth = auth

    @classmethod
    def from_file(cls, file: Path, auth: AuthOutput) -> "SigningKey":
        """The key in a file. Raises SigningKeyError when it cannot be read, too."""
        try:
            return cls(file.read_text("utf-8"), auth)
        except (OSError, UnicodeDecodeError) as error:
            raise SigningKeyError(f"{file}: cannot be read; name a file with the realm's private key in PEM") from error
        except SigningKeyError as error:
            raise SigningKeyError(f"{file}: {error}") from error

    def user(self, tier: str) -> str:
        """A token of a user who is new each time."""
        return self._signed(access_claims(self._auth, tier))

    def other_user(self, tier: str) -> str:
        """Another new user's token."""
        return self.user(tier)

    def flawed(self, tier: str, flaw: Flaw) -> str:
        """Any flaw; all but the signature's are signed with the realm's key."""
        if flaw in _BROKEN:
            return broken(self._auth, tier, flaw, key_id(self._key.public_key()))
        return self._signed(flawed_claims(self._auth, tier, flaw))

    def _signed(self, claims: Mapping[str, Any]) -> str:
        if self._auth.kind == "oidc":
            raise SkippedError("kong-oidc reads groups from a claim that the outputs do not name; give real tokens")
        return _sign(claims, self._key, key_id(self._key.public_key()))


class GivenTokens:
    """Real tokens from the environment: GATEWAY_TOKEN_<TIER>, and GATEWAY_TOKEN_<TIER>_2 of another user."""

    fresh_users: bool = False

    def __init__(self, environment: Mapping[str, str], auth: AuthOutput) -> None:
        self._environment = environment
        self._auth = auth

    def user(self, tier: str) -> str:
        """The token that was given for a tier."""
        return self._given(token_variable(tier), f"a token of a user of tier {tier!r}")

    def other_user(self, tier: str) -> str:
        """The second token that was given for a tier."""
        return self._given(f"{token_variable(tier)}_2", f"a token of a second user of tier {tier!r}")

    def flawed(self, tier: str, flaw: Flaw) -> str:
        """A token with a broken signature; every other flaw takes the realm's key."""
        if flaw not in _BROKEN:
            raise SkippedError("only the realm's key signs such a token; give one with --signing-key")
        return broken(self._auth, tier, flaw, None)

    def _given(self, variable: str, what: str) -> str:
        token = self._environment.get(variable, "").strip()
        if not token:
            raise SkippedError(f"put {what} into {variable}, or give --signing-key")
        expires = _expiry(token)
        if expires is not None and expires < time.time():
            raise SkippedError(f"the token in {variable} expired {time.time() - expires:.0f} s ago; get a new one")
        return token


def token_variable(tier: str) -> str:
    """The environment variable of a tier's token."""
    return f"GATEWAY_TOKEN_{tier.upper().replace('-', '_')}"


def access_claims(auth: AuthOutput, tier: str) -> dict[str, Any]:
    """What Keycloak would put into the access token of a new user of a tier."""
    now = int(time.time())
    return {
        "iss": auth.issuer,
        "aud": [auth.audience, "account"],
        "typ": "Bearer",
        "azp": "gateway-verification",
        "sub": str(uuid.uuid4()),
        "jti": str(uuid.uuid4()),
        "iat": now,
        "exp": now + _LIFETIME,
        auth.tier_claim: tier,
    }


def flawed_claims(auth: AuthOutput, tier: str, flaw: Flaw) -> dict[str, Any]:
    """The claims of an access token with one flaw in them."""
    claims = access_claims(auth, tier)
    match flaw:
        case Flaw.EXPIRED:
            claims |= {"iat": claims["iat"] - 2 * _LIFETIME, "exp": claims["exp"] - 2 * _LIFETIME}
        case Flaw.FOREIGN_ISSUER:
            claims["iss"] = f"{auth.issuer}-of-somebody-else"
        case Flaw.WRONG_AUDIENCE:
            claims["aud"] = [f"{auth.audience}-of-somebody-else", "account"]
        case Flaw.ID_TOKEN:
            claims["typ"] = "ID"
        case Flaw.NO_TIER:
            del claims[auth.tier_claim]
        case Flaw.UNKNOWN_TIER:
            claims[auth.tier_claim] = f"{tier}-that-nobody-has"
        case Flaw.GARBAGE | Flaw.UNSIGNED | Flaw.FORGED:
            raise ValueError(f"{flaw} is no matter of claims")
    return claims


_BROKEN: Final = frozenset({Flaw.GARBAGE, Flaw.UNSIGNED, Flaw.FORGED})
"""Flaws that take nobody's key."""


def broken(auth: AuthOutput, tier: str, flaw: Flaw, kid: str | None) -> str:
    """A token without a signature of the realm's, whose claims are right."""
    claims = access_claims(auth, tier)
    match flaw:
        case Flaw.FORGED:
            forger = _forgers_key()
            return _sign(claims, forger, kid or key_id(forger.public_key()))
        case Flaw.UNSIGNED:
            return jwt.encode(claims, "", algorithm="none", headers={"kid": kid} if kid else None)
        case _:
            return "this.is.garbage"


def _sign(claims: Mapping[str, Any], key: rsa.RSAPrivateKey, kid: str) -> str:
    return jwt.encode(dict(claims), key, algorithm="RS256", headers={"kid": kid})


@cache
def _forgers_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=MINIMUM_BITS)


def _private_key(pem: str) -> rsa.RSAPrivateKey:
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SigningKeyError(
            "is no readable private key; write PEM ('-----BEGIN PRIVATE KEY-----') without a passphrase"
        ) from error
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < MINIMUM_BITS:
        raise SigningKeyError(f"cannot sign RS256; name an RSA key of at least {MINIMUM_BITS} bits")
    return key


def _expiry(token: str) -> float | None:
    """When a token expires, in seconds since the epoch; None when it does not say so in a form we know."""
    try:
        claims = cast("dict[str, object]", jwt.decode(token, options={"verify_signature": False}))  # pyright: ignore[reportUnknownMemberType] (PyJWT's keys are untyped here)
    except jwt.InvalidTokenError:
        return None
    expires = claims.get("exp")
    return float(expires) if isinstance(expires, int | float) else None
