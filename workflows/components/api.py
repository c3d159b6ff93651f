"""The API that starts and watches workflows, behind the gateway."""

from collections.abc import Sequence

import pulumi
import pulumi_kubernetes as k8s

from components.outputs import GatewayOutputs
from components.platform.hardening import container_security, scratch
from components.platform.requirements import requirements
from workflows.components.environment import api_environment
from workflows.components.names import API, API_PORT, labels, selector
from workflows.components.workers import PYTHON, WORKERS_USER, asks
from workflows.components.workload import PodPlan, Port, Workload, container_ports, service
from workflows.settings.stack import WorkflowsSettings


class WorkflowApi(pulumi.ComponentResource):
    """A Deployment of the current version's image, and the Service to which the gateway leads."""

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
        super().__init__("omnify:workflows:WorkflowApi", name, None, opts)
        pods, child = settings.api.pods, pulumi.ResourceOptions(parent=self)
        workload = Workload(
            API,
            labels=labels(API),
            selector=selector(API),
            pods=PodPlan(
                containers=[_container(settings, gateway)],
                user=WORKERS_USER,
                volumes=[scratch("tmp", at_most="64Mi")],
            ),
            replicas=pods.replicas,
            disruption_budget=pods.disruption_budget,
            namespace=namespace,
            after=after,
            opts=child,
        )
        self.service = service(
            API,
            labels=labels(API),
            selector=selector(API),
            ports=[Port("http", API_PORT)],
            namespace=namespace,
            parent=self,
            after=[workload.deployment],
        )
        self.register_outputs({"service": self.service.metadata.name})


def _container(settings: WorkflowsSettings, gateway: GatewayOutputs) -> k8s.core.v1.ContainerArgs:
    return k8s.core.v1.ContainerArgs(
        name="api",
        image=settings.workers.current.image,
        command=[*PYTHON, "omnify_workflows.router"],
        env=api_environment(settings, gateway).variables(),
        ports=container_ports([Port("http", API_PORT)]),
        resources=requirements(settings.api.pods.resources),
        security_context=container_security(),
        startup_probe=asks("/healthz", "http", period=2, failures=60),
        readiness_probe=asks("/readyz", "http", period=5, failures=3),
        liveness_probe=asks("/healthz", "http", period=10, failures=6),
        # What was accepted is answered: endpoints forget the pod first, then it ends.
        lifecycle=k8s.core.v1.LifecycleArgs(
            pre_stop=k8s.core.v1.LifecycleHandlerArgs(sleep=k8s.core.v1.SleepActionArgs(seconds=10))
        ),
        volume_mounts=[k8s.core.v1.VolumeMountArgs(name="tmp", mount_path="/tmp")],  # noqa: S108 - the pod's own
    )
