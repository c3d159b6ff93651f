"""What a stack file accepts of the findings, and why."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from config.lint import Lint
from config.problems import Problem
from config.stack import StackSettings
from entities.lint.catalogue import RULES, findings
from entities.lint.rule import Finding, Flaw, Rule
from entities.state import DesiredState


@dataclass(frozen=True)
class Linted:
    """What lint says of a stack."""

    open: tuple[Finding, ...]
    """What should change, or be accepted."""
    accepted: tuple[Finding, ...]


def lint(settings: StackSettings, state: DesiredState) -> Linted:
    """Lint a stack: what the rules find, told from what the stack file accepts."""
    reasons = {(each.rule, each.at): each.reason for each in settings.lint.accept}
    found = [
        replace(finding, accepted=reasons.get((finding.rule.name, finding.flaw.at)))
        for finding in findings(settings, state)
    ]
    open_ = [finding for finding in found if finding.accepted is None]
    return Linted(
        open=(*open_, *_unused(settings.lint, found)),
        accepted=tuple(finding for finding in found if finding.accepted is not None),
    )


def acceptance_problems(settings: Lint) -> Iterator[Problem]:
    """Acceptances of rules that there are not, and of the same thing twice."""
    known = {rule.name for rule in RULES}
    first: dict[tuple[str, str], int] = {}
    for index, acceptance in enumerate(settings.accept):
        if acceptance.rule not in known:
            close = difflib.get_close_matches(acceptance.rule, known, n=1)
            advice = f"write {close[0]!r}" if close else "'python -m gateway lint --rules' lists them"
            yield Problem(("lint", "accept", index, "rule"), f"there is no rule {acceptance.rule!r}; {advice}")
        earlier = first.setdefault((acceptance.rule, acceptance.at), index)
        if earlier != index:
            yield Problem(("lint", "accept", index), "is accepted above already; remove one")


def _unused(settings: Lint, found: Sequence[Finding]) -> Iterator[Finding]:
    """Acceptances that nothing needs any more."""
    places: dict[str, set[str]] = {}
    for finding in found:
        places.setdefault(finding.rule.name, set()).add(finding.flaw.at)
    for index, acceptance in enumerate(settings.accept):
        if acceptance.at not in places.get(acceptance.rule, ()):
            yield Finding(
                ACCEPTANCE_UNUSED,
                Flaw(
                    ("lint", "accept", index),
                    f"{acceptance.rule} {acceptance.at}",
                    f"{acceptance.rule} finds nothing at {acceptance.at!r}",
                    _instead(acceptance.at, places, acceptance.rule),
                ),
            )


def _instead(at: str, places: Mapping[str, set[str]], rule: str) -> str:
    close = difflib.get_close_matches(at, places.get(rule, ()), n=1)
    return f"write {close[0]!r}, or remove it" if close else "remove it"


ACCEPTANCE_UNUSED = Rule(
    name="acceptance-unused",
    severity="warning",
    summary="An acceptance in `lint.accept` that no finding needs.",
    why="It would silence the rule should the same come back for another reason.",
    instead="Remove it, or write the name that the finding says.",
    flaws=lambda _: iter(()),
)
"""Not in the catalogue's order of rules over a stack: it is about what those found."""
