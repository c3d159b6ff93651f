"""Kong's nodes one by one: whether each is ready, whether it reaches its database, and what it has counted."""

import asyncio
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, cast
from urllib.parse import urlsplit

import httpx

from components.platform.names import METRICS
from gateway.live import admin_settings
from management.reading.declared import Declared, DeclaredReader
from management.reading.fresh import Fresh
from management.reading.metrics import Traffic, traffic_in
from management.settings import ManagementSettings
from management.workers import Workers
from provider.admin import Address, Endpoint
from provider.settings import Settings, SettingsError, TunnelAddress, tunnel_address

_COUNTED: Final = 2.0
"""Metrics are read at most so much less often than the rest: they are long."""


@dataclass(frozen=True)
class NodeState:
    """How a node is."""

    name: str
    ready: bool
    database: bool | None
    """Whether it reaches its database; None without one, or where nobody can tell."""
    wrong: str = ""
    metrics: str | None = None
    """What it has counted; None where it does not say."""


@dataclass(frozen=True)
class Nodes:
    """All nodes, and what they have counted together."""

    read_at: datetime
    nodes: tuple[NodeState, ...] = ()
    traffic: Traffic = field(default_factory=Traffic)
    wrong: str = ""
    """Why there are none to ask."""


@dataclass(frozen=True)
class _Way:
    """How one node is reached."""

    endpoint: Endpoint
    listener: bool
    """Whether this is its status listener, as opposed to the Admin API."""


class NodesReader:
    """Asks the nodes of one stack's gateway."""

    def __init__(self, settings: ManagementSettings, declared: DeclaredReader, workers: Workers) -> None:
        self._settings, self._declared, self._workers = settings, declared, workers
        self._client = httpx.AsyncClient(timeout=settings.patience, trust_env=False)
        self._ways: dict[str, _Way] = {}
        seconds = settings.live_seconds * _COUNTED
        self._fresh = Fresh(self._read, seconds=seconds, stale=seconds)

    async def read(self) -> Nodes:
        """How the nodes are; all who ask meanwhile wait for the same reading."""
        return await self._fresh.get()

    def forget(self) -> None:
        """Ask anew at the next question."""
        self._fresh.forget()

    async def close(self) -> None:
        """Close connections and tunnels."""
        await self._fresh.close()
        for way in self._ways.values():
            await way.endpoint.close()
        await self._client.aclose()

    async def _read(self) -> Nodes:
        now = datetime.now(UTC)
        stack = await self._declared.read()
        if not isinstance(stack, Declared) and not self._settings.status_urls:
            return Nodes(now, wrong="the stack's settings are wrong, so nobody knows where its nodes are")
        try:
            ways = await self._found(stack if isinstance(stack, Declared) else None)
        except (ConnectionError, SettingsError, OSError) as error:
            return Nodes(now, wrong=str(error) or type(error).__name__)
        if not ways:
            return Nodes(now, wrong="no pod of the gateway is ready")
        states = await asyncio.gather(*(self._ask(name, way) for name, way in ways.items()))
        texts = tuple(state.metrics for state in states if state.metrics is not None)
        return Nodes(now, tuple(states), await self._workers.run(traffic_in, texts))

    async def _found(self, stack: Declared | None) -> Mapping[str, _Way]:
        """The nodes there are now, by name. What leads to those that are gone is closed."""
        if self._settings.status_urls:
            found = await self._resolved()
        else:
            found = await self._of_admin(admin_settings(cast("Declared", stack).settings))
        for name in self._ways.keys() - found.keys():
            await self._ways[name].endpoint.close()
        self._ways = {name: self._ways.get(name, way) for name, way in found.items()}
        return self._ways

    async def _resolved(self) -> dict[str, _Way]:
        found: dict[str, _Way] = {}
        for url in self._settings.status_urls:
            parts = urlsplit(url)
            port = parts.port or (443 if parts.scheme == "https" else 80)
            addresses = await asyncio.get_running_loop().getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
            hosts = sorted({str(address[4][0]) for address in addresses})
            for host in hosts:
                at = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
                whole = url.rstrip("/") if len(hosts) == 1 else f"{parts.scheme}://{at}"
                found[at] = _Way(Address(whole), listener=True)
        return found

    async def _of_admin(self, admin: Settings) -> dict[str, _Way]:
        tunnel = tunnel_address(admin.admin_uri or "")
        if tunnel is None:
            return {"admin": _Way(Address(admin.admin_uri), listener=False)}
        from provider.tunnel import Tunnel, ready_pods  # noqa: PLC0415 - loads a Kubernetes client, which few need

        metrics = TunnelAddress(tunnel.context, tunnel.namespace, METRICS.service, str(METRICS.service_port))
        pods = await ready_pods(metrics)
        return {pod: self._ways.get(pod) or _Way(Tunnel(metrics, pod), listener=True) for pod in pods}

    async def _ask(self, name: str, way: _Way) -> NodeState:
        url = ""
        try:
            url = await way.endpoint.url()
            status = await self._client.get(f"{url}/status")
            ready = await self._client.get(f"{url}/status/ready") if way.listener else status
            metrics = await self._client.get(f"{url}/metrics")
        except (httpx.HTTPError, ConnectionError) as error:
            await way.endpoint.lost(url)
            return NodeState(
                name, ready=False, database=None, wrong=f"does not answer ({error or type(error).__name__})"
            )
        reachable = _database(status)
        return NodeState(
            name,
            ready=ready.status_code == 200,
            database=reachable,
            wrong=_wrong(ready, reachable),
            metrics=metrics.text if metrics.status_code == 200 else None,
        )


def _database(status: httpx.Response) -> bool | None:
    try:
        document: Any = status.json()
    except ValueError:
        return None
    found = cast("dict[str, Any]", document).get("database") if isinstance(document, dict) else None
    reachable = cast("dict[str, Any]", found).get("reachable") if isinstance(found, dict) else None
    return reachable if isinstance(reachable, bool) else None


def _wrong(ready: httpx.Response, database: bool | None) -> str:
    if database is False:
        return "does not reach its database"
    if ready.status_code != 200:
        return f"is not ready: {_message(ready)}"
    return ""


def _message(answer: httpx.Response) -> str:
    try:
        document: Any = answer.json()
    except ValueError:
        return f"it answers {answer.status_code}"
    said = cast("dict[str, Any]", document).get("message") if isinstance(document, dict) else None
    return str(said or f"it answers {answer.status_code}")[:200]


def names(nodes: Sequence[NodeState]) -> str:
    """The nodes by name, for a sentence."""
    return ", ".join(node.name for node in nodes)
