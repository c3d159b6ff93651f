"""The scripts of the migrations' Jobs, run by a shell with something in Kong's place that keeps a database's state."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from components.platform.migrations import FINISH, PREPARE, Step

_KONG = """\
#!/bin/sh
# As Kong's kong/cmd/migrations.lua and kong/cmd/utils/migrations.lua; the files pending, new and empty are the state.
cd "$STATE"
[ -e gone ] && { echo "Error: connection refused" >&2; exit 1; }
echo "$2" >> run
case "$2" in
  bootstrap) rm -f empty; exit 0 ;;
  list)
    echo "Executed migrations:"
    [ -e pending ] && echo "Pending migrations:"
    [ -e new ] && echo "New migrations available:"
    [ -e pending ] && exit 4
    [ -e new ] && exit 5
    exit 0 ;;
  up)
    [ -e pending ] && { echo "Error: run 'kong migrations finish'" >&2; exit 1; }
    [ -e new ] && mv new pending
    exit 0 ;;
  finish) [ -e empty ] && exit 1; rm -f pending; exit 0 ;;
esac
exit 1
"""


@dataclass
class Database:
    """What a database holds, as Kong sees it."""

    folder: Path

    def has(self, *states: str) -> None:
        for state in states:
            (self.folder / state).touch()

    def run(self, step: Step) -> tuple[int, list[str]]:
        """With what a step's script ends, and the commands of `kong migrations` that it ran."""
        environment = {"PATH": f"{self.folder}:{os.environ['PATH']}", "STATE": str(self.folder)}
        command = ["/bin/sh", "-ec", step.script]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        ran = self.folder / "run"
        return done.returncode, ran.read_text().split() if ran.exists() else []

    @property
    def state(self) -> set[str]:
        return {state for state in ("pending", "new", "empty") if (self.folder / state).exists()}


@pytest.fixture
def database(tmp_path: Path) -> Database:
    kong = tmp_path / "kong"
    kong.write_text(_KONG)
    kong.chmod(0o700)
    return Database(tmp_path)


def test_an_empty_database_is_filled(database: Database) -> None:
    database.has("empty")
    assert database.run(PREPARE) == (0, ["bootstrap", "list"])
    assert database.state == set()


def test_an_upgrade_adds_what_is_new_and_takes_nothing_from_the_old_pods(database: Database) -> None:
    database.has("new")
    assert database.run(PREPARE) == (0, ["bootstrap", "list", "up"])
    assert database.state == {"pending"}


def test_run_again_before_the_rollout_it_still_takes_nothing_from_the_old_pods(database: Database) -> None:
    """Another database password, another authority: the Job runs again, while new pods never became ready."""
    database.has("pending")
    assert database.run(PREPARE) == (0, ["bootstrap", "list"])
    assert database.state == {"pending"}


def test_an_earlier_upgrade_that_never_ended_is_ended_before_the_next(database: Database) -> None:
    database.has("pending", "new")
    assert database.run(PREPARE) == (0, ["bootstrap", "list", "finish", "up"])
    assert database.state == {"pending"}


def test_without_anything_new_it_does_nothing(database: Database) -> None:
    assert database.run(PREPARE) == (0, ["bootstrap", "list"])


def test_after_the_rollout_what_only_old_pods_needed_goes(database: Database) -> None:
    database.has("pending")
    assert database.run(FINISH) == (0, ["finish"])
    assert database.state == set()


@pytest.mark.parametrize("step", [PREPARE, FINISH], ids=["up", "finish"])
def test_a_database_that_does_not_answer_fails_the_job(step: Step, database: Database) -> None:
    database.has("new", "gone")
    code, _ = database.run(step)
    assert code != 0


def test_a_list_that_fails_is_not_taken_for_nothing_new(database: Database) -> None:
    """The database goes away between the two."""
    kong = database.folder / "kong"
    kong.write_text(kong.read_text().replace("bootstrap) rm -f empty;", "bootstrap) touch gone;"))
    database.has("new")
    code, _ = database.run(PREPARE)
    assert code != 0
