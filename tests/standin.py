"""A running stand-in for tests, in a thread of its own so that any test can use it; or a real Kong in its place.

`KONG_ADMIN_URL` names a real Kong: what only asks the Admin API (the fixture `kong`) then asks that one.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import pytest

from sandbox.kong.faults import Faults
from sandbox.kong.gateway import Gateway, Options, Ports
from sandbox.kong.store import Store

REAL_KONG = os.environ.get("KONG_ADMIN_URL")


@dataclass(frozen=True)
class RunningStandin:
    """Where a stand-in listens, and its inside."""

    admin_url: str
    proxy_url: str
    status_url: str
    store: Store
    faults: Faults


@contextmanager
def running_standin(options: Options | None = None) -> Generator[RunningStandin]:
    """A stand-in that serves inside the block."""
    gateway = Gateway(options or Options())
    started: list[Ports] = []
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def serve() -> None:
        async with gateway.running() as ports:
            started.append(ports)
            ready.set()
            await stop.wait()

    def run() -> None:
        try:
            loop.run_until_complete(serve())
        finally:
            ready.set()
            loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    ready.wait()
    urls = (f"http://127.0.0.1:{port}" for port in (started[0].admin, started[0].proxy, started[0].status))
    try:
        yield RunningStandin(*urls, store=gateway.store, faults=gateway.faults)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()


@pytest.fixture
def standin() -> Iterator[RunningStandin]:
    """An empty stand-in in database mode."""
    with running_standin() as running:
        yield running


TAG = "made-by-a-test"
"""What the tests tag with it, a real Kong is rid of after each test."""


@pytest.fixture
def kong() -> Iterator[httpx.Client]:
    """A client of the Admin API: of the Kong that KONG_ADMIN_URL names, or of an empty stand-in."""
    if REAL_KONG:
        with httpx.Client(base_url=REAL_KONG) as client:
            yield client
            for collection in ("plugins", "routes", "services", "upstreams", "consumers", "certificates"):
                for entity in client.get(f"/{collection}", params={"tags": TAG, "size": 1000}).json()["data"]:
                    client.delete(f"/{collection}/{entity['id']}")
    else:
        with running_standin() as running, httpx.Client(base_url=running.admin_url) as client:
            yield client
