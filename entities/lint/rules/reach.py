"""Routes and certificates that no request can reach, whatever other routes there are.

Behind an Ingress the gateway's only proxy listener speaks HTTP/1 in the clear (components/platform/edge_conf.py): the
Ingress ends TLS, and Kong takes `X-Forwarded-Proto` from `network.trustedProxies` alone.
"""

import re
from collections.abc import Iterator, Sequence

from config.edge import tls_end
from config.ingress import Ingress
from config.stack import StackSettings
from entities.lint.items import RouteItem
from entities.lint.known_plugins import ANSWERS, may_act
from entities.lint.patterns import hosts_over
from entities.lint.rule import Flaw, Rule
from entities.lint.subject import Subject
from entities.routing import is_regex, split_port

_NGINX = "nginx.ingress.kubernetes.io/"
_NEVER_PROXIED = frozenset({"CONNECT", "TRACE"})
"""Methods that nginx answers itself with 405 (nginx: ngx_http_request.c, ngx_http_process_request_header)."""
_GRPC = frozenset({"grpc", "grpcs"})
_PROXY_SERVICE = "kong-proxy"
"""The Service before the proxy, which callers in the cluster may use instead of the Ingress."""
_SEGMENT = re.compile(r"/(?:\*{1,2}|:[A-Za-z_]\w*)(?=/|$)")
"""A segment `*`, `**` or `:name`."""
_GLOB = re.compile(rf"\.[*+]|{_SEGMENT.pattern}")
"""What looks like a pattern of some other router, or like an expression without its `~`."""


def _unreachable(subject: Subject) -> Iterator[Flaw]:
    served = _served_hosts(subject.settings.ingress, subject.settings.cluster.namespace)
    for route in subject.routes:
        verdict = _protocols(route, subject.settings) or _methods(route) or _hosts(route, served)
        if verdict is not None:
            field, wrong, instead = verdict
            yield Flaw((*route.place, field), route.key, wrong, instead)


def _protocols(route: RouteItem, settings: StackSettings) -> tuple[str, str, str] | None:
    protocols: frozenset[str] = frozenset(route.given.get("protocols") or ("http", "https"))
    if route.streams:
        return "protocols", "it is for TCP, TLS or UDP, and the gateway listens for HTTP alone", "write [http, https]"
    if protocols <= _GRPC and not _tls_ends_in_kong(settings):
        return (
            "protocols",
            "gRPC needs HTTP/2, which the gateway's listener does not speak: Kong answers 426 or 415",
            "write [http, https]",
        )
    if protocols == frozenset({"https"}) and not (_tls_ends_in_kong(settings) or settings.network.trusted_proxies):
        return (
            "protocols",
            "the Ingress ends TLS, so that every request comes to Kong by http, and meets a refusal or a redirect here",
            "write [http, https], and let the Ingress send browsers from http to https, or name the Ingress "
            "controller's addresses as network.trustedProxies",
        )
    return None


def _tls_ends_in_kong(settings: StackSettings) -> bool:
    return tls_end(settings.ingress, settings.proxy_service) == "kong"


def _methods(route: RouteItem) -> tuple[str, str, str] | None:
    methods = frozenset(route.given.get("methods") or ())
    if methods and methods <= _NEVER_PROXIED:
        return "methods", f"nginx answers {' and '.join(sorted(methods))} itself, with 405", "write other methods"
    return None


def _hosts(route: RouteItem, served: Sequence[str]) -> tuple[str, str, str] | None:
    hosts: Sequence[str] = route.given.get("hosts") or ()
    wanted = {split_port(host)[0] for host in hosts}
    if wanted and wanted.isdisjoint(pattern for host in served for pattern in hosts_over(host)):
        return (
            "hosts",
            f"the Ingress passes requests for {served[0]} on, and for no host of this route",
            f"add {served[0]}, or leave hosts out",
        )
    return None


def _served_hosts(ingress: Ingress, namespace: str) -> Sequence[str]:
    """The hosts with which requests arrive at Kong, the Ingress's first."""
    annotations = ingress.annotations
    public = [annotations.get(f"{_NGINX}upstream-vhost") or ingress.gateway_host]
    public += re.split(r"[,\s]+", annotations.get(f"{_NGINX}server-alias", "").strip())
    names = (_PROXY_SERVICE, f"{_PROXY_SERVICE}.{namespace}")
    inside = [*names, f"{names[1]}.svc", f"{names[1]}.svc.cluster.local", "localhost", "127.0.0.1"]
    return [host for host in (*public, *inside) if host]


def _without_service(subject: Subject) -> Iterator[Flaw]:
    for route in subject.routes:
        plugins = subject.selection.effective(route)
        answered = any(name in ANSWERS or may_act(name) for name in plugins if not plugins[name].modelled)
        if route.service is None and not answered:
            yield Flaw(
                route.place,
                route.key,
                "it leads to no service, and no plugin on it answers: Kong answers 503",
                "write its service, or put a plugin such as redirect or request-termination on it",
            )


def _literal_patterns(subject: Subject) -> Iterator[Flaw]:
    for route in subject.routes:
        for index, path in enumerate(route.given.get("paths") or ()):
            found = None if is_regex(path) else _GLOB.search(path)
            if found:
                prefix = path[: path.rindex("/", 0, found.start() + 1) + 1]
                expression = "~" + _SEGMENT.sub("/[^/]+", path)
                yield Flaw(
                    (*route.place, "paths", index),
                    route.key,
                    f"Kong takes {path!r} to the letter, as a prefix",
                    f"write the prefix {prefix!r}" + ("" if route.modelled else f", or the expression {expression!r}"),
                )


def _tls(subject: Subject) -> Iterator[Flaw]:
    if _tls_ends_in_kong(subject.settings):
        return
    for route in subject.routes:
        if route.given.get("snis"):
            yield Flaw(
                (*route.place, "snis"),
                route.key,
                "Kong looks at snis on https alone, and the Ingress ends TLS: the route takes requests for every host",
                "write hosts instead",
            )
    used = {item.refers_to("client_certificate") for kind in ("services", "upstreams") for item in subject.items(kind)}
    for certificate in subject.items("certificates"):
        if certificate.key not in used:
            yield Flaw(
                certificate.place,
                certificate.key,
                "the Ingress ends TLS, so that Kong shows this certificate to nobody, and no service uses it",
                "put it into the Ingress's Secret (ingress.tls), or remove it",
            )


ROUTE_UNREACHABLE = Rule(
    name="route-unreachable",
    severity="error",
    summary="A route for protocols, methods or hosts that never arrive at Kong.",
    why="Requests come through the Ingress, which passes one host on, by HTTP/1 in the clear; Kong has no other "
    "listener.",
    instead="Write what does arrive: protocols [http, https], the Ingress's host or no hosts at all.",
    flaws=_unreachable,
)
ROUTE_WITHOUT_SERVICE = Rule(
    name="route-without-service",
    severity="error",
    summary="A route that leads to no service, without a plugin that answers in its place.",
    why="Kong accepts such a route for plugins that answer by themselves, and otherwise answers 503.",
    instead="Write its service, or put a plugin such as `redirect` or `request-termination` on it.",
    flaws=_without_service,
)
PATTERN_TAKEN_LITERALLY = Rule(
    name="pattern-taken-literally",
    severity="error",
    summary="A path that looks like a pattern (`/api/*`, `/users/:id`, `/v1/.*`) and is a plain prefix to Kong.",
    why="Since Kong 3.0 only a path that begins with `~` is a regular expression; wildcards and "
    "parameters it never knew.",
    instead="Write the prefix before the pattern, or a regular expression after `~`.",
    flaws=_literal_patterns,
)
TLS_ENDS_AT_THE_INGRESS = Rule(
    name="tls-ends-at-the-ingress",
    severity="error",
    summary="A certificate that Kong shows to nobody, or a route limited by `snis`, which then does not limit it.",
    why="Kong never sees a TLS handshake here, and matches `snis` for every request that is not https.",
    instead="Give certificates to the Ingress, and write `hosts` for `snis`.",
    flaws=_tls,
)
