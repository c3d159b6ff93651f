"""The names under which people reach the gateway and Kong Manager."""

from collections.abc import Mapping

import pulumi
import pulumi_kubernetes as k8s

from components.platform.certificates import gateway_secret, manager_secret
from components.platform.manager import ManagerEntrance
from components.platform.metadata import object_metadata
from components.platform.names import GATEWAY_LABELS, KONG, MANAGER, MANAGER_INGRESS, PROXY, Listener
from components.platform.services import KongServices
from config.ingress import Ingress
from config.proxy_service import LoadBalancerService
from config.stack import StackSettings
from config.tls import ControllerTls


class KongIngress(pulumi.ComponentResource):
    """An Ingress for the gateway and one for Kong Manager, with TLS where the stack names a certificate."""

    gateway: k8s.networking.v1.Ingress | None
    """None where a load balancer leads to Kong itself."""
    manager: k8s.networking.v1.Ingress | None
    """None where nobody would ask who comes."""

    def __init__(
        self,
        name: str,
        *,
        settings: StackSettings,
        manager: ManagerEntrance | None,
        services: KongServices,
        namespace: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("omnify:platform:KongIngress", name, None, opts)
        names = settings.ingress
        # Whether the controller has an address yet says nothing about Kong, and there may be none in dev.
        common = {"pulumi.com/skipAwait": "true", **redirecting(names), **names.annotations}

        def ingress(
            logical: Listener,
            name_: str,
            host: str,
            secret: str | None,
            entrance: ManagerEntrance,
        ) -> k8s.networking.v1.Ingress:
            service = {PROXY: services.proxy, MANAGER: services.manager}[entrance.listener]
            return k8s.networking.v1.Ingress(
                f"{name}-{logical.name}",
                metadata=object_metadata(
                    name_,
                    namespace=namespace,
                    labels=GATEWAY_LABELS,
                    annotations={**common, **entrance.annotations},
                ),
                spec=k8s.networking.v1.IngressSpecArgs(
                    ingress_class_name=names.class_name,
                    tls=[k8s.networking.v1.IngressTLSArgs(hosts=[host], secret_name=secret)] if secret else None,
                    rules=[_rule(host, service, entrance.listener)],
                ),
                opts=pulumi.ResourceOptions(parent=self),
            )

        self.gateway = (
            None
            if isinstance(settings.proxy_service, LoadBalancerService)
            else ingress(PROXY, KONG, names.gateway_host, gateway_secret(names), ManagerEntrance(PROXY))
        )
        self.manager = (
            ingress(MANAGER, MANAGER_INGRESS, names.manager_host, manager_secret(names), manager)
            if manager is not None
            else None
        )
        self.register_outputs(
            {
                "gateway": self.gateway.metadata.name if self.gateway is not None else None,
                "manager": self.manager.metadata.name if self.manager is not None else None,
            }
        )


def _rule(host: str, service: k8s.core.v1.Service, listener: Listener) -> k8s.networking.v1.IngressRuleArgs:
    backend = k8s.networking.v1.IngressBackendArgs(
        service=k8s.networking.v1.IngressServiceBackendArgs(
            name=service.metadata.name, port=k8s.networking.v1.ServiceBackendPortArgs(name=listener.name)
        )
    )
    everything = k8s.networking.v1.HTTPIngressPathArgs(path="/", path_type="Prefix", backend=backend)
    return k8s.networking.v1.IngressRuleArgs(
        host=host, http=k8s.networking.v1.HTTPIngressRuleValueArgs(paths=[everything])
    )


def redirecting(settings: Ingress) -> Mapping[str, str]:
    """What makes the controller send plain HTTP on, or not: most do so by themselves where there is TLS.

    ingress-nginx: docs/user-guide/nginx-configuration/annotations.md; HAProxy: documentation/annotations.md;
    AWS Load Balancer Controller: docs/guide/ingress/annotations.md.
    """
    tls, controller = settings.tls, settings.known_controller
    if tls is None or controller is None:
        return {}
    wanted = str(tls.redirect).lower()
    if controller == "ingress-nginx":
        # Without a certificate in the Ingress, it must be told that there is TLS all the same.
        forced = "force-ssl-redirect" if isinstance(tls, ControllerTls) else "ssl-redirect"
        return {f"nginx.ingress.kubernetes.io/{forced}": wanted}
    if controller == "haproxy":
        return {"haproxy.org/ssl-redirect": wanted, "haproxy.org/ssl-redirect-code": "301"}
    ports = {"alb.ingress.kubernetes.io/listen-ports": '[{"HTTP": 80}, {"HTTPS": 443}]'}
    return ports | ({"alb.ingress.kubernetes.io/ssl-redirect": "443"} if tls.redirect else {})
