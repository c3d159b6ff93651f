"""The certificates that cert-manager makes for the gateway's hosts, and the Secrets that TLS takes them from."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as k8s

from components.platform.manager import manager_entrance
from components.platform.metadata import object_metadata
from components.platform.names import GATEWAY_LABELS, KONG, MANAGER_INGRESS
from config.admin import AdminLoopback
from config.edge import tls_end
from config.ingress import Ingress
from config.stack import StackSettings
from config.tls import CertManagerTls, ControllerTls, Issuer

_API = "cert-manager.io/v1"


def gateway_secret(ingress: Ingress) -> str | None:
    """The Secret with the gateway's certificate; none without TLS, or where the Ingress controller has its own."""
    tls = ingress.tls
    if tls is None or isinstance(tls, ControllerTls):
        return None
    return f"{KONG}-tls" if isinstance(tls, CertManagerTls) else tls.secret_name


def manager_secret(ingress: Ingress) -> str | None:
    """The Secret with the certificate of Kong Manager's host."""
    tls = ingress.tls
    if tls is None or isinstance(tls, ControllerTls):
        return None
    return f"{MANAGER_INGRESS}-tls" if isinstance(tls, CertManagerTls) else tls.manager_secret_name or tls.secret_name


@dataclass(frozen=True)
class Wanted:
    """A certificate that the stack needs."""

    secret: str
    """Where it goes, and what it is called."""
    hosts: tuple[str, ...]
    issuer: Issuer


def wanted_certificates(settings: StackSettings) -> Iterator[Wanted]:
    """A certificate for each host, so that one that cannot be proven does not hold the other up.

    A load balancer leads both hosts to Kong, which shows one certificate.
    """
    ingress = settings.ingress
    gateway, manager = gateway_secret(ingress), manager_secret(ingress)
    if not isinstance(ingress.tls, CertManagerTls) or gateway is None or manager is None:
        return
    by_kong = tls_end(ingress, settings.proxy_service) == "kong" and isinstance(settings.admin, AdminLoopback)
    hosts = (ingress.gateway_host, ingress.manager_host) if by_kong else (ingress.gateway_host,)
    yield Wanted(gateway, hosts, ingress.tls.issuer)
    if manager_entrance(settings) is not None:
        yield Wanted(manager, (ingress.manager_host,), ingress.tls.manager_issuer or ingress.tls.issuer)


class KongCertificates(pulumi.ComponentResource):
    """cert-manager's Certificates. The Secrets belong to cert-manager, and stay when a Certificate goes."""

    def __init__(
        self,
        name: str,
        *,
        tls: CertManagerTls,
        wanted: Iterable[Wanted],
        namespace: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("omnify:platform:KongCertificates", name, None, opts)
        made: list[str] = []
        for each in wanted:
            k8s.apiextensions.CustomResource(
                f"{name}-{each.secret}",
                api_version=_API,
                kind="Certificate",
                metadata=object_metadata(each.secret, namespace=namespace, labels=GATEWAY_LABELS),
                spec=_spec(tls, each),
                opts=pulumi.ResourceOptions(parent=self),
            )
            made.append(each.secret)
        self.register_outputs({"secrets": made})


def _spec(tls: CertManagerTls, wanted: Wanted) -> Mapping[str, object]:
    key = {"algorithm": tls.private_key.algorithm, "size": tls.private_key.bits, "rotationPolicy": "Always"}
    spec = {
        "dnsNames": list(wanted.hosts),
        "secretName": wanted.secret,
        "issuerRef": {"name": wanted.issuer.name, "kind": wanted.issuer.kind, "group": "cert-manager.io"},
        "duration": tls.duration,
        "renewBefore": tls.renew_before,
        "usages": ["digital signature", "server auth"],
        "privateKey": _given(key),
    }
    return _given(spec)


def _given(fields: Mapping[str, object]) -> Mapping[str, object]:
    return {key: value for key, value in fields.items() if value is not None}
