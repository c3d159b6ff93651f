"""The team's service in a namespace of its own, which lets in nobody but the gateway."""

import hashlib
from pathlib import Path

import pulumi_kubernetes as k8s
from pulumi import ComponentResource, ResourceOptions

from omnify_gateway import GatewayOutputs

NAME = "reports"
PORT = 8080
_LABELS = {"app.kubernetes.io/name": NAME}
_SOURCE = Path(__file__).with_name("reports.py")


class Workload(ComponentResource):
    """Namespace, Deployment, Service and network policies."""

    url: str
    """Where Kong's pods find it; known before anything exists."""

    def __init__(self, name: str, *, gateway: GatewayOutputs, image: str, opts: ResourceOptions | None = None) -> None:
        super().__init__("reports:index:Workload", name, None, opts)
        namespace = k8s.core.v1.Namespace(
            f"{name}-namespace",
            metadata={"name": NAME, "labels": {"pod-security.kubernetes.io/enforce": "restricted"}},
            opts=ResourceOptions(parent=self),
        )
        # Its name follows from what it holds: a change rolls the pods.
        digest = hashlib.sha256(_SOURCE.read_bytes()).hexdigest()[:10]
        source = k8s.core.v1.ConfigMap(
            f"{name}-source",
            metadata={"name": f"{NAME}-{digest}", "namespace": NAME},
            data={_SOURCE.name: _SOURCE.read_text("utf-8")},
            opts=ResourceOptions(parent=self, depends_on=[namespace]),
        )
        k8s.apps.v1.Deployment(
            f"{name}-deployment",
            metadata={"name": NAME, "namespace": NAME, "labels": _LABELS},
            spec={
                "replicas": 1,
                "selector": {"match_labels": _LABELS},
                "template": {"metadata": {"labels": _LABELS}, "spec": _pod(image, f"{NAME}-{digest}")},
            },
            opts=ResourceOptions(parent=self, depends_on=[source]),
        )
        k8s.core.v1.Service(
            f"{name}-service",
            metadata={"name": NAME, "namespace": NAME, "labels": _LABELS},
            spec={"selector": _LABELS, "ports": [{"name": "http", "port": PORT, "target_port": "http"}]},
            opts=ResourceOptions(parent=self, depends_on=[namespace]),
        )
        k8s.networking.v1.NetworkPolicy(
            f"{name}-from-the-gateway",
            metadata={"name": NAME, "namespace": NAME},
            spec={
                "pod_selector": {},
                "policy_types": ["Ingress", "Egress"],
                "ingress": [{"from_": [_pods_of(gateway)], "ports": [{"port": "http"}]}],
            },
            opts=ResourceOptions(parent=self, depends_on=[namespace]),
        )
        self.url = f"http://{NAME}.{NAME}.svc.cluster.local:{PORT}"
        self.register_outputs({"url": self.url})


def _pods_of(gateway: GatewayOutputs) -> k8s.networking.v1.NetworkPolicyPeerArgsDict:
    return {
        "namespace_selector": {"match_labels": {"kubernetes.io/metadata.name": gateway.namespace}},
        "pod_selector": {"match_labels": dict(gateway.pod_labels)},
    }


def _pod(image: str, source: str) -> k8s.core.v1.PodSpecArgsDict:
    return {
        "automount_service_account_token": False,
        "security_context": {
            "run_as_non_root": True,
            "run_as_user": 65532,
            "run_as_group": 65532,
            "seccomp_profile": {"type": "RuntimeDefault"},
        },
        "containers": [
            {
                "name": NAME,
                "image": image,
                "command": ["python", "-B", f"/srv/{_SOURCE.name}", "0.0.0.0", str(PORT)],  # noqa: S104 (in its pod)
                "ports": [{"name": "http", "container_port": PORT}],
                "readiness_probe": {"tcp_socket": {"port": "http"}, "period_seconds": 5},
                "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}, "limits": {"memory": "128Mi"}},
                "security_context": {
                    "allow_privilege_escalation": False,
                    "read_only_root_filesystem": True,
                    "capabilities": {"drop": ["ALL"]},
                },
                "volume_mounts": [{"name": "source", "mount_path": "/srv", "read_only": True}],
            }
        ],
        "volumes": [{"name": "source", "config_map": {"name": source}}],
    }
