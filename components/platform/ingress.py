"""The names under which people reach the gateway and Kong Manager."""

import pulumi
import pulumi_kubernetes as k8s

from components.platform.metadata import object_metadata
from components.platform.names import GATEWAY_LABELS, KONG, MANAGER, MANAGER_INGRESS, PROXY, Listener
from components.platform.services import KongServices
from config.ingress import Ingress


class KongIngress(pulumi.ComponentResource):
    """An Ingress for the gateway and one for Kong Manager, with TLS where the stack names a certificate."""

    gateway: k8s.networking.v1.Ingress
    manager: k8s.networking.v1.Ingress

    def __init__(
        self,
        name: str,
        *,
        settings: Ingress,
        services: KongServices,
        namespace: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("omnify:platform:KongIngress", name, None, opts)

        def ingress(
            listener: Listener, service: k8s.core.v1.Service, name_: str, host: str
        ) -> k8s.networking.v1.Ingress:
            return k8s.networking.v1.Ingress(
                f"{name}-{listener.name}",
                metadata=object_metadata(
                    name_,
                    namespace=namespace,
                    labels=GATEWAY_LABELS,
                    # Whether the controller has an address yet says nothing about Kong, and there may be none in dev.
                    annotations={"pulumi.com/skipAwait": "true", **settings.annotations},
                ),
                spec=k8s.networking.v1.IngressSpecArgs(
                    ingress_class_name=settings.class_name,
                    tls=_tls(settings, host),
                    rules=[_rule(host, service, listener)],
                ),
                opts=pulumi.ResourceOptions(parent=self),
            )

        self.gateway = ingress(PROXY, services.proxy, KONG, settings.gateway_host)
        self.manager = ingress(MANAGER, services.manager, MANAGER_INGRESS, settings.manager_host)
        self.register_outputs({"gateway": self.gateway.metadata.name, "manager": self.manager.metadata.name})


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


def _tls(settings: Ingress, host: str) -> list[k8s.networking.v1.IngressTLSArgs] | None:
    if settings.tls_secret is None:
        return None
    return [k8s.networking.v1.IngressTLSArgs(hosts=[host], secret_name=settings.tls_secret)]
