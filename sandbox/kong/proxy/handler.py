"""What a plugin is to the proxy."""

from typing import Any, ClassVar

from sandbox.kong.proxy.configuration import Configuration
from sandbox.kong.proxy.counters import Counters
from sandbox.kong.proxy.exchange import Exchange
from sandbox.kong.proxy.lua.runtime import LuaRuntime
from sandbox.kong.proxy.metrics import Metrics
from sandbox.kong.proxy.output import Output
from sandbox.kong.proxy.redis_counters import RedisCounters
from sandbox.kong.proxy.store import Document

Config = dict[str, Any]


class Node:
    """What plugins share for as long as the proxy runs."""

    def __init__(
        self, *, lua: LuaRuntime, counters: Counters, redis: RedisCounters, metrics: Metrics, output: Output
    ) -> None:
        self.lua = lua
        self.counters = counters
        self.redis = redis
        self.metrics = metrics
        self.output = output


class Call:
    """One plugin running on one exchange."""

    def __init__(self, exchange: Exchange, plugin: Document, configuration: Configuration, node: Node) -> None:
        self.exchange = exchange
        self.plugin = plugin
        self.configuration = configuration
        self.node = node

    @property
    def config(self) -> Config:
        """The plugin's configuration, complete as the Admin API returns it."""
        return self.plugin["config"]

    @property
    def context(self) -> dict[str, Any]:
        """`kong.ctx.plugin`: what the plugin keeps from one phase to the next."""
        return self.exchange.plugin_context(self.plugin["id"])


class Handler:
    """A plugin's code, by phase; it does nothing where a phase is not overridden."""

    name: ClassVar[str]
    priority: ClassVar[int]
    """Higher runs earlier (the PRIORITY in Kong's handler.lua)."""

    def rewrite(self, call: Call) -> None:
        """Before routing; global plugins only."""

    async def access(self, call: Call) -> None:
        """After routing; raises Exit to answer instead of the upstream."""

    def header_filter(self, call: Call) -> None:
        """When the response's headers are known."""

    def filters_body(self, call: Call) -> bool:  # noqa: ARG002 -- the interface
        """Whether the response's body must be held back for `body_filter`."""
        return False

    def body_filter(self, call: Call, body: bytes) -> bytes:  # noqa: ARG002 -- the interface
        """Change the whole body."""
        return body

    async def log(self, call: Call) -> None:
        """After the response was sent."""
