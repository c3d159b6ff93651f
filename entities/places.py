"""Where in a stack file each entity comes from."""

from collections.abc import Iterator, Mapping
from itertools import count

from config.management import NAME, OPEN_ROUTE
from config.problems import Location
from config.stack import StackSettings
from entities.further import further_plugin
from entities.model import EntityKind, Plugin
from entities.state import DesiredState

_SECTIONS: Mapping[str, Location] = {
    "cors": ("cors",),
    "correlation-id": ("traffic", "correlationHeader"),
    "request-size-limiting": ("traffic", "maxBody"),
    "prometheus": ("observability", "prometheus"),
    "file-log": ("observability", "accessLog"),
    "opentelemetry": ("observability", "tracing"),
    "rate-limiting": ("limits",),
}
"""The settings that make the gateway's own plugins for every request; all others come from `auth`."""

MANAGEMENT: Location = ("management",)
"""The section that makes the routes of the management API, and their guards."""

Places = Mapping[tuple[EntityKind, str], Location]


def places(settings: StackSettings, state: DesiredState) -> Places:
    """The key path of what makes each entity, by the entity's kind and key."""
    return dict(_places(settings, state))


def _places(settings: StackSettings, state: DesiredState) -> Iterator[tuple[tuple[EntityKind, str], Location]]:
    known: dict[tuple[EntityKind, str], Location] = {}
    for index, api in enumerate(settings.apis):
        known["services", api.name] = ("apis", index)
        for at, route in enumerate(api.routes):
            known["routes", route.name] = ("apis", index, "routes", at)
    for index, tier in enumerate(settings.tiers):
        known["consumers", tier.name] = ("tiers", index)
    if settings.management is not None:
        known["services", NAME] = known["routes", NAME] = known["routes", OPEN_ROUTE] = MANAGEMENT
        for index, client in enumerate(settings.management.clients):
            known["consumers", client] = (*MANAGEMENT, "clients", index)
    for each in state.consumers:
        known.setdefault(("consumers", each.key), ("auth",))  # of no tier: authentication's own
    yield from known.items()
    further = {further_plugin(plugin).key: index for index, plugin in enumerate(settings.plugins)}
    for plugin in state.plugins:
        at = further.get(plugin.key)
        yield ("plugins", plugin.key), ("plugins", at) if at is not None else _own(plugin, known)
    for acl in state.acls:
        yield ("acls", acl.key), known["consumers", acl.consumer]
    for credential in (*state.jwt_secrets, *state.keyauth_credentials):
        yield (credential.kind, credential.key), known["consumers", credential.consumer]
    yield from _raw(state)


def _raw(state: DesiredState) -> Iterator[tuple[tuple[EntityKind, str], Location]]:
    """The entities of `entities:` stand in the order of their lists."""
    indices: dict[EntityKind, Iterator[int]] = {}
    for entity in state.raw:
        yield (entity.kind, entity.key), ("entities", entity.kind, next(indices.setdefault(entity.kind, count())))


def _own(plugin: Plugin, known: Places) -> Location:
    """The setting that makes one of the gateway's own plugins."""
    scope = plugin.scope
    if scope.route is not None:
        key = "maxBody" if plugin.name == "request-size-limiting" else "access"
        route = known["routes", scope.route]
        return route if route == MANAGEMENT else (*route, key)
    if scope.consumer is not None:
        return known["consumers", scope.consumer]
    if scope.service is not None:
        return known["services", scope.service]
    return section(plugin.name)


def section(plugin: str) -> Location:
    """The setting that makes the gateway's own plugin of a name for every request."""
    return _SECTIONS.get(plugin, ("auth",))
