"""What a cluster of a cloud has when it is handed over: nodes in three zones, storage and ingress classes."""

from typing import Any

from sandbox.cluster.kubeconfig import CONTEXT

ZONES = ("a", "b", "c")
"""One node each."""

_SIZE = {"cpu": "8", "memory": "32Gi", "ephemeral-storage": "100Gi", "pods": "110"}


def furnishings() -> dict[str, dict[str, Any]]:
    """Give the objects by the path under which the API server keeps them."""
    nodes = {f"/api/v1/nodes/{CONTEXT}-{zone}": _node(zone) for zone in ZONES}
    return {
        **nodes,
        "/apis/storage.k8s.io/v1/storageclasses/sandbox": {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {
                "name": "sandbox",
                "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
            },
            # kwok provisions it, see stages.yaml.
            "provisioner": "omnify-sandbox/volume",
            "reclaimPolicy": "Delete",
            "volumeBindingMode": "Immediate",
            "allowVolumeExpansion": True,
        },
        "/apis/networking.k8s.io/v1/ingressclasses/nginx": {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "IngressClass",
            "metadata": {
                "name": "nginx",
                "annotations": {"ingressclass.kubernetes.io/is-default-class": "true"},
            },
            "spec": {"controller": "k8s.io/ingress-nginx"},
        },
    }


def _node(zone: str) -> dict[str, Any]:
    name = f"{CONTEXT}-{zone}"
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "labels": {
                "kubernetes.io/arch": "amd64",
                "kubernetes.io/hostname": name,
                "kubernetes.io/os": "linux",
                "topology.kubernetes.io/region": "sandbox",
                "topology.kubernetes.io/zone": f"sandbox-{zone}",
            },
        },
        "status": {"allocatable": _SIZE, "capacity": _SIZE},
    }
