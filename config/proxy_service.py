"""`proxyService:` the Service before the proxy: for an Ingress, or a load balancer of its own."""

from typing import Annotated, Literal

from pydantic import Field

from config.network import Cidr
from config.settings import Settings


class ClusterIpService(Settings):
    """Inside the cluster; the outside comes through the Ingress."""

    type: Literal["ClusterIP"]


class LoadBalancerService(Settings):
    """A load balancer of the cloud, straight to Kong's pods; the gateway then has no Ingress.

    With `ingress.tls` TLS ends in Kong, which shows the Secret's certificate at port 443.
    """

    type: Literal["LoadBalancer"]
    annotations: dict[Annotated[str, Field(min_length=1)], str] = Field(default_factory=dict)
    """For the cloud, such as `service.beta.kubernetes.io/aws-load-balancer-scheme: internet-facing`."""
    load_balancer_class: Annotated[str, Field(min_length=1)] | None = None
    """Who makes it, such as `service.k8s.aws/nlb`; the cluster's usual one when left out."""
    external_traffic_policy: Literal["Local", "Cluster"] = "Local"
    """`Local` goes to pods of the node where a connection arrives, and keeps the client's address. `Cluster` spreads
    connections over all pods and hides it, unless the load balancer speaks the PROXY protocol."""
    source_ranges: tuple[Cidr, ...] = ()
    """From which addresses the load balancer takes connections; from any when left out."""
    proxy_protocol: bool = False
    """Whether the load balancer tells the client's address by the PROXY protocol. It must be told so too, by its
    annotations. Kong then refuses connections without it, also those from inside the cluster."""


ProxyService = Annotated[ClusterIpService | LoadBalancerService, Field(discriminator="type")]
