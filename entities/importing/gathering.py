"""Entities from any source as one snapshot: complete, with ids, references resolved, and right by Kong's schema.

What Kong 3.9 would refuse, and what refers to something that is not there, is left out and told of.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, cast

from entities.importing.findings import Findings
from entities.importing.flattening import Document, Found, Inside
from entities.importing.kinds import MANAGED, called, references, title
from entities.importing.placeholders import unset_variables
from entities.importing.secrets import Secrets, secret_paths
from entities.importing.snis import with_snis
from entities.schema import Violation, kong_schema
from entities.schema.document import Path
from entities.secret import hidden, secrets_in
from entities.snapshot import Snapshot
from entities.uniqueness import unique_values

_PLACES: Final = uuid.UUID("3d0a6f4e-6c1c-5b5e-8d56-696d706f7274")
_CALLED_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "services": ("name",),
    "routes": ("name",),
    "upstreams": ("name",),
    "consumers": ("username", "custom_id"),
}
"""The fields by which others may refer to an entity, beside its id."""
_UNKNOWN_FIELD: Final = "unknown field"
_NARROWED: Final = frozenset({"plugins", "routes"})
"""The kinds whose fields say to which requests they apply."""
_MEANINGLESS: Final = ("created_at", "updated_at", "run_on")
"""Fields that Kong keeps by itself, and one for its service mesh, which is gone since Kong 2.0."""


@dataclass(frozen=True)
class Gathered:
    """What a source holds."""

    snapshot: Snapshot
    """Complete documents; their secrets are references to the stack's own."""
    invented: frozenset[str]
    """Ids of entities that have none in the source: they tell them apart here and mean nothing to Kong."""


@dataclass(frozen=True)
class _Entry:
    """An entity of which the id is known."""

    found: Found
    id: str
    name: str
    """What it is called when something is told of it."""


def gathered(found: Sequence[Found], findings: Findings, secrets: Secrets) -> Gathered:
    """The entities of a source as a snapshot, in the source's order."""
    entries = _entries(list(with_snis(found, findings)))
    invented = {entry.id for entry in entries if entry.found.document.get("id") is None}
    resolved = _resolved(entries, findings)
    right = [entry for each in resolved for entry in _completed(each, findings)]
    whole = _without_dangling(_distinct(right, findings), findings)
    names = {entry.id: called(entry.found.kind, entry.found.document) for entry in whole}
    kinds: dict[str, list[Document]] = {kind: [] for kind in MANAGED}
    for entry in whole:
        document = secrets.taken_out(
            entry.found.kind, entry.found.document, _owner(entry, names), hashed=entry.found.hashed
        )
        secrets.referred(secrets_in(document))
        kinds[entry.found.kind].append(document)
    snapshot = Snapshot({kind: tuple(documents) for kind, documents in kinds.items() if documents})
    return Gathered(snapshot, frozenset(invented))


def _entries(found: Sequence[Found]) -> list[_Entry]:
    """Entities with their ids, and with names that tell them from one another."""
    names = {each.place: called(each.kind, each.document) for each in found}
    entries: list[_Entry] = []
    for each in found:
        said = (each.document.get(field) for field in references(each.kind))
        holders = [names[other.place] if isinstance(other, Inside) else said_name(other) for other in said]
        name = title(each.kind, each.document, [holder for holder in holders if holder is not None])
        entries.append(_Entry(each, _identity(each), name))
    return entries


def _identity(found: Found) -> str:
    given = found.document.get("id")
    return str(uuid.uuid5(_PLACES, found.place)) if given is None else str(given).lower()


def _resolved(entries: Sequence[_Entry], findings: Findings) -> Iterator[_Entry]:
    """Entities whose references are ids; one that refers to nothing known is left out."""
    places = {entry.found.place: entry.id for entry in entries}
    names: dict[tuple[str, str], str] = {}
    for entry in entries:
        kind, document = entry.found.kind, entry.found.document
        for name in (entry.id, *(document.get(field) for field in _CALLED_BY.get(kind, ()))):
            names.setdefault((kind, str(name)), entry.id)
    for entry in entries:
        ids: Document = {"id": entry.id}
        for field, kind in references(entry.found.kind).items():
            reference = entry.found.document.get(field)
            said = places.get(reference.place) if isinstance(reference, Inside) else said_name(reference)
            if said is None:
                continue
            ids[field] = {"id": names.get((kind, said))}
            if ids[field]["id"] is None:
                what = f"it refers to the {kind.removesuffix('s')} {said}, which is not there"
                findings.leave_out(entry.found.kind, entry.name, what)
                break
        else:
            group = entry.found.document.get("consumer_group")
            if entry.found.kind == "plugins" and group is not None:
                findings.leave_out("plugins", entry.name, f"it works on the consumer group {said_name(group)}")
                continue
            yield _with_document(entry, entry.found.document | ids)


def said_name(reference: object) -> str | None:
    """The name or the id by which a source refers to an entity."""
    if isinstance(reference, dict):
        parts = cast("Document", reference)
        reference = next((parts[key] for key in ("id", "name", "username", "custom_id") if parts.get(key)), None)
    return None if reference is None else str(reference)


def _with_document(entry: _Entry, document: Document) -> _Entry:
    return replace(entry, found=replace(entry.found, document=document))


def _completed(entry: _Entry, findings: Findings) -> Iterator[_Entry]:
    """An entity as Kong 3.9 would have it, without fields that it does not know; none if it would refuse it."""
    kind, document = entry.found.kind, entry.found.document
    variables = sorted(set(unset_variables(document)))
    if variables:
        findings.leave_out(kind, entry.name, f"it needs {' and '.join(variables)}, which is not set here")
        return
    document = {name: value for name, value in document.items() if name not in _MEANINGLESS}
    violations = _violations(kind, document)
    unknown = [each.path for each in violations if each.message == _UNKNOWN_FIELD]
    for path in unknown:
        value = _value_at(document, path)
        if value in (None, [], {}):
            document = _without(document, path)
            continue
        name = ".".join(map(str, path))
        if kind in _NARROWED and len(path) == 1:
            findings.leave_out(kind, entry.name, f"Kong 3.9 has no field {name}, and without it it would do more")
            return
        document = _without(document, path)
        findings.leave_out(kind, entry.name, f"its field {name}, which Kong 3.9 does not have")
    if unknown:
        violations = _violations(kind, document)
    if violations:
        findings.leave_out(kind, entry.name, _refusal(kind, document, violations))
        return
    yield _with_document(entry, kong_schema().complete(kind, document))


def _violations(kind: str, document: Document) -> list[Violation]:
    return kong_schema().check(kind, hidden(document))


def _refusal(kind: str, document: Document, violations: Sequence[Violation]) -> str:
    """Why Kong would refuse a document: in its own words, unless they could show a secret."""
    if kind == "plugins" and not kong_schema().editions(str(document.get("name"))):
        return "Kong 3.9 has no plugin of this name, and a plugin of your own has no schema here"
    first, *others = violations
    path = ".".join(str(step) for step in first.path if step != "@entity")
    message = "its value, which is a secret" if first.path in secret_paths(kind, document) else first.message
    return f"Kong 3.9 refuses {path or 'it'}: {message}" + (f" (and {len(others)} more)" if others else "")


def _value_at(value: Any, path: Path) -> Any:  # noqa: ANN401 (JSON)
    for step in path:
        value = value[step]
    return value


def _without(value: Any, path: Path) -> Any:  # noqa: ANN401 (JSON)
    """A copy of a document without what stands at a path."""
    step, rest = path[0], path[1:]
    if isinstance(value, list):
        items = cast("list[Any]", value)
        kept = enumerate(items) if rest else ((index, item) for index, item in enumerate(items) if index != step)
        return [_without(item, rest) if index == step else item for index, item in kept]
    fields = cast("Document", value)
    kept_fields = fields.items() if rest else ((key, item) for key, item in fields.items() if key != step)
    return {key: _without(item, rest) if key == step else item for key, item in kept_fields}


def _distinct(entries: Sequence[_Entry], findings: Findings) -> Iterator[_Entry]:
    """Entities of which Kong lets there be only one."""
    taken: set[object] = set()
    for entry in entries:
        kind = entry.found.kind
        marks = {(kind, "id", entry.id)}
        marks |= {(kind, fields, str(values)) for fields, values in unique_values(kind, hidden(entry.found.document))}
        if marks & taken:
            findings.leave_out(kind, entry.name, "it is there twice, and Kong takes only one of them")
        else:
            taken |= marks
            yield entry


def _without_dangling(entries: Iterator[_Entry], findings: Findings) -> list[_Entry]:
    """Entities that refer only to such as are not left out."""
    kept = list(entries)
    while True:
        there = {entry.id for entry in kept}
        whole: list[_Entry] = []
        for entry in kept:
            gone = next((kind for kind, target in _targets(entry) if target not in there), None)
            if gone is None:
                whole.append(entry)
            else:
                what = f"the {gone.removesuffix('s')} that it refers to is left out"
                findings.leave_out(entry.found.kind, entry.name, what)
        if len(whole) == len(kept):
            return whole
        kept = whole


def _targets(entry: _Entry) -> Iterator[tuple[str, str]]:
    for field, kind in references(entry.found.kind).items():
        reference = entry.found.document.get(field)
        if isinstance(reference, dict):
            yield kind, str(cast("Document", reference)["id"])


def _owner(entry: _Entry, names: Mapping[str, str]) -> str:
    """Whose a secret is, in words: the entity's own name, or that of what it belongs to."""
    holders = [names[target] for _, target in _targets(entry)]
    own = names[entry.id]
    if entry.found.kind == "plugins":
        return "-".join([*holders, own])
    return holders[0] if holders else own
