"""What the engine does to one resource, as it tells it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """What happened to a resource."""

    SAME = "same"
    CREATED = "created"
    UPDATED = "updated"
    REPLACED = "replaced"
    DELETED = "deleted"


@dataclass(frozen=True)
class Step:
    """One resource, done."""

    action: Action
    type: str
    name: str
    changes: tuple[str, ...] = ()
    """What changed, in words: `config.minute: 1000 → 500`."""


Report = Callable[[Step], None]


class EngineError(Exception):
    """A resource could not be brought to what the program says; the message names it and the reason."""
