"""A declarative file taken apart again, by other code than that which writes it: every entity, by kind and id."""

from collections.abc import Iterator
from typing import Any

Document = dict[str, Any]
NESTED = {
    "services": {"routes": "service", "plugins": "service"},
    "routes": {"plugins": "route"},
    "consumers": {"acls": "consumer", "jwt_secrets": "consumer", "plugins": "consumer"},
    "plugins": {},
    "acls": {},
    "jwt_secrets": {},
}
"""The lists that stand inside an entity of a kind, and the field by which their items refer to it."""
NAMES = {"service": ("services", "name"), "route": ("routes", "name"), "consumer": ("consumers", "username")}


def flattened(file: Document) -> dict[tuple[str, str], Document]:
    """Every entity with its references as ids."""
    found = [each for kind in ("services", "consumers", "plugins") for each in _entities(kind, file[kind], {})]
    ids = {
        (field, document[name]): document["id"]
        for field, (of_kind, name) in NAMES.items()
        for kind, document in found
        if kind == of_kind
    }
    entities: dict[tuple[str, str], Document] = {}
    for kind, document in found:
        assert (kind, document["id"]) not in entities
        references = {
            field: {"id": ids[field, document[field]]} for field in NAMES if isinstance(document.get(field), str)
        }
        entities[kind, document["id"]] = document | references
    return entities


def _entities(kind: str, listed: list[Document], reference: Document) -> Iterator[tuple[str, Document]]:
    for entity in listed:
        inner = NESTED[kind]
        yield kind, {field: value for field, value in entity.items() if field not in inner} | reference
        for child, field in inner.items():
            yield from _entities(child, entity.get(child, []), {field: {"id": entity["id"]}})
