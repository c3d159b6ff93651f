"""What stands before the pods: it follows the EndpointSlices of a Service, a while behind, as kube-proxy does."""

import asyncio
import itertools
from collections import defaultdict
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

from sandbox.cluster.objects import Objects

_PAUSE = 0.1


def _client_of_new_connections() -> httpx.AsyncClient:
    return httpx.AsyncClient(timeout=30, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))


@dataclass
class Balancer:
    """Sends each request over a new connection to one of the pods that it believes to be ready, each in its turn."""

    objects: Objects
    namespace: str
    service: str
    ports: Mapping[str, int]
    """Where each pod listens on this machine; kwok calls a pod ready before there is anything behind it."""
    delay: float = 0
    """How many seconds it takes until what the API server says has reached every node."""
    pods: frozenset[str] = frozenset()
    _turns: dict[str, "itertools.count[int]"] = field(default_factory=lambda: defaultdict(itertools.count))
    _client: httpx.AsyncClient = field(default_factory=_client_of_new_connections)

    @asynccontextmanager
    async def following(self) -> AsyncGenerator[None]:
        """Follow the EndpointSlices inside the block."""
        task = asyncio.create_task(self._follow())
        async with self._client:
            try:
                yield
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    async def answer(self, path: str) -> int | None:
        """The status of a request, or None when it is lost."""
        pods = sorted(self.pods)
        port = self.ports[pods[next(self._turns[path]) % len(pods)]]
        try:
            return (await self._client.get(f"http://127.0.0.1:{port}{path}")).status_code
        except httpx.TransportError:
            return None

    async def _follow(self) -> None:
        while True:
            found = await self._ready()
            asyncio.get_running_loop().call_later(self.delay, self._believe, found)
            await asyncio.sleep(_PAUSE)

    def _believe(self, pods: frozenset[str]) -> None:
        self.pods = pods

    async def _ready(self) -> frozenset[str]:
        slices = await self.objects.of_kind("discovery.k8s.io/v1", "EndpointSlice", self.namespace)
        return frozenset(
            endpoint["targetRef"]["name"]
            for each in slices
            if each["metadata"]["labels"]["kubernetes.io/service-name"] == self.service
            for endpoint in each.get("endpoints") or ()
            if endpoint["conditions"]["ready"] and endpoint["targetRef"]["name"] in self.ports
        )


@dataclass
class Load:
    """Requests that never stop, of which some take long."""

    balancer: Balancer
    statuses: list[int | None] = field(default_factory=list[int | None])

    @asynccontextmanager
    async def applied(self, clients: int, paths: tuple[str, ...]) -> AsyncGenerator[None]:
        """Ask inside the block; at its end wait for the answers that are due."""
        stop = asyncio.Event()

        async def ask(path: str) -> None:
            while not stop.is_set():
                self.statuses.append(await self.balancer.answer(path))
                await asyncio.sleep(0.02)

        async with asyncio.TaskGroup() as asking:
            for number in range(clients):
                asking.create_task(ask(paths[number % len(paths)]))
            try:
                yield
            finally:
                stop.set()
