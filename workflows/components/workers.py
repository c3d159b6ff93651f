"""The pods that run OmniFy's workflows: a Deployment for each version, and the step that makes the last one current."""

from collections.abc import Sequence

import pulumi
import pulumi_kubernetes as k8s

from components.outputs import GatewayOutputs
from components.platform.hardening import container_security, scratch
from components.platform.requirements import requirements
from workflows.components.environment import HEALTH_PORT, SECRET_DIRECTORY, SECRET_FILE, worker_environment
from workflows.components.names import METRICS_PORT, WORKERS, labels, selector, version_name
from workflows.components.scraping import scraping_annotations
from workflows.components.workload import PodPlan, Port, Workload, container_ports, service
from workflows.settings.stack import WorkflowsSettings
from workflows.settings.workers import Version, Workers

WORKERS_USER = 10_001
"""The user of the image that `workflows/Dockerfile` makes."""
_VERSION_LABEL = "omnify.io/build-id"
PYTHON = ("python", "-m")


class WorkflowWorkers(pulumi.ComponentResource):
    """Workers of every version that the stack says, side by side."""

    deployments: Sequence[k8s.apps.v1.Deployment]
    """The current version's last."""

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
        super().__init__("omnify:workflows:WorkflowWorkers", name, None, opts)
        workers = settings.workers
        self.deployments = [
            self._workers_of(settings, gateway, version, namespace, after) for version in workers.versions
        ]
        service(
            f"{WORKERS}-metrics",
            labels=labels(WORKERS),
            selector=selector(WORKERS),
            ports=[Port("metrics", METRICS_PORT)],
            namespace=namespace,
            parent=self,
            after=self.deployments,
            headless=True,
            annotations=scraping_annotations(settings.observability, METRICS_PORT),
        )
        self.register_outputs({"versions": [version.build_id for version in workers.versions]})

    def _workers_of(
        self,
        settings: WorkflowsSettings,
        gateway: GatewayOutputs,
        version: Version,
        namespace: pulumi.Input[str],
        after: Sequence[pulumi.Resource],
    ) -> k8s.apps.v1.Deployment:
        workers, own = settings.workers, {_VERSION_LABEL: version.build_id}
        return Workload(
            version_name(version.build_id),
            labels={**labels(WORKERS), **own},
            selector={**selector(WORKERS), **own},
            pods=PodPlan(
                containers=[_container(settings, gateway, version)],
                user=WORKERS_USER,
                volumes=[_secret(workers), scratch("tmp", at_most="64Mi")],
                grace_period_seconds=workers.grace_period_seconds,
                scheduling=workers.scheduling,
            ),
            replicas=workers.pods.replicas,
            disruption_budget=workers.pods.disruption_budget,
            namespace=namespace,
            after=after,
            opts=pulumi.ResourceOptions(parent=self),
        ).deployment


def _container(settings: WorkflowsSettings, gateway: GatewayOutputs, version: Version) -> k8s.core.v1.ContainerArgs:
    return k8s.core.v1.ContainerArgs(
        name="worker",
        image=version.image,
        command=[*PYTHON, "omnify_workflows.worker"],
        env=worker_environment(settings, gateway, version).variables(),
        ports=container_ports([Port("health", HEALTH_PORT), Port("metrics", METRICS_PORT)]),
        resources=requirements(settings.workers.pods.resources),
        security_context=container_security(),
        startup_probe=asks("/healthz", "health", period=2, failures=60),
        readiness_probe=asks("/readyz", "health", period=5, failures=3),
        liveness_probe=asks("/healthz", "health", period=10, failures=6),
        volume_mounts=[
            k8s.core.v1.VolumeMountArgs(name="service", mount_path=SECRET_DIRECTORY, read_only=True),
            k8s.core.v1.VolumeMountArgs(name="tmp", mount_path="/tmp"),  # noqa: S108 - a volume of the pod's own
        ],
    )


def _secret(workers: Workers) -> k8s.core.v1.VolumeArgs:
    """A volume, not a variable: Kubernetes brings another value into it while the pod runs."""
    key = workers.service.client_secret
    items = [k8s.core.v1.KeyToPathArgs(key=key.key, path=SECRET_FILE)]
    return k8s.core.v1.VolumeArgs(
        name="service", secret=k8s.core.v1.SecretVolumeSourceArgs(secret_name=key.name, items=items)
    )


def asks(path: str, port: str, *, period: int, failures: int) -> k8s.core.v1.ProbeArgs:
    """A probe by HTTP."""
    return k8s.core.v1.ProbeArgs(
        http_get=k8s.core.v1.HTTPGetActionArgs(path=path, port=port),
        period_seconds=period,
        timeout_seconds=5,
        failure_threshold=failures,
    )
