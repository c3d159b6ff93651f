"""The gateway of a rehearsal: the stand-in for Kong with a backend behind it, or a real Kong that is named."""

import json
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import httpx

from gateway.recording import PROJECT
from sandbox.cluster.kwok import PortMapping
from sandbox.cluster.layout import free_port
from sandbox.cluster.supervisor import Program, Supervisor
from sandbox.rehearsal.layout import Layout

_NAMES = ("admin", "proxy", "status", "backend")
_PATIENCE = 30.0
"""Seconds that a program may take until it answers."""


class GatewayError(Exception):
    """The stand-in or the backend does not come up; the message has its log file."""


@dataclass(frozen=True)
class GatewayAddresses:
    """Where the gateway of a rehearsal answers on this machine."""

    admin: str
    proxy: str
    metrics: str
    backend: str
    real: bool
    """Whether it is a Kong that somebody named, not the stand-in."""

    def port_mappings(self) -> tuple[PortMapping, ...]:
        """What pods' ports lead to, so that tunnels into the cluster arrive here."""
        places = {8001: self.admin, 8000: self.proxy, 8100: self.metrics}
        parts = {pod_port: urlsplit(url) for pod_port, url in places.items()}
        return tuple(
            PortMapping(pod_port, part.port or 80, part.hostname or "127.0.0.1") for pod_port, part in parts.items()
        )


def addresses(layout: Layout, environment: Mapping[str, str] = os.environ) -> GatewayAddresses:
    """Where it answers: at ports that are chosen once, or where KONG_ADMIN_URL and KONG_PROXY_URL say."""
    ports = _ports(layout.ports)
    local = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    admin, proxy = environment.get("KONG_ADMIN_URL"), environment.get("KONG_PROXY_URL")
    if admin and proxy:
        return GatewayAddresses(admin, proxy, admin, local["backend"], real=True)
    return GatewayAddresses(local["admin"], local["proxy"], local["status"], local["backend"], real=False)


def start(
    layout: Layout,
    at: GatewayAddresses,
    *,
    stack: str,
    mode: Literal["database", "dbless"],
    backends: Mapping[str, str],
) -> None:
    """Run the backend and, unless a real Kong was named, the stand-in for this stack. What runs so is left alone.

    Raises:
        GatewayError: one of them does not answer in time.
    """
    supervisor = Supervisor(layout.records)
    layout.entities(stack).parent.mkdir(parents=True, exist_ok=True)
    _run(supervisor, _backend(layout, at), at.backend)
    if not at.real:
        _run(supervisor, _stand_in(layout, at, stack, mode, backends), f"{at.admin}/status")


def stop(layout: Layout) -> None:
    """End the stand-in and the backend."""
    Supervisor(layout.records).stop(["kong", "backend"])


def load_declarative(at: GatewayAddresses, declarative: str) -> None:
    """Give the gateway the file that its pods mount in DB-less mode, as each of them reads it at its start."""
    httpx.post(f"{at.admin}/config", params={"check_hash": 1}, json={"config": declarative}).raise_for_status()


def _backend(layout: Layout, at: GatewayAddresses) -> Program:
    command = (sys.executable, "-m", "sandbox.backend", "--port", str(urlsplit(at.backend).port))
    return _program(layout, "backend", command)


def _stand_in(layout: Layout, at: GatewayAddresses, stack: str, mode: str, backends: Mapping[str, str]) -> Program:
    ports = {name: str(urlsplit(url).port) for name, url in (("admin", at.admin), ("proxy", at.proxy))}
    backend = urlsplit(at.backend).netloc
    routes = [option for url in sorted(backends.values()) for option in ("--connect-to", f"{_netloc(url)}={backend}")]
    command = (
        *(sys.executable, "-m", "sandbox.kong", "--admin-port", ports["admin"], "--proxy-port", ports["proxy"]),
        *("--status-port", str(urlsplit(at.metrics).port), "--database", "off" if mode == "dbless" else "postgres"),
        *("--state", str(layout.entities(f"{stack}-{mode}")), *routes),
    )
    return _program(layout, "kong", command)


def _program(layout: Layout, name: str, command: tuple[str, ...]) -> Program:
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    kept = {key: environment[key] for key in ("PATH", "PYTHONPATH", "HOME", "LANG") if key in environment}
    return Program(name=name, command=command, environment=kept, log=layout.logs / f"{name}.log", reads=())


def _run(supervisor: Supervisor, program: Program, url: str) -> None:
    if not supervisor.up_to_date(program):
        supervisor.stop([program.name])
        supervisor.start(program)
    deadline = time.monotonic() + _PATIENCE
    while not _answers(url):
        if supervisor.running(program.name) is None or time.monotonic() > deadline:
            raise GatewayError(f"{program.name} does not answer at {url}; its log is {program.log}")
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2, trust_env=False).status_code < 500
    except httpx.HTTPError:
        return False


def _netloc(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or (443 if parts.scheme == 'https' else 80)}"


def _ports(file: Path) -> dict[str, int]:
    remembered: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
    ports = {name: remembered.get(name) or free_port() for name in _NAMES}
    if ports != remembered:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(ports, indent=2))
    return ports
