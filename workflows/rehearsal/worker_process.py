"""A real worker in a process of its own, as a pod runs it."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import httpx

from config.project import PROJECT

_STARTS: Final = 60.0


class WorkerError(Exception):
    """The worker does not come up; says where its log is."""


class WorkerProcess:
    """One worker."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        self.environment, self._log = environment, log
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Its process; None while there is none."""
        return self._running.pid if self._running else None

    @property
    def log(self) -> Path:
        """What it says."""
        return self._log

    async def start(self) -> None:
        """Start it, and wait until it takes tasks.

        Raises:
            WorkerError: it does not come up.
        """
        with self._log.open("ab") as log:
            self._running = subprocess.Popen(  # noqa: ASYNC220 (starting takes no time; our own program)
                [sys.executable, "-m", "omnify_workflows.worker"],
                cwd=PROJECT,
                env={**os.environ, **self.environment, "PYTHONPATH": f"{PROJECT / 'workflows'}:{PROJECT}"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        url = f"http://127.0.0.1:{self.environment['WORKFLOWS_HEALTH_PORT']}/readyz"
        async with httpx.AsyncClient(trust_env=False) as http:
            try:
                async with asyncio.timeout(_STARTS):
                    while not await _is_ready(http, url):
                        if self._running.poll() is not None:
                            raise WorkerError(f"the worker has ended; its log: {self._log}")
                        await asyncio.sleep(0.1)
            except TimeoutError as error:
                self.kill()
                raise WorkerError(f"the worker does not come up; its log: {self._log}") from error

    async def stop(self) -> int:
        """Stop it as a cluster would, and give its exit code."""
        if self._running is None:
            return 0
        self._running.send_signal(signal.SIGTERM)
        code = await asyncio.to_thread(self._running.wait, 60)
        self._running = None
        return code

    def kill(self) -> None:
        """End it without a word."""
        if self._running is not None:
            self._running.kill()
            self._running.wait()
            self._running = None


async def _is_ready(http: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await http.get(url)).is_success
    except httpx.TransportError:
        return False
