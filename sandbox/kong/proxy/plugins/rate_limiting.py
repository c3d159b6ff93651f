"""rate-limiting (Kong: kong/plugins/rate-limiting/handler.lua).

The policy `redis` counts in a real Redis where the stand-in was told of one; all else is counted in memory.
"""

import logging
from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override

from sandbox.kong.proxy.counters import WINDOWS, Counters, CountersUnavailableError
from sandbox.kong.proxy.exchange import Exit
from sandbox.kong.proxy.handler import Call, Config, Handler
from sandbox.kong.proxy.paths import normalize

_log = logging.getLogger(__name__)
_NO_ID = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True)
class _Usage:
    period: str
    limit: int
    remaining: int
    """Before this request; at most 0 when the limit is used up."""


class RateLimiting(Handler):
    """Counts requests in fixed windows and refuses those above the limit."""

    name: ClassVar[str] = "rate-limiting"
    priority: ClassVar[int] = 910

    @override
    async def access(self, call: Call) -> None:
        counters, config, key = call.node.counters, call.config, _key(call)
        try:
            usages = await _redis_count(call, key) if _has_redis(call) else _count(counters, config, key)
        except CountersUnavailableError as problem:
            if not config["fault_tolerant"]:
                raise
            _log.error("%s", problem)
            return
        stop = [usage.period for usage in usages if usage.remaining <= 0]
        headers = _headers(counters, usages, stop)
        if not config["hide_client_headers"]:
            for name, value in headers.items():
                call.exchange.response_headers.set(name, str(value))
        if stop:
            if not config["hide_client_headers"]:
                call.exchange.response_headers.set("Retry-After", str(headers["RateLimit-Reset"]))
            raise Exit(call.exchange.error(config["error_code"], config["error_message"]))


def _has_redis(call: Call) -> bool:
    return call.config["policy"] == "redis" and call.node.redis.knows(call.config["redis"])


async def _redis_count(call: Call, key: str) -> list[_Usage]:
    """Redis counts while it is asked, refused requests as well."""
    usages: list[_Usage] = []
    for period, limit in _limits(call.config).items():
        window = f"{key}:{call.node.counters.window_start(period) * 1000}:{period}"
        used = await call.node.redis.count(call.config["redis"], window, period)
        usages.append(_Usage(period, limit, limit - used))
    return usages


def _limits(config: Config) -> dict[str, int]:
    return {period: int(config[period]) for period in WINDOWS if config[period] is not None}


def _count(counters: Counters, config: Config, key: str) -> list[_Usage]:
    limits = _limits(config)
    usages = [_Usage(period, limit, limit - counters.usage(key, period)) for period, limit in limits.items()]
    # Redis counts while it asks, refused requests as well; the other policies count what passes.
    counts_refused = config["policy"] == "redis" and config["sync_rate"] == -1
    if counts_refused or all(usage.remaining > 0 for usage in usages):
        for period in limits:
            counters.increment(key, period)
    return usages


def _headers(counters: Counters, usages: list[_Usage], stop: list[str]) -> dict[str, int]:
    """The limit headers; those without a period tell of the limit that is nearest."""
    headers: dict[str, int] = {}
    nearest: tuple[int, int] | None = None
    for usage in usages:
        counts = not stop or usage.period == stop[-1]
        remaining = max(0, usage.remaining - counts)
        title = usage.period.capitalize()
        headers[f"X-RateLimit-Limit-{title}"] = usage.limit
        headers[f"X-RateLimit-Remaining-{title}"] = remaining
        rank = (remaining, -WINDOWS[usage.period])
        if nearest is None or rank < nearest:
            nearest = rank
            headers["RateLimit-Limit"] = usage.limit
            headers["RateLimit-Remaining"] = remaining
            headers["RateLimit-Reset"] = counters.seconds_left(usage.period)
    return headers


def _key(call: Call) -> str:
    """Kong's counter key: the plugin's route and service, not its consumer, and the identifier."""
    route, service = call.plugin.get("route"), call.plugin.get("service")
    route_id = route["id"] if route else _NO_ID
    service_id = service["id"] if service else _NO_ID
    return f"ratelimit:{route_id}:{service_id}:{_identifier(call)}"


def _identifier(call: Call) -> str:
    exchange, config = call.exchange, call.config
    found: str | None = None
    match config["limit_by"]:
        case "service":
            found = exchange.service["id"] if exchange.service else None
        case "consumer":
            entity = exchange.consumer or exchange.credential
            found = entity["id"] if entity else None
        case "credential":
            found = exchange.credential["id"] if exchange.credential else None
        case "header":
            found = exchange.request.headers.get(config["header_name"])
        case "path":
            path = normalize(exchange.request.raw_path)
            found = path if path == config["path"] else None
        case _:
            pass
    return found if found is not None else exchange.request.client_ip
