"""`python -m gateway preview` and `python -m gateway deploy`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from gateway.changes.preview import UnreadablePreviewError, previewed
from gateway.changes.report import Report
from gateway.deployment.engine import EngineError, preview, update
from gateway.diff.table import ReportTable

_Stack = Annotated[str, typer.Option("--stack", "-s", help="The stack: NAME of Pulumi.NAME.yaml.")]
_console = Console(highlight=False, soft_wrap=True)
_errors = Console(stderr=True, highlight=False, soft_wrap=True)


def preview_command(
    stack: _Stack,
    plan: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Save there what is planned, for `deploy --plan`.")
    ] = None,
    save: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the report there, for `comment`.")] = None,
) -> None:
    """Tell what `pulumi up` would do, as `diff` tells it. Exits 0 whatever changes, 1 when it cannot tell."""
    try:
        report = previewed(stack, *preview(stack, plan))
    except (EngineError, UnreadablePreviewError) as error:
        _errors.print(Text.assemble(("✗ ", "red"), str(error)))
        if save:
            report = Report(stack=stack, source="engine", failure=str(error))
            report.write(save)
        raise typer.Exit(1) from error
    if save:
        report.write(save)
    ReportTable(Console(highlight=False)).print(report)


def deploy_command(
    stack: _Stack,
    plan: Annotated[Path, typer.Option(metavar="FILE", help="What `preview --plan` saved.")],
) -> None:
    """Do what was previewed, and nothing else: `pulumi up` stops at whatever the plan does not have."""
    try:
        for line in update(stack, plan):
            _console.print(Text(line))
    except EngineError as error:
        _errors.print(Text.assemble(("✗ ", "red"), str(error)))
        raise typer.Exit(1) from error
