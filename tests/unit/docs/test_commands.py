"""docs/commands.md has every command with what it takes, as the command line has it."""

import shlex
from collections.abc import Mapping
from typing import Any, cast

import pytest
import typer.main
from typer.testing import CliRunner

from config.project import PROJECT
from gateway.commands import app

PAGE = (PROJECT / "docs" / "commands.md").read_text("utf-8")
COMMANDS: Mapping[str, Any] = cast("Any", typer.main.get_command(app)).commands


def chapter(name: str) -> str:
    return PAGE.partition(f"\n## {name}\n")[2].partition("\n## ")[0]


def test_the_page_is_what_the_command_prints() -> None:
    assert CliRunner().invoke(app, ["commands"]).stdout == PAGE, "make generate"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_does(name: str) -> None:
    assert COMMANDS[name].help.strip().endswith((".", "."))
    assert f"| [`{name}`](#{name}) | " in PAGE


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_on_the_page_with_what_it_is(name: str) -> None:
    for parameter in COMMANDS[name].params:
        row = next(line for line in chapter(name).splitlines() if line.startswith(f"| `{parameter.opts[0]}`"))
        assert parameter.help, parameter.opts
        assert row.endswith(" *Needed.* |") == parameter.required
        assert parameter.help.replace("|", "\\|") in row


def test_commands_that_pages_print_are_commands_that_there_are() -> None:
    """Whatever stands after `python -m gateway` in a block of code of any page, with its options."""
    for page in (*PROJECT.glob("*.md"), *PROJECT.glob("docs/*.md"), *PROJECT.glob("examples/*/*.md")):
        for line in page.read_text("utf-8").splitlines():
            words = _words(line)
            if words:
                known = {form for each in COMMANDS[words[0]].params for form in (*each.opts, *each.secondary_opts)}
                assert {word.partition("=")[0] for word in words[1:] if word.startswith("-")} <= known, line


def _words(line: str) -> list[str]:
    """The command of a line of a block, without a comment and without what a pipe leads to."""
    start, found, rest = line.removeprefix("$ ").partition("python -m gateway ")
    if not found or start.strip() or "`" in line:
        return []
    return shlex.split(rest.partition(" | ")[0].partition(" > ")[0], comments=True)
