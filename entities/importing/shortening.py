"""Complete documents as short as people would write them: without what Kong fills in by itself."""

from collections.abc import Mapping
from typing import Any, Final, cast

from entities.importing.flattening import Document
from entities.importing.kinds import references
from entities.schema import kong_schema
from entities.schema.facts import Record
from entities.secret import hidden

_ALWAYS: Final[Mapping[str, tuple[str, ...]]] = {"plugins": ("name",), "routes": ("protocols",)}
"""The fields on which the defaults of the others depend."""
_KONGS_OWN: Final = frozenset({"id", "tags", "created_at", "updated_at"})


def shortened(kind: str, document: Document) -> Document:
    """An entity's own fields without Kong's defaults; completed, they are the whole document again."""
    own = {name: value for name, value in document.items() if name not in _KONGS_OWN | references(kind).keys()}
    record = kong_schema().record(kind, hidden(own))
    telling = {name: own[name] for name in _ALWAYS.get(kind, ()) if name in own}
    defaults = kong_schema().complete(kind, telling)
    short = _differing(record, own, defaults) | ({"name": own["name"]} if kind == "plugins" else {})
    return short if _same(kind, short, own) else _differing(record, own, {})


def _same(kind: str, short: Document, whole: Document) -> bool:
    return kong_schema().complete(kind, short) == kong_schema().complete(kind, whole)


def _differing(record: Record | None, value: Document, defaults: Document) -> Document:
    """The fields that are not as they would be without being said, and no second names of any."""
    kept: Document = {}
    for name, item in value.items():
        field = record.fields.get(name) if record else None
        if record and field is None and name in record.shorthands:
            continue
        default: Any = defaults.get(name)
        if name in defaults and item == default:
            continue
        nested = field is not None and field.record is not None and isinstance(item, dict) and isinstance(default, dict)
        if nested and field is not None:
            kept[name] = _differing(field.record, cast("Document", item), cast("Document", default))
        elif name in defaults or item is not None:
            kept[name] = item
    return kept
