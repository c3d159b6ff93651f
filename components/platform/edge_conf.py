"""The parts of kong.conf that face the network: addresses to listen on, TLS, whose word about clients counts.

The source of every property is Kong 3.9's kong.conf.default; nginx's directives go where Kong's own template injects
them (Kong: kong/templates/nginx_kong.lua).
"""

from collections.abc import Mapping, Sequence

from components.platform.environment import Environment
from components.platform.names import PROXY, PROXY_TLS, Listener
from config.edge import Place, tls_end
from config.network import IpFamily
from config.proxy_service import LoadBalancerService
from config.stack import StackSettings
from config.tls import Hsts

CERTIFICATE_DIRECTORY = "/etc/kong-tls"
"""Where the gateway's certificate is mounted when TLS ends in Kong."""
SOCKET = "reuseport backlog=16384"
"""Kong's own default socket options."""

_WILDCARDS: Mapping[IpFamily, str] = {"IPv4": "0.0.0.0", "IPv6": "[::]"}  # noqa: S104 - the pod's own addresses
_HTTPS_BY: Mapping[Place, str] = {"ingress": "$http_x_forwarded_proto", "kong": "$scheme"}
"""nginx's variable that is `https` when the client's request came by TLS."""
_HSTS = "Strict-Transport-Security"


def everywhere(families: Sequence[IpFamily], listener: Listener, *options: str) -> str:
    """A listener on every address of the pod."""
    return ", ".join(" ".join((f"{_WILDCARDS[each]}:{listener.port}", *options, SOCKET)) for each in families)


def edge_environment(settings: StackSettings) -> Environment:
    """How clients arrive, and who Kong takes them for."""
    families = settings.network.families
    return Environment(
        {**_proxy(settings), **_trust(settings), **_strict_transport(settings), **_name_server_records(families)}
    )


def _proxy(settings: StackSettings) -> Mapping[str, str]:
    """The proxy's listeners; with a certificate of Kong's own, one for TLS."""
    families = settings.network.families
    told = ("proxy_protocol",) if _speaks_proxy_protocol(settings) else ()
    plain = {
        "KONG_PROXY_LISTEN": everywhere(families, PROXY, *told),
        "KONG_PORT_MAPS": f"{PROXY.service_port}:{PROXY.port}",
    }
    if tls_end(settings.ingress, settings.proxy_service) != "kong":
        return plain
    return {
        "KONG_PROXY_LISTEN": f"{plain['KONG_PROXY_LISTEN']}, {everywhere(families, PROXY_TLS, 'ssl', 'http2', *told)}",
        "KONG_PORT_MAPS": f"{plain['KONG_PORT_MAPS']}, {PROXY_TLS.service_port}:{PROXY_TLS.port}",
        "KONG_SSL_CERT": f"{CERTIFICATE_DIRECTORY}/tls.crt",
        "KONG_SSL_CERT_KEY": f"{CERTIFICATE_DIRECTORY}/tls.key",
    }


def _trust(settings: StackSettings) -> Mapping[str, str]:
    """Whom Kong believes about who the client is."""
    trusted = settings.network.trusted_proxies
    if not trusted:
        return {}
    return {
        "KONG_TRUSTED_IPS": ",".join(trusted),
        "KONG_REAL_IP_HEADER": "proxy_protocol" if _speaks_proxy_protocol(settings) else "X-Forwarded-For",
        # The last address that is not trusted: a client may have put any before it.
        "KONG_REAL_IP_RECURSIVE": "on",
    }


def _speaks_proxy_protocol(settings: StackSettings) -> bool:
    return isinstance(settings.proxy_service, LoadBalancerService) and settings.proxy_service.proxy_protocol


def _strict_transport(settings: StackSettings) -> Mapping[str, str]:
    """HSTS by nginx itself: a plugin could be replaced by a narrower one, and nginx's own refusals meet no plugin."""
    end, tls = tls_end(settings.ingress, settings.proxy_service), settings.ingress.tls
    if end is None or tls is None or tls.hsts is None:
        return {}
    return {
        "KONG_NGINX_HTTP_MAP": _map(end, tls.hsts),
        # An empty value is not sent, so that none goes out by plain HTTP (RFC 6797, section 7.2).
        "KONG_NGINX_PROXY_ADD_HEADER": f"{_HSTS} $strict_transport_security always",
        "KONG_NGINX_PROXY_GRPC_HIDE_HEADER": _HSTS,
    }


def _map(end: Place, hsts: Hsts) -> str:
    """nginx's `map`, and in the place of the `;` that Kong writes after it, which a block must not have, one directive
    more: a backend's own header would stand beside the gateway's.
    """
    chosen = f'{_HTTPS_BY[end]} $strict_transport_security {{ https "{hsts.header}"; }}'
    return f"{chosen} proxy_hide_header {_HSTS}"


def _name_server_records(families: Sequence[IpFamily]) -> Mapping[str, str]:
    """By default Kong asks for no IPv6 addresses."""
    if "IPv6" not in families:
        return {}
    records = {"IPv4": "A", "IPv6": "AAAA"}
    return {"KONG_DNS_ORDER": ",".join(("LAST", "SRV", *(records[each] for each in families), "CNAME"))}
