"""When a Kubernetes object is ready: what `kubectl rollout status` and Pulumi wait for, as one pure function."""

from collections.abc import Callable
from typing import Any

Manifest = dict[str, Any]
"""A Kubernetes object as the API server takes and gives it."""


def pending(live: Manifest) -> str | None:
    """Give what the object still waits for, or None when it is ready; kinds without a rule always are."""
    rule = _RULES.get(live["kind"])
    return rule(live) if rule else None


def failure(live: Manifest) -> str | None:
    """Give why the object will never be ready, or None when it may be."""
    failed = _condition(live, "Failed") if live["kind"] == "Job" else {}
    return str(failed.get("message", failed.get("reason"))) if failed.get("status") == "True" else None


def _deployment(live: Manifest) -> str | None:
    failure = _condition(live, "ReplicaFailure")
    if failure.get("status") == "True":
        return str(failure.get("message"))
    return _replicas(live, "updatedReplicas", "availableReplicas", "replicas")


def _stateful_set(live: Manifest) -> str | None:
    return _replicas(live, "updatedReplicas", "readyReplicas", "replicas")


def _replicas(live: Manifest, *counts: str) -> str | None:
    status = _status(live)
    if status.get("observedGeneration", 0) < live["metadata"]["generation"]:
        return "its controller has not seen the latest change"
    wanted = live["spec"].get("replicas", 1)
    short = [f"{count} is {status.get(count, 0)}" for count in counts if status.get(count, 0) != wanted]
    return f"{' and '.join(short)}, not {wanted}" if short else None


def _job(live: Manifest) -> str | None:
    if _condition(live, "Complete").get("status") == "True":
        return None
    return failure(live) or "it is not complete"


def _pod(live: Manifest) -> str | None:
    if _condition(live, "Ready").get("status") == "True":
        return None
    return str(_condition(live, "PodScheduled").get("message", "it is not ready"))


def _claim(live: Manifest) -> str | None:
    return None if _status(live).get("phase") == "Bound" else "no volume is bound to it"


def _ingress(live: Manifest) -> str | None:
    return None if _status(live).get("loadBalancer", {}).get("ingress") else "it has no address"


def _service(live: Manifest) -> str | None:
    return _ingress(live) if live["spec"].get("type") == "LoadBalancer" else None


_RULES: dict[str, Callable[[Manifest], str | None]] = {
    "Deployment": _deployment,
    "Ingress": _ingress,
    "Job": _job,
    "PersistentVolumeClaim": _claim,
    "Pod": _pod,
    "Service": _service,
    "StatefulSet": _stateful_set,
}


def _status(live: Manifest) -> Manifest:
    return live.get("status", {})


def _condition(live: Manifest, kind: str) -> Manifest:
    conditions: list[Manifest] = _status(live).get("conditions", [])
    none: Manifest = {}
    return next((condition for condition in conditions if condition["type"] == kind), none)
