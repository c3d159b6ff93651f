"""JSON documents in Kong's terms, and how to reach into them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Final, TypeAlias, cast


class Unknown(Enum):
    """A value that the program does not know yet (an output of a resource still to be made)."""

    UNKNOWN = "unknown"

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown.UNKNOWN
"""Stands where a value is not known yet: no check refuses it, and no rule that reads it is applied."""


class Absent(Enum):
    """What a field holds that is not in the document at all; `null` is a value."""

    ABSENT = "absent"

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent.ABSENT

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | Unknown | None"
Document: TypeAlias = "dict[str, Json]"
Path: TypeAlias = "tuple[str | int, ...]"


def copied(document: Mapping[str, object]) -> Document:
    """A deep copy that shares nothing with the caller's document."""
    return {name: copied_value(cast("Json", value)) for name, value in document.items()}


def copied_value(value: Json) -> Json:
    """A deep copy of any value."""
    if isinstance(value, dict):
        return {name: copied_value(part) for name, part in value.items()}
    if isinstance(value, list):
        return [copied_value(part) for part in value]
    return value


def look_up(document: Json, dotted: str) -> Json | Absent:
    """The value at a dotted path such as `config.redis.host`; absent below a missing or null field."""
    if isinstance(document, dict) and "." not in dotted:
        return document.get(dotted, ABSENT)
    value: Json | Absent = document
    for name in dotted.split("."):
        if value is UNKNOWN:
            return UNKNOWN
        value = value.get(name, ABSENT) if isinstance(value, dict) else ABSENT
    return value


def is_number(value: object) -> bool:
    """Whether JSON would call it a number; Python's booleans are integers, Kong's are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_nonempty(value: Json | Absent) -> bool:
    """Kong's idea of a field that says something: not absent, null, `""`, `[]` or `{}`."""
    return value is not ABSENT and value is not None and value not in ("", [], {})


def is_vault_reference(value: object) -> bool:
    """Whether a value has the form of a vault reference, `{vault://...}` (Kong: kong/pdk/vault.lua)."""
    return isinstance(value, str) and value.startswith("{vault://") and value.endswith("}")


def holds_unknown(value: Json | Absent) -> bool:
    """Whether a value is unknown or has an unknown part."""
    if isinstance(value, dict):
        return any(map(holds_unknown, value.values())) if value else False
    if isinstance(value, list):
        return any(map(holds_unknown, value)) if value else False
    return value is UNKNOWN


def lua_text(value: Json) -> str:
    """A value as Lua's `tostring` and `string.format` write it into Kong's messages."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.14g}"
    return str(value)


def quoted_list(words: Sequence[Json]) -> str:
    """Names as Kong lists them: `'a', 'b'`, and `('a', 'b'), ('c')` for lists of lists."""
    return ", ".join(f"({quoted_list(word)})" if isinstance(word, list) else f"'{lua_text(word)}'" for word in words)


def strings(value: Json) -> Iterator[str]:
    """The strings of a list, in order; nothing for any other value."""
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, str))
