"""Temporal's web interface, and before it oauth2-proxy, which lets administrators in."""

from collections.abc import Sequence

import pulumi
import pulumi_kubernetes as k8s

from components.outputs import GatewayOutputs
from components.platform.environment import Environment
from components.platform.hardening import container_security, scratch
from components.platform.requirements import requirements
from config.platform import DisruptionBudget
from workflows.components.names import (
    LOGIN_PORT,
    PUBLIC_PATH,
    TEMPORAL,
    UI,
    UI_PORT,
    frontend_address,
    labels,
    selector,
)
from workflows.components.workers import asks
from workflows.components.workload import PodPlan, Port, Workload, container_ports, service
from workflows.settings.stack import WorkflowsSettings
from workflows.settings.ui import Login

_UI_USER = 1000
"""The user `temporal` of the official image. oauth2-proxy's has no files of its own, and runs as anybody."""
_LOGIN_REQUESTS, _LOGIN_LIMITS = {"cpu": "20m", "memory": "32Mi"}, {"cpu": "250m", "memory": "128Mi"}


class TemporalUi(pulumi.ComponentResource):
    """The interface's Deployment and Service."""

    service: k8s.core.v1.Service

    def __init__(
        self,
        name: str,
        *,
        settings: WorkflowsSettings,
        gateway: GatewayOutputs,
        namespace: pulumi.Input[str],
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("omnify:workflows:TemporalUi", name, None, opts)
        login = settings.ui.login
        containers = [_interface(settings, gateway), *([_login(login, gateway)] if login else [])]
        workload = Workload(
            UI,
            labels=labels("ui", TEMPORAL_UI),
            selector=selector("ui", TEMPORAL_UI),
            pods=PodPlan(containers=containers, user=_UI_USER, volumes=[scratch("tmp", at_most="16Mi")]),
            replicas=settings.ui.replicas,
            disruption_budget=DisruptionBudget(max_unavailable=1),
            namespace=namespace,
            after=after,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.service = service(
            UI,
            labels=labels("ui", TEMPORAL_UI),
            selector=selector("ui", TEMPORAL_UI),
            ports=[Port("login", LOGIN_PORT) if login else Port("http", UI_PORT)],
            namespace=namespace,
            parent=self,
            after=[workload.deployment],
        )
        self.register_outputs({"service": self.service.metadata.name})


TEMPORAL_UI = f"{TEMPORAL}-ui"
"""Not Temporal's own name, by which its services find each other."""


def _interface(settings: WorkflowsSettings, gateway: GatewayOutputs) -> k8s.core.v1.ContainerArgs:
    login = settings.ui.login is not None
    path = PUBLIC_PATH if login else ""
    environment = Environment(
        {
            "TEMPORAL_ADDRESS": frontend_address(),
            "TEMPORAL_UI_PORT": str(UI_PORT),
            "TEMPORAL_UI_PUBLIC_PATH": path,
            "TEMPORAL_DEFAULT_NAMESPACE": settings.executions.name,
            "TEMPORAL_CORS_ORIGINS": gateway.urls.gateway if login else f"http://localhost:{UI_PORT}",
            "TEMPORAL_CSRF_COOKIE_INSECURE": str(not (login and gateway.urls.gateway.startswith("https:"))).lower(),
            "TEMPORAL_DISABLE_WRITE_ACTIONS": str(settings.ui.read_only).lower(),
            "TEMPORAL_NOTIFY_ON_NEW_VERSION": "false",  # it would ask the world
        }
    )
    return k8s.core.v1.ContainerArgs(
        name="ui",
        image=settings.ui.image,
        env=environment.variables(),
        ports=container_ports([Port("http", UI_PORT)]),
        resources=requirements(settings.ui.resources),
        security_context=container_security(),
        readiness_probe=asks(f"{path}/healthz", "http", period=5, failures=3),
        liveness_probe=asks(f"{path}/healthz", "http", period=10, failures=6),
        volume_mounts=[k8s.core.v1.VolumeMountArgs(name="tmp", mount_path="/tmp")],  # noqa: S108 - the pod's own
    )


def _login(login: Login, gateway: GatewayOutputs) -> k8s.core.v1.ContainerArgs:
    """oauth2-proxy, by its environment (oauth2-proxy: docs, Configuration)."""
    url = gateway.urls.gateway
    values = {
        "PROVIDER": "keycloak-oidc",
        "OIDC_ISSUER_URL": gateway.auth.issuer,
        "CLIENT_ID": login.client,
        "ALLOWED_ROLES": login.role,
        "CODE_CHALLENGE_METHOD": "S256",
        "REDIRECT_URL": f"{url}{PUBLIC_PATH}/oauth2/callback",
        "PROXY_PREFIX": f"{PUBLIC_PATH}/oauth2",
        "HTTP_ADDRESS": f"0.0.0.0:{LOGIN_PORT}",
        "UPSTREAMS": f"http://127.0.0.1:{UI_PORT}/",
        "REVERSE_PROXY": "true",
        "EMAIL_DOMAINS": "*",  # the role decides, not the address
        "SKIP_PROVIDER_BUTTON": "true",
        "COOKIE_NAME": "_omnify_workflows",
        "COOKIE_PATH": PUBLIC_PATH,
        "COOKIE_SECURE": str(url.startswith("https:")).lower(),
        "COOKIE_SAMESITE": "lax",
        "COOKIE_REFRESH": "4m",  # the realm's tokens hold for five: a role that was taken away is seen by then
    }
    environment = Environment(
        {f"OAUTH2_PROXY_{name}": value for name, value in values.items()},
        {"OAUTH2_PROXY_CLIENT_SECRET": login.client_secret, "OAUTH2_PROXY_COOKIE_SECRET": login.cookie_secret},
    )
    return k8s.core.v1.ContainerArgs(
        name="login",
        image=login.image,
        env=environment.variables(),
        ports=container_ports([Port("login", LOGIN_PORT)]),
        resources=k8s.core.v1.ResourceRequirementsArgs(requests=_LOGIN_REQUESTS, limits=_LOGIN_LIMITS),
        security_context=container_security(),
        readiness_probe=asks("/ready", "login", period=5, failures=3),
        liveness_probe=asks("/ping", "login", period=10, failures=6),
    )
