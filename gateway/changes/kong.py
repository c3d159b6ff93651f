"""Two states of Kong beside one another, entity by entity, field by field."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from entities.drift.access import decides_access
from entities.drift.names import PARENTS, LiveNames
from entities.masking import masked
from entities.model import Document
from entities.schema import kong_schema
from entities.schema.compare import SERVER_ONLY
from entities.snapshot import Snapshot
from entities.uniqueness import UNIQUE
from gateway.changes.report import Action, Change, FieldChange
from gateway.changes.trees import differences

_OWN_NAMES: Final = frozenset({"tags", "name", "username", *PARENTS})
"""Fields of a new entity that its key says already, or that say nothing."""


def entity_changes(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    """Every entity that differs, in the order of kinds and names."""
    for kind in UNIQUE:
        old, new = _by_key(kind, before), _by_key(kind, after)
        for key in sorted(old.keys() | new.keys()):
            change = _change(kind, key, old.get(key), new.get(key))
            if change is not None:
                yield change


def _by_key(kind: str, snapshot: Snapshot) -> Mapping[str, Document]:
    """The entities of a kind by what they are called, those they refer to by name as well."""
    names = LiveNames(snapshot)
    known = {
        (field, str(document["id"])): names.of(parent, document)
        for field, parent in PARENTS.items()
        for document in snapshot.of(parent)
    }
    return {names.of(kind, document): _with_names(document, known) for document in snapshot.of(kind)}


def _with_names(document: Document, known: Mapping[tuple[str, str], str]) -> Document:
    named = dict(document)
    for field in PARENTS:
        reference = cast("Mapping[str, Any] | None", document.get(field))
        if reference:
            named[field] = {"id": known.get((field, str(reference["id"])), str(reference["id"]))}
    return named


def _change(kind: str, key: str, before: Document | None, after: Document | None) -> Change | None:
    plugin = str((after or before or {}).get("name")) if kind == "plugins" else ""
    if before is None and after is not None:
        action, fields = Action.CREATE, tuple(_said(kind, plugin, after))
    elif before is not None and after is None:
        action, fields = Action.DELETE, ()
    else:
        fields = tuple(_differing(kind, plugin, before or {}, after or {}))
        other = (before or {}).get("id") != (after or {}).get("id")
        action = Action.REPLACE if other else Action.UPDATE
        if not fields and not other:
            return None
    access = decides_access(kind, plugin)
    return Change(
        system="kong", kind=kind.removesuffix("s"), key=key, action=action, decides_access=access, fields=fields
    )


def _said(kind: str, plugin: str, document: Document) -> Iterator[FieldChange]:
    """What is said of a new entity that is not Kong's default."""
    plain = kong_schema().complete(kind, {"name": plugin, "config": {}} if plugin else {})
    for field in _differing(kind, plugin, plain, document):
        if field.path[0] not in _OWN_NAMES:
            yield FieldChange(path=field.path, after=field.after)


def _differing(kind: str, plugin: str, before: Document, after: Document) -> Iterator[FieldChange]:
    for path, old, new in _pairs(kind, plugin, before, after):
        yield FieldChange(path=path, before=masked(kind, plugin, path, old), after=masked(kind, plugin, path, new))


def _pairs(
    kind: str, plugin: str, before: Document, after: Document
) -> Iterator[tuple[tuple[str | int, ...], Any, Any]]:
    unknown = bool(plugin) and not kong_schema().knows(plugin)
    for difference in kong_schema().differences(kind, after, before):
        if not (unknown and difference.path[0] == "config"):
            yield difference.path, difference.live, difference.desired
    if unknown:
        # Of a configuration whose schema nobody knows, a field that is gone is a change, too.
        yield from differences(before.get("config"), after.get("config"), ("config",))
    for field in sorted((before.keys() - after.keys()) - SERVER_ONLY):
        if before[field] is not None:
            yield (field,), before[field], None
