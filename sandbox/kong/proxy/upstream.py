"""Sends a request to the service and brings its response back."""

import asyncio
import socket
import ssl
import time
from collections.abc import AsyncGenerator, Callable

import httpx

from sandbox.kong.proxy.balancer import Address, Balancer, NoTargetError
from sandbox.kong.proxy.configuration import Configuration
from sandbox.kong.proxy.exchange import Exchange, Response, Try
from sandbox.kong.proxy.forwarding import response_headers, upstream_headers
from sandbox.kong.proxy.paths import escape
from sandbox.kong.proxy.store import Document

Resolve = Callable[[str, int], Address]
"""Where a service's host and port really are; raises LookupError when nobody knows."""

_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=32, keepalive_expiry=60)
_IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"})


class UpstreamError(Exception):
    """There is no response; `status` and `message` are what Kong answers then."""

    def __init__(self, status: int, message: str | None = None, *, retriable: bool = False) -> None:
        super().__init__(message or f"upstream failure, answered with {status}")
        self.status = status
        self.message = message
        self.retriable = retriable
        """Whether another attempt may reach a target."""


def system_resolver(host: str, port: int) -> Address:
    """Leave names to the system, when the connection is made."""
    return host, port


class Upstream:
    """The connections to services: at most 100, idle ones closed after a minute."""

    def __init__(self, resolve: Resolve = system_resolver) -> None:
        self._resolve = resolve
        self._balancer = Balancer()
        self._transports: dict[bool, httpx.AsyncHTTPTransport] = {}

    async def send(self, exchange: Exchange, service: Document, configuration: Configuration) -> Response:
        """The service's response, its body not read yet.

        Raises:
            UpstreamError: no target answered, in one attempt and `retries` more.
        """
        body = await exchange.request.body.read()
        left = service.get("retries", 5)
        while True:
            try:
                target = self._balancer.target(service, configuration.upstreams)
                exchange.tries.append(Try(ip=target[0], port=target[1], balancer_start=_now_ms()))
                return await self._attempt(exchange, service, target, body)
            except NoTargetError as problem:
                raise UpstreamError(503, "failure to get a peer from the ring-balancer") from problem
            except UpstreamError as problem:
                if not problem.retriable or left == 0:
                    raise
                left -= 1

    async def close(self) -> None:
        """Close every connection."""
        await asyncio.gather(*(transport.aclose() for transport in self._transports.values()))
        self._transports.clear()

    async def _attempt(self, exchange: Exchange, service: Document, target: Address, body: bytes) -> Response:
        started = _now_ms()
        try:
            request = self._request(exchange, service, target, body)
            answer = await self._transport(service).handle_async_request(request)
        except LookupError as problem:
            raise UpstreamError(503, "name resolution failed") from problem
        except httpx.TransportError as problem:
            raise _failure(problem, exchange.request.method) from problem
        exchange.latencies.proxy = _now_ms() - started
        exchange.upstream_status = answer.status_code
        return Response(
            status=answer.status_code,
            headers=response_headers(answer.headers.raw),
            body=_body(answer, exchange),
            source="service",
        )

    def _request(self, exchange: Exchange, service: Document, target: Address, body: bytes) -> httpx.Request:
        query = exchange.request.raw_query
        path = escape(exchange.upstream_path or "/") + ("" if query is None else f"?{query}")
        host, port = self._resolve(*target)
        return httpx.Request(
            exchange.request.method,
            httpx.URL(scheme=service["protocol"], host=host, port=port, raw_path=path.encode("latin-1")),
            headers=upstream_headers(exchange, service, target, len(body)).raw(),
            content=body,
            extensions={"timeout": _timeouts(service)},
        )

    def _transport(self, service: Document) -> httpx.AsyncHTTPTransport:
        verify = bool(service.get("tls_verify"))
        if verify not in self._transports:
            context = ssl.create_default_context()
            if not verify:
                context.check_hostname = False
                context.verify_mode = ssl.CERT_NONE
            self._transports[verify] = httpx.AsyncHTTPTransport(limits=_LIMITS, verify=context)
        return self._transports[verify]


async def _body(answer: httpx.Response, exchange: Exchange) -> AsyncGenerator[bytes]:
    started = _now_ms()
    try:
        async for chunk in answer.aiter_raw():
            yield chunk
    finally:
        exchange.latencies.receive = _now_ms() - started
        await answer.aclose()


def _timeouts(service: Document) -> dict[str, float]:
    connect, read, write = (service.get(f"{part}_timeout", 60_000) / 1000 for part in ("connect", "read", "write"))
    return {"connect": connect, "read": read, "write": write, "pool": connect}


def _failure(problem: httpx.TransportError, method: str) -> UpstreamError:
    if _is_unknown_name(problem):
        return UpstreamError(503, "name resolution failed")
    if isinstance(problem, httpx.ConnectTimeout):
        return UpstreamError(504, retriable=True)
    if isinstance(problem, httpx.TimeoutException):
        return UpstreamError(504)
    retriable = isinstance(problem, httpx.ConnectError) or method in _IDEMPOTENT
    return UpstreamError(502, retriable=retriable)


def _is_unknown_name(problem: BaseException | None) -> bool:
    while problem is not None:
        if isinstance(problem, socket.gaierror):
            return True
        problem = problem.__cause__ or problem.__context__
    return False


def _now_ms() -> int:
    return round(time.time() * 1000)
