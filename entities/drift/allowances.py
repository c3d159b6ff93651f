"""Which changes of the live gateway a stack allows to others."""

import difflib
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final, cast

from config.drift import AllowedChange
from config.problems import Location, Problem
from entities.drift.findings import Path
from entities.model import Entity
from entities.schema import kong_schema
from entities.schema.compare import SERVER_ONLY
from entities.schema.facts import Field, Record
from entities.state import DesiredState

_MOST: Final = 8
"""So many names are listed in a message."""


def allows(entry: AllowedChange, kind: str, key: str, path: Path) -> bool:
    """Whether an entry allows others to change a field of an entity."""
    return (
        entry.kind == kind
        and fnmatchcase(key, entry.name)
        and any(path[: len(steps)] == steps for steps in (tuple(field.split(".")) for field in entry.fields))
    )


def problems(allowed: Sequence[AllowedChange], state: DesiredState) -> Iterator[Problem]:
    """Entries that allow nothing, because there is no such entity or no such field."""
    for index, entry in enumerate(allowed):
        place: Location = ("drift", "allowed", index)
        of_kind = [entity for entity in state if entity.kind == entry.kind]
        entities = [entity for entity in of_kind if fnmatchcase(entity.key, entry.name)]
        if not entities:
            yield Problem((*place, "name"), _no_entity(entry, [entity.key for entity in of_kind]))
            continue
        records = _records(entities)
        for number, path in enumerate(entry.fields):
            if not any(_has(record, path.split(".")) for record in records):
                yield Problem((*place, "fields", number), _no_field(path, entry, records))


def _records(entities: Sequence[Entity]) -> Sequence[Record]:
    """What Kong's schema says of some entities of a kind, one record where it says the same."""
    records = (kong_schema().record(entity.kind, cast("dict[str, Any]", entity.fields())) for entity in entities)
    return list({id(record): record for record in records}.values())


def _no_entity(entry: AllowedChange, keys: Sequence[str]) -> str:
    if not keys:
        return f"this stack has no {entry.kind}; remove it"
    close = difflib.get_close_matches(entry.name, keys, n=_MOST) or sorted(keys)[:_MOST]
    more = f", … ({len(keys)} in all)" if len(keys) > len(close) else ""
    return f"none of the {entry.kind} is called {entry.name!r}; write one of {', '.join(close)}{more}"


def _no_field(path: str, entry: AllowedChange, records: Sequence[Record]) -> str:
    known = sorted({known for record in records for known in _paths(record)})
    close = difflib.get_close_matches(path, known, n=1)
    what = f"the {entry.kind} that are called {entry.name!r} have no field {path!r} that drift compares"
    top = sorted({known.partition(".")[0] for known in known})
    return f"{what}; write {close[0]!r}" if close else f"{what}; write one of {', '.join(top)}, or a field below"


def _has(record: Record, steps: Sequence[str]) -> bool:
    field = record.fields.get(steps[0])
    if field is None or steps[0] in SERVER_ONLY:
        return False
    return _reaches(field, steps[1:])


def _reaches(field: Field, steps: Sequence[str]) -> bool:
    if not steps:
        return True
    if field.record:
        below = field.record.fields.get(steps[0])
        return below is not None and _reaches(below, steps[1:])
    # The keys of a map are anybody's, and so is a configuration whose schema is not known.
    return field.type == "record" or (
        field.type == "map" and field.values is not None and _reaches(field.values, steps[1:])
    )


def _paths(record: Record, above: str = "") -> Iterator[str]:
    for name, field in record.fields.items():
        if above or name not in SERVER_ONLY:
            yield f"{above}{name}"
            if field.record:
                yield from _paths(field.record, f"{above}{name}.")
