"""`kong migrations`, run around each new version of Kong.

Kong migrates in two steps: `up` adds what the new version needs and leaves what the old one uses; `finish` takes that
away, when the new pods have taken over (Kong: kong/cmd/utils/migrations.lua).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from components.platform.content import named_by_content
from components.platform.environment import Environment
from components.platform.hardening import container_security, pod_security
from components.platform.kong_pod import KONG_USER, kong_mounts, kong_volumes
from components.platform.metadata import object_metadata
from components.platform.names import KONG, labels
from components.platform.trusted import trusted_mounts, trusted_volumes
from config.trust import Trust


@dataclass(frozen=True)
class Step:
    """What a shell runs; it does nothing where there is nothing to do."""

    name: str
    script: str


PREPARE = Step(
    "up",
    """\
kong migrations bootstrap
found=$(kong migrations list) || [ $? -ge 4 ]
echo "$found"
case "$found" in
  *"Pending migrations"*"New migrations"*) kong migrations finish; kong migrations up ;;
  *"New migrations"*) kong migrations up ;;
esac""",
)
"""Before new pods. `bootstrap` fills an empty database and leaves any other alone. `list` ends with 4 or 5 where some
are pending or new (Kong: kong/cmd/migrations.lua). `up` refuses while an earlier upgrade is unfinished, hence `finish`.
But what is pending of this version alone stays so: old pods may still run, and need what `finish` takes away."""
FINISH = Step("finish", "kong migrations finish")
"""After the new pods have taken over."""


class KongMigrations(pulumi.ComponentResource):
    """A Job that runs one step, and runs again whenever the image or the database changes.

    A failed Job stops the update. The next update replaces it, so that running again is enough.
    """

    job: k8s.batch.v1.Job

    def __init__(
        self,
        name: str,
        *,
        step: Step,
        image: str,
        environment: Environment,
        trust: Trust,
        namespace: pulumi.Input[str],
        service_account: pulumi.Input[str],
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("omnify:platform:KongMigrations", name, None, opts)
        self.job = k8s.batch.v1.Job(
            name,
            metadata=object_metadata(
                named_by_content(
                    f"kong-migrations-{step.name}", image, step.script, environment.facts(), trust.model_dump()
                ),
                namespace=namespace,
                labels=labels(KONG, "migrations"),
                annotations={"pulumi.com/replaceUnready": "true"},
            ),
            spec=k8s.batch.v1.JobSpecArgs(
                backoff_limit=4,
                template=k8s.core.v1.PodTemplateSpecArgs(
                    metadata=k8s.meta.v1.ObjectMetaArgs(labels=labels(KONG, "migrations")),
                    spec=k8s.core.v1.PodSpecArgs(
                        restart_policy="Never",  # a failed pod stays, and with it its log
                        service_account_name=service_account,
                        automount_service_account_token=False,
                        enable_service_links=False,
                        security_context=pod_security(user=KONG_USER),
                        containers=[_container(image, step.script, environment, trust)],
                        volumes=[*kong_volumes(), *trusted_volumes(trust)],
                    ),
                ),
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(after)),
        )
        self.register_outputs({"job": self.job.metadata.name})


def _container(image: str, script: str, environment: Environment, trust: Trust) -> k8s.core.v1.ContainerArgs:
    return k8s.core.v1.ContainerArgs(
        name="migrations",
        image=image,
        command=["sh", "-ec", script],
        env=environment.variables(),
        resources=k8s.core.v1.ResourceRequirementsArgs(
            requests={"cpu": "100m", "memory": "256Mi"}, limits={"cpu": "1", "memory": "512Mi"}
        ),
        security_context=container_security(),
        volume_mounts=[*kong_mounts(), *trusted_mounts(trust)],
    )
