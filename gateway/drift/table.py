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
    Tie.INTRUDES: "of another stack, and decides here",
    Tie.NODE: "undeclared",
    Tie.OTHERS: "",
    Tie.NONE: "",
}
_FIELD_INDENT: Final = 6
_HEADS: Final = ("declared", "live")
_STYLES: Final = ("", "green", "yellow")

_Row = tuple[str, str, str]
_Section = tuple[str, Sequence[Finding]]


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
            sections = list(_sections(node.drift, everything=everything))
            layout = _Layout(sections, self._width)
            for line in (line for section in sections for line in layout.lines(*section)):
                self._line(line)
            self._line(_summary(report.stack, node.drift, everything=everything))
        if not report.clean:
            self._line(Text(_advice(report), "dim"))

    def _line(self, line: Text) -> None:
        self._console.print(line, soft_wrap=self._width is None)


class _Layout:
    """The lines of sections whose columns stand below one another."""

    def __init__(self, sections: Sequence[_Section], width: int | None) -> None:
        self._width = width
        findings = [finding for _, each in sections for finding in each]
        self._rows = {id(finding): list(_rows(finding)) for finding in findings}
        self._kinds = max((len(_kind(finding)) for finding in findings), default=0)
        longest = max((len(heading) for heading, _ in sections), default=0)
        heads = ("-" * (longest - _FIELD_INDENT), *_HEADS)
        fields = [row for rows in self._rows.values() for row in rows]
        self._sizes = widths([heads, *fields], width and width - _FIELD_INDENT)

    def lines(self, heading: str, findings: Sequence[Finding]) -> Iterator[Text]:
        """A section, and an empty line after it."""
        title = Text(heading, "bold")
        if any(self._rows[id(finding)] for finding in findings):
            title.append(" " * (_FIELD_INDENT + self._sizes[0] + GAP - cell_len(heading)))
            title.append_text(next(lines(_HEADS, self._sizes[1:], ("dim", "dim"))))
        yield title
        for finding in findings:
            yield from self._finding(finding)
            for row in self._rows[id(finding)]:
                for line in lines(row, self._sizes, _STYLES):
                    yield Text(" " * _FIELD_INDENT).append_text(line)
        yield Text()

    def _finding(self, finding: Finding) -> Iterator[Text]:
        mark, style, note = _said(finding)
        line = Text.assemble("  ", (mark, style), f" {_kind(finding):<{self._kinds}}  ", (plain(finding.key), "bold"))
        if note and self._width and cell_len(line.plain) + GAP + len(note) > self._width:
            yield line
            line = Text(" " * (_FIELD_INDENT - GAP))
        yield line.append(f"{' ' * GAP}{note}" if note else "", style)


def _sections(drift: Drift, *, everything: bool) -> Iterator[_Section]:
    """Headings, each with what stands under it."""
    sections: list[_Section] = [
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
    hidden = "" if everything else " (--all lists them)"
    beside_it = [
        f"{len(findings):,} {words}"
        for findings, words in (
            (drift.allowed, f"changed as `drift.allowed` has it{hidden}"),
            (drift.unowned, f"that nobody owns{hidden}"),
            (drift.others, "of other stacks"),
        )
        if findings
    ]
    return said.append(f"\n  not counted: {', '.join(beside_it)}" if beside_it else "", "dim")


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
