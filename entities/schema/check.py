"""Checks a completed document by the facts of Kong's schemas, with Kong's own messages.

Kong: kong/db/schema/init.lua, `validate`, `validate_field` and `validate_fields`. What is not known yet
(`UNKNOWN`) passes everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

from entities.schema.document import (
    ABSENT,
    UNKNOWN,
    Absent,
    Document,
    Json,
    holds_unknown,
    is_number,
    is_vault_reference,
    lua_text,
    quoted_list,
)
from entities.schema.facts import Field, Record
from entities.schema.lua_patterns import matches
from entities.schema.regexes import regex_error
from entities.schema.rules import add_rule_errors
from entities.schema.validators import VALIDATORS
from entities.schema.violations import REQUIRED, Errors

UNKNOWN_FIELD: Final = "unknown field"
_SCALARS: Final = frozenset({"boolean", "integer", "number", "string"})
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


def record_errors(record: Record, document: Document) -> Errors:
    """What is wrong with the fields of a completed record, one by one and, through `rules`, between them."""
    errors: Errors = {}
    for name, value in document.items():
        field = record.fields.get(name)
        if field and value is field.default:
            continue  # Kong accepts its own defaults, and most of a completed document is defaults.
        found = UNKNOWN_FIELD if field is None else field_error(field, value)
        if found and name != "updated_at":
            errors[name] = found
    for name in record.required:
        if document.get(name) is None:
            errors[name] = REQUIRED
    add_rule_errors(record, document, errors, field_error)
    return errors


def field_error(field: Field, value: Json | Absent) -> str | Errors | None:
    """Why Kong would refuse a value in a field: a message, or a table of what is wrong inside it."""
    if isinstance(value, str | int | float) and field.type in _SCALARS:
        return _scalar_error(field, value)
    return _error(field, value)


@lru_cache(maxsize=2**16, typed=True)
def _scalar_error(field: Field, value: str | float) -> str | Errors | None:
    """Thousands of entities have the same protocols, ports and tags."""
    return _error(field, value)


def _error(field: Field, value: Json | Absent) -> str | Errors | None:
    if value is UNKNOWN:
        return None
    if value is None or value is ABSENT:
        return _null_error(field)
    if "eq" in field.rules and field.rules["eq"] is None:
        return field.message or "value must be null"
    error = _SHAPES[field.type](field, value)
    if error:
        return error
    if field.referenceable and is_vault_reference(value):
        return None
    return _rule_error(field, value)


def _null_error(field: Field) -> str | None:
    rules = field.rules
    if "ne" in rules and rules["ne"] is None:
        return field.message or "value must not be null"
    if rules.get("eq") is not None:
        return f"value must be {lua_text(rules['eq'])}"
    return REQUIRED if field.required else None


def _sequence_error(field: Field, value: Json) -> str | Errors | None:
    if not isinstance(value, list):
        return f"expected {'an' if field.type == 'array' else 'a'} {field.type}"
    errors: Errors = {}
    for position, item in enumerate(value):
        found = REQUIRED if item is None else field_error(field.elements, item) if field.elements else None
        if found:
            errors[position] = found
    return errors or None


def _map_error(field: Field, value: Json) -> str | Errors | None:
    if not isinstance(value, dict):
        return "expected a map"
    for key, item in value.items():
        error = field_error(field.keys, key) if field.keys else None
        if not error:
            error = REQUIRED if item is None else field_error(field.values, item) if field.values else None
        if error:
            return error
    return None


def _nested_record_error(field: Field, value: Json) -> str | Errors | None:
    if not isinstance(value, dict):
        return "expected a record"
    return (record_errors(field.record, value) or None) if field.record else None


def _foreign_error(_: Field, value: Json) -> Errors | None:
    """A reference is an object with the other entity's id; a name there is Kong's to look up."""
    if not isinstance(value, dict):
        return {"id": "missing primary key"}
    identity = value.get("id")
    if identity is None:
        named = any(isinstance(value.get(name), str) for name in ("name", "username", "custom_id", "instance_name"))
        return None if named else {"id": "missing primary key"}
    if identity is UNKNOWN or (isinstance(identity, str) and _UUID.fullmatch(identity)):
        return None
    return {"id": "expected a valid UUID" if isinstance(identity, str) else "expected a string"}


def _integer_error(_: Field, value: Json) -> str | None:
    whole = is_number(value) and (isinstance(value, int) or (isinstance(value, float) and value.is_integer()))
    return None if whole else "expected an integer"


_SHAPES: Mapping[str, Callable[[Field, Json], str | Errors | None]] = {
    "any": lambda _field, _value: None,
    "array": _sequence_error,
    "boolean": lambda _, value: None if isinstance(value, bool) else "expected a boolean",
    "foreign": _foreign_error,
    "integer": _integer_error,
    "map": _map_error,
    "number": lambda _, value: None if is_number(value) else "expected a number",
    "record": _nested_record_error,
    "set": _sequence_error,
    "string": lambda _, value: None if isinstance(value, str) else "expected a string",
}


def _rule_error(field: Field, value: Json) -> str | None:
    if not field.rules or holds_unknown(value):
        return None
    for name, argument in field.rules.items():
        error = _RULES[name](value, argument)
        if error:
            return field.message or error
    return None


def _between(value: Json, limits: Json) -> str | None:
    low, high = (limits[0], limits[1]) if isinstance(limits, list) else (None, None)
    if _at_least(value, low) and _at_least(high, value):
        return None
    return f"value should be between {_whole(low)} and {_whole(high)}"


def _at_least(value: Json, limit: Json) -> bool:
    return isinstance(value, int | float) and isinstance(limit, int | float) and value >= limit


def _whole(limit: Json) -> str:
    return str(int(limit)) if isinstance(limit, int | float) else lua_text(limit)


def _greater(value: Json, limit: Json) -> str | None:
    greater = isinstance(value, int | float) and isinstance(limit, int | float) and value > limit
    return None if greater else f"value must be greater than {lua_text(limit)}"


def _length(value: Json) -> int:
    """Kong counts the bytes of a string."""
    if isinstance(value, str):
        return len(value.encode(errors="surrogatepass"))
    return len(value) if isinstance(value, list | dict) else 0


def _in(value: Json, options: Json) -> bool:
    if not isinstance(options, list):
        return False
    if isinstance(value, str):
        return value in options
    return any(_same(value, option) for option in options)


def _same(one: Json, other: Json) -> bool:
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _options(options: Json) -> str:
    return ", ".join(lua_text(option) for option in options) if isinstance(options, list) else ""


def _matches(value: Json, pattern: Json) -> bool:
    return isinstance(value, str) and isinstance(pattern, str) and matches(pattern, value)


def _match_every(value: Json, patterns: Json, *, wanted: bool) -> str | None:
    """Kong's `match_all` and `match_none`: each pattern brings its own message."""
    for item in patterns if isinstance(patterns, list) else []:
        if isinstance(item, dict) and _matches(value, item.get("pattern")) is not wanted:
            return str(item.get("err"))
    return None


def _match_any(value: Json, argument: Json) -> str | None:
    if not isinstance(argument, dict):
        return None
    patterns = argument.get("patterns")
    matched = isinstance(patterns, list) and any(_matches(value, pattern) for pattern in patterns)
    return None if matched else str(argument.get("err", f"invalid value: {lua_text(value)}"))


def _exclusive_subsets(value: Json, subsets: Json) -> str | None:
    """No two of the subsets may be used; they are named in the order their members appear."""
    used: list[Json] = []
    for item in value if isinstance(value, list) else []:
        for subset in subsets if isinstance(subsets, list) else []:
            if _in(item, subset) and subset not in used:
                used.append(subset)
    return None if len(used) <= 1 else f"these sets are mutually exclusive: {quoted_list(used)}"


def _custom(value: Json, name: Json) -> str | None:
    return VALIDATORS[str(name)](value)


_RULES: Mapping[str, Callable[[Json, Json], str | None]] = {
    "eq": lambda value, wanted: None if _same(value, wanted) else f"value must be {lua_text(wanted)}",
    "ne": lambda value, other: f"value must not be {lua_text(value)}" if _same(value, other) else None,
    "not_one_of": lambda value, options: f"must not be one of: {_options(options)}" if _in(value, options) else None,
    "one_of": lambda value, options: None if _in(value, options) else f"expected one of: {_options(options)}",
    "gt": _greater,
    "timestamp": lambda value, _: (
        None if isinstance(value, int | float) and value > 0 else "expected a valid timestamp"
    ),
    "uuid": lambda value, _: None if isinstance(value, str) and _UUID.fullmatch(value) else "expected a valid UUID",
    "is_regex": lambda value, _: f"not a valid regex: {lua_text(value)}" if regex_error(str(value)) else None,
    "between": _between,
    "len_eq": lambda value, length: None if _length(value) == length else f"length must be {lua_text(length)}",
    "len_min": lambda value, length: (
        None if _at_least(_length(value), length) else f"length must be at least {lua_text(length)}"
    ),
    "len_max": lambda value, length: (
        None if _at_least(length, _length(value)) else f"length must be at most {lua_text(length)}"
    ),
    "starts_with": lambda value, start: (
        None if isinstance(value, str) and value.startswith(str(start)) else f"should start with: {lua_text(start)}"
    ),
    "match_none": lambda value, patterns: _match_every(value, patterns, wanted=False),
    "match": lambda value, pattern: None if _matches(value, pattern) else f"invalid value: {lua_text(value)}",
    "match_all": lambda value, patterns: _match_every(value, patterns, wanted=True),
    "match_any": _match_any,
    "contains": lambda value, wanted: None if _in(wanted, value) else f"expected to contain: {lua_text(wanted)}",
    "validator": _custom,
    "mutually_exclusive_subsets": _exclusive_subsets,
}
