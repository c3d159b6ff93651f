"""The smallest manifests that the tests of the control plane need."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from sandbox.cluster.readiness import Manifest

Deploy = Callable[[Sequence[Manifest]], Awaitable[list[Manifest]]]
"""Applies the manifests in order, waits until each is ready, and gives them as they are then."""

RESTRICTED: dict[str, Any] = {
    "securityContext": {
        "runAsNonRoot": True,
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "seccompProfile": {"type": "RuntimeDefault"},
    }
}
"""What Pod Security's `restricted` asks of a container."""


def manifest(version: str, kind: str, namespace: str, name: str, **fields: object) -> Manifest:
    """Give a manifest of a kind that lives in namespaces."""
    return {"apiVersion": version, "kind": kind, "metadata": {"namespace": namespace, "name": name}, **fields}


def restricted_namespace(name: str) -> Manifest:
    """Give the namespace with Pod Security enforced."""
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def pod_spec(**container: object) -> dict[str, Any]:
    """Give the specification of a pod with one container, of an image that nobody ever pulls."""
    return {"containers": [{"name": "main", "image": "example.invalid/main:1", **container}]}


def pod_template(**container: object) -> dict[str, Any]:
    """Give what Deployments and their like make pods from."""
    return {"metadata": {"labels": {"app": "main"}}, "spec": pod_spec(**container)}


def deployment(namespace: str, name: str, replicas: int, **container: object) -> Manifest:
    """Give a Deployment."""
    spec = {
        "replicas": replicas,
        "selector": {"matchLabels": {"app": "main"}},
        "template": pod_template(**container),
    }
    return manifest("apps/v1", "Deployment", namespace, name, spec=spec)


def stateful_set(namespace: str, name: str) -> Manifest:
    """Give a StatefulSet of one pod with a volume of the default storage class."""
    claim = {
        "metadata": {"name": "data"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
    }
    spec = {
        "replicas": 1,
        "serviceName": name,
        "selector": {"matchLabels": {"app": "main"}},
        "template": pod_template(volumeMounts=[{"name": "data", "mountPath": "/data"}]),
        "volumeClaimTemplates": [claim],
    }
    return manifest("apps/v1", "StatefulSet", namespace, name, spec=spec)
