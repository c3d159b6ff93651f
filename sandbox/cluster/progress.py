"""What a long step tells whoever waits for it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """One report of a step that takes long enough to be watched."""

    activity: str
    """What is being done, for example "compiling"."""

    done: int | None = None
    """How many pieces are done; None for what has no pieces."""

    total: int | None = None
    """How many pieces there are; None while nobody knows."""

    detail: str = ""
    """The piece at hand, for example a package's name."""

    def __str__(self) -> str:
        count = "" if self.done is None else str(self.done)
        of = "" if self.total is None else f"of {self.total}"
        return " ".join(filter(None, [self.activity, count, of, self.detail]))


Report = Callable[[Progress], None]
"""Takes each progress report; called often, so it must be quick."""


def silent(_progress: Progress) -> None:
    """Report to nobody."""
