"""What is shown of the engine's words, and how it is asked."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gateway.changes.report import Report
from gateway.commands import app
from gateway.deployment.engine import without_values

# As Pulumi 3.259 printed it.
VIOLATION = (
    "    error: resource urn:pulumi:dev::omnify-gateway::kubernetes:core/v1:Secret::kong-database violates plan: "
    "properties changed: ++data[{&{{map[password:{bWFkZS1ieQ==}]}}}!={&{{map[password:{eG5UU1}]}}}]\n"
)


def test_values_of_what_violates_a_plan_are_not_shown() -> None:
    (line,) = without_values([VIOLATION])

    assert line == (
        "    error: resource urn:pulumi:dev::omnify-gateway::kubernetes:core/v1:Secret::kong-database violates plan: "
        "properties changed (values not shown)"
    )


def test_other_lines_are_as_they_were() -> None:
    lines = [" +  kong:index:Route billing creating (0s)", "error: update failed"]

    assert list(without_values(f"{line}\n" for line in lines)) == lines


class Cli:
    """A `pulumi` on PATH that does as a test says, and keeps what it was asked."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder = folder
        monkeypatch.setenv("PATH", str(folder), prepend=":")

    def does(self, script: str) -> None:
        file = self._folder / "pulumi"
        file.write_text(f'#!/bin/sh\necho "$@" >> {self._folder}/asked\n{script}\n')
        file.chmod(0o755)

    @property
    def asked(self) -> list[str]:
        return (self._folder / "asked").read_text().splitlines()


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    return Cli(tmp_path, monkeypatch)


PREVIEW = """case "$*" in *--json*) echo '{"steps": []}';; *) echo 'Previewing update (dev):';; esac"""


def test_a_preview_is_told_saved_and_planned(cli: Cli, tmp_path: Path) -> None:
    cli.does(PREVIEW)

    arguments = ["preview", "-s", "dev", "--plan", str(tmp_path / "plan.json"), "--save", str(tmp_path / "to/dev.json")]
    done = CliRunner().invoke(app, arguments)

    assert (done.exit_code, done.output) == (0, "✓ dev: nothing changes\n")
    report = Report.model_validate_json((tmp_path / "to" / "dev.json").read_bytes())
    assert (report.source, report.raw) == ("engine", "Previewing update (dev):\n")
    assert cli.asked == [
        f"preview --stack dev --diff --save-plan {tmp_path / 'plan.json'} --non-interactive --color never",
        "preview --stack dev --json --show-sames --non-interactive --color never",
    ]


def test_a_preview_that_fails_says_why_also_in_its_report(cli: Cli, tmp_path: Path) -> None:
    cli.does("echo '1 problem in the settings'; exit 255")

    done = CliRunner().invoke(app, ["preview", "-s", "dev", "--save", str(tmp_path / "dev.json")])

    assert (done.exit_code, done.output) == (1, "✗ `pulumi preview` failed:\n  1 problem in the settings\n")
    assert "1 problem" in json.loads((tmp_path / "dev.json").read_text())["failure"]


def test_a_deployment_keeps_to_its_plan(cli: Cli, tmp_path: Path) -> None:
    cli.does("echo done")

    done = CliRunner().invoke(app, ["deploy", "-s", "dev", "--plan", str(tmp_path / "plan.json")])

    assert (done.exit_code, done.output) == (0, "done\n")
    assert cli.asked == [
        f"up --stack dev --yes --skip-preview --plan {tmp_path / 'plan.json'} --non-interactive --color never"
    ]


def test_one_that_stops_says_what_to_do_and_shows_no_value(cli: Cli, tmp_path: Path) -> None:
    cli.does(f"echo '{VIOLATION.strip()}' >&2; exit 255")

    done = CliRunner().invoke(app, ["deploy", "-s", "dev", "--plan", str(tmp_path / "plan.json")])

    assert done.exit_code == 1
    assert "(values not shown)" in done.output
    assert "eG5UU1" not in done.output
    assert "preview again" in done.output


def test_without_the_cli_it_is_said_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    done = CliRunner().invoke(app, ["preview", "-s", "dev"])

    assert (done.exit_code, done.output.split(" (")[0]) == (1, "✗ the Pulumi CLI is not on PATH")
