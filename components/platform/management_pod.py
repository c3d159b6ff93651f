"""The pod of the management API: the image of this project, with the stack's file on a volume of its own."""

from collections.abc import Mapping
from typing import Final

import pulumi
import pulumi_kubernetes as k8s
import yaml

from components.platform.environment import Environment
from components.platform.hardening import container_security, pod_security, scratch
from components.platform.names import MANAGEMENT, MANAGEMENT_LABELS
from components.platform.requirements import requirements
from config.cluster import Cluster
from config.counters import SecretKey
from config.files import stack_file
from config.management import Management
from config.network import IpFamily
from config.platform import Amounts, Resources
from entities.management import PORT

USER: Final = 10_001
"""The user of the image (management/Dockerfile)."""
PROJECT_FOLDER: Final = "/srv/omnify-gateway"
"""Where the image has the project."""
_DATA: Final = "/var/lib/management"
_CREDENTIALS: Final = "/var/run/secrets/kubernetes.io/serviceaccount"
_KUBECONFIG: Final = "/etc/management/kubeconfig"
_TMP: Final = "/tmp"  # noqa: S108 - a volume of the pod's own
_ANYWHERE: Final[Mapping[IpFamily, str]] = {"IPv4": "0.0.0.0", "IPv6": "::"}  # noqa: S104 - a policy says who may come
_PRIVATE: Final = "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,fc00::/7"
"""Where Kong's pods and what stands before them are: the last other address in `X-Forwarded-For` is the caller's."""
_TOKEN_SECONDS: Final = 3_600
KUBECONFIG_KEY: Final = "kubeconfig"


def kubeconfig(cluster: Cluster) -> str:
    """The stack's context, as it is from inside its own cluster: the pod's own account at the API server."""
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": cluster.context,
        "contexts": [
            {
                "name": cluster.context,
                "context": {"cluster": "own", "user": "own", "namespace": cluster.namespace},
            }
        ],
        "clusters": [
            {
                "name": "own",
                "cluster": {
                    "server": "https://kubernetes.default.svc",
                    "certificate-authority": f"{_CREDENTIALS}/ca.crt",
                },
            }
        ],
        "users": [{"name": "own", "user": {"tokenFile": f"{_CREDENTIALS}/token"}}],
    }
    return yaml.safe_dump(document, sort_keys=False)


def environment(settings: Management, stack: str, family: IpFamily) -> Environment:
    """What the application, its engine and their libraries are told; secrets by reference alone."""
    engine = settings.engine
    values = {
        "MANAGEMENT_STACK": stack,
        "MANAGEMENT_STACK_FILE": f"{_DATA}/{stack_file(stack)}",
        "MANAGEMENT_STATE": _DATA,
        "MANAGEMENT_HOST": _ANYWHERE[family],
        "MANAGEMENT_PORT": str(PORT),
        "MANAGEMENT_CLIENT": settings.clients[0],
        "KUBECONFIG": _KUBECONFIG,
        "PULUMI_BACKEND_URL": engine.backend,
        "PULUMI_HOME": f"{_TMP}/pulumi",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "FORWARDED_ALLOW_IPS": _PRIVATE,
        "HOME": _TMP,
    }
    known: Mapping[str, SecretKey | None] = {
        "PULUMI_CONFIG_PASSPHRASE": engine.passphrase_secret,
        "PULUMI_ACCESS_TOKEN": engine.access_token_secret,
        "MANAGEMENT_DATABASE": settings.database_secret,
    }
    return Environment(values, {**settings.secrets, **{name: key for name, key in known.items() if key is not None}})


def management_pod(
    settings: Management, variables: Environment, stack: str, kubeconfig: pulumi.Input[str]
) -> k8s.core.v1.PodTemplateSpecArgs:
    """The pod; `kubeconfig` names the ConfigMap that has it."""
    return k8s.core.v1.PodTemplateSpecArgs(
        metadata=k8s.meta.v1.ObjectMetaArgs(labels=MANAGEMENT_LABELS),
        spec=k8s.core.v1.PodSpecArgs(
            service_account_name=MANAGEMENT,
            automount_service_account_token=False,  # the one that it needs is a volume, and lives for an hour
            enable_service_links=False,
            security_context=pod_security(user=USER),
            termination_grace_period_seconds=300,  # so that a change that is under way ends
            init_containers=[_first(settings, stack)],
            containers=[_container(settings, variables)],
            volumes=[
                k8s.core.v1.VolumeArgs(
                    name="data",
                    persistent_volume_claim=k8s.core.v1.PersistentVolumeClaimVolumeSourceArgs(claim_name=MANAGEMENT),
                ),
                scratch("tmp", at_most="2Gi"),
                k8s.core.v1.VolumeArgs(
                    name="kubeconfig", config_map=k8s.core.v1.ConfigMapVolumeSourceArgs(name=kubeconfig)
                ),
                _account(),
            ],
        ),
    )


def _account() -> k8s.core.v1.VolumeArgs:
    """The account's token and the cluster's authority, where every client library looks for them."""
    token = k8s.core.v1.ServiceAccountTokenProjectionArgs(path="token", expiration_seconds=_TOKEN_SECONDS)
    authority = k8s.core.v1.ConfigMapProjectionArgs(
        name="kube-root-ca.crt", items=[k8s.core.v1.KeyToPathArgs(key="ca.crt", path="ca.crt")]
    )
    sources = [
        k8s.core.v1.VolumeProjectionArgs(service_account_token=token),
        k8s.core.v1.VolumeProjectionArgs(config_map=authority),
    ]
    return k8s.core.v1.VolumeArgs(name="account", projected=k8s.core.v1.ProjectedVolumeSourceArgs(sources=sources))


def _first(settings: Management, stack: str) -> k8s.core.v1.ContainerArgs:
    """Puts the stack's file on the volume where there is none yet: from then on, that one is changed."""
    file = stack_file(stack)
    return k8s.core.v1.ContainerArgs(
        name="stack-file",
        image=settings.image,
        command=["cp", "--no-clobber", f"{PROJECT_FOLDER}/{file}", f"{_DATA}/{file}"],
        resources=requirements(
            Resources(
                requests=Amounts(cpu="10m", memory="16Mi"),
                limits=Amounts(cpu="100m", memory="64Mi"),
            )
        ),
        security_context=container_security(),
        volume_mounts=[k8s.core.v1.VolumeMountArgs(name="data", mount_path=_DATA)],
    )


def _container(settings: Management, variables: Environment) -> k8s.core.v1.ContainerArgs:
    return k8s.core.v1.ContainerArgs(
        name=MANAGEMENT,
        image=settings.image,
        env=variables.variables(),
        ports=[k8s.core.v1.ContainerPortArgs(name="http", container_port=PORT)],
        resources=requirements(settings.resources),
        security_context=container_security(),
        startup_probe=_answers(period=2, failures=60),
        readiness_probe=_answers(period=5, failures=3),
        liveness_probe=_answers(period=10, failures=6),
        volume_mounts=[
            k8s.core.v1.VolumeMountArgs(name="data", mount_path=_DATA),
            k8s.core.v1.VolumeMountArgs(name="tmp", mount_path=_TMP),
            k8s.core.v1.VolumeMountArgs(
                name="kubeconfig", mount_path=_KUBECONFIG, sub_path=KUBECONFIG_KEY, read_only=True
            ),
            k8s.core.v1.VolumeMountArgs(name="account", mount_path=_CREDENTIALS, read_only=True),
        ],
    )


def _answers(*, period: int, failures: int) -> k8s.core.v1.ProbeArgs:
    """Whether the process answers; of the gateway's health, which it tells, nothing depends here."""
    return k8s.core.v1.ProbeArgs(
        http_get=k8s.core.v1.HTTPGetActionArgs(path="/healthz", port="http"),
        period_seconds=period,
        timeout_seconds=5,
        failure_threshold=failures,
    )
