"""The Admin API and the status listener over HTTP, as ASGI applications."""

import json
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.kong.admin.bodies import UnsupportedMediaTypeError, arguments
from sandbox.kong.admin.calls import Answer, Call, Methods
from sandbox.kong.admin.node import VERSION, Node, status_paths
from sandbox.kong.admin.router import Router, admin_paths
from sandbox.kong.dao import Dao
from sandbox.kong.errors import KongError, method_not_allowed

_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


def admin_application(dao: Dao, node: Node) -> ASGIApp:
    """The Admin API (8001)."""
    return _application(Router(admin_paths(dao, node)))


def status_application(dao: Dao, node: Node) -> ASGIApp:
    """The status listener (8100)."""
    return _application(Router(status_paths(dao, node)))


def _application(router: Router) -> ASGIApp:
    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            message = f"the Admin API speaks HTTP, not {scope['type']}"
            raise ValueError(message)
        request = Request(scope, receive)
        await _response(_answer(router, request, await request.body()))(scope, receive, send)

    return application


def _answer(router: Router, request: Request, body: bytes) -> Answer:
    try:
        # The path still percent-encoded, because names may contain an encoded slash.
        path: bytes = request.scope["raw_path"]
        match = router.find(path.decode().partition("?")[0])
        if request.method == "OPTIONS":
            return Answer(204, headers={"Allow": _allowed(match.methods)})
        handler = match.methods.get("GET" if request.method == "HEAD" else request.method)
        if handler is None:
            raise method_not_allowed()
        sent = {}
        if request.method in _WITH_BODY:
            content_type = request.headers.get("content-type", "")
            sent = arguments(body, content_type, yaml_allowed=path.startswith(b"/config"))
        return handler(Call(match.params, dict(request.query_params), sent, body))
    except KongError as error:
        return Answer(error.status, error.body)
    except UnsupportedMediaTypeError as error:
        return Answer(415, error.html, {"Content-Type": "text/html; charset=UTF-8"})


def _allowed(methods: Methods) -> str:
    return ", ".join(sorted({*methods, "OPTIONS", *(["HEAD"] if "GET" in methods else [])}))


def _response(answer: Answer) -> Response:
    headers: Mapping[str, str] = {"Server": f"kong/{VERSION}", "Access-Control-Allow-Origin": "*", **answer.headers}
    if answer.body is None:
        return Response(status_code=answer.status, headers=headers)
    if isinstance(answer.body, str):
        return Response(answer.body, answer.status, headers)
    text = json.dumps(answer.body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, answer.status, {"Content-Type": "application/json; charset=utf-8", **headers})
