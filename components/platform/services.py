"""The Services before Kong's pods."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_kubernetes as k8s

from components.platform.metadata import object_metadata
from components.platform.names import (
    ADMIN,
    ADMIN_TLS,
    GATEWAY_LABELS,
    GATEWAY_SELECTOR,
    LISTENERS,
    MANAGER,
    METRICS,
    PROXY,
    PROXY_TLS,
    Listener,
)
from config.admin import Admin, AdminInCluster
from config.edge import Place
from config.network import Network
from config.proxy_service import LoadBalancerService, ProxyService


class KongServices(pulumi.ComponentResource):
    """One Service a listener: the gateway itself, its Admin API, Kong Manager, and status with metrics.

    The Services of the Admin API and Kong Manager are the way for forwarded ports; what listens behind them says who
    else may use them.
    """

    proxy: k8s.core.v1.Service
    admin: k8s.core.v1.Service
    manager: k8s.core.v1.Service
    metrics: k8s.core.v1.Service

    def __init__(
        self,
        name: str,
        *,
        namespace: pulumi.Input[str],
        proxy_service: ProxyService,
        admin: Admin,
        network: Network,
        tls: Place | None,
        scraping: Mapping[str, str],
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`scraping` annotates the metrics' Service; `tls` is where the gateway's TLS ends.

        `after` must have the pods: the Kubernetes provider waits until a Service has one that is ready.
        """
        super().__init__("omnify:platform:KongServices", name, None, opts)

        def service(
            *listeners: Listener,
            annotations: Mapping[str, str] | None = None,
            balancer: LoadBalancerService | None = None,
        ) -> k8s.core.v1.Service:
            listener = listeners[0]
            return k8s.core.v1.Service(
                f"{name}-{listener.name}",
                metadata=object_metadata(
                    listener.service, namespace=namespace, labels=GATEWAY_LABELS, annotations=annotations
                ),
                spec=_spec(network, [_port(each) for each in listeners], balancer),
                opts=pulumi.ResourceOptions(parent=self, depends_on=list(after)),
            )

        if isinstance(proxy_service, LoadBalancerService):
            # Whether the cloud has made it yet says nothing about Kong.
            outside = {"pulumi.com/skipAwait": "true", **proxy_service.annotations}
            listeners = (PROXY, PROXY_TLS) if tls == "kong" else (PROXY,)
            self.proxy = service(*listeners, annotations=outside, balancer=proxy_service)
        else:
            self.proxy = service(PROXY)
        self.admin = service(ADMIN)
        if isinstance(admin, AdminInCluster):
            service(ADMIN_TLS)
        self.manager = service(MANAGER)
        self.metrics = service(METRICS, annotations=scraping)
        self.register_outputs(
            {
                "proxy": self.proxy.metadata.name,
                "admin": self.admin.metadata.name,
                "manager": self.manager.metadata.name,
                "metrics": self.metrics.metadata.name,
            }
        )


def _port(listener: Listener) -> k8s.core.v1.ServicePortArgs:
    # The pods name the ports that all of them have.
    target = listener.name if listener in LISTENERS else listener.port
    return k8s.core.v1.ServicePortArgs(name=listener.name, port=listener.service_port, target_port=target)


def _spec(
    network: Network, ports: Sequence[k8s.core.v1.ServicePortArgs], balancer: LoadBalancerService | None
) -> k8s.core.v1.ServiceSpecArgs:
    return k8s.core.v1.ServiceSpecArgs(
        type="LoadBalancer" if balancer else "ClusterIP",
        selector=GATEWAY_SELECTOR,
        ports=list(ports),
        ip_family_policy=network.service_policy,
        ip_families=list(network.ip_families) or None,
        load_balancer_class=balancer.load_balancer_class if balancer else None,
        external_traffic_policy=balancer.external_traffic_policy if balancer else None,
        load_balancer_source_ranges=list(balancer.source_ranges) or None if balancer else None,
    )
