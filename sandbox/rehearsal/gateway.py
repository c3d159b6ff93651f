"""The gateway of a rehearsal: the stand-in for Kong with a backend behind it, or a real Kong that is named."""

import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

import httpx

from gateway.recording import PROJECT
from sandbox.cluster.kwok import PortMapping
from sandbox.cluster.layout import choose_ports
from sandbox.cluster.supervisor import Program, Supervisor
from sandbox.rehearsal.layout import Layout

_STAND_IN, _BACKEND = "kong", "backend"
_PORTS = {"admin": _STAND_IN, "proxy": _STAND_IN, "status": _STAND_IN, "backend": _BACKEND}
"""By the name of each port, the program that listens there."""

_OWN_ADMIN_API = "127.0.0.1:8001"
"""The Admin API as a pod has it."""

_PATIENCE = 60.0
"""Seconds that a program may take until it answers."""

FAULTS = "REHEARSAL_FAULTS"
"""In the environment, for tests: the stand-in can be told over HTTP what is to go wrong."""


class GatewayError(Exception):
    """The stand-in or the backend does not come up, or refuses its file; the message has the log file."""


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
    """Where it answers: at ports that are kept as long as they can be had, or where the environment says.

    Raises:
        GatewayError: only one of KONG_ADMIN_URL and KONG_PROXY_URL is there.
    """
    admin, proxy = environment.get("KONG_ADMIN_URL"), environment.get("KONG_PROXY_URL")
    if bool(admin) != bool(proxy):
        given, missing = ("KONG_ADMIN_URL", "KONG_PROXY_URL") if admin else ("KONG_PROXY_URL", "KONG_ADMIN_URL")
        raise GatewayError(f"{given} names a real Kong, but {missing} is not set; set both, or neither")
    supervisor = Supervisor(layout.records)
    layout.root.mkdir(parents=True, exist_ok=True)
    used = {port for port, program in _PORTS.items() if supervisor.running(program)}
    ports = choose_ports(layout.ports, tuple(_PORTS), used)
    local = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
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
    properties: Mapping[str, str],
) -> None:
    """Run the backend and, unless a real Kong was named, the stand-in for this stack. What runs so is left alone.

    `properties` are those of the pods' kong.conf that the stand-in follows as well.

    Raises:
        GatewayError: one of them does not answer in time.
    """
    supervisor = Supervisor(layout.records)
    layout.entities(stack, mode).parent.mkdir(parents=True, exist_ok=True)
    _run(supervisor, _backend(layout, at), at.backend)
    if at.real:
        supervisor.stop([_STAND_IN])
    else:
        program = _stand_in(layout, at, _Stack(stack, mode, backends, properties))
        _run(supervisor, program, f"{at.admin}/status")


def stop(layout: Layout) -> None:
    """End the stand-in and the backend."""
    Supervisor(layout.records).stop([_STAND_IN, _BACKEND])


def load_declarative(at: GatewayAddresses, declarative: str) -> None:
    """Give the gateway the file that its pods mount in DB-less mode, as each of them reads it at its start.

    Raises:
        GatewayError: it does not take the file.
    """
    url = f"{at.admin}/config"
    try:
        answer = httpx.post(url, params={"check_hash": 1}, json={"config": declarative}, timeout=30, trust_env=False)
    except httpx.HTTPError as error:
        raise GatewayError(f"no answer from {url}: {str(error) or type(error).__name__}") from error
    # 304: it holds exactly this file already.
    if answer.status_code not in (201, 304):
        raise GatewayError(f"{url} refused it: {answer.status_code} {answer.json().get('message', answer.text)}")


def _backend(layout: Layout, at: GatewayAddresses) -> Program:
    command = (sys.executable, "-m", "sandbox.backend", "--port", str(urlsplit(at.backend).port))
    return _program(layout, _BACKEND, command)


@dataclass(frozen=True)
class _Stack:
    """What the stand-in must know of the stack."""

    name: str
    mode: str
    backends: Mapping[str, str]
    properties: Mapping[str, str]


def _stand_in(layout: Layout, at: GatewayAddresses, stack: _Stack) -> Program:
    ports = {name: str(urlsplit(url).port) for name, url in (("admin", at.admin), ("proxy", at.proxy))}
    backend = urlsplit(at.backend).netloc
    # A loopback leads to the pod's own port.
    places = {_netloc(url): backend for url in stack.backends.values()} | {_OWN_ADMIN_API: urlsplit(at.admin).netloc}
    database = "off" if stack.mode == "dbless" else "postgres"
    command = (
        *(sys.executable, "-m", "sandbox.kong", "--admin-port", ports["admin"], "--proxy-port", ports["proxy"]),
        *("--status-port", str(urlsplit(at.metrics).port), "--database", database),
        *("--state", str(layout.entities(stack.name, stack.mode))),
        *(option for each in sorted(places.items()) for option in ("--connect-to", "=".join(each))),
        *(option for each in sorted(stack.properties.items()) for option in ("--property", "=".join(each))),
        *(("--fault-endpoint",) if os.environ.get(FAULTS) else ()),
    )
    return _program(layout, _STAND_IN, command)


def _program(layout: Layout, name: str, command: tuple[str, ...]) -> Program:
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    kept = {key: environment[key] for key in ("PATH", "PYTHONPATH", "HOME", "LANG") if key in environment}
    return Program(name=name, command=command, environment=kept, log=layout.logs / f"{name}.log", reads=())


def _run(supervisor: Supervisor, program: Program, url: str) -> None:
    if not supervisor.up_to_date(program):
        supervisor.stop([program.name])
        supervisor.start(program)
    deadline = time.monotonic() + _PATIENCE
    while True:
        if supervisor.running(program.name) is None:
            raise GatewayError(f"{program.name} ended while it started; its log: {program.log}")
        if _answers(url):
            return
        if time.monotonic() > deadline:
            raise GatewayError(f"{program.name} does not answer at {url} after {_PATIENCE:g} s; its log: {program.log}")
        time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2, trust_env=False).status_code < 500
    except httpx.HTTPError:
        return False


def _netloc(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or (443 if parts.scheme == 'https' else 80)}"
