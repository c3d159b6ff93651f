"""The headers that the proxy itself sets, on the way to the service and back."""

from sandbox.kong.proxy.balancer import Address
from sandbox.kong.proxy.exchange import Exchange
from sandbox.kong.proxy.headers import Headers
from sandbox.kong.proxy.store import Document

SERVER = "kong/3.9.1"
_VIA = f"1.1 {SERVER}"
_DEFAULT_PORTS = {"http": 80, "https": 443}

# Headers of one connection only; nginx and Kong set or drop them (Kong: kong/templates/nginx_kong.lua).
_HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}
)
_NOT_FORWARDED = _HOP_BY_HOP | {"expect"}


def upstream_headers(exchange: Exchange, service: Document, target: Address, body_size: int) -> Headers:
    """The request's headers for the service. X-Forwarded-* of who is not trusted go."""
    request = exchange.request
    named = {name.strip().lower() for name in (request.headers.get("connection") or "").split(",")}
    dropped = _NOT_FORWARDED | named
    headers = Headers((name, value) for name, value in request.headers if name.lower() not in dropped)
    sends_body = body_size > 0 or "content-length" in request.headers or "transfer-encoding" in request.headers
    if sends_body:
        headers.set("Content-Length", str(body_size))
    headers.set("Host", exchange.upstream_host or _authority(service, target))
    headers.set("Connection", "keep-alive")
    forwarded = request.headers.get("x-forwarded-for")
    headers.set("X-Forwarded-For", f"{forwarded}, {request.peer_ip}" if forwarded else request.client_ip)
    headers.set("X-Forwarded-Proto", request.forwarded("Proto", request.scheme))
    headers.set("X-Forwarded-Host", request.forwarded("Host", request.hostname))
    headers.set("X-Forwarded-Port", request.forwarded("Port", str(request.server_port)))
    headers.set("X-Forwarded-Path", request.forwarded("Path", request.raw_path))
    headers.remove("X-Forwarded-Prefix")
    prefix = request.forwarded("Prefix", _stripped_prefix(exchange) or "")
    if prefix:
        headers.set("X-Forwarded-Prefix", prefix)
    headers.set("X-Real-IP", request.client_ip)
    headers.set("X-Kong-Request-Id", exchange.request_id)
    via = request.headers.get("via")
    headers.set("Via", f"{via}, {request.http_version} {SERVER}" if via else f"{request.http_version} {SERVER}")
    return headers


def response_headers(lines: list[tuple[bytes, bytes]]) -> Headers:
    """The service's headers without those of its connection."""
    decoded = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in lines)
    return Headers((name, value) for name, value in decoded if name.lower() not in _HOP_BY_HOP)


def add_kong_headers(exchange: Exchange, headers: Headers) -> None:
    """What Kong adds to every response: its name, its latencies, the request's id."""
    if exchange.upstream_status is None:
        headers.set("X-Kong-Response-Latency", str(exchange.latencies.kong))
        headers.set("Server", SERVER)
    else:
        via = headers.first("via")
        headers.set("Via", f"{via}, {_VIA}" if via else _VIA)
        headers.set("X-Kong-Upstream-Latency", str(exchange.latencies.proxy))
        headers.set("X-Kong-Proxy-Latency", str(exchange.latencies.kong))
        if "server" not in headers:
            headers.set("Server", SERVER)
    headers.set("X-Kong-Request-Id", exchange.request_id)


def _authority(service: Document, target: Address) -> str:
    host, port = target
    return host if port == _DEFAULT_PORTS.get(service["protocol"]) else f"{host}:{port}"


def _stripped_prefix(exchange: Exchange) -> str | None:
    match = exchange.match
    stripped = match.matched_path if match and match.route.get("strip_path") else None
    return None if stripped == "/" else stripped
