"""The API catalogue as Kong's services and routes, with what guards each route."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from config.apis import Api, Backends
from config.apis import Route as RouteSettings
from config.problems import Location, Problem
from entities.auth.scheme import Scheme
from entities.gateway import body_limit
from entities.model import Plugin, Route, Scope, Service, plugin
from entities.plugins.acl import Acl
from entities.schema import kong_schema

_DEFAULT_PORTS = {"http": 80, "https": 443}


def service(api: Api, backend: str) -> Service:
    """The service of an API, at its backend's URL."""
    url = urlsplit(backend)
    return Service(
        key=api.name,
        name=api.name,
        protocol=url.scheme,
        host=url.hostname or "",
        port=url.port or _DEFAULT_PORTS[url.scheme],
        path=url.path.rstrip("/") or None,
        connect_timeout=api.timeouts.connect,
        write_timeout=api.timeouts.write,
        read_timeout=api.timeouts.read,
        retries=api.retries,
    )


def route(api: Api, route: RouteSettings, *, preflights: bool) -> Route:
    """A route of an API. With `preflights` it takes OPTIONS as well, for the cors plugin to answer."""
    methods = dict.fromkeys((*route.methods, "OPTIONS") if preflights else route.methods)
    return Route(key=route.name, name=route.name, service=api.name, paths=route.paths, methods=tuple(methods))


def by_https_alone(route: Route) -> Route:
    """A route that sends plain HTTP on. 308 keeps the method and the body (RFC 9110, section 15.4.9)."""
    return replace(route, protocols=("https",), https_redirect_status_code=308)


def api_plugins(api: Api, scheme: Scheme) -> Iterator[Plugin]:
    """What guards an API and limits its bodies.

    What all its routes need stands once, on the service. Authentication cannot be switched off on a route, so a service
    with a public route has it on each of the others.
    """
    groups = [route.access.groups for route in api.routes if route.access.groups is not None]
    guarded = len(groups) == len(api.routes)
    alike = guarded and all(set(each) == set(groups[0]) for each in groups)
    if guarded:
        yield from scheme.plugins(Scope(service=api.name))
    if alike:
        yield _acl(Scope(service=api.name), groups[0], scheme)
    for route in api.routes:
        scope = Scope(route=route.name)
        if route.access.groups is not None and not guarded:
            yield from scheme.plugins(scope)
        if route.access.groups is not None and not alike:
            yield _acl(scope, route.access.groups, scheme)
        if route.max_body is not None:
            yield body_limit(scope, route.max_body)


def _acl(scope: Scope, groups: tuple[str, ...], scheme: Scheme) -> Plugin:
    config = Acl(
        allow=tuple(sorted(set(groups))),
        hide_groups_header=True,
        always_use_authenticated_groups=not scheme.identifies_consumers,
    )
    return plugin("acl", scope, config.render())


def backend_problems(apis: Sequence[Api], backends: Backends) -> Iterator[Problem]:
    """What Kong would refuse of the backends' URLs."""
    for api in apis:
        if api.name in backends:
            for violation in kong_schema().check("services", service(api, backends[api.name]).fields()):
                yield Problem(
                    ("backends", api.name),
                    f"Kong refuses its {violation.path[0]}: {violation.message}; "
                    "write for example 'http://name.example:8000'",
                )


def path_problems(apis: Sequence[Api]) -> Iterator[Problem]:
    """What Kong would refuse of the routes' paths."""
    for api_index, api in enumerate(apis):
        for route_index, settings in enumerate(api.routes):
            place: Location = ("apis", api_index, "routes", route_index)
            for violation in kong_schema().check("routes", route(api, settings, preflights=False).fields()):
                yield Problem((*place, *violation.path), f"Kong refuses it: {violation.message}")
