"""What a check found."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One line of the report."""

    area: str
    """What the check is about: routes, tokens, tiers, limits, bodies, browsers or observability."""
    name: str
    """The check's name, which does not change."""
    proves: str
    """What it proves when it passes."""
    status: Status
    detail: str
    """What was seen, what was wrong, or why it was skipped."""
    seconds: float


class FailedError(Exception):
    """A check saw something that should not be; the text says what."""


class SkippedError(Exception):
    """A check cannot be made; the text says why, and what would make it possible."""
