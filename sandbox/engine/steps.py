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
"""Takes each resource that is done."""

At = Callable[[str], None]
"""Takes what is under way, in words; called often, so it must be quick."""


_KONG_SERVICE = "kong:index/service:Service"


def kind(type_: str) -> str:
    """A type token as people call the thing: `kubernetes:apps/v1:Deployment` is `Deployment`.

    Kubernetes and Kong both have services.
    """
    return "Kong Service" if type_ == _KONG_SERVICE else type_.rsplit(":", 1)[-1]


class EngineError(Exception):
    """A resource could not be brought to what the program says; the message names it and the reason."""
