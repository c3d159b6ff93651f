"""Parts of a pod's specification, with which patches are tried: offline, and on a real API server."""

from typing import NamedTuple

from pydantic import JsonValue


class Case(NamedTuple):
    """What a patch says of a pod."""

    what: str
    pod: dict[str, JsonValue]


def _kong(**fields: JsonValue) -> dict[str, JsonValue]:
    return {"containers": [{"name": "kong", **fields}]}


def _secured(**fields: JsonValue) -> dict[str, JsonValue]:
    return _kong(securityContext=fields)


def _volume(**source: JsonValue) -> dict[str, JsonValue]:
    return {"volumes": [{"name": "further", **source}]}


_UNCONFINED: JsonValue = {"type": "Unconfined"}

REFUSED = [
    Case("the node's network", {"hostNetwork": True}),
    Case("the node's processes", {"hostPID": True}),
    Case("the node's shared memory", {"hostIPC": True}),
    Case("a path of the node", _volume(hostPath={"path": "/"})),
    Case("a network drive", _volume(nfs={"server": "nfs", "path": "/"})),
    Case("a port of the node", _kong(ports=[{"containerPort": 9000, "hostPort": 9000}])),
    Case("a privileged container", _secured(privileged=True, allowPrivilegeEscalation=True)),
    Case("a way to gain privileges", _secured(allowPrivilegeEscalation=True)),
    Case("a capability", _secured(capabilities={"add": ["SYS_ADMIN"]})),
    Case("capabilities kept", _secured(capabilities={"drop": ["NET_RAW"]})),
    Case("root", _secured(runAsUser=0)),
    Case("root allowed", _secured(runAsNonRoot=False)),
    Case("root for all", {"securityContext": {"runAsUser": 0}}),
    Case("root for all allowed", {"securityContext": {"runAsNonRoot": False}}),
    Case("no hardening of the pod", {"securityContext": None}),
    Case("no filter of system calls", {"securityContext": {"seccompProfile": _UNCONFINED}}),
    Case("no filter in a container", _secured(seccompProfile=_UNCONFINED)),
    Case("no filter named", {"securityContext": {"seccompProfile": None}}),
    Case("no AppArmor", _secured(appArmorProfile=_UNCONFINED)),
    Case("an SELinux user", _secured(seLinuxOptions={"user": "system_u"})),
    Case("an SELinux type", _secured(seLinuxOptions={"type": "spc_t"})),
    Case("an unmasked /proc", _secured(procMount="Unmasked") | {"hostUsers": False}),
    Case("a kernel setting", {"securityContext": {"sysctls": [{"name": "kernel.msgmax", "value": "1"}]}}),
    Case(
        "an init container as root",
        {"initContainers": [{"name": "first", "image": "x:1", "securityContext": {"runAsUser": 0}}]},
    ),
]
ALLOWED = [
    Case("a private registry", {"imagePullSecrets": [{"name": "registry"}]}),
    Case("names of hosts", {"hostAliases": [{"ip": "10.0.0.1", "hostnames": ["a.example"]}]}),
    Case("another DNS", {"dnsPolicy": "None", "dnsConfig": {"nameservers": ["10.0.0.10"]}}),
    Case("a runtime", {"schedulerName": "default-scheduler", "shareProcessNamespace": False}),
    Case(
        "a kernel setting that is safe",
        {"securityContext": {"sysctls": [{"name": "net.ipv4.tcp_syncookies", "value": "1"}]}},
    ),
    Case("the privileged ports", _secured(capabilities={"add": ["NET_BIND_SERVICE"]})),
    Case("a variable", _kong(env=[{"name": "TZ", "value": "Europe/Berlin"}])),
    Case("a pull policy and probes", _kong(imagePullPolicy="Always", readinessProbe={"periodSeconds": 3})),
    Case(
        "plugins from a ConfigMap",
        _volume(configMap={"name": "plugins"}) | _kong(volumeMounts=[{"name": "further", "mountPath": "/opt/plugins"}]),
    ),
    Case(
        "a sidecar that starts first, and one beside Kong",
        {
            "initContainers": [{"name": "proxy", "image": "x:1", "restartPolicy": "Always"}],
            "containers": [{"name": "logs", "image": "y:1", "securityContext": {"readOnlyRootFilesystem": False}}],
        },
    ),
    Case(
        "affinity",
        {
            "affinity": {
                "podAntiAffinity": {
                    "requiredDuringSchedulingIgnoredDuringExecution": [
                        {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": "noisy"}}}
                    ]
                }
            }
        },
    ),
]
