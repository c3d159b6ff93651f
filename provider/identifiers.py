"""The ids that people and states use for an entity, and how each finds it.

A state holds Kong's id, or what the official provider writes: `<credential>|<consumer>` for credentials and
`<upstream>/<target>` for targets. For an import each part may as well be a name.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from provider.resources import ResourceType

_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True)
class Identifier:
    """An entity by id or name, and its consumer or upstream where that is said too."""

    entity: str
    parent: str | None = None


def parse_identifier(kind: ResourceType, text: str) -> Identifier:
    """Take an id of a state or an import apart."""
    if kind.parent == "consumer" and "|" in text:
        entity, parent = text.rsplit("|", 1)
        return Identifier(entity, parent)
    if kind.parent == "upstream" and "/" in text:
        parent, entity = text.split("/", 1)
        return Identifier(entity, parent)
    return Identifier(text)


def is_id(text: str) -> bool:
    """Tell whether a text is one of Kong's ids, not a name."""
    return _UUID.fullmatch(text) is not None


def find(
    kind: ResourceType, entities: Iterable[Mapping[str, Any]], name: str, parent: str | None
) -> list[Mapping[str, Any]]:
    """Find the entities that people call by a name, best first; a global plugin is called by the plugin's name."""
    candidates = [
        entity for entity in entities if parent is None or kind.parent is None or entity[kind.parent]["id"] == parent
    ]
    for field in kind.names:
        found = [entity for entity in candidates if _called(entity.get(field), name)]
        if found:
            return found
    if kind.kind == "plugins":
        return [
            entity
            for entity in candidates
            if entity["name"] == name and not any(entity.get(scope) for scope in kind.references)
        ]
    return []


def _called(value: object, name: str) -> bool:
    return name in value if isinstance(value, list) else value == name
