"""Which stacks a change of files touches."""

import json
import sys
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.text import Text

from config.files import stack_file, stacks
from gateway.diff.commits import CommitError, changed_files, checked_out
from gateway.recording import PROJECT

_NONE: Final = (
    ".ci/*",
    ".editorconfig",
    ".github/*",
    ".gitignore",
    ".pre-commit-config.yaml",
    ".vscode/*",
    "*.md",
    "LICENSE*",
    "Makefile",
    "benchmarks/*",
    "distribution/*",
    "docs/*",
    "documentation/*",
    "examples/*",
    "keycloak/*",
    "management/*",
    "mkdocs.yml",
    "monitoring/tests/*",
    "requirements-dev.*",
    "sandbox/*",
    "tests/*",
    "workflows/*",
)
"""Files of which no stack is made."""
_OF_STACKS: Final = ("keys/*",)
"""Files that belong to the stacks whose files name them."""


def touched(files: Iterable[str], known: Mapping[str, str]) -> tuple[str, ...]:
    """The stacks that a change of files may change; `known` has what the stack files say, by stack.

    A stack's file touches its stack, whatever else the program reads touches all.
    """
    found: set[str] = set()
    for file in files:
        own = [stack for stack in known if file == stack_file(stack)]
        if own:
            found.update(own)
        elif any(fnmatchcase(file, pattern) for pattern in _OF_STACKS):
            found.update(stack for stack, text in known.items() if file in text)
        elif not any(fnmatchcase(file, pattern) for pattern in _NONE):
            found.update(known)
    return tuple(sorted(found))


def touched_command(
    against: Annotated[str, typer.Option(metavar="REF", help="The commit to compare with, such as origin/main.")],
) -> None:
    """Print the stacks that differ from a commit's, as a list in JSON for a workflow's matrix."""
    try:
        files = changed_files(against)
        with checked_out(against) as folder:
            # A stack that goes is touched as well.
            known = {stack: _text(place, stack) for place in (folder, PROJECT) for stack in stacks(place)}
    except CommitError as error:
        Console(stderr=True, soft_wrap=True, highlight=False).print(Text.assemble(("✗ ", "red"), str(error)))
        raise typer.Exit(1) from error
    sys.stdout.write(json.dumps(touched(files, known)) + "\n")


def _text(folder: Path, stack: str) -> str:
    return (folder / stack_file(stack)).read_text("utf-8")
