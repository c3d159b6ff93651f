"""Kong 3.9's default router (`traditional_compatible`): which route a request belongs to.

Kong: kong/router/transform.lua (expressions and priorities), kong/router/atc.lua (matching).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from entities.routing import is_regex, parts, split_port
from sandbox.kong.proxy.headers import Headers
from sandbox.kong.proxy.paths import normalize
from sandbox.kong.proxy.store import Document

_HTTP_PROTOCOLS = frozenset({"http", "https", "grpc", "grpcs"})

Captures = dict[int | str, str]


@dataclass(frozen=True, kw_only=True)
class RoutedRequest:
    """What the router looks at."""

    method: str
    path: str
    """As the client sent it, without the query."""
    host: str
    """The `Host` header, with or without a port."""
    port: int
    """The port that the request came in by; a port in the `Host` header goes before it."""
    scheme: str
    headers: Headers


@dataclass(frozen=True, kw_only=True)
class Match:
    """The route a request belongs to."""

    route: Document
    path: str
    """The request's path, normalized."""
    matched_path: str | None
    """The part of `path` that the route's path matched."""
    captures: Captures = field(default_factory=dict[int | str, str])


@dataclass(frozen=True)
class _View:
    request: RoutedRequest
    path: str
    host: str
    port: int


_Check = Callable[[_View], bool]


@dataclass(frozen=True)
class _Candidate:
    route: Document
    order: tuple[Any, ...]
    checks: tuple[_Check, ...]
    paths: "tuple[_Path, ...]"


@dataclass(frozen=True)
class _Path:
    prefix: str | None
    regex: re.Pattern[str] | None

    def match(self, path: str) -> tuple[str, Captures] | None:
        if self.regex is None:
            prefix = self.prefix or ""
            return (prefix, {}) if path.startswith(prefix) else None
        found = self.regex.match(path)
        if found is None:
            return None
        captures: Captures = {at: text for at, text in enumerate(found.groups(), start=1) if text is not None}
        captures |= {name: text for name, text in found.groupdict().items() if text is not None}
        return found[0], captures


class Router:
    """Routes in the order in which Kong tries them."""

    def __init__(self, routes: Iterable[Document]) -> None:
        candidates = [candidate for route in routes if _serves_http(route) for candidate in _candidates(route)]
        self._candidates = sorted(candidates, key=lambda candidate: candidate.order, reverse=True)

    def match(self, request: RoutedRequest) -> Match | None:
        """The first route, by priority, that fits the request."""
        host, port = split_port(request.host)
        view = _View(request, normalize(request.path), host, port or request.port)
        for candidate in self._candidates:
            if not all(check(view) for check in candidate.checks):
                continue
            if not candidate.paths:
                return Match(route=candidate.route, path=view.path, matched_path=None)
            for path in candidate.paths:
                found = path.match(view.path)
                if found is not None:
                    return Match(route=candidate.route, path=view.path, matched_path=found[0], captures=found[1])
        return None


def _serves_http(route: Document) -> bool:
    return bool(_HTTP_PROTOCOLS.intersection(route.get("protocols") or ["http"]))


def _candidates(route: Document) -> Iterable[_Candidate]:
    checks = tuple(_checks(route))
    for part in parts(route):
        yield _Candidate(route, part.order, checks, tuple(map(_path, part.paths)))


def _path(path: str) -> _Path:
    if not is_regex(path):
        return _Path(path, None)
    return _Path(None, re.compile(re.sub(r"\(\?<(?![=!])", "(?P<", path[1:])))


def _checks(route: Document) -> Iterable[_Check]:
    methods: list[str] = route.get("methods") or []
    if methods:
        yield lambda view: view.request.method in methods
    hosts = [_host_check(host) for host in cast("list[str]", route.get("hosts") or [])]
    if hosts:
        yield lambda view: any(check(view) for check in hosts)
    headers: Mapping[str, list[str]] = route.get("headers") or {}
    for name, values in headers.items():
        yield _header_check(name, values)
    if route.get("snis"):
        yield lambda view: view.request.scheme != "https"


def _host_check(pattern: str) -> _Check:
    wanted, port = split_port(pattern)

    def check(view: _View) -> bool:
        if port is not None and port != view.port:
            return False
        if wanted.startswith("*"):
            return view.host.endswith(wanted[1:])
        if wanted.endswith("*"):
            return view.host.startswith(wanted[:-1])
        return view.host == wanted

    return check


def _header_check(name: str, values: list[str]) -> _Check:
    plain = {value.lower() for value in values if not value.startswith("~*")}
    patterns = [re.compile(value[2:].lower()) for value in values if value.startswith("~*")]

    def check(view: _View) -> bool:
        sent = [value.lower() for value in view.request.headers.all(name)]
        return any(value in plain or any(p.search(value) for p in patterns) for value in sent)

    return check
