"""A stand-in for Kong whose requests are counted. No benchmark here measures Kong itself."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.kong.admin.application import admin_application
from sandbox.kong.admin.node import Node
from sandbox.kong.dao import Dao
from sandbox.kong.listeners import Listener, serving
from sandbox.kong.store import Store


@dataclass
class CountedGateway:
    """An Admin API and how often it was asked."""

    dao: Dao
    url: str = ""
    requests: Counter[str] = field(default_factory=Counter[str])
    """By method."""
    at_once: int = 0
    most_at_once: int = 0
    delay: float = 0.0
    """Seconds before each answer, as on a network."""

    def forget(self) -> None:
        """Count anew."""
        self.requests.clear()
        self.most_at_once = 0

    def counting(self, application: ASGIApp) -> ASGIApp:
        """An application whose requests are counted here."""

        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            self.requests[str(scope.get("method"))] += 1
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            try:
                await asyncio.sleep(self.delay)
                await application(scope, receive, send)
            finally:
                self.at_once -= 1

        return counted


@asynccontextmanager
async def counted_gateway() -> AsyncGenerator[CountedGateway]:
    """Serves an empty Kong inside the block."""
    gateway = CountedGateway(Dao(Store(), database="postgres"))
    listener = Listener(gateway.counting(admin_application(gateway.dao, Node(metrics=str))), 0)
    async with serving([listener]) as ports:
        gateway.url = f"http://127.0.0.1:{ports[0]}"
        yield gateway
