"""What `diff` prints of a report, and how it exits."""

import pytest
from typer.testing import CliRunner

from gateway.changes.report import Action, Change, Report
from gateway.commands import app
from gateway.diff import command
from gateway.pull_requests.markdown import comment

CHANGED = Report(
    stack="dev",
    source="commits",
    note="The stack is new.",
    changes=(Change(system="kong", kind="route", key="a\x1b[31m", action=Action.DELETE),),
)


@pytest.mark.parametrize(
    ("report", "options", "code", "output"),
    [
        (Report(stack="dev", source="commits"), [], 0, "✓ dev: nothing changes\n"),
        (CHANGED, ["--json"], 2, CHANGED.model_dump_json(indent=2) + "\n"),
        (CHANGED, ["--markdown"], 2, comment(CHANGED)),
        (
            CHANGED,
            [],
            2,
            "The stack is new.\neverything that changes\n  - route a\\u001b[31m\n~ dev: 1 deleted\n",
        ),
    ],
)
def test_it_exits_2_when_something_changes(
    monkeypatch: pytest.MonkeyPatch, report: Report, options: list[str], code: int, output: str
) -> None:
    def told(stack: str, ref: str) -> Report:
        return report

    monkeypatch.setattr(command, "report_against", told)

    done = CliRunner().invoke(app, ["diff", "--stack", "dev", "--against", "main", *options])

    assert (done.exit_code, done.output) == (code, output)
