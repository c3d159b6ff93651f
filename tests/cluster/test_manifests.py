"""Both stacks in both modes on a real API server: admitted under Pod Security, ready, and quiet when applied again."""

import asyncio
import base64
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from components.platform.password import store_password
from config.cluster import Cluster as ClusterSettings
from gateway.recording import Registration
from sandbox.cluster.kubeconfig import Cluster
from sandbox.cluster.objects import Objects, RefusedError
from sandbox.cluster.readiness import Manifest, pending
from tests.cluster.manifests import manifest, pod_spec
from tests.program.conftest import run_program
from tests.program.stacks import section, stack_document

Found = TypeVar("Found")
STACKS = [(stack, mode) for stack in ("dev", "prod") for mode in ("database", "dbless")]
each_stack = pytest.mark.parametrize(("stack", "mode"), STACKS)


async def manifests_of(stack: str, namespace: str, **sections: object) -> list[Manifest]:
    """A stack's objects in the order in which they are made, in a namespace of the test's own."""
    cluster = section(stack, "cluster", namespace=namespace)
    document = stack_document(stack, cluster=cluster, **sections)  # pyright: ignore[reportArgumentType] - JSON
    # As an update: a preview leaves the passwords of bundled stores open.
    recording = await asyncio.to_thread(run_program, document, stack, preview=False)
    return [_manifest(each) for each in recording.registrations if each.type.startswith("kubernetes:")]


def _manifest(registration: Registration) -> Manifest:
    return dict(registration.properties.values)


async def bring_up(objects: Objects, manifests: list[Manifest]) -> list[Manifest]:
    """Apply each when the one before is ready, as the engine does. No controller gives an Ingress its address."""
    live: list[Manifest] = []
    for each in manifests:
        await objects.apply(each)
        if each["kind"] == "Ingress":
            continue
        live.append(await objects.wait_until_ready(each))
    return live


async def eventually(look: Callable[[], Awaitable[Found]]) -> Found:
    """What is there when something is there; controllers take their time."""
    async with asyncio.timeout(180):
        while True:
            if found := await look():
                return found
            await asyncio.sleep(0.1)


def component(pod: Manifest) -> str:
    return pod["metadata"]["labels"]["app.kubernetes.io/component"]


@each_stack
async def test_every_object_is_accepted_and_every_pod_becomes_ready(
    stack: str, mode: str, objects: Objects, namespace: str
) -> None:
    await bring_up(objects, await manifests_of(stack, namespace, mode=mode))

    gateway = 3 if stack == "prod" else 1
    migrations = {"migrations": 2} if mode == "database" else {}
    database = {"database": 1} if (stack, mode) == ("dev", "database") else {}
    wanted = Counter({"gateway": gateway} | migrations | database)

    async def all_ready() -> bool:
        pods = await objects.of_kind("v1", "Pod", namespace)
        ready = [pod for pod in pods if pending(pod) is None or pod["status"]["phase"] == "Succeeded"]
        return Counter(component(pod) for pod in ready) == wanted

    assert await eventually(all_ready)


@each_stack
async def test_applied_again_nothing_changes(stack: str, mode: str, objects: Objects, namespace: str) -> None:
    manifests = await manifests_of(stack, namespace, mode=mode)
    await bring_up(objects, manifests)

    before = [(await objects.apply(each))["metadata"] for each in manifests]
    after = [(await objects.apply(each))["metadata"] for each in manifests]

    assert [each.get("generation") for each in before] == [each.get("generation") for each in after]
    assert [each["uid"] for each in before] == [each["uid"] for each in after]


async def test_the_namespace_refuses_a_pod_that_is_not_hardened(objects: Objects, namespace: str) -> None:
    await bring_up(objects, (await manifests_of("dev", namespace))[:1])

    with pytest.raises(RefusedError, match='violates PodSecurity "restricted:latest"'):
        await objects.apply(manifest("v1", "Pod", namespace, "soft", spec=pod_spec()))


async def test_a_node_can_be_drained_of_one_pod_at_a_time(objects: Objects, namespace: str) -> None:
    await bring_up(objects, await manifests_of("prod", namespace))

    async def of_three() -> Manifest | None:
        budget = await objects.get(manifest("policy/v1", "PodDisruptionBudget", namespace, "kong"))
        status = (budget or {}).get("status", {})
        return status if status.get("currentHealthy") == 3 else None

    status = await eventually(of_three)
    assert status is not None
    assert status["disruptionsAllowed"] == 1


@pytest.mark.parametrize(
    "sections",
    [
        {"traffic": {"maxBody": 9}, "mode": "dbless"},
        {"platform": section("dev", "platform", logLevel="debug")},
    ],
    ids=["kong.yml", "environment"],
)
async def test_a_change_of_what_pods_mount_or_read_replaces_the_pods(
    sections: dict[str, object], objects: Objects, namespace: str
) -> None:
    mode = sections.get("mode", "database")
    await bring_up(objects, await manifests_of("dev", namespace, mode=mode))
    first = await gateway_pods(objects, namespace)

    await bring_up(objects, await manifests_of("dev", namespace, **sections))

    async def others() -> set[str]:
        found = await gateway_pods(objects, namespace)
        return set() if found & first else found

    assert len(await eventually(others)) == 1


async def gateway_pods(objects: Objects, namespace: str) -> set[str]:
    pods = await objects.of_kind("v1", "Pod", namespace)
    return {
        pod["metadata"]["name"] for pod in pods if pod["metadata"]["labels"]["app.kubernetes.io/component"] == "gateway"
    }


async def test_the_databases_password_is_found_again(
    objects: Objects, namespace: str, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(cluster.kubeconfig))
    settings = ClusterSettings(context=cluster.context, namespace=namespace)
    made = store_password(settings, "postgres")
    assert made != store_password(settings, "postgres")

    data = {"username": "a29uZw==", "password": base64.b64encode(made.encode()).decode()}
    await objects.apply(manifest("v1", "Secret", namespace, "postgres", data=data))

    assert store_password(settings, "postgres") == made
