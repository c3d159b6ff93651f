"""The tags of an entity: those that say whose it is, and its own."""

from collections.abc import Mapping
from typing import Any, Final, cast

_MARKS: Final = ("managed-by:", "project:", "stack:")


def own_tags(document: Mapping[str, Any]) -> tuple[str, ...]:
    """An entity's tags without those of the stack of this program that had it; the next owner adds its own."""
    tags = [str(tag) for tag in cast("list[object]", document.get("tags") or [])]
    owned = all(any(tag.startswith(mark) for tag in tags) for mark in _MARKS)
    return tuple(tag for tag in tags if not (owned and tag.startswith(_MARKS)))
