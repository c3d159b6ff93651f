"""The desired state as one declarative file (format 3.0), for Kong without a database and for decK.

Each entity stands inside the one it belongs to, so nothing refers to an id; a plugin on several entities at once stands
at the top and names them (Kong: kong/db/schema/others/declarative_config.lua). Ids are given, so that nodes, reloads
and a later move to a database keep them. A secret stands as decK's reference to an environment variable.
"""

from typing import Any, cast

from entities.model import Document, Entity, EntityKind
from entities.readable import readable_yaml
from entities.schema.document import UNKNOWN, holds_unknown
from entities.secret import referred_secret
from entities.state import AnyEntity, DesiredState

FORMAT_VERSION = "3.0"

_Reference = tuple[EntityKind, str]
_TOP: tuple[EntityKind, ...] = ("certificates", "upstreams", "services", "routes", "consumers", "plugins")
"""The kinds that can stand by themselves, in the order of the file."""
_ALONE: frozenset[EntityKind] = frozenset({"certificates", "upstreams", "services", "consumers"})
"""The kinds that belong to no other, whatever they refer to."""


def declarative_document(state: DesiredState) -> Document:
    """The file as a document."""
    inside: dict[_Reference, list[AnyEntity]] = {}
    alone: dict[EntityKind, list[AnyEntity]] = {}
    named: dict[_Reference, str] = {}
    for entity in state:
        references = list(entity.references().values())
        belongs = entity.kind not in _ALONE and len(references) == 1
        (inside.setdefault(references[0], []) if belongs else alone.setdefault(entity.kind, [])).append(entity)
        given = entity.fields()
        named[entity.kind, entity.key] = str(given.get("name") or given.get("username") or state.id(entity))

    def whole(entity: AnyEntity) -> Document:
        """An entity with everything that belongs to it."""
        document = _entry(state, entity)
        for child in inside.get((entity.kind, entity.key), ()):
            cast("list[Document]", document.setdefault(child.kind, [])).append(whole(child))
        return document

    def referring(entity: AnyEntity) -> Document:
        """An entity at the top, with the names of those it refers to."""
        return whole(entity) | {field: named[reference] for field, reference in entity.references().items()}

    kinds = {kind: [referring(entity) for entity in alone[kind]] for kind in _TOP if kind in alone}
    return {"_format_version": FORMAT_VERSION, **cast("Document", kinds)}


def declarative_yaml(state: DesiredState) -> str:
    """The file as text. The same state always gives the same bytes."""
    return readable_yaml(declarative_document(state))


def _entry(state: DesiredState, entity: Entity) -> Document:
    """An entity without its references, and without fields that have no value."""
    document, references = state.document(entity), entity.references()
    told = _told(document, entity.fields()) if holds_unknown(document) else document
    return {field: value for field, value in told.items() if value is not None and field not in references}


def _told(value: Any, given: Any) -> Any:  # noqa: ANN401 (JSON)
    """A value in which secrets are named again; a deprecated echo of a secret is left out, as it has no name."""
    if isinstance(value, dict):
        known = cast("dict[str, Any]", given if isinstance(given, dict) else {})
        parts = {key: _told(item, known.get(key)) for key, item in cast("dict[str, Any]", value).items()}
        return {key: part for key, part in parts.items() if part is not UNKNOWN}
    if isinstance(value, list) and isinstance(given, list):
        pairs = zip(cast("list[Any]", value), cast("list[Any]", given), strict=True)
        return [_told(item, said) for item, said in pairs]
    name = referred_secret(given)
    return cast("Any", value) if name is None or value is not UNKNOWN else _environment(name)


def _environment(name: str) -> str:
    """How decK reads a value from its environment (decK: `deck gateway sync`, environment variables)."""
    return f'${{{{ env "DECK_{name.upper().replace("-", "_").replace(".", "_")}" }}}}'
