"""A pod that ends under load: by the gateway's own specification no request is lost, and without its drain some are."""

import asyncio
from collections import Counter

import pytest
from pydantic import JsonValue
from starlette.types import Receive, Scope, Send

from sandbox.cluster.objects import Objects
from sandbox.kong.listeners import Listener, serving
from tests.cluster.balancing import Balancer, Load
from tests.cluster.kubelet import Kubelet
from tests.cluster.test_manifests import eventually, manifests_of
from tests.program.stacks import section

_SLOW = 5.0
"""Seconds that a slow request takes: it still runs when the drain is over."""
_BEHIND = 1.0
"""Seconds after which the load balancer knows what the API server says."""
_NEVER = 600.0
"""As long as it takes, it does not know."""
_KONG_YML = """
_format_version: "3.0"
services:
- {name: backend, host: backend.test, port: 80, routes: [{name: all, paths: [/]}]}
"""


async def _backend(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    if scope["path"] == "/slow":
        await asyncio.sleep(_SLOW)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"whole"})


async def _statuses(
    objects: Objects, namespace: str, *, drain: int, behind: float
) -> tuple[Counter[int | None], list[int]]:
    """What became of requests while one of two pods was deleted, and with what its process ended."""
    platform = section("dev", "platform", replicas=2, drainSeconds=drain, gracePeriodSeconds=drain + 15)
    counters: JsonValue = {"policy": "redis", "host": "redis.test"}
    made = await manifests_of("dev", namespace, mode="dbless", platform=platform, counters=counters)
    for each in made:
        if each["kind"] in {"Namespace", "ServiceAccount", "Deployment"} or each["metadata"]["name"] == "kong-proxy":
            await objects.apply(each)
    async with serving([Listener(_backend, 0)]) as (port,):
        arguments = ("--connect-to", f"backend.test:80=127.0.0.1:{port}", "--database", "off")
        kubelet = Kubelet(objects, namespace, arguments, _KONG_YML)
        balancer = Balancer(objects, namespace, "kong-proxy", kubelet.ports)
        async with kubelet.running(), balancer.following():

            async def two() -> bool:
                return len(balancer.pods) == 2

            await eventually(two)
            balancer.delay = behind
            load = Load(balancer)
            async with load.applied(clients=8, paths=("/", "/slow")):
                await asyncio.sleep(0.3)
                victim = min(balancer.pods)
                pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": victim, "namespace": namespace}}
                await objects.delete(pod)
                await objects.wait_until_gone(pod)
                await asyncio.sleep(_BEHIND)
        return Counter(load.statuses), kubelet.exits


@pytest.mark.operates("A pod that ends, a node that must be emptied")
async def test_a_pod_that_ends_under_load_loses_no_request(objects: Objects, namespace: str) -> None:
    statuses, exits = await _statuses(objects, namespace, drain=8, behind=_BEHIND)

    assert statuses.keys() == {200}
    assert statuses[200] > 30
    assert exits == [0]


async def test_without_its_drain_requests_are_lost(objects: Objects, namespace: str) -> None:
    """A load balancer that is as slow as it likes shows it on a machine of any speed."""
    statuses, _ = await _statuses(objects, namespace, drain=0, behind=_NEVER)

    assert statuses[None] > 0
    assert statuses.keys() == {200, None}
