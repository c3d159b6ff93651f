"""What a policy is, and what breaks it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from policies.subject import Subject


@dataclass(frozen=True)
class Broken:
    """One thing that breaks a policy."""

    at: str
    """What is concerned: an entity's or an object's kind and name."""
    wrong: str
    urn: str | None = None
    """The resource, where it is one by itself."""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Something that holds for every stack."""

    name: str
    summary: str
    """What must hold, in one sentence."""
    why: str
    instead: str
    """What to write instead; reads on after what is wrong and a semicolon."""
    broken: Callable[[Subject], Iterator[Broken]]


@dataclass(frozen=True)
class Violation:
    """A policy that a stack breaks, and where."""

    policy: Policy
    broken: Broken

    def __str__(self) -> str:
        return f"{self.broken.at}: {self.broken.wrong}; {self.policy.instead} [{self.policy.name}]"
