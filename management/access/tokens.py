"""Bearer tokens of the realm, verified here as well as in the gateway: whoever reaches this is judged by itself."""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol, cast

import jwt

from management.access.roles import Role, roles_in

ALGORITHM: Final = "RS256"
"""The only one that is taken: what a token says of its algorithm is not asked."""
LEEWAY: Final = 5
"""Seconds by which clocks may differ."""
LONGEST: Final = 16_384
"""Characters of a token; Keycloak's have about 1,500."""


class TokenError(Exception):
    """A token is not taken; says why, without anything of the token in it."""


@dataclass(frozen=True)
class Caller:
    """Who asks."""

    subject: str
    """The token's `sub`."""
    name: str
    """What people call them."""
    roles: tuple[Role, ...]


@dataclass(frozen=True)
class Realm:
    """What a token must say to be taken."""

    issuer: str
    audience: str
    client: str
    """The client whose roles count like those of the realm."""


class Keys(Protocol):
    """The realm's public keys."""

    def find(self, kid: str) -> Awaitable[str | None]:
        """The key of a name, in PEM; None when the realm has none.

        Raises:
            KeysUnavailableError: nobody can tell.
        """
        ...


async def caller_of(token: str, realm: Realm, keys: Keys) -> Caller:
    """Who a token stands for.

    Raises:
        TokenError: it is not taken.
        KeysUnavailableError: the realm's keys cannot be had.
    """
    if len(token) > LONGEST:
        raise TokenError("the token is too long")
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError as error:
        raise TokenError("the token is no JWT") from error
    kid = header.get("kid")
    if header.get("alg") != ALGORITHM or not isinstance(kid, str):
        raise TokenError(f"the token is not signed with {ALGORITHM} by a named key")
    key = await keys.find(kid)
    if key is None:
        raise TokenError("the token is signed with a key that the realm does not have")
    return _caller(_claims(token, key, realm), realm)


def _claims(token: str, key: str, realm: Realm) -> Mapping[str, Any]:
    try:
        claims = jwt.decode(  # pyright: ignore[reportUnknownMemberType] (PyJWT's keys are untyped here)
            token,
            key,
            algorithms=[ALGORITHM],
            audience=realm.audience,
            issuer=realm.issuer,
            leeway=LEEWAY,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except jwt.ExpiredSignatureError as error:
        raise TokenError("the token has expired") from error
    except jwt.InvalidIssuerError as error:
        raise TokenError("the token is of another realm") from error
    except jwt.InvalidAudienceError as error:
        raise TokenError("the token is for another audience") from error
    except jwt.PyJWTError as error:
        raise TokenError("the token is not valid") from error
    if claims.get("typ") != "Bearer":
        raise TokenError("the token is no access token (typ is not Bearer)")
    return cast("Mapping[str, Any]", claims)


def _caller(claims: Mapping[str, Any], realm: Realm) -> Caller:
    of_clients = _mapping(claims.get("resource_access"))
    names = (*_roles(claims.get("realm_access")), *_roles(of_clients.get(realm.client)))
    shown = claims.get("preferred_username") or claims.get("azp") or claims["sub"]
    return Caller(subject=str(claims["sub"])[:255], name=str(shown)[:255], roles=roles_in(names))


def _roles(access: object) -> tuple[str, ...]:
    roles = _mapping(access).get("roles")
    return tuple(map(str, cast("list[object]", roles))) if isinstance(roles, list) else ()


def _mapping(value: object) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}
