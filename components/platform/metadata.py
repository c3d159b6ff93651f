"""The metadata of every object that a stack applies."""

from collections.abc import Mapping

import pulumi
import pulumi_kubernetes as k8s

FIELD_MANAGER = "omnify-gateway"
"""Under this name the API server keeps which fields are ours."""
OWNERSHIP = {"pulumi.com/patchFieldManager": FIELD_MANAGER, "pulumi.com/patchForce": "true"}
"""What makes the Kubernetes provider apply an object under that name, whoever else wrote a field of it.

By itself it applies under a random name that only the state knows (pulumi-kubernetes: provider.go, fieldManagerName).
With the state lost, the fields would for ever belong to somebody who is gone: those that differ by a default, such as a
StatefulSet's volume claims, could not be applied, and those that a stack drops later would stay.
"""


def object_metadata(
    name: str,
    *,
    namespace: pulumi.Input[str] | None = None,
    labels: Mapping[str, str],
    annotations: Mapping[str, str] | None = None,
) -> k8s.meta.v1.ObjectMetaArgs:
    """The metadata of an object, which is applied as this program's whatever the state knows."""
    return k8s.meta.v1.ObjectMetaArgs(
        name=name, namespace=namespace, labels=labels, annotations={**OWNERSHIP, **(annotations or {})}
    )
