"""One control plane for all test processes of a checkout: the first starts it, the last one erases it.

Processes are the workers of pytest-xdist, and test runs beside one another, and one may use it twice. One that was
killed no longer counts, so what it left behind is reused, and goes with the next run.
"""

import os
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from filelock import FileLock

from sandbox.cluster.controlplane import erase, start
from sandbox.cluster.kubeconfig import Cluster
from sandbox.cluster.kwok import PortMapping
from sandbox.cluster.layout import free_port

_HOME = Path(__file__).parents[2] / ".cache" / "test-cluster"
_STATE = _HOME / "state"
_USERS = _HOME / "users"


@dataclass(frozen=True)
class Shared:
    """The control plane, and where its forwarded pod ports lead."""

    cluster: Cluster

    targets: dict[int, int]
    """By pod port, the port of this machine that it leads to; a test that listens there locks it first."""

    def target_lock(self) -> FileLock:
        """Keep other test processes from listening on the targets meanwhile."""
        return FileLock(_HOME / "targets.lock")


@contextmanager
def shared(binary: Path, pod_ports: tuple[int, ...]) -> Generator[Shared]:
    """Use the control plane; its pod ports lead to ports of this machine that stay the same for all users."""
    _USERS.mkdir(parents=True, exist_ok=True)
    lock = FileLock(_HOME / "lock")
    own = _USERS / f"{os.getpid()}.{uuid.uuid4().hex}"
    with lock:
        if not _live_users():
            (_HOME / "targets").write_text("\n".join(f"{port} {free_port()}" for port in pod_ports))
        own.touch()
        targets = dict(_pair(line) for line in (_HOME / "targets").read_text().splitlines())
        mappings = [PortMapping(pod_port=pod_port, port=port) for pod_port, port in targets.items()]
        cluster = start(_STATE, binary, port_mappings=mappings)
    try:
        yield Shared(cluster=cluster, targets=targets)
    finally:
        with lock:
            own.unlink()
            if not _live_users():
                erase(_STATE)


def _pair(line: str) -> tuple[int, int]:
    pod_port, port = line.split()
    return int(pod_port), int(port)


def _live_users() -> bool:
    for user in _USERS.iterdir():
        if not psutil.pid_exists(int(user.stem)):
            user.unlink()
    return any(_USERS.iterdir())
