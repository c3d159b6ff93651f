"""Fields that stand for others, where a PATCH meets them (Kong: kong/db/schema/init.lua, `process_auto_fields`)."""

from entities.schema.document import Document
from entities.schema.facts import Record
from entities.schema.shorthands import expanded


def written_out(record: Record, changes: Document) -> Document:
    """Changes with every shorthand put into the field it stands for, in nested records too."""
    return {
        name: written_out(field.record, value)
        if (field := record.fields.get(name)) and field.record and isinstance(value, dict)
        else value
        for name, value in expanded(record, changes).items()
    }


def without_echoes(record: Record, document: Document) -> Document:
    """A document as Kong keeps it, without the deprecated fields that it only gives back."""
    return {
        name: without_echoes(field.record, value)
        if (field := record.fields.get(name)) and field.record and isinstance(value, dict)
        else value
        for name, value in document.items()
        if name in record.fields or name not in record.shorthands
    }


def merged(record: Record, stored: Document, changes: Document) -> Document:
    """The stored document with changes over it: records are merged, lists and maps replaced, null is a value.

    Kong: kong/db/schema/init.lua, `merge_values`.
    """
    result = {**stored, **changes}
    for name, field in record.fields.items():
        below, change = stored.get(name), changes.get(name)
        if field.record and isinstance(below, dict) and isinstance(change, dict):
            result[name] = merged(field.record, below, change)
    return result
