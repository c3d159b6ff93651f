"""Settings that would take the loopback's place, or shut it: a program that applied them could not undo it."""

from collections.abc import Iterator, Sequence
from ipaddress import ip_address
from typing import cast
from urllib.parse import urlsplit

from config.admin import AdminLoopback
from config.problems import Location, Problem
from config.stack import StackSettings
from entities.administration.entrances import METHODS, OVERRIDDEN, PREFIX, entrances
from entities.further import scope
from entities.lint.patterns import hosts_over
from entities.model import Scope
from entities.routing import parts

_OBSERVERS = frozenset(
    {
        "correlation-id",
        "datadog",
        "file-log",
        "http-log",
        "loggly",
        "opentelemetry",
        "prometheus",
        "statsd",
        "syslog",
        "tcp-log",
        "udp-log",
        "zipkin",
    }
)
"""Plugins that look on and refuse nothing."""
_UNABLE = frozenset({("untrusted_lua", "off"), ("router_flavor", "expressions")})
"""Properties of kong.conf with which Kong would not run the loopback's functions, or not know its routes."""
_OWN_PORTS = frozenset({8001, 8002, 8444})
"""Where the Admin API and Kong Manager listen inside the pods."""


def loopback_problems(settings: StackSettings) -> Iterator[Problem]:
    """What would open the Admin API to everybody, or keep this program from it, once it is applied."""
    yield from _ways_around(settings)
    if not isinstance(settings.admin, AdminLoopback):
        return
    yield from _taken_names(settings)
    yield from _taken_requests(settings, settings.admin)
    yield from _plugins_in_the_way(settings)
    for name, value in settings.platform.properties.items():
        if (name, value) in _UNABLE:
            yield Problem(
                ("platform", "properties", name), f"{value!r} would keep the loopback from working; remove it"
            )


def _ways_around(settings: StackSettings) -> Iterator[Problem]:
    """Backends that are the pod itself, at the ports that only a credential may reach."""
    backends: list[tuple[Location, str]] = [(("backends", name), url) for name, url in settings.backends.items()]
    for at, given in enumerate(settings.entities.services):
        url = given.get("url") or f"http://{given.get('host')}:{given.get('port', 80)}"
        backends.append((("entities", "services", at, "url" if "url" in given else "host"), str(url)))
    for at, given in enumerate(settings.entities.targets):
        backends.append((("entities", "targets", at, "target"), f"http://{given.get('target')}"))
    for location, url in backends:
        if _is_own_port(url):
            yield Problem(
                location,
                "leads to Kong's own Admin API, which asks for no credential; write admin: {access: loopback, …}",
            )


def _is_own_port(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:  # Kong's schema says what is wrong with it
        return False
    try:
        inside = ip_address(host).is_loopback or ip_address(host).is_unspecified
    except ValueError:
        inside = host == "localhost" or host.endswith(".localhost")
    return inside and port in _OWN_PORTS


def _taken_names(settings: StackSettings) -> Iterator[Problem]:
    named: list[tuple[Location, object]] = []
    for index, api in enumerate(settings.apis):
        named.append((("apis", index, "name"), api.name))
        named += [(("apis", index, "routes", at, "name"), route.name) for at, route in enumerate(api.routes)]
    for index, tier in enumerate(settings.tiers):
        named += [(("tiers", index, "consumer"), tier.consumer_name), (("tiers", index, "group"), tier.group_name)]
    raw = settings.entities
    for kind, field, given in (
        ("services", "name", raw.services),
        ("routes", "name", raw.routes),
        ("consumers", "username", raw.consumers),
        ("acls", "group", raw.acls),
    ):
        named += [(("entities", kind, at, field), each.get(field)) for at, each in enumerate(given)]
    for location, name in named:
        if isinstance(name, str) and name.startswith(PREFIX):
            yield Problem(
                location, f"{name!r} begins like the names of the loopback's own entities; write one without {PREFIX!r}"
            )
    people = settings.admin.people if isinstance(settings.admin, AdminLoopback) else {}
    for at, each in enumerate(raw.basicauth_credentials):
        if each.get("username") in people:
            yield Problem(
                ("entities", "basicauth_credentials", at, "username"),
                f"{each['username']!r} is in admin.people, and Kong keeps one of a name; write another",
            )


def _taken_requests(settings: StackSettings, admin: AdminLoopback) -> Iterator[Problem]:
    """Routes that Kong would try before the loopback's."""
    host = settings.ingress.manager_host
    first_tried = min(
        part.order[:-1]
        for entrance in entrances(admin)
        for part in parts({"id": "", "hosts": [host], "paths": [entrance.path], "methods": METHODS})
    )
    for at, route in enumerate(settings.entities.routes):
        hosts = cast("Sequence[str]", route.get("hosts") or ())
        taken = set(hosts) & set(hosts_over(f"{host}:443"))
        exact = next((each for each in hosts if each in {host, f"{host}:443"}), None)
        if exact is not None:
            yield Problem(
                ("entities", "routes", at, "hosts", hosts.index(exact)),
                f"{exact!r} belongs to the loopback (ingress.managerHost); write another host",
            )
        elif (taken or not hosts) and max(part.order[:-1] for part in parts({"id": "", **route})) >= first_tried:
            yield Problem(
                ("entities", "routes", at),
                f"says so much that Kong would try it before the loopback's routes on {host!r}; "
                "give it hosts of its own",
            )


def _plugins_in_the_way(settings: StackSettings) -> Iterator[Problem]:
    """Plugins for every request that would run on the loopback as well, and may refuse or change what comes."""
    harmless = OVERRIDDEN | _OBSERVERS
    for at, plugin in enumerate(settings.plugins):
        if scope(plugin) == Scope() and plugin.enabled and plugin.name not in harmless:
            yield _in_the_way(("plugins", at, "on"), plugin.name)
    for at, given in enumerate(settings.entities.plugins):
        limited = any(given.get(field) for field in ("service", "route", "consumer"))
        if not limited and given.get("enabled", True) and given.get("name") not in harmless:
            yield _in_the_way(("entities", "plugins", at), str(given.get("name")))


def _in_the_way(location: Location, name: str) -> Problem:
    return Problem(
        location,
        f"{name!r} on every request would run on the loopback too, and could shut it for good; limit it to services or "
        "routes, or write another admin.access",
    )
