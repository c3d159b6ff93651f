"""Which plugins apply on which routes and to whom, as Kong chooses them (see entities/precedence.py)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from entities.lint.items import Item, RouteItem
from entities.lint.known_plugins import ANY_LUA, may_authenticate, may_identify
from entities.precedence import Scope, scopes

_KNOW_CONSUMERS = frozenset({"basic-auth", "hmac-auth", "jwt", "key-auth", "oauth2"})
"""Plugins after which a request has a consumer, and no groups of their own making."""


class Selection:
    """The plugins of a stack that are enabled and work on HTTP."""

    def __init__(self, plugins: Iterable[Item]) -> None:
        self._by_name: dict[str, dict[Scope, Item]] = {}
        self._by_scope: dict[Scope, list[Item]] = {}
        for plugin in plugins:
            if is_active(plugin):
                self._by_name.setdefault(name_of(plugin), {})[scope_of(plugin)] = plugin
                self._by_scope.setdefault(scope_of(plugin), []).append(plugin)
        self._effective: dict[str, Mapping[str, Item]] = {}

    def applying(self, name: str, route: RouteItem, consumer: str | None) -> Item | None:
        """The plugin of a name that applies on a route, for requests that have this consumer, or none."""
        scoped = self._by_name.get(name, {})
        return next(
            (scoped[scope] for scope in scopes(route.key, route.service, consumer) if scope in scoped),
            None,
        )

    def effective(self, route: RouteItem) -> Mapping[str, Item]:
        """The plugins, by name, that apply on a route while nobody knows who asks."""
        if route.key not in self._effective:
            found: dict[str, Item] = {}
            for scope in scopes(route.key, route.service, None):
                for plugin in self._by_scope.get(scope, ()):
                    found.setdefault(name_of(plugin), plugin)
            self._effective[route.key] = found
        return self._effective[route.key]

    def on_service(self, route: RouteItem) -> Sequence[Item]:
        """The plugins on the service of a route, whether or not others replace them there."""
        return self._by_scope.get((None, route.service, None), []) if route.service else []

    def guards(self, route: RouteItem) -> Sequence[Item]:
        """What may keep strangers out of a route. The guard and the gate in Lua are none: they know nobody."""
        return [
            plugin
            for name, plugin in self.effective(route).items()
            if may_authenticate(name) and not (plugin.modelled and name in ANY_LUA)
        ]

    def identifies(self, route: RouteItem) -> bool:
        """Whether a request on a route may have a consumer."""
        names = self.effective(route)
        return "session" in names or any(may_identify(name_of(guard)) for guard in self.guards(route))

    def only_tiers_pass(self, route: RouteItem) -> bool:
        """Whether only requests that have a tier's consumer get past authentication on a route."""
        guards = self.guards(route)
        return bool(guards) and all(guard.modelled and name_of(guard) in {"jwt", "openid-connect"} for guard in guards)

    def allowed_groups(self, route: RouteItem) -> frozenset[str] | None:
        """The groups that may pass on a route, where `acl` goes by the consumer's own alone; None for any.

        Kong: kong/plugins/acl/handler.lua.
        """
        acl = self.effective(route).get("acl")
        if acl is None or acl.known("config", "always_use_authenticated_groups"):
            return None
        if any(name_of(guard) not in _KNOW_CONSUMERS for guard in self.guards(route)):
            return None
        allowed = acl.known("config", "allow")
        return None if allowed is None else frozenset(allowed)

    def is_on_consumer(self, name: str, consumer: str) -> bool:
        """Whether a consumer has a plugin of a name, wherever it asks."""
        return (None, None, consumer) in self._by_name.get(name, {})


class Admission:
    """Which routes let the members of which groups in, as far as `acl` says."""

    def __init__(self, routes: Iterable[RouteItem], selection: Selection) -> None:
        self._others: list[RouteItem] = []
        self._by_group: dict[str, list[RouteItem]] = {}
        for route in routes:
            allowed = selection.allowed_groups(route)
            if allowed is None:
                self._others.append(route)
            for group in allowed or ():
                self._by_group.setdefault(group, []).append(route)

    def routes(self, groups: Iterable[str]) -> Iterator[RouteItem]:
        """The routes that may let the members of some groups in."""
        return chain(self._others, *(self._by_group.get(group, ()) for group in groups))


def name_of(plugin: Item) -> str:
    """The plugin's name in Kong."""
    return str(plugin.given["name"])


def scope_of(plugin: Item) -> Scope:
    """What a plugin is limited to: the keys of a route, a service and a consumer."""
    return plugin.refers_to("route"), plugin.refers_to("service"), plugin.refers_to("consumer")


def is_active(plugin: Item) -> bool:
    """Whether Kong looks at a plugin at all when a request comes."""
    return plugin.given.get("enabled") is not False and not plugin.streams
