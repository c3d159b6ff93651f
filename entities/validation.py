"""Everything that can be known to be wrong with a stack's settings before Kong is asked."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import cast

from config.apis import Api, Backends
from config.auth import JwtAuth
from config.lint import Lint
from config.platform import Platform
from config.plugins import Plugin
from config.problems import Location, Problem, key_path
from config.raw import RawEntities
from config.reading import Document, Reading, read
from config.stack import StackSettings
from entities.administration import loopback_problems
from entities.auth.unit import unit_problems
from entities.catalogue import backend_problems, path_problems
from entities.desired import desired_state
from entities.drift.allowances import problems as allowance_problems
from entities.further import further_plugin, problems, scope
from entities.lint import acceptance_problems
from entities.model import Plugin as KongPlugin
from entities.places import section
from entities.raw import raw_problems
from entities.schema import kong_schema
from entities.state import Owner

_NOBODY = Owner("", "")
"""Stands for the stack's owner, where no entity is written."""


def validated(document: Document) -> StackSettings:
    """The settings of a stack, checked by their own rules and by Kong's schemas, all at once.

    Raises:
        InvalidSettingsError: something is wrong.
    """
    reading = read(document)
    refused = tuple(Problem(reading.original(each.location), each.message) for each in _refused(reading))
    if reading.problems:
        return replace(reading, problems=(*reading.problems, *refused)).settings()
    settings = reading.settings()
    found = (*refused, *_taken(settings), *loopback_problems(settings)) or tuple(_broken(settings))
    return replace(reading, problems=found).settings()


def _refused(reading: Reading[StackSettings]) -> Iterator[Problem]:
    """What Kong would refuse, and rules of lint that there are not, as far as the settings could be read."""
    sections = reading.sections
    if "platform" in sections:
        yield from _not_custom(cast("Platform", sections["platform"]))
    if {"plugins", "edition", "mode"} <= sections.keys():
        plugins = cast("Sequence[Plugin]", sections["plugins"])
        # A section that could not be read may name any.
        unknown = {plugin.name for plugin in plugins if not kong_schema().editions(plugin.name)}
        platform = cast("Platform | None", sections.get("platform"))
        custom = unknown if platform is None else platform.custom_plugins
        yield from problems(plugins, str(sections["edition"]), str(sections["mode"]), custom)
    if "lint" in sections:
        yield from acceptance_problems(cast("Lint", sections["lint"]))
    if "apis" in sections:
        apis = cast("Sequence[Api]", sections["apis"])
        yield from path_problems(apis)
        if "backends" in sections:
            yield from backend_problems(apis, cast("Backends", sections["backends"]))


def _not_custom(platform: Platform) -> Iterator[Problem]:
    """Plugins of which Kong's own schema is known, and would not be used."""
    for index, name in enumerate(platform.custom_plugins):
        if kong_schema().editions(name):
            yield Problem(("platform", "customPlugins", index), f"{name!r} is none: Kong 3.9 knows it; remove it here")


def _broken(settings: StackSettings) -> Iterator[Problem]:
    """What does not fit with what follows from all other settings, which are right by now."""
    if isinstance(settings.auth, JwtAuth) and settings.auth.rotation == "seamless":
        own = desired_state(_modelled(settings), _NOBODY)
        yield from unit_problems(settings, own, desired_state(settings, _NOBODY))
    if settings.drift.allowed:
        yield from allowance_problems(settings.drift.allowed, desired_state(settings, _NOBODY))


def _modelled(settings: StackSettings) -> StackSettings:
    """The settings without what they say in Kong's own terms."""
    return settings.model_copy(update={"plugins": (), "entities": RawEntities()})


def _taken(settings: StackSettings) -> Iterator[Problem]:
    """Kong has one plugin of a name on a scope, and the program's own come first."""
    own = desired_state(_modelled(settings), _NOBODY)
    holders: dict[str, str] = {plugin.key: f"the gateway's own ({_setting(plugin)})" for plugin in own.plugins}
    for index, settings_plugin in enumerate(settings.plugins):
        place: Location = ("plugins", index)
        key = f"{scope(settings_plugin)}/{settings_plugin.name}"
        if key in holders:
            yield Problem(
                (*place, "name"), f"{settings_plugin.name!r} is there already: {holders[key]}; remove this one"
            )
        holders.setdefault(key, f"plugins[{index}]")
    others = (*own, *(further_plugin(plugin) for plugin in settings.plugins))
    yield from raw_problems(
        settings.entities,
        others,
        edition=settings.edition,
        mode=settings.mode,
        custom=settings.platform.custom_plugins,
    )


def _setting(plugin: KongPlugin) -> str:
    """The section of the stack file that makes a plugin."""
    return "limits and tiers" if plugin.name == "rate-limiting" else key_path(section(plugin.name))
