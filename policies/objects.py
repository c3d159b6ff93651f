"""Policies on the Kubernetes objects."""

from collections.abc import Iterator
from typing import Final

from components.platform.names import ADMIN, ADMIN_TLS, MANAGER, METRICS
from policies.policy import Broken, Policy
from policies.subject import KubernetesObject, Subject, listed, mapping

_PRIVATE: Final = (ADMIN, ADMIN_TLS, MANAGER, METRICS)
_PRIVATE_PORTS: Final = frozenset(value for each in _PRIVATE for value in (each.name, each.port))
_PRIVATE_SERVICES: Final = frozenset(each.service for each in _PRIVATE)
_ASKS_FIRST: Final = ("nginx.ingress.kubernetes.io/auth-url", "nginx.ingress.kubernetes.io/auth-secret")
_LONG_RUNNING: Final = frozenset({"Deployment", "StatefulSet", "DaemonSet"})


def _exposed_services(subject: Subject) -> Iterator[Broken]:
    for each in _of_kind(subject, "Service"):
        outside = each.spec.get("type") in {"LoadBalancer", "NodePort"} or each.spec.get("externalIPs")
        for port in listed(each.spec.get("ports")):
            if outside and {port.get("targetPort"), port.get("name"), port.get("port")} & _PRIVATE_PORTS:
                yield Broken(each.title, f"leads from outside the cluster to port {port.get('targetPort')}", each.urn)
    for each in _of_kind(subject, "Ingress"):
        for service in _backends(each):
            if service == MANAGER.service and _asks_first(each):
                continue
            if service in _PRIVATE_SERVICES:
                yield Broken(each.title, f"leads to {service}, and asks nobody who they are", each.urn)


def _of_kind(subject: Subject, kind: str) -> Iterator[KubernetesObject]:
    return (each for each in subject.objects if each.kind == kind)


def _backends(ingress: KubernetesObject) -> Iterator[str]:
    places = [mapping(ingress.spec.get("defaultBackend"))]
    for rule in listed(ingress.spec.get("rules")):
        places += [mapping(path.get("backend")) for path in listed(mapping(rule.get("http")).get("paths"))]
    for place in places:
        yield str(mapping(place.get("service")).get("name"))


def _asks_first(ingress: KubernetesObject) -> bool:
    annotations = mapping(mapping(ingress.manifest.get("metadata")).get("annotations"))
    return any(name in annotations for name in _ASKS_FIRST)


def _unlocked_listeners(subject: Subject) -> Iterator[Broken]:
    for each in subject.workloads:
        for container in each.containers:
            environment = {str(entry.get("name")): entry.get("value") for entry in listed(container.get("env"))}
            listens = str(environment.get("KONG_ADMIN_LISTEN") or "")
            locked = environment.get("KONG_NGINX_ADMIN_SSL_VERIFY_CLIENT") == "on"
            for address in listens.split(","):
                alone = not address or address.strip().startswith(("127.0.0.1:", "[::1]:", "off"))
                if not alone and not (locked and " ssl" in address):
                    yield Broken(each.title, f"its Admin API listens on {address.split()[0]} without a lock", each.urn)


def _unbounded(subject: Subject) -> Iterator[Broken]:
    for each in subject.workloads:
        for container in each.all_containers:
            resources = mapping(container.get("resources"))
            amounts = {
                "a request for cpu": mapping(resources.get("requests")).get("cpu"),
                "a request for memory": mapping(resources.get("requests")).get("memory"),
                "a limit for memory": mapping(resources.get("limits")).get("memory"),
            }
            for what, amount in amounts.items():
                if amount is None:
                    yield Broken(each.title, f"container {container.get('name')} has not {what}", each.urn)


def _unprobed(subject: Subject) -> Iterator[Broken]:
    for each in subject.workloads:
        for container in each.containers if each.kind in _LONG_RUNNING else ():
            for probe in ("readinessProbe", "livenessProbe"):
                if not container.get(probe):
                    yield Broken(each.title, f"container {container.get('name')} has no {probe}", each.urn)


POLICIES = (
    Policy(
        name="admin-is-private",
        summary="Neither the Admin API nor Kong Manager nor the metrics can be reached from outside.",
        why="Who reaches the Admin API owns the gateway, and Kong's own Manager asks nobody who they are.",
        instead="use the tunnel, or one of the other ways of docs/admin-api.md",
        broken=_exposed_services,
    ),
    Policy(
        name="admin-is-locked",
        summary="The Admin API listens inside its pod alone, or asks for a client's certificate.",
        why="A network policy is no lock: some clusters enforce none, and a pod in the namespace may be anybody's.",
        instead="leave KONG_ADMIN_LISTEN to admin.access",
        broken=_unlocked_listeners,
    ),
    Policy(
        name="pods-are-bounded",
        summary="Every container says how much CPU and memory it needs, and has a limit of memory.",
        why="Without them one pod takes a node's memory from all others, and the scheduler packs blindly.",
        instead="write requests and limits",
        broken=_unbounded,
    ),
    Policy(
        name="pods-are-probed",
        summary="Every container that runs on is asked whether it is ready and alive.",
        why="Without a readiness probe requests go to pods that cannot answer yet.",
        instead="write a readinessProbe and a livenessProbe",
        broken=_unprobed,
    ),
)
