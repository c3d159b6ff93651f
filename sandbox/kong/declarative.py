"""Declarative configuration: a whole gateway in one document (Kong: kong/db/declarative and declarative_config.lua)."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import yaml

from entities.schema import Violation
from entities.schema.violations import refusal
from sandbox.kong.dao import Dao
from sandbox.kong.declarative_ids import generated_id
from sandbox.kong.errors import invalid_declarative_configuration
from sandbox.kong.kinds import KINDS, Document, Foreign, Kind, referring_to
from sandbox.kong.shorthands import without_echoes

_VERSIONS = ("1.1", "2.1", "3.0")
_REMARKS = frozenset({"_comment", "_ignore"})
_TOP_LEVEL = frozenset({"_format_version", "_transform", *_REMARKS, *KINDS})

Rows = dict[str, dict[str, Document]]
"""Entities by kind and id, as Kong keeps them."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entity of the document, taken out of the one it was written in."""

    kind: Kind
    path: tuple[str | int, ...]
    """Where it stands in the document."""
    document: Document
    """It alone, with an id; references are still as written."""


def parse(text: str) -> Document:
    """The configuration in a YAML or JSON text; raises KongError when there is none."""
    try:
        # libyaml reads YAML for Kong, too: the same documents, and the same messages.
        value = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{mark.line + 1}:{mark.column + 1}: " if mark else ""
        raise _unreadable(f"{where}{error.problem}") from None
    if not isinstance(value, dict):
        raise _unreadable("expected an object")
    return cast("Document", value)


def hash_of(text: str) -> str:
    """What tells one configuration from another."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def load(dao: Dao, configuration: Document, digest: str | None = None) -> Rows:
    """Puts a configuration in the place of everything; raises KongError, and changes nothing, when it is wrong."""
    _refuse(list(_top_level_violations(configuration)))
    entries = list(_entries(dao, configuration))
    identities = _identities(entries)
    _refuse([violation for entry in entries for violation in _violations(dao, entry, identities)])
    _refuse(list(_repetitions(entries)))
    _refuse_dangling(entries, identities)
    hashing = configuration.get("_transform", True)
    documents: dict[str, list[Document]] = {}
    for entry in entries:
        sent = _with_ids(entry, identities)
        documents.setdefault(entry.kind.name, []).append(dao.completed(entry.kind.name, sent, hash_passwords=hashing))
    rows = {kind: {document["id"]: _row(dao, kind, document) for document in documents[kind]} for kind in documents}
    dao.store.load(documents, digest or hash_of(json.dumps(rows, sort_keys=True)))
    return rows


def exported(dao: Dao) -> str:
    """Everything as a declarative configuration in YAML."""
    configuration: Document = {"_format_version": "3.0", "_transform": False}
    for kind in KINDS.values():
        documents = [_exported_row(dao, kind, document) for document in dao.store.all(kind.name)]
        if documents:
            configuration[kind.name] = documents
    return yaml.safe_dump(configuration, sort_keys=False, allow_unicode=True)


def _exported_row(dao: Dao, kind: Kind, document: Document) -> Document:
    references = {foreign.field: document[foreign.field] for foreign in kind.foreign}
    ids = {field: value["id"] if value else None for field, value in references.items()}
    return {**_row(dao, kind.name, document), **ids}


def _row(dao: Dao, kind: str, document: Document) -> Document:
    return without_echoes(dao.schema.record(kind, document), document)


def _unreadable(reason: str) -> Exception:
    return invalid_declarative_configuration({"error": f"failed parsing declarative configuration: {reason}"})


def _refuse(violations: list[Violation]) -> None:
    if violations:
        raise invalid_declarative_configuration(refusal(violations)["fields"])


def _top_level_violations(configuration: Document) -> Iterator[Violation]:
    version = configuration.get("_format_version")
    if version is None:
        yield Violation(("_format_version",), "required field missing")
    elif not isinstance(version, str):
        yield Violation(("_format_version",), "expected a string")
    elif version not in _VERSIONS:
        yield Violation(("_format_version",), f"expected one of: {', '.join(_VERSIONS)}")
    for name, value in configuration.items():
        if name not in _TOP_LEVEL:
            yield Violation((name,), "unknown field")
        elif name in KINDS and not isinstance(value, list):
            yield Violation((name,), "expected an array")


def _entries(dao: Dao, configuration: Document) -> Iterator[_Entry]:
    for kind in KINDS.values():
        for position, document in enumerate(configuration.get(kind.name) or ()):
            yield from _taken_apart(dao, kind, (kind.name, position), document, None)


def _taken_apart(
    dao: Dao, kind: Kind, path: tuple[str | int, ...], written: Document, owner: tuple[Foreign, str] | None
) -> Iterator[_Entry]:
    """An entity, and after it those written inside it, which refer to it without saying so."""
    children = {child.name: (child, foreign) for child, foreign in referring_to(kind.name)}
    document = {name: value for name, value in written.items() if name not in children and name not in _REMARKS}
    document["id"] = (
        document.get("id") or generated_id(kind, document, owner) or dao.sources.new_id(kind.name, document)
    )
    if owner:
        foreign, parent = owner
        document[foreign.field] = {"id": parent}
    yield _Entry(kind, path, document)
    for name, (child, foreign) in children.items():
        for position, nested in enumerate(written.get(name) or ()):
            yield from _taken_apart(dao, child, (*path, name, position), nested, (foreign, document["id"]))


Identities = Mapping[tuple[str, str], str]
"""Ids by kind and either the id itself or the value of the kind's endpoint key."""


def _identities(entries: list[_Entry]) -> Identities:
    known: dict[tuple[str, str], str] = {}
    for entry in entries:
        identity = entry.document["id"]
        known[entry.kind.name, identity] = identity
        key = entry.kind.endpoint_key and entry.document.get(entry.kind.endpoint_key)
        if isinstance(key, str):
            known[entry.kind.name, key] = identity
    return known


def _with_ids(entry: _Entry, identities: Identities) -> Document:
    """An entity whose references by name have become references by id; those that lead nowhere keep the name."""
    document = dict(entry.document)
    for foreign in entry.kind.foreign:
        value = document.get(foreign.field)
        if isinstance(value, str):
            document[foreign.field] = {"id": identities.get((foreign.kind, value), value)}
    return document


def _violations(dao: Dao, entry: _Entry, identities: Identities) -> Iterator[Violation]:
    document = _with_ids(entry, identities)
    for foreign in entry.kind.foreign:
        written: Any = entry.document.get(foreign.field)
        if isinstance(written, dict) and "id" not in written:
            yield Violation((*entry.path, foreign.field, "id"), "missing primary key")
        elif isinstance(written, str):
            document[foreign.field] = {"id": generated_id(KINDS["services"], {"name": written}, None)}
    for violation in dao.violations(entry.kind.name, document):
        yield Violation((*entry.path, *violation.path), violation.message)


def _repetitions(entries: list[_Entry]) -> Iterator[Violation]:
    seen: set[tuple[str, str, str]] = set()
    for entry in entries:
        kind, document = entry.kind, entry.document
        key = kind.endpoint_key if (kind.endpoint_key,) in kind.unique else None
        for field, what, where in (
            (key, key, (kind.name, entry.path[-1])),
            ("id", "primary key", entry.path),
        ):
            value = document.get(field) if field else None
            if not isinstance(value, str):
                continue
            if (kind.name, str(field), value) in seen:
                message = f"uniqueness violation: '{kind.name}' entity with {what} set to '{value}' already declared"
                yield Violation(where, message)
                break
            seen.add((kind.name, str(field), value))


def _refuse_dangling(entries: list[_Entry], identities: Identities) -> None:
    errors: dict[str, dict[str, list[str]]] = {}
    for entry in entries:
        for foreign in entry.kind.foreign:
            value: Any = entry.document.get(foreign.field)
            sought = cast("Document", value)["id"] if isinstance(value, dict) else value
            if sought is None or (foreign.kind, sought) in identities:
                continue
            shown = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
            key = entry.kind.endpoint_key and entry.document.get(entry.kind.endpoint_key)
            message = f"invalid reference '{foreign.field}: {shown}' (no such entry in '{foreign.kind}')"
            errors.setdefault(entry.kind.name, {}).setdefault(key or entry.document["id"], []).append(message)
    if errors:
        raise invalid_declarative_configuration(cast("Document", errors))
