"""Lets callers in: who they are, whether they may, and whether they ask too often. Every denial is kept."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from http import HTTPStatus
from typing import Final

import httpx

from management.access.denials import Denial, Denials, open_denials
from management.access.keys import KeptKeys, KeysUnavailableError
from management.access.limiting import Budget, Budgets
from management.access.realm import NoRealmError, keys_of, realm_of
from management.access.roles import LOWEST, Permission, permissions
from management.access.tokens import Caller, Realm, TokenError, caller_of
from management.models.operations import Asker, Verb
from management.operations.store import OperationStore
from management.problems import RefusedError, unavailable
from management.settings import ManagementSettings

_MINUTE: Final = "60"
"""Seconds after which there is room again in every budget."""
_CHALLENGE: Final = 'Bearer realm="omnify-gateway"'
_VERBS: Final = {Permission.READ: Verb.READ, Permission.SETUP: Verb.SETUP, Permission.REMOVE: Verb.REMOVE}


class Gatekeeper:
    """Judges requests."""

    def __init__(self, realm: Callable[[], Realm], keys: KeptKeys, budgets: Budgets, denials: Denials) -> None:
        self._realm, self.keys, self._budgets, self.denials = realm, keys, budgets, denials

    async def admit(self, token: str | None, permission: Permission, *, resource: str, address: str) -> Caller:
        """Who asks, when they may do this; `resource` says in the audit trail what was asked for.

        Raises:
            RefusedError: they may not, or nobody can tell.
        """
        verb = _VERBS.get(permission, Verb.CHANGE)
        try:
            caller = await self._known(token)
        except TokenError as error:
            raise await self._unknown(str(error), verb, resource, address) from error
        asker = Asker(subject=caller.subject, name=caller.name, address=address)
        if permission not in permissions(caller.roles):
            reason = f"needs the role {LOWEST[permission].value} or a higher one, to {permission.value}"
            await self.denials.keep(Denial(asker, verb, resource, reason))
            raise RefusedError(HTTPStatus.FORBIDDEN, "forbidden", reason)
        budget = Budget.READS if permission is Permission.READ else Budget.CHANGES
        if not await self._budgets.spend(budget, caller.subject):
            raise await self._too_many(budget, Denial(asker, verb, resource, ""))
        return caller

    async def _known(self, token: str | None) -> Caller:
        if not token:
            raise TokenError("a bearer token of the realm is needed")
        try:
            return await caller_of(token, self._realm(), self.keys)
        except (KeysUnavailableError, NoRealmError) as error:
            raise unavailable(f"nobody can be let in: {error}") from error

    async def _unknown(self, reason: str, verb: Verb, resource: str, address: str) -> RefusedError:
        denial = Denial(Asker(subject="", name="", address=address), verb, resource, reason)
        if not await self._budgets.spend(Budget.STRANGERS, address):
            return await self._too_many(Budget.STRANGERS, denial)
        await self.denials.keep(denial)
        headers = {"WWW-Authenticate": f'{_CHALLENGE}, error="invalid_token"'}
        return RefusedError(HTTPStatus.UNAUTHORIZED, "unauthorized", reason, headers=headers)

    async def _too_many(self, budget: Budget, denial: Denial) -> RefusedError:
        what = "requests without a token that holds" if budget is Budget.STRANGERS else budget.value
        reason = f"more than {self._budgets.allowed(budget)} {what} in a minute; wait"
        await self.denials.keep(Denial(denial.asker, denial.verb, denial.resource, reason))
        return RefusedError(HTTPStatus.TOO_MANY_REQUESTS, "too many requests", reason, headers={"Retry-After": _MINUTE})


@asynccontextmanager
async def open_gatekeeper(
    settings: ManagementSettings, store: OperationStore, clock: Callable[[], datetime]
) -> AsyncGenerator[Gatekeeper]:
    """A gatekeeper inside the block."""
    async with (
        httpx.AsyncClient(timeout=settings.patience, trust_env=False) as client,
        open_denials(store, clock) as denials,
    ):
        realms = _RealmKept(settings)
        keys = KeptKeys(keys_of(settings, client))
        yield Gatekeeper(realms.realm, keys, Budgets(settings), denials)


class _RealmKept:
    """The realm, read when its first token comes."""

    def __init__(self, settings: ManagementSettings) -> None:
        self._settings = settings
        self._realm: Realm | None = None

    def realm(self) -> Realm:
        """The realm. Raises NoRealmError."""
        if self._realm is None:
            self._realm, _ = realm_of(self._settings)
        return self._realm
