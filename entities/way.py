"""The way of a request: which route takes it, which plugins run on it, in Kong's order, and where it ends.

It follows from what is declared alone, as lint reads it; whether the live gateway is so, drift says.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from config.stack import StackSettings
from config.tiers import Tier
from entities.lint.items import Item, RouteItem
from entities.lint.patterns import prefix_of
from entities.lint.selection import name_of
from entities.lint.subject import Subject
from entities.order import order
from entities.routing import is_regex
from entities.state import DesiredState
from entities.telling import told

_AFTERWARDS = frozenset(
    {
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
    }
)
"""Plugins that look at a request when it has been answered, whoever did (Kong: the phase `log`)."""


@dataclass(frozen=True)
class Request:
    """A request, as far as its way depends on it."""

    method: str
    path: str
    """Without the query."""
    tier: str | None = None
    """Whose token it has; none stands for a request without a token."""


@dataclass(frozen=True)
class Step:
    """A plugin that Kong runs, or would run, on the request."""

    plugin: str
    """Its name in Kong."""
    key: str
    """Which one of that name, such as `consumer/free/rate-limiting`."""
    does: str
    """What it does here, in words."""
    refuses: str = ""
    """Why the request ends here; empty when it goes on."""
    reached: bool = True
    """Whether the request comes as far as this."""


@dataclass(frozen=True)
class Contender:
    """A route that would take the request if those before it did not."""

    route: str
    paths: tuple[str, ...]
    methods: tuple[str, ...]


@dataclass(frozen=True)
class Way:
    """The way of a request."""

    contenders: tuple[Contender, ...]
    """The routes that fit, in the order in which Kong tries them: the first one takes it."""
    route: str | None
    """The route that takes it; None when Kong answers 404."""
    service: str | None
    backend: str | None
    """Where it goes."""
    steps: tuple[Step, ...]
    """Every plugin on it, in the order in which Kong runs them."""
    status: int | None
    """What Kong answers itself; None when the backend answers."""
    reason: str
    """Why, in words."""


def way(settings: StackSettings, state: DesiredState, request: Request) -> Way:
    """The way of a request through a stack's routes and plugins."""
    subject = Subject(settings, state)
    fitting = _fitting(subject, settings.ingress.gateway_host, request)
    contenders = tuple(
        Contender(each.key, tuple(each.given.get("paths") or ()), tuple(each.given.get("methods") or ()))
        for each in fitting
    )
    if not fitting:
        return Way(contenders, None, None, None, (), 404, "no route fits this method and path")
    route = fitting[0]
    tier = next((each for each in settings.tiers if each.name == request.tier), None)
    steps = tuple(_stopped(_steps(subject, route, tier)))
    status, reason = _outcome(steps, tier)
    return Way(contenders, route.key, route.service, _backend(subject, route), steps, status, reason)


def _fitting(subject: Subject, host: str, request: Request) -> list[RouteItem]:
    """The routes that fit, the one that Kong tries first at the beginning."""
    ranked = sorted(
        ((part.order, route, part.paths) for route in subject.routes for part in route.parts),
        key=lambda each: each[0],
        reverse=True,
    )
    fitting = {
        route.key: route
        for _, route, paths in ranked
        if _takes(route, host, request) and (not paths or any(_begins(request.path, path) for path in paths))
    }
    return list(fitting.values())


def _takes(route: RouteItem, host: str, request: Request) -> bool:
    methods, hosts = route.given.get("methods"), route.given.get("hosts")
    return (
        not route.streams
        and not route.given.get("headers")
        and (not methods or request.method in methods)
        and (not hosts or host in hosts)
    )


def _begins(path: str, pattern: str) -> bool:
    """Of a regular expression only what it begins with counts here: Kong's are not Python's."""
    return path.startswith(prefix_of(pattern) if is_regex(pattern) else pattern)


def _steps(subject: Subject, route: RouteItem, tier: Tier | None) -> Iterator[Step]:
    selection = subject.selection
    guarded = bool(selection.guards(route))
    known = tier if guarded and selection.identifies(route) else None
    names = {name_of(plugin) for plugin in subject.plugins}
    applying = {name: selection.applying(name, route, known.name if known else None) for name in names}
    guards = {name_of(guard) for guard in selection.guards(route)}
    first = "pre-function" if _is_guard(applying.get("pre-function")) else ""
    for name in sorted((name for name, plugin in applying.items() if plugin is not None), key=order):
        plugin = applying[name]
        if plugin is not None:
            refusal = _refusal(plugin, tier, guards=guards, first=name == first if first else name in guards)
            yield Step(name, plugin.key, told(plugin, guarded=guarded), refusal)


def _is_guard(plugin: Item | None) -> bool:
    """Whether it is the guard in Lua, which is the first to miss a token."""
    return plugin is not None and plugin.modelled and bool(plugin.refers_to("route") or plugin.refers_to("service"))


def _refusal(plugin: Item, tier: Tier | None, *, guards: set[str], first: bool) -> str:
    name = name_of(plugin)
    if tier is None and guards and first:
        return "401: a token of the realm is needed"
    if name == "acl" and tier is not None:
        allowed = plugin.known("config", "allow")
        if allowed is not None and tier.group_name not in allowed:
            return f"403: group {tier.group_name} may not pass"
    if name == "request-termination":
        return f"{plugin.known('config', 'status_code') or 503}: it answers itself"
    return ""


def _stopped(steps: Iterator[Step]) -> Iterator[Step]:
    """The steps, those after a refusal not reached."""
    going = True
    for step in steps:
        reached = going or step.plugin in _AFTERWARDS
        yield step if reached else Step(step.plugin, step.key, step.does, reached=False)
        going = going and not step.refuses


def _outcome(steps: tuple[Step, ...], tier: Tier | None) -> tuple[int | None, str]:
    for step in steps:
        if step.refuses:
            status, _, reason = step.refuses.partition(": ")
            return int(status), reason
    return None, "it reaches the backend" if tier is None else f"it reaches the backend as {tier.consumer_name}"


def _backend(subject: Subject, route: RouteItem) -> str | None:
    service = subject.services.get(route.service or "")
    if service is None:
        return None
    given = service.given
    return f"{given.get('protocol')}://{given.get('host')}:{given.get('port')}{given.get('path') or ''}"
