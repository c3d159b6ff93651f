"""The gate for routes without a guard, as the Lua that the global `pre-function` plugin runs."""

from collections.abc import Iterable

from entities.auth.lua import lua_set, source
from entities.model import Plugin, Scope, plugin
from entities.plugins.pre_function import PreFunction


def unguarded(public_routes: Iterable[str]) -> str:
    """The function for `config.access`; only the public routes, by names or ids, pass. See unguarded.lua."""
    return f"local public = {lua_set(sorted(public_routes))}\n\n{source('unguarded.lua')}"


def gate(public_routes: Iterable[str]) -> Plugin:
    """The plugin that runs it."""
    return plugin("pre-function", Scope(), PreFunction(access=(unguarded(public_routes),)).render())
