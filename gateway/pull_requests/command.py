"""`python -m gateway comment`."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from gateway.changes.report import Report
from gateway.github import GitHub, GitHubError, Repository
from gateway.pull_requests.markdown import comment
from gateway.pull_requests.origin import origin
from gateway.pull_requests.posting import post
from gateway.pull_requests.reading import UnreadableReportError, read_reports


def comment_command(
    reports: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="The folder with what `diff --save` and `preview --save` wrote."),
    ],
    event: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Comment on the pull request of this event of GitHub's: GITHUB_EVENT_PATH of a workflow. GITHUB_TOKEN "
            "and GITHUB_REPOSITORY must be set. Without it the comments are printed.",
        ),
    ] = None,
) -> None:
    """Say on a pull request what changes: one comment for each stack, edited in place."""
    console = Console(highlight=False, soft_wrap=True)
    try:
        told = read_reports(reports)
        if event is None:
            sys.stdout.write("\n".join(comment(report) for report in told))
            return
        for line in _posted(told, json.loads(event.read_bytes())):
            console.print(Text.assemble(("✓ ", "green"), line))
    except (GitHubError, UnreadableReportError, OSError) as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(Text.assemble(("✗ ", "red"), str(error)))
        raise typer.Exit(1) from error


def _posted(reports: Sequence[Report], event: Mapping[str, Any]) -> Sequence[str]:
    with GitHub(Repository.of_environment()) as github:
        request = origin(event, github.open_pull_requests)
        if request is None:
            return ["no open pull request ends in this commit; nothing is said"]
        comments = {report.stack: comment(report, fork=request.fork) for report in reports}
        return [f"pull request {request.number}, {done}" for done in post(github, request.number, comments)]
