"""What the objects of a stack are called: names, ports and labels.

The names are fixed, so that addresses are known before anything exists. A stack has its namespace for itself.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from components.platform import names as gateway_names
from workflows.settings.stack import PROJECT
from workflows.settings.temporal import Service

TEMPORAL = "temporal"
FRONTEND = "temporal-frontend"
"""The Service of the frontend: where every client finds Temporal."""
UI = "temporal-ui"
WORKERS = "workers"
API = "workflows-api"
METRICS_SERVICE = "temporal-metrics"
"""The headless Service by which Prometheus finds Temporal's own pods."""
METRICS_PORT = 9090
UI_PORT = 8080
LOGIN_PORT = 4180
API_PORT = 8080
PUBLIC_PATH = "/workflows"
"""Below which the gateway shows the interface."""
API_PATH = "/api/workflows"
"""Below which the gateway has the API."""


@dataclass(frozen=True)
class Ports:
    """Where a service of Temporal listens (Temporal: config/docker.yaml)."""

    grpc: int
    membership: int


PORTS: Mapping[Service, Ports] = {
    "frontend": Ports(grpc=7233, membership=6933),
    "history": Ports(grpc=7234, membership=6934),
    "matching": Ports(grpc=7235, membership=6935),
    "worker": Ports(grpc=7239, membership=6939),
}
HTTP_PORT = 7243
"""The frontend's HTTP API."""


def selector(component: str, name: str = PROJECT) -> Mapping[str, str]:
    """The labels by which Services, workloads and policies find pods. They never change."""
    return gateway_names.selector(name, component)


def labels(component: str, name: str = PROJECT) -> Mapping[str, str]:
    """The recommended labels."""
    return gateway_names.labels(name, component, PROJECT)


TEMPORAL_PODS: Mapping[str, str] = {"app.kubernetes.io/name": TEMPORAL}
"""The pods of all of Temporal's own services."""


def service_url(name: str, namespace: str, port: int) -> str:
    """Where other pods of the cluster find a Service."""
    return f"http://{name}.{namespace}.svc.cluster.local:{port}"


def frontend_address() -> str:
    """Where pods of the namespace find Temporal."""
    return f"{FRONTEND}:{PORTS['frontend'].grpc}"


def version_name(build_id: str) -> str:
    """The Deployment of a version of the workers."""
    return f"{WORKERS}-{re.sub(r'[^a-z0-9-]', '-', build_id)}"
