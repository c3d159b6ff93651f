"""What all pods of Kong's image have in common, and the gateway's own pod."""

import pulumi
import pulumi_kubernetes as k8s

from components.platform.edge_conf import CERTIFICATE_DIRECTORY
from components.platform.environment import Environment
from components.platform.hardening import container_security, pod_security, scratch
from components.platform.kong_conf import ADMIN_CERTIFICATE_DIRECTORY, DECLARATIVE_DIRECTORY, PREFIX
from components.platform.names import GATEWAY_LABELS, GATEWAY_SELECTOR, LISTENERS, METRICS
from components.platform.requirements import requirements
from components.platform.trusted import trusted_mounts, trusted_volumes
from config.platform import Platform, Scheduling, Toleration
from config.trust import Trust

KONG_USER = 1000
"""The user `kong` of the official image."""
_STATUS_SECONDS = 12
"""How long `/status` may take. It looks for the database first: a database that neither answers nor refuses costs it
five seconds to connect and five for the first word (Kong: pg_timeout), and is no reason to restart every pod."""


def kong_volumes() -> list[k8s.core.v1.VolumeArgs]:
    """Where Kong writes: its prefix (sockets, nginx.conf, bodies that wait, LMDB) and temporary files."""
    return [scratch("prefix", at_most="1Gi"), scratch("tmp", at_most="256Mi")]


def kong_mounts() -> list[k8s.core.v1.VolumeMountArgs]:
    """Where those volumes are."""
    return [
        k8s.core.v1.VolumeMountArgs(name="prefix", mount_path=PREFIX),
        k8s.core.v1.VolumeMountArgs(name="tmp", mount_path="/tmp"),  # noqa: S108 - a volume of the pod's own
    ]


def gateway_pod(
    settings: Platform,
    environment: Environment,
    *,
    trust: Trust,
    service_account: pulumi.Input[str],
    declarative_config: pulumi.Input[str] | None,
    certificate: str | None = None,
    admin_certificate: str | None = None,
) -> k8s.core.v1.PodTemplateSpecArgs:
    """A pod that runs Kong; `declarative_config` names the ConfigMap with kong.yml, in DB-less mode.

    `certificate` names the Secret with the gateway's certificate, where TLS ends in Kong.
    `admin_certificate` names the Secret with the Admin API's certificate, where it listens to the cluster.
    """
    volumes, mounts = [*kong_volumes(), *trusted_volumes(trust)], [*kong_mounts(), *trusted_mounts(trust)]
    if declarative_config is not None:
        source = k8s.core.v1.ConfigMapVolumeSourceArgs(name=declarative_config)
        volumes.append(k8s.core.v1.VolumeArgs(name="declarative", config_map=source))
        mounts.append(k8s.core.v1.VolumeMountArgs(name="declarative", mount_path=DECLARATIVE_DIRECTORY, read_only=True))
    if certificate is not None:
        source = k8s.core.v1.SecretVolumeSourceArgs(secret_name=certificate)
        volumes.append(k8s.core.v1.VolumeArgs(name="certificate", secret=source))
        mounts.append(k8s.core.v1.VolumeMountArgs(name="certificate", mount_path=CERTIFICATE_DIRECTORY, read_only=True))
    if admin_certificate is not None:
        secret = k8s.core.v1.SecretVolumeSourceArgs(secret_name=admin_certificate)
        volumes.append(k8s.core.v1.VolumeArgs(name="admin-certificate", secret=secret))
        mounts.append(
            k8s.core.v1.VolumeMountArgs(
                name="admin-certificate", mount_path=ADMIN_CERTIFICATE_DIRECTORY, read_only=True
            )
        )
    return k8s.core.v1.PodTemplateSpecArgs(
        metadata=k8s.meta.v1.ObjectMetaArgs(labels=GATEWAY_LABELS, annotations=settings.pod_annotations or None),
        spec=k8s.core.v1.PodSpecArgs(
            service_account_name=service_account,
            automount_service_account_token=False,
            enable_service_links=False,  # they would come as KONG_* variables, which Kong takes for its own
            security_context=pod_security(user=KONG_USER),
            termination_grace_period_seconds=settings.grace_period_seconds,
            topology_spread_constraints=[
                _spread(settings.scheduling, "topology.kubernetes.io/zone"),
                _spread(settings.scheduling, "kubernetes.io/hostname"),
            ],
            priority_class_name=settings.scheduling.priority_class,
            node_selector=settings.scheduling.node_selector or None,
            tolerations=tolerations(settings.scheduling),
            containers=[_kong(settings, environment, mounts)],
            volumes=volumes,
        ),
    )


def _kong(
    settings: Platform, environment: Environment, mounts: list[k8s.core.v1.VolumeMountArgs]
) -> k8s.core.v1.ContainerArgs:
    return k8s.core.v1.ContainerArgs(
        name="kong",
        image=settings.image,
        env=environment.variables(),
        ports=[
            k8s.core.v1.ContainerPortArgs(name=listener.name, container_port=listener.port) for listener in LISTENERS
        ],
        resources=requirements(settings.resources),
        security_context=container_security(),
        startup_probe=_asks("/status/ready", period=2, failures=90),
        readiness_probe=_asks("/status", period=5, failures=3),
        liveness_probe=_asks("/status", period=10, failures=6),
        lifecycle=_drain(settings),
        volume_mounts=mounts,
    )


def _asks(path: str, *, period: int, failures: int) -> k8s.core.v1.ProbeArgs:
    """`/status` answers when Kong runs, `/status/ready` when it has its configuration and its database as well.

    So a pod is ready for the first time when it has its configuration, and from then on as long as it runs: with its
    database away Kong goes on from memory, and a readiness probe of `/status/ready` would take every pod out of the
    Services (Kong: kong/status/ready.lua).
    """
    return k8s.core.v1.ProbeArgs(
        http_get=k8s.core.v1.HTTPGetActionArgs(path=path, port=METRICS.name),
        period_seconds=period,
        timeout_seconds=_STATUS_SECONDS,
        failure_threshold=failures,
    )


def _drain(settings: Platform) -> k8s.core.v1.LifecycleArgs:
    """Go on answering until nobody sends any more, then let running requests end (Kong: `kong quit`)."""
    command = ["kong", "quit", f"--wait={settings.drain_seconds}", f"--timeout={settings.patience_seconds}"]
    return k8s.core.v1.LifecycleArgs(
        pre_stop=k8s.core.v1.LifecycleHandlerArgs(exec_=k8s.core.v1.ExecActionArgs(command=command))
    )


def tolerations(settings: Scheduling) -> list[k8s.core.v1.TolerationArgs] | None:
    """As pods have them, those of Kong's image that run once included."""
    return [_toleration(each) for each in settings.tolerations] or None


def _toleration(settings: Toleration) -> k8s.core.v1.TolerationArgs:
    return k8s.core.v1.TolerationArgs(
        key=settings.key,
        operator="Exists" if settings.value is None else "Equal",
        value=settings.value,
        effect=settings.effect,
    )


def _spread(settings: Scheduling, topology: str) -> k8s.core.v1.TopologySpreadConstraintArgs:
    return k8s.core.v1.TopologySpreadConstraintArgs(
        max_skew=1,
        topology_key=topology,
        when_unsatisfiable="DoNotSchedule" if settings.spread == "required" else "ScheduleAnyway",
        label_selector=k8s.meta.v1.LabelSelectorArgs(match_labels=GATEWAY_SELECTOR),
        match_label_keys=["pod-template-hash"],
    )
