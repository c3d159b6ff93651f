"""What an update would change, property by property.

Both sides are completed first, so that inputs which the official provider has left in a state, or which an older
program wrote, compare by what they mean. Nothing ever needs replacing: Kong's PUT writes the whole entity in place.
"""

import enum
from collections.abc import Iterator
from dataclasses import dataclass

from provider.check import Gateway
from provider.credentials import same_password
from provider.documents import Document, MalformedPropertyError, property_of, property_path, to_document
from provider.resources import ResourceType
from provider.values import Properties, has_unknown


class ChangeKind(enum.Enum):
    """What happens to a property."""

    ADD = "add"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True)
class Change:
    """Something that an update would change."""

    path: str
    """Where the engine finds both values to display them."""
    kind: ChangeKind
    names: tuple[str, ...]
    """What changes there, as people call it: a property, or a field inside a plugin's configuration."""


def diff(gateway: Gateway, kind: ResourceType, olds: Properties, news: Properties) -> tuple[Change, ...]:
    """List what changes from the old inputs to the new ones, in the order of the paths."""
    new = gateway.complete(kind, to_document(kind, news.values))
    try:
        old = gateway.complete(kind, to_document(kind, olds.values))
    except MalformedPropertyError as fault:
        return (Change(fault.property_name, ChangeKind.UPDATE, (fault.property_name,)),)
    fields = _changed_paths(gateway, kind, old, new)
    hidden = olds.secrets | news.secrets
    changed: dict[str, list[tuple[str | int, ...]]] = {}
    for path in fields:
        changed.setdefault(_shown(kind, path, hidden), []).append(path)
    return tuple(
        Change(shown, _kind_of(old, new, paths[0]), tuple(sorted({_name(kind, path) for path in paths})))
        for shown, paths in sorted(changed.items())
    )


def _changed_paths(
    gateway: Gateway, kind: ResourceType, old: Document, new: Document
) -> Iterator[tuple[str | int, ...]]:
    apart = kind.generated | kind.sensitive
    apart |= {field for field in new.keys() | old.keys() if has_unknown(new.get(field)) or has_unknown(old.get(field))}
    if not gateway.has_schema(kind, new):
        apart |= {"config"}
    for field in sorted(apart & (new.keys() | old.keys())):
        if _differs(kind, field, old, new):
            yield (field,)
    compared = [{name: value for name, value in side.items() if name not in apart} for side in (new, old)]
    for difference in gateway.schema.differences(kind.kind, *compared):
        if difference.path[0] not in apart:
            yield tuple(difference.path)


def _differs(kind: ResourceType, field: str, old: Document, new: Document) -> bool:
    """Compare a field that Kong invents or hashes, or that is not known yet."""
    if field in kind.generated and new.get(field) is None:
        return False
    if kind.kind == "basicauth_credentials" and field == "password":
        return not same_password(new, old)
    return old.get(field) != new.get(field)


def _shown(kind: ResourceType, path: tuple[str | int, ...], hidden: frozenset[str]) -> str:
    """Choose the path under which the engine displays a change best.

    It shows a string of JSON key by key, so a plugin's configuration is one path; a secret one shows nothing, so
    there the paths inside it at least name what changes. Sets are compared as a whole.
    """
    name = property_of(kind, str(path[0]))
    if name == "configJson" and name not in hidden:
        return name
    if name in ("configJson", "healthchecks"):
        return _named(kind, path)
    return name


def _name(kind: ResourceType, path: tuple[str | int, ...]) -> str:
    """Call a change by its property, and inside a configuration, which is a single property, by its field."""
    name = property_of(kind, str(path[0]))
    return _named(kind, path) if name == "configJson" else name


def _named(kind: ResourceType, path: tuple[str | int, ...]) -> str:
    return property_path(kind, tuple(step for step in path if isinstance(step, str)))


def _kind_of(old: Document, new: Document, path: tuple[str | int, ...]) -> ChangeKind:
    if old.get(str(path[0])) is None:
        return ChangeKind.ADD
    if new.get(str(path[0])) is None:
        return ChangeKind.DELETE
    return ChangeKind.UPDATE
