"""The plugins that a stack asks for in Kong's own terms: checked against Kong's schema and completed from it."""

import difflib
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import cast

from config.plugins import Plugin as PluginSettings
from config.problems import Location, Problem
from entities.exposure import exposed_secrets
from entities.model import Plugin, Scope, plugin
from entities.schema import Violation, kong_schema
from entities.secret import hidden

GUARDS = frozenset({"pre-function", "jwt", "openid-connect", "oidc", "acl"})
"""What authentication is made of. Kong runs the most specific plugin of a name, so another would replace it."""
_SOME_ID = "00000000-0000-0000-0000-000000000000"
"""Stands for an entity's id where only its presence matters."""


def further_plugin(settings: PluginSettings) -> Plugin:
    """A plugin as the stack file has it, with its whole configuration."""
    config = kong_schema().complete_plugin_config(settings.name, dict(settings.config))
    return plugin(settings.name, scope(settings), config, enabled=settings.enabled)


def scope(settings: PluginSettings) -> Scope:
    """What a plugin works on."""
    if settings.on is None:
        return Scope()
    return Scope(service=settings.on.service, route=settings.on.route, consumer=settings.on.tier)


def problems(plugins: Sequence[PluginSettings], edition: str, mode: str, custom: Collection[str]) -> Iterator[Problem]:
    """What Kong would refuse of these plugins, what would break the gateway's own, and secrets in the open.

    `custom` are the plugins that the stack's image brings itself.
    """
    schema = kong_schema()
    for index, settings in enumerate(plugins):
        place: Location = ("plugins", index)
        if settings.name not in custom and edition not in schema.editions(settings.name):
            yield Problem((*place, "name"), _missing(settings.name))
            continue
        if settings.name in GUARDS and settings.on is not None:
            yield Problem(
                (*place, "name"),
                f"{settings.name!r} on a service, route or tier would replace the gateway's own authentication there; "
                "say who may pass with the route's access, or leave 'on' out",
            )
        # A plugin of Kong Enterprise, or of the image, has no schema here; Kong itself checks it.
        for violation in schema.check_plugin_config(settings.name, hidden(settings.config)):
            path = tuple(step for step in violation.path if step != "@entity")
            yield Problem((*place, "config", *path), violation.message + _instead(settings.name, violation))
        for key in _misplaced(settings):
            yield Problem((*place, "on", key), f"Kong runs {settings.name!r} on no {key}; leave it out")
        document = {"name": settings.name, "config": settings.config}
        yield from exposed_secrets("plugins", document, place, mode)


def _misplaced(settings: PluginSettings) -> Iterator[str]:
    """The keys of `on` at which Kong lets no such plugin be."""
    keys = {"service": "service", "route": "route", "consumer": "tier"}
    references = {field: {"id": _SOME_ID} for field in scope(settings).names()}
    for violation in kong_schema().check("plugins", {"name": settings.name, "config": {}, **references}):
        if violation.path[0] in references:
            yield keys[str(violation.path[0])]


def _missing(name: str) -> str:
    """Why a plugin cannot be had, and what to write instead."""
    schema = kong_schema()
    if schema.editions(name):
        return f"{name!r} is in Kong Enterprise only; remove it, or write edition: enterprise"
    close = difflib.get_close_matches(name, schema.plugin_names, n=1)
    return f"{name!r} is no plugin of Kong 3.9; " + (
        f"write {close[0]!r}" if close else "remove it, or name it under platform.customPlugins if your image has it"
    )


def _instead(name: str, violation: Violation) -> str:
    """What to write instead of a field that Kong does not know; other messages of Kong say it themselves."""
    if violation.message != "unknown field":
        return ""
    siblings: object = kong_schema().complete_plugin_config(name, {})
    for step in violation.path[:-1]:
        siblings = cast("Mapping[object, object]", siblings).get(step) if isinstance(siblings, Mapping) else None
    known = [str(key) for key in cast("Mapping[object, object]", siblings)] if isinstance(siblings, Mapping) else []
    close = difflib.get_close_matches(str(violation.path[-1]), known, n=1)
    return (
        f"; write {close[0]!r}" if close else "; remove it" + (f", or write one of {', '.join(known)}" if known else "")
    )
