"""A report for people at a terminal: what weighs most first."""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import Console
from rich.text import Text

from gateway.changes import phrases
from gateway.changes.report import Action, Change, Report
from gateway.drift.columns import lines, widths
from gateway.drift.values import beside, plain

_MARKS: Final = {
    Action.DELETE: ("-", "red"),
    Action.REPLACE: ("±", "magenta"),
    Action.UPDATE: ("~", "yellow"),
    Action.CREATE: ("+", "green"),
}
_INDENT: Final = 6

_Row = tuple[str, str, str]


class ReportTable:
    """Prints reports. Where the output is no terminal there are no colours, and each fact is one line."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._width = console.width if console.is_terminal else None

    def print(self, report: Report) -> None:
        """Print a report."""
        sections = list(_sections(report))
        rows = [row for _, each in sections for row in each]
        sizes = widths(rows, self._width and self._width - 2) if rows else []
        if report.note:
            self._line(Text(report.note, "bold"))
        for place in phrases.exposures(report):
            self._line(Text.assemble(("! open to everybody: ", "bold red"), plain(place)))
        for heading, each in sections:
            self._line(Text(heading, "bold"))
            for row in each:
                for line in lines(row, sizes, ("", "green", "yellow")):
                    self._line(Text("  ").append_text(line))
        self._changes(report)
        mark = ("✓ ", "green") if report.clean else ("~ ", "yellow")
        self._line(Text.assemble(mark, f"{report.stack}: {phrases.counts(report)}"))

    def _changes(self, report: Report) -> None:
        fields = {id(change): list(_fields(change)) for change in report.changes}
        rows = [row for each in fields.values() for row in each]
        sizes = widths(rows, self._width and self._width - _INDENT) if rows else []
        if report.changes:
            self._line(Text("everything that changes", "bold"))
        for change in report.changes:
            mark, style = _MARKS[change.action]
            self._line(Text.assemble("  ", (mark, style), f" {plain(phrases.headline(change))}"))
            for row in fields[id(change)]:
                for line in lines(row, sizes, ("", "green", "yellow")):
                    self._line(Text(" " * _INDENT).append_text(line))

    def _line(self, line: Text) -> None:
        self._console.print(line, soft_wrap=self._width is None)


def _sections(report: Report) -> Iterator[tuple[str, Sequence[_Row]]]:
    users: list[_Row] = []
    for change in report.routes:
        before, now = phrases.route(change)
        users.append((f"route {plain(change.name)}", plain(before), plain(now)))
    users += [(f"{plain(phrases.whose(each))}: {each.of}", *phrases.limit(each)) for each in report.limits]
    if users:
        yield "users see", [("", "before", "now"), *users]
    if report.costs:
        yield "it costs", [(plain(phrases.cost(cost)), "", "") for cost in report.costs]


def _fields(change: Change) -> Iterator[_Row]:
    for field in change.fields:
        before, after = beside(field.before, field.after)
        yield plain(phrases.path(field)), "" if change.action is Action.CREATE else before, after
