"""From the section `entities:` to entities, or to what is wrong with them."""

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from pydantic import JsonValue

from config.explain import shown
from config.problems import Location, Problem
from config.raw import RawDocument, RawEntities
from entities.exposure import exposed_secrets
from entities.model import Document, Entity, EntityKind, RawEntity
from entities.raw.naming import Directory, key_of, naming_fields
from entities.schema import kong_schema
from entities.schema.facts import Field
from entities.secret import hidden

KINDS: Sequence[EntityKind] = (
    "certificates",
    "upstreams",
    "targets",
    "services",
    "routes",
    "consumers",
    "acls",
    "jwt_secrets",
    "keyauth_credentials",
    "basicauth_credentials",
    "oauth2_credentials",
    "plugins",
)
"""Every kind, each after those it refers to."""
_SOME_ID = "00000000-0000-0000-0000-000000000000"
"""Stands for another entity's id where only its presence matters."""


def raw_entities(settings: RawEntities, others: Sequence[Entity]) -> tuple[RawEntity, ...]:
    """The entities of the section, each after those it refers to; one that cannot be read is left out.

    `others` are the entities of the other sections, to which these may refer.
    """
    return tuple(item.entity for item in _read(settings, others) if isinstance(item, _Read))


def raw_problems(
    settings: RawEntities, others: Sequence[Entity], *, edition: str, mode: str, custom: Collection[str] = ()
) -> Iterator[Problem]:
    """What is wrong with the section: what Kong would refuse, and secrets where others could read them.

    `custom` are the plugins that the stack's image brings itself, of which Kong alone knows the schema.
    """
    holders = {(entity.kind, entity.key): "another section" for entity in others}
    for item in _read(settings, others):
        if isinstance(item, Problem):
            yield item
            continue
        entity, place = item.entity, item.place
        if entity.kind != "plugins" or entity.given.get("name") not in custom:
            yield from _refused(entity, place, edition)
        yield from exposed_secrets(entity.kind, entity.given, place, mode)
        holder = holders.setdefault((entity.kind, entity.key), f"entities.{entity.kind}[{place[-1]}]")
        if holder != f"entities.{entity.kind}[{place[-1]}]":
            yield Problem(place, f"{entity.key!r} is there already, from {holder}; remove one of them")


@dataclass(frozen=True)
class _Read:
    entity: RawEntity
    place: Location


class _UnreadableError(Exception):
    """A document is no entity."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def _read(settings: RawEntities, others: Sequence[Entity]) -> Iterator[_Read | Problem]:
    directory = Directory()
    for entity in others:
        directory.add(entity)
    for kind in KINDS:
        references = _references(kind)
        for index, document in enumerate(cast("tuple[RawDocument, ...]", getattr(settings, kind))):
            place: Location = ("entities", kind, index)
            try:
                entity = _entity(kind, document, references, directory)
            except _UnreadableError as error:
                yield Problem((*place, error.field) if error.field else place, str(error))
            else:
                directory.add(entity)
                yield _Read(entity, place)


def _references(kind: EntityKind) -> Mapping[str, Field]:
    """The fields with which a kind refers to others (Kong: `foreign` fields)."""
    fields = kong_schema().record(kind, {}).fields
    return {name: each for name, each in fields.items() if each.type == "foreign"}


def _entity(
    kind: EntityKind, document: RawDocument, references: Mapping[str, Field], directory: Directory
) -> RawEntity:
    refers: dict[str, tuple[EntityKind, str]] = {}
    for name, reference in references.items():
        if document.get(name) is not None or reference.required:
            target = cast("EntityKind", reference.reference)
            refers[name] = target, _referred(name, document.get(name), target, directory)
    identity = _identity(document.get("id"))
    given: Document = {
        name: value for name, value in document.items() if name not in {"id", "tags"} and name not in references
    }
    key = key_of(kind, given, {name: key for name, (_, key) in refers.items()}, identity)
    if key is None:
        raise _UnreadableError("", f"has no name; write {' or '.join(naming_fields(kind))}, or the id it has in Kong")
    return RawEntity(kind=kind, key=key, id=identity, tags=_tags(document.get("tags")), given=given, refers=refers)


def _identity(value: JsonValue) -> str | None:
    if value is None:
        return None
    try:
        return str(uuid.UUID(str(value)))
    except ValueError:
        raise _UnreadableError("id", f"{value!r} is no UUID; write the id it has in Kong, or leave it out") from None


def _tags(value: JsonValue) -> tuple[str, ...]:
    words = value if isinstance(value, list) else []
    if (value is not None and value != words) or not all(isinstance(tag, str) for tag in words):
        raise _UnreadableError("tags", "must be a list of words")
    return tuple(str(tag) for tag in words)


def _referred(name: str, value: JsonValue, kind: EntityKind, directory: Directory) -> str:
    what = kind.removesuffix("s")
    if value is None:
        raise _UnreadableError(name, f"is missing; write the name of its {what}")
    if not isinstance(value, str):
        raise _UnreadableError(name, f"must be the name of a {what}, not {shown(value)}")
    key = directory.find(kind, value)
    if key is None:
        close = directory.close(kind, value)
        advice = f"write {close!r}" if close else f"add it under entities.{kind}"
        raise _UnreadableError(name, f"there is no {what} {value!r}; {advice}")
    return key


def _refused(entity: RawEntity, place: Location, edition: str) -> Iterator[Problem]:
    """What Kong's schema says against an entity."""
    schema = kong_schema()
    name = str(entity.given.get("name"))
    if entity.kind == "plugins" and edition not in schema.editions(name):
        why = "is in Kong Enterprise only" if schema.editions(name) else "is no plugin of Kong 3.9"
        yield Problem((*place, "name"), f"{name!r} {why}; remove it")
        return
    references = {field: {"id": _SOME_ID} for field in entity.references()}
    for violation in schema.check(entity.kind, hidden(entity.given) | references):
        path = tuple(step for step in violation.path if step != "@entity")
        yield Problem((*place, *path), f"Kong refuses it: {violation.message}")
