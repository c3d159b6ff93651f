"""HTTP servers on this machine's loopback, several in one process."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Literal

import uvicorn
from starlette.types import ASGIApp

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Listener:
    """An application and where it listens."""

    application: ASGIApp
    port: int
    """0 takes any free port."""
    lifespan: Literal["on", "off"] = "off"
    """Whether the application wants to know when it starts and stops."""


@dataclass(slots=True)
class Patience:
    """How long requests may take that are not answered when serving ends."""

    seconds: int | None = 1
    """None waits for all of them."""


@asynccontextmanager
async def serving(listeners: Sequence[Listener], patience: Patience | None = None) -> AsyncGenerator[list[int]]:
    """Serves inside the block; gives the ports. What `patience` says at the block's end holds; by default a second."""
    sockets = [_bound(listener.port) for listener in listeners]
    servers = [_Server(_configuration(listener)) for listener in listeners]
    pairs = zip(servers, sockets, strict=True)
    tasks = [asyncio.create_task(server.serve([bound])) for server, bound in pairs]
    try:
        for server in servers:
            await server.ready.wait()
        yield [bound.getsockname()[1] for bound in sockets]
    finally:
        for server in servers:
            server.config.timeout_graceful_shutdown = (patience or Patience()).seconds
            server.should_exit = True
        await asyncio.gather(*tasks)


def _bound(port: int) -> socket.socket:
    # The protocol is named because asyncio turns Nagle's algorithm off (40 ms a request) only for such sockets.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind((LOOPBACK, port))
    return bound


def _configuration(listener: Listener) -> uvicorn.Config:
    return uvicorn.Config(
        listener.application,
        lifespan=listener.lifespan,
        log_level="warning",
        access_log=False,
        server_header=False,
    )


class _Server(uvicorn.Server):
    """One of several servers in a process, whose signals are not for it to handle."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield
