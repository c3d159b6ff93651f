"""Completes a document as Kong would keep it: defaults filled in, absent fields null, records whole.

Kong: kong/db/schema/init.lua, `process_auto_fields` (insert, then select with nulls).
"""

from __future__ import annotations

import copy

from entities.schema.document import ABSENT, UNKNOWN, Absent, Document, Json
from entities.schema.facts import Field, Record
from entities.schema.shorthands import echoed, expanded


def filled(record: Record, document: Document) -> Document:
    """A document with every field in it, in the schema's order; what only Kong makes up stays out.

    Fields that the schema does not know and values of a wrong type stay as given, for the check to find.
    """
    given = expanded(record, document)
    complete: Document = {}
    for name, field in record.fields.items():
        value = _filled_field(field, given.get(name, ABSENT))
        if value is not ABSENT:
            complete[name] = value
    return {**complete, **{name: value for name, value in given.items() if name not in record.fields}}


def as_read(record: Record, document: Document) -> Document:
    """A filled document as Kong reads it back.

    Kong spreads shorthands again when it reads (an upstream that hashes on nothing goes round-robin, whatever was
    written) and adds the deprecated fields beside those that replace them.
    """
    nested = {
        name: as_read(field.record, value)
        for name, field in record.fields.items()
        for value in [document.get(name)]
        if field.record and isinstance(value, dict)
    }
    return echoed(record, expanded(record, {**document, **nested}))


def _filled_field(field: Field, value: Json | Absent) -> Json | Absent:
    if value is ABSENT:
        value = _missing(field)
    if value is ABSENT or value is None or value is UNKNOWN:
        return value
    return _filled_value(field, value)


def _missing(field: Field) -> Json | Absent:
    if field.default is not ABSENT:
        return copy.deepcopy(field.default)
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
