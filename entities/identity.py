"""Ids that follow from names.

An entity's id is derived from what it is called, never kept only in a state: writing it again finds it again.
"""

import uuid
from functools import lru_cache

_OMNIFY = uuid.UUID("5f0f6d5e-6b0c-5b0e-9a0d-6f6d6e696679")


@lru_cache(maxsize=65536)
def entity_id(project: str, stack: str, kind: str, name: str) -> str:
    """Return the id of the entity `name` of Kong's kind `kind` (for example "services") in one stack."""
    return str(uuid.uuid5(_OMNIFY, f"{project}/{stack}/{kind}/{name}"))
