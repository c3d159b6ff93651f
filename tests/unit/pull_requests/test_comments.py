"""Comments through GitHub's API: made, edited in place, found on any page, and refused."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gateway.changes.report import Report
from gateway.commands import app
from gateway.github import GitHub, GitHubError, Repository
from gateway.pull_requests.markdown import comment, marker
from gateway.pull_requests.posting import post
from tests.github import BOT, NAME, PERSON, TOKEN, FakeGitHub, fake_github

BASE = {"full_name": NAME, "owner": {"login": "omnify"}}
FORK = {"full_name": "stranger/gateway", "owner": {"login": "stranger"}}


@pytest.fixture
def fake() -> Iterator[FakeGitHub]:
    with fake_github() as running:
        yield running


@pytest.fixture
def github(fake: FakeGitHub) -> Iterator[GitHub]:
    with GitHub(fake.repository) as client:
        yield client


def said(stack: str, more: str = "") -> str:
    return f"{marker(stack)}\n{more}\n"


def test_each_stack_has_a_comment(fake: FakeGitHub, github: GitHub) -> None:
    assert post(github, 7, {"dev": said("dev"), "prod": said("prod")}) == ["dev: commented", "prod: commented"]
    assert fake.bodies(7) == [said("dev"), said("prod")]


def test_which_is_edited_in_place(fake: FakeGitHub, github: GitHub) -> None:
    post(github, 7, {"dev": said("dev", "first")})
    fake.add(7, "Looks good.", PERSON)

    assert post(github, 7, {"dev": said("dev", "second")}) == ["dev: edited"]
    assert fake.bodies(7) == [said("dev", "second"), "Looks good."]


def test_and_found_on_whatever_page_it_is(fake: FakeGitHub, github: GitHub) -> None:
    fake.page = 2
    for number in range(5):
        fake.add(7, f"Comment {number}.", PERSON)
    post(github, 7, {"dev": said("dev", "first")})
    fake.add(7, "The last word.", PERSON)

    assert post(github, 7, {"dev": said("dev", "second")}) == ["dev: edited"]
    assert len(fake.bodies(7)) == 7


def test_the_same_again_writes_nothing(fake: FakeGitHub, github: GitHub) -> None:
    post(github, 7, {"dev": said("dev")})
    fake.comments[7][0]["body"] = said("dev").replace("\n", "\r\n")  # as browsers write
    fake.asked.clear()

    assert post(github, 7, {"dev": said("dev")}) == ["dev: nothing new"]
    assert fake.asked == ["GET /issues/7/comments"]


def test_what_a_person_wrote_is_theirs(fake: FakeGitHub, github: GitHub) -> None:
    fake.add(7, said("dev", "copied"), PERSON)
    fake.add(7, f"About {said('dev')}", BOT)

    assert post(github, 7, {"dev": said("dev", "ours")}) == ["dev: commented"]
    assert fake.bodies(7)[0] == said("dev", "copied")


def test_a_stack_that_is_not_touched_any_more_is_told_so(fake: FakeGitHub, github: GitHub) -> None:
    post(github, 7, {"dev": said("dev"), "prod": said("prod")})

    assert post(github, 7, {"dev": said("dev")}) == ["dev: nothing new", "prod: edited"]
    assert "not touched by this pull request any more" in fake.bodies(7)[1]
    assert post(github, 7, {"dev": said("dev")}) == ["dev: nothing new", "prod: nothing new"]


def test_a_refusal_says_which_permission_is_missing(fake: FakeGitHub, github: GitHub) -> None:
    fake.refuses = True

    with pytest.raises(GitHubError) as refusal:
        post(github, 7, {"dev": said("dev")})

    assert str(refusal.value) == (
        f"POST /repos/{NAME}/issues/7/comments: GitHub answers 403, 'Resource not accessible by integration'; "
        "the token may not do this: give the job `pull-requests: write` or `issues: write`"
    )


def test_a_github_that_does_not_answer_is_said_so() -> None:
    with GitHub(Repository(NAME, TOKEN, "http://127.0.0.1:1")) as github, pytest.raises(GitHubError) as refusal:
        list(github.comments(7))

    assert "GitHub did not answer" in str(refusal.value)
    assert TOKEN not in str(refusal.value)


class Posting:
    """The command, with reports of the dev stack."""

    def __init__(self, folder: Path, fake: FakeGitHub) -> None:
        self._folder, self._fake = folder, fake
        Report(stack="dev", source="commits").write(folder / "reports" / "dev.json")

    def __call__(self, event: dict[str, Any], **environment: str) -> tuple[int, str]:
        (self._folder / "event.json").write_text(json.dumps({"repository": BASE, **event}))
        arguments = ["comment", str(self._folder / "reports"), "--event", str(self._folder / "event.json")]
        done = CliRunner().invoke(app, arguments, env={**self._fake.environment, **environment})
        return done.exit_code, done.output


@pytest.fixture
def posting(tmp_path: Path, fake: FakeGitHub) -> Posting:
    return Posting(tmp_path, fake)


def run(head: dict[str, Any], sha: str = "abc", **fields: Any) -> dict[str, Any]:
    """The event after the workflow of a pull request."""
    return {
        "workflow_run": {
            "event": "pull_request",
            "head_branch": "change",
            "head_sha": sha,
            "head_repository": head,
            **fields,
        }
    }


def pull(number: int, head: dict[str, Any], sha: str = "abc") -> dict[str, Any]:
    label = f"{head['owner']['login']}:change"
    return {"number": number, "head": {"label": label, "sha": sha, "repo": head}}


def test_the_pull_request_of_the_event_is_commented_on(posting: Posting, fake: FakeGitHub) -> None:
    code, output = posting({"pull_request": pull(7, BASE)})

    assert (code, output) == (0, "✓ pull request 7, dev: commented\n")
    assert fake.bodies(7) == [comment(Report(stack="dev", source="commits"))]


def test_after_a_run_it_is_found_by_its_branch_and_commit(posting: Posting, fake: FakeGitHub) -> None:
    fake.pulls = [pull(8, BASE), pull(9, FORK, "older"), pull(10, FORK)]

    posting(run(FORK))

    assert set(fake.comments) == {10}
    assert "comes from a fork" in fake.bodies(10)[0]


def test_one_from_this_repository_is_not_called_a_fork(posting: Posting, fake: FakeGitHub) -> None:
    fake.pulls = [pull(8, BASE)]

    posting(run(BASE))

    assert "comes from a fork" not in fake.bodies(8)[0]


@pytest.mark.parametrize(
    "event", [run(FORK, "older"), run(FORK, event="push"), run(FORK, head_repository=None), {"push": {}}]
)
def test_a_run_of_no_pull_requests_newest_commit_says_nothing(
    posting: Posting, fake: FakeGitHub, event: dict[str, Any]
) -> None:
    fake.pulls = [pull(10, FORK)]

    assert posting(event) == (0, "✓ no open pull request ends in this commit; nothing is said\n")
    assert not fake.comments


def test_a_missing_token_is_said_so(posting: Posting) -> None:
    assert posting({"pull_request": pull(7, BASE)}, GITHUB_TOKEN="") == (
        1,
        "✗ GITHUB_TOKEN must be set in the environment\n",
    )


def test_without_an_event_the_comments_are_printed(tmp_path: Path) -> None:
    Report(stack="dev", source="commits").write(tmp_path / "dev.json")

    done = CliRunner().invoke(app, ["comment", str(tmp_path)])

    assert (done.exit_code, done.output) == (0, comment(Report(stack="dev", source="commits")))


def test_what_is_no_report_is_refused(tmp_path: Path) -> None:
    (tmp_path / "dev.json").write_text("{}")

    done = CliRunner().invoke(app, ["comment", str(tmp_path)])

    assert done.exit_code == 1
    assert "is no report" in done.output


def test_a_token_that_has_used_up_its_requests_is_said_so(fake: FakeGitHub, github: GitHub) -> None:
    fake.refuses, fake.left = True, 0

    with pytest.raises(GitHubError, match="the token has used up its requests: try again later"):
        post(github, 7, {"dev": said("dev")})
