"""What the objects of a gateway are called: names, ports and labels.

The names are fixed, so that addresses such as the tunnel's are known before anything exists. A stack has its
namespace for itself, which keeps them apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from config.admin import Admin, AdminUrl
from config.cluster import Cluster

KONG = "kong"
"""The Deployment, its ServiceAccount, autoscaler and disruption budget, and the gateway's Ingress."""
POSTGRES = "postgres"
"""The bundled database: StatefulSet, Service, ServiceAccount and Secret."""
REDIS = "redis"
"""The bundled counters: Deployment, Service, ServiceAccount and Secret (config/counters.py: BundledRedis)."""
MANAGER_INGRESS = "kong-manager"


@dataclass(frozen=True)
class Listener:
    """A port on which Kong's pods listen, and the Service before it."""

    name: str
    """The port's name in the pods and in the Service."""
    port: int
    """The port in the pods."""
    service: str
    service_port: int


PROXY = Listener(name="proxy", port=8000, service="kong-proxy", service_port=80)
ADMIN = Listener(name="admin", port=8001, service="kong-admin", service_port=8001)
MANAGER = Listener(name="manager", port=8002, service="kong-manager", service_port=8002)
METRICS = Listener(name="metrics", port=8100, service="kong-metrics", service_port=8100)
LISTENERS = (PROXY, ADMIN, MANAGER, METRICS)


def admin_address(admin: Admin, cluster: Cluster) -> str:
    """Where the provider finds the Admin API: a URL, or the way through the cluster's API server."""
    if isinstance(admin, AdminUrl):
        return admin.url
    return f"kubernetes://{cluster.context}/{cluster.namespace}/{ADMIN.service}:{ADMIN.service_port}"


def selector(name: str, component: str) -> Mapping[str, str]:
    """The labels by which Services and workloads find their pods. They never change."""
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/component": component}


def labels(name: str, component: str) -> Mapping[str, str]:
    """The recommended labels (Kubernetes: app.kubernetes.io)."""
    return {
        **selector(name, component),
        "app.kubernetes.io/part-of": "omnify-gateway",
        "app.kubernetes.io/managed-by": "pulumi",
    }


GATEWAY_SELECTOR = selector(KONG, "gateway")
GATEWAY_LABELS = labels(KONG, "gateway")
