"""A Job that works on Kong's database: a script in a pod of Kong's image, beside Kong's own pods."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from components.platform.content import named_by_content
from components.platform.environment import Environment
from components.platform.hardening import container_security, pod_security
from components.platform.kong_pod import KONG_USER, kong_mounts, kong_volumes, tolerations
from components.platform.metadata import object_metadata
from components.platform.names import KONG, labels
from components.platform.trusted import trusted_mounts, trusted_volumes
from config.platform import Scheduling
from config.trust import Trust

_LABELS = labels(KONG, "migrations")
"""The network policy of these pods lets them reach the database and nothing else."""


@dataclass(frozen=True, kw_only=True)
class Workplace:
    """Where such a Job runs, and what it takes to reach the database."""

    image: str
    environment: Environment
    trust: Trust
    scheduling: Scheduling
    namespace: pulumi.Input[str]
    service_account: pulumi.Input[str]

    @property
    def nodes(self) -> dict[str, object]:
        """On which nodes: those of Kong's pods, where its image can run."""
        return self.scheduling.model_dump(include={"node_selector", "tolerations"})


def database_job(
    name: str,
    kubernetes_name: str,
    *,
    container: str,
    script: str,
    place: Workplace,
    after: Sequence[pulumi.Resource],
    parent: pulumi.Resource,
) -> k8s.batch.v1.Job:
    """The Job, whose name in Kubernetes changes with what it runs: a Job cannot change in place.

    One that failed stops the update. The next update replaces it, so that running again is enough.
    """
    content = (place.image, script, place.environment.facts(), place.trust.model_dump(), place.nodes)
    return k8s.batch.v1.Job(
        name,
        metadata=object_metadata(
            named_by_content(kubernetes_name, *content),
            namespace=place.namespace,
            labels=_LABELS,
            annotations={"pulumi.com/replaceUnready": "true"},
        ),
        spec=k8s.batch.v1.JobSpecArgs(
            backoff_limit=4,
            template=k8s.core.v1.PodTemplateSpecArgs(
                metadata=k8s.meta.v1.ObjectMetaArgs(labels=_LABELS),
                spec=k8s.core.v1.PodSpecArgs(
                    restart_policy="Never",  # a failed pod stays, and with it its log
                    service_account_name=place.service_account,
                    automount_service_account_token=False,
                    enable_service_links=False,
                    security_context=pod_security(user=KONG_USER),
                    node_selector=place.scheduling.node_selector or None,
                    tolerations=tolerations(place.scheduling),
                    containers=[_container(container, script, place)],
                    volumes=[*kong_volumes(), *trusted_volumes(place.trust)],
                ),
            ),
        ),
        opts=pulumi.ResourceOptions(parent=parent, depends_on=list(after)),
    )


def _container(name: str, script: str, place: Workplace) -> k8s.core.v1.ContainerArgs:
    return k8s.core.v1.ContainerArgs(
        name=name,
        image=place.image,
        command=["sh", "-ec", script],
        env=place.environment.variables(),
        resources=k8s.core.v1.ResourceRequirementsArgs(
            requests={"cpu": "100m", "memory": "256Mi"}, limits={"cpu": "1", "memory": "512Mi"}
        ),
        security_context=container_security(),
        volume_mounts=[*kong_mounts(), *trusted_mounts(place.trust)],
    )
