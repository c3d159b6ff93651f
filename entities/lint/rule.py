"""What a rule of lint is, and what it finds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from config.problems import Location, key_path
from entities.lint.subject import Subject

Severity = Literal["error", "warning"]
"""`error`: what is written does not do what it says. `warning`: it does, but not in a way that most would want."""


@dataclass(frozen=True)
class Flaw:
    """One thing that a rule has against a stack."""

    place: Location
    """The key path in the stack file of what should change."""
    at: str
    """What is concerned, by a name that stays when lists are reordered: the key of an entity, or a section."""
    wrong: str
    instead: str
    """What to write instead; reads on after `wrong` and a semicolon."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Something that Kong accepts and that is nevertheless wrong, or hardly ever meant."""

    name: str
    summary: str
    """What it finds, in one sentence."""
    why: str
    instead: str
    severity: Severity
    flaws: Callable[[Subject], Iterator[Flaw]]


@dataclass(frozen=True)
class Finding:
    """What a rule found, and why that is accepted where it is."""

    rule: Rule
    flaw: Flaw
    accepted: str | None = None
    """The reason that the stack file gives for leaving it so."""

    def __str__(self) -> str:
        return f"{key_path(self.flaw.place)}: {self.flaw.wrong}; {self.flaw.instead} [{self.rule.name}]"
