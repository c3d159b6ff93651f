"""`python -m gateway lint`, and the line of `validate` that leads to it."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from rich.console import Console

from gateway import commands, stacks
from gateway.linting import command
from gateway.linting.report import catalogue, show
from tests.unit.config.documents import Edit, edited, put
from tests.unit.gateway.projects import copied, gateway
from tests.unit.lint.findings import linted


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of the test's own, which the commands take for theirs."""
    monkeypatch.setattr(stacks, "PROJECT", copied(tmp_path))
    monkeypatch.setattr(command, "PROJECT", tmp_path)
    return tmp_path


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run the command line in this process: its exit code, standard output and standard error."""

    def running(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["gateway", *arguments])
        with pytest.raises(SystemExit) as end:
            commands.run()
        out, err = capsys.readouterr()
        return int(end.value.code or 0), out, err

    return running


def write(project: Path, stack: str, *edits: Edit) -> None:
    document = {"config": {f"omnify-gateway:{key}": value for key, value in edited("dev", *edits).items()}}
    (project / f"Pulumi.{stack}.yaml").write_text(yaml.safe_dump(document))


SHRUNK = put("tiers[2].times", 2)


def test_the_repository_lints_clean_with_a_line_for_each_acceptance() -> None:
    said = gateway("lint")

    assert (said.returncode, said.stderr) == (0, "")
    assert [line for line in said.stdout.splitlines() if not line.startswith(" ")] == [
        "✓ stack dev: no findings, 2 accepted",
        "✓ stack prod: no findings, 2 accepted",
    ]
    assert "  – public-under-protected at omnify-auth, accepted: The backend has its login below" in said.stdout  # noqa: RUF001
    assert "\x1b" not in said.stdout


def test_a_finding_is_told_with_key_path_and_remedy_and_exits_1(project: Path, run: Any) -> None:
    write(project, "wrong", SHRUNK)

    code, out, err = run("lint", "-s", "wrong")

    assert (code, err) == (1, "")
    assert out.splitlines()[:4] == [
        "✗ stack wrong: 1 finding, 2 accepted",
        "  warning limits-shrink at enterprise",
        "    tiers[2].times: tier 'enterprise' has 2,000 requests a minute, fewer than tier 'pro' before it, "
        "which has 5,000",
        "    write at least 5000, or list the tiers from the smallest up",
    ]
    assert len(out.splitlines()) == 6


def test_some_stacks_or_all_are_linted(project: Path, run: Any) -> None:
    write(project, "wrong", SHRUNK)

    assert run("lint", "-s", "dev", "-s", "prod")[0] == 0
    assert [line for line in run("lint")[1].splitlines() if line[0] in "✓✗"] == [
        "✓ stack dev: no findings, 2 accepted",
        "✓ stack prod: no findings, 2 accepted",
        "✗ stack wrong: 1 finding, 2 accepted",
    ]


def test_what_is_accepted_can_be_shown_whole(project: Path, run: Any) -> None:
    code, out, _ = run("lint", "-s", "dev", "--accepted")

    assert code == 0
    assert "    apis[0].routes[1].paths[0]: '/api/auth/' is public, under '/api/', which route" in out
    assert "    accepted: The backend has its login below /api/, and nobody has a token before it.\n" in out


def test_the_report_for_machines_has_every_finding_with_its_reason(project: Path, run: Any) -> None:
    write(project, "wrong", SHRUNK)

    code, out, _ = run("lint", "-s", "wrong", "--json")

    report = json.loads(out)
    (stack,) = report["stacks"]
    assert (code, report["version"], report["clean"], stack["clean"]) == (1, 1, False, False)
    assert stack["findings"][0] == {
        "rule": "limits-shrink",
        "severity": "warning",
        "place": "tiers[2].times",
        "at": "enterprise",
        "wrong": "tier 'enterprise' has 2,000 requests a minute, fewer than tier 'pro' before it, which has 5,000",
        "instead": "write at least 5000, or list the tiers from the smallest up",
        "accepted": None,
    }
    assert [finding["accepted"] is not None for finding in stack["findings"]] == [False, True, True]


def test_a_clean_report_says_so(project: Path, run: Any) -> None:
    code, out, _ = run("lint", "--json")

    assert code == 0
    assert [json.loads(out)["clean"], *(stack["clean"] for stack in json.loads(out)["stacks"])] == [True, True, True]


def test_wrong_settings_are_told_as_everywhere_with_their_stack(project: Path, run: Any) -> None:
    write(project, "wrong", put("platform.replicas", 0))

    code, out, err = run("lint")

    assert (code, out) == (1, "")
    assert err.splitlines() == [
        "stack wrong",
        "✗ 1 problem in the stack's settings:",
        "  platform.replicas: must be at least 1, not 0",
    ]


def test_the_rules_are_printed_with_what_they_are_for() -> None:
    said = gateway("lint", "--rules")

    assert (said.returncode, said.stdout) == (0, catalogue())
    assert "\n## route-shadowed\n*Error.* " in said.stdout


def test_a_terminal_gets_colours() -> None:
    screen = io.StringIO()

    show(Console(file=screen, force_terminal=True, color_system="standard"), "dev", linted(SHRUNK), accepted=False)

    assert "\x1b[33mwarning \x1b[0m\x1b[1mlimits-shrink\x1b[0m" in screen.getvalue()


def test_validate_says_when_lint_has_something_to_say(project: Path, run: Any) -> None:
    write(project, "wrong", SHRUNK)

    code, out, _ = run("validate", "-s", "wrong")

    assert code == 0
    assert out.splitlines()[1:] == ["! lint finds 1 thing besides: python -m gateway lint --stack wrong"]
    assert len(run("validate", "-s", "dev")[1].splitlines()) == 1
