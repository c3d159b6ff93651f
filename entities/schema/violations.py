"""What Kong finds wrong with a document, in Kong's words, and the 400 body it answers with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, TypeAlias

from entities.schema.document import Document, Json, Path, strings
from entities.schema.lua_tables import on_many_lines

ENTITY: Final = "@entity"
"""The key under which Kong puts what is wrong between fields."""

REQUIRED: Final = "required field missing"

Errors: TypeAlias = "dict[str | int, str | list[str] | Errors]"
"""Kong's error table: a message or a nested table a field, a list of messages under `@entity`."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that Kong would refuse: where it is, and Kong's own message."""

    path: Path
    """Keys and list positions from the document's top; the last is `@entity` for a rule between fields."""
    message: str

    def __str__(self) -> str:
        return f"{'.'.join(str(step) for step in self.path)}: {self.message}"


def violations_in(errors: Errors, at: Path = ()) -> list[Violation]:
    """An error table as a flat list, rules between fields first, then fields by name, as Kong reports them."""
    return list(_flattened(errors, at))


def _flattened(errors: Errors, at: Path) -> Iterator[Violation]:
    for key in sorted(errors, key=lambda key: (key if isinstance(key, int) else 0, str(key))):
        found = errors[key]
        if isinstance(found, dict):
            yield from _flattened(found, (*at, key))
        elif isinstance(found, list):
            yield from (Violation((*at, key), message) for message in found)
        else:
            yield Violation((*at, key), found)


def refusal(violations: Sequence[Violation]) -> dict[str, Any]:
    """The body of Kong's `400 schema violation` (Kong: kong/db/errors.lua, `schema_violation`)."""
    fields = _nested((violation.path, violation.message) for violation in violations)
    messages = list(_summary(fields))
    listed = "; ".join(messages)
    one = len(messages) == 1
    return {
        "name": "schema violation",
        "code": 2,
        "message": f"schema violation ({listed})" if one else f"{len(messages)} schema violations ({listed})",
        "fields": fields,
    }


def _summary(fields: Document) -> Iterator[str]:
    """What is wrong between fields, then field by field; Kong writes what lies deeper as a Lua table."""
    yield from strings(fields.get(ENTITY))
    for name in sorted(fields.keys() - {ENTITY}):
        found = fields[name]
        if isinstance(found, str):
            yield f"{name}: {found}"
        for part, message in _parts(found):
            yield f"{name}.{part}: {message if isinstance(message, str) else on_many_lines(message)}"


def _parts(found: Json) -> Iterator[tuple[str | int, Json]]:
    if isinstance(found, dict):
        yield from sorted(found.items())
    if isinstance(found, list):
        yield from ((position, message) for position, message in enumerate(found, 1) if message is not None)


def _nested(found: Iterable[tuple[Path, str]]) -> dict[str, Any]:
    """Violations as the nested `fields` of Kong's answer; good entries before a bad one of a list are null."""
    fields: dict[str, Any] = {}
    for path, message in found:
        target: Any = fields
        for step, following in pairwise(path):
            target = _entered(target, step, [] if isinstance(following, int) else {})
        if path[-1] == ENTITY:
            target.setdefault(ENTITY, []).append(message)
        else:
            _put(target, path[-1], message)
    return fields


def _entered(target: Any, step: str | int, empty: Any) -> Any:  # noqa: ANN401 (JSON being built)
    if isinstance(step, str):
        return target.setdefault(step, empty)
    _reserve(target, step)
    if target[step] is None:
        target[step] = empty
    return target[step]


def _put(target: Any, step: str | int, message: str) -> None:  # noqa: ANN401 (JSON being built)
    if isinstance(step, int):
        _reserve(target, step)
    target[step] = message


def _reserve(target: list[Any], position: int) -> None:
    target.extend([None] * (position + 1 - len(target)))
