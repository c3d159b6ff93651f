"""The report for people: what decides access first, and lines at the end that say it all."""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from entities.drift import Changed, Drift, Finding, Missing, Stray, Tie
from gateway.drift.columns import GAP, lines, widths
from gateway.drift.report import Report
from gateway.drift.values import beside, plain

_TIES: Final = {
    Tie.TAGS: "undeclared, with this stack's tags",
    Tie.PARENT: "undeclared, on an entity of this stack",
    Tie.EVERY_REQUEST: "undeclared, on every request",
    Tie.NODE: "undeclared",
    Tie.OTHERS: "",
    Tie.NONE: "",
}
_FIELD_INDENT: Final = 6
_HEADS: Final = ("", "declared", "live")
_STYLES: Final = ("", "green", "yellow")

_Row = tuple[str, str, str]


class DriftTable:
    """Prints reports. Where the output is no terminal there are no colours, and each fact is one line."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._width = console.width if console.is_terminal else None

    def print(self, report: Report, *, everything: bool) -> None:
        """Print a report; with `everything`, what is no drift, too."""
        count = sum(len(node.names) for node in report.nodes)
        for node in report.nodes:
            if node.names:
                self._line(Text(f"{len(node.names)} of {count} nodes: {', '.join(node.names)}", "bold"))
            for heading, findings in _sections(node.drift, everything=everything):
                self._section(heading, findings)
            self._line(_summary(report.stack, node.drift, everything=everything))
        if not report.clean:
            self._line(Text(_advice(report), "dim"))

    def _section(self, heading: str, findings: Sequence[Finding]) -> None:
        rows = [list(_rows(finding)) for finding in findings]
        fields = [row for each in rows for row in each]
        room = self._width and self._width - _FIELD_INDENT
        sizes = widths([_HEADS, *fields], room)
        title = Text(heading, "bold")
        if fields:
            title.append(" " * max(GAP, _FIELD_INDENT + sizes[0] + GAP - cell_len(heading)))
            title.append_text(next(lines(_HEADS[1:], sizes[1:], ("dim", "dim"))))
        self._line(title)
        kinds = max(len(_kind(finding)) for finding in findings)
        for finding, row_of_fields in zip(findings, rows, strict=True):
            self._finding(finding, kinds)
            for row in row_of_fields:
                for line in lines(row, sizes, _STYLES):
                    self._line(Text(" " * _FIELD_INDENT).append_text(line))

    def _finding(self, finding: Finding, kinds: int) -> None:
        mark, style, note = _said(finding)
        line = Text.assemble("  ", (mark, style), f" {_kind(finding):<{kinds}}  ", (plain(finding.key), "bold"))
        if note and self._width and cell_len(line.plain) + GAP + len(note) > self._width:
            self._line(line)
            line = Text(" " * (_FIELD_INDENT - GAP))
        self._line(line.append(f"{' ' * GAP}{note}" if note else "", style))

    def _line(self, line: Text) -> None:
        self._console.print(line, soft_wrap=self._width is None)


def _sections(drift: Drift, *, everything: bool) -> Iterator[tuple[str, Sequence[Finding]]]:
    """Headings, each with what stands under it."""
    sections: list[tuple[str, Sequence[Finding]]] = [
        ("decides who may pass", [finding for finding in drift.findings if finding.decides_access]),
        ("everything else", [finding for finding in drift.findings if not finding.decides_access]),
    ]
    if everything:
        sections += [("others may change this", drift.allowed), ("nobody owns this", drift.unowned)]
    return ((heading, findings) for heading, findings in sections if findings)


def _said(finding: Finding) -> tuple[str, str, str]:
    """The mark of a finding, its style, and what is said beside the name."""
    match finding:
        case Missing():
            return "-", "red", "missing"
        case Stray():
            return "+", "magenta", _TIES[finding.tie]
        case _:
            return "~", "yellow", ""


def _rows(finding: Finding) -> Iterator[_Row]:
    """The fields of a finding: path, declared, live."""
    for field in finding.fields if isinstance(finding, Changed) else ():
        yield (plain(".".join(map(str, field.path))), *beside(field.desired, field.live))


def _kind(finding: Finding) -> str:
    return finding.kind.removesuffix("s")


def _summary(stack: str, drift: Drift, *, everything: bool) -> Text:
    differing = len(drift.missing) + len(drift.changed)
    right = f"{drift.declared - differing:,} of {drift.declared:,} entities are as declared"
    if drift.clean:
        said = Text.assemble(("✓ ", "green"), f"{stack} is as declared: {drift.declared:,} entities")
    else:
        parts = [
            f"{len(findings):,} {word}"
            for findings, word in (
                (drift.missing, "missing"),
                (drift.changed, "changed"),
                (drift.undeclared, "undeclared"),
            )
            if findings
        ]
        said = Text.assemble(("✗ ", "red"), f"{stack} has drifted: {', '.join(parts)}; {right}")
    beside_it = [
        f"{len(findings):,} {words}"
        for findings, words in (
            (drift.allowed, "changed as `drift.allowed` lets others"),
            (drift.unowned, f"nobody owns{'' if everything else ' (--all lists them)'}"),
            (drift.others, "of other stacks"),
        )
        if findings
    ]
    return said.append(f"\n  no drift: {', '.join(beside_it)}" if beside_it else "", "dim")


def _advice(report: Report) -> str:
    if report.mode == "dbless":
        return (
            f"A node runs what it read at its start, or was given over its Admin API since: `pulumi up --stack "
            f"{report.stack}` rolls a file that changed; delete the pod of a node that differs after that."
        )
    undeclared = any(node.drift.undeclared for node in report.nodes)
    return f"`pulumi up --refresh --stack {report.stack}` makes Kong as declared again" + (
        "; what is undeclared, declare or delete." if undeclared else "."
    )
