"""A report as the comment of a pull request, in GitHub's Markdown.

Whatever a report says may come from a stranger: nothing of it is written but as `escaping` has it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from gateway.changes import phrases
from gateway.changes.report import Action, Change, Report
from gateway.drift.values import beside
from gateway.pull_requests.escaping import code, fenced

LIMIT: Final = 65_536
"""Characters that GitHub takes in a comment."""
_RESERVE: Final = 600
"""Characters kept for what says that something is left out, and for the ends of blocks."""
_RAW_AT_LEAST: Final = 4_000
"""Characters of the limit that the engine's own words may count on."""
_VALUE: Final = 300
"""Characters of a value that are shown."""

_ALERTS: Final = {Action.DELETE: ("CAUTION", "Deleted"), Action.REPLACE: ("WARNING", "Made anew")}

_Row = Sequence[str]


_MARKER: Final = re.compile(r"<!-- omnify-gateway:preview:([A-Za-z0-9_.-]+) -->")
_FORK: Final = (
    "This pull request comes from a fork, and its own code told this, without any secret. "
    "Look at what it changes before you believe it."
)


def marker(stack: str) -> str:
    """By which the comment of a stack is found again."""
    return f"<!-- omnify-gateway:preview:{stack} -->"


def stack_of(body: str) -> str | None:
    """The stack that a comment is about; None for other comments."""
    match = _MARKER.match(body)
    return match[1] if match else None


def untouched(stack: str) -> str:
    """The comment of a stack that a pull request does not touch any more."""
    return f"{marker(stack)}\n### Stack {code(stack)}: not touched by this pull request any more\n"


def comment(report: Report, *, fork: bool = False) -> str:
    """The comment: never longer than GitHub takes, and it says so where something is left out.

    `fork` says that a stranger's code made the report.
    """
    page = _Page(marker(report.stack), LIMIT - _RESERVE)
    raw = _raw_room(report)
    said = "cannot be told" if report.failure else phrases.counts(report)
    page.add(f"### Stack {code(report.stack)}: {said}\n\n{_source(report)}\n")
    if fork:
        page.add(f"\n> [!IMPORTANT]\n> {_FORK}\n")
    if report.failure:
        page.add(f"\n{fenced(_cut(report.failure, 20_000))}")
        return page.text()
    if report.note:
        page.add(f"\n> [!NOTE]\n> {code(report.note)}\n")
    page.reserve(raw)
    _exposed(page, report)
    _gone(page, report)
    _users(page, report)
    _costs(page, report)
    page.table("Everything that changes", ("", "What", "Field", "Before", "Now"), _changes(report.changes))
    page.reserve(-raw)
    if report.raw:
        _folded(page, report.raw)
    return page.text()


class _Page:
    """A page with an end."""

    def __init__(self, first: str, limit: int) -> None:
        self._parts = [f"{first}\n"]
        self._left = limit - len(first) - 1

    def add(self, text: str) -> bool:
        """Add a text if there is room for the whole of it."""
        if len(text) > self._left:
            return False
        self._parts.append(text)
        self._left -= len(text)
        return True

    def reserve(self, characters: int) -> None:
        """Keep some room for later."""
        self._left -= characters

    def lines(self, lines: Iterable[str]) -> None:
        """Add lines while there is room, and how many there was none for."""
        left_out = sum(1 for line in lines if not self.add(f"{line}\n"))
        if left_out:
            self._parts.append(f"\n*{left_out:,} more: a comment has no room for them.*\n")

    def table(self, heading: str, head: _Row, rows: Iterable[_Row]) -> None:
        """Add a table, unless it would be empty."""
        listed = [f"| {' | '.join(row)} |" for row in rows]
        if listed and self.add(f"\n#### {heading}\n| {' | '.join(head)} |\n|{' --- |' * len(head)}\n"):
            self.lines(listed)

    def room(self) -> int:
        """How many characters are left."""
        return self._left

    def text(self) -> str:
        """The whole page."""
        return "".join(self._parts)


def _raw_room(report: Report) -> int:
    return min(len(report.raw) + _RESERVE, _RAW_AT_LEAST) if report.raw else 0


def _source(report: Report) -> str:
    if report.source == "engine":
        return "What `pulumi preview` plans for what is deployed."
    beside_it = f" with {code(report.against[:12])}" if report.against else ""
    return f"What the two commits declare, compared{beside_it}; what is deployed was not looked at."


def _exposed(page: _Page, report: Report) -> None:
    places = [f"> - {code(_cut(place, _VALUE))}" for place in phrases.exposures(report)]
    if places and page.add("\n> [!CAUTION]\n> **Open to everybody from now on**\n"):
        page.lines(places)


def _gone(page: _Page, report: Report) -> None:
    for action, (alert, heading) in _ALERTS.items():
        changes = [f"> - {code(phrases.headline(each))}" for each in report.changes if each.action is action]
        if changes and page.add(f"\n> [!{alert}]\n> **{heading}**\n"):
            page.lines(changes)


def _users(page: _Page, report: Report) -> None:
    seen = [(code(change.name), *map(_value, phrases.route(change))) for change in report.routes]
    page.table("Routes that users see change", ("Route", "Before", "Now"), seen)
    limits = [(code(phrases.whose(each)), code(each.of), *phrases.limit(each)) for each in report.limits]
    page.table("Limits that users see change", ("Whose", "Of", "Before", "Now"), limits)


def _costs(page: _Page, report: Report) -> None:
    if report.costs and page.add("\n#### What it costs\n"):
        page.lines(f"- {code(phrases.cost(cost))}" for cost in report.costs)


def _changes(changes: Iterable[Change]) -> Iterator[_Row]:
    """A line for each field; what is changed stands on the first of its lines."""
    for change in changes:
        what = (phrases.DONE[change.action], code(phrases.headline(change)))
        for path, before, now in list(_fields(change)) or [("", "", "")]:
            yield *what, path, before, now
            what = ("", "")


def _fields(change: Change) -> Iterator[tuple[str, str, str]]:
    for field in change.fields:
        before, now = beside(field.before, field.after)
        # What is made had no value before.
        yield code(phrases.path(field)), "" if change.action is Action.CREATE else _value(before), _value(now)


def _value(text: str) -> str:
    return code(_cut(text, _VALUE))


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[:length]}…"


def _folded(page: _Page, raw: str) -> None:
    """What the engine says, folded; its end is left out where there is no room."""
    room = page.room() - 300
    shown = _cut(raw, max(room, 0))
    while len(block := fenced(shown)) > room and shown:
        shown = shown[: len(shown) - (len(block) - room) - 1]
    said = "" if len(shown) >= len(raw) else "\n*Its end is left out: a comment has no room for it.*\n"
    page.add(f"\n<details><summary>What Pulumi says</summary>\n\n{block}{said}\n</details>\n")
