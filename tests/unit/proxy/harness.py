"""A gateway in this process: entities in memory, the proxy in front of a real echo server."""

import json
import threading
import time
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from entities.schema import kong_schema
from sandbox.kong.proxy import Proxy
from sandbox.kong.proxy.counters import Counters

Document = dict[str, Any]


class MemoryStore:
    """Entities as Kong's Admin API would return them, completed by Kong's schemas."""

    def __init__(self) -> None:
        self.version = 0
        self._entities: dict[str, list[Document]] = {}

    def all(self, kind: str) -> list[Document]:
        return list(self._entities.get(kind, ()))

    def add(self, kind: str, **fields: Any) -> Document:
        document = {"id": str(uuid.uuid4()), "created_at": 1, "updated_at": 1, **fields}
        document = kong_schema().complete(kind, document)
        self._entities.setdefault(kind, []).append(document)
        self.version += 1
        return document

    def remove(self, kind: str, document: Document) -> None:
        self._entities[kind].remove(document)
        self.version += 1


def reference(document: Document) -> dict[str, str]:
    return {"id": document["id"]}


@dataclass
class Gateway:
    """One service with one route for everything, and a client of the proxy."""

    store: MemoryStore
    proxy: Proxy
    client: httpx.AsyncClient
    service: Document
    route: Document
    log: BytesIO = field(default_factory=BytesIO)

    def plugin(self, name: str, config: dict[str, Any], **scope: Any) -> Document:
        return self.store.add("plugins", name=name, config=config, **scope)

    def consumer(self, username: str, *groups: str) -> Document:
        consumer = self.store.add("consumers", username=username)
        for group in groups:
            self.store.add("acls", consumer=reference(consumer), group=group)
        return consumer

    def log_entries(self) -> list[Document]:
        return [json.loads(line) for line in self.log.getvalue().splitlines()]

    async def get(self, path: str = "/", **arguments: Any) -> httpx.Response:
        return await self.client.get(path, **arguments)


@asynccontextmanager
async def running_gateway(backend: str) -> AsyncGenerator[Gateway]:
    store, log, started = MemoryStore(), BytesIO(), time.time()  # No window ends in the middle of a test.
    port = int(backend.rpartition(":")[2])
    service = store.add("services", name="echo", host="127.0.0.1", port=port, protocol="http", retries=0)
    route = store.add("routes", name="all", paths=["/"], service=reference(service), strip_path=False)
    proxy = Proxy(store, standard_output=log, counters=Counters(lambda: started))
    transport = httpx.ASGITransport(app=proxy.application)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway.test") as client:
        yield Gateway(store, proxy, client, service, route, log)
    await proxy.close()


async def _echo(request: Request) -> Response:
    body = await request.body()
    answer = {
        "method": request.method,
        "path": request.scope["raw_path"].decode(),
        "query": request.scope["query_string"].decode(),
        "headers": [[name.decode("latin-1"), value.decode("latin-1")] for name, value in request.headers.raw],
        "size": len(body),
        "body": body[:1000].decode("latin-1"),
    }
    return JSONResponse(
        answer, headers={"X-Used": request.headers.get("x-use", "")} if "x-use" in request.headers else None
    )


async def _download(request: Request) -> Response:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(int(request.path_params["chunks"])):
            yield b"x" * 65_536

    return StreamingResponse(chunks())


@pytest.fixture(scope="session")
def backend() -> Iterator[str]:
    """The URL of a server that tells what it was sent."""
    methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    routes = [Route("/download/{chunks}", _download), Route("/{path:path}", _echo, methods=methods)]
    with serving(Starlette(routes=routes)) as url:
        yield url


class serving:  # noqa: N801 -- used as a function
    """Runs an ASGI application on a free port of the loopback interface."""

    def __init__(self, application: Any) -> None:
        # Without a limit it would wait for as long as a client keeps a request open.
        config = uvicorn.Config(application, host="127.0.0.1", port=0, log_level="warning", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self) -> str:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        return f"http://127.0.0.1:{self._server.servers[0].sockets[0].getsockname()[1]}"

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()


@pytest.fixture
async def gateway(backend: str) -> AsyncIterator[Gateway]:
    async with running_gateway(backend) as running:
        yield running
