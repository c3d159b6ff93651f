"""What is wrong with a command's arguments: one line that says so, and 1."""

import pytest

from gateway import commands
from tests.unit.gateway.projects import gateway


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("drift",), "✗ Missing option '--stack' / '-s'; 'python -m gateway drift --help' says what it takes"),
        (
            ("diff", "--stack", "dev"),
            "✗ Missing option '--against'; 'python -m gateway diff --help' says what it takes",
        ),
        (("nope",), "✗ No such command 'nope'; 'python -m gateway --help' says what it takes"),
        (
            ("render", "--stack", "dev", "--format", "toml"),
            "✗ Invalid value for '--format' / '-f': 'toml' is not one of 'kong', 'kubernetes', 'json'; "
            "'python -m gateway render --help' says what it takes",
        ),
    ],
)
def test_wrong_usage_ends_with_1_which_is_not_what_a_difference_ends_with(
    arguments: tuple[str, ...],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.argv", ["gateway", *arguments])

    with pytest.raises(SystemExit) as end:
        commands.run()

    assert (end.value.code, capsys.readouterr()) == (1, ("", f"{message}\n"))


def test_without_a_command_the_help_is_shown() -> None:
    said = gateway()

    assert (said.returncode, said.stderr) == (1, "")
    assert "validate" in said.stdout
    assert "\x1b" not in said.stdout


def test_help_is_no_failure() -> None:
    assert gateway("drift", "--help").returncode == 0
