"""The gateway's edge: where TLS ends, who sends plain HTTP on, whose addresses Kong sees.

All of it follows from the sections `ingress`, `proxyService` and `network`; the rules between them are here, too.
"""

from collections.abc import Iterator
from typing import Literal

from config.ingress import Ingress
from config.network import Network
from config.problems import Problem
from config.proxy_service import LoadBalancerService, ProxyService
from config.tls import ControllerTls

Place = Literal["ingress", "kong"]
"""The Ingress controller, or Kong itself."""


def tls_end(ingress: Ingress, proxy_service: ProxyService) -> Place | None:
    """Where the gateway's TLS ends; none when it answers plain HTTP."""
    if ingress.tls is None:
        return None
    return "kong" if isinstance(proxy_service, LoadBalancerService) else "ingress"


def redirects(ingress: Ingress, proxy_service: ProxyService, network: Network) -> Place | None:
    """Who sends the gateway's callers from http to https; none when nobody does.

    Behind an Ingress, Kong knows https by `X-Forwarded-Proto`, which it believes trusted proxies alone (Kong:
    kong/runloop/handler.lua, access.before): without any, it would send every request round in circles.
    """
    if ingress.tls is None or not ingress.tls.redirect:
        return None
    if tls_end(ingress, proxy_service) == "kong":
        return "kong"
    if ingress.known_controller is not None:
        return "ingress"
    return "kong" if network.trusted_proxies else None


def sees_clients(proxy_service: ProxyService, network: Network) -> bool:
    """Whether Kong knows its clients' addresses, rather than those of what stands between."""
    if isinstance(proxy_service, LoadBalancerService) and not proxy_service.proxy_protocol:
        return proxy_service.external_traffic_policy == "Local" or bool(network.trusted_proxies)
    return bool(network.trusted_proxies)


def plain_http_is_sent_on(ingress: Ingress, proxy_service: ProxyService, network: Network) -> Iterator[Problem]:
    """A redirect that nobody makes would leave the gateway open by plain HTTP."""
    if ingress.tls is None or not ingress.tls.redirect:
        return
    if redirects(ingress, proxy_service, network) is None:
        yield Problem(
            ("ingress", "tls", "redirect"),
            f"how the controller of class {ingress.class_name!r} redirects is not known; write its name as "
            "ingress.controller if it is ingress-nginx, haproxy or aws-alb, its addresses as network.trustedProxies "
            "for Kong to redirect, or false",
        )


def load_balancers_have_a_certificate(ingress: Ingress, proxy_service: ProxyService) -> Iterator[Problem]:
    """Kong shows what is in a Secret, and AWS's load balancer nothing that is in one."""
    if tls_end(ingress, proxy_service) == "kong":
        if isinstance(ingress.tls, ControllerTls):
            yield Problem(
                ("ingress", "tls", "by"),
                "TLS ends in Kong behind a load balancer, and Kong needs a Secret; write 'secret' or 'cert-manager'",
            )
    elif ingress.known_controller == "aws-alb" and ingress.tls and not isinstance(ingress.tls, ControllerTls):
        yield Problem(
            ("ingress", "tls", "by"),
            f"{ingress.tls.by!r} gives a Secret, which an AWS load balancer does not take; write 'controller', and the "
            "annotation alb.ingress.kubernetes.io/certificate-arn",
        )


def proxy_protocol_is_believed(proxy_service: ProxyService, network: Network) -> Iterator[Problem]:
    """nginx takes the address that the PROXY protocol tells from trusted addresses alone (nginx: realip)."""
    speaks = isinstance(proxy_service, LoadBalancerService) and proxy_service.proxy_protocol
    if speaks and not network.trusted_proxies:
        yield Problem(
            ("network", "trustedProxies"),
            "is empty, so that Kong believes nobody's PROXY protocol and takes the load balancer for every client; "
            "write the load balancer's addresses",
        )
