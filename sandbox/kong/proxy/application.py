"""The proxy as an ASGI application."""

import logging
import uuid
from collections.abc import Callable, Mapping
from typing import BinaryIO, Self

from sandbox.kong.proxy.asgi import Receive, Scope, Send, read_body, read_request, send_response
from sandbox.kong.proxy.chain import Chain
from sandbox.kong.proxy.configuration import Configuration, ConfigurationCache
from sandbox.kong.proxy.counters import Counters
from sandbox.kong.proxy.edge import Edge
from sandbox.kong.proxy.exchange import Answer, Exchange, Response
from sandbox.kong.proxy.forwarding import add_kong_headers
from sandbox.kong.proxy.handler import Node
from sandbox.kong.proxy.headers import Headers
from sandbox.kong.proxy.lua.runtime import LuaRuntime
from sandbox.kong.proxy.metrics import Metrics
from sandbox.kong.proxy.output import Output
from sandbox.kong.proxy.paths import upstream_path
from sandbox.kong.proxy.plugins import PLUGIN_NAMES, handlers
from sandbox.kong.proxy.redis_counters import Find, RedisCounters, nowhere
from sandbox.kong.proxy.router import RoutedRequest
from sandbox.kong.proxy.store import Document, EntityStore
from sandbox.kong.proxy.upstream import Resolve, Upstream, UpstreamError, system_resolver

_log = logging.getLogger(__name__)

_UNIQUE = ("authorization", "content-length", "host", "if-modified-since", "transfer-encoding")
"""Headers that nginx refuses to see twice (nginx: ngx_http_process_unique_header_line)."""


class Proxy:
    """Enforces what a store holds, as Kong's proxy port does.

    `resolve` says where a service's host really is, `find_redis` where a rate limit's Redis is, and `counters` counts
    all other limits. `standard_output` takes what file-log writes to /dev/stdout. `properties` are the edge's in
    kong.conf. `reaches_database` is for its metric alone: a proxy goes on without its database.
    """

    def __init__(
        self,
        store: EntityStore,
        *,
        node_id: str | None = None,
        resolve: Resolve = system_resolver,
        counters: Counters | None = None,
        find_redis: Find = nowhere,
        standard_output: BinaryIO | None = None,
        properties: Mapping[str, str] | None = None,
        reaches_database: Callable[[], bool] = lambda: True,
    ) -> None:
        node_id = node_id or str(uuid.uuid4())
        self.counters = counters or Counters()
        self._metrics = Metrics(node_id=node_id, version="3.9.1", reaches_database=reaches_database)
        self._node = Node(
            lua=LuaRuntime(node_id=node_id),
            counters=self.counters,
            redis=RedisCounters(find_redis),
            metrics=self._metrics,
            output=Output(standard_output),
        )
        self._handlers = handlers()
        self._configuration = ConfigurationCache(store, _name_ignored_plugins)
        self._upstream = Upstream(resolve)
        self._edge = Edge(properties or {})

    def metrics(self) -> str:
        """What `/metrics` answers."""
        return self._metrics.text()

    @property
    def application(self) -> Self:
        """The ASGI application, which is the proxy itself."""
        return self

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the server's start and stop."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            with self._metrics.serving():
                await self._serve(scope, receive, send)

    async def close(self) -> None:
        """Close the connections to services and counters."""
        await self._upstream.close()
        await self._node.redis.close()

    async def _live(self, receive: Receive, send: Send) -> None:
        while (await receive())["type"] != "lifespan.shutdown":
            self._configuration.current()
            await send({"type": "lifespan.startup.complete"})
        await self.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        configuration = self._configuration.current()
        credentials = configuration.keyauth_credentials.values()
        exchange = Exchange(request=read_request(scope, receive), key_credentials=credentials)
        self._edge.admit(exchange.request)
        chain = Chain(self._handlers, exchange, configuration, self._node)
        try:
            response = await self._response(exchange, chain, configuration)
            await self._filter(exchange, chain, response)
            exchange.bytes_sent = await send_response(exchange.response or response, send)
        except ConnectionError:
            _log.info("the client went away during %s", exchange.request_id)
        finally:
            await chain.log()

    async def _response(self, exchange: Exchange, chain: Chain, configuration: Configuration) -> Response:
        """What the client gets, before the plugins' header filters."""
        answer = await self._answer(exchange, chain, configuration)
        if answer is not None:
            exchange.latencies.kong = exchange.elapsed_ms
            return _made_by_kong(exchange, answer)
        service = exchange.service
        if service is None:
            return _made_by_kong(exchange, exchange.error(503, "no Service found with those values"))
        exchange.latencies.kong = exchange.elapsed_ms
        try:
            response = await self._upstream.send(exchange, service, configuration)
        except UpstreamError as problem:
            _log.warning("%s: %s", exchange.request_id, problem.__cause__ or problem)
            return _made_by_kong(exchange, exchange.error(problem.status, problem.message))
        response.headers = Headers([*exchange.response_headers, *response.headers])
        return response

    async def _answer(self, exchange: Exchange, chain: Chain, configuration: Configuration) -> Answer | None:
        """What Kong or a plugin answers instead of the service."""
        if any(len(exchange.request.headers.all(name)) > 1 for name in _UNIQUE):
            return exchange.error(400)
        answer = chain.rewrite()
        if answer is not None:
            return answer
        _route(exchange, configuration)
        route = exchange.route
        if route is None:
            return exchange.error(404, "no Route matched with those values")
        if _is_for_https_alone(route) and exchange.request.forwarded("Proto", exchange.request.scheme) != "https":
            return _other_scheme(exchange, route["https_redirect_status_code"])
        return await chain.access()

    async def _filter(self, exchange: Exchange, chain: Chain, response: Response) -> None:
        """Let the plugins change the response; it is the exchange's afterwards."""
        exchange.response = response
        replacement = chain.header_filter()
        if replacement is not None:
            await read_body(response)
            exchange.response = response = _made_by_kong(exchange, replacement, response.headers)
        filters = chain.body_filters()
        if filters:
            body = await read_body(response)
            for handler, call in filters:
                body = handler.body_filter(call, body)
            response.body = body
            response.headers.set("Content-Length", str(len(body)))
        add_kong_headers(exchange, response.headers)
        self._edge.finish(exchange.request, response.headers, by_service=response.source == "service")


def _route(exchange: Exchange, configuration: Configuration) -> None:
    request = exchange.request
    exchange.match = match = configuration.router.match(
        RoutedRequest(
            method=request.method,
            path=request.raw_path,
            host=request.host,
            port=request.server_port,
            scheme=request.scheme,
            headers=request.headers,
        )
    )
    service = match.route.get("service") if match else None
    if match is None or service is None:
        return
    exchange.service = configuration.services[service["id"]]
    stripped = match.matched_path if match.route["strip_path"] else None
    base = exchange.service.get("path") or "/"
    exchange.upstream_path = upstream_path(match.path, matched=stripped, base=base)
    if match.route["preserve_host"]:
        exchange.upstream_host = request.host


def _is_for_https_alone(route: Document) -> bool:
    return "https" in route["protocols"] and "http" not in route["protocols"]


def _other_scheme(exchange: Exchange, status: int) -> Answer:
    """A route for https only was asked for over http."""
    if status == 426:
        upgrade = (("Connection", "Upgrade"), ("Upgrade", "TLS/1.2, HTTP/1.1"))
        return exchange.error(426, "Please use HTTPS protocol", *upgrade)
    request = exchange.request
    host = request.forwarded("Host", request.hostname)
    return Answer(status, b"", (("Location", f"https://{host}{request.uri}"),))


def _made_by_kong(exchange: Exchange, answer: Answer, headers: Headers | None = None) -> Response:
    """A response of Kong's own, on top of the headers that plugins have set."""
    known = Headers(headers if headers is not None else exchange.response_headers)
    for name in {name for name, _ in answer.headers}:
        known.set(name, [value for key, value in answer.headers if key == name])
    known.set("Content-Length", str(len(answer.body)))
    return Response(status=answer.status, headers=known, body=answer.body, source="exit")


def _name_ignored_plugins(configuration: Configuration) -> None:
    for name in sorted(configuration.plugins.keys() - PLUGIN_NAMES):
        _log.warning("plugin %s is configured, but the stand-in does not enforce it", name)
