"""The API server is a real one: versions, validation, server-side apply, and every kind the gateway uses."""

import re
from collections.abc import Callable
from typing import Any, cast

import httpx
import pytest
from kr8s.asyncio.objects import Pod

from sandbox.cluster.kubeconfig import Cluster
from sandbox.cluster.objects import Objects, RefusedError
from tests.cluster.listener import listening
from tests.cluster.manifests import Deploy, Manifest, deployment, manifest, pod_spec
from tests.cluster.shared import Shared


async def test_the_server_says_which_release_of_kubernetes_it_is(objects: Objects) -> None:
    version = cast("dict[str, str]", await objects.api.version())  # pyright: ignore[reportUnknownMemberType] - only dict

    assert re.fullmatch(r"v1\.\d+\.\d+", version["gitVersion"])
    assert version["gitVersion"].startswith(f"v{version['major']}.{version['minor']}.")


Make = Callable[[str], Manifest]
"""Makes a manifest for the namespace."""


def _autoscaler(namespace: str) -> Manifest:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    spec = {"minReplicas": 2, "maxReplicas": 4, "scaleTargetRef": target}
    return manifest("autoscaling/v2", "HorizontalPodAutoscaler", namespace, "web", spec=spec)


def _disruption_budget(namespace: str) -> Manifest:
    spec = {"maxUnavailable": 1, "selector": {"matchLabels": {"app": "main"}}}
    return manifest("policy/v1", "PodDisruptionBudget", namespace, "web", spec=spec)


def _network_policy(namespace: str) -> Manifest:
    spec: dict[str, Any] = {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [{"ports": [{"port": 8000}]}]}
    return manifest("networking.k8s.io/v1", "NetworkPolicy", namespace, "web", spec=spec)


def _ingress(namespace: str) -> Manifest:
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    rule = {"host": "web.example", "http": {"paths": [{"path": "/", "pathType": "Prefix", "backend": backend}]}}
    return manifest(
        "networking.k8s.io/v1", "Ingress", namespace, "web", spec={"ingressClassName": "nginx", "rules": [rule]}
    )


def _load_balancer(namespace: str) -> Manifest:
    spec = {"type": "LoadBalancer", "selector": {"app": "main"}, "ports": [{"port": 80}]}
    return manifest("v1", "Service", namespace, "web", spec=spec)


@pytest.mark.parametrize("make", [_autoscaler, _disruption_budget, _network_policy])
async def test_what_surrounds_a_deployment_is_accepted(make: Make, namespace: str, deploy: Deploy) -> None:
    [live] = await deploy([make(namespace)])

    assert live["metadata"]["uid"]


@pytest.mark.parametrize("make", [_ingress, _load_balancer])
async def test_what_is_reached_from_outside_gets_an_address(make: Make, namespace: str, deploy: Deploy) -> None:
    [live] = await deploy([make(namespace)])

    assert live["status"]["loadBalancer"]["ingress"][0]["ip"] == "127.0.0.1"


async def test_an_unknown_field_is_refused(objects: Objects, namespace: str) -> None:
    web = deployment(namespace, "web", 1, imagePolicy="Always")

    with pytest.raises(RefusedError, match=r"imagePolicy: field not declared in schema"):
        await objects.apply(web)


async def test_applying_again_removes_what_the_manifest_no_longer_says(objects: Objects, namespace: str) -> None:
    settings = manifest("v1", "ConfigMap", namespace, "settings", data={"a": "1", "b": "2"})
    await objects.apply(settings)

    live = await objects.apply({**settings, "data": {"a": "1"}})

    assert live["data"] == {"a": "1"}


async def test_applying_leaves_the_fields_of_other_managers_alone(cluster: Cluster, namespace: str) -> None:
    settings = manifest("v1", "ConfigMap", namespace, "settings")
    first = await Objects.of(cluster, field_manager="first")
    second = await Objects.of(cluster, field_manager="second")
    await first.apply({**settings, "data": {"a": "1"}})

    live = await second.apply({**settings, "data": {"b": "2"}})

    assert live["data"] == {"a": "1", "b": "2"}


async def test_a_pods_port_leads_to_a_process_on_this_machine(
    control_plane: Shared, objects: Objects, namespace: str, deploy: Deploy
) -> None:
    [live] = await deploy([manifest("v1", "Pod", namespace, "kong", spec=pod_spec())])

    with control_plane.target_lock():
        async with (
            listening(control_plane.targets[8001], b"the process outside"),
            Pod(live, api=objects.api).portforward(8001, local_port="auto") as port,
            httpx.AsyncClient() as client,
        ):
            answer = await client.get(f"http://127.0.0.1:{port}/status")

    assert answer.content == b"the process outside"


async def test_a_pods_port_that_leads_nowhere_is_refused(objects: Objects, namespace: str, deploy: Deploy) -> None:
    [live] = await deploy([manifest("v1", "Pod", namespace, "kong", spec=pod_spec())])

    async with Pod(live, api=objects.api).portforward(9999, local_port="auto") as port, httpx.AsyncClient() as client:
        with pytest.raises(httpx.TransportError):
            await client.get(f"http://127.0.0.1:{port}/")
