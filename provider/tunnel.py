"""A way to an Admin API that only the cluster can reach: a port forwarded to a ready pod behind its Service.

It opens at the first request and again when its pod has gone. Waiting for a pod is the client's business
(`provider.admin`): as long as there is none, asking for the address is a ConnectionError. Where no waiting helps, since
the kubeconfig does not lead to the cluster, it is an AdminUnavailableError.
"""

import asyncio
import os
import warnings
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Final, Literal, cast

import httpx
import kr8s
from kr8s.asyncio.objects import Pod, Service
from kr8s.asyncio.portforward import PortForward

from provider.admin import AdminUnavailableError
from provider.settings import TunnelAddress

_CLOSING: Final = 2.0
"""Seconds that connections have to end when a tunnel is closed."""
_OPENING: Final = 15.0
"""Seconds that a cluster has to say which pods there are and to open a way to one."""


async def ready_pods(address: TunnelAddress) -> tuple[str, ...]:
    """The names of the pods behind a Service that are ready, and not about to end.

    Raises:
        ConnectionError: the cluster could not be asked.
        AdminUnavailableError: the kubeconfig does not say how.
    """
    async with _asking(address):
        return tuple(sorted(pod.name for pod in await _pods(await _service(address))))


class Tunnel:
    """Forwards a local port to the Service's port in a ready pod: in any, or in the one that is named."""

    def __init__(self, address: TunnelAddress, pod: str | None = None) -> None:
        self._address = address
        self._pod = pod
        self._forward: Forward | None = None
        self._local_url = ""
        self._opening = asyncio.Lock()

    async def url(self) -> str:
        """Return the local address, opening the tunnel when it is not open."""
        async with self._opening:
            if self._forward is None:
                await self._open()
            return self._local_url

    async def lost(self, url: str) -> None:
        """Close a tunnel that stopped answering, so that the next request opens one to a pod that is ready now."""
        async with self._opening:
            if url == self._local_url:
                await self._shut()

    async def close(self) -> None:
        """Close the tunnel."""
        async with self._opening:
            await self._shut()

    async def _open(self) -> None:
        async with _asking(self._address):
            service = await _service(self._address)
            pods = [pod for pod in await _pods(service) if self._pod in (None, pod.name)]
            if not pods:
                which = f"the pod {self._pod} is not" if self._pod else "no pod is"
                raise ConnectionError(f"{which} ready behind it")
            forward = Forward(pods[0], _target_port(service, pods[0], self._address.port), local_port="auto")
            self._local_url = f"http://127.0.0.1:{await forward.start()}"
        self._forward = forward

    async def _shut(self) -> None:
        forward, self._forward = self._forward, None
        if forward is not None:
            await forward.stop()
            await forward.connections_closed()


class Forward(PortForward):
    """A forward that can wait for its connections: those cut off by the end of the event loop would complain."""

    def __init__(self, pod: Pod, remote_port: int, *, local_port: Literal["auto"]) -> None:
        super().__init__(pod, remote_port, local_port)
        self._connections: set[asyncio.Task[Any]] = set()

    async def connections_closed(self) -> None:
        """Wait, for a moment at most, until every connection has ended."""
        if self._connections:
            await asyncio.wait(self._connections, timeout=_CLOSING)

    async def _sync_sockets(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = cast("asyncio.Task[Any]", asyncio.current_task())
        self._connections.add(task)
        try:
            await super()._sync_sockets(reader, writer)  # pyright: ignore[reportUnknownMemberType] - untyped in kr8s
        finally:
            self._connections.discard(task)


@asynccontextmanager
async def _asking(address: TunnelAddress) -> AsyncGenerator[None]:
    """Whatever keeps a cluster from answering is a ConnectionError that says where."""
    try:
        async with asyncio.timeout(_OPENING):
            yield
    except (
        kr8s.NotFoundError,
        kr8s.ServerError,
        kr8s.APITimeoutError,
        httpx.HTTPError,
        OSError,
        ValueError,
    ) as fault:
        place = f"{address.namespace}/{address.service}:{address.port}"
        raise ConnectionError(f"no tunnel to {place}: {str(fault) or type(fault).__name__}") from fault


async def _service(address: TunnelAddress) -> Service:
    with warnings.catch_warnings():
        # It warns of every Kubernetes that is newer than itself.
        warnings.filterwarnings("ignore", message="Kubernetes version .* is not supported")
        try:
            api = await kr8s.asyncio.api(context=address.context, namespace=address.namespace)
        except (LookupError, ValueError) as fault:
            raise AdminUnavailableError(_no_way(address, str(fault))) from fault
        except RuntimeError as fault:
            # A command of the kubeconfig that gives credentials, such as a cloud's, has failed (kr8s: check_output).
            raise ConnectionError(f"no credentials for the cluster: {_one_line(str(fault))}") from fault
    return await Service.get(  # pyright: ignore[reportUnknownMemberType] - kr8s leaves **kwargs untyped
        address.service, namespace=address.namespace, api=api
    )


def _no_way(address: TunnelAddress, reason: str) -> str:
    file = os.environ.get("KUBECONFIG", "~/.kube/config")
    which = f"context {address.context!r}" if address.context else "the current context"
    return (
        f"the kubeconfig {file} does not lead to {which} ({_one_line(reason)}); 'kubectl config get-contexts' lists "
        "what it has, and KUBECONFIG names another file"
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())


async def _pods(service: Service) -> list[Pod]:
    """The pods that are ready and stay: one that is about to end answers for a while yet."""
    return [pod for pod in await service.ready_pods() if not _ends(cast("dict[str, Any]", pod.raw))]


def _ends(pod: dict[str, Any]) -> bool:
    return "deletionTimestamp" in pod.get("metadata", {})


def _target_port(service: Service, pod: Pod, port: str) -> int:
    """Find the pod's port that a Service's port (number or name) leads to."""
    for entry in cast("list[dict[str, Any]]", service.raw["spec"]["ports"]):
        if port in (str(entry["port"]), entry.get("name")):
            target = entry.get("targetPort", entry["port"])
            return target if isinstance(target, int) else _named_port(pod, str(target))
    message = f"the service {service.name} has no port {port}"
    raise ConnectionError(message)


def _named_port(pod: Pod, name: str) -> int:
    for container in cast("list[dict[str, Any]]", pod.raw["spec"]["containers"]):
        for entry in cast("list[dict[str, Any]]", container.get("ports", [])):
            if entry.get("name") == name:
                return int(entry["containerPort"])
    message = f"the pod {pod.name} has no port named {name}"
    raise ConnectionError(message)
