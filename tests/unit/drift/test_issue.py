"""The one issue about drift: opened, written anew, closed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from config.files import NAMESPACE
from entities.desired import desired_state
from entities.drift import drift
from entities.state import Owner
from entities.validation import validated
from gateway.commands import app
from gateway.drift.issue import LABEL, MARKER, body, update_issue
from gateway.drift.machines import as_json, unreadable_json
from gateway.drift.report import Report, together
from gateway.github import GitHub
from tests.github import BOT, PERSON, FakeGitHub, fake_github
from tests.unit.config.documents import edited
from tests.unit.drift.lives import Documents, applied, snapshot

STATE = desired_state(validated(edited("dev")), Owner(NAMESPACE, "dev"))


def told(stack: str, live: Documents) -> dict[str, Any]:
    """What `drift --save` writes of a live gateway."""
    return json.loads(
        as_json(Report(stack, "database", "http://kong", together([(None, drift(STATE, snapshot(live)))])))
    )


CLEAN = told("dev", applied(STATE))


def drifted(limit: Any = 5000) -> dict[str, Any]:
    live = applied(STATE)
    plugin = next(each for each in live["plugins"].values() if each["name"] == "rate-limiting")
    plugin["config"]["minute"] = limit
    live["routes"].popitem()
    return told("dev", live)


@pytest.fixture
def fake() -> Iterator[FakeGitHub]:
    with fake_github() as running:
        yield running


@pytest.fixture
def github(fake: FakeGitHub) -> Iterator[GitHub]:
    with GitHub(fake.repository) as client:
        yield client


def test_drift_opens_an_issue(fake: FakeGitHub, github: GitHub) -> None:
    assert update_issue(github, [drifted()]) == "issue 1 is opened"

    (issue,) = fake.issues
    assert issue["labels"] == [LABEL]
    assert issue["body"].startswith(f"{MARKER}\n### Stack <code>dev</code> has drifted\n")
    assert "| is changed | <code>config&#46;minute</code> | <code>1000</code> | <code>5000</code> |" in issue["body"]
    assert issue["body"].index("is missing") < issue["body"].index("is changed"), "what decides access comes first"


def test_which_is_written_anew_while_it_lasts(fake: FakeGitHub, github: GitHub) -> None:
    update_issue(github, [drifted()])

    assert update_issue(github, [drifted(7000)]) == "issue 1 is written anew"
    (issue,) = fake.issues
    assert "7000" in issue["body"]


def test_and_closed_when_all_is_as_declared(fake: FakeGitHub, github: GitHub) -> None:
    update_issue(github, [drifted()])

    assert update_issue(github, [CLEAN]) == "every stack is as declared again: issue 1 is closed"
    assert fake.issues[0]["state"] == "closed"
    assert fake.bodies(1) == ["Every stack is as declared again."]
    assert update_issue(github, [CLEAN]) == "every stack is as declared"
    assert update_issue(github, [drifted()]) == "issue 2 is opened"


def test_other_issues_are_left_alone(fake: FakeGitHub, github: GitHub) -> None:
    fake.issues = [
        {"number": 1, "state": "open", "labels": [LABEL], "body": "By hand.", "user": PERSON},
        {"number": 2, "state": "open", "labels": [LABEL], "body": MARKER, "user": BOT, "pull_request": {}},
    ]

    assert update_issue(github, [drifted()]) == "issue 3 is opened"
    assert fake.issues[0]["body"] == "By hand."


def test_a_stack_that_cannot_be_read_keeps_it_open(fake: FakeGitHub, github: GitHub) -> None:
    update_issue(github, [drifted()])

    unread = json.loads(unreadable_json("prod", "cannot read Kong at https://admin.example: ``` refused"))
    assert update_issue(github, [CLEAN, unread]) == "issue 1 is written anew"
    assert "### Stack <code>dev</code> is as declared" in fake.issues[0]["body"]
    assert "````text\ncannot read Kong at https://admin.example: ``` refused\n````" in fake.issues[0]["body"]


def test_nothing_that_is_live_is_markdown() -> None:
    assert "@octocat" not in body([drifted("@octocat | <img>")])
    assert "<img>" not in body([drifted("@octocat | <img>")])


def test_the_command_takes_a_stack_without_a_report_for_one_that_cannot_be_read(
    fake: FakeGitHub, tmp_path: Path
) -> None:
    (tmp_path / "drift-dev").mkdir()
    (tmp_path / "drift-dev" / "dev.json").write_text(json.dumps(CLEAN))
    arguments = ["drift-issue", str(tmp_path), "--stack", "dev"]

    clean = CliRunner().invoke(app, arguments, env=fake.environment)
    silent = CliRunner().invoke(app, [*arguments, "--stack", "prod"], env=fake.environment)

    assert (clean.exit_code, clean.output) == (0, "✓ every stack is as declared\n")
    assert (silent.exit_code, silent.output) == (0, "✓ issue 1 is opened\n")
    assert "### Stack <code>prod</code> cannot be read" in fake.issues[0]["body"]


def test_a_refusal_of_githubs_is_said(fake: FakeGitHub, tmp_path: Path) -> None:
    fake.refuses = True

    done = CliRunner().invoke(app, ["drift-issue", str(tmp_path), "--stack", "dev"], env=fake.environment)

    assert done.exit_code == 1
    assert "`issues: write`" in done.output
