"""The plugins of the seamless scheme are one unit: what of a stack would take one of them away.

Kong runs the most specific plugin of a name, so one more can take the place of a part. The rest would refuse everybody
then, or not know whom it lets pass.
"""

from collections.abc import Iterator, Mapping

from config.management import NAME
from config.problems import Location, Problem
from config.stack import StackSettings
from entities.auth.seamless import KEYS_HOLDER, MEMBERS
from entities.model import Entity
from entities.precedence import Scope, scopes
from entities.state import DesiredState


def unit_problems(settings: StackSettings, own: DesiredState, whole: DesiredState) -> Iterator[Problem]:
    """What would break the unit of a stack with seamless rotation.

    `own` has the program's entities alone, `whole` those of the stack file's `plugins` and `entities` too.
    """
    yield from _taken_names(settings)
    ours = {plugin.key for plugin in own.plugins}
    others = _others(whole, ours)
    parts = {(_scope(plugin), plugin.name) for plugin in own.plugins if plugin.name in MEMBERS}
    told: set[Location] = set()
    for route, service in _guarded(settings):
        order = scopes(route, service, None)
        for name in sorted(MEMBERS):
            at = next(index for index, scope in enumerate(order) if (scope, name) in parts)
            places = [others[scope, name] for scope in order[:at] if (scope, name) in others]
            yield from (Problem(place, _replaced(name, route)) for place in places if place not in told)
            told.update(places)


def _taken_names(settings: StackSettings) -> Iterator[Problem]:
    for index, tier in enumerate(settings.tiers):
        for key, name in (("name", tier.name), ("consumer", tier.consumer_name)):
            if name == KEYS_HOLDER:
                yield Problem(("tiers", index, key), f"{name!r} is the consumer of the realm's keys; write another")
                break
    for index, client in enumerate(settings.management.clients if settings.management else ()):
        if client == KEYS_HOLDER:
            yield Problem(
                ("management", "clients", index), f"{client!r} is the consumer of the realm's keys; write another"
            )


def _guarded(settings: StackSettings) -> Iterator[tuple[str, str]]:
    """The routes that the unit guards, with their services."""
    for api in settings.apis:
        yield from ((route.name, api.name) for route in api.routes if route.access.groups is not None)
    if settings.management is not None:
        yield NAME, NAME


def _replaced(name: str, route: str) -> str:
    return (
        f"{name!r} would replace a part of the gateway's own authentication on route {route!r}, of which no part is "
        "safe alone; say who may pass with the route's access, or write auth.rotation: simple"
    )


def _others(whole: DesiredState, ours: set[str]) -> Mapping[tuple[Scope, str], Location]:
    """The stack file's plugins, where it has them, by what they are limited to and their name."""
    further = [plugin for plugin in whole.plugins if plugin.key not in ours]
    found: dict[tuple[Scope, str], Location] = {
        (_scope(plugin), plugin.name): ("plugins", index, "name")
        for index, plugin in enumerate(further)
        if plugin.enabled
    }
    raw = [entity for entity in whole.raw if entity.kind == "plugins"]
    for index, entity in enumerate(raw):
        if entity.given.get("enabled") is not False:
            found[_scope(entity), str(entity.given.get("name"))] = ("entities", "plugins", index)
    return found


def _scope(plugin: Entity) -> Scope:
    references = plugin.references()
    route, service, consumer = (references.get(field, (None, None))[1] for field in ("route", "service", "consumer"))
    return route, service, consumer
