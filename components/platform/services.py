"""The Services before Kong's pods."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_kubernetes as k8s

from components.platform.metadata import object_metadata
from components.platform.names import ADMIN, GATEWAY_LABELS, GATEWAY_SELECTOR, MANAGER, METRICS, PROXY, Listener


class KongServices(pulumi.ComponentResource):
    """One Service a listener: the gateway itself, its Admin API, Kong Manager, and status with metrics."""

    proxy: k8s.core.v1.Service
    admin: k8s.core.v1.Service
    manager: k8s.core.v1.Service
    metrics: k8s.core.v1.Service

    def __init__(
        self,
        name: str,
        *,
        namespace: pulumi.Input[str],
        scraping: Mapping[str, str],
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`scraping` annotates the metrics' Service.

        `after` must have the pods: the Kubernetes provider waits until a Service has one that is ready.
        """
        super().__init__("omnify:platform:KongServices", name, None, opts)

        def service(listener: Listener, annotations: Mapping[str, str] | None = None) -> k8s.core.v1.Service:
            port = k8s.core.v1.ServicePortArgs(
                name=listener.name, port=listener.service_port, target_port=listener.name
            )
            return k8s.core.v1.Service(
                f"{name}-{listener.name}",
                metadata=object_metadata(
                    listener.service, namespace=namespace, labels=GATEWAY_LABELS, annotations=annotations
                ),
                spec=k8s.core.v1.ServiceSpecArgs(type="ClusterIP", selector=GATEWAY_SELECTOR, ports=[port]),
                opts=pulumi.ResourceOptions(parent=self, depends_on=list(after)),
            )

        self.proxy = service(PROXY)
        self.admin = service(ADMIN)
        self.manager = service(MANAGER)
        self.metrics = service(METRICS, scraping)
        self.register_outputs(
            {
                "proxy": self.proxy.metadata.name,
                "admin": self.admin.metadata.name,
                "manager": self.manager.metadata.name,
                "metrics": self.metrics.metadata.name,
            }
        )
