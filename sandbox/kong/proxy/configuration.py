"""What the store holds, indexed for the proxy: one snapshot for each version of the store."""

from collections.abc import Callable
from dataclasses import dataclass

from entities.precedence import Scope, scopes
from sandbox.kong.proxy.router import Router
from sandbox.kong.proxy.store import Document, EntityStore


@dataclass(frozen=True)
class Configuration:
    """Everything that a request needs to know."""

    router: Router
    services: dict[str, Document]
    consumers: dict[str, Document]
    plugins: dict[str, dict[Scope, Document]]
    """Enabled plugins by name and scope."""
    jwt_secrets: dict[str, Document]
    keyauth_credentials: dict[str, Document]
    basicauth_credentials: dict[str, Document]
    groups: dict[str, list[str]]
    """ACL groups by consumer id."""
    upstreams: dict[str, list[Document]]
    """Targets by the upstream's name."""

    def plugin(self, name: str, route: str | None, service: str | None, consumer: str | None) -> Document | None:
        """The plugin that applies, by Kong's precedence (Kong: kong/runloop/plugins_iterator.lua)."""
        scoped = self.plugins.get(name)
        if not scoped:
            return None
        order = scopes(route, service, consumer)
        return next((scoped[scope] for scope in order if scope in scoped), None)


class ConfigurationCache:
    """Rebuilds the snapshot when the store has changed."""

    def __init__(self, store: EntityStore, on_rebuild: Callable[[Configuration], None]) -> None:
        self._store = store
        self._on_rebuild = on_rebuild
        self._version: int | None = None
        self._current: Configuration | None = None

    def current(self) -> Configuration:
        """The snapshot of the store's present version."""
        version = self._store.version
        if self._current is None or version != self._version:
            self._current = _snapshot(self._store)
            self._version = version
            self._on_rebuild(self._current)
        return self._current


def _snapshot(store: EntityStore) -> Configuration:
    services = {service["id"]: service for service in store.all("services")}
    return Configuration(
        router=Router(route for route in store.all("routes") if _is_served(route, services)),
        services=services,
        consumers={consumer["id"]: consumer for consumer in store.all("consumers")},
        plugins=_plugins(store),
        jwt_secrets={credential["key"]: credential for credential in store.all("jwt_secrets")},
        keyauth_credentials={credential["key"]: credential for credential in store.all("keyauth_credentials")},
        basicauth_credentials={credential["username"]: credential for credential in store.all("basicauth_credentials")},
        groups=_groups(store),
        upstreams=_upstreams(store),
    )


def _is_served(route: Document, services: dict[str, Document]) -> bool:
    service = services.get(_reference(route, "service") or "")
    return service is None or service.get("enabled", True)


def _plugins(store: EntityStore) -> dict[str, dict[Scope, Document]]:
    plugins: dict[str, dict[Scope, Document]] = {}
    for plugin in store.all("plugins"):
        if plugin.get("enabled", True):
            scope = (_reference(plugin, "route"), _reference(plugin, "service"), _reference(plugin, "consumer"))
            plugins.setdefault(plugin["name"], {})[scope] = plugin
    return plugins


def _groups(store: EntityStore) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for acl in store.all("acls"):
        groups.setdefault(acl["consumer"]["id"], []).append(acl["group"])
    return groups


def _upstreams(store: EntityStore) -> dict[str, list[Document]]:
    targets: dict[str, list[Document]] = {}
    for target in store.all("targets"):
        targets.setdefault(target["upstream"]["id"], []).append(target)
    return {upstream["name"]: targets.get(upstream["id"], []) for upstream in store.all("upstreams")}


def _reference(entity: Document, field: str) -> str | None:
    reference = entity.get(field)
    return reference["id"] if reference else None
