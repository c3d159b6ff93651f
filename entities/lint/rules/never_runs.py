"""Plugins that no request ever meets."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice

from entities.lint.items import Item, RouteItem
from entities.lint.known_plugins import ANY_LUA, BEHIND_THE_GATE
from entities.lint.rule import Flaw, Rule
from entities.lint.selection import Admission, is_active, name_of, scope_of
from entities.lint.subject import Subject

_SHOWN = 3
"""How many of several names are written out."""

_Verdict = tuple[str, str]
"""Why a plugin never runs, and what to do."""
_Request = tuple[RouteItem, str | None]
"""A route, and the consumer who asks there."""


def _flaws(subject: Subject) -> Iterator[Flaw]:
    meeting = _Meeting(subject)
    for plugin in subject.plugins:
        verdict = meeting.verdict(plugin) if plugin.given.get("enabled") is not False else None
        if verdict is not None:
            yield Flaw(plugin.place, plugin.key, f"{name_of(plugin)!r} never runs: {verdict[0]}", verdict[1])


class _Meeting:
    """Which plugins meet which requests."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._selection = subject.selection
        self._consumers = [item.key for item in subject.items("consumers")]
        self._groups: dict[str, list[str]] = {}
        for acl in subject.items("acls"):
            self._groups.setdefault(str(acl.refers_to("consumer")), []).append(str(acl.given["group"]))
        self._knowing_by_scope: dict[tuple[str | None, str | None], tuple[Sequence[RouteItem], Admission]] = {}
        self._relevant_by_name: dict[str, Sequence[str]] = {}

    def verdict(self, plugin: Item) -> _Verdict | None:
        """Why a plugin never runs; None when it may."""
        route, service, consumer = scope_of(plugin)
        if not is_active(plugin):
            return (
                "it is for TCP, TLS or UDP, and the gateway listens for HTTP alone",
                "write http and https",
            )
        routes = self._routes(route, service)
        if not routes:
            return self._nowhere(route, service)
        if consumer is not None:
            return self._of_consumer(plugin, consumer)
        if plugin.modelled and name_of(plugin) in ANY_LUA:
            return None  # The gate is a net for routes that are not declared here; the guard replaces it.
        return self._replaced(plugin, (request for each in routes for request in self._asking(plugin, each)))

    def _routes(self, route: str | None, service: str | None) -> Sequence[RouteItem]:
        """The routes that a scope is about."""
        if route is not None:
            found = self._subject.routes_by_key.get(route)
            return [found] if found and service in {None, found.service} else []
        return self._subject.routes if service is None else self._routes_by_service.get(service, [])

    @cached_property
    def _routes_by_service(self) -> Mapping[str, Sequence[RouteItem]]:
        services: dict[str, list[RouteItem]] = {}
        for route in self._subject.routes:
            services.setdefault(route.service or "", []).append(route)
        return services

    def _nowhere(self, route: str | None, service: str | None) -> _Verdict | None:
        known = self._subject.services.get(service or "")
        if known is None or known.given.get("enabled") is False:
            return None  # Routes of a disabled service are out of use on purpose, with all that is on them.
        if route is None:
            return f"no route leads to service {service!r}", "add one, or remove the plugin"
        if route in self._subject.routes_by_key:
            return f"route {route!r} does not lead to service {service!r}", "name one of them alone"
        return None

    def _of_consumer(self, plugin: Item, consumer: str) -> _Verdict | None:
        place = scope_of(plugin)[:2]
        knowing, admission = self._knowing(*place)
        if not knowing:
            where = "where it works" if any(place) else "here"
            return (
                f"no route {where} learns who asks, so no request has consumer {consumer!r}",
                "remove it, or protect a route with a plugin that knows consumers",
            )
        groups = self._groups.get(consumer, [])
        if name_of(plugin) not in BEHIND_THE_GATE or not groups:
            return self._replaced(plugin, ((route, consumer) for route in knowing))
        if next(admission.routes(groups), None) is None:
            return (
                f"no route lets {_listed(groups)} in, and consumer {consumer!r} is in no other group",
                "allow the group on a route, or remove what is for it",
            )
        return self._replaced(plugin, ((route, consumer) for route in admission.routes(groups)))

    def _knowing(self, route: str | None, service: str | None) -> tuple[Sequence[RouteItem], Admission]:
        """The routes of a scope on which requests may have a consumer, and whom they let in."""
        known = self._knowing_by_scope.get((route, service))
        if known is None:
            routes = [each for each in self._routes(route, service) if self._selection.identifies(each)]
            known = self._knowing_by_scope[route, service] = routes, Admission(routes, self._selection)
        return known

    def _asking(self, plugin: Item, route: RouteItem) -> Iterator[_Request]:
        """Who asks on a route, for a plugin that is on no consumer."""
        if name_of(plugin) not in BEHIND_THE_GATE or not self._selection.only_tiers_pass(route):
            yield route, None
            return
        allowed = self._selection.allowed_groups(route)
        for consumer in self._relevant(plugin):
            if allowed is None or not allowed.isdisjoint(self._groups.get(consumer, ())):
                yield route, consumer

    def _relevant(self, plugin: Item) -> Sequence[str]:
        """The consumers for whom a plugin may run, and some of those for whom it does not.

        What is on a consumer goes before all but what names both route and service.
        """
        route, service, _ = scope_of(plugin)
        if route is not None and service is not None:
            return self._consumers
        name = name_of(plugin)
        if name not in self._relevant_by_name:
            own = [consumer for consumer in self._consumers if self._selection.is_on_consumer(name, consumer)]
            others = set(own)
            without = [consumer for consumer in self._consumers if consumer not in others]
            self._relevant_by_name[name] = [*without, *own[: _SHOWN + 1]]
        return self._relevant_by_name[name]

    def _replaced(self, plugin: Item, requests: Iterable[_Request]) -> _Verdict | None:
        """What replaces a plugin for every request; None when it runs for one."""
        replacing: dict[str, Item] = {}
        for route, consumer in requests:
            applies = self._selection.applying(name_of(plugin), route, consumer)
            if applies is None or applies.key == plugin.key:
                return None
            replacing[applies.key] = applies
        # What the sections make is meant so: a route's maxBody goes before the stack's.
        if not replacing or (plugin.modelled and all(each.modelled for each in replacing.values())):
            return None
        return (
            f"more specific ones of its name replace it everywhere: {_listed(replacing)}",
            "put what it does into those, or remove it",
        )


def _listed(names: Iterable[str]) -> str:
    every = sorted(set(names))
    shown = ", ".join(repr(name) for name in islice(every, _SHOWN))
    return shown + (" and others" if len(every) > _SHOWN else "")


PLUGIN_NEVER_RUNS = Rule(
    name="plugin-never-runs",
    severity="error",
    summary="A plugin that no request meets: a more specific one of its name replaces it everywhere, or no request has "
    "its consumer.",
    why="Of several plugins of a name Kong runs one, the most specific: what is on a consumer goes before what is on a "
    "route, that before what is on its service, and that before the global one. A limit that looks strict may so be "
    "none at all.",
    instead="Put what it does into those that replace it, name the route together with the consumer, or remove it.",
    flaws=_flaws,
)
