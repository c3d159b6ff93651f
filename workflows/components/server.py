"""Temporal itself: its services in one Deployment, or in one each."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_kubernetes as k8s

from components.platform.content import named_by_content
from components.platform.environment import Environment
from components.platform.hardening import container_security
from components.platform.metadata import object_metadata
from components.platform.requirements import requirements
from workflows.components.names import (
    FRONTEND,
    HTTP_PORT,
    METRICS_PORT,
    METRICS_SERVICE,
    PORTS,
    TEMPORAL,
    TEMPORAL_PODS,
    labels,
    selector,
)
from workflows.components.scraping import scraping_annotations
from workflows.components.server_conf import (
    ADDRESS_VARIABLE,
    CONFIG_FILE,
    DIRECTORY,
    DYNAMIC_FILE,
    dynamic_yaml,
    server_yaml,
)
from workflows.components.store import Store, authority_mounts, authority_volumes
from workflows.components.workload import PodPlan, Port, Workload, container_ports, service
from workflows.settings.observability import Observability
from workflows.settings.temporal import SERVICES, Apart, Pods, Service, Temporal

SERVER_USER = 1000
"""The user `temporal` of the official image."""
_HEALTH: Mapping[Service, str] = {
    "frontend": "temporal.api.workflowservice.v1.WorkflowService",
    "history": "temporal.api.workflowservice.v1.HistoryService",
    "matching": "temporal.api.workflowservice.v1.MatchingService",
    "worker": "temporal.api.workflowservice.v1.WorkerService",
}
"""Under what name each service tells its health (gRPC health checking; Temporal: service/*/handler.go, service.go)."""


class TemporalServer(pulumi.ComponentResource):
    """The configuration, the Deployments, and the Services before them."""

    frontend: k8s.core.v1.Service
    """What every client of Temporal waits for."""

    def __init__(
        self,
        name: str,
        *,
        settings: Temporal,
        store: Store,
        observability: Observability,
        namespace: pulumi.Input[str],
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`after` must have a schema for the servers."""
        super().__init__("omnify:workflows:TemporalServer", name, None, opts)
        self._settings, self._store, self._namespace = settings, store, namespace
        self._config = self._config_map(name)
        layout = settings.layout
        if isinstance(layout, Apart):
            first: list[pulumi.Resource] = [
                self._workload(f"{TEMPORAL}-{each}", each, (each,), layout.of(each), after)
                for each in ("frontend", "history", "matching")
            ]
            self.frontend = self._frontend("frontend", first)
            last = self._workload(f"{TEMPORAL}-worker", "worker", ("worker",), layout.worker, [*first, self.frontend])
            made = [*first, last]
        else:
            made = [self._workload(TEMPORAL, "server", SERVICES, layout, after)]
            self.frontend = self._frontend("server", made)
        service(
            METRICS_SERVICE,
            labels={**labels("metrics", TEMPORAL)},
            selector=TEMPORAL_PODS,
            ports=[Port("metrics", METRICS_PORT)],
            namespace=namespace,
            parent=self,
            after=made,
            headless=True,
            annotations=scraping_annotations(observability, METRICS_PORT),
        )
        self.register_outputs({"frontend": self.frontend.metadata.name})

    def _config_map(self, name: str) -> k8s.core.v1.ConfigMap:
        data = {CONFIG_FILE: server_yaml(self._settings, self._store), DYNAMIC_FILE: dynamic_yaml(self._settings)}
        return k8s.core.v1.ConfigMap(
            f"{name}-config",
            metadata=object_metadata(
                named_by_content("temporal-config", data), namespace=self._namespace, labels=labels("config", TEMPORAL)
            ),
            data=data,
            immutable=True,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _frontend(self, component: str, after: Sequence[pulumi.Resource]) -> k8s.core.v1.Service:
        return service(
            FRONTEND,
            labels=labels("frontend", TEMPORAL),
            selector=selector(component, TEMPORAL),
            ports=[Port("frontend", PORTS["frontend"].grpc), Port("http", HTTP_PORT)],
            namespace=self._namespace,
            parent=self,
            after=after,
        )

    def _workload(
        self, name: str, component: str, services: tuple[Service, ...], pods: Pods, after: Sequence[pulumi.Resource]
    ) -> k8s.apps.v1.Deployment:
        settings, authority = self._settings, self._store.authority
        source = k8s.core.v1.ConfigMapVolumeSourceArgs(name=self._config.metadata.name)
        return Workload(
            name,
            labels=labels(component, TEMPORAL),
            selector=selector(component, TEMPORAL),
            pods=PodPlan(
                containers=[self._container(services, pods)],
                user=SERVER_USER,
                volumes=[k8s.core.v1.VolumeArgs(name="config", config_map=source), *authority_volumes(authority)],
                grace_period_seconds=settings.grace_period_seconds,
                scheduling=settings.scheduling,
            ),
            replicas=pods.replicas,
            disruption_budget=pods.disruption_budget,
            namespace=self._namespace,
            after=after,
            opts=pulumi.ResourceOptions(parent=self),
        ).deployment

    def _container(self, services: tuple[Service, ...], pods: Pods) -> k8s.core.v1.ContainerArgs:
        environment = Environment(
            {
                "TEMPORAL_SERVICES": ",".join(services),
                "TEMPORAL_SERVER_CONFIG_FILE_PATH": f"{DIRECTORY}/{CONFIG_FILE}",
                # Network policies say who reaches the frontend; there is no authorizer (docs/workflows.md).
                "TEMPORAL_ALLOW_NO_AUTH": "true",
            },
            self._store.credentials,
        )
        address = k8s.core.v1.EnvVarSourceArgs(field_ref=k8s.core.v1.ObjectFieldSelectorArgs(field_path="status.podIP"))
        return k8s.core.v1.ContainerArgs(
            name=TEMPORAL,
            image=self._settings.image,
            env=[
                *environment.variables(),
                k8s.core.v1.EnvVarArgs(name=ADDRESS_VARIABLE, value_from=address),
            ],
            ports=container_ports(_ports(services)),
            resources=requirements(pods.resources),
            security_context=container_security(),
            startup_probe=_listens(services, period=2, failures=60),
            readiness_probe=_serves(services),
            liveness_probe=_listens(services, period=10, failures=6),
            volume_mounts=[
                k8s.core.v1.VolumeMountArgs(name="config", mount_path=DIRECTORY, read_only=True),
                *authority_mounts(self._store.authority),
            ],
        )


def _ports(services: tuple[Service, ...]) -> list[Port]:
    ports = [Port("metrics", METRICS_PORT)]
    for each in services:
        ports += [Port(each, PORTS[each].grpc), Port(f"{each}-ring", PORTS[each].membership)]
    return [*ports, Port("http", HTTP_PORT)] if "frontend" in services else ports


def _listens(services: tuple[Service, ...], *, period: int, failures: int) -> k8s.core.v1.ProbeArgs:
    """Whether the process is there. It says more only to its peers, and one without a database must not be killed."""
    return k8s.core.v1.ProbeArgs(
        tcp_socket=k8s.core.v1.TCPSocketActionArgs(port=services[0]),
        period_seconds=period,
        timeout_seconds=5,
        failure_threshold=failures,
    )


def _serves(services: tuple[Service, ...]) -> k8s.core.v1.ProbeArgs:
    """Whether it takes requests; it says no as soon as it is told to end."""
    first = services[0]
    return k8s.core.v1.ProbeArgs(
        grpc=k8s.core.v1.GRPCActionArgs(port=PORTS[first].grpc, service=_HEALTH[first]),
        period_seconds=5,
        timeout_seconds=5,
        failure_threshold=3,
    )
