"""Rate limits: what each tier's users may do, counted where the stack says."""

from dataclasses import dataclass, field
from typing import Literal

from config.counters import BundledRedis, Counters, ExternalRedis
from config.tiers import Limits
from entities.model import Plugin, Scope, plugin
from entities.plugins import RateLimiting, Redis
from entities.vault import reference

REDIS_PASSWORD = "redis-password"  # noqa: S105 (the name of a secret)


@dataclass(frozen=True)
class LimitKey:
    """What tells one budget from another (Kong: rate-limiting's `limit_by` and `header_name`)."""

    limit_by: Literal["consumer", "credential", "header"]
    header_name: str | None = None


WHOLE_CONSUMER = LimitKey("consumer")
"""All users of a consumer share its budget."""


@dataclass(frozen=True)
class Counting:
    """Where requests are counted (Kong: rate-limiting's `policy` and `redis`)."""

    policy: Literal["local", "cluster", "redis"]
    redis: Redis = field(default_factory=Redis)


def rate_limit(scope: Scope, limits: Limits, key: LimitKey, counting: Counting) -> Plugin:
    """A limit on a scope. When the counters cannot be reached, requests pass."""
    config = RateLimiting(
        minute=limits.minute,
        hour=limits.hour,
        day=limits.day,
        limit_by=key.limit_by,
        header_name=key.header_name,
        policy=counting.policy,
        fault_tolerant=True,
        redis=counting.redis,
    )
    return plugin("rate-limiting", scope, config.render())


def counting(counters: Counters) -> Counting:
    """What a stack says of its counters, in Kong's terms."""
    password = reference(REDIS_PASSWORD)
    if isinstance(counters, BundledRedis):
        bundled = Redis(host=counters.host, port=counters.port, password=password, timeout=counters.timeout)
        return Counting(counters.policy, bundled)
    if not isinstance(counters, ExternalRedis):
        return Counting(counters.policy)
    external = Redis(
        host=counters.host,
        port=counters.port,
        database=counters.database,
        username=counters.username,
        password=password if counters.password_secret else None,
        ssl=counters.tls,
        ssl_verify=counters.tls,
        server_name=(counters.server_name or counters.host) if counters.tls else None,
        timeout=counters.timeout,
    )
    return Counting(counters.policy, external)
