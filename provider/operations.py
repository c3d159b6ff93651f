"""What the provider does, as plain Python: the protocol in front of it is `provider.servicer`.

One `Operations` serves one operation of the engine (a preview, an update, a refresh): it remembers what the
program declares and reads each of Kong's collections once. Use a new one for the next operation.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, cast

from entities.schema import KongSchema, kong_schema
from provider.admin import AdminApi, AdminError, Patience, Say
from provider.check import Checked, Failure, Gateway, check
from provider.connection import open_admin
from provider.credentials import as_declared
from provider.diff import Change, diff
from provider.documents import Document, property_of, to_document, to_properties
from provider.identifiers import parse_identifier
from provider.live import unique_keys
from provider.resources import ResourceType
from provider.secrecy import secret_properties, secret_texts
from provider.settings import Settings
from provider.store import EntityStore
from provider.urns import Urn, parse_urn
from provider.values import UNKNOWN, Properties, Values

__all__ = ["Change", "Checked", "Failure", "Operations", "State", "open_operations", "parse_urn"]


@dataclass(frozen=True)
class State:
    """A resource as the engine keeps it: its id, what the program said in full, and what came of it."""

    id: str
    inputs: Properties
    outputs: Properties


class Operations:
    """Checks, compares, creates, updates, reads and deletes the resources of one operation."""

    def __init__(self, gateway: Gateway, admin: AdminApi) -> None:
        self._gateway = gateway
        self._admin = admin
        self._store = EntityStore(admin)

    def check(self, urn: Urn, news: Properties) -> Checked:
        """Check inputs offline and complete them; a preview and an update both begin with it."""
        checked = check(self._gateway, urn.type, news)
        if checked.failures:
            return checked
        other = self._store.ledger.declare(urn.text, unique_keys(urn.type, checked.document))
        if other is None:
            return checked
        names = " and ".join(property_of(urn.type, field) for field in urn.type.unique[0])
        reason = f"{other} has the same {names}, and Kong takes only one of them; give this one another"
        return replace(checked, failures=(Failure(property_of(urn.type, urn.type.unique[0][0]), reason),))

    def diff(self, urn: Urn, identity: str, olds: Properties, news: Properties) -> tuple[Change, ...]:
        """List what an update from the old inputs to the new ones would change."""
        self._store.ledger.hold(urn.text, parse_identifier(urn.type, identity).entity)
        return diff(self._gateway, urn.type, olds, news)

    def planned(self, urn: Urn, identity: str | None, news: Properties, olds: Properties) -> State:
        """Say what a preview can know of a resource: its id and properties, without a request."""
        kind = urn.type
        invented = {name: olds.values.get(name, UNKNOWN) for name in map(_namer(kind), kind.generated)}
        outputs = _with_computed(
            kind, Properties(invented | news.values, news.secrets | (olds.secrets & invented.keys()))
        )
        return State(identity or urn.derived_id, news, outputs)

    async def create(self, urn: Urn, news: Properties) -> State:
        """Write an entity under the id that follows from its URN."""
        document = self._document(urn.type, news)
        with _scrubbed(news):
            written = await self._store.create(urn, document)
        return self._state(urn.type, written, document, news)

    async def update(self, urn: Urn, identity: str, news: Properties, olds: Properties) -> State:
        """Write a whole entity anew; `olds` are its outputs in the state."""
        document = self._document(urn.type, news)
        before = self._document(urn.type, olds)
        with _scrubbed(news, olds):
            written = await self._store.update(urn, identity, document, before)
        return self._state(urn.type, written, document, news)

    async def read(self, urn: Urn, identity: str, inputs: Properties, outputs: Properties) -> State | None:
        """Find what Kong has; None when it is gone. Without inputs in the state this is an import."""
        kind = urn.type
        known = inputs.values or outputs.values
        parent = known.get(property_of(kind, kind.parent)) if kind.parent else None
        with _scrubbed(inputs, outputs):
            live = await self._store.read(urn, identity, parent)
        if live is None:
            return None
        declared = self._document(kind, inputs) if inputs.values else None
        return self._state(kind, live, declared, Properties({}, inputs.secrets | outputs.secrets))

    async def delete(self, urn: Urn, identity: str, olds: Properties) -> None:
        """Delete an entity; one that is gone already is fine."""
        with _scrubbed(olds):
            await self._store.delete(urn, identity, to_document(urn.type, olds.values))

    def cancel(self) -> None:
        """Stop every wait; what is under way ends with an error."""
        self._admin.cancel()

    async def close(self) -> None:
        """Close connections and tunnel."""
        await self._admin.close()

    def _document(self, kind: ResourceType, properties: Properties) -> Document:
        return self._gateway.complete(kind, to_document(kind, properties.values))

    def _state(self, kind: ResourceType, live: Document, declared: Document | None, marked: Properties) -> State:
        gateway = self._gateway
        document = gateway.complete(kind, as_declared(kind, live, declared))
        if not gateway.has_schema(kind, document) and declared is not None:
            document["config"] = _said(document["config"], declared["config"])
        inputs = to_properties(kind, document)
        secrets = marked.secrets | secret_properties(kind, live)
        invented = to_properties(kind, {field: live.get(field) for field in kind.generated})
        outputs = Properties(invented | inputs, secrets & (invented | inputs).keys())
        return State(live["id"], Properties(inputs, secrets & inputs.keys()), _with_computed(kind, outputs))


def open_operations(
    settings: Settings,
    *,
    patience: Patience | None = None,
    say: Say | None = None,
    schema: KongSchema | None = None,
) -> Operations:
    """Make the operations of a configured provider; nothing is connected before the first request."""
    gateway = Gateway(schema or kong_schema(), settings.edition, settings.custom_plugins)
    return Operations(gateway, open_admin(settings, patience=patience, say=say))


@contextmanager
def _scrubbed(*properties: Properties) -> Generator[None]:
    """Keep the secrets of a request out of what Kong says about it."""
    try:
        yield
    except AdminError as fault:
        raise fault.scrubbed(secret_texts(properties)) from None


def _namer(kind: ResourceType) -> Callable[[str], str]:
    return lambda field: property_of(kind, field)


def _with_computed(kind: ResourceType, outputs: Properties) -> Properties:
    """Add the output that the official provider has beside `configJson`; here it is the same."""
    if kind.kind != "plugins" or "configJson" not in outputs.values:
        return outputs
    values: Values = outputs.values | {"computedConfig": outputs.values["configJson"]}
    secrets = outputs.secrets | ({"computedConfig"} if "configJson" in outputs.secrets else set[str]())
    return Properties(values, secrets)


def _said(live: Any, declared: Any) -> Any:  # noqa: ANN401 - JSON-like
    """Keep of a configuration without a schema only what was declared: the rest are defaults nobody here knows."""
    if not (isinstance(live, dict) and isinstance(declared, dict)):
        return cast("object", live)
    kept, said = cast("Document", live), cast("Document", declared)
    return {key: _said(kept[key], said[key]) for key in said.keys() & kept.keys()}
