"""From an ASGI scope to a request, and from a response to ASGI messages."""

from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import aclosing
from typing import Any

from sandbox.kong.proxy.exchange import Request, RequestBody, Response
from sandbox.kong.proxy.headers import Headers

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


def read_request(scope: Scope, receive: Receive) -> Request:
    """The request of an `http` scope; its body stays with the client until it is read."""
    raw_path: bytes | None = scope.get("raw_path")
    query: bytes = scope["query_string"]
    client, server = scope.get("client") or ("127.0.0.1", 0), scope.get("server") or ("127.0.0.1", 80)
    return Request(
        method=scope["method"],
        scheme=scope.get("scheme", "http"),
        http_version=scope["http_version"],
        raw_path=(raw_path or scope["path"].encode()).partition(b"?")[0].decode("latin-1"),
        raw_query=query.decode("latin-1") if query else None,
        headers=Headers((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]),
        body=RequestBody(_chunks(receive)),
        client_ip=client[0],
        server_port=server[1] or 80,
    )


async def send_response(response: Response, send: Send) -> int:
    """Send it; the number of body bytes sent."""
    await send({"type": "http.response.start", "status": response.status, "headers": response.headers.raw()})
    size = 0
    if isinstance(response.body, bytes):
        size = len(response.body)
        await send({"type": "http.response.body", "body": response.body})
        return size
    async with aclosing(response.body) as chunks:
        async for chunk in chunks:
            size += len(chunk)
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
    return size


async def read_body(response: Response) -> bytes:
    """The whole body of a response that is not sent yet."""
    if isinstance(response.body, bytes):
        return response.body
    async with aclosing(response.body) as chunks:
        return b"".join([chunk async for chunk in chunks])


def _chunks(receive: Receive) -> Callable[[], Awaitable[bytes | None]]:
    """Reads one chunk after the other; None at the end."""
    iterator = _iterate(receive)

    async def read() -> bytes | None:
        return await anext(iterator, None)

    return read


async def _iterate(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionError("the client went away")
        more = message.get("more_body", False)
        yield message.get("body", b"")
