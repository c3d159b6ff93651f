"""What users of a gateway see of it: which requests it takes, from whom, and how many."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

from entities.drift.names import LiveNames
from entities.lint.known_plugins import AUTHENTICATION
from entities.model import Document
from entities.precedence import scopes
from entities.snapshot import Snapshot
from gateway.changes.report import Callers, LimitChange, RouteChange, RouteView

_WINDOWS: Final = ("second", "minute", "hour", "day", "month", "year")
_ASKS: Final = ("hosts", "snis", "headers", "sources", "destinations", "expression")
"""What else a route may ask of a request, beside methods and paths."""


def route_changes(before: Snapshot, after: Snapshot) -> Iterator[RouteChange]:
    """Every route that users see differently; those that anybody may reach now come first."""
    old, new = routes(before), routes(after)
    changes = [
        RouteChange(name=name, before=old.get(name), after=new.get(name))
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    ]
    yield from sorted(changes, key=lambda change: (not change.exposes, change.after is not None, change.name))


def limit_changes(before: Snapshot, after: Snapshot) -> Iterator[LimitChange]:
    """Every limit that differs, by whose it is."""
    old, new = limits(before), limits(after)
    for whose, of in sorted(dict.fromkeys((*old, *new)), key=lambda limit: limit[0]):
        values = old.get((whose, of)), new.get((whose, of))
        if values[0] != values[1]:
            yield LimitChange(whose=whose, of=of, before=values[0], after=values[1])


def routes(snapshot: Snapshot) -> Mapping[str, RouteView]:
    """The routes that Kong serves, by name."""
    names = LiveNames(snapshot)
    plugins = _Plugins(snapshot)
    served = {str(service["id"]) for service in snapshot.of("services") if service.get("enabled") is not False}
    views: dict[str, RouteView] = {}
    for route in snapshot.of("routes"):
        service = _reference(route, "service")
        if service is None or service in served:
            views[names.of("routes", route)] = RouteView(
                # The cors plugin answers OPTIONS; users do not see whether a route takes it as well.
                methods=tuple(method for method in _items(route, "methods") if method != "OPTIONS"),
                paths=_items(route, "paths"),
                further=tuple(f"{field} {_text(route[field])}" for field in _ASKS if route.get(field)),
                callers=_callers(plugins, str(route["id"]), service),
            )
    return views


def limits(snapshot: Snapshot) -> Mapping[tuple[str, str], float]:
    """The limits that are in force: whose, and of what."""
    names = LiveNames(snapshot)
    found: dict[tuple[str, str], float] = {}
    for plugin in snapshot.of("plugins"):
        if plugin.get("enabled") is not False:
            whose = names.of("plugins", plugin).rpartition("/")[0]
            found |= {(whose, of): limit for of, limit in _limits(plugin)}
    return found


def _limits(plugin: Document) -> Iterator[tuple[str, float]]:
    config = cast("Mapping[str, Any]", plugin.get("config") or {})
    match plugin.get("name"):
        case "rate-limiting":
            for window in _WINDOWS:
                if isinstance(config.get(window), int | float):
                    yield f"requests per {window}", config[window]
        case "rate-limiting-advanced":
            for limit, window in zip(config.get("limit") or (), config.get("window_size") or (), strict=False):
                yield f"requests per {window} s", limit
        case "request-size-limiting":
            yield f"{config.get('size_unit', 'megabytes')} per request", config.get("allowed_payload_size", 128)
        case _:
            return


class _Plugins:
    """The plugins that are on, by name and by what they are limited to."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._by_name: dict[str, dict[tuple[str | None, ...], Document]] = {}
        for plugin in snapshot.of("plugins"):
            if plugin.get("enabled") is not False:
                scope = tuple(_reference(plugin, field) for field in ("route", "service", "consumer"))
                self._by_name.setdefault(str(plugin["name"]), {})[scope] = plugin

    def on(self, name: str, route: str, service: str | None) -> Mapping[str, Any] | None:
        """The configuration of the plugin of a name that a request without a consumer meets."""
        found = self._by_name.get(name, {})
        plugin = next((found[scope] for scope in scopes(route, service, None) if scope in found), None)
        return None if plugin is None else cast("Mapping[str, Any]", plugin.get("config") or {})


def _callers(plugins: _Plugins, route: str, service: str | None) -> Callers:
    if plugins.on("request-termination", route, service) is not None:
        return Callers(who="nobody")
    asked = [config for name in AUTHENTICATION if (config := plugins.on(name, route, service)) is not None]
    acl = plugins.on("acl", route, service)
    groups = cast("Sequence[str]", (acl or {}).get("allow") or ())
    if not asked or any(config.get("anonymous") for config in asked):
        # Without a caller whom Kong knows an acl lets nobody in; an anonymous consumer may be in a group.
        return Callers(who="groups", groups=tuple(sorted(groups))) if groups else Callers(who="everybody")
    return Callers(who="groups", groups=tuple(sorted(groups))) if groups else Callers(who="known")


def _items(document: Document, field: str) -> tuple[str, ...]:
    value = document.get(field)
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _text(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_text(item)}" for key, item in sorted(cast("dict[str, object]", value).items()))
    return ", ".join(map(_text, cast("list[object]", value))) if isinstance(value, list) else str(value)


def _reference(document: Document, field: str) -> str | None:
    value = document.get(field)
    return str(value["id"]) if isinstance(value, dict) else None
