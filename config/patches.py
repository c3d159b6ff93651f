"""`platform.patches:` what no setting says, in Kubernetes' own terms, laid over the objects that this program makes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal

from pydantic import Field, JsonValue

from config.kubernetes.checking import mistakes
from config.kubernetes.nodes import Node, nodes
from config.kubernetes.restricted import weakenings
from config.problems import Problem
from config.settings import Settings

PatchableKind = Literal[
    "Deployment",
    "HorizontalPodAutoscaler",
    "Ingress",
    "Job",
    "Namespace",
    "NetworkPolicy",
    "PodDisruptionBudget",
    "Service",
    "ServiceAccount",
    "StatefulSet",
]
"""ConfigMaps and Secrets are named by what is in them, so they are made anew rather than patched."""


class Patch(Settings):
    """A strategic merge patch of one object, as `kubectl patch` takes it: mappings merge, lists of named items
    (containers, volumes, env, ports) merge by name, other lists are replaced, null removes."""

    kind: PatchableKind
    """The object's kind."""
    name: Annotated[str, Field(min_length=1)]
    """The object's name, such as `kong`; a Job's without the digits at its end."""
    patch: Annotated[dict[str, JsonValue], Field(min_length=1)]
    """What to lay over the object: its fields as Kubernetes names them. A container that is added gets the hardening of
    all others where it says nothing of it."""


POD = "spec template spec"
_SELECTED = {
    "spec selector": "this program, whose Services and policies find the pods by it",
    "spec template metadata labels app.kubernetes.io/name": "this program, whose Services find the pods by it",
    "spec template metadata labels app.kubernetes.io/component": "this program, whose Services find the pods by it",
    f"{POD} serviceAccountName": "this program, which makes the account",
    f"{POD} serviceAccount": "this program, which makes the account",
    f"{POD} enableServiceLinks": "this program: links would come as KONG_* variables, which Kong takes for its own",
}
_KONG = f"{POD} containers kong"
_PORTS = (8000, 8001, 8002, 8100, 8443, 8444)
_OWN: Mapping[str, Mapping[str, str]] = {
    "Deployment": _SELECTED,
    "HorizontalPodAutoscaler": {
        "spec minReplicas": "platform.autoscaling.minReplicas",
        "spec maxReplicas": "platform.autoscaling.maxReplicas",
        "spec scaleTargetRef": "this program, whose Deployment it scales",
    },
    "Ingress": {
        "spec ingressClassName": "ingress.className",
        "spec rules": "ingress.gatewayHost and ingress.managerHost",
        "spec tls": "ingress.tls",
    },
    "Job": _SELECTED | {f"{POD} containers * image": "platform.image", f"{POD} containers * args": "this program"},
    "Namespace": {"metadata labels pod-security.kubernetes.io/*": "this program: all its pods are restricted"},
    "NetworkPolicy": {"spec": "network"},
    "PodDisruptionBudget": {
        "spec minAvailable": "platform.disruptionBudget.minAvailable",
        "spec maxUnavailable": "platform.disruptionBudget.maxUnavailable",
        "spec selector": "this program",
    },
    "Service": {
        "spec selector": "this program, which knows the pods",
        "spec ports * name": "this program, which knows the pods' ports",
        "spec ports * targetPort": "this program, which knows the pods' ports",
    },
    "ServiceAccount": {"automountServiceAccountToken": "this program: no pod needs to ask the API server"},
    "StatefulSet": _SELECTED
    | {
        "spec replicas": "this program",
        "spec serviceName": "this program",
    },
}
"""What settings, or the program itself, decide of every object of a kind."""
_OF: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("Deployment", "kong"): {
        "spec replicas": "platform.replicas",
        f"{POD} terminationGracePeriodSeconds": "platform.gracePeriodSeconds",
        f"{POD} priorityClassName": "platform.scheduling.priorityClass",
        f"{POD} nodeSelector": "platform.scheduling.nodeSelector",
        f"{POD} tolerations": "platform.scheduling.tolerations",
        f"{_KONG} image": "platform.image",
        f"{_KONG} command": "platform.image, which starts Kong by itself",
        f"{_KONG} args": "platform.image, which starts Kong by itself",
        f"{_KONG} env KONG_*": "platform.properties",
        f"{_KONG} lifecycle": "platform.drainSeconds",
        f"{_KONG} resources": "platform.resources",
        **{f"{_KONG} ports {port}": "this program, whose Services lead there" for port in _PORTS},
    },
    ("Deployment", "redis"): {
        "spec replicas": "this program: two would count apart",
        "spec strategy": "this program: two would count apart",
        f"{POD} containers redis image": "counters.image",
        f"{POD} containers redis resources": "counters.memory",
    },
    ("Service", "kong-proxy"): {
        "spec type": "proxyService.type",
        "spec loadBalancerClass": "proxyService.loadBalancerClass",
        "spec loadBalancerSourceRanges": "proxyService.sourceRanges",
        "spec externalTrafficPolicy": "proxyService.externalTrafficPolicy",
    },
    ("StatefulSet", "postgres"): {
        "spec volumeClaimTemplates": "database.storage",
        f"{POD} containers postgres image": "database.image",
    },
}
"""What they decide of one object."""
_PODS = frozenset({"Deployment", "Job", "StatefulSet"})
_METADATA = ("annotations", "finalizers", "labels")
_OWNERS = (("metadata",), ("spec", "template", "metadata"))
_IDENTITY = (("apiVersion",), ("kind",))


def problems(patches: Sequence[Patch]) -> Iterator[Problem]:
    """What is wrong with patches, each where it stands in the list."""
    for index, patch in enumerate(patches):
        at = (index, "patch")
        wrong = list(mistakes(patch.kind, patch.patch, at))
        yield from wrong
        if not wrong:
            places = list(nodes(patch.kind, patch.patch, at))
            yield from _taken({**_OWN[patch.kind], **_OF.get((patch.kind, patch.name), {})}, places)
            if patch.kind in _PODS:
                yield from weakenings(POD, places)


def _taken(own: Mapping[str, str], places: Sequence[Node]) -> Iterator[Problem]:
    """What a patch says and is decided elsewhere."""
    for node in places:
        if node.steps in _IDENTITY or (node.steps[:-1] in _OWNERS and node.steps[-1] not in _METADATA):
            yield Problem(node.at, f"says which object it is, not how; remove it, or write {', '.join(_METADATA)}")
        for pattern, decided in own.items():
            if node.fits(pattern):
                yield Problem(node.at, f"is decided by {decided}; remove it here")
            elif node.removes and node.above(pattern):
                yield Problem(node.at, f"would take {pattern.split()[-1]!r} away, decided by {decided}; remove it here")
                break
