"""The rehearsal's backend inside a cluster of one's own, where nothing on this machine can be reached."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import sandbox.backend
from sandbox.cluster.kubeconfig import Cluster
from sandbox.cluster.objects import Objects

NAMESPACE = "omnify-rehearsal"
_NAME = "backend"
_PORT = 8000
_IMAGE = "python:3.13-alpine"
URL = f"http://{_NAME}.{NAMESPACE}.svc.cluster.local:{_PORT}"
_LABELS = {"app.kubernetes.io/name": _NAME, "app.kubernetes.io/part-of": "omnify-rehearsal"}


async def deploy(cluster: Cluster) -> None:
    """Run the backend in the cluster and wait until it is ready."""
    objects = await Objects.of(cluster, field_manager="omnify-rehearsal")
    for manifest in manifests():
        await objects.apply(manifest)
        await objects.wait_until_ready(manifest, timeout=300)


async def remove(cluster: Cluster) -> None:
    """Take the backend away."""
    objects = await Objects.of(cluster, field_manager="omnify-rehearsal")
    namespace = next(iter(manifests()))
    await objects.delete(namespace)
    await objects.wait_until_gone(namespace, timeout=300)


def manifests() -> Iterable[dict[str, Any]]:
    """Its objects, the namespace first."""
    yield {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": NAMESPACE, "labels": {"pod-security.kubernetes.io/enforce": "restricted"}},
    }
    script = Path(sandbox.backend.__file__).read_text("utf-8")
    yield _object("v1", "ConfigMap") | {"data": {"backend.py": script}}
    yield _object("v1", "Service") | {
        "spec": {"selector": _LABELS, "ports": [{"name": "http", "port": _PORT, "targetPort": "http"}]}
    }
    yield _object("apps/v1", "Deployment") | {
        "spec": {
            "selector": {"matchLabels": _LABELS},
            "template": {"metadata": {"labels": _LABELS}, "spec": _pod()},
        }
    }


def _object(version: str, kind: str) -> dict[str, Any]:
    return {
        "apiVersion": version,
        "kind": kind,
        "metadata": {"name": _NAME, "namespace": NAMESPACE, "labels": _LABELS},
    }


def _pod() -> dict[str, Any]:
    return {
        "automountServiceAccountToken": False,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 65534,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [
            {
                "name": _NAME,
                "image": _IMAGE,
                "command": ["python", "/backend/backend.py", "--address", "0.0.0.0", "--port", str(_PORT)],  # noqa: S104 (a pod's own address)
                "ports": [{"name": "http", "containerPort": _PORT}],
                "readinessProbe": {"httpGet": {"path": "/", "port": "http"}},
                "securityContext": {
                    "allowPrivilegeEscalation": False,
                    "readOnlyRootFilesystem": True,
                    "capabilities": {"drop": ["ALL"]},
                },
                "volumeMounts": [{"name": "script", "mountPath": "/backend"}],
            }
        ],
        "volumes": [{"name": "script", "configMap": {"name": _NAME}}],
    }
