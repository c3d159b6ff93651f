"""One request on its way through the proxy, and everything plugins know and decide about it."""

import json
import time
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qsl

from sandbox.kong.proxy.headers import Headers
from sandbox.kong.proxy.messages import error_body
from sandbox.kong.proxy.router import Match
from sandbox.kong.proxy.store import Document

Query = dict[str, str | list[str]]
Source = Literal["exit", "error", "service"]
"""Who made the response: a plugin, Kong after an error, or the upstream (kong.response.get_source)."""


class RequestBody:
    """The body, read from the client only when somebody needs it."""

    def __init__(self, receive: Callable[[], Awaitable[bytes | None]]) -> None:
        self._receive = receive
        self._chunks: list[bytes] = []
        self._complete = False
        self.size = 0
        """Bytes received so far."""

    async def read(self, up_to: int | None = None) -> bytes:
        """The whole body; or, once more than `up_to` bytes came, what came."""
        while not self._complete and (up_to is None or self.size <= up_to):
            chunk = await self._receive()
            if chunk is None:
                self._complete = True
            else:
                self._chunks.append(chunk)
                self.size += len(chunk)
        return self.received

    @property
    def received(self) -> bytes:
        """What was read so far."""
        if len(self._chunks) > 1:
            self._chunks = [b"".join(self._chunks)]
        return self._chunks[0] if self._chunks else b""

    def replace(self, body: bytes) -> None:
        """Send this to the upstream instead."""
        self._chunks, self.size, self._complete = [body], len(body), True


@dataclass(kw_only=True)
class Request:
    """The client's request; plugins change it, and later plugins and the upstream see the change."""

    method: str
    scheme: str
    http_version: str
    raw_path: str
    raw_query: str | None
    """Without the question mark; None when there was none."""
    headers: Headers
    body: RequestBody
    client_ip: str
    server_port: int
    peer_ip: str = ""
    """Who is connected: the client, or a proxy before Kong (nginx: $realip_remote_addr)."""
    trusted: bool = False
    """Whether that one's X-Forwarded-* count (Kong: trusted_ips)."""

    @property
    def host(self) -> str:
        """The `Host` header as sent, port included."""
        return self.headers.first("host") or ""

    @property
    def hostname(self) -> str:
        """The `Host` header without its port, in lower case (nginx: $host)."""
        name, _, port = self.host.rpartition(":")
        return (name if port.isdecimal() and name else self.host).lower()

    def forwarded(self, what: str, otherwise: str) -> str:
        """What a trusted proxy says in X-Forwarded-<what>; else what Kong sees itself."""
        return (self.headers.get(f"X-Forwarded-{what}") if self.trusted else None) or otherwise

    @property
    def uri(self) -> str:
        """Path and query as sent (nginx: $request_uri)."""
        return self.raw_path if self.raw_query is None else f"{self.raw_path}?{self.raw_query}"

    def query(self) -> Query:
        """Query arguments, repeated ones as lists."""
        arguments: Query = {}
        for name, value in parse_qsl(self.raw_query or "", keep_blank_values=True, encoding="latin-1"):
            known = arguments.get(name)
            if known is None:
                arguments[name] = value
            else:
                arguments[name] = [*known, value] if isinstance(known, list) else [known, value]
        return arguments


@dataclass(kw_only=True)
class Response:
    """The answer to the client."""

    status: int
    headers: Headers
    body: bytes | AsyncGenerator[bytes]
    source: Source


@dataclass(frozen=True)
class Answer:
    """What a plugin answers instead of the upstream (`kong.response.exit`)."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()

    @staticmethod
    def json(status: int, body: object, headers: tuple[tuple[str, str], ...] = ()) -> "Answer":
        """A table as JSON."""
        text = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
        named = {name.lower() for name, _ in headers}
        content_type = () if "content-type" in named else (("Content-Type", "application/json; charset=utf-8"),)
        return Answer(status, text.encode("utf-8", "surrogateescape"), (*content_type, *headers))


class Exit(Exception):  # noqa: N818 -- not an error: Kong's own word for "answer now"
    """Ends the access phase with an answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


@dataclass(kw_only=True)
class Latencies:
    """Milliseconds spent; -1 and 0 are Kong's values for "not proxied"."""

    kong: int = 0
    proxy: int = -1
    receive: int = 0


@dataclass(kw_only=True)
class Try:
    """One attempt to reach a target."""

    ip: str
    port: int
    balancer_start: int


@dataclass(kw_only=True)
class Exchange:
    """A request, its route, who sent it, and the response as it comes about."""

    request: Request
    request_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    started_at: float = field(default_factory=time.time)
    """Seconds since the epoch."""
    match: Match | None = None
    service: Document | None = None
    consumer: Document | None = None
    credential: Document | None = None
    key_credentials: Collection[Document] = ()
    """The credentials of key-auth, as Kong's store has them while the request is served."""
    upstream_path: str | None = None
    upstream_host: str | None = None
    """The `Host` header for the upstream, when a plugin or `preserve_host` sets it."""
    response_headers: Headers = field(default_factory=Headers)
    """Set by plugins before there is a response."""
    response: Response | None = None
    shared: dict[str, Any] = field(default_factory=dict[str, Any])
    """`kong.ctx.shared`"""
    plugin_contexts: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    """`kong.ctx.plugin`, by the plugin's id."""
    serialize_values: list[tuple[str, Any, str]] = field(default_factory=list[tuple[str, Any, str]])
    """Fields that plugins set in the log entry: key, value, mode."""
    latencies: Latencies = field(default_factory=Latencies)
    tries: list[Try] = field(default_factory=list[Try])
    upstream_status: int | None = None
    bytes_sent: int = 0

    @property
    def route(self) -> Document | None:
        """The matched route."""
        return self.match.route if self.match else None

    @property
    def elapsed_ms(self) -> int:
        """Milliseconds since the request came in."""
        return round((time.time() - self.started_at) * 1000)

    def plugin_context(self, plugin_id: str) -> dict[str, Any]:
        """`kong.ctx.plugin` of one plugin."""
        return self.plugin_contexts.setdefault(plugin_id, {})

    def error(self, status: int, message: str | None = None, *headers: tuple[str, str]) -> Answer:
        """`kong.response.error`: the message and the request's id, in the form the client accepts."""
        body = error_body(status, message, self.request_id, self.request.headers.get("accept"))
        return Answer(status, body.text.encode(), (("Content-Type", body.content_type), *headers))
