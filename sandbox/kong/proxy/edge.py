"""Who the client is, by what way it came, and what it is told of https: nginx's realip, map and add_header.

What they do follows from these properties of kong.conf (Kong: kong/templates/nginx_kong.lua; kong/runloop/handler.lua,
access.before; nginx: ngx_http_realip_module.c).
"""

import re
from collections.abc import Mapping
from ipaddress import ip_address, ip_network

from sandbox.kong.proxy.exchange import Request
from sandbox.kong.proxy.headers import Headers

PROPERTIES = frozenset(
    {"trusted_ips", "real_ip_header", "real_ip_recursive", "nginx_http_map", "nginx_proxy_add_header"}
)
"""The properties that mean something here."""

_MAP = re.compile(
    r"\$(?P<source>\w+) \$(?P<variable>\w+) \{ (?P<key>\w+) \"(?P<value>[^\"]*)\"; \}"
    r"(?: proxy_hide_header (?P<hidden>[\w-]+))?"
)
_ADDED = re.compile(r"(?P<name>[\w-]+) \$(?P<variable>\w+) always")


class UnknownDirectiveError(ValueError):
    """A property says more than the stand-in understands; the message has it."""


class Edge:
    """The edge of one node. `properties` are those of kong.conf, by their names there."""

    def __init__(self, properties: Mapping[str, str]) -> None:
        trusted = properties.get("trusted_ips", "")
        self._trusted = [ip_network(each.strip(), strict=False) for each in trusted.split(",") if each.strip()]
        self._header = properties.get("real_ip_header", "X-Real-IP")
        self._recursive = properties.get("real_ip_recursive", "off") == "on"
        self._map = _parsed(_MAP, properties.get("nginx_http_map"))
        self._added = _parsed(_ADDED, properties.get("nginx_proxy_add_header"))

    def admit(self, request: Request) -> None:
        """Settle who the client is, and whether what it came through is believed."""
        request.peer_ip = request.client_ip
        request.trusted = self._believes(request.peer_ip)
        told = request.headers.variable(self._header) if request.trusted else None
        for address in reversed((told or "").split(",")):
            if not _is_address(address.strip()):
                return
            request.client_ip = address.strip()
            if not self._recursive or not self._believes(request.client_ip):
                return

    def finish(self, request: Request, headers: Headers, *, by_service: bool) -> None:
        """Add the header that nginx adds, and drop the service's own of that name."""
        if self._map is None or self._added is None:
            return
        hidden = self._map["hidden"]
        if hidden and by_service:
            headers.remove(hidden)
        source = self._map["source"]
        found = request.scheme if source == "scheme" else request.headers.variable(source.removeprefix("http_"))
        if found == self._map["key"]:
            headers.add(self._added["name"], self._map["value"])

    def _believes(self, address: str) -> bool:
        return any(ip_address(address) in network for network in self._trusted)


def _parsed(pattern: re.Pattern[str], text: str | None) -> re.Match[str] | None:
    if text is None:
        return None
    found = pattern.fullmatch(text)
    if found is None:
        raise UnknownDirectiveError(f"the stand-in does not understand {text!r}")
    return found


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
