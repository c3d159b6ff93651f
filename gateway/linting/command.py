"""`python -m gateway lint`."""

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from config.files import NAMESPACE, stacks
from config.problems import InvalidSettingsError
from entities.desired import desired_state
from entities.lint import Linted, lint
from entities.state import Owner
from gateway.linting.report import as_json, catalogue, show
from gateway.recording import PROJECT
from gateway.stacks import stack_settings


def lint_command(
    stack: Annotated[
        list[str] | None, typer.Option("--stack", "-s", help="A stack, NAME of Pulumi.NAME.yaml; all when left out.")
    ] = None,
    *,
    accepted: Annotated[bool, typer.Option("--accepted", help="Show what is accepted as fully as the rest.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the whole report as JSON.")] = False,
    rules: Annotated[bool, typer.Option("--rules", help="Print the rules instead: what, why, what to write.")] = False,
) -> None:
    """Look for what Kong accepts and is wrong nevertheless. Exits 0 when all is well or accepted, else 1."""
    if rules:
        sys.stdout.write(catalogue())
        return
    linted = {name: _linted(name) for name in stack or stacks(PROJECT)}
    if json:
        sys.stdout.write(as_json(linted))
    else:
        console = Console(highlight=False, soft_wrap=True)
        for name, found in linted.items():
            show(console, name, found, accepted=accepted)
    if any(found.open for found in linted.values()):
        raise typer.Exit(1)


def _linted(stack: str) -> Linted:
    try:
        settings = stack_settings(stack)
    except InvalidSettingsError:
        Console(stderr=True, soft_wrap=True).print(Text(f"stack {stack}", "bold"), highlight=False)
        raise
    return lint(settings, desired_state(settings, Owner(NAMESPACE, stack)))
