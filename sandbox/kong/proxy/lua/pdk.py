"""The Python half of the PDK: what pdk.lua asks about the exchange being served."""

import base64
import binascii
import json
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import parse_qsl

from sandbox.kong.proxy.exchange import Answer, Exchange
from sandbox.kong.proxy.headers import MAX_READ, Headers
from sandbox.kong.proxy.log_serializer import serialize
from sandbox.kong.proxy.lua import values
from sandbox.kong.proxy.paths import normalize

_log = logging.getLogger("sandbox.kong.proxy.lua")
_LEVELS = {"debug": 10, "info": 20, "notice": 20, "warn": 30, "err": 40, "crit": 50, "alert": 50, "emerg": 50}


@dataclass
class Served:
    """The exchange that Lua works on, and what Lua answered."""

    exchange: Exchange
    phase: str
    context: dict[str, Any]
    answer: Answer | None = None

    def answers(self, answer: Answer) -> None:
        """Keep the first answer."""
        if self.phase not in {"rewrite", "access", "header_filter"}:
            raise RuntimeError(f"function cannot be called in {self.phase} phase")
        self.answer = self.answer or answer


class Host:
    """Functions by the names that pdk.lua uses."""

    def __init__(self, machine: Any, *, node_id: str) -> None:
        self._machine = machine
        self._node_id = node_id
        self._served: Served | None = None

    @contextmanager
    def serving(self, exchange: Exchange, phase: str, context: dict[str, Any]) -> Iterator[Served]:
        """Make an exchange the one that the functions are about."""
        before, self._served = self._served, Served(exchange, phase, context)
        try:
            yield self._served
        finally:
            self._served = before

    def functions(self) -> dict[str, Any]:
        """Everything pdk.lua calls."""
        return {
            **self._request_functions(),
            **self._entity_functions(),
            **self._service_functions(),
            **self._response_functions(),
            **self._context_functions(),
            **self._nginx_functions(),
        }

    @property
    def _now(self) -> Served:
        if self._served is None:
            raise RuntimeError("no request is being served: Lua runs in request phases only")
        return self._served

    @property
    def _exchange(self) -> Exchange:
        return self._now.exchange

    def _document(self, value: object) -> Any:
        return values.to_lua(self._machine, value)

    def _raw_table(self, table: dict[str, str | list[str]]) -> Any:
        """A table of header or query text, which is Latin-1 already."""
        machine = self._machine
        return machine.table_from(
            {key: machine.table_from(value) if isinstance(value, list) else value for key, value in table.items()}
        )

    def _request_functions(self) -> dict[str, Callable[..., Any]]:
        def request() -> Any:
            return self._exchange.request

        return {
            "request_get_scheme": lambda: request().scheme,
            "request_get_forwarded_scheme": lambda: request().scheme,
            "request_get_host": lambda: request().hostname,
            "request_get_forwarded_host": lambda: request().hostname,
            "request_get_port": lambda: request().server_port,
            "request_get_forwarded_port": lambda: request().server_port,
            "request_get_method": lambda: request().method,
            "request_get_path": lambda: normalize(request().raw_path),
            "request_get_forwarded_path": lambda: request().raw_path,
            "request_get_raw_path": lambda: request().raw_path,
            "request_get_raw_query": lambda: request().raw_query or "",
            "request_get_path_with_query": lambda: request().uri,
            "request_get_query": lambda: self._raw_table(request().query()),
            "request_get_http_version": lambda: float(request().http_version),
            "request_get_header": lambda name: request().headers.get(name),
            "request_get_headers": lambda limit: self._raw_table(request().headers.table(int(limit or MAX_READ))),
            "request_get_raw_body": lambda: request().body.received.decode("latin-1"),
            "request_get_body": self._body,
            "request_get_start_time": lambda: int(self._exchange.started_at * 1000),
            "request_get_uri_captures": lambda: self._document(
                self._exchange.match.captures if self._exchange.match else None
            ),
        }

    def _body(self) -> Any:
        request = self._exchange.request
        kind = (request.headers.get("content-type") or "").lower()
        body = request.body.received
        if "application/json" in kind:
            try:
                return self._document(json.loads(body))
            except ValueError:
                return None
        if "application/x-www-form-urlencoded" in kind:
            return self._raw_table(dict(parse_qsl(body.decode("latin-1"), encoding="latin-1")))
        return None

    def _entity_functions(self) -> dict[str, Callable[..., Any]]:
        return {
            "client_get_ip": lambda: self._exchange.request.client_ip,
            "client_get_consumer": lambda: self._document(self._exchange.consumer),
            "client_get_credential": lambda: self._document(self._exchange.credential),
            "router_get_route": lambda: self._document(self._exchange.route),
            "router_get_service": lambda: self._document(self._exchange.service),
            "node_get_id": lambda: self._node_id,
        }

    def _service_functions(self) -> dict[str, Callable[..., Any]]:
        def set_header(name: str, value: Any) -> None:
            if name.lower() == "host":
                self._exchange.upstream_host = value
            else:
                self._exchange.request.headers.set(name, _one_or_more(value))

        def set_path(path: str) -> None:
            self._exchange.upstream_path = path

        def set_raw_query(query: str) -> None:
            self._exchange.request.raw_query = query or None

        def set_method(method: str) -> None:
            self._exchange.request.method = method

        return {
            "service_set_header": set_header,
            "service_add_header": lambda name, value: self._exchange.request.headers.add(name, value),
            "service_clear_header": lambda name: self._exchange.request.headers.remove(name),
            "service_set_path": set_path,
            "service_set_raw_query": set_raw_query,
            "service_set_method": set_method,
            "service_set_raw_body": lambda body: self._exchange.request.body.replace(body.encode("latin-1")),
        }

    def _response_functions(self) -> dict[str, Callable[..., Any]]:
        def headers() -> Headers:
            response = self._exchange.response
            return response.headers if response else self._exchange.response_headers

        def exit_with(status: float, body: Any, lines: Any) -> None:
            self._now.answers(_answer(int(status), body, lines))

        def error(status: float, message: str | None, lines: Any) -> None:
            text = values.decode(message) if message is not None else None
            self._now.answers(self._exchange.error(int(status), text, *values.header_lines(lines)))

        def set_raw_body(body: str) -> None:
            self._now.context["raw_body"] = body.encode("latin-1")

        return {
            "exit": exit_with,
            "response_error": error,
            "response_get_status": lambda: self._exchange.response and self._exchange.response.status,
            "response_get_source": lambda: self._exchange.response and self._exchange.response.source,
            "service_response_get_status": lambda: self._exchange.upstream_status,
            "response_get_header": lambda name: headers().first(name),
            "response_get_headers": lambda: self._raw_table(headers().table()),
            "response_set_header": lambda name, value: headers().set(name, _one_or_more(value)),
            "response_add_header": lambda name, value: headers().add(name, value),
            "response_clear_header": lambda name: headers().remove(name),
            "response_get_raw_body": lambda: self._now.context.get("raw_body", b"").decode("latin-1"),
            "response_set_raw_body": set_raw_body,
        }

    def _context_functions(self) -> dict[str, Callable[..., Any]]:
        def set_serialize_value(key: str, value: Any, mode: str) -> None:
            self._exchange.serialize_values.append((values.decode(key), values.to_python(value), mode))

        return {
            "ctx_shared_get": lambda key: self._exchange.shared.get(key),
            "ctx_shared_set": lambda key, value: self._exchange.shared.__setitem__(key, value),
            "ctx_plugin_get": lambda key: self._now.context.get(key),
            "ctx_plugin_set": lambda key, value: self._now.context.__setitem__(key, value),
            "log": lambda level, text: _log.log(_LEVELS[level], "%s", text),
            "log_set_serialize_value": set_serialize_value,
            "log_serialize": lambda: self._document(serialize(self._exchange)),
            "phase": lambda: self._now.phase,
        }

    def _nginx_functions(self) -> dict[str, Any]:
        return {
            "null": None,
            "time": lambda: int(time.time()),
            "now": time.time,
            "encode_base64": _encode_base64,
            "decode_base64": _decode_base64,
            "variable": self._variable,
        }

    def _variable(self, name: str) -> str | None:
        request = self._exchange.request
        if name.startswith("http_"):
            return request.headers.variable(name.removeprefix("http_"))
        known = {
            "remote_addr": request.client_ip,
            "request_method": request.method,
            "request_uri": request.uri,
            "uri": normalize(request.raw_path),
            "args": request.raw_query,
            "scheme": request.scheme,
            "host": request.hostname,
            "request_id": self._exchange.request_id,
        }
        return known.get(name)


def _answer(status: int, body: Any, lines: Any) -> Answer:
    headers = values.header_lines(lines)
    if body is None:
        return Answer(status, b"", headers)
    if isinstance(body, str):
        return Answer(status, body.encode("latin-1"), headers)
    return Answer.json(status, values.to_python(body), headers)


def _one_or_more(value: Any) -> str | list[str]:
    return value if isinstance(value, str) else cast("list[str]", list(value.values()))


def _encode_base64(text: str, no_padding: bool) -> str:  # noqa: FBT001 -- ngx.encode_base64's own argument
    encoded = base64.b64encode(text.encode("latin-1")).decode("ascii")
    return encoded.rstrip("=") if no_padding else encoded


def _decode_base64(text: str) -> str | None:
    """`ngx.decode_base64`: standard alphabet; nil when the text is not Base64."""
    try:
        return base64.b64decode(text.encode("latin-1"), validate=True).decode("latin-1")
    except binascii.Error:
        return None
