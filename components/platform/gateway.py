"""Kong itself: its Deployment, what it mounts, and how many pods of it there are."""

from collections.abc import Sequence

import pulumi
import pulumi_kubernetes as k8s

from components.platform.content import named_by_content
from components.platform.environment import Environment
from components.platform.kong_conf import DECLARATIVE_FILE
from components.platform.kong_pod import gateway_pod
from components.platform.metadata import object_metadata
from components.platform.names import GATEWAY_LABELS, GATEWAY_SELECTOR, KONG
from config.platform import Autoscaling, DisruptionBudget, Platform, ScalingPace
from config.trust import Trust

_CONFIG_MAP_BYTES = 2**20
"""What a ConfigMap can carry (Kubernetes: core/v1 ConfigMap)."""


class KongGateway(pulumi.ComponentResource):
    """Kong's Deployment, and with it the ConfigMap with kong.yml, the autoscaler and the disruption budget."""

    deployment: k8s.apps.v1.Deployment

    def __init__(
        self,
        name: str,
        *,
        settings: Platform,
        environment: Environment,
        trust: Trust,
        declarative: str | None,
        namespace: pulumi.Input[str],
        service_account: pulumi.Input[str],
        after: Sequence[pulumi.Resource],
        certificate: str | None = None,
        admin_certificate: str | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`declarative` is the text of kong.yml in DB-less mode. `certificate` names the Secret with the gateway's own
        certificate, `admin_certificate` the Admin API's.

        Raises:
            ValueError: kong.yml is larger than a ConfigMap can be.
        """
        super().__init__("omnify:platform:KongGateway", name, None, opts)
        config_map = self._declarative_config(name, declarative, namespace) if declarative is not None else None
        self.deployment = k8s.apps.v1.Deployment(
            name,
            metadata=_metadata(namespace),
            spec=k8s.apps.v1.DeploymentSpecArgs(
                # An autoscaled Deployment says no number: applied again, even with the state lost, it would undo one.
                replicas=None if settings.autoscaling else settings.replicas,
                selector=k8s.meta.v1.LabelSelectorArgs(match_labels=GATEWAY_SELECTOR),
                strategy=k8s.apps.v1.DeploymentStrategyArgs(
                    type="RollingUpdate",
                    rolling_update=k8s.apps.v1.RollingUpdateDeploymentArgs(max_surge=1, max_unavailable=0),
                ),
                template=gateway_pod(
                    settings,
                    environment,
                    trust=trust,
                    service_account=service_account,
                    declarative_config=config_map.metadata.name if config_map else None,
                    certificate=certificate,
                    admin_certificate=admin_certificate,
                ),
            ),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=list(after),
                # Nor does a stack that begins to autoscale take the number back that it had.
                ignore_changes=["spec.replicas"] if settings.autoscaling else None,
            ),
        )
        if settings.autoscaling is not None:
            self._autoscaler(name, settings.autoscaling, namespace)
        if settings.disruption_budget is not None and settings.lowest_replicas > 1:
            self._disruption_budget(name, settings.disruption_budget, namespace)
        self.register_outputs({"deployment": self.deployment.metadata.name})

    def _declarative_config(self, name: str, text: str, namespace: pulumi.Input[str]) -> k8s.core.v1.ConfigMap:
        size = len(text.encode())
        if size > _CONFIG_MAP_BYTES:
            raise ValueError(
                f"kong.yml has {size} bytes and a ConfigMap carries at most {_CONFIG_MAP_BYTES}; "
                "write mode: database, or move some of the APIs into a stack of their own"
            )
        return k8s.core.v1.ConfigMap(
            f"{name}-declarative",
            metadata=object_metadata(
                named_by_content("kong-declarative", text), namespace=namespace, labels=GATEWAY_LABELS
            ),
            data={DECLARATIVE_FILE: text},
            immutable=True,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _autoscaler(self, name: str, settings: Autoscaling, namespace: pulumi.Input[str]) -> None:
        wanted = {"cpu": settings.cpu_percent, "memory": settings.memory_percent}
        k8s.autoscaling.v2.HorizontalPodAutoscaler(
            name,
            metadata=_metadata(namespace),
            spec=k8s.autoscaling.v2.HorizontalPodAutoscalerSpecArgs(
                scale_target_ref=k8s.autoscaling.v2.CrossVersionObjectReferenceArgs(
                    api_version="apps/v1", kind="Deployment", name=self.deployment.metadata.name
                ),
                min_replicas=settings.min_replicas,
                max_replicas=settings.max_replicas,
                metrics=[_use(name, percent) for name, percent in wanted.items() if percent is not None],
                behavior=k8s.autoscaling.v2.HorizontalPodAutoscalerBehaviorArgs(
                    scale_up=_pace(settings.up), scale_down=_pace(settings.down)
                ),
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _disruption_budget(self, name: str, settings: DisruptionBudget, namespace: pulumi.Input[str]) -> None:
        k8s.policy.v1.PodDisruptionBudget(
            name,
            metadata=_metadata(namespace),
            spec=k8s.policy.v1.PodDisruptionBudgetSpecArgs(
                min_available=settings.min_available,
                max_unavailable=settings.max_unavailable,
                selector=k8s.meta.v1.LabelSelectorArgs(match_labels=GATEWAY_SELECTOR),
                unhealthy_pod_eviction_policy="AlwaysAllow",  # a pod that never becomes ready must not block a drain
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )


def _use(resource: str, percent: int) -> k8s.autoscaling.v2.MetricSpecArgs:
    target = k8s.autoscaling.v2.MetricTargetArgs(type="Utilization", average_utilization=percent)
    return k8s.autoscaling.v2.MetricSpecArgs(
        type="Resource", resource=k8s.autoscaling.v2.ResourceMetricSourceArgs(name=resource, target=target)
    )


def _pace(settings: ScalingPace) -> k8s.autoscaling.v2.HPAScalingRulesArgs:
    return k8s.autoscaling.v2.HPAScalingRulesArgs(
        stabilization_window_seconds=settings.stabilization_seconds,
        select_policy="Max",  # a fifth of three pods is none: one may change at any time
        policies=[
            k8s.autoscaling.v2.HPAScalingPolicyArgs(
                type="Percent", value=settings.percent, period_seconds=settings.period_seconds
            ),
            k8s.autoscaling.v2.HPAScalingPolicyArgs(type="Pods", value=1, period_seconds=settings.period_seconds),
        ],
    )


def _metadata(namespace: pulumi.Input[str]) -> k8s.meta.v1.ObjectMetaArgs:
    return object_metadata(KONG, namespace=namespace, labels=GATEWAY_LABELS)
