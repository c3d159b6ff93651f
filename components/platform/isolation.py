"""Who may reach which port of Kong's pods."""

import pulumi
import pulumi_kubernetes as k8s

from components.platform.metadata import object_metadata
from components.platform.names import ADMIN, ADMIN_POLICY, GATEWAY_LABELS, GATEWAY_SELECTOR, LISTENERS


class KongIsolation(pulumi.ComponentResource):
    """Lets the Admin API be reached from the stack's own namespace alone, and the other listeners from anywhere.

    A tunnel through the API server comes from the pod's own node, which no policy shuts out.
    """

    policy: k8s.networking.v1.NetworkPolicy

    def __init__(self, name: str, *, namespace: pulumi.Input[str], opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("omnify:platform:KongIsolation", name, None, opts)
        anybody = k8s.networking.v1.NetworkPolicyIngressRuleArgs(
            ports=[
                k8s.networking.v1.NetworkPolicyPortArgs(protocol="TCP", port=listener.name)
                for listener in LISTENERS
                if listener != ADMIN
            ]
        )
        neighbours = k8s.networking.v1.NetworkPolicyIngressRuleArgs(
            from_=[k8s.networking.v1.NetworkPolicyPeerArgs(pod_selector=k8s.meta.v1.LabelSelectorArgs())],
            ports=[k8s.networking.v1.NetworkPolicyPortArgs(protocol="TCP", port=ADMIN.name)],
        )
        self.policy = k8s.networking.v1.NetworkPolicy(
            name,
            metadata=object_metadata(ADMIN_POLICY, namespace=namespace, labels=GATEWAY_LABELS),
            spec=k8s.networking.v1.NetworkPolicySpecArgs(
                pod_selector=k8s.meta.v1.LabelSelectorArgs(match_labels=GATEWAY_SELECTOR),
                policy_types=["Ingress"],
                ingress=[anybody, neighbours],
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"policy": self.policy.metadata.name})
