"""cors (Kong: kong/plugins/cors/handler.lua)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlsplit

from typing_extensions import override

from sandbox.kong.proxy.exchange import Answer, Exit
from sandbox.kong.proxy.handler import Call, Config, Handler
from sandbox.kong.proxy.headers import Headers

_DEFAULT_METHODS = "GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS,TRACE,CONNECT"
_DEFAULT_PORTS = {"http": 80, "https": 443}
_PLAIN = re.compile(r"^[A-Za-z0-9.:/-]+$")


@dataclass(frozen=True)
class _Origin:
    domain: str
    host: str


class Cors(Handler):
    """Answers preflights and adds the access-control headers to other responses."""

    name: ClassVar[str] = "cors"
    priority: ClassVar[int] = 2000

    @override
    async def access(self, call: Call) -> None:
        request, config = call.exchange.request, call.config
        asks = request.headers.get("Origin") is not None
        if request.method != "OPTIONS" or not asks:
            return
        if request.headers.get("Access-Control-Request-Method") is None:
            return
        call.context["skip_response_headers"] = True
        if config["preflight_continue"]:
            return
        headers = call.exchange.response_headers
        _allow_origin(config, request.headers, headers, headers.set)
        asked = request.headers.get("Access-Control-Request-Headers")
        allowed = ",".join(config["headers"] or ()) or asked
        if allowed:
            headers.set("Access-Control-Allow-Headers", allowed)
        methods = ",".join(config["methods"]) if config["methods"] is not None else _DEFAULT_METHODS
        headers.set("Access-Control-Allow-Methods", methods)
        if config["max_age"] is not None:
            headers.set("Access-Control-Max-Age", f"{config['max_age']:g}")
        if config["private_network"] and request.headers.get("Access-Control-Request-Private-Network") == "true":
            headers.set("Access-Control-Allow-Private-Network", "true")
        raise Exit(Answer(200))

    @override
    def header_filter(self, call: Call) -> None:
        response = call.exchange.response
        if call.context.get("skip_response_headers") or response is None:
            return
        headers = response.headers
        _allow_origin(call.config, call.exchange.request.headers, headers, headers.add)
        exposed = call.config["exposed_headers"]
        if exposed:
            headers.set("Access-Control-Expose-Headers", ",".join(exposed))


def _allow_origin(config: Config, sent: Headers, headers: Headers, vary: Callable[[str, str], None]) -> None:
    """Set the origin and credentials headers; `vary` puts the Vary header in."""
    origins: list[str] = config["origins"] or []
    if not origins or origins == ["*"]:
        allowed: str | None = "*"
    else:
        vary("Vary", "Origin")
        allowed = _allowed(origins, sent.get("origin"))
    if allowed is None:
        headers.remove("Access-Control-Allow-Origin")
    else:
        headers.set("Access-Control-Allow-Origin", allowed)
    if config["credentials"]:
        _allow_credentials(allowed, sent.get("origin"), headers, vary)


def _allow_credentials(
    allowed: str | None, origin: str | None, headers: Headers, vary: Callable[[str, str], None]
) -> None:
    if allowed == "*":
        if origin is None:
            return
        vary("Vary", "Origin")
        headers.set("Access-Control-Allow-Origin", origin)
    headers.set("Access-Control-Allow-Credentials", "true")


def _allowed(origins: list[str], origin: str | None) -> str | None:
    """The value for Access-Control-Allow-Origin; a single plain origin is allowed whoever asks."""
    if len(origins) == 1 and _PLAIN.match(origins[0]):
        return origins[0]
    if origin is None:
        return None
    asked = _normalize(origin)
    for entry in origins:
        if entry == "*":
            return "*"
        if _fits(entry, asked):
            return asked.domain
    return None


def _fits(entry: str, asked: _Origin) -> bool:
    if _PLAIN.match(entry):
        return _normalize(entry).domain == asked.domain
    pattern = entry.removeprefix("^").removesuffix("$")
    return re.fullmatch(pattern, asked.host if ":" not in entry else asked.domain) is not None


def _normalize(origin: str) -> _Origin:
    """The origin without its scheme's default port."""
    parts = urlsplit(origin)
    if not parts.hostname:
        return _Origin(origin, origin)
    host, port = parts.hostname, _port(parts.netloc)
    explicit = "" if port is None or _DEFAULT_PORTS.get(parts.scheme) == port else f":{port}"
    return _Origin(f"{parts.scheme}://{host}{explicit}" if parts.scheme else host + explicit, host)


def _port(netloc: str) -> int | None:
    port = netloc.rpartition(":")[2]
    return int(port) if port.isdecimal() else None
