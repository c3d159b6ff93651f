"""`python -m gateway drift-issue`."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from gateway.drift.issue import update_issue
from gateway.github import GitHub, GitHubError, Repository


def drift_issue_command(
    reports: Annotated[Path, typer.Argument(metavar="DIR", help="The folder with what `drift --save` wrote.")],
    stack: Annotated[
        list[str], typer.Option("--stack", "-s", help="A stack of which a report is expected. Give it for each.")
    ],
) -> None:
    """Open, write anew or close the one issue about drift. GITHUB_TOKEN and GITHUB_REPOSITORY must be set."""
    try:
        told = [json.loads(file.read_bytes()) for file in sorted(reports.rglob("*.json"))]
        # A stack that could not even be asked is not as declared.
        silent = sorted({*stack} - {str(report["stack"]) for report in told})
        told += [{"stack": name, "failure": "Its comparison left no report: see the run."} for name in silent]
        with GitHub(Repository.of_environment()) as github:
            done = update_issue(github, told)
    except (GitHubError, OSError, ValueError) as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(Text.assemble(("✗ ", "red"), str(error)))
        raise typer.Exit(1) from error
    Console(highlight=False, soft_wrap=True).print(Text.assemble(("✓ ", "green"), done))
