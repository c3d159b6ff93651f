"""`python -m gateway commands`: docs/commands.md, every command with its options as the command line has them."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol, cast

import typer


class Parameter(Protocol):
    """What the page needs of an option or an argument; typer has a click of its own, without public types."""

    opts: Sequence[str]
    metavar: str | None
    required: bool
    help: str | None


class Command(Protocol):
    """What the page needs of a command."""

    help: str | None
    params: Sequence[Parameter]


_INTRODUCTION = """# The commands
`python -m gateway COMMAND`, with the `python` of `.venv/bin`; `omnify-gateway COMMAND` where the package is installed.
`python -m gateway commands` prints this page. What is wrong is said on standard error, and the exit code is 1.

| Command | What it does |
|---|---|
"""


def commands_command(context: typer.Context) -> None:
    """Print every command with what it takes (docs/commands.md)."""
    commands: object = getattr(context.find_root().command, "commands", {})
    sys.stdout.write(command_page(cast("Mapping[str, Command]", commands)))


def command_page(commands: Mapping[str, Command]) -> str:
    """Commands by their name as a document."""
    rows = "".join(f"| [`{name}`](#{name}) | {_help(command)} |\n" for name, command in commands.items())
    return f"{_INTRODUCTION}{rows}" + "".join(_chapter(name, command) for name, command in commands.items())


def _chapter(name: str, command: Command) -> str:
    rows = "".join(_rows(command))
    table = f"\n| Option | What it is |\n|---|---|\n{rows}" if rows else ""
    return f"\n## {name}\n{_help(command)}\n{table}"


def _rows(command: Command) -> Iterator[str]:
    for each in command.params:
        names = ", ".join(f"`{form}`" for form in each.opts)
        takes = f" `{each.metavar}`" if each.metavar else ""
        said = (each.help or "").replace("|", "\\|")
        yield f"| {names}{takes} | {said}{' *Needed.*' if each.required else ''} |\n"


def _help(command: Command) -> str:
    return " ".join((command.help or "").split())
