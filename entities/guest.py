"""The APIs of another stack on a gateway, in Kong's terms: a guest's, whose entities carry its own tags.

A guest's routes are guarded by the very plugins that guard the gateway's own. A public route of the gateway's own is
one that the gate knows (see unguarded.lua). A guest's is not, and the gateway need not be told: of several plugins of a
name Kong runs the most specific one, so the route has a gate of its own, which lets this one route pass and takes the
headers away that only a guard may set.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from config.apis import Api, Backends
from config.problems import Problem
from config.rules import backends_fit_apis, names_are_unique, route_groups_exist, routes_do_not_collide
from config.tiers import Limits, Tier
from entities import catalogue
from entities.auth.scheme import Scheme
from entities.catalogue import backend_problems, path_problems
from entities.limits import WHOLE_CONSUMER, Counting, rate_limit
from entities.model import Plugin, Scope, plugin
from entities.state import DesiredState, Owner

TierLimits = Mapping[str, Limits]
"""What the users of a tier may do on a guest's APIs, by the tier's name."""


@dataclass(frozen=True, kw_only=True)
class Host:
    """What a guest must know of the gateway."""

    scheme: Scheme
    tiers: tuple[Tier, ...]
    consumers: Mapping[str, str]
    """The ids of the tiers' consumers, by the tiers' names."""
    preflights: bool
    """Whether the cors plugin answers preflights."""
    https_alone: bool
    """Whether Kong sends plain HTTP on to https."""
    counting: Counting
    services: frozenset[str]
    """The names of its own services."""
    routes: Mapping[str, frozenset[tuple[str, str]]]
    """The paths and methods of its own routes, by the routes' names."""


@dataclass(frozen=True, kw_only=True)
class Guest:
    """What another stack registers on the gateway."""

    owner: Owner
    apis: tuple[Api, ...]
    backends: Backends
    limits: TierLimits


def guest_state(host: Host, guest: Guest) -> DesiredState:
    """The entities of a guest."""
    routes = (catalogue.route(api, route, preflights=host.preflights) for api in guest.apis for route in api.routes)
    return DesiredState(
        owner=guest.owner,
        services=tuple(catalogue.service(api, guest.backends[api.name]) for api in guest.apis),
        routes=tuple(catalogue.by_https_alone(route) if host.https_alone else route for route in routes),
        consumers=(),
        acls=(),
        jwt_secrets=(),
        plugins=tuple(_plugins(host, guest)),
        others={("consumers", tier): identity for tier, identity in host.consumers.items()},
    )


def _plugins(host: Host, guest: Guest) -> Iterator[Plugin]:
    for api in guest.apis:
        yield from catalogue.api_plugins(api, host.scheme)
        for route in api.routes:
            if route.access.public is not None:
                yield from _gate_of_its_own(host.scheme, route.name)
        for tier in host.tiers:
            if tier.name in guest.limits:
                key = host.scheme.subject if tier.fairness == "subject" else WHOLE_CONSUMER
                scope = Scope(service=api.name, consumer=tier.name)
                yield rate_limit(scope, guest.limits[tier.name], key, host.counting)


def _gate_of_its_own(scheme: Scheme, route: str) -> Iterator[Plugin]:
    return (plugin(gate.name, Scope(route=route), gate.config) for gate in scheme.gate((route,)))


def guest_problems(host: Host, guest: Guest) -> Iterator[Problem]:
    """What is wrong with what a guest registers, beyond what each API says by itself."""
    apis, tiers = guest.apis, host.tiers
    yield from names_are_unique(apis)
    yield from routes_do_not_collide(apis)
    yield from route_groups_exist(apis, tiers)
    yield from backends_fit_apis(apis, guest.backends)
    yield from backend_problems(apis, guest.backends)
    yield from path_problems(apis)
    yield from _taken(host, apis)
    known = ", ".join(tier.name for tier in tiers) or "none"
    for name in guest.limits.keys() - host.consumers.keys():
        yield Problem(("limits", name), f"the gateway has no such tier; its tiers are: {known}")


def _taken(host: Host, apis: Sequence[Api]) -> Iterator[Problem]:
    """What the gateway has itself."""
    for index, api in enumerate(apis):
        if api.name in host.services:
            yield Problem(
                ("apis", index, "name"), f"{api.name!r} is a service of the gateway's own; write another name"
            )
        for number, route in enumerate(api.routes):
            place = ("apis", index, "routes", number)
            if route.name in host.routes:
                yield Problem((*place, "name"), f"{route.name!r} is a route of the gateway's own; write another name")
            asked = {(path, method) for path in route.paths for method in route.methods}
            for name, own in host.routes.items():
                for path in sorted({path for path, _ in asked & own}):
                    yield Problem(
                        (*place, "paths", route.paths.index(path)),
                        f"{path!r} belongs to the gateway's own route {name!r}; write another path, or other methods",
                    )
