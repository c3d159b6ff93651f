"""request-size-limiting (Kong: kong/plugins/request-size-limiting/handler.lua)."""

from typing import ClassVar

from typing_extensions import override

from sandbox.kong.proxy.exchange import Exit
from sandbox.kong.proxy.handler import Call, Handler

_UNITS = {"bytes": 1, "kilobytes": 2**10, "megabytes": 2**20}


class RequestSizeLimiting(Handler):
    """Refuses bodies above a size, by Content-Length or by counting."""

    name: ClassVar[str] = "request-size-limiting"
    priority: ClassVar[int] = 951

    @override
    async def access(self, call: Call) -> None:
        request, config = call.exchange.request, call.config
        allowed = config["allowed_payload_size"] * _UNITS[config["size_unit"]]
        length = request.headers.first("content-length")
        if length is not None and length.isdecimal():
            size = int(length)
        else:
            chunked = request.headers.first("transfer-encoding") == "chunked"
            if config["require_content_length"] and not chunked:
                raise Exit(call.exchange.error(411, "A valid Content-Length header is required"))
            await request.body.read(up_to=allowed)
            size = request.body.size
        if size > allowed:
            expects = (request.headers.first("expect") or "").strip().lower() == "100-continue"
            raise Exit(call.exchange.error(417 if expects else 413, "Request size limit exceeded"))
