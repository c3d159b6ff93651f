"""`python -m gateway diff`."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from config.files import StackFileError
from gateway.changes.report import Report
from gateway.diff.against import report_against
from gateway.diff.commits import CommitError
from gateway.diff.table import ReportTable
from gateway.pull_requests.markdown import comment

DIFFERS = 2
"""The exit code when something changes."""


def diff_command(
    stack: Annotated[str, typer.Option("--stack", "-s", help="The stack: NAME of Pulumi.NAME.yaml.")],
    against: Annotated[str, typer.Option(metavar="REF", help="The commit to compare with, such as origin/main.")],
    *,
    json: Annotated[bool, typer.Option("--json", help="Print the whole report as JSON.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the comment for a pull request.")] = False,
    save: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the report there, and exit 0 whatever changes.")
    ] = None,
) -> None:
    """Compare what a stack comes to here and in another commit, offline. Exits 0 without changes, 2 with, else 1."""
    try:
        report = report_against(stack, against)
    except (CommitError, StackFileError) as refusal:
        Console(stderr=True, soft_wrap=True, highlight=False).print(Text.assemble(("✗ ", "red"), str(refusal)))
        if save:
            Report(stack=stack, source="commits", against=against, failure=str(refusal)).write(save)
        raise typer.Exit(1) from refusal
    if json:
        sys.stdout.write(report.model_dump_json(indent=2) + "\n")
    elif markdown:
        sys.stdout.write(comment(report))
    else:
        ReportTable(Console(highlight=False)).print(report)
    if save:
        report.write(save)
    elif not report.clean:
        raise typer.Exit(DIFFERS)
