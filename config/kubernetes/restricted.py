"""What Pod Security's level `restricted` refuses in a pod, as far as a patch can say it.

The API server refuses pods, not the Deployments that want them: such a patch would be applied, and no pod come up.
Source: Kubernetes, "Pod Security Standards"; a test asks a real API server about each row.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from pydantic import JsonValue

from config.explain import shown
from config.kubernetes.nodes import Node
from config.problems import Problem

_VOLUMES = frozenset(
    {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"}
)
_SYSCTLS = (
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_wmem",
)

Allowed = Callable[[JsonValue], bool]
_Rule = tuple[Allowed, str]
"""What a field may say, and what to write instead of anything else."""


def _never(_: JsonValue) -> bool:
    return False


def _but(*refused: JsonValue) -> Allowed:
    return lambda value: value not in refused


def _only(*allowed: JsonValue) -> Allowed:
    return lambda value: value in allowed


def _there(value: JsonValue) -> bool:
    return value is not None


def _drops_all(value: JsonValue) -> bool:
    return isinstance(value, list) and "ALL" in value


def _binds_ports_at_most(value: JsonValue) -> bool:
    return isinstance(value, list) and set(map(str, value)) <= {"NET_BIND_SERVICE"}


_ANYWHERE: Mapping[str, _Rule] = {
    "seccompProfile": (_there, "leave it out"),
    "runAsNonRoot": (_only(True), "write true, or leave it out"),
    "runAsUser": (_but(0), "write a user that is not root"),
    "seccompProfile type": (_only("RuntimeDefault", "Localhost"), "write RuntimeDefault, or leave it out"),
    "appArmorProfile type": (_only("RuntimeDefault", "Localhost"), "write RuntimeDefault, or leave it out"),
    "seLinuxOptions user": (_only(""), "remove it"),
    "seLinuxOptions role": (_only(""), "remove it"),
    "seLinuxOptions type": (
        _only("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"),
        "write container_t, or leave it out",
    ),
    "windowsOptions hostProcess": (_but(True), "remove it"),
}
"""Below a securityContext, the pod's or a container's."""
_CONTAINER: Mapping[str, _Rule] = {
    "securityContext": (_there, "leave it out"),
    "securityContext privileged": (_but(True), "remove it"),
    "securityContext allowPrivilegeEscalation": (_only(False), "write false, or leave it out"),
    "securityContext capabilities add": (_binds_ports_at_most, "write NET_BIND_SERVICE at most"),
    "securityContext capabilities drop": (_drops_all, "write [ALL], or leave it out"),
    "securityContext procMount": (_only("Default"), "remove it"),
    "ports * hostPort": (_only(0), "remove it; a Service leads to the port"),
    **{f"securityContext {path}": rule for path, rule in _ANYWHERE.items()},
}
_POD: Mapping[str, _Rule] = {
    "securityContext": (_there, "leave it out"),
    "hostNetwork": (_but(True), "remove it"),
    "hostPID": (_but(True), "remove it"),
    "hostIPC": (_but(True), "remove it"),
    "ephemeralContainers": (_never, "remove it; `kubectl debug` adds them to a running pod"),
    "securityContext sysctls * name": (_only(*_SYSCTLS), "remove it"),
    **{f"securityContext {path}": rule for path, rule in _ANYWHERE.items()},
    **{f"{list_} * {path}": rule for list_ in ("containers", "initContainers") for path, rule in _CONTAINER.items()},
}


def weakenings(pod: str, nodes: Sequence[Node]) -> Iterator[Problem]:
    """What of a patch the namespace would refuse in pods; `pod` is where their specification stands in the object."""
    rules = {f"{pod} {path}": rule for path, rule in _POD.items()}
    for node in nodes:
        refused = [advice for path, (allowed, advice) in rules.items() if node.fits(path) and not allowed(node.value)]
        if node.fits(f"{pod} volumes * *") and node.steps[-1] not in {"name", *_VOLUMES}:
            refused = [f"write one of {', '.join(sorted(_VOLUMES))}"]
        if refused:
            what = f"{shown(node.value)} is" if not isinstance(node.value, (dict, list)) else "is"
            yield Problem(node.at, f"{what} not allowed by Pod Security's level restricted; {refused[0]}")
