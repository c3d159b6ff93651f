"""What the application asks of an engine."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from gateway.changes.report import Report
from management.settings import ManagementSettings


class EngineError(Exception):
    """The stack could not be applied or previewed; says why, without secrets. What was done before stays done."""


@dataclass(frozen=True)
class Step:
    """One resource, done."""

    action: str
    """`created`, `updated`, `replaced` or `deleted`."""
    kind: str
    """The kind of resource, as the program calls it: `Plugin`, `Deployment`."""
    name: str
    """Its name in the program."""
    changes: tuple[str, ...] = ()
    """What changed in it, in words; secrets masked."""


Say = Callable[[str], None]
"""Hears what is under way, in words."""
Done = Callable[[Step], None]
"""Hears of each resource that is done and was changed."""


class Engine(Protocol):
    """Applies one stack. Never asked for two things at a time: the application holds the stack's lock.

    Every apply is an upsert: one that was killed is finished by another one with the same file.
    """

    @property
    def title(self) -> str:
        """What it is, for people."""
        ...

    async def preview(self, file: Path) -> Report:
        """What applying the stack with this file would do to what is there.

        Raises:
            EngineError: nobody can tell.
        """
        ...

    async def apply(self, file: Path, done: Done, say: Say) -> None:
        """Bring cluster and gateway to what the stack says with this file.

        Raises:
            EngineError: it did not work.
        """
        ...

    async def close(self) -> None:
        """Let go of what is open."""
        ...


EngineFactory = Callable[[ManagementSettings], Engine]
"""Makes the engine of the settings' stack."""
