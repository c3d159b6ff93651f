"""Whether settings say exactly what an entity is: recognised is only what rendering gives again."""

from collections.abc import Mapping
from typing import Any

from entities.importing.flattening import Document
from entities.importing.kinds import references
from entities.importing.ownership import own_tags
from entities.model import Entity
from entities.schema import kong_schema


def says(entity: Entity, document: Mapping[str, Any]) -> bool:
    """Whether an entity of the settings is the entity of a document, but for ids, references and whose it is."""
    if own_tags(document):
        return False
    kind = entity.kind
    rendered = kong_schema().complete(kind, entity.fields())
    return not kong_schema().differences(kind, _own(kind, rendered), _own(kind, document))


def _own(kind: str, document: Mapping[str, Any]) -> Document:
    apart = {"id", "tags", *references(kind)}
    return {name: value for name, value in document.items() if name not in apart}
