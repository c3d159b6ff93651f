"""What a comparison finds. Nothing in it is secret."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from entities.uniqueness import UNIQUE

Path = tuple[str | int, ...]

_KINDS = tuple(UNIQUE)


@dataclass(frozen=True)
class FieldChange:
    """A field that is not as declared. `[secret]` stands for each secret in its values."""

    path: Path
    desired: Any
    live: Any


@dataclass(frozen=True)
class Finding:
    """An entity that is not as declared."""

    kind: str
    key: str
    """What it is called: a declared entity's key, and the like of it where nothing is declared."""
    id: str
    decides_access: bool
    """Whether it has a say in who may pass: a route, a credential, a plugin that keeps requests out."""


@dataclass(frozen=True)
class Missing(Finding):
    """It is declared and not there. The id is the one that it would have."""


@dataclass(frozen=True)
class Changed(Finding):
    """Some of its fields differ."""

    fields: tuple[FieldChange, ...]


class Tie(StrEnum):
    """What an entity that nothing declares has to do with the stack."""

    TAGS = "tags"
    """It carries the stack's tags."""
    PARENT = "parent"
    """Nobody owns it, and it hangs on an entity of the stack: a route to a service, a plugin on a route."""
    EVERY_REQUEST = "every request"
    """Nobody owns it, and it is a plugin that holds for every request."""
    NODE = "node"
    """It is in a node that runs this stack alone."""
    INTRUDES = "intrudes"
    """Another stack owns it, and it has a say in who may pass through this stack's entities, or through every route."""
    OTHERS = "others"
    """None: another stack owns it."""
    NONE = "none"
    """None: nobody owns it."""


@dataclass(frozen=True)
class Stray(Finding):
    """Nothing declares it."""

    tie: Tie


@dataclass(frozen=True)
class Drift:
    """How a live gateway differs from what is declared."""

    declared: int
    """How many entities are declared."""
    missing: tuple[Missing, ...]
    changed: tuple[Changed, ...]
    undeclared: tuple[Stray, ...]
    """What has to do with the stack, and nothing declares it."""
    allowed: tuple[Changed, ...]
    """What others may change, and did. No drift."""
    unowned: tuple[Stray, ...]
    """What nobody owns and has nothing to do with the stack. No drift."""
    others: tuple[Stray, ...]
    """What another stack owns. No drift."""

    @property
    def clean(self) -> bool:
        """Whether everything is as declared."""
        return not (self.missing or self.changed or self.undeclared)

    @property
    def findings(self) -> Sequence[Missing | Changed | Stray]:
        """All that is drift: what decides access first, and of that what is missing."""
        return sorted(
            (*self.missing, *self.changed, *self.undeclared),
            key=lambda finding: (not finding.decides_access, not isinstance(finding, Missing), *place(finding)),
        )

    def of_a_node(self) -> "Drift":
        """The same for a node that runs this stack alone, as one without a database does: all else is drift there."""
        more = (replace(stray, tie=Tie.NODE) for stray in (*self.unowned, *self.others))
        return replace(self, undeclared=(*self.undeclared, *more), unowned=(), others=())


def place(finding: Finding) -> tuple[int, str, str]:
    """Where a finding stands among others."""
    return _KINDS.index(finding.kind), finding.key, finding.id
