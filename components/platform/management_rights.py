"""What the management API may do in the cluster: apply its own stack, and nothing to its own rights."""

from collections.abc import Iterator
from dataclasses import dataclass

from config.counters import BundledRedis
from config.database import BundledDatabase
from config.observability import ServiceMonitor
from config.stack import StackSettings
from config.tls import CertManagerTls

_WRITE = ("get", "list", "watch", "create", "patch", "delete")
"""An object is applied by a patch, which makes it where it is not there (Kubernetes: server-side apply)."""
_WATCH = ("get", "list", "watch")
_CORE, _APPS, _RBAC = "", "apps", "rbac.authorization.k8s.io"


@dataclass(frozen=True)
class Right:
    """Some verbs on some kinds of objects (Kubernetes: rbac/v1 PolicyRule)."""

    group: str
    resources: tuple[str, ...]
    verbs: tuple[str, ...]
    names: tuple[str, ...] = ()
    """Only objects of these names; of any when there are none."""


def rights_in_namespace(settings: StackSettings) -> tuple[Right, ...]:
    """What it may do in the gateway's namespace: to the kinds of objects that this stack has, no others."""
    return tuple(_in_namespace(settings))


def rights_in_cluster(namespace: str, own: str) -> tuple[Right, ...]:
    """What it may do outside of it. `own` is the name of the very role and binding that say so."""
    return (
        Right(_CORE, ("namespaces",), ("get", "patch"), (namespace,)),
        Right(_RBAC, ("clusterroles", "clusterrolebindings"), ("get",), (own,)),
    )


def _in_namespace(settings: StackSettings) -> Iterator[Right]:
    yield Right(_CORE, ("configmaps", "persistentvolumeclaims", "serviceaccounts", "services"), _WRITE)
    yield Right(_APPS, tuple(_workloads(settings)), _WRITE)
    yield Right("networking.k8s.io", ("ingresses", "networkpolicies"), _WRITE)
    if settings.mode == "database":
        yield Right("batch", ("jobs",), _WRITE)
    if settings.platform.autoscaling is not None:
        yield Right("autoscaling", ("horizontalpodautoscalers",), _WRITE)
    if settings.platform.disruption_budget is not None:
        yield Right("policy", ("poddisruptionbudgets",), _WRITE)
    if _has_stores(settings):
        yield Right(_CORE, ("secrets",), _WRITE)
    if isinstance(settings.ingress.tls, CertManagerTls):
        yield Right("cert-manager.io", ("certificates",), _WRITE)
    if monitored := tuple(_monitored(settings)):
        yield Right("monitoring.coreos.com", monitored, _WRITE)
    # What the engine waits for, and the way to the Admin API and the nodes.
    yield Right(_CORE, ("endpoints", "events", "pods"), _WATCH)
    yield Right("discovery.k8s.io", ("endpointslices",), _WATCH)
    yield Right(_APPS, ("replicasets",), _WATCH)
    yield Right(_CORE, ("pods/portforward",), ("get", "create"))
    # Whoever runs `pulumi up` elsewhere says what it may do; the engine sees here that nobody has changed that.
    yield Right(_RBAC, ("roles", "rolebindings"), ("get",))


def _workloads(settings: StackSettings) -> Iterator[str]:
    yield "deployments"
    if settings.mode == "database" and isinstance(settings.database, BundledDatabase):
        yield "statefulsets"


def _has_stores(settings: StackSettings) -> bool:
    database = settings.mode == "database" and isinstance(settings.database, BundledDatabase)
    return database or isinstance(settings.counters, BundledRedis)


def _monitored(settings: StackSettings) -> Iterator[str]:
    if settings.observability.alerts is not None:
        yield "prometheusrules"
    if isinstance(settings.observability.scrape, ServiceMonitor):
        yield "servicemonitors"
