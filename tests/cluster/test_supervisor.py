"""Processes are found again by their records, and nothing else is taken for them."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.cluster import supervisor as module
from sandbox.cluster.supervisor import Program, Supervisor


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    """A supervisor whose programs are gone afterwards."""
    made = Supervisor(tmp_path / "run")
    yield made
    made.stop(["sleeper"])


def _program(directory: Path, command: str = "exec /bin/sleep 60") -> Program:
    settings = directory / "settings"
    if not settings.exists():
        settings.write_text("first")
    return Program(
        name="sleeper",
        command=("/bin/sh", "-c", command),
        environment={},
        log=directory / "logs" / "sleeper.log",
        reads=(settings,),
    )


def test_another_supervisor_of_the_directory_finds_what_runs(supervisor: Supervisor, tmp_path: Path) -> None:
    started = supervisor.start(_program(tmp_path))

    assert Supervisor(tmp_path / "run").running("sleeper") == started


def test_a_program_whose_starter_was_killed_before_it_wrote_the_record_is_found(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    started = supervisor.start(_program(tmp_path))
    (tmp_path / "run" / "sleeper.json").unlink()

    assert Supervisor(tmp_path / "run").running("sleeper") == started
    assert not supervisor.up_to_date(_program(tmp_path))
    supervisor.stop(["sleeper"])
    assert not started.is_running()


def test_a_process_that_got_the_same_id_is_not_taken_for_ours(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start(_program(tmp_path))
    file = tmp_path / "run" / "sleeper.json"
    ours = json.loads(file.read_text())
    supervisor.stop(["sleeper"])
    file.write_text(json.dumps({**ours, "pid": os.getpid()}))

    found = supervisor.running("sleeper")

    file.unlink()
    assert found is None


def test_a_process_that_ended_does_not_run_though_nobody_looked_after_it(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    started = supervisor.start(_program(tmp_path, "exit 0"))
    os.waitid(os.P_PID, started.pid, os.WEXITED | os.WNOWAIT)

    assert supervisor.running("sleeper") is None


def test_a_changed_file_makes_a_running_program_outdated(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start(_program(tmp_path))
    assert supervisor.up_to_date(_program(tmp_path))

    (tmp_path / "settings").write_text("second")

    assert not supervisor.up_to_date(_program(tmp_path))


def test_a_changed_command_makes_a_running_program_outdated(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.start(_program(tmp_path))

    assert not supervisor.up_to_date(_program(tmp_path, "exec /bin/sleep 61"))


def test_a_program_that_does_not_end_by_itself_is_killed(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_GRACE", 0.1)
    deaf = "trap '' TERM; echo deaf; while :; do /bin/sleep 0.1; done"
    started = supervisor.start(_program(tmp_path, deaf))
    log = tmp_path / "logs" / "sleeper.log"
    while "deaf" not in log.read_text():
        os.sched_yield()

    supervisor.stop(["sleeper"])

    assert not started.is_running()
