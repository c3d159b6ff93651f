"""`python -m gateway facts`: the facts that the project keeps, or those of another Kong."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from entities.schema.kong import FACTS_FILE
from gateway.commands import app
from tests.recordings import RECORDINGS, needs_recordings
from tests.standin import RunningStandin, standin
from tests.unit.gateway.projects import gateway

__all__ = ["standin"]


def facts(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["facts", *arguments])


def test_the_kept_facts_are_printed_as_they_are_kept() -> None:
    said = facts()

    assert (said.exit_code, said.stdout) == (0, FACTS_FILE.read_text())


@needs_recordings
def test_recorded_schemas_give_the_kept_facts() -> None:
    assert facts("--recorded", str(RECORDINGS)).stdout == FACTS_FILE.read_text()


def test_a_folder_without_schemas_is_told(tmp_path: Path) -> None:
    said = facts("--recorded", str(tmp_path))

    assert (said.exit_code, said.stdout) == (1, "")
    assert f"cannot read Kong's schemas from {tmp_path}" in said.stderr


def test_an_admin_api_that_does_not_answer_is_told() -> None:
    said = facts("--admin-url", "http://127.0.0.1:1")

    assert (said.exit_code, said.stdout) == (1, "")
    assert "cannot read Kong's schemas from http://127.0.0.1:1" in said.stderr


def test_something_that_is_no_admin_api_is_told(standin: RunningStandin) -> None:
    said = facts("--admin-url", standin.status_url)

    assert (said.exit_code, said.stdout) == (1, "")
    assert standin.status_url in said.stderr


def test_what_is_no_schema_is_told(tmp_path: Path) -> None:
    (tmp_path / "schemas" / "plugins").mkdir(parents=True)
    (tmp_path / "schemas" / "acls.json").write_text("[]")

    said = facts("--recorded", str(tmp_path))

    assert (said.exit_code, said.stdout) == (1, "")
    assert "are not the schemas of Kong 3.9" in said.stderr


def test_two_sources_at_once_are_refused() -> None:
    said = gateway("facts", "--recorded", ".", "--admin-url", "http://127.0.0.1:1")

    assert (said.returncode, said.stdout) == (1, "")
    assert "not both" in said.stderr


@pytest.mark.parametrize("arguments", [("--recorded", "x"), ("--admin-url", "nonsense")])
def test_a_refusal_is_one_line(arguments: tuple[str, ...]) -> None:
    assert facts(*arguments).stderr.count("\n") == 1
