"""response-ratelimiting (Kong: kong/plugins/response-ratelimiting)."""

from typing import ClassVar

from typing_extensions import override

from sandbox.kong.proxy.counters import CountersUnavailableError
from sandbox.kong.proxy.exchange import Answer, Exit
from sandbox.kong.proxy.handler import Call, Handler

Usage = dict[str, dict[str, tuple[int, int]]]
"""By limit name and period: the limit and what remains."""


class ResponseRateLimiting(Handler):
    """Counts what the upstream reports in a response header."""

    name: ClassVar[str] = "response-ratelimiting"
    priority: ClassVar[int] = 900

    @override
    async def access(self, call: Call) -> None:
        try:
            usage = _usage(call)
        except CountersUnavailableError:
            if not call.config["fault_tolerant"]:
                raise
            return
        call.context["usage"] = usage
        for name, periods in usage.items():
            remaining = [left for _, left in periods.values()]
            if call.config["block_on_first_violation"] and 0 in remaining:
                raise Exit(call.exchange.error(429, f"API rate limit exceeded for '{name}'"))
            # Kong puts this header on the response although its comment says otherwise.
            call.exchange.response_headers.set(f"X-RateLimit-Remaining-{name}", str(min(remaining)))

    @override
    def header_filter(self, call: Call) -> None:
        response, usage = call.exchange.response, call.context.get("usage")
        if response is None or usage is None:
            return
        increments = _increments(response.headers.first(call.config["header_name"]), usage)
        call.context["increments"] = increments
        stop = False
        for name, periods in usage.items():
            by = increments.get(name, 0)
            for period, (limit, remaining) in periods.items():
                if not call.config["hide_client_headers"]:
                    response.headers.set(f"X-RateLimit-Limit-{name}-{period}", str(limit))
                    left = max(0, remaining - by)
                    response.headers.set(f"X-RateLimit-Remaining-{name}-{period}", str(left))
                stop = stop or (by > 0 and remaining <= 0)
        response.headers.remove(call.config["header_name"])
        if stop:
            call.context.pop("increments")
            raise Exit(Answer(429))

    @override
    async def log(self, call: Call) -> None:
        for name, by in call.context.get("increments", {}).items():
            for period in call.context["usage"][name]:
                call.node.counters.increment(_key(call, name), period, by)


def _usage(call: Call) -> Usage:
    return {
        name: {
            period: (limit, limit - call.node.counters.usage(_key(call, name), period))
            for period, limit in periods.items()
            if limit is not None
        }
        for name, periods in call.config["limits"].items()
    }


def _increments(header: str | None, usage: Usage) -> dict[str, int]:
    pairs = (part.partition("=") for part in (header or "").split(","))
    return {name.strip(): int(by) for name, _, by in pairs if name.strip() in usage and by.strip().isdecimal()}


def _key(call: Call, name: str) -> str:
    exchange = call.exchange
    entity = exchange.credential if call.config["limit_by"] == "credential" else exchange.consumer
    identifier = entity["id"] if entity and call.config["limit_by"] != "ip" else exchange.request.client_ip
    return f"response-ratelimit:{call.plugin['id']}:{identifier}:{name}"
