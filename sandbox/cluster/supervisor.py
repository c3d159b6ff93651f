"""Processes that outlive whoever started them: one record file each, with which any later process finds them."""

import hashlib
import json
import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

_PAUSE = 0.02
"""Seconds between two looks at processes that are ending."""

_MARK = "OMNIFY_SUPERVISED"
"""In the environment of each program: its record. It finds the one whose starter was killed before it wrote that."""

_GRACE = 10.0
"""Seconds that a process has to end by itself before it is killed."""


@dataclass(frozen=True)
class Program:
    """What runs, and where it writes."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    log: Path

    reads: tuple[Path, ...]
    """Files that it reads once, when it starts: a change of them makes a running process outdated."""

    def fingerprint(self) -> str:
        """Two programs with the same fingerprint run alike."""
        digest = hashlib.sha256(json.dumps([self.command, dict(self.environment)]).encode())
        for path in self.reads:
            digest.update(path.read_bytes())
        return digest.hexdigest()


class Supervisor:
    """Starts, finds and ends programs; their records lie in one directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory.absolute()

    def running(self, name: str) -> psutil.Process | None:
        """Give the program's process, if it runs."""
        return self._recorded(name) or self._marked(name)

    def _recorded(self, name: str) -> psutil.Process | None:
        try:
            record = json.loads(self._record(name).read_text())
            process = psutil.Process(record["pid"])
            # A process id is given again after a while; with its start time it is one process's own.
            if process.create_time() == record["started"] and _lives(process):
                return process
        except (FileNotFoundError, json.JSONDecodeError, psutil.NoSuchProcess):
            pass
        return None

    def _marked(self, name: str) -> psutil.Process | None:
        mark = str(self._record(name))
        for process in psutil.process_iter(["environ"]):
            # None for other users' processes.
            environment: dict[str, str] | None = process.info["environ"]
            if environment and environment.get(_MARK) == mark and _lives(process):
                return process
        return None

    def up_to_date(self, program: Program) -> bool:
        """Tell whether the program runs, and as it would be started now; of one without a record nobody knows."""
        if self._recorded(program.name) is None:
            return False
        return json.loads(self._record(program.name).read_text())["fingerprint"] == program.fingerprint()

    def start(self, program: Program) -> psutil.Process:
        """Start the program, away from this process's terminal and signals, with a fresh log."""
        self._directory.mkdir(parents=True, exist_ok=True)
        program.log.parent.mkdir(parents=True, exist_ok=True)
        with program.log.open("wb") as log:
            child = subprocess.Popen(  # noqa: S603 - the control plane's own binary
                program.command,
                cwd=program.log.parent,
                env={**program.environment, _MARK: str(self._record(program.name))},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        # It is left to run, which Popen would warn about when it is forgotten.
        child.returncode = 0
        process = psutil.Process(child.pid)
        record = {
            "pid": process.pid,
            "started": process.create_time(),
            "fingerprint": program.fingerprint(),
        }
        partial = self._record(program.name).with_suffix(f".{os.getpid()}")
        partial.write_text(json.dumps(record))
        partial.replace(self._record(program.name))
        return process

    def stop(self, names: Sequence[str]) -> None:
        """End these programs together: politely, and by force those that take more than ten seconds."""
        running = [process for name in names if (process := self.running(name))]
        for process in running:
            with suppress(psutil.NoSuchProcess):
                process.terminate()
        for process in _remaining(running):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        _remaining(running)
        for name in names:
            self._record(name).unlink(missing_ok=True)

    def _record(self, name: str) -> Path:
        return self._directory / f"{name}.json"


def _remaining(processes: Sequence[psutil.Process]) -> list[psutil.Process]:
    """Wait for processes to end, and give those that have not after ten seconds."""
    deadline = time.monotonic() + _GRACE
    while (alive := [process for process in processes if _lives(process)]) and time.monotonic() < deadline:
        time.sleep(_PAUSE)
    return alive


def _lives(process: psutil.Process) -> bool:
    """Tell whether the process still does anything: one that ended stays listed until its parent looks."""
    with suppress(psutil.TimeoutExpired, psutil.NoSuchProcess):
        # Our own children are taken off the list here; for others this is a question only.
        process.wait(0)
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
