"""What an import did, for people: how much was found, what is left out and why, what comes next."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from entities.importing.findings import Finding, Findings
from entities.importing.kinds import MANAGED
from entities.importing.proposal import Proposal
from entities.importing.secrets import Secrets
from gateway.importing.secrets_file import commands_for_known, commands_for_wanted

_NAMED = 6
"""So many of a row are called by their names."""


@dataclass(frozen=True)
class Files:
    """What an import wrote."""

    stack_file: Path
    own: Path
    """Where the stack's file belongs."""
    pulumi: Path | None
    why_no_pulumi: str | None
    """Why there is no file for `pulumi import` though somebody asked for one."""
    resources: int
    """How many are in that file."""
    secrets: Path | None


class Report:
    """Prints it."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def show(self, stack: str, sources: Sequence[str], proposal: Proposal, findings: Findings) -> None:
        """What was found, and what of it the settings do not say or say otherwise."""
        left_out = findings.left_out
        total = len(proposal.snapshot)
        self._console.print(
            Text.assemble(("✓ ", "green"), (f"{total} {_entities(total)}", "bold"), f" from {', '.join(sources)}")
        )
        self._console.print(_indented(_counts(proposal, left_out)))
        if left_out:
            what = f"{len(left_out)} {'thing is' if len(left_out) == 1 else 'things are'} left out"
            self._console.print(Text.assemble(("! ", "yellow"), (what, "bold yellow"), f" of stack {stack}"))
            self._console.print(_indented(_table(left_out)))
        converted = findings.converted
        if converted:
            self._console.print(Text.assemble(("~ ", "cyan"), ("said in other words", "bold")))
            self._console.print(_indented(_table(converted)))

    def next_steps(self, stack: str, files: Files, secrets: Secrets) -> None:
        """What was written, and what to do with it."""
        self._console.print(Text("written", style="bold"))
        self._console.print(_indented(_written(stack, files, secrets)))
        self._console.print(Text("next", style="bold"))
        for line in _commands(stack, files, secrets):
            # A command is copied: it stays on its line, however narrow the terminal.
            self._console.print(Text(f"  {line}"), soft_wrap=True)


def _entities(count: int) -> str:
    return "entity" if count == 1 else "entities"


def _indented(table: Table) -> Padding:
    return Padding(table, (0, 0, 0, 2), expand=False)


def _grid() -> Table:
    return Table.grid(padding=(0, 2, 0, 0), pad_edge=False)


def _counts(proposal: Proposal, left_out: Sequence[Finding]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("kind")
    for heading in ("own section", "entities:", "left out"):
        table.add_column(heading, justify="right")
    missing: dict[str, int] = {}
    for each in left_out:
        missing[each.kind] = missing.get(each.kind, 0) + 1
    for kind in (*MANAGED, *sorted(missing.keys() - set(MANAGED))):
        ids = {str(document["id"]) for document in proposal.snapshot.of(kind)}
        own = len(ids & proposal.recognised)
        numbers = (own, len(ids) - own, missing.get(kind, 0))
        if any(numbers):
            cells = [Text(str(number) if number else "·", style="" if number else "dim") for number in numbers]
            table.add_row(kind, *cells)
    return table


def _table(findings: Iterable[Finding]) -> Table:
    """What is told of the same way is one row; the stack file names all of it."""
    rows: dict[tuple[str, str], list[str]] = {}
    for each in findings:
        rows.setdefault((each.kind, each.reason), []).append(each.name)
    table = _grid()
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold", ratio=2)
    table.add_column(overflow="fold", ratio=3)
    for (kind, reason), names in rows.items():
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        table.add_row(kind, Text(", ".join(names[:_NAMED]) + more), Text(reason))
    return table


def _written(stack: str, files: Files, secrets: Secrets) -> Table:
    table = _grid()
    table.add_column(overflow="fold")
    table.add_column(style="dim")
    table.add_row(str(files.stack_file), f"the settings of stack {stack}")
    if files.pulumi is not None:
        table.add_row(str(files.pulumi), f"{files.resources} resources for pulumi import")
    if files.why_no_pulumi is not None:
        table.add_row(Text("no file for pulumi import", style="yellow"), files.why_no_pulumi)
    if files.secrets is not None:
        count = len(secrets.values)
        table.add_row(str(files.secrets), f"{count} {'secret' if count == 1 else 'secrets'}; only you can read it")
    return table


def _commands(stack: str, files: Files, secrets: Secrets) -> Iterable[str]:
    if files.stack_file.resolve() != files.own:
        yield f"cp {files.stack_file} {files.own.name}"
    yield f"pulumi stack init {stack}"
    if files.secrets is not None:
        yield from commands_for_known(files.secrets, secrets.values, stack)
    for name, command in _wanted(secrets.wanted, stack):
        yield f"{command}   # {secrets.wanted[name]}"
    yield f"python -m gateway validate --stack {stack}"
    if files.pulumi is not None:
        yield f"pulumi import --file {files.pulumi} --stack {stack} --protect=false --generate-code=false"
    yield f"pulumi preview --stack {stack} --diff"


def _wanted(wanted: Mapping[str, str], stack: str) -> Iterable[tuple[str, str]]:
    return zip(wanted, commands_for_wanted(wanted, stack), strict=True)
