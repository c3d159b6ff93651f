"""Starts, stops and inspects the control plane. What runs belongs to a state directory, not to who started it."""

import shutil
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
from filelock import FileLock

from sandbox.cluster import certificates, kubeconfig, kwok
from sandbox.cluster.certificates import Certificates
from sandbox.cluster.furnishing import ZONES, furnishings
from sandbox.cluster.kubeconfig import Cluster
from sandbox.cluster.layout import PORTS, Layout, choose_ports
from sandbox.cluster.parts import NAMES, Part, Parts
from sandbox.cluster.progress import Progress, Report, silent
from sandbox.cluster.supervisor import Supervisor

_TIMEOUT = 90.0
"""Seconds that a part may take until it is ready; on an idle machine all of them take about five."""

_PAUSE = 0.05
"""Seconds between two looks at a part that is not ready."""


class ClusterError(Exception):
    """A part of the control plane does not come up; the message names it, why, and its log file."""


@dataclass(frozen=True)
class PartStatus:
    """How one part is."""

    name: str

    pid: int | None
    """None when it does not run."""

    memory: int
    """Resident bytes."""

    log: Path


def start(
    state: Path,
    binary: Path,
    *,
    port_mappings: Sequence[kwok.PortMapping] = (),
    report: Report = silent,
) -> Cluster:
    """Make the control plane of the state directory run, and give it when it can be used.

    What runs already is left alone, unless it would now be started differently (another binary, another
    mapping): then that part is restarted. Several callers wait for one another. The processes stay until
    `stop`, with their data in the state directory.

    Raises:
        ClusterError: a part ended, or was not ready in time.
    """
    layout = Layout(state.resolve())
    layout.lock.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(layout.lock):
        _Start(layout, binary.resolve(), port_mappings, report).run()
    return Cluster(kubeconfig=layout.kubeconfig, context=kubeconfig.CONTEXT, log_directory=layout.logs)


def stop(state: Path) -> None:
    """End the control plane of the state directory, keeping its data; does nothing where none runs."""
    layout = Layout(state.resolve())
    if layout.state.exists():
        with FileLock(layout.lock):
            _end(Supervisor(layout.records), NAMES)


def erase(state: Path) -> None:
    """End the control plane of the state directory and remove the directory."""
    layout = Layout(state.resolve())
    if layout.state.exists():
        with FileLock(layout.lock):
            _end(Supervisor(layout.records), NAMES)
            shutil.rmtree(layout.state)


def status(state: Path) -> list[PartStatus]:
    """Give how each part is, in the order in which they start."""
    layout = Layout(state.resolve())
    supervisor = Supervisor(layout.records)
    found = [(name, supervisor.running(name)) for name in NAMES]
    return [
        PartStatus(
            name=name,
            pid=process.pid if process else None,
            memory=process.memory_info().rss if process else 0,
            log=layout.log(name),
        )
        for name, process in found
    ]


def _end(supervisor: Supervisor, names: Sequence[str]) -> None:
    """Stop these parts, the store last: without it the API server would take long to end."""
    supervisor.stop([name for name in names if name != "etcd"])
    supervisor.stop([name for name in names if name == "etcd"])


class _Start:
    """One call of `start`."""

    def __init__(self, layout: Layout, binary: Path, port_mappings: Sequence[kwok.PortMapping], report: Report) -> None:
        self._layout = layout
        self._binary = binary
        self._port_mappings = port_mappings
        self._report = report
        self._supervisor = Supervisor(layout.records)

    def run(self) -> None:
        parts, held = self._prepare()
        outdated = [part for part in parts if not self._supervisor.up_to_date(part.program)]
        _end(self._supervisor, [part.program.name for part in outdated])
        trust = _trust(held)
        with httpx.Client(verify=trust, trust_env=False, timeout=5) as client:
            self._start(parts[:1], client)
            self._start(parts[1:2], client)
            server = parts[1].health.removesuffix("/readyz")
            for path, manifest in furnishings().items():
                _apply(client, f"{server}{path}", manifest)
            self._start(parts[2:], client)
            self._await_nodes(client, server)

    def _prepare(self) -> tuple[list[Part], Certificates]:
        """Write the files that the parts read."""
        layout = self._layout
        layout.state.mkdir(parents=True, exist_ok=True, mode=0o700)
        layout.kwok.parent.mkdir(exist_ok=True)
        held = certificates.provide(layout.certificates)
        ports = choose_ports(layout.ports, PORTS, _occupied(self._supervisor))
        server = f"https://127.0.0.1:{ports['kube-apiserver']}"
        clients = {
            layout.kubeconfig: held.administrator,
            layout.part_kubeconfig("kwok"): held.administrator,
            layout.part_kubeconfig("kube-controller-manager"): held.controller_manager,
            layout.part_kubeconfig("kube-scheduler"): held.scheduler,
        }
        for path, client in clients.items():
            kubeconfig.write(path, server=server, authority=held.authority, client=client)
        layout.kwok.write_text(kwok.configuration(self._port_mappings))
        parts = Parts(binary=self._binary, layout=layout, ports=ports, certificates=held)
        return parts.all(), held

    def _start(self, parts: Sequence[Part], client: httpx.Client) -> None:
        """Start those that do not run, and wait for all."""
        for part in parts:
            if self._supervisor.running(part.program.name) is None:
                self._supervisor.start(part.program)
        for part in parts:
            self._report(Progress("starting", NAMES.index(part.program.name) + 1, len(NAMES), part.program.name))
            self._await(part, client)

    def _await(self, part: Part, client: httpx.Client) -> None:
        deadline = time.monotonic() + _TIMEOUT
        while (answer := _health(client, part.health)) is not None:
            name, log = part.program.name, part.program.log
            if self._supervisor.running(name) is None:
                raise ClusterError(f"{name} ended while it started: {_last_words(log)}; its log: {log}")
            if time.monotonic() > deadline:
                raise ClusterError(f"{name} was not ready after {_TIMEOUT:.0f} s: {answer}; its log: {log}")
            time.sleep(_PAUSE)

    def _await_nodes(self, client: httpx.Client, server: str) -> None:
        """Wait until pods can be made and scheduled: nodes ready, and the first namespace's account there."""
        deadline = time.monotonic() + _TIMEOUT
        account = f"{server}/api/v1/namespaces/default/serviceaccounts/default"
        while True:
            nodes = client.get(f"{server}/api/v1/nodes").json()["items"]
            # A node's taints go when it is ready and the controller manager has seen it.
            usable = [node for node in nodes if not node["spec"].get("taints")]
            if len(usable) >= len(ZONES) and client.get(account).is_success:
                return
            if time.monotonic() > deadline:
                raise ClusterError(
                    f"{len(usable)} of {len(ZONES)} nodes were ready after {_TIMEOUT:.0f} s;"
                    f" kwok's log: {self._layout.log('kwok')}"
                )
            time.sleep(_PAUSE)


def _occupied(supervisor: Supervisor) -> set[str]:
    running = {name for name in NAMES if supervisor.running(name)}
    return running | ({"etcd-peer"} if "etcd" in running else set())


def _trust(held: Certificates) -> ssl.SSLContext:
    trust = ssl.create_default_context(cafile=str(held.authority))
    trust.load_cert_chain(held.administrator.certificate, held.administrator.key)
    return trust


def _health(client: httpx.Client, url: str) -> str | None:
    """Give what is wrong, or None."""
    try:
        answer = client.get(url)
    except httpx.HTTPError as error:
        return str(error)
    return None if answer.is_success else f"{answer.status_code} {answer.text.strip()[-300:]}"


def _apply(client: httpx.Client, url: str, manifest: object) -> None:
    answer = client.patch(
        url,
        params={"fieldManager": kubeconfig.CONTEXT, "force": "true"},
        headers={"Content-Type": "application/apply-patch+yaml"},
        json=manifest,
    )
    if answer.is_error:
        raise ClusterError(f"kube-apiserver refused {url}: {answer.text.strip()}")


def _last_words(log: Path) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1].strip() if lines else "it said nothing"
