"""Both stacks on a real API server: admitted under Pod Security, ready, and quiet when applied again."""

from collections import Counter

import pytest
from pydantic import JsonValue

from sandbox.cluster.objects import Objects, RefusedError
from sandbox.cluster.readiness import Manifest, pending
from tests.cluster.manifests import manifest, pod_spec
from tests.cluster.test_manifests import bring_up, eventually
from tests.workflows.program.stack import STACKS, document, recorded_stack

each_stack = pytest.mark.parametrize("stack", STACKS)
READY: dict[str, Counter[str]] = {
    "dev": Counter({"server": 1, "database": 1, "workers": 1, "workflows-api": 1, "ui": 1}),
    "prod": Counter(
        {"frontend": 2, "history": 3, "matching": 2, "worker": 2, "workers": 3, "workflows-api": 2, "ui": 2}
    ),
}
JOBS = Counter({"schema": 1, "temporal-step": 3})


async def manifests_of(stack: str, namespace: str, **sections: JsonValue) -> list[Manifest]:
    """A stack's objects in the order in which they are made, in a namespace of the test's own."""
    # As an update: a preview leaves the password of the bundled database open.
    recording = await recorded_stack(document(stack, namespace=namespace, **sections), stack)
    return [dict(each.properties.values) for each in recording.registrations if each.type.startswith("kubernetes:")]


@each_stack
async def test_every_object_is_accepted_and_every_pod_becomes_ready(
    stack: str, objects: Objects, namespace: str
) -> None:
    await bring_up(objects, await manifests_of(stack, namespace))

    async def all_ready() -> bool:
        pods = await objects.of_kind("v1", "Pod", namespace)
        ready = [pod for pod in pods if pending(pod) is None or pod["status"]["phase"] == "Succeeded"]
        found = Counter(pod["metadata"]["labels"]["app.kubernetes.io/component"] for pod in ready)
        return found == READY[stack] + JOBS

    assert await eventually(all_ready)


@each_stack
async def test_applied_again_nothing_changes(stack: str, objects: Objects, namespace: str) -> None:
    manifests = await manifests_of(stack, namespace)
    await bring_up(objects, manifests)

    before = [(await objects.apply(each))["metadata"] for each in manifests]
    after = [(await objects.apply(each))["metadata"] for each in manifests]

    assert [each.get("generation") for each in before] == [each.get("generation") for each in after]
    assert [each["uid"] for each in before] == [each["uid"] for each in after]


async def test_the_namespace_refuses_a_pod_that_is_not_hardened(objects: Objects, namespace: str) -> None:
    await bring_up(objects, (await manifests_of("dev", namespace))[:1])

    with pytest.raises(RefusedError, match='violates PodSecurity "restricted:latest"'):
        await objects.apply(manifest("v1", "Pod", namespace, "soft", spec=pod_spec()))


async def test_another_version_of_the_workers_runs_beside_the_one_before(objects: Objects, namespace: str) -> None:
    await bring_up(objects, await manifests_of("dev", namespace))
    workers: JsonValue = {
        "versions": [
            {"buildId": "dev", "image": "omnify-workflows:dev"},
            {"buildId": "next", "image": "omnify-workflows:next"},
        ],
        "service": {"clientSecret": {"name": "omnify-service", "key": "client-secret"}},
    }

    await bring_up(objects, await manifests_of("dev", namespace, workers=workers))

    async def both() -> bool:
        pods = await objects.of_kind("v1", "Pod", namespace)
        labels = [pod["metadata"]["labels"] for pod in pods if pending(pod) is None]
        ids = sorted(str(each["omnify.io/build-id"]) for each in labels if "omnify.io/build-id" in each)
        return ids == ["dev", "next"]

    assert await eventually(both)


async def test_a_node_can_be_drained_of_one_pod_of_each_service_at_a_time(objects: Objects, namespace: str) -> None:
    await bring_up(objects, await manifests_of("prod", namespace))

    async def evictable() -> bool:
        budgets = await objects.of_kind("policy/v1", "PodDisruptionBudget", namespace)
        return [each.get("status", {}).get("disruptionsAllowed") for each in budgets] == [1] * 7

    assert await eventually(evictable)
