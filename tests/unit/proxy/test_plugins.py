"""Plugins whose every turn the enforcement recordings do not show."""

import base64
import hashlib
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from sandbox.kong.proxy.counters import Counters
from tests.unit.proxy.harness import Gateway, reference

ORIGIN = {"Origin": "https://app.test"}


@pytest.mark.parametrize(
    ("origins", "origin", "allowed", "vary"),
    [
        (None, "https://app.test", "*", None),
        (["*"], "https://app.test", "*", None),
        (["https://app.test"], "https://evil.test", "https://app.test", "Origin"),
        (["https://app.test", "https://b.test"], "https://b.test", "https://b.test", "Origin"),
        (["https://app.test", "https://b.test"], "https://evil.test", None, "Origin"),
        (["https://app.test", "https://b.test"], "https://b.test:443", "https://b.test", "Origin"),
        (["https://app.test", "https://b.test"], "https://b.test:8443", None, "Origin"),
        ([r"^https://.*\.app\.test$"], "https://x.app.test", "https://x.app.test", "Origin"),
        ([r"^https://.*\.app\.test$"], "https://x.app.test.evil.test", None, "Origin"),
        ([r".*\.app\.test", "https://b.test"], "https://x.app.test", "https://x.app.test", "Origin"),
        (["https://app.test", "*"], "https://other.test", "*", "Origin"),
    ],
)
async def test_cors_origins(
    gateway: Gateway, origins: list[str] | None, origin: str, allowed: str | None, vary: str | None
) -> None:
    gateway.plugin("cors", {"origins": origins})
    answer = await gateway.get(headers={"Origin": origin})
    assert answer.headers.get("access-control-allow-origin") == allowed
    assert answer.headers.get("vary") == vary


async def test_cors_with_credentials_names_the_origin_instead_of_everybody(gateway: Gateway) -> None:
    gateway.plugin("cors", {"credentials": True, "exposed_headers": ["X-A", "X-B"]})
    answer = await gateway.get(headers=ORIGIN)
    assert answer.headers["access-control-allow-origin"] == "https://app.test"
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert answer.headers["access-control-expose-headers"] == "X-A,X-B"


async def test_cors_preflight_echoes_the_headers_asked_for(gateway: Gateway) -> None:
    gateway.plugin("cors", {})
    asked = {**ORIGIN, "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "X-Any"}
    answer = await gateway.client.options("/", headers=asked)
    assert answer.headers["access-control-allow-headers"] == "X-Any"
    assert answer.headers["access-control-allow-methods"] == "GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS,TRACE,CONNECT"


@pytest.mark.parametrize("headers", [ORIGIN, {"Access-Control-Request-Method": "PUT"}, {}])
async def test_options_that_is_no_preflight_reaches_the_service(gateway: Gateway, headers: dict[str, str]) -> None:
    gateway.plugin("cors", {})
    assert (await gateway.client.options("/", headers=headers)).json()["method"] == "OPTIONS"


async def test_cors_may_leave_the_preflight_to_the_service(gateway: Gateway) -> None:
    gateway.plugin("cors", {"preflight_continue": True})
    answer = await gateway.client.options("/", headers={**ORIGIN, "Access-Control-Request-Method": "PUT"})
    assert answer.json()["method"] == "OPTIONS"
    assert "access-control-allow-origin" not in answer.headers


async def statuses(gateway: Gateway, times: int, **arguments: Any) -> list[int]:
    return [(await gateway.get(**arguments)).status_code for _ in range(times)]


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_030.0

    def __call__(self) -> float:
        return self.now


def test_windows_follow_the_calendar() -> None:
    clock = Clock()
    counters = Counters(clock)
    assert clock.now - counters.window_start("second") == 0
    assert counters.seconds_left("minute") == 60 - 30 % 60
    for period, start in {"hour": 1_800_000_000, "day": 1_799_971_200, "month": 1_798_761_600}.items():
        assert counters.window_start(period) == start
    counters.increment("k", "minute")
    clock.now += 29.9
    assert counters.usage("k", "minute") == 1
    clock.now += 0.2
    assert counters.usage("k", "minute") == 0


def test_ended_windows_are_forgotten() -> None:
    clock = Clock()
    counters = Counters(clock)
    for at in range(10_001):
        counters.increment(str(at), "second")
    clock.now += 5
    counters.increment("last", "second")
    assert counters.size == 1


async def test_rate_limit_headers_tell_of_the_nearest_limit(gateway: Gateway) -> None:
    gateway.plugin("rate-limiting", {"minute": 5, "hour": 7, "policy": "local"})
    await gateway.get()
    headers = (await gateway.get()).headers
    assert (headers["x-ratelimit-limit-minute"], headers["x-ratelimit-remaining-minute"]) == ("5", "3")
    assert (headers["x-ratelimit-limit-hour"], headers["x-ratelimit-remaining-hour"]) == ("7", "5")
    assert (headers["ratelimit-limit"], headers["ratelimit-remaining"]) == ("5", "3")
    assert 1 <= int(headers["ratelimit-reset"]) <= 60


async def test_rate_limit_may_hide_its_headers(gateway: Gateway) -> None:
    gateway.plugin("rate-limiting", {"minute": 1, "policy": "local", "hide_client_headers": True})
    for answer in (await gateway.get(), await gateway.get()):
        assert not [name for name in answer.headers if "ratelimit" in name or name == "retry-after"]


@pytest.mark.parametrize(("policy", "counted"), [("local", 2), ("redis", 5)])
async def test_redis_counts_refused_requests_as_well(gateway: Gateway, policy: str, counted: int) -> None:
    config = {"minute": 2, "hour": 100, "policy": policy, "redis": {"host": "redis"}}
    gateway.plugin("rate-limiting", config)
    assert await statuses(gateway, 5) == [200, 200, 429, 429, 429]
    assert gateway.proxy.counters.usage(_key("127.0.0.1"), "hour") == counted


def _key(identifier: str) -> str:
    nobody = "00000000-0000-0000-0000-000000000000"
    return f"ratelimit:{nobody}:{nobody}:{identifier}"


async def test_counters_that_are_down_give_500_unless_tolerated(gateway: Gateway) -> None:
    gateway.plugin("rate-limiting", {"minute": 5, "policy": "local", "fault_tolerant": False})
    gateway.proxy.counters.available = False
    answer = await gateway.get()
    assert (answer.status_code, answer.json()) == (500, {"message": "An unexpected error occurred"})


BY_USER = {"limit_by": "header", "header_name": "X-User"}


@pytest.mark.parametrize(
    ("config", "first", "second", "shared"),
    [
        ({"limit_by": "ip"}, {"path": "/a"}, {"path": "/b"}, True),
        ({"limit_by": "service"}, {"path": "/a"}, {"path": "/b"}, True),
        (BY_USER, {"headers": {"X-User": "a"}}, {"headers": {"X-User": "b"}}, False),
        (BY_USER, {}, {"headers": {"X-Other": "b"}}, True),
        ({"limit_by": "path", "path": "/a"}, {"path": "/a"}, {"path": "/b"}, False),
        ({"limit_by": "consumer"}, {}, {"path": "/b"}, True),
    ],
)
async def test_who_shares_a_limit(
    gateway: Gateway, config: dict[str, Any], first: dict[str, Any], second: dict[str, Any], shared: bool
) -> None:
    gateway.plugin("rate-limiting", {"minute": 1, "policy": "local", **config})
    assert (await gateway.get(**first)).status_code == 200
    assert (await gateway.get(**second)).status_code == (429 if shared else 200)


async def test_ten_megabytes_pass_and_one_byte_more_does_not(gateway: Gateway) -> None:
    gateway.plugin("request-size-limiting", {"allowed_payload_size": 10})
    limit = 10 * 2**20
    answers = [await gateway.client.post("/", content=b"x" * size) for size in (limit, limit + 1)]
    assert [answer.status_code for answer in answers] == [200, 413]


async def test_body_beyond_the_limit_is_not_read_to_its_end(gateway: Gateway) -> None:
    gateway.plugin("request-size-limiting", {"allowed_payload_size": 1, "size_unit": "kilobytes"})
    taken = 0

    async def stream() -> AsyncIterator[bytes]:
        nonlocal taken
        for _ in range(1000):
            taken += 1
            yield b"x" * 512

    assert (await gateway.client.post("/", content=stream())).status_code == 413
    assert taken == 3


async def test_size_limit_may_demand_a_content_length(gateway: Gateway) -> None:
    gateway.plugin("request-size-limiting", {"allowed_payload_size": 1, "require_content_length": True})
    assert (await gateway.get()).status_code == 411


async def test_client_that_waits_for_100_is_told_417(gateway: Gateway) -> None:
    gateway.plugin("request-size-limiting", {"allowed_payload_size": 1, "size_unit": "bytes"})
    answer = await gateway.client.post("/", content=b"xx", headers={"Expect": "100-continue"})
    assert (answer.status_code, answer.json()["message"]) == (417, "Request size limit exceeded")


def basic(username: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()}


async def test_basic_auth(gateway: Gateway) -> None:
    consumer = gateway.consumer("asa")
    digest = hashlib.sha1(f"s3cret{consumer['id']}".encode()).hexdigest()
    gateway.store.add("basicauth_credentials", consumer=reference(consumer), username="asa", password=digest)
    gateway.plugin("basic-auth", {"hide_credentials": True})
    good = await gateway.get(headers=basic("asa", "s3cret"))
    sent = dict(good.json()["headers"])
    assert (sent["x-consumer-username"], sent["x-credential-identifier"]) == ("asa", "asa")
    assert "authorization" not in sent
    bad = await gateway.get(headers=basic("asa", "wrong"))
    assert (bad.status_code, bad.headers["www-authenticate"]) == (401, 'Basic realm="service"')
    assert bad.json()["message"] == "Unauthorized"


async def test_anonymous_consumer_takes_who_has_no_credential(gateway: Gateway) -> None:
    nobody = gateway.consumer("nobody")
    gateway.plugin("key-auth", {"anonymous": nobody["id"]})
    forged = {"X-Credential-Identifier": "root", "X-Consumer-Custom-ID": "root"}
    sent = dict((await gateway.get(headers=forged)).json()["headers"])
    assert (sent["x-consumer-username"], sent["x-anonymous-consumer"]) == ("nobody", "true")
    assert sent.keys().isdisjoint({"x-credential-identifier", "x-consumer-custom-id"})


async def test_acl_without_authentication_refuses(gateway: Gateway) -> None:
    gateway.plugin("acl", {"allow": ["a"]})
    answer = await gateway.get()
    assert (answer.status_code, answer.json()["message"]) == (401, "Unauthorized")


@pytest.mark.parametrize(("groups", "status"), [(["blocked"], 403), (["other"], 200), ([], 200)])
async def test_acl_deny(gateway: Gateway, groups: list[str], status: int) -> None:
    consumer = gateway.consumer("one", *groups)
    gateway.store.add("keyauth_credentials", consumer=reference(consumer), key="k")
    gateway.plugin("key-auth", {})
    gateway.plugin("acl", {"deny": ["blocked"]})
    assert (await gateway.get(headers={"apikey": "k"})).status_code == status


async def test_request_transformer_changes_bodies(gateway: Gateway) -> None:
    config = {
        "add": {"body": ["b:2"]},
        "remove": {"body": ["a"]},
        "rename": {"body": ["c:d"]},
        "replace": {"uri": "/new"},
    }
    gateway.plugin("request-transformer", {**config, "http_method": "PUT"})
    seen = (await gateway.client.post("/old", json={"a": 1, "c": 3})).json()
    assert (seen["method"], seen["path"]) == ("PUT", "/new")
    assert json.loads(seen["body"]) == {"b": "2", "d": 3}
    form = (await gateway.client.post("/old", data={"a": "1", "c": "3"})).json()
    assert sorted(form["body"].split("&")) == ["b=2", "d=3"]


@pytest.mark.parametrize(("headers", "status"), [({}, 200), ({"X-Close": "1"}, 503)])
async def test_termination_waits_for_its_trigger(gateway: Gateway, headers: dict[str, str], status: int) -> None:
    gateway.plugin("request-termination", {"trigger": "X-Close"})
    assert (await gateway.get(headers=headers)).status_code == status


async def test_metrics_count_by_consumer_when_asked(gateway: Gateway) -> None:
    consumer = gateway.consumer("free-tier")
    gateway.store.add("keyauth_credentials", consumer=reference(consumer), key="k")
    gateway.plugin("key-auth", {})
    gateway.plugin("prometheus", {"status_code_metrics": True, "per_consumer": True})
    await gateway.get(headers={"apikey": "k"})
    await gateway.get()
    labels = 'service="echo",route="all",code="{code}",source="{source}",workspace="default",consumer="{consumer}"'
    for code, source, who in (("200", "service", "free-tier"), ("401", "kong", "")):
        sample = labels.format(code=code, source=source, consumer=who)
        assert f"kong_http_requests_total{{{sample}}} 1" in gateway.proxy.metrics()
