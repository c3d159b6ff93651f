"""Every pod that any variant makes is admitted where Pod Security's level restricted is enforced."""

import asyncio

import pytest

from gateway.recording import record
from sandbox.cluster.objects import Objects
from tests.cluster.manifests import manifest, restricted_namespace
from tests.program.stacks import section
from tests.program.variants import VARIANTS


@pytest.mark.parametrize("name", VARIANTS)
async def test_the_api_server_admits_every_pod(name: str, objects: Objects, namespace: str) -> None:
    variant = VARIANTS[name]
    document = variant.document(cluster=section(variant.stack, "cluster", namespace=namespace))
    recording = await asyncio.to_thread(record, document, variant.stack, preview=True)
    made = [dict(each.properties.values) for each in recording.registrations if each.type.startswith("kubernetes:")]
    await objects.apply(restricted_namespace(namespace))
    accounts = [each for each in made if each["kind"] == "ServiceAccount"]
    for account in accounts:
        await objects.apply(account)
    templates = {
        (each["kind"], each["metadata"]["name"]): each["spec"]["template"]
        for each in made
        if each["kind"] in {"Deployment", "Job", "StatefulSet"}
    }

    for (kind, owner), template in templates.items():
        pod = manifest("v1", "Pod", namespace, f"{kind.lower()}-{owner}", spec=_without_claims(template["spec"]))
        assert (await objects.apply(pod))["spec"]["securityContext"]["runAsNonRoot"] is True

    assert ("Deployment", "kong") in templates


def _without_claims(spec: dict[str, object]) -> dict[str, object]:
    """A StatefulSet's controller adds the volumes of its claims; here they are empty ones."""
    containers: list[dict[str, list[dict[str, str]]]] = spec["containers"]  # pyright: ignore[reportAssignmentType]
    volumes: list[dict[str, object]] = spec.get("volumes", [])  # pyright: ignore[reportAssignmentType]
    there = {volume["name"] for volume in volumes}
    mounted = {mount["name"] for container in containers for mount in container.get("volumeMounts", [])}
    return {**spec, "volumes": [*volumes, *({"name": name, "emptyDir": {}} for name in sorted(mounted - there))]}
