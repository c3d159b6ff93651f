"""The gate for routes without a guard, as the Lua that the global `pre-function` plugin runs."""

from collections.abc import Iterable

from entities.auth.lua import lua_string, source


def unguarded(public_routes: Iterable[str]) -> str:
    """The function for `config.access`; only the public routes, by names or ids, pass. See unguarded.lua."""
    names = ", ".join(f"[{lua_string(name)}] = true" for name in sorted(public_routes))
    return f"local public = {{ {names} }}\n\n{source('unguarded.lua')}"
