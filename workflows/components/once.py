"""A Job that runs a step of an update, and runs again whenever what it does changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_kubernetes as k8s

from components.platform.content import named_by_content
from components.platform.environment import Environment
from components.platform.hardening import container_security
from components.platform.metadata import object_metadata
from workflows.components.names import labels
from workflows.components.workload import PodPlan, pod_spec

_REQUESTS, _LIMITS = {"cpu": "50m", "memory": "128Mi"}, {"cpu": "1", "memory": "256Mi"}


@dataclass(frozen=True)
class Step:
    """What a Job runs."""

    name: str
    """The Job's name, which its content's hash follows."""
    component: str
    """By which network policies know its pods."""
    image: str
    command: Sequence[str]
    user: int
    environment: Environment = field(default_factory=Environment)
    volumes: Sequence[k8s.core.v1.VolumeArgs] = ()
    mounts: Sequence[k8s.core.v1.VolumeMountArgs] = ()
    depends: Sequence[object] = ()
    """What it depends on besides: with another of it, the step is another."""
    deadline_seconds: int = 300
    """After how long it has failed."""
    annotations: Mapping[str, str] = field(default_factory=dict[str, str])


class Once(pulumi.ComponentResource):
    """The Job, its account included.

    A failed Job stops the update before anything that waits for it changes. The next update replaces it.
    """

    job: k8s.batch.v1.Job

    def __init__(
        self,
        step: Step,
        *,
        namespace: pulumi.Input[str],
        account: pulumi.Input[str],
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("omnify:workflows:Once", step.name, None, opts)
        known_by = labels(step.component)
        content = (step.image, list(step.command), step.environment.facts(), list(step.depends))
        self.job = k8s.batch.v1.Job(
            step.name,
            metadata=object_metadata(
                named_by_content(step.name, *content),
                namespace=namespace,
                labels=known_by,
                annotations={"pulumi.com/replaceUnready": "true", **step.annotations},
            ),
            spec=k8s.batch.v1.JobSpecArgs(
                backoff_limit=4,
                active_deadline_seconds=step.deadline_seconds,
                template=k8s.core.v1.PodTemplateSpecArgs(
                    metadata=k8s.meta.v1.ObjectMetaArgs(labels=known_by),
                    spec=pod_spec(
                        PodPlan(containers=[_container(step)], user=step.user, volumes=step.volumes),
                        account=account,
                        restart="Never",  # a failed pod stays, and with it its log
                    ),
                ),
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(after)),
        )
        self.register_outputs({"job": self.job.metadata.name})


def _container(step: Step) -> k8s.core.v1.ContainerArgs:
    return k8s.core.v1.ContainerArgs(
        name=step.component,
        image=step.image,
        command=list(step.command),
        env=step.environment.variables(),
        resources=k8s.core.v1.ResourceRequirementsArgs(requests=_REQUESTS, limits=_LIMITS),
        security_context=container_security(),
        volume_mounts=list(step.mounts) or None,
    )
