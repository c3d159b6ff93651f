"""The words that stack files use: domain types with their rules, reused by every section.

Each rule says what to write instead. Names and ranges follow Kong 3.9's schemas and the Kubernetes API reference.
"""

import re
from collections.abc import Callable
from ipaddress import IPv4Address
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field


def _matching(pattern: str, advice: str) -> Callable[[str], str]:
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            raise ValueError(f"{value!r} {advice}")
        return value

    return check


def _route_path(path: str) -> str:
    if path.startswith("~"):
        raise ValueError(f"{path!r} is a regular expression; write a plain prefix such as '/api/orders/'")
    if not path.startswith("/"):
        raise ValueError(f"{path!r} must start with a slash; write '/{path}'")
    if "//" in path:
        raise ValueError(f"{path!r} has an empty segment; write {re.sub('/+', '/', path)!r}")
    if not re.fullmatch(r"[A-Za-z0-9._~/%!$&'()*+,;=:@-]*", path):
        raise ValueError(f"{path!r} has characters that a URL path cannot carry; percent-encode them")
    return path


def _url(value: str, schemes: tuple[str, ...]) -> str:
    try:
        parts = urlsplit(value)
        usable = parts.scheme in schemes and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
        parts = urlsplit("")
    if not usable:
        raise ValueError(f"{value!r} is not a URL; write for example '{schemes[-1]}://name.example:8000'")
    if parts.username or parts.password:
        raise ValueError("must not carry a user name or password; keep credentials in a Kubernetes Secret")
    if parts.query or parts.fragment:
        raise ValueError(f"{value!r} must end with its path; remove the query and the fragment")
    return value


def _http_url(value: str) -> str:
    return _url(value, ("https", "http"))


def _issuer(value: str) -> str:
    _http_url(value)
    if value.endswith("/"):
        raise ValueError(f"{value!r} must equal the token's 'iss' claim to the letter; write {value.rstrip('/')!r}")
    return value


def is_address(host: str) -> bool:
    """Whether a host name is an IPv4 address; nothing else ends in digits alone (RFC 3696, section 2)."""
    return host.rpartition(".")[2].isdigit()


def _whole_address(host: str) -> str:
    if is_address(host):
        try:
            IPv4Address(host)
        except ValueError:
            raise ValueError(f"{host!r} is not an address; write four numbers up to 255, or a name") from None
    return host


def _no_address(host: str) -> str:
    if is_address(host):
        raise ValueError(f"{host!r} is an address; write the name")
    return host


_DNS_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"

KongName = Annotated[
    str,
    AfterValidator(
        _matching(
            r"[A-Za-z0-9][A-Za-z0-9._~-]{0,127}",
            "is not a Kong name; write letters, digits, '.', '_', '~' and '-', at most 128 of them",
        )
    ),
    Field(title="name in Kong", examples=["orders-v1"]),
]
"""The name of a service, route or consumer (Kong: `typedefs.utf8_name`, narrowed to what every URL carries)."""

GroupName = Annotated[
    str,
    AfterValidator(
        _matching(r"[a-z0-9][a-z0-9_-]{0,62}", "is not a group name; write lower-case letters, digits, '-' and '_'")
    ),
    Field(title="group name", examples=["free"]),
]
"""The name of an ACL group."""

PluginName = Annotated[
    str,
    AfterValidator(
        _matching(
            r"[a-z0-9]+(-[a-z0-9]+)*",
            "is not a plugin's name; write it as Kong does, such as 'ip-restriction'",
        )
    ),
    Field(title="plugin name", examples=["ip-restriction"]),
]
"""The name of a Kong plugin."""

KubernetesName = Annotated[
    str,
    AfterValidator(
        _matching(_DNS_LABEL, "is not a Kubernetes name; write at most 63 lower-case letters, digits and '-'")
    ),
    Field(title="DNS label", examples=["omnify-gateway"]),
]
"""A DNS label (RFC 1123), as Kubernetes names most objects."""

ObjectName = Annotated[
    str,
    AfterValidator(
        _matching(
            rf"{_DNS_LABEL}(\.{_DNS_LABEL})*",
            "is not the name of a Kubernetes object; write lower-case letters, digits, '-' and '.'",
        )
    ),
    Field(title="object name", examples=["kong-postgres"]),
]
"""A DNS subdomain (RFC 1123), as Kubernetes names Secrets, ConfigMaps and classes."""

Hostname = Annotated[
    str,
    AfterValidator(
        _matching(
            rf"(?=.{{1,253}}$){_DNS_LABEL}(\.{_DNS_LABEL})*",
            "is not a host name; write for example 'kong.omnify.local', without scheme, port and path",
        )
    ),
    AfterValidator(_whole_address),
    Field(title="host name or IPv4 address", examples=["postgres.example"]),
]
"""A DNS name or an IPv4 address, without scheme and port."""

DnsName = Annotated[Hostname, AfterValidator(_no_address), Field(title="DNS name", examples=["api.example.com"])]
"""A DNS name, as certificates and Ingresses have it."""

ContextName = Annotated[
    str,
    AfterValidator(_matching(r"\S+", "is not the name of a context; 'kubectl config get-contexts' lists them")),
    Field(title="context name", examples=["kind-omnify"]),
]
"""A context of the kubeconfig."""

RoutePath = Annotated[str, AfterValidator(_route_path), Field(title="path prefix", examples=["/api/orders/"])]
"""A path prefix of a route. Regular expressions are left out: they cannot be checked for overlap."""

HttpUrl = Annotated[
    str, AfterValidator(_http_url), Field(title="http or https URL", examples=["http://orders.shop.svc:8000"])
]
"""An http or https URL without credentials, query and fragment."""

Issuer = Annotated[
    str, AfterValidator(_issuer), Field(title="URL of a realm", examples=["https://auth.example/realms/omnify"])
]
"""The URL of a Keycloak realm, exactly as its tokens carry it in `iss`."""

HeaderName = Annotated[
    str,
    AfterValidator(_matching(r"[A-Za-z0-9-]+", "is not a header name; write letters, digits and '-'")),
    Field(title="header name", examples=["X-Correlation-ID"]),
]
"""The name of an HTTP header."""

ClaimName = Annotated[
    str,
    AfterValidator(_matching(r"[A-Za-z0-9_]{1,64}", "is not a claim name; write letters, digits and '_'")),
    Field(title="claim name", examples=["tier"]),
]
"""The name of a claim at the top level of a token."""

ImageReference = Annotated[
    str,
    AfterValidator(
        _matching(
            r"[a-z0-9]+([._:/-]+[A-Za-z0-9_]+)*:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}(@sha256:[0-9a-f]{64})?",
            "is not an image with a version; write for example 'kong:3.9.1' or 'kong:3.9.1@sha256:…'",
        )
    ),
    AfterValidator(
        _matching(r"(?!.*:latest(@|$)).*", "names no version; write the tag of a release instead of 'latest'")
    ),
    Field(title="image with its tag", examples=["kong:3.9.1"]),
]
"""A container image with its tag, and its digest where it must not change."""

KongProperty = Annotated[
    str,
    AfterValidator(
        _matching(
            r"[a-z][a-z0-9_]*",
            "is not a property of kong.conf; write it as that file does, such as 'upstream_keepalive_pool_size'",
        )
    ),
    Field(title="property of kong.conf", examples=["upstream_keepalive_pool_size"]),
]
"""A property of Kong's own configuration file."""

CpuQuantity = Annotated[
    str,
    AfterValidator(_matching(r"[0-9]+m|[0-9]+(\.[0-9]+)?", "is not a CPU quantity; write '500m' or '2'")),
    Field(title="CPU quantity", examples=["500m"]),
]
"""CPU in cores or millicores (Kubernetes: resource.Quantity)."""

MemoryQuantity = Annotated[
    str,
    AfterValidator(_matching(r"[0-9]+(Ki|Mi|Gi|Ti)", "is not a memory quantity; write '512Mi' or '2Gi'")),
    Field(title="memory quantity", examples=["512Mi"]),
]
"""Memory or storage in binary units (Kubernetes: resource.Quantity)."""

Reason = Annotated[
    str,
    Field(min_length=10, title="reason", examples=["Nobody has a token before they log in."]),
]
"""Why something unusual is right, in words for the next reader; at least ten characters."""

Port = Annotated[int, Field(ge=1, le=65535, title="port", examples=[5432])]
Seconds = Annotated[int, Field(ge=0, le=86_400, title="seconds", examples=[30])]
Milliseconds = Annotated[int, Field(ge=1, le=2_147_483_646, title="milliseconds", examples=[5000])]
Megabytes = Annotated[int, Field(ge=1, le=1024, title="megabytes", examples=[10])]
"""A size in megabytes of 1,048,576 bytes, as Kong's request-size-limiting counts them."""

Replicas = Annotated[int, Field(ge=1, le=100, title="pods", examples=[3])]
HttpMethod = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
EntityKind = Literal[
    "certificates",
    "upstreams",
    "targets",
    "services",
    "routes",
    "consumers",
    "acls",
    "jwt_secrets",
    "keyauth_credentials",
    "basicauth_credentials",
    "oauth2_credentials",
    "plugins",
]
"""Kong's names of the kinds of entities that a stack has."""
