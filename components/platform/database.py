"""PostgreSQL beside Kong, or beside another program of this repository, for development."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from components.platform.environment import Environment
from components.platform.hardening import container_security, pod_security, scratch
from components.platform.kong_conf import DATABASE_NAME
from components.platform.metadata import OWNERSHIP, object_metadata
from components.platform.names import POSTGRES, PROJECT, labels, selector
from components.platform.password import KEY, encoded
from components.platform.requirements import requirements
from config.counters import SecretKey
from config.database import BundledDatabase

_PORT = 5432
_USER = 999
"""The user `postgres` of the official image."""
_DATA = "/var/lib/postgresql/data"
_CLAIM = "data"
WHEN_STARTED = """\
export PGPASSWORD="$POSTGRES_PASSWORD"
for try in $(seq 120); do
  psql --host 127.0.0.1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --set ON_ERROR_STOP=1 <<'END' && exit
\\getenv password POSTGRES_PASSWORD
ALTER ROLE CURRENT_USER PASSWORD :'password';
END
  sleep 1
done
exit 1
"""
"""The image sets the password when it fills an empty volume, and never again. So that the Secret and the volume may
each outlive the other, a pod that starts makes the Secret's the one that counts. From its own address PostgreSQL asks
for none (the image's pg_hba.conf, unless somebody changed it), and it answers there when the volume is prepared."""
_SELECTOR = selector(POSTGRES, "database")


@dataclass(frozen=True)
class Held:
    """Whose data it holds."""

    database: str = DATABASE_NAME
    user: str = "kong"
    """Who owns the database, and may make others."""
    part_of: str = PROJECT


class KongDatabase(pulumi.ComponentResource):
    """A StatefulSet of one, its headless Service, and the Secret with its credentials."""

    secret: k8s.core.v1.Secret
    """Its `username` and `password`."""

    def __init__(
        self,
        name: str,
        *,
        settings: BundledDatabase,
        namespace: pulumi.Input[str],
        password: str,
        held: Held = Held(),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("omnify:platform:KongDatabase", name, None, opts)
        common = labels(POSTGRES, "database", held.part_of)
        metadata = object_metadata(POSTGRES, namespace=namespace, labels=common)
        self.secret = k8s.core.v1.Secret(
            name,
            metadata=metadata,
            type="Opaque",
            data={"username": encoded(held.user), KEY: encoded(password)},  # the class marks it as secret
            # A password that changed here would reach neither side before their pods start again.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["data"]),
        )
        account = k8s.core.v1.ServiceAccount(
            name,
            metadata=metadata,
            automount_service_account_token=False,
            opts=pulumi.ResourceOptions(parent=self),
        )
        service = k8s.core.v1.Service(
            name,
            metadata=metadata,
            spec=k8s.core.v1.ServiceSpecArgs(
                cluster_ip="None",
                selector=_SELECTOR,
                ports=[k8s.core.v1.ServicePortArgs(name="postgres", port=_PORT, target_port="postgres")],
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        stateful_set = k8s.apps.v1.StatefulSet(
            name,
            metadata=metadata,
            spec=k8s.apps.v1.StatefulSetSpecArgs(
                replicas=1,
                service_name=POSTGRES,
                selector=k8s.meta.v1.LabelSelectorArgs(match_labels=_SELECTOR),
                template=_pod(settings, held, common),
                volume_claim_templates=[_volume(settings)],
                persistent_volume_claim_retention_policy=k8s.apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicyArgs(
                    when_deleted="Retain", when_scaled="Retain"
                ),
            ),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[self.secret, account, service],
                # They cannot change in place: another size would replace the StatefulSet. The volume grows by itself.
                ignore_changes=["spec.volumeClaimTemplates"],
            ),
        )
        k8s.core.v1.PersistentVolumeClaimPatch(
            name,
            metadata=k8s.meta.v1.ObjectMetaPatchArgs(
                name=f"{_CLAIM}-{POSTGRES}-0", namespace=namespace, annotations=OWNERSHIP
            ),
            spec=k8s.core.v1.PersistentVolumeClaimSpecPatchArgs(
                resources=k8s.core.v1.VolumeResourceRequirementsPatchArgs(requests={"storage": settings.storage})
            ),
            # The claim is the StatefulSet's; taking the size away from it is never meant, and refused.
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=[stateful_set], deleted_with=stateful_set, retain_on_delete=True
            ),
        )
        self.register_outputs({"secret": self.secret.metadata.name})


def _pod(settings: BundledDatabase, held: Held, common: Mapping[str, str]) -> k8s.core.v1.PodTemplateSpecArgs:
    return k8s.core.v1.PodTemplateSpecArgs(
        metadata=k8s.meta.v1.ObjectMetaArgs(labels=common),
        spec=k8s.core.v1.PodSpecArgs(
            service_account_name=POSTGRES,
            automount_service_account_token=False,
            enable_service_links=False,
            security_context=pod_security(user=_USER),
            termination_grace_period_seconds=60,
            containers=[_container(settings, held)],
            volumes=[scratch("run", at_most="16Mi"), scratch("tmp", at_most="256Mi")],
        ),
    )


def _container(settings: BundledDatabase, held: Held) -> k8s.core.v1.ContainerArgs:
    environment = Environment(
        {"POSTGRES_DB": held.database, "PGDATA": f"{_DATA}/pgdata"},
        {
            "POSTGRES_USER": SecretKey(name=POSTGRES, key="username"),
            "POSTGRES_PASSWORD": SecretKey(name=POSTGRES, key=KEY),
        },
    )
    return k8s.core.v1.ContainerArgs(
        name="postgres",
        image=settings.image,
        env=environment.variables(),
        ports=[k8s.core.v1.ContainerPortArgs(name="postgres", container_port=_PORT)],
        resources=requirements(settings.resources),
        security_context=container_security(),
        lifecycle=k8s.core.v1.LifecycleArgs(
            post_start=k8s.core.v1.LifecycleHandlerArgs(
                exec_=k8s.core.v1.ExecActionArgs(command=["sh", "-c", WHEN_STARTED])
            )
        ),
        startup_probe=_accepts_connections(period=2, failures=60),
        readiness_probe=_accepts_connections(period=5, failures=3),
        liveness_probe=_accepts_connections(period=10, failures=6),
        volume_mounts=[
            k8s.core.v1.VolumeMountArgs(name=_CLAIM, mount_path=_DATA),
            k8s.core.v1.VolumeMountArgs(name="run", mount_path="/var/run/postgresql"),
            k8s.core.v1.VolumeMountArgs(name="tmp", mount_path="/tmp"),  # noqa: S108 - a volume of the pod's own
        ],
    )


def _accepts_connections(*, period: int, failures: int) -> k8s.core.v1.ProbeArgs:
    # Over TCP: while the image prepares a new volume, PostgreSQL answers on its socket alone.
    command = ["sh", "-c", 'pg_isready --host 127.0.0.1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB"']
    return k8s.core.v1.ProbeArgs(
        exec_=k8s.core.v1.ExecActionArgs(command=command),
        period_seconds=period,
        timeout_seconds=5,
        failure_threshold=failures,
    )


def _volume(settings: BundledDatabase) -> k8s.core.v1.PersistentVolumeClaimArgs:
    return k8s.core.v1.PersistentVolumeClaimArgs(
        metadata=k8s.meta.v1.ObjectMetaArgs(name=_CLAIM, labels=_SELECTOR),
        spec=k8s.core.v1.PersistentVolumeClaimSpecArgs(
            access_modes=["ReadWriteOnce"],
            storage_class_name=settings.storage_class,
            resources=k8s.core.v1.VolumeResourceRequirementsArgs(requests={"storage": settings.storage}),
        ),
    )
