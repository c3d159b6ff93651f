"""Completes a document as Kong would keep it: defaults filled in, absent fields null, records whole.

Kong: kong/db/schema/init.lua, `process_auto_fields` (insert, then select with nulls).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from entities.schema.document import ABSENT, UNKNOWN, Absent, Document, Json, copied_value
from entities.schema.facts import Field, Record
from entities.schema.shorthands import echoed, expanded


def filled(record: Record, document: Document) -> Document:
    """A document with every field in it, in the schema's order; what only Kong makes up stays out.

    Fields that the schema does not know and values of a wrong type stay as given, for the check to find.
    """
    given = expanded(record, document)
    complete: Document = {}
    for name, missing in _blank(record).items():
        if name in given:
            complete[name] = _filled_part(record.fields[name], given[name])
        elif missing is not ABSENT:
            complete[name] = copied_value(missing)
    complete.update({name: value for name, value in given.items() if name not in record.fields})
    return complete


def as_read(record: Record, document: Document) -> Document:
    """A filled document as Kong reads it back.

    Kong spreads shorthands again when it reads (an upstream that hashes on nothing goes round-robin, whatever was
    written) and adds the deprecated fields beside those that replace them.
    """
    nested = {
        name: as_read(part, value)
        for name, part in record.nested.items()
        for value in [document.get(name)]
        if isinstance(value, dict)
    }
    return echoed(record, expanded(record, {**document, **nested}))


@cache
def _blank(record: Record) -> Mapping[str, Json | Absent]:
    """What stands in each field of a record when nothing is given."""
    return {name: _missing(field) for name, field in record.fields.items()}


def _missing(field: Field) -> Json | Absent:
    value = _default(field)
    return value if value is ABSENT else _filled_part(field, value)


def _default(field: Field) -> Json | Absent:
    if field.default is not ABSENT:
        return field.default
    if field.auto:
        return ABSENT
    if not field.required:
        return None
    return {} if field.record else ABSENT


def _filled_value(field: Field, value: Json) -> Json:
    """Normalises a value; Lua has one empty table, so `{}` and `[]` are what the field is."""
    if field.type in ("array", "set"):
        return _filled_list(field, [] if value == {} else value)
    if field.type in ("map", "record") and value == []:
        value = {}
    if field.record:
        return filled(field.record, value) if isinstance(value, dict) else value
    if field.type == "map" and isinstance(value, dict):
        return {key: _filled_part(field.values, item) for key, item in value.items()}
    return _as_number(value)


def _filled_list(field: Field, value: Json) -> Json:
    if not isinstance(value, list):
        return value
    items = [_filled_part(field.elements, item) for item in value]
    if field.type == "set":
        return [item for position, item in enumerate(items) if item not in items[:position]]
    return items


def _filled_part(field: Field | None, value: Json) -> Json:
    return value if field is None or value is None or value is UNKNOWN else _filled_value(field, value)


def _as_number(value: Json) -> Json:
    """Kong writes 1000.0 as 1000."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
