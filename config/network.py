"""`network:` who may speak with the gateway's pods, and with whom they may speak (Kubernetes: NetworkPolicy).

Nothing is let through but what is said here and what follows from other sections: the database, the counters, the
backends and the realm. A cluster whose network plugin does not enforce policies lets everything through.
"""

from ipaddress import ip_network
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from config.settings import Settings, wrong_key
from config.vocabulary import KubernetesName, Port


def _cidr(value: str) -> str:
    try:
        network = ip_network(value, strict=False)
    except ValueError:
        raise ValueError(f"{value!r} is no range of addresses; write for example '10.0.0.0/8'") from None
    if str(network) != value:
        raise ValueError(f"{value!r} is not the beginning of its range; write {str(network)!r}")
    return value


Cidr = Annotated[str, AfterValidator(_cidr)]
"""A range of IPv4 or IPv6 addresses."""


class Peer(Settings):
    """Pods of a namespace, or a range of addresses."""

    namespace: KubernetesName | None = None
    """The namespace of the pods, by its name."""
    pods: dict[str, str] = Field(default_factory=dict)
    """The labels that the pods have; all pods of the namespace when left out."""
    cidr: Cidr | None = None
    """Instead of pods: a range of addresses, such as a load balancer's."""

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        if (self.namespace is None) == (self.cidr is None):
            raise ValueError("must name a peer; write either 'namespace: <name>' or 'cidr: <range>'")
        if self.pods and self.namespace is None:
            raise wrong_key("pods", "needs their namespace; write 'namespace' instead of 'cidr'")
        return self


class Destination(Settings):
    """Where the gateway may connect to besides."""

    to: Peer
    ports: Annotated[tuple[Port, ...], Field(min_length=1)]


class Network(Settings):
    """The gateway's network policies."""

    enforced: bool = True
    """Whether there are policies at all."""
    ingress_from: tuple[Peer, ...] = (Peer(namespace="ingress-nginx"),)
    """Who may speak with the gateway and Kong Manager: the Ingress controller, and programs that go without it."""
    monitoring_from: tuple[Peer, ...] = (Peer(namespace="monitoring"),)
    """Who may read status and metrics."""
    admin_from: tuple[Peer, ...] = ()
    """Who may speak with the Admin API. The tunnel of this program needs no entry: it comes from the pod's own node."""
    trusted_proxies: tuple[Cidr, ...] = ()
    """The addresses of load balancers and Ingress controllers whose `X-Forwarded-For` says who the client is. Without
    any, the client is who connects (Kong: trusted_ips, real_ip_header)."""
    egress: tuple[Destination, ...] = ()
    """Where plugins connect to, such as a log server."""
