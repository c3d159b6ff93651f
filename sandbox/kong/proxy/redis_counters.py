"""Counting in a real Redis, under Kong's own keys and with its own script.

Kong: kong/plugins/rate-limiting/policies/init.lua. `sync_rate` is always what it is by default: Redis is asked in each
request. Where a Redis of the configuration really is, the stand-in is told; it speaks without TLS there.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from sandbox.kong.proxy.balancer import Address
from sandbox.kong.proxy.counters import WINDOWS, CountersUnavailableError
from sandbox.kong.proxy.vault import resolved

Find = Callable[[str, int], Address | None]
"""Where the Redis of a host and port really is; None where it is played by the counters in memory."""

_COUNT = """
local count = redis.call("incr", KEYS[1])
if count == 1 then
  redis.call("expire", KEYS[1], ARGV[1])
end
return count - 1
"""
_OTHERWISE = 2000
"""Milliseconds, where a configuration says nothing."""


def nowhere(host: str, port: int) -> None:
    """No Redis is real."""


@dataclass(frozen=True)
class _Server:
    """What tells one connection pool from another."""

    address: Address
    database: int
    username: str | None
    password: str = field(repr=False)
    timeout: int


class RedisCounters:
    """Connections to every Redis that plugins name."""

    def __init__(self, find: Find, environment: Mapping[str, str] = os.environ) -> None:
        self._find = find
        self._environment = environment
        self._clients: dict[_Server, Redis] = {}

    def knows(self, settings: Mapping[str, Any]) -> bool:
        """Whether the Redis of a plugin's configuration is a real one."""
        return self._find(str(settings["host"]), int(settings["port"])) is not None

    async def count(self, settings: Mapping[str, Any], key: str, period: str) -> int:
        """Count a request, and give how many there were before it. `key` names the window.

        Raises:
            CountersUnavailableError: Redis does not answer in time, or refuses.
        """
        client = self._client(settings)
        try:
            # Its type is that of the synchronous client as well.
            return int(await cast("Any", client.eval(_COUNT, 1, key, str(WINDOWS[period]))))
        except (RedisError, OSError) as problem:
            raise CountersUnavailableError(f"failed to get usage: {problem}") from problem

    async def close(self) -> None:
        """Close all connections."""
        for client in self._clients.values():
            await client.aclose()
        self._clients.clear()

    def _client(self, settings: Mapping[str, Any]) -> Redis:
        server = self._server(settings)
        if server not in self._clients:
            host, port = server.address
            self._clients[server] = Redis(
                host=host,
                port=port,
                db=server.database,
                username=server.username,
                password=server.password or None,
                socket_timeout=server.timeout / 1000,
                socket_connect_timeout=server.timeout / 1000,
                retry=Retry(NoBackoff(), 0),
                protocol=2,
            )
        return self._clients[server]

    def _server(self, settings: Mapping[str, Any]) -> _Server:
        address = self._find(str(settings["host"]), int(settings["port"]))
        if address is None:
            raise CountersUnavailableError("failed to get usage: nobody knows where this Redis is")
        return _Server(
            address=address,
            database=int(settings["database"] or 0),
            username=resolved(settings["username"], self._environment) or None,
            password=resolved(settings["password"], self._environment),
            timeout=int(settings["timeout"] or _OTHERWISE),
        )
