"""The realm whose tokens are taken: what the environment says, and else what the stack says."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import httpx

from config.auth import JwtAuth, NoAuth
from config.auth import Realm as RealmSettings
from config.files import StackFileError, read_files
from config.keys import signing_keys
from config.problems import InvalidSettingsError
from config.project import PROJECT
from config.reading import read
from management.access.keys import Fetch, KeysUnavailableError, fetched_from
from management.access.tokens import Realm
from management.settings import ManagementSettings


class NoRealmError(Exception):
    """Nobody says whose tokens are taken; says what to write."""


def realm_of(settings: ManagementSettings) -> tuple[Realm, Mapping[str, str] | None]:
    """The realm, and its keys where files have them.

    Raises:
        NoRealmError: nothing says which realm.
    """
    stack = _stack_realm(settings)
    issuer = settings.issuer or (stack.issuer if stack else None)
    audience = settings.audience or (stack.audience if stack else None)
    if issuer is None or audience is None:
        raise NoRealmError(
            f"whose tokens are taken? Stack {settings.stack} names no realm in its `auth`; "
            "set MANAGEMENT_ISSUER and MANAGEMENT_AUDIENCE"
        )
    return Realm(issuer, audience, settings.client), _keys(settings, stack)


def keys_of(settings: ManagementSettings, client: httpx.AsyncClient) -> Fetch:
    """How the realm's keys are had: from files, or fetched from the realm where no file has them."""

    async def fetch() -> Mapping[str, str]:
        try:
            realm, keys = await asyncio.to_thread(realm_of, settings)
        except (NoRealmError, OSError, ValueError) as error:
            raise KeysUnavailableError(str(error)) from error
        if keys is not None:
            return keys
        url = settings.jwks_url or f"{realm.issuer}/protocol/openid-connect/certs"
        return await fetched_from(client, url)()

    return fetch


def _keys(settings: ManagementSettings, stack: RealmSettings | None) -> Mapping[str, str] | None:
    if settings.jwks_file is not None:
        return signing_keys(settings.jwks_file.read_text("utf-8"))
    if settings.jwks_url is not None or not isinstance(stack, JwtAuth):
        return None
    if settings.issuer is not None and settings.issuer != stack.issuer:
        return None
    if stack.jwks_file is not None:
        return signing_keys((PROJECT / stack.jwks_file).read_text("utf-8"))
    return stack.public_keys


def _stack_realm(settings: ManagementSettings) -> RealmSettings | None:
    """What the stack says of its realm, also when something else in it is wrong."""
    file: Path = settings.file
    try:
        auth = read(read_files(PROJECT, settings.stack, file)).sections.get("auth")
    except (StackFileError, InvalidSettingsError):
        return None
    return auth if isinstance(auth, RealmSettings) and not isinstance(auth, NoAuth) else None
