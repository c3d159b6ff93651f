"""The stack's own program under the provider's protocol: what the engine does to Kong's entities, without the engine.

Its rules are the engine's (pulumi: pkg/resource/deploy): what the program registers is made or changed as soon as what
it depends on is done, as much as possible at once; deletions come last, dependents first; what goes with another that
is deleted is only forgotten; a failure lets what is under way end and begins nothing more.
"""

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Protocol

import grpc
import grpc.aio
import httpx

from entities.desired import desired_state
from entities.state import Owner
from entities.validation import validated
from gateway.recording import Registration, recorded, run_program
from provider.admin import Patience
from provider.resources import TYPES, type_of_kind
from provider.urns import parse_urn
from provider.values import Properties, encode
from tests.provider.engine import QUICK, Engine, Resource, running_engine
from tests.provider.gateway import COLLECTIONS, TestGateway
from tests.provider.stack import PRIVATE_KEY

Document = dict[str, Any]
PROJECT, STACK = "omnify-gateway", "dev"
SECRETS = {"tls": PRIVATE_KEY}
"""What a stack file refers to and must not be anything; other secrets are made up."""
_SERVERS_OWN = frozenset({"id", "created_at", "updated_at"})


class AdminApi(Protocol):
    """A Kong to be looked at behind the provider's back."""

    async def ask(self, method: str, path: str, body: Any = None) -> httpx.Response: ...

    async def all(self, collection: str) -> list[Document]: ...


class UpdateError(AssertionError):
    """An update failed; what was done before is kept in the state."""


@dataclass(frozen=True)
class Kept:
    """A resource in the state."""

    resource: Resource
    needs: frozenset[str]
    deleted_with: str


@dataclass
class Stack:
    """One stack's state, and operations on it; each has a provider of its own, as in a process of its own."""

    kong: TestGateway
    patience: Patience = QUICK
    checkpoints: bool = True
    """Whether the state is written after each resource; otherwise once, at an operation's end."""
    address: str | None = None
    """Where the provider finds the Admin API; the gateway's own address when it is None."""
    state: dict[str, Kept] = field(default_factory=dict[str, Kept])

    async def up(self, document: Document, *, refresh: bool = False) -> Counter[str]:
        """Run `pulumi up`, and count what it did.

        Raises:
            UpdateError: a resource was refused.
        """
        async with self._operation() as operation:
            if refresh:
                await operation.refresh()
            await operation.update(await program(document))
        return operation.did

    async def preview(self, document: Document, *, refresh: bool = False) -> Counter[str]:
        """Count what `pulumi up` would do."""
        state = dict(self.state)
        async with self._operation() as operation:
            if refresh:
                await operation.refresh()
            await operation.plan(await program(document))
        self.state = state
        return operation.did

    async def destroy(self) -> None:
        """Run `pulumi destroy`."""
        async with self._operation() as operation:
            await operation.update({})

    @contextlib.asynccontextmanager
    async def _operation(self) -> AsyncGenerator["_Operation"]:
        async with running_engine(self.address or self.kong.url, environment={}, patience=self.patience) as engine:
            operation = _Operation(engine, dict(self.state), self._checkpoint if self.checkpoints else _nothing)
            try:
                yield operation
            except UpdateError:
                self.state = operation.state
                raise
            self.state = operation.state

    def _checkpoint(self, state: Mapping[str, Kept]) -> None:
        self.state = dict(state)


def _nothing(_: Mapping[str, Kept]) -> None:
    return


class _Operation:
    """One operation of the engine."""

    def __init__(
        self, engine: Engine, state: dict[str, Kept], checkpoint: Callable[[Mapping[str, Kept]], None]
    ) -> None:
        self._engine = engine
        self._checkpoint = checkpoint
        self._failures: list[str] = []
        self.state = state
        self.did: Counter[str] = Counter()

    async def refresh(self) -> None:
        found = await asyncio.gather(*(self._engine.refresh(kept.resource) for kept in self.state.values()))
        for (urn, kept), resource in zip(list(self.state.items()), found, strict=True):
            if resource is None:
                del self.state[urn]
            else:
                self.state[urn] = Kept(resource, kept.needs, kept.deleted_with)

    async def plan(self, registrations: Mapping[str, Registration]) -> None:
        for urn, registration in registrations.items():
            inputs = await self._checked(registration)
            old = self.state.get(urn)
            if old is None:
                self.did["create"] += 1
            else:
                changed = (await self._engine.compare(old.resource, inputs)).detailedDiff
                self.did["update" if changed else "same"] += 1
        self.did["delete"] += len(self.state.keys() - registrations.keys())
        self.did += Counter()

    async def update(self, registrations: Mapping[str, Registration]) -> None:
        await self._each(
            registrations,
            needs={urn: set(each.dependencies) for urn, each in registrations.items()},
            do=lambda urn: self._make(registrations[urn]),
        )
        gone = self.state.keys() - registrations.keys()
        for urn in [urn for urn in gone if self.state[urn].deleted_with in gone]:
            self._forget(urn)
        gone &= self.state.keys()
        dependents = {urn: {other for other in gone if urn in self.state[other].needs} for urn in gone}
        await self._each(gone, needs=dependents, do=self._delete)

    async def _each(
        self, urns: Collection[str], *, needs: Mapping[str, set[str]], do: Callable[[str], Awaitable[None]]
    ) -> None:
        tasks: dict[str, asyncio.Task[None]] = {}

        async def when_ready(urn: str) -> None:
            await asyncio.gather(*(tasks[other] for other in needs[urn] if other in tasks))
            if not self._failures:
                try:
                    await do(urn)
                except grpc.aio.AioRpcError as error:
                    self._failures.append(f"{urn}: {error.details()}")

        async with asyncio.TaskGroup() as group:
            for urn in urns:
                tasks[urn] = group.create_task(when_ready(urn))
        if self._failures:
            raise UpdateError(self._failures)

    async def _make(self, registration: Registration) -> None:
        urn = registration.urn
        inputs = await self._checked(registration)
        old = self.state.get(urn)
        if old is None:
            self.did["create"] += 1
            made = await self._engine.create_checked(urn, inputs)
        elif (await self._engine.compare(old.resource, inputs)).detailedDiff:
            self.did["update"] += 1
            made = await self._engine.update_checked(old.resource, inputs)
        else:
            self.did["same"] += 1
            made = old.resource
        self.state[urn] = Kept(made, frozenset(registration.dependencies), registration.deleted_with)
        self._checkpoint(self.state)

    async def _delete(self, urn: str) -> None:
        await self._engine.delete(self.state[urn].resource)
        self._forget(urn)

    def _forget(self, urn: str) -> None:
        self.did["delete"] += 1
        del self.state[urn]
        self._checkpoint(self.state)

    async def _checked(self, registration: Registration) -> Properties:
        """Its inputs in full, with the ids that the resources it refers to really have."""
        ids = {parse_urn(urn).derived_id: kept.resource.id for urn, kept in self.state.items()}
        said = registration.properties
        values = {
            name: ids.get(value, value) if isinstance(value, str) else value for name, value in said.values.items()
        }
        return await self._engine.check_urn(registration.urn, encode(values, said.secrets))


async def program(document: Document) -> Mapping[str, Registration]:
    """Kong's entities as the program registers them for a stack file, by URN."""
    text = json.dumps(document)
    if text not in _programs:
        recording = await recorded(lambda: run_program(document, SECRETS), STACK, preview=True)
        _programs[text] = {each.urn: each for each in recording.registrations if each.type.startswith("kong:")}
    return _programs[text]


_programs: dict[str, Mapping[str, Registration]] = {}


@cache
def _desired(text: str) -> list[tuple[str, Document]]:
    state = desired_state(validated(json.loads(text)), Owner(PROJECT, STACK))
    return [(entity.kind, dict(state.document(entity))) for entity in state]


def desired(document: Document) -> list[str]:
    """What Kong should hold for a stack file: each entity as a line of text without ids."""
    return sorted(_portraits(_desired(json.dumps(document))))


async def live(kong: AdminApi) -> list[str]:
    """What Kong holds with this stack's tags: each entity as a line of text without ids."""
    found = [
        (kind.kind, entity) for kind in TYPES if kind.kind != "targets" for entity in await kong.all(kind.collection)
    ]
    for kind, upstream in list(found):
        if kind == "upstreams":
            targets = (await kong.ask("GET", f"/upstreams/{upstream['id']}/targets")).json()["data"]
            found.extend(("targets", target) for target in targets)
    tags = set(Owner(PROJECT, STACK).tags)
    return sorted(_portraits([(kind, entity) for kind, entity in found if tags <= set(entity["tags"] or ())]))


async def empty(kong: AdminApi) -> None:
    """Delete everything of this stack's behind its back."""
    for collection in COLLECTIONS:
        for entity in await kong.all(collection):
            if set(Owner(PROJECT, STACK).tags) <= set(entity["tags"] or ()):
                await kong.ask("DELETE", f"/{collection}/{entity['id']}")
    assert await live(kong) == []


async def ids(kong: AdminApi) -> set[str]:
    """The ids of all that Kong holds."""
    return {entity["id"] for kind in TYPES if kind.kind != "targets" for entity in await kong.all(kind.collection)}


def _portraits(entities: list[tuple[str, Document]]) -> Iterator[str]:
    names = {
        entity["id"]: entity.get("name") or entity.get("username") or entity.get("custom_id") for _, entity in entities
    }
    for kind, entity in entities:
        apart = _SERVERS_OWN | type_of_kind(kind).sensitive
        told = {
            name: f"→ {names.get(value['id'], value['id'])}" if _is_reference(value) else value
            for name, value in entity.items()
            if name not in apart
        }
        yield f"{kind} {json.dumps(told, sort_keys=True)}"


def _is_reference(value: object) -> bool:
    return isinstance(value, dict) and value.keys() == {"id"}
