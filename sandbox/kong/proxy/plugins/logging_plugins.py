"""file-log and http-log (Kong: kong/plugins/file-log, kong/plugins/http-log)."""

import json
import logging
from typing import ClassVar

import httpx
from typing_extensions import override

from sandbox.kong.proxy.handler import Call, Handler
from sandbox.kong.proxy.log_serializer import serialize

_log = logging.getLogger(__name__)


class FileLog(Handler):
    """Appends one JSON line for each request to a file or to standard output."""

    name: ClassVar[str] = "file-log"
    priority: ClassVar[int] = 9

    @override
    async def log(self, call: Call) -> None:
        call.node.output.write_line(call.config["path"], _line(call))


class HttpLog(Handler):
    """Sends each entry to an endpoint, at once and one by one."""

    name: ClassVar[str] = "http-log"
    priority: ClassVar[int] = 12

    @override
    async def log(self, call: Call) -> None:
        config = call.config
        headers: dict[str, str] = {"Content-Type": config["content_type"], **(config["headers"] or {})}
        async with httpx.AsyncClient(timeout=config["timeout"] / 1000) as client:
            try:
                await client.request(config["method"], config["http_endpoint"], headers=headers, content=_line(call))
            except httpx.HTTPError as problem:
                _log.error("http-log: %s", type(problem).__name__)


def _line(call: Call) -> bytes:
    """The entry with the plugin's own fields, which are Lua expressions."""
    expressions: dict[str, str] = call.config["custom_fields_by_lua"] or {}
    for key, expression in expressions.items():
        value = call.node.lua.evaluate(expression, key, call.exchange)
        call.exchange.serialize_values.append((key, value, "set"))
    return json.dumps(serialize(call.exchange), separators=(",", ":")).encode("ascii")
