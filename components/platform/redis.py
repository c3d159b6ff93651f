"""Redis beside Kong, for the counters of development."""

import pulumi
import pulumi_kubernetes as k8s

from components.platform.environment import Environment
from components.platform.hardening import container_security, pod_security, scratch
from components.platform.metadata import object_metadata
from components.platform.names import REDIS, labels, selector
from components.platform.password import KEY, encoded
from components.platform.requirements import requirements
from config.counters import BundledRedis
from config.platform import Amounts, Resources, binary_bytes

_USER = 999
"""The user `redis` of the official image."""
_LABELS = labels(REDIS, "counters")
_SELECTOR = selector(REDIS, "counters")
_START = """\
exec redis-server - <<END
requirepass $REDIS_PASSWORD
save ""
appendonly no
maxmemory {counters}
maxmemory-policy volatile-lru
END
"""
"""The configuration comes by standard input, so that the password is in no list of processes.

Nothing is written to disk: a counter lives for as long as its window. Every counter expires, so all of them are
`volatile`; when memory is full those go first that were not used for longest, and who is at a limit right now stays
there. (`noeviction` would refuse to count, and then every request passes; `volatile-ttl` would forget the minutes.)"""


class KongCounters(pulumi.ComponentResource):
    """A Deployment of one, its Service, and the Secret with its password."""

    secret: k8s.core.v1.Secret
    """Kong's pods do not start without it."""

    def __init__(
        self,
        name: str,
        *,
        settings: BundledRedis,
        namespace: pulumi.Input[str],
        password: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("omnify:platform:KongCounters", name, None, opts)
        metadata = object_metadata(REDIS, namespace=namespace, labels=_LABELS)
        self.secret = k8s.core.v1.Secret(
            name,
            metadata=metadata,
            type="Opaque",
            data={KEY: encoded(password)},  # the class marks it as secret
            # A password that changed here would reach neither side before their pods start again.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["data"]),
        )
        account = k8s.core.v1.ServiceAccount(
            name,
            metadata=metadata,
            automount_service_account_token=False,
            opts=pulumi.ResourceOptions(parent=self),
        )
        k8s.core.v1.Service(
            name,
            metadata=metadata,
            spec=k8s.core.v1.ServiceSpecArgs(
                selector=_SELECTOR,
                ports=[k8s.core.v1.ServicePortArgs(name="redis", port=settings.port, target_port="redis")],
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        k8s.apps.v1.Deployment(
            name,
            metadata=metadata,
            spec=k8s.apps.v1.DeploymentSpecArgs(
                replicas=1,
                selector=k8s.meta.v1.LabelSelectorArgs(match_labels=_SELECTOR),
                strategy=k8s.apps.v1.DeploymentStrategyArgs(type="Recreate"),  # two at once would count apart
                template=_pod(settings),
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self.secret, account]),
        )
        self.register_outputs({"secret": self.secret.metadata.name})


def _pod(settings: BundledRedis) -> k8s.core.v1.PodTemplateSpecArgs:
    return k8s.core.v1.PodTemplateSpecArgs(
        metadata=k8s.meta.v1.ObjectMetaArgs(labels=_LABELS),
        spec=k8s.core.v1.PodSpecArgs(
            service_account_name=REDIS,
            automount_service_account_token=False,
            enable_service_links=False,
            security_context=pod_security(user=_USER),
            termination_grace_period_seconds=5,
            containers=[_container(settings)],
            volumes=[scratch("data", at_most="16Mi")],
        ),
    )


def _container(settings: BundledRedis) -> k8s.core.v1.ContainerArgs:
    amounts = Amounts(cpu="500m", memory=settings.memory)
    return k8s.core.v1.ContainerArgs(
        name="redis",
        image=settings.image,
        command=["sh", "-ec", starting(settings)],
        working_dir="/data",
        env=Environment({}, {"REDIS_PASSWORD": settings.password_secret}).variables(),
        ports=[k8s.core.v1.ContainerPortArgs(name="redis", container_port=settings.port)],
        resources=requirements(Resources(requests=Amounts(cpu="50m", memory=settings.memory), limits=amounts)),
        security_context=container_security(),
        readiness_probe=_answers(period=5, failures=2),
        liveness_probe=_answers(period=10, failures=6),
        volume_mounts=[k8s.core.v1.VolumeMountArgs(name="data", mount_path="/data")],
    )


def starting(settings: BundledRedis) -> str:
    """The script that becomes Redis; the password is in `REDIS_PASSWORD`."""
    return _START.format(counters=binary_bytes(settings.memory) * 3 // 4)


def _answers(*, period: int, failures: int) -> k8s.core.v1.ProbeArgs:
    # redis-cli takes the password from REDISCLI_AUTH, and ends with 0 whatever it is answered.
    command = ["sh", "-c", 'REDISCLI_AUTH="$REDIS_PASSWORD" redis-cli ping | grep -q PONG']
    return k8s.core.v1.ProbeArgs(
        exec_=k8s.core.v1.ExecActionArgs(command=command),
        period_seconds=period,
        timeout_seconds=5,
        failure_threshold=failures,
    )
