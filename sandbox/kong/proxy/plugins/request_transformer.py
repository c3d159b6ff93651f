"""request-transformer (Kong: kong/plugins/request-transformer/access.lua).

Left out: templates such as `$(headers.x)`, multipart bodies.
"""

import json
from typing import ClassVar
from urllib.parse import parse_qs, urlencode

from typing_extensions import override

from sandbox.kong.proxy.exchange import Request
from sandbox.kong.proxy.handler import Call, Config, Handler
from sandbox.kong.proxy.plugins.transformations import (
    Json,
    changes,
    json_object,
    transform,
    transform_headers,
)


class RequestTransformer(Handler):
    """Changes the path, the method, headers, the body and the query before the upstream sees them."""

    name: ClassVar[str] = "request-transformer"
    priority: ClassVar[int] = 801

    @override
    async def access(self, call: Call) -> None:
        config, request = call.config, call.exchange.request
        if config["replace"]["uri"]:
            call.exchange.upstream_path = config["replace"]["uri"]
        if config["http_method"]:
            request.method = config["http_method"].upper()
        transform_headers(config, request.headers)
        if changes(config, "body"):
            await _transform_body(config, request)
        if changes(config, "querystring"):
            query: Json = dict(request.query())
            transform(config, "querystring", query)
            request.raw_query = urlencode(query, doseq=True, encoding="latin-1") or None


async def _transform_body(config: Config, request: Request) -> None:
    kind = (request.headers.first("content-type") or "").lower()
    body = await request.body.read()
    if "application/json" in kind:
        values = json_object(body or b"{}")
        if values is None:
            return
        transform(config, "body", values)
        changed = json.dumps(values).encode()
    elif "application/x-www-form-urlencoded" in kind:
        form = parse_qs(body.decode("latin-1"), keep_blank_values=True, encoding="latin-1")
        values = {name: several[0] if len(several) == 1 else several for name, several in form.items()}
        transform(config, "body", values)
        changed = urlencode(values, doseq=True, encoding="latin-1").encode()
    else:
        return
    request.body.replace(changed)
