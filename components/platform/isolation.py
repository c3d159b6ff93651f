"""Who may connect with whom, as the cluster's network plugin enforces it."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_kubernetes as k8s

from components.platform.connections import Neighbours, Policy, Rule, policies
from components.platform.metadata import object_metadata
from components.platform.names import GATEWAY_LABELS
from config.network import Peer
from config.stack import StackSettings


class KongIsolation(pulumi.ComponentResource):
    """A NetworkPolicy for each kind of pod, and one that denies what none of them allows.

    A tunnel through the API server comes from the pod's own node, which no policy shuts out.
    """

    def __init__(
        self,
        name: str,
        *,
        settings: StackSettings,
        namespace: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("omnify:platform:KongIsolation", name, None, opts)
        wanted = policies(settings) if settings.network.enforced else ()
        network_policies(name, wanted, namespace=namespace, labels=GATEWAY_LABELS, parent=self)
        self.register_outputs({"policies": [policy.name for policy in wanted]})


def network_policies(
    name: str,
    wanted: Sequence[Policy],
    *,
    namespace: pulumi.Input[str],
    labels: Mapping[str, str],
    parent: pulumi.Resource,
) -> None:
    """An object for each of some policies, the last of which denies everything else."""
    made: list[pulumi.Resource] = []
    for policy in wanted:
        made.append(
            k8s.networking.v1.NetworkPolicy(
                f"{name}-{policy.name}",
                metadata=object_metadata(policy.name, namespace=namespace, labels=labels),
                spec=_spec(policy),
                # It comes last and goes first, so that nothing is cut off in between.
                opts=pulumi.ResourceOptions(parent=parent, depends_on=list(made)),
            )
        )


def _spec(policy: Policy) -> k8s.networking.v1.NetworkPolicySpecArgs:
    ingress = [
        k8s.networking.v1.NetworkPolicyIngressRuleArgs(from_=_peers(rule), ports=_ports(rule))
        for rule in policy.ingress
    ]
    egress = [
        k8s.networking.v1.NetworkPolicyEgressRuleArgs(to=_peers(rule), ports=_ports(rule)) for rule in policy.egress
    ]
    return k8s.networking.v1.NetworkPolicySpecArgs(
        pod_selector=k8s.meta.v1.LabelSelectorArgs(match_labels=policy.pods or None),
        policy_types=["Ingress", "Egress"],
        # The API server keeps no empty lists, and would take each one that is applied for a change.
        ingress=ingress or None,
        egress=egress or None,
    )


def _peers(rule: Rule) -> list[k8s.networking.v1.NetworkPolicyPeerArgs] | None:
    return [_peer(peer) for peer in rule.peers] or None


def _peer(peer: Peer | Neighbours) -> k8s.networking.v1.NetworkPolicyPeerArgs:
    if isinstance(peer, Peer) and peer.cidr is not None:
        return k8s.networking.v1.NetworkPolicyPeerArgs(ip_block=k8s.networking.v1.IPBlockArgs(cidr=peer.cidr))
    if isinstance(peer, Neighbours):
        return k8s.networking.v1.NetworkPolicyPeerArgs(
            pod_selector=k8s.meta.v1.LabelSelectorArgs(match_labels=peer.pods or None)
        )
    pods = k8s.meta.v1.LabelSelectorArgs(match_labels=peer.pods) if peer.pods else None
    # Every namespace has its name as this label (Kubernetes: well-known labels).
    namespace = k8s.meta.v1.LabelSelectorArgs(match_labels={"kubernetes.io/metadata.name": peer.namespace or ""})
    return k8s.networking.v1.NetworkPolicyPeerArgs(namespace_selector=namespace, pod_selector=pods)


def _ports(rule: Rule) -> list[k8s.networking.v1.NetworkPolicyPortArgs] | None:
    return [
        k8s.networking.v1.NetworkPolicyPortArgs(protocol=protocol, port=port)
        for port in rule.ports
        for protocol in rule.protocols
    ] or None
