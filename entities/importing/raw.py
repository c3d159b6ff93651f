"""Entities in Kong's own terms, as the section `entities:` writes them: short, and with names for references."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from entities.importing.flattening import Document
from entities.importing.kinds import references
from entities.importing.ownership import own_tags
from entities.importing.shortening import shortened
from entities.snapshot import Snapshot

_NAMES: Mapping[str, tuple[str, ...]] = {
    "certificates": ("snis",),
    "consumers": ("username", "custom_id"),
    "routes": ("name",),
    "services": ("name",),
    "upstreams": ("name",),
}
"""The fields by which the settings refer to an entity, the best first."""
_FIRST = ("name", "username", "custom_id", "snis", "group")
"""What a reader looks for first."""


class Writer:
    """Writes the entities of one snapshot."""

    def __init__(self, snapshot: Snapshot, invented: frozenset[str]) -> None:
        self._invented = invented
        self._called = {
            str(document["id"]): _called(kind, document)
            for kind in _NAMES
            for document in cast("Sequence[Document]", snapshot.of(kind))
        }

    def written(self, kind: str, document: Mapping[str, Any]) -> Document:
        """An entity as an item of its kind's list."""
        own = shortened(kind, dict(document))
        referred = {
            field: self._called[str(cast("Document", document[field])["id"])]
            for field in references(kind)
            if document.get(field) is not None
        }
        identity = str(document["id"])
        nameless = kind in _NAMES and self._called[identity] == identity
        ids = {} if identity in self._invented and not nameless else {"id": identity}
        tags = own_tags(document)
        first = {field: own[field] for field in _FIRST if field in own}
        return first | referred | own | ({"tags": list(tags)} if tags else {}) | ids


def _called(kind: str, document: Document) -> str:
    for field in _NAMES[kind]:
        value = document.get(field)
        if value:
            return str(cast("list[object]", value)[0] if isinstance(value, list) else value)
    return str(document["id"])
