"""The request log: one JSON line on standard output, without credentials.

Kong 3.9 redacts only `authorization` and `proxy-authorization` (Kong: kong/pdk/log.lua, `serialize`). Cookies, keys in
other headers and whole query strings would stay, so headers are logged by name, and URLs without their queries.
"""

from collections.abc import Sequence

from config.traffic import Traffic
from entities.model import Plugin, Scope, plugin
from entities.plugins.file_log import FileLog

_HEADERS = ("accept", "content-length", "content-type", "host", "origin", "user-agent")
"""The request headers that are logged always; each is harmless and tells something."""


def access_log(scope: Scope, traffic: Traffic) -> Plugin:
    """The log of every request on a scope."""
    config = FileLog(path="/dev/stdout", custom_fields_by_lua=_without_credentials(_kept(traffic)))
    return plugin("file-log", scope, config.render())


def _kept(traffic: Traffic) -> tuple[str, ...]:
    """The request headers that are logged."""
    return (*_HEADERS, traffic.correlation_header.lower()) if traffic.correlation_header else _HEADERS


def _without_credentials(headers: Sequence[str]) -> dict[str, str]:
    """Lua for each field of Kong's log entry that could hold a credential; `nil` removes it."""
    names = ", ".join(f'"{name}"' for name in headers)
    return {
        "request.headers": (
            f"local kept = {{}} for _, name in ipairs({{ {names} }}) do "
            "kept[name] = kong.request.get_header(name) end return kept"
        ),
        "request.querystring": "return nil",
        "request.uri": "return kong.request.get_raw_path()",
        "request.url": ('local r = kong.request return r.get_scheme() .. "://" .. r.get_host() .. r.get_raw_path()'),
        # The parentheses keep the first value alone: file-log would take a second one as options.
        "upstream_uri": "return ((ngx.var.upstream_uri or ''):match('^[^?]*'))",
        "response.headers.set-cookie": "return nil",
    }
