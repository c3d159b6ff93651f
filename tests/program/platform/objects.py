"""The kinds of a stack's objects, and what their pods run."""

from typing import Any

from tests.program.resources import Resources, inputs

CLAIM = "kubernetes:core/v1:PersistentVolumeClaimPatch"
CONFIG_MAP = "kubernetes:core/v1:ConfigMap"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
INGRESS = "kubernetes:networking.k8s.io/v1:Ingress"
JOB = "kubernetes:batch/v1:Job"
NAMESPACE = "kubernetes:core/v1:Namespace"
SECRET = "kubernetes:core/v1:Secret"
SERVICE = "kubernetes:core/v1:Service"
SERVICE_ACCOUNT = "kubernetes:core/v1:ServiceAccount"
STATEFUL_SET = "kubernetes:apps/v1:StatefulSet"
AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
BUDGET = "kubernetes:policy/v1:PodDisruptionBudget"
POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"


def pods(recording: Resources) -> list[dict[str, Any]]:
    """The specs of all pods that a stack makes."""
    workloads = [each for type_ in (DEPLOYMENT, STATEFUL_SET, JOB) for each in recording.of_type(type_)]
    return [inputs(each)["spec"]["template"]["spec"] for each in workloads]


def kong(recording: Resources) -> dict[str, Any]:
    """Kong's container."""
    (container,) = inputs(recording.one(DEPLOYMENT, "kong"))["spec"]["template"]["spec"]["containers"]
    return container


def variables(container: dict[str, Any]) -> dict[str, Any]:
    return {each["name"]: each.get("value", each.get("valueFrom")) for each in container["env"]}
