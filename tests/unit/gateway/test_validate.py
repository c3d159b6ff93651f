"""`python -m gateway validate`: one line and 0, or every problem and 1."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import JsonValue

from config.files import StackFileError, read_files
from config.problems import InvalidSettingsError
from entities.validation import validated
from gateway import commands, stacks
from tests.unit.config.documents import Edit, edited, put
from tests.unit.gateway.projects import copied, gateway


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of the test's own, which the commands take for theirs."""
    monkeypatch.setattr(stacks, "PROJECT", copied(tmp_path))
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


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_a_right_stack_is_one_line(stack: str) -> None:
    said = gateway("validate", "--stack", stack)

    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.count("\n") == 1
    assert said.stdout.startswith(f"✓ stack {stack} is valid: 1 API, 3 tiers, ")
    assert said.stdout.endswith(" Kong entities, mode database\n")


def test_every_problem_is_one_line_with_its_key_path(project: Path, run: Any) -> None:
    write(
        project,
        "wrong",
        put("platform.replicas", 0),
        put("apis[0].routes[0].paths", ["[red]/api/"]),
        put("limits.hour", 10),
        put("plugins", [{"name": "cors"}]),
    )

    code, out, err = run("validate", "-s", "wrong")

    with pytest.raises(InvalidSettingsError) as refusal:
        validated(read_files(project, "wrong"))
    assert (code, out) == (1, "")
    assert err.splitlines() == [
        "✗ 3 problems in the stack's settings:",
        "  apis[0].routes[0].paths[0]: '[red]/api/' must start with a slash; write '/[red]/api/'",
        "  limits.hour: 10 is below the minute's limit; write at least 1000",
        "  platform.replicas: must be at least 1, not 0",
    ]
    assert [line.strip() for line in err.splitlines()[1:]] == [str(problem) for problem in refusal.value.problems]


def test_one_problem_is_not_called_problems(project: Path, run: Any) -> None:
    write(project, "wrong", put("platform.replicas", 0))

    assert run("validate", "-s", "wrong")[2].startswith("✗ 1 problem in ")


def test_a_stack_that_is_not_there_is_told_with_those_that_are(run: Any) -> None:
    code, out, err = run("validate", "-s", "[/]test")

    assert (code, out) == (1, "")
    assert err == "✗ there is no stack '[/]test' (Pulumi.[/]test.yaml); the stacks here are: dev, prod\n"


def test_a_key_written_twice_is_refused(project: Path, run: Any) -> None:
    (project / "Pulumi.twice.yaml").write_text("config:\n  a: {}\n  a: {}\n")

    code, _, err = run("validate", "-s", "twice")

    assert code == 1
    assert err.startswith("✗ Pulumi.twice.yaml is not YAML: the key 'a' is written twice; keep one of them")
    assert "line 3, column 3" in err


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("config: [", "Pulumi.broken.yaml is not YAML: "),
        ("- config\n", "Pulumi.broken.yaml is not a mapping; write keys with their values\n"),
        ("config: dev\n", "config: in Pulumi.broken.yaml is not a mapping; write keys with their values\n"),
        ("config:\n  7: 8\n", "4 problems"),
    ],
)
def test_a_file_that_holds_no_stack_is_refused(text: str, reason: str, project: Path, run: Any) -> None:
    (project / "Pulumi.broken.yaml").write_text(text)

    code, _, err = run("validate", "-s", "broken")

    assert code == 1
    assert err.startswith(f"✗ {reason}")


def test_an_empty_file_says_what_is_missing(project: Path, run: Any) -> None:
    (project / "Pulumi.empty.yaml").write_text("")

    _, _, err = run("validate", "-s", "empty")

    assert [line.split(": ")[0].strip() for line in err.splitlines()[1:]] == ["auth", "backends", "cluster"]


def test_a_project_without_its_file_is_refused(project: Path) -> None:
    (project / "Pulumi.yaml").unlink()

    with pytest.raises(StackFileError, match=r"there is no Pulumi\.yaml"):
        stacks.stack_settings("dev")


def test_an_encrypted_value_is_refused_and_not_shown(project: Path, run: Any) -> None:
    write(project, "secret", put("auth.issuer", {"secure": "v1:ciphertext"}))

    code, _, err = run("validate", "-s", "secret")

    assert code == 1
    assert "auth.issuer: is encrypted, but no setting here is a secret" in err
    assert "ciphertext" not in err


def test_a_stacks_key_replaces_the_projects_whole_key(project: Path) -> None:
    write(project, "other", put("limits", {"minute": 1, "hour": 2, "day": 3}))

    limits = stacks.stack_settings("other").limits

    assert (limits.minute, limits.hour, limits.day) == (1, 2, 3)


def test_what_only_the_program_can_refuse_is_said_as_well(project: Path, run: Any) -> None:
    patch: JsonValue = {"kind": "Service", "name": "kong", "patch": {"spec": {}}}
    write(project, "patched", put("platform.patches", [patch]))

    code, _, err = run("validate", "-s", "patched")

    assert code == 1
    assert "platform.patches[0].name: this stack has no Service 'kong'; write one of kong-admin, " in err


@pytest.mark.parametrize("arguments", [("validate", "-s", "dev"), ("validate", "-s", "none"), ("--help",)])
def test_a_pipe_gets_no_colours(arguments: tuple[str, ...]) -> None:
    said: subprocess.CompletedProcess[str] = gateway(*arguments, TERM="xterm-256color")

    assert said.stdout + said.stderr
    assert "\x1b" not in said.stdout + said.stderr


def test_without_a_command_the_commands_are_listed() -> None:
    said = gateway()

    for command in ("validate", "render", "schema", "verify", "keys", "facts"):
        assert f" {command} " in said.stdout + said.stderr


def test_an_environment_of_pulumi_esc_is_no_settings_business(run: Any, project: Path) -> None:
    """Its secrets are not needed offline."""
    write(project, "escaped", put("entities", RAW_KEY))
    from_esc(project, "escaped")

    assert run("validate", "--stack", "escaped")[0] == 0
    assert run("render", "--stack", "escaped")[0] == 0
    assert "DECK_ONLY_IN_ESC" in run("render", "--stack", "escaped")[1]


def test_settings_that_only_an_environment_has_are_told_as_such(run: Any, project: Path) -> None:
    write(project, "escaped", put("auth", {}))
    from_esc(project, "escaped")

    code, _, said = run("validate", "--stack", "escaped")

    assert code == 1
    assert "environment" in said
    assert "omnify/gateway may have what is missing, but only the engine opens it" in said


RAW_KEY = {
    "consumers": [{"username": "partner"}],
    "keyauth_credentials": [{"consumer": "partner", "key": "{secret://only-in-esc}"}],
}


def from_esc(project: Path, stack: str) -> None:
    """Let a stack take more from an environment, as `pulumi config env add` does."""
    file = project / f"Pulumi.{stack}.yaml"
    file.write_text("environment:\n  - omnify/gateway\n" + file.read_text())
