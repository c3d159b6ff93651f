"""The workflows: checked by actionlint and zizmor, and by what this project asks of them besides."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import typer.main
import yaml

from config.files import stacks
from gateway.commands import app
from gateway.recording import PROJECT
from sandbox.cluster.build import GoMissingError, build
from sandbox.tools import ACTIONLINT

GITHUB = PROJECT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
FILES = [*WORKFLOWS, *sorted(GITHUB.glob("actions/*/action.yml"))]
TRUSTED = {"pull-request-comment.yml", "drift.yml", "deploy.yml"}
"""Workflows that run the code of the main branch alone."""

workflows = pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)


def read(file: Path) -> dict[Any, Any]:
    return yaml.safe_load(file.read_text("utf-8"))


def jobs(file: Path) -> dict[str, dict[str, Any]]:
    return read(file)["jobs"]


def steps(file: Path) -> Iterator[dict[str, Any]]:
    for job in [read(file)["runs"]] if file.name == "action.yml" else jobs(file).values():
        yield from job["steps"]


def scripts() -> Iterator[tuple[Path, str]]:
    for file in FILES:
        yield from ((file, step["run"]) for step in steps(file) if "run" in step)


@pytest.fixture(scope="session")
def actionlint() -> Path:
    try:
        return build(program=ACTIONLINT)
    except GoMissingError as error:
        pytest.skip(f"actionlint is built with Go: {error}")


def linted(actionlint: Path, *files: Path) -> "subprocess.CompletedProcess[str]":
    # What shellcheck finds depends on whether a machine has it.
    return run(actionlint, "-no-color", "-shellcheck=", "-pyflakes=", *files)


def zizmor(*arguments: object) -> "subprocess.CompletedProcess[str]":
    program = Path(sys.executable).with_name("zizmor")
    return run(program, "--offline", "--persona", "pedantic", "--no-progress", *arguments)


def run(*command: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([*map(str, command)], cwd=PROJECT, capture_output=True, text=True, check=False)


def test_actionlint_finds_nothing(actionlint: Path) -> None:
    done = linted(actionlint, *WORKFLOWS)

    assert (done.returncode, done.stdout) == (0, "")


def test_actionlint_finds_what_is_wrong(actionlint: Path, tmp_path: Path) -> None:
    wrong = WORKFLOWS[0].read_text("utf-8").replace("runs-on: ubuntu-24.04", "runs-on: ubuntu-9.04")
    (tmp_path / "wrong.yml").write_text(wrong)

    assert "ubuntu-9.04" in linted(actionlint, tmp_path / "wrong.yml").stdout


def test_zizmor_finds_nothing() -> None:
    done = zizmor("--config", GITHUB / "zizmor.yml", GITHUB)

    assert done.returncode == 0, done.stdout


def test_zizmor_finds_what_is_dangerous(tmp_path: Path) -> None:
    wrong = (GITHUB / "workflows" / "pull-request.yml").read_text("utf-8").replace('"$STACK"', "${{ github.head_ref }}")
    (tmp_path / "wrong.yml").write_text(wrong)

    assert "template-injection" in zizmor(tmp_path / "wrong.yml").stdout


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(GITHUB)))
def test_actions_are_pinned_by_commit_with_their_version(file: Path) -> None:
    used = re.findall(r"uses: (\S+)(.*)", file.read_text("utf-8"))

    for action, comment in used:
        own = action.startswith("./.github/actions/")
        assert own or re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action), action
        assert own or re.fullmatch(r" # v\d+(\.\d+)*", comment), action


def test_an_action_is_pinned_in_one_version() -> None:
    used = {match for file in FILES for match in re.findall(r"uses: (\S+)@(\S+)", file.read_text("utf-8"))}

    assert len(used) == len({action for action, _ in used})


@workflows
def test_nothing_is_permitted_but_what_a_job_names(file: Path) -> None:
    assert read(file)["permissions"] == {}
    for name, job in jobs(file).items():
        assert job["permissions"].pop("contents") == "read", name
        assert set(job["permissions"].items()) <= {
            ("actions", "read"),
            ("id-token", "write"),
            ("issues", "write"),
            ("pull-requests", "write"),
        }, name


@workflows
def test_each_job_ends(file: Path) -> None:
    assert all(0 < job["timeout-minutes"] <= 90 for job in jobs(file).values())


@workflows
def test_what_runs_a_pull_requests_code_may_write_nothing_and_reads_no_secret(file: Path) -> None:
    text = file.read_text("utf-8")
    assert "pull_request_target" not in text
    assert "secrets." not in text, "who may do something is asked by OpenID Connect"
    if file.name not in TRUSTED:
        assert not [job for job in jobs(file).values() if {"issues", "pull-requests"} & job["permissions"].keys()]


def test_what_may_write_comments_checks_out_nothing_of_the_pull_request() -> None:
    file = GITHUB / "workflows" / "pull-request-comment.yml"

    (checkout,) = (step for step in steps(file) if step.get("uses", "").startswith("actions/checkout@"))
    assert checkout["with"] == {"persist-credentials": False}
    assert read(file)[True]["workflow_run"]["workflows"] == [read(GITHUB / "workflows" / "pull-request.yml")["name"]]


def test_a_forks_code_never_meets_an_identity() -> None:
    for job in jobs(GITHUB / "workflows" / "pull-request.yml").values():
        if "id-token" in job["permissions"]:
            assert "github.event.pull_request.head.repo.full_name == github.repository" in job["if"]


def test_production_waits_for_approval_and_does_what_was_previewed() -> None:
    deploy = jobs(GITHUB / "workflows" / "deploy.yml")
    (upload,) = (step for step in deploy["prod-preview"]["steps"] if "upload-artifact" in step.get("uses", ""))
    (download,) = (step for step in deploy["prod"]["steps"] if "download-artifact" in step.get("uses", ""))

    assert (deploy["prod"]["needs"], deploy["prod-preview"]["needs"]) == ("prod-preview", "dev")
    assert deploy["prod"]["environment"] == "prod" != deploy["prod-preview"]["environment"]
    assert upload["with"]["name"] == download["with"]["name"]
    assert all(deploy[name]["concurrency"]["cancel-in-progress"] is False for name in ("dev", "prod"))


def test_every_stack_is_deployed_and_compared_each_night() -> None:
    drift, deploy = (jobs(GITHUB / "workflows" / name) for name in ("drift.yml", "deploy.yml"))
    (expected,) = (step["run"] for step in drift["issue"]["steps"] if "drift-issue" in step.get("run", ""))

    assert drift["compare"]["strategy"]["matrix"]["stack"] == list(stacks(PROJECT))
    assert re.findall(r"--stack (\S+)", expected) == list(stacks(PROJECT))
    assert set(stacks(PROJECT)) <= deploy.keys()


@pytest.mark.parametrize(("file", "script"), [*scripts()])
def test_scripts_are_commands_of_this_project(file: Path, script: str) -> None:
    assert "${{" not in script
    commands = re.findall(r"-m gateway ([^\n)>]*)", script)
    assert commands or SHELL.fullmatch(script.strip()), f"{file.name} has shell of its own"
    for command in commands:
        called(shlex.split(command.rstrip('"') if command.count('"') % 2 else command))


SHELL = re.compile(
    r'\.ci/run|mkdir reports|pulumi org set-default "\$ORGANIZATION"|python -m venv .venv\n.*pip install.*'
)
"""What else a workflow may run."""


def called(arguments: list[str]) -> None:
    """Check that a command line is one of this project's, without running it."""
    group = cast("Any", typer.main.get_command(app))
    group.commands[arguments[0]].make_context(arguments[0], arguments[1:])
