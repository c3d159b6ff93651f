"""Which requests prove something about a route. Knows how Kong would route them: the longest path that fits wins."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, get_args

from components.outputs import RouteOutput
from config.vocabulary import HttpMethod

METHODS: Final = tuple(method for method in get_args(HttpMethod) if method != "OPTIONS")
"""Methods that routes can have for themselves; OPTIONS belongs to CORS as well."""
_SAFE: Final = ("GET", "HEAD")
_WITH_BODY: Final = ("POST", "PUT", "PATCH")
_NOWHERE: Final = "gateway-verification"
"""A name below a route's path that no backend has, for methods that could change something."""


@dataclass(frozen=True)
class Probe:
    """A request that a route takes."""

    route: RouteOutput
    method: str
    path: str


def probes(route: RouteOutput) -> Iterator[Probe]:
    """A harmless request for each of a route's paths."""
    safe = [method for method in _SAFE if method in route.methods]
    method = safe[0] if safe else route.methods[0]
    for path in route.paths:
        yield Probe(route, method, harmless(method, path))


def probe(route: RouteOutput) -> Probe:
    """One harmless request to a route."""
    return next(probes(route))


def body_probe(route: RouteOutput) -> Probe | None:
    """A request with a body that a route takes; None when it takes none."""
    method = next((method for method in _WITH_BODY if method in route.methods), None)
    return Probe(route, method, harmless(method, route.paths[0])) if method else None


def undeclared(route: RouteOutput, routes: Sequence[RouteOutput]) -> Iterator[tuple[Probe, RouteOutput | None]]:
    """Requests with methods that a route does not declare, and the other route that takes them, if any."""
    for method in METHODS:
        if method not in route.methods:
            path = harmless(method, route.paths[0])
            yield Probe(route, method, path), taker(routes, method, path)


def taker(routes: Sequence[RouteOutput], method: str, path: str) -> RouteOutput | None:
    """The route that takes a request (Kong: the longest prefix among the routes with its method)."""
    fitting = [
        (len(prefix), route)
        for route in routes
        if method in route.methods
        for prefix in route.paths
        if path.startswith(prefix)
    ]
    return max(fitting, key=lambda fit: fit[0])[1] if fitting else None


def harmless(method: str, path: str) -> str:
    """A path below a route's at which a method changes nothing."""
    return path if method in _SAFE else f"{path.rstrip('/')}/{_NOWHERE}"
