"""A Kong for tests: the stand-in, or a real one that KONG_ADMIN_URL names, behind a server that can misbehave."""

import asyncio
import contextlib
import os
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from typing import Any

import httpx
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.kong.admin.application import admin_application
from sandbox.kong.admin.node import Node
from sandbox.kong.dao import Dao
from sandbox.kong.store import Store

COLLECTIONS = ("plugins", "routes", "services", "consumers", "upstreams", "certificates")
REAL_KONG = os.environ.get("KONG_ADMIN_URL")

Fault = Callable[[Request], Awaitable[Response | None]]
"""Looks at a request: returns an answer of its own, or None to let it pass."""


class HangUp(Response):
    """Begins an answer and closes the connection in the middle of it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})
        await send({"type": "http.response.body", "body": b"{", "more_body": False})


class TestGateway:
    """One gateway with a request log and, while `fault` is set, faults."""

    __test__ = False

    def __init__(self, application: ASGIApp) -> None:
        self._application = application
        self.requests: Counter[str] = Counter()
        self.bodies: list[str] = []
        self.at_once = 0
        self.most_at_once = 0
        self.fault: Fault | None = None
        self.after: Fault | None = None
        """Like `fault`, but after Kong has done what was asked: the answer is lost."""
        self.url = ""
        self._server: uvicorn.Server | None = None
        self._serving: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        self.requests[f"{request.method} {request.url.path}"] += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self._answer(request, scope, send)
        finally:
            self.at_once -= 1

    async def _answer(self, request: Request, scope: Scope, send: Send) -> None:
        body = await request.body()
        self.bodies.append(body.decode())
        if self.fault is not None and (answer := await self.fault(request)) is not None:
            await answer(scope, request.receive, send)
            return

        async def replay() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        if self.after is None:
            await self._application(scope, replay, send)
            return
        kept: list[Any] = []

        async def keep(message: Any) -> None:
            kept.append(message)

        await self._application(scope, replay, keep)
        if (answer := await self.after(request)) is not None:
            await answer(scope, request.receive, send)
            return
        for message in kept:
            await send(message)

    async def start(self, port: int = 0) -> None:
        config = uvicorn.Config(
            self, host="127.0.0.1", port=port, log_level="critical", lifespan="off", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        self._serving = asyncio.create_task(self._server.serve())
        while not self._server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        self.url = f"http://127.0.0.1:{self._server.servers[0].sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        if self._server is None or self._serving is None:
            return
        self._server.force_exit = self._server.should_exit = True
        await self._serving
        self._server = None

    async def ask(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """Speak to Kong behind the provider's back; not in the request log."""
        transport = httpx.ASGITransport(self._application)
        async with httpx.AsyncClient(transport=transport, base_url="http://kong") as client:
            return await client.request(method, path, json=body)

    async def all(self, collection: str) -> list[dict[str, Any]]:
        return (await self.ask("GET", f"/{collection}?size=1000")).json()["data"]

    async def everything(self) -> list[dict[str, Any]]:
        """All entities of this project's tests."""
        found = [entity for collection in COLLECTIONS for entity in await self.all(collection)]
        return [entity for entity in found if "project:provider-tests" in (entity.get("tags") or ())]

    def count(self, method: str) -> int:
        return sum(times for request, times in self.requests.items() if request.startswith(f"{method} "))


def answers(status: int, times: int = 10**9, method: str | None = None) -> Fault:
    """A fault: so many requests (of a method) get this status."""
    left = times

    async def fault(request: Request) -> Response | None:
        nonlocal left
        if left <= 0 or (method is not None and request.method != method):
            return None
        left -= 1
        return PlainTextResponse("fault", status)

    return fault


def hangs_up(times: int, method: str | None = None) -> Fault:
    """A fault: so many requests (of a method) are cut off without an answer."""
    left = times

    async def fault(request: Request) -> Response | None:
        nonlocal left
        if left <= 0 or (method is not None and request.method != method):
            return None
        left -= 1
        return HangUp()

    return fault


def hangs(times: int) -> Fault:
    """A fault: so many requests get no answer for a very long time."""
    left = times

    async def fault(_: Request) -> Response | None:
        nonlocal left
        if left > 0:
            left -= 1
            await asyncio.sleep(3600)
        return None

    return fault


def after_writes(count: int, then: Fault) -> Fault:
    """A fault: what comes after so many writes meets another fault."""
    left = count

    async def fault(request: Request) -> Response | None:
        nonlocal left
        if request.method != "GET":
            left -= 1
        return await then(request) if left < 0 else None

    return fault


def _forwarder(url: str) -> ASGIApp:
    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        async with httpx.AsyncClient(base_url=url) as client:
            answer = await client.request(
                request.method,
                scope["raw_path"].decode(),
                params=request.query_params,
                content=await request.body(),
                headers={"content-type": request.headers.get("content-type", "application/json")},
            )
        response = Response(answer.content, answer.status_code, media_type=answer.headers.get("content-type"))
        await response(scope, receive, send)

    return application


async def killed_after_writes(kong: TestGateway, count: int, update: Coroutine[Any, Any, object]) -> bool:
    """Kill an update when it has written so often; tell whether it was killed before its end."""
    reached = asyncio.Event()

    async def never(_: Request) -> Response | None:
        reached.set()
        await asyncio.sleep(3600)
        return None

    kong.fault = after_writes(count, never)
    updating, reaching = asyncio.create_task(update), asyncio.create_task(reached.wait())
    await asyncio.wait({updating, reaching}, return_when=asyncio.FIRST_COMPLETED)
    killed = not updating.done()
    for task in (updating, reaching):
        task.cancel()
    await asyncio.gather(updating, reaching, return_exceptions=True)
    kong.fault = None
    return killed


def new_application() -> ASGIApp:
    """The Admin API of an empty gateway; a real one is emptied of what earlier tests have left."""
    if REAL_KONG:
        return _forwarder(REAL_KONG)
    return admin_application(Dao(Store(), database="postgres"), Node(metrics=str))


@contextlib.asynccontextmanager
async def running_gateway() -> AsyncGenerator[TestGateway]:
    gateway = TestGateway(new_application())
    if REAL_KONG:
        await _empty(gateway)
    await gateway.start()
    try:
        yield gateway
    finally:
        gateway.fault = gateway.after = None
        await gateway.stop()


async def _empty(gateway: TestGateway) -> None:
    for collection in COLLECTIONS:
        for entity in await gateway.all(collection):
            if "project:provider-tests" in (entity.get("tags") or ()):
                await gateway.ask("DELETE", f"/{collection}/{entity['id']}")
