"""What the objects of a gateway are called: names, ports and labels.

The names are fixed, so that addresses such as the tunnel's are known before anything exists. A stack has its
namespace for itself, which keeps them apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from config.admin import AdminInCluster, AdminLoopback, AdminUrl
from config.stack import StackSettings
from entities.administration.entrances import PROGRAMS_PATH
from entities.management import SERVICE

KONG = "kong"
"""The Deployment, its ServiceAccount, autoscaler and disruption budget, and the gateway's Ingress."""
POSTGRES = "postgres"
"""The bundled database: StatefulSet, Service, ServiceAccount and Secret."""
REDIS = "redis"
"""The bundled counters: Deployment, Service, ServiceAccount and Secret (config/counters.py: BundledRedis)."""
MANAGEMENT = SERVICE
"""The management API: Deployment, Service, ServiceAccount, roles and volume."""
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
ADMIN_TLS = Listener(name="admin-tls", port=8444, service="kong-admin-tls", service_port=8444)
"""The Admin API for pods of the cluster; only with `admin: {access: in-cluster}`."""
PROXY_TLS = Listener(name="proxy-tls", port=8443, service="kong-proxy", service_port=443)
"""The proxy by TLS; only where TLS ends in Kong, behind a load balancer of its own."""
METRICS = Listener(name="metrics", port=8100, service="kong-metrics", service_port=8100)
LISTENERS = (PROXY, ADMIN, MANAGER, METRICS)


def admin_address(settings: StackSettings) -> str:
    """Where the provider finds the Admin API: a URL, or the way through the cluster's API server."""
    admin, cluster = settings.admin, settings.cluster
    if isinstance(admin, AdminUrl):
        return admin.url
    if isinstance(admin, AdminInCluster):
        return f"https://{ADMIN_TLS.service}.{cluster.namespace}.svc:{ADMIN_TLS.service_port}"
    if isinstance(admin, AdminLoopback):
        return f"{settings.ingress.scheme}://{settings.ingress.manager_host}{PROGRAMS_PATH}"
    return tunnel_to_admin(settings)


def tunnel_to_admin(settings: StackSettings) -> str:
    """The way through the cluster's API server, which is there whatever else leads to the Admin API."""
    cluster = settings.cluster
    return f"kubernetes://{cluster.context}/{cluster.namespace}/{ADMIN.service}:{ADMIN.service_port}"


def serves_manager(settings: StackSettings) -> bool:
    """Whether people reach Kong Manager by its host: then somebody asks who they are."""
    admin = settings.admin
    return settings.ingress.manager_auth is not None or (isinstance(admin, AdminLoopback) and bool(admin.people))


def manager_url(settings: StackSettings) -> str:
    """Where people open Kong Manager: by its host, or by a port that they forward."""
    ingress = settings.ingress
    return (
        f"{ingress.scheme}://{ingress.manager_host}" if serves_manager(settings) else f"http://localhost:{MANAGER.port}"
    )


def selector(name: str, component: str) -> Mapping[str, str]:
    """The labels by which Services and workloads find their pods. They never change."""
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/component": component}


PROJECT = "omnify-gateway"
"""What the gateway's objects are a part of."""


def labels(name: str, component: str, part_of: str = PROJECT) -> Mapping[str, str]:
    """The recommended labels (Kubernetes: app.kubernetes.io)."""
    return {
        **selector(name, component),
        "app.kubernetes.io/part-of": part_of,
        "app.kubernetes.io/managed-by": "pulumi",
    }


GATEWAY_SELECTOR = selector(KONG, "gateway")
GATEWAY_LABELS = labels(KONG, "gateway")
MANAGEMENT_SELECTOR = selector(MANAGEMENT, "management")
MANAGEMENT_LABELS = labels(MANAGEMENT, "management")
