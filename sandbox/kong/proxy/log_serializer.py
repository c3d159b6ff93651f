"""The log entry of a request, in the shape of `kong.log.serialize()` (Kong: kong/pdk/log.lua)."""

from typing import Any, cast

from sandbox.kong.proxy.exchange import Exchange, Response
from sandbox.kong.proxy.headers import Headers
from sandbox.kong.proxy.store import Document

_REDACTED = ("authorization", "proxy-authorization")
"""The only headers that Kong hides by itself."""

Entry = dict[str, Any]


def serialize(exchange: Exchange) -> Entry:
    """What logging plugins write. Fields without a value are absent, as in Lua."""
    request = exchange.request
    headers = request.headers.table()
    headers |= {name: "REDACTED" for name in _REDACTED if name in headers}
    entry: Entry = {
        "request": {
            "id": exchange.request_id,
            "uri": request.uri,
            "url": f"{request.scheme}://{request.hostname}:{request.server_port}{request.uri}",
            "querystring": request.query(),
            "method": request.method,
            "headers": headers,
            "size": _request_size(exchange),
        },
        "upstream_uri": upstream_uri(exchange),
        "upstream_status": str(exchange.upstream_status or ""),
        "response": _response(exchange),
        "latencies": {
            "kong": exchange.latencies.kong,
            "proxy": exchange.latencies.proxy,
            "receive": exchange.latencies.receive,
            "request": exchange.elapsed_ms,
        },
        "tries": [vars(attempt) for attempt in exchange.tries],
        "authenticated_entity": _authenticated_entity(exchange),
        "route": _present(exchange.route),
        "service": _present(exchange.service),
        "consumer": _present(exchange.consumer),
        "client_ip": request.client_ip,
        "started_at": round(exchange.started_at * 1000),
        "source": _source(exchange.response),
        "workspace_name": "default",
    }
    for key, value, mode in exchange.serialize_values:
        _edit(entry, key.split("."), value, mode)
    return {name: value for name, value in entry.items() if value is not None}


def _response(exchange: Exchange) -> Entry:
    response = exchange.response
    headers = response.headers if response else Headers()
    return {
        "status": response.status if response else 0,
        "headers": headers.table(),
        "size": exchange.bytes_sent,
    }


def _source(response: Response | None) -> str | None:
    names = {"exit": "kong", "error": "kong", "service": "upstream"}
    return names[response.source] if response else None


def _request_size(exchange: Exchange) -> int:
    request = exchange.request
    line = len(f"{request.method} {request.uri} HTTP/{request.http_version}\r\n")
    return line + sum(len(name) + len(value) + 4 for name, value in request.headers) + 2 + request.body.size


def upstream_uri(exchange: Exchange) -> str:
    """Path and query as sent to the service; empty when nothing was."""
    if exchange.upstream_path is None:
        return ""
    query = exchange.request.raw_query
    return exchange.upstream_path if query is None else f"{exchange.upstream_path}?{query}"


def _authenticated_entity(exchange: Exchange) -> Entry | None:
    if exchange.credential is None:
        return None
    return {"id": exchange.credential["id"]}


def _present(document: Document | None) -> Entry | None:
    """A document without its null fields."""
    return None if document is None else {key: value for key, value in document.items() if value is not None}


def _edit(entry: Entry, path: list[str], value: object, mode: str) -> None:
    """Apply one `kong.log.set_serialize_value`; null takes the field out."""
    node = entry
    for key in path[:-1]:
        if key not in node:
            if mode == "replace":
                return
            node[key] = {}
        child = node[key]
        if not isinstance(child, dict):
            raise ValueError(f"The key '{'.'.join(path)}' could not be used as a serialize value.")
        node = cast("Entry", child)
    last = path[-1]
    applies = {"set": True, "add": last not in node, "replace": last in node}
    if applies[mode] and value is not None:
        node[last] = value
    elif applies[mode]:
        node.pop(last, None)
