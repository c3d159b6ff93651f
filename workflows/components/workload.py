"""A Deployment with what belongs to its pods: account, disruption budget, Service."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_kubernetes as k8s

from components.platform.hardening import pod_security
from components.platform.metadata import object_metadata
from config.platform import DisruptionBudget, Scheduling, Toleration


@dataclass(frozen=True)
class Port:
    """A port of pods."""

    name: str
    number: int


@dataclass(frozen=True)
class PodPlan:
    """What a workload's pods are."""

    containers: Sequence[k8s.core.v1.ContainerArgs]
    user: int
    """As whom they run."""
    volumes: Sequence[k8s.core.v1.VolumeArgs] = ()
    grace_period_seconds: int = 30
    scheduling: Scheduling = field(default_factory=Scheduling)
    annotations: Mapping[str, str] = field(default_factory=dict[str, str])


class Workload(pulumi.ComponentResource):
    """A Deployment that rolls one pod after the other, hardened as the gateway's is."""

    deployment: k8s.apps.v1.Deployment

    def __init__(
        self,
        name: str,
        *,
        labels: Mapping[str, str],
        selector: Mapping[str, str],
        pods: PodPlan,
        replicas: int,
        disruption_budget: DisruptionBudget | None,
        namespace: pulumi.Input[str],
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """The objects are called `name`, which is also that of the component."""
        super().__init__("omnify:workflows:Workload", name, None, opts)
        metadata = object_metadata(name, namespace=namespace, labels=labels)
        child = pulumi.ResourceOptions(parent=self)
        account = k8s.core.v1.ServiceAccount(name, metadata=metadata, automount_service_account_token=False, opts=child)
        self.deployment = k8s.apps.v1.Deployment(
            name,
            metadata=metadata,
            spec=k8s.apps.v1.DeploymentSpecArgs(
                replicas=replicas,
                selector=k8s.meta.v1.LabelSelectorArgs(match_labels=selector),
                strategy=k8s.apps.v1.DeploymentStrategyArgs(
                    type="RollingUpdate",
                    rolling_update=k8s.apps.v1.RollingUpdateDeploymentArgs(max_surge=1, max_unavailable=0),
                ),
                template=k8s.core.v1.PodTemplateSpecArgs(
                    metadata=k8s.meta.v1.ObjectMetaArgs(labels=labels, annotations=pods.annotations or None),
                    spec=pod_spec(pods, account=account.metadata.name, selector=selector),
                ),
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(after)),
        )
        if disruption_budget is not None and replicas > 1:
            k8s.policy.v1.PodDisruptionBudget(
                name,
                metadata=metadata,
                spec=k8s.policy.v1.PodDisruptionBudgetSpecArgs(
                    min_available=disruption_budget.min_available,
                    max_unavailable=disruption_budget.max_unavailable,
                    unhealthy_pod_eviction_policy="AlwaysAllow",  # what never becomes ready must not block a drain
                    selector=k8s.meta.v1.LabelSelectorArgs(match_labels=selector),
                ),
                opts=child,
            )
        self.register_outputs({"deployment": self.deployment.metadata.name})


def pod_spec(
    pods: PodPlan, *, account: pulumi.Input[str], selector: Mapping[str, str] | None = None, restart: str | None = None
) -> k8s.core.v1.PodSpecArgs:
    """Pods spread over zones and nodes; without a `selector`, those of a Job, which are alone."""
    scheduling = pods.scheduling
    return k8s.core.v1.PodSpecArgs(
        service_account_name=account,
        automount_service_account_token=False,
        enable_service_links=False,  # they would come as variables, such as TEMPORAL_UI_PORT, which programs read
        restart_policy=restart,
        security_context=pod_security(user=pods.user),
        termination_grace_period_seconds=pods.grace_period_seconds,
        topology_spread_constraints=[_spread(selector, scheduling, key) for key in _PLACES] if selector else None,
        priority_class_name=scheduling.priority_class,
        node_selector=scheduling.node_selector or None,
        tolerations=[_toleration(each) for each in scheduling.tolerations] or None,
        containers=list(pods.containers),
        volumes=list(pods.volumes) or None,
    )


_PLACES = ("topology.kubernetes.io/zone", "kubernetes.io/hostname")


def _spread(
    selector: Mapping[str, str], scheduling: Scheduling, topology: str
) -> k8s.core.v1.TopologySpreadConstraintArgs:
    return k8s.core.v1.TopologySpreadConstraintArgs(
        max_skew=1,
        topology_key=topology,
        when_unsatisfiable="DoNotSchedule" if scheduling.spread == "required" else "ScheduleAnyway",
        label_selector=k8s.meta.v1.LabelSelectorArgs(match_labels=selector),
        match_label_keys=["pod-template-hash"],
    )


def _toleration(settings: Toleration) -> k8s.core.v1.TolerationArgs:
    return k8s.core.v1.TolerationArgs(
        key=settings.key,
        operator="Exists" if settings.value is None else "Equal",
        value=settings.value,
        effect=settings.effect,
    )


def service(
    name: str,
    *,
    labels: Mapping[str, str],
    selector: Mapping[str, str],
    ports: Sequence[Port],
    namespace: pulumi.Input[str],
    parent: pulumi.Resource,
    after: Sequence[pulumi.Resource],
    headless: bool = False,
    annotations: Mapping[str, str] | None = None,
) -> k8s.core.v1.Service:
    """A Service before pods; `after` must have them, for the Kubernetes provider waits until one is ready."""
    return k8s.core.v1.Service(
        name,
        metadata=object_metadata(name, namespace=namespace, labels=labels, annotations=annotations),
        spec=k8s.core.v1.ServiceSpecArgs(
            type="ClusterIP",
            cluster_ip="None" if headless else None,
            selector=selector,
            ports=[
                k8s.core.v1.ServicePortArgs(name=port.name, port=port.number, target_port=port.name) for port in ports
            ],
        ),
        opts=pulumi.ResourceOptions(parent=parent, depends_on=list(after)),
    )


def container_ports(ports: Sequence[Port]) -> list[k8s.core.v1.ContainerPortArgs]:
    """As a container has them."""
    return [k8s.core.v1.ContainerPortArgs(name=port.name, container_port=port.number) for port in ports]
