"""Where a control plane keeps what, and the ports it chose: everything lies in its state directory."""

import json
import socket
from collections.abc import Container, Sequence
from dataclasses import dataclass
from pathlib import Path

PORTS = ("etcd", "etcd-peer", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok")
"""What needs a port of its own."""


@dataclass(frozen=True)
class Layout:
    """The files of one control plane."""

    state: Path

    @property
    def kubeconfig(self) -> Path:
        """The administrator's, for people and tools."""
        return self.state / "kubeconfig"

    def part_kubeconfig(self, name: str) -> Path:
        """A part's own kubeconfig."""
        return self.state / "parts" / f"{name}.kubeconfig"

    @property
    def certificates(self) -> Path:
        """Directory of keys and certificates."""
        return self.state / "certificates"

    @property
    def records(self) -> Path:
        """Directory of what the supervisor knows of running parts."""
        return self.state / "run"

    @property
    def data(self) -> Path:
        """What etcd keeps."""
        return self.state / "etcd"

    @property
    def kwok(self) -> Path:
        """The configuration of kwok."""
        return self.state / "parts" / "kwok.yaml"

    @property
    def ports(self) -> Path:
        """The ports, once they are chosen."""
        return self.state / "ports.json"

    @property
    def logs(self) -> Path:
        """Directory of the logs."""
        return self.state / "logs"

    def log(self, name: str) -> Path:
        """A part's log, of its latest run."""
        return self.logs / f"{name}.log"

    @property
    def lock(self) -> Path:
        """Held by whoever starts or stops; beside the state directory, so that erasing leaves it alone."""
        return self.state.with_name(f"{self.state.name}.lock")


def choose_ports(file: Path, names: Sequence[str], occupied: Container[str] = ()) -> dict[str, int]:
    """Give a port of loopback for each name: the ones remembered in the file, where they can still be had.

    What `occupied` names is running and keeps its port; any other remembered port that something else took in
    the meantime is chosen anew.
    """
    remembered: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
    ports = {
        name: remembered[name]
        for name in names
        if name in remembered and (name in occupied or _is_free(remembered[name]))
    }
    for name in names:
        while name not in ports:
            candidate = free_port()
            if candidate not in ports.values():
                ports[name] = candidate
    if ports != remembered:
        # Whole or not at all: a start that is killed here must not spoil the next one.
        partial = file.with_suffix(".partial")
        partial.write_text(json.dumps(ports, indent=2, sort_keys=True))
        partial.replace(file)
    return ports


def free_port() -> int:
    """Choose a port of loopback that nothing uses now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True
