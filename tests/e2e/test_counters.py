"""Limits that a real Redis counts: shared by all nodes, passed over while it is away, held again when it is back."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis import AuthenticationError, Redis

from config.counters import BundledRedis, ExternalRedis
from config.files import read_files
from gateway.recording import PROJECT
from sandbox.kong.proxy.counters import Counters
from tests.e2e.deployment import MINUTE, Deployment, deployed, dev_settings
from tests.redis_server import RedisServer, needs_redis
from tests.unit.guard.tokens import signed

pytestmark = needs_redis

PASSWORD = "p!ss-w0rd_of-the-tests"
PRODUCTION: Any = read_files(PROJECT, "prod")["counters"]
BUNDLED = {"policy": "redis", "kind": "bundled"}
NO_SCOPE = "00000000-0000-0000-0000-000000000000"


@pytest.fixture(autouse=True)
def a_minute_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    def beginning(counters: Counters, period: str) -> int:
        return 0

    monkeypatch.setattr(Counters, "window_start", beginning)


@pytest.fixture
def redis(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RedisServer]:
    """A Redis that runs; Kong's nodes have its password in their environment, as their pods do."""
    monkeypatch.setenv("REDIS_PASSWORD", PASSWORD)
    server = RedisServer(tmp_path, PASSWORD)
    server.start()
    yield server
    server.kill()


@asynccontextmanager
async def node(redis: RedisServer, counters: Mapping[str, Any]) -> AsyncGenerator[Deployment]:
    """A node of a gateway with several, which find the stack's Redis where the real one is."""
    settings = dev_settings(counters=dict(counters), platform={"replicas": 2})
    declared = settings.counters
    assert isinstance(declared, ExternalRedis | BundledRedis)
    async with deployed(settings, stores={(declared.host, declared.port): redis.address}) as deployment:
        yield deployment


@pytest.fixture
async def dev(redis: RedisServer) -> AsyncIterator[Deployment]:
    async with node(redis, PRODUCTION | {"timeout": 300}) as deployment:
        yield deployment


class User:
    """Somebody in the tier `free`, who asks a node again and again."""

    def __init__(self, name: str) -> None:
        self.name = name
        token = signed(iss="http://keycloak.omnify.local/realms/omnify", sub=name)
        self._headers = {"Authorization": f"Bearer {token}"}

    async def asks(self, node: Deployment) -> httpx.Response:
        async with httpx.AsyncClient(trust_env=False) as client:
            headers = {"Host": node.target.host, **self._headers}
            return await client.get(f"{node.target.url}/api/orders", headers=headers)

    async def exhausts(self, node: Deployment) -> None:
        answers = [await self.asks(node) for _ in range(MINUTE)]
        assert {answer.status_code for answer in answers} == {200}
        assert answers[-1].headers["X-RateLimit-Remaining-Minute"] == "0"


ALICE = User("a11ce000-0000-4000-8000-000000000001")
BOB = User("b0b00000-0000-4000-8000-000000000002")


def client(redis: RedisServer, password: str | None) -> Any:
    """Somebody who connects beside Kong, by the protocol that Kong speaks. (redis-py leaves much untyped.)"""
    return Redis(port=redis.port, password=password, decode_responses=True, protocol=2)


async def is_limited(node: Deployment) -> None:
    """Whoever is above the limit is refused, and nobody else."""
    await ALICE.exhausts(node)
    refused = await ALICE.asks(node)
    assert (refused.status_code, "Retry-After" in refused.headers) == (429, True)
    assert (await BOB.asks(node)).status_code == 200


async def passes_without_limits(node: Deployment) -> None:
    answers = [await ALICE.asks(node) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    assert not [name for answer in answers for name in answer.headers if "ratelimit" in name.lower()]


@pytest.mark.parametrize("counters", [PRODUCTION, BUNDLED], ids=["as in prod", "bundled"])
async def test_requests_pass_while_redis_is_dead_and_limits_hold_again_when_it_is_back(
    redis: RedisServer, counters: Mapping[str, Any]
) -> None:
    async with node(redis, counters) as dev:
        await is_limited(dev)

        redis.kill()
        await passes_without_limits(dev)

        redis.start()
        await is_limited(dev)


async def test_a_redis_that_hangs_delays_a_request_by_its_timeout_and_no_more(
    redis: RedisServer, dev: Deployment
) -> None:
    await is_limited(dev)
    redis.hang()
    await passes_without_limits(dev)


async def test_a_wrong_password_lets_requests_pass_until_it_is_right(
    dev: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    for wrong in ("another", ""):
        monkeypatch.setenv("REDIS_PASSWORD", wrong)
        await passes_without_limits(dev)
    monkeypatch.setenv("REDIS_PASSWORD", PASSWORD)
    await is_limited(dev)


async def test_without_tolerance_requests_fail_while_redis_is_dead(redis: RedisServer, dev: Deployment) -> None:
    await dev.configure("rate-limiting", fault_tolerant=False)
    assert (await ALICE.asks(dev)).status_code == 200
    redis.kill()
    assert (await ALICE.asks(dev)).status_code == 500


async def test_two_nodes_share_one_count(redis: RedisServer, dev: Deployment) -> None:
    async with node(redis, PRODUCTION) as other:
        await ALICE.exhausts(dev)
        assert (await ALICE.asks(other)).status_code == 429
        assert (await BOB.asks(other)).headers["X-RateLimit-Remaining-Minute"] == str(MINUTE - 1)


async def test_counts_have_kongs_keys_and_end_with_their_windows(redis: RedisServer, dev: Deployment) -> None:
    await ALICE.asks(dev)
    await ALICE.asks(dev)
    with client(redis, PASSWORD) as inside:
        keys = {f"ratelimit:{NO_SCOPE}:{NO_SCOPE}:{ALICE.name}:0:{period}" for period in ("minute", "hour", "day")}
        assert set(inside.keys()) == keys
        for key in keys:
            assert inside.get(key) == "2"
        (minute,) = [key for key in keys if key.endswith("minute")]
        assert 0 < inside.ttl(minute) <= 60


def test_the_bundled_one_takes_nobody_without_the_password_and_forgets_the_idle_first(redis: RedisServer) -> None:
    with client(redis, None) as stranger, pytest.raises(AuthenticationError, match="Authentication required"):
        stranger.ping()
    with client(redis, PASSWORD) as inside:
        said = inside.config_get("*")
    wanted = {"maxmemory": str(96 * 2**20), "maxmemory-policy": "volatile-lru", "save": "", "appendonly": "no"}
    assert wanted.items() <= said.items()
