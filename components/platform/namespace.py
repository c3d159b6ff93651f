"""The namespace that a stack has for itself."""

import pulumi
import pulumi_kubernetes as k8s

from components.platform.metadata import object_metadata
from components.platform.names import PROJECT, labels
from config.cluster import Cluster


class GatewayNamespace(pulumi.ComponentResource):
    """A namespace in which the API server admits hardened pods alone (Pod Security `restricted`)."""

    name: pulumi.Output[str]
    """What everything in it refers to, and so waits for."""

    def __init__(
        self, name: str, *, settings: Cluster, part_of: str = PROJECT, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("omnify:platform:GatewayNamespace", name, None, opts)
        levels = {f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "warn", "audit")}
        namespace = k8s.core.v1.Namespace(
            name,
            metadata=object_metadata(settings.namespace, labels={**labels(part_of, "namespace", part_of), **levels}),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.name = namespace.metadata.name
        self.register_outputs({"name": self.name})
