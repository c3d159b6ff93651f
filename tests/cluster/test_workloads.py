"""Workloads behave on the control plane as on any cluster, although no container runs."""

import pytest

from sandbox.cluster.furnishing import ZONES
from sandbox.cluster.objects import NotReadyError, Objects, RefusedError
from tests.cluster.manifests import (
    RESTRICTED,
    Deploy,
    Manifest,
    deployment,
    manifest,
    pod_spec,
    pod_template,
    restricted_namespace,
    stateful_set,
)


async def test_a_deployment_that_pod_security_allows_becomes_ready(
    objects: Objects, namespace: str, deploy: Deploy
) -> None:
    await objects.apply(restricted_namespace(namespace))

    [live] = await deploy([deployment(namespace, "web", 3, **RESTRICTED)])

    assert live["status"]["availableReplicas"] == 3


async def test_pods_of_a_deployment_are_spread_over_the_zones(objects: Objects, namespace: str, deploy: Deploy) -> None:
    spread = deployment(namespace, "web", 3)
    spread["spec"]["template"]["spec"]["topologySpreadConstraints"] = [
        {
            "maxSkew": 1,
            "topologyKey": "topology.kubernetes.io/zone",
            "whenUnsatisfiable": "DoNotSchedule",
            "labelSelector": {"matchLabels": {"app": "main"}},
        }
    ]

    await deploy([spread])

    pods = await objects.of_kind("v1", "Pod", namespace)
    assert len({pod["spec"]["nodeName"] for pod in pods}) == len(ZONES)


async def test_a_privileged_pod_is_refused_where_pod_security_is_restricted(objects: Objects, namespace: str) -> None:
    await objects.apply(restricted_namespace(namespace))
    pod = manifest("v1", "Pod", namespace, "root", spec=pod_spec(securityContext={"privileged": True}))

    with pytest.raises(RefusedError, match=r'violates PodSecurity "restricted:latest": privileged') as refused:
        await objects.apply(pod)

    assert refused.value.status == 403


async def test_a_privileged_pod_is_accepted_where_pod_security_is_not_enforced(namespace: str, deploy: Deploy) -> None:
    await deploy([manifest("v1", "Pod", namespace, "root", spec=pod_spec(securityContext={"privileged": True}))])


async def test_a_deployment_whose_pods_are_refused_says_why_it_is_not_ready(objects: Objects, namespace: str) -> None:
    await objects.apply(restricted_namespace(namespace))
    web = await objects.apply(deployment(namespace, "web", 1, securityContext={"privileged": True}))

    with pytest.raises(NotReadyError, match=r"Deployment .*/web is not ready after 3 s: .* violates PodSecurity"):
        await objects.wait_until_ready(web, timeout=3)


async def test_a_pod_larger_than_a_node_is_not_scheduled(objects: Objects, namespace: str) -> None:
    huge = pod_spec(resources={"requests": {"cpu": "100"}})
    pod = await objects.apply(manifest("v1", "Pod", namespace, "huge", spec=huge))

    with pytest.raises(NotReadyError, match="Insufficient cpu"):
        await objects.wait_until_ready(pod, timeout=3)


async def test_a_job_completes(namespace: str, deploy: Deploy) -> None:
    template = pod_template()
    template["spec"]["restartPolicy"] = "Never"

    [live] = await deploy([manifest("batch/v1", "Job", namespace, "migrate", spec={"template": template})])

    assert live["status"]["succeeded"] == 1


async def test_a_stateful_set_gets_its_volume_and_becomes_ready(
    objects: Objects, namespace: str, deploy: Deploy
) -> None:
    await deploy([stateful_set(namespace, "database")])

    [claim] = await objects.of_kind("v1", "PersistentVolumeClaim", namespace)
    volume = await objects.get(
        {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": claim["spec"]["volumeName"]}}
    )
    assert volume is not None
    assert (claim["status"]["phase"], volume["status"]["phase"]) == ("Bound", "Bound")
    assert volume["spec"]["capacity"] == {"storage": "1Gi"}


async def test_a_volume_goes_with_its_claim(objects: Objects, namespace: str, deploy: Deploy) -> None:
    database = stateful_set(namespace, "database")
    await deploy([database])
    [claim] = await objects.of_kind("v1", "PersistentVolumeClaim", namespace)
    volume: Manifest = {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": claim["spec"]["volumeName"]},
    }

    await objects.delete(database)
    await objects.delete(manifest("v1", "PersistentVolumeClaim", namespace, claim["metadata"]["name"]))

    await objects.wait_until_gone(volume)


async def test_a_deleted_pod_is_replaced(objects: Objects, namespace: str, deploy: Deploy) -> None:
    [web] = await deploy([deployment(namespace, "web", 1)])
    [first] = await objects.of_kind("v1", "Pod", namespace)

    await objects.delete(first)

    await objects.wait_until_gone(first)
    await objects.wait_until_ready(web)
    [second] = await objects.of_kind("v1", "Pod", namespace)
    assert second["metadata"]["name"] != first["metadata"]["name"]
