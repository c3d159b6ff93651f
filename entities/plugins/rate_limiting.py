"""Kong's `rate-limiting`: requests per period (Kong: kong/plugins/rate-limiting/schema.lua)."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from entities.plugins.base import PluginConfig
from entities.plugins.redis import Redis
from entities.plugins.vocabulary import Count, HeaderName, Number, RequestPath, Text

_PERIODS = ("second", "minute", "hour", "day", "month", "year")
_SYNCHRONOUS = -1
_SHORTEST_SYNC = 0.02


class RateLimiting(PluginConfig):
    """Limits of requests per calendar period, counted per node, in the database or in Redis."""

    plugin: ClassVar[str] = "rate-limiting"

    second: Count | None = None
    minute: Count | None = None
    hour: Count | None = None
    day: Count | None = None
    month: Count | None = None
    year: Count | None = None
    limit_by: Literal["consumer", "credential", "ip", "service", "header", "path"] | None = Field(
        default="consumer",
        description="What has a budget of its own; Kong falls back to the address where it is missing.",
    )
    header_name: HeaderName | None = Field(default=None, description="The header whose value has the budget.")
    path: RequestPath | None = Field(default=None, description="The path that has the budget.")
    policy: Literal["local", "cluster", "redis"] | None = Field(
        default="local", description="Where requests are counted: in each node, the database or Redis."
    )
    fault_tolerant: bool = Field(
        default=True, description="Whether requests pass, unlimited, while the counters cannot be reached."
    )
    redis: Redis = Redis()
    hide_client_headers: bool = Field(default=False, description="Whether to leave out X-RateLimit-* and RateLimit-*.")
    error_code: Count | None = Field(default=429, description="The status of a refused request.")
    error_message: Text | None = "API rate limit exceeded"
    sync_rate: Number = Field(
        default=_SYNCHRONOUS,
        description="Seconds between synchronisations with Redis; -1 counts there at each request.",
    )

    @model_validator(mode="after")
    def _has_limits_that_grow_with_the_period(self) -> Self:
        limits = [(name, limit) for name in _PERIODS for limit in [getattr(self, name)] if limit is not None]
        if not limits:
            message = f"no limit is set: write at least one of {', '.join(_PERIODS)}"
            raise ValueError(message)
        for (shorter, low), (longer, high) in pairwise(limits):
            if high < low:
                message = f"{longer}: {high} is below {shorter}: {low}: write at least {low}, or leave {longer} out"
                raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _says_what_the_budget_belongs_to(self) -> Self:
        if self.limit_by == "header" and self.header_name is None:
            message = "limit_by: header needs the header's name: write header_name"
            raise ValueError(message)
        if self.limit_by == "path" and self.path is None:
            message = "limit_by: path needs the path: write path"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _can_reach_its_counters(self) -> Self:
        if self.policy != "redis":
            if self.sync_rate != _SYNCHRONOUS:
                message = "sync_rate is for policy: redis: leave it out or write policy: redis"
                raise ValueError(message)
            return self
        missing = [name for name in ("host", "port", "timeout") if getattr(self.redis, name) is None]
        if missing:
            message = f"policy: redis needs the server: write redis.{missing[0]}"
            raise ValueError(message)
        if self.sync_rate != _SYNCHRONOUS and self.sync_rate < _SHORTEST_SYNC:
            message = f"sync_rate {self.sync_rate} is too short: write at least {_SHORTEST_SYNC} s, or -1"
            raise ValueError(message)
        return self

    def render(self) -> dict[str, Any]:
        """The complete document, with the nine `redis_*` that Kong still gives back beside `redis`."""
        document = super().render()
        return {**document, **{f"redis_{name}": value for name, value in document["redis"].items()}}
