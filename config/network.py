"""`network:` who may speak with the gateway's pods, and with whom they may speak (Kubernetes: NetworkPolicy).

Nothing is let through but what is said here and what follows from other sections: the database, the counters, the
backends and the realm. A cluster whose network plugin does not enforce policies lets everything through.
"""

from ipaddress import ip_network
from typing import Annotated, Literal, Self

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


Cidr = Annotated[str, AfterValidator(_cidr), Field(title="address range", examples=["10.0.0.0/8"])]
"""A range of IPv4 or IPv6 addresses."""


def _not_everybody(value: str) -> str:
    if ip_network(value).prefixlen == 0:
        raise ValueError(f"{value!r} lets every caller say who they are; write the addresses of the proxies alone")
    return value


TrustedCidr = Annotated[Cidr, AfterValidator(_not_everybody)]
"""A range of addresses that are believed."""

IpFamily = Literal["IPv4", "IPv6"]


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
    """The pods, or the addresses."""
    ports: Annotated[tuple[Port, ...], Field(min_length=1)]
    """The TCP ports there."""


class Network(Settings):
    """The gateway's network policies."""

    enforced: bool = True
    """Whether there are policies at all."""
    ingress_from: tuple[Peer, ...] = (Peer(namespace="ingress-nginx"),)
    """Who may speak with the gateway: the Ingress controller, and programs that go without it. A load balancer of the
    gateway's own (`proxyService`) opens it to every address."""
    manager_from: tuple[Peer, ...] = (Peer(namespace="ingress-nginx"),)
    """Who may speak with Kong Manager: the Ingress controller."""
    monitoring_from: tuple[Peer, ...] = (Peer(namespace="monitoring"),)
    """Who may read status and metrics."""
    admin_from: tuple[Peer, ...] = ()
    """Who may connect to the Admin API, with `admin: {access: in-cluster}`. The tunnel of this program needs no entry:
    it comes from the pod's own node."""
    trusted_proxies: tuple[TrustedCidr, ...] = ()
    """The addresses of load balancers and Ingress controllers whose `X-Forwarded-For` says who the client is. Without
    any, the client is who connects (Kong: trusted_ips, real_ip_header)."""
    egress: tuple[Destination, ...] = ()
    """Where plugins connect to, such as a log server."""
    ip_families: tuple[IpFamily, ...] = ()
    """On which addresses Kong listens and its Services have them, the main one first; IPv4, and for Services whatever
    the cluster gives, when left out. Nodes must have what is named here."""
    ip_family_policy: Literal["SingleStack", "PreferDualStack", "RequireDualStack"] | None = None
    """Whether Services have addresses of both kinds (Kubernetes: ipFamilyPolicy). Two families without a policy are
    preferred, not required."""

    @model_validator(mode="after")
    def _families_fit_their_policy(self) -> Self:
        if len(set(self.ip_families)) != len(self.ip_families):
            raise wrong_key("ipFamilies", "names one twice; write each once, such as [IPv4, IPv6]")
        if self.ip_family_policy == "SingleStack" and len(self.ip_families) > 1:
            raise wrong_key("ipFamilyPolicy", "has one family, and ipFamilies names two; write 'PreferDualStack'")
        return self

    @property
    def families(self) -> tuple[IpFamily, ...]:
        """The families that Kong listens on."""
        if self.ip_families and self.ip_family_policy in {None, "SingleStack"}:
            return self.ip_families
        dual = self.ip_family_policy in {"PreferDualStack", "RequireDualStack"}
        main: IpFamily = self.ip_families[0] if self.ip_families else "IPv4"
        other: IpFamily = "IPv6" if main == "IPv4" else "IPv4"
        return (main, other) if dual else (main,)

    @property
    def service_policy(self) -> str | None:
        """The Services' ipFamilyPolicy."""
        return self.ip_family_policy or ("PreferDualStack" if len(self.ip_families) > 1 else None)
