"""The witness of the seamless scheme, as the Lua that the global `post-function` plugin runs."""

from collections.abc import Iterable

from entities.auth.lua import lua_set, source
from entities.model import Plugin, Scope, plugin
from entities.plugins.post_function import PostFunction


def witness(public_routes: Iterable[str], credentials: Iterable[str]) -> Plugin:
    """The plugin; `credentials` are the ids of the tiers' key-auth credentials. See witness.lua."""
    settings = f"local public = {lua_set(sorted(public_routes))}\nlocal credentials = {lua_set(credentials)}"
    config = PostFunction(rewrite=(source("announcement.lua"),), access=(f"{settings}\n\n{source('witness.lua')}",))
    return plugin("post-function", Scope(), config.render())
