"""response-transformer (Kong: kong/plugins/response-transformer)."""

import json
from typing import ClassVar

from typing_extensions import override

from sandbox.kong.proxy.handler import Call, Handler
from sandbox.kong.proxy.plugins.transformations import changes, json_object, transform, transform_headers


class ResponseTransformer(Handler):
    """Changes headers and JSON bodies on their way to the client."""

    name: ClassVar[str] = "response-transformer"
    priority: ClassVar[int] = 800

    @override
    def header_filter(self, call: Call) -> None:
        if call.exchange.response is not None:
            transform_headers(call.config, call.exchange.response.headers)

    @override
    def filters_body(self, call: Call) -> bool:
        response = call.exchange.response
        kind = response.headers.first("content-type") if response else None
        return changes(call.config, "json") and "application/json" in (kind or "")

    @override
    def body_filter(self, call: Call, body: bytes) -> bytes:
        values = json_object(body)
        if values is None:
            return body
        transform(call.config, "json", values)
        return json.dumps(values, separators=(",", ":")).encode()
