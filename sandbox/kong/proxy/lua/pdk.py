"""The Python half of the PDK: what pdk.lua asks about the exchange being served."""

import base64
import binascii
import json
import logging
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import RLock
from typing import Any
from urllib.parse import parse_qsl

from sandbox.kong.proxy.exchange import Answer, Exchange, Query, Request
from sandbox.kong.proxy.headers import MAX_READ, Headers
from sandbox.kong.proxy.log_serializer import serialize, upstream_uri
from sandbox.kong.proxy.lua import values
from sandbox.kong.proxy.lua.values import LuaValue
from sandbox.kong.proxy.paths import normalize

_log = logging.getLogger("sandbox.kong.proxy.lua")
_LEVELS = {"debug": 10, "info": 20, "notice": 20, "warn": 30, "err": 40, "crit": 50, "alert": 50, "emerg": 50}

Getters = dict[str, Callable[[], object]]
Functions = dict[str, Callable[..., object]]


@dataclass
class Served:
    """The exchange that Lua works on, and what Lua answered."""

    exchange: Exchange
    phase: str
    context: dict[str, Any]
    """`kong.ctx.plugin`"""
    node_id: str
    answer: Answer | None = None

    def answers(self, answer: Answer) -> None:
        """Keep the first answer."""
        if self.phase not in {"rewrite", "access", "header_filter"}:
            raise RuntimeError(f"function cannot be called in {self.phase} phase")
        self.answer = self.answer or answer


class Host:
    """Functions by the names that pdk.lua uses."""

    def __init__(self, machine: LuaValue) -> None:
        self._machine = machine
        self._served: Served | None = None
        self._lock = RLock()

    @contextmanager
    def serving(self, served: Served) -> Generator[None]:
        """Make an exchange the one that the functions are about; other threads wait."""
        with self._lock:
            before, self._served = self._served, served
            try:
                yield
            finally:
                self._served = before

    def functions(self) -> Functions:
        """Everything pdk.lua calls."""
        return {
            **self._request_functions(),
            **self._entity_functions(),
            **self._service_functions(),
            **self._response_getters(),
            **self._response_setters(),
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

    @property
    def _request(self) -> Request:
        return self._exchange.request

    @property
    def _response_headers(self) -> Headers:
        response = self._exchange.response
        return response.headers if response else self._exchange.response_headers

    def _document(self, value: object) -> LuaValue:
        return values.to_lua(self._machine, value)

    def _table(self, table: Query) -> LuaValue:
        """A table of header or query text, which is Latin-1 already."""
        machine = self._machine
        return machine.table_from(
            {key: machine.table_from(value) if isinstance(value, list) else value for key, value in table.items()}
        )

    def _request_functions(self) -> Functions:
        def header(name: str) -> str | None:
            return self._request.headers.get(name)

        def headers(limit: float | None) -> LuaValue:
            return self._table(self._request.headers.table(int(limit or MAX_READ)))

        getters: Getters = {
            "request_get_scheme": lambda: self._request.scheme,
            "request_get_forwarded_scheme": lambda: self._request.forwarded("Proto", self._request.scheme).lower(),
            "request_get_host": lambda: self._request.hostname,
            "request_get_forwarded_host": lambda: self._request.hostname,
            "request_get_port": lambda: self._request.server_port,
            "request_get_forwarded_port": lambda: self._request.server_port,
            "request_get_method": lambda: self._request.method,
            "request_get_path": lambda: normalize(self._request.raw_path),
            "request_get_forwarded_path": lambda: self._request.raw_path,
            "request_get_raw_path": lambda: self._request.raw_path,
            "request_get_raw_query": lambda: self._request.raw_query or "",
            "request_get_path_with_query": lambda: self._request.uri,
            "request_get_query": lambda: self._table(self._request.query()),
            "request_get_http_version": lambda: float(self._request.http_version),
            "request_get_raw_body": lambda: self._request.body.received.decode("latin-1"),
            "request_get_body": self._body,
            "request_get_start_time": lambda: int(self._exchange.started_at * 1000),
            "request_get_uri_captures": self._captures,
        }
        return {**getters, "request_get_header": header, "request_get_headers": headers}

    def _body(self) -> LuaValue:
        kind = (self._request.headers.get("content-type") or "").lower()
        body = self._request.body.received
        if "application/json" in kind:
            try:
                return self._document(json.loads(body))
            except ValueError:
                return None
        if "application/x-www-form-urlencoded" in kind:
            return self._table(dict(parse_qsl(body.decode("latin-1"), encoding="latin-1")))
        return None

    def _captures(self) -> LuaValue:
        match = self._exchange.match
        return self._document(match.captures) if match else None

    def _entity_functions(self) -> Functions:
        def select_keyauth_credential(identity: str) -> LuaValue:
            credentials = self._exchange.key_credentials
            return self._document(next((found for found in credentials if found["id"] == identity), None))

        getters: Getters = {
            "client_get_ip": lambda: self._request.client_ip,
            "client_get_consumer": lambda: self._document(self._exchange.consumer),
            "client_get_credential": lambda: self._document(self._exchange.credential),
            "router_get_route": lambda: self._document(self._exchange.route),
            "router_get_service": lambda: self._document(self._exchange.service),
            "node_get_id": lambda: self._now.node_id,
        }
        return {**getters, "db_select_keyauth_credential": select_keyauth_credential}

    def _service_functions(self) -> Functions:
        def set_header(name: str, value: LuaValue) -> None:
            if name.lower() == "host":
                self._exchange.upstream_host = value
            else:
                self._request.headers.set(name, _one_or_more(value))

        def add_header(name: str, value: str) -> None:
            self._request.headers.add(name, value)

        def clear_header(name: str) -> None:
            self._request.headers.remove(name)

        def set_path(path: str) -> None:
            self._exchange.upstream_path = path

        def set_raw_query(query: str) -> None:
            self._request.raw_query = query or None

        def set_method(method: str) -> None:
            self._request.method = method

        def set_raw_body(body: str) -> None:
            self._request.body.replace(body.encode("latin-1"))

        return {
            "service_set_header": set_header,
            "service_add_header": add_header,
            "service_clear_header": clear_header,
            "service_set_path": set_path,
            "service_set_raw_query": set_raw_query,
            "service_set_method": set_method,
            "service_set_raw_body": set_raw_body,
        }

    def _response_getters(self) -> Functions:
        def header(name: str) -> str | None:
            return self._response_headers.first(name)

        getters: Getters = {
            "response_get_status": lambda: self._exchange.response and self._exchange.response.status,
            "response_get_source": lambda: self._exchange.response and self._exchange.response.source,
            "response_get_headers": lambda: self._table(self._response_headers.table()),
            "response_get_raw_body": lambda: self._now.context.get("raw_body", b"").decode("latin-1"),
            "service_response_get_status": lambda: self._exchange.upstream_status,
        }
        return {**getters, "response_get_header": header}

    def _response_setters(self) -> Functions:
        def exit_with(status: float, body: LuaValue, lines: LuaValue) -> None:
            self._now.answers(_answer(int(status), body, lines))

        def error(status: float, message: str | None, lines: LuaValue) -> None:
            text = values.decode(message) if message is not None else None
            self._now.answers(self._exchange.error(int(status), text, *values.header_lines(lines)))

        def set_header(name: str, value: LuaValue) -> None:
            self._response_headers.set(name, _one_or_more(value))

        def add_header(name: str, value: str) -> None:
            self._response_headers.add(name, value)

        def clear_header(name: str) -> None:
            self._response_headers.remove(name)

        def set_raw_body(body: str) -> None:
            self._now.context["raw_body"] = body.encode("latin-1")

        return {
            "exit": exit_with,
            "response_error": error,
            "response_set_header": set_header,
            "response_add_header": add_header,
            "response_clear_header": clear_header,
            "response_set_raw_body": set_raw_body,
        }

    def _context_functions(self) -> Functions:
        def log(level: str, text: str) -> None:
            _log.log(_LEVELS[level], "%s", text)

        def set_serialize_value(key: str, value: LuaValue, mode: str) -> None:
            self._exchange.serialize_values.append((values.decode(key), values.to_python(value), mode))

        def shared_get(key: str) -> LuaValue:
            return self._exchange.shared.get(key)

        def shared_set(key: str, value: LuaValue) -> None:
            self._exchange.shared[key] = value

        def plugin_get(key: str) -> LuaValue:
            return self._now.context.get(key)

        def plugin_set(key: str, value: LuaValue) -> None:
            self._now.context[key] = value

        return {
            "ctx_shared_get": shared_get,
            "ctx_shared_set": shared_set,
            "ctx_plugin_get": plugin_get,
            "ctx_plugin_set": plugin_set,
            "variable": self._variable,
            "log": log,
            "log_set_serialize_value": set_serialize_value,
            "log_serialize": lambda: self._document(serialize(self._exchange)),
            "phase": lambda: self._now.phase,
        }

    def _nginx_functions(self) -> Functions:
        return {
            "time": lambda: int(time.time()),
            "now": lambda: time.time(),  # noqa: PLW0108 - asked for anew, for tests that set the clock
            "encode_base64": _encode_base64,
            "decode_base64": _decode_base64,
        }

    def _variable(self, name: str) -> str | None:
        request = self._request
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
            "upstream_uri": upstream_uri(self._exchange),
        }
        return known.get(name)


def _answer(status: int, body: LuaValue, lines: LuaValue) -> Answer:
    headers = values.header_lines(lines)
    if body is None:
        return Answer(status, b"", headers)
    if isinstance(body, str):
        return Answer(status, body.encode("latin-1"), headers)
    return Answer.json(status, values.to_python(body), headers)


def _one_or_more(value: LuaValue) -> str | list[str]:
    return value if isinstance(value, str) else [str(one) for one in value.values()]


def _encode_base64(text: str, without_padding: object) -> str:
    encoded = base64.b64encode(text.encode("latin-1")).decode("ascii")
    return encoded.rstrip("=") if without_padding else encoded


def _decode_base64(text: str) -> str | None:
    """`ngx.decode_base64`: standard alphabet; nil when the text is not Base64."""
    try:
        return base64.b64decode(text.encode("latin-1"), validate=True).decode("latin-1")
    except binascii.Error:
        return None
