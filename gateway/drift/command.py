"""`python -m gateway drift`."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from config.files import NAMESPACE
from config.stack import StackSettings
from entities.desired import desired_state
from entities.drift import drift
from entities.state import Owner
from gateway.drift.machines import as_json, unreadable_json
from gateway.drift.nodes import UnreadableError, read_nodes
from gateway.drift.report import Report, together
from gateway.drift.table import DriftTable
from gateway.live import TIMEOUT, admin_settings, shown_address
from gateway.stacks import stack_settings
from provider.settings import SettingsError

DRIFTED = 2
"""The exit code when something is not as declared."""


def drift_command(
    stack: Annotated[str, typer.Option("--stack", "-s", help="The stack: NAME of Pulumi.NAME.yaml.")],
    *,
    everything: Annotated[
        bool, typer.Option("--all", help="List also what nobody owns, and what others may change.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the whole report as JSON.")] = False,
    config_file: Annotated[
        Path | None, typer.Option(help="Read this instead of Pulumi.NAME.yaml, as the Pulumi CLI does.")
    ] = None,
    save: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the report there, or why there is none, and exit 0 whatever it says."),
    ] = None,
    timeout: Annotated[
        float, typer.Option(min=0.1, help="Seconds that Kong has to come up, and for each answer.")
    ] = TIMEOUT,
) -> None:
    """Compare what Kong holds with what a stack declares. Reads only. Exits 0 clean, 2 on drift, else 1."""
    settings = stack_settings(stack, config_file)
    try:
        report = asyncio.run(_report(stack, settings, timeout))
    except (UnreadableError, SettingsError) as refusal:
        Console(stderr=True, soft_wrap=True).print(Text.assemble(("✗ ", "red"), str(refusal)), highlight=False)
        if save:
            _write(unreadable_json(stack, str(refusal)), save)
            return
        raise typer.Exit(1) from refusal
    if json:
        sys.stdout.write(as_json(report))
    else:
        DriftTable(Console(highlight=False)).print(report, everything=everything)
    if save:
        _write(as_json(report), save)
    elif not report.clean:
        raise typer.Exit(DRIFTED)


def _write(text: str, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


async def _report(stack: str, settings: StackSettings, seconds: float) -> Report:
    admin = admin_settings(settings)
    address = shown_address(admin)
    waiting = Console(stderr=True, soft_wrap=True, highlight=False)

    async def say(text: str) -> None:
        waiting.print(Text(f"{address}: {text}", "dim"))

    state = desired_state(settings, Owner(NAMESPACE, stack))
    nodes = await read_nodes(settings, admin, seconds=seconds, say=say)
    drifts = [(node.name, drift(state, node.snapshot, settings.drift.allowed)) for node in nodes]
    if settings.mode == "dbless":
        drifts = [(name, found.of_a_node()) for name, found in drifts]
    return Report(stack, settings.mode, address, together(drifts))
