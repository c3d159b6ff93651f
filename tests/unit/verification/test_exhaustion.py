"""Reaching a limit, against a Kong whose minutes end when the test says."""

import itertools

import httpx
import jwt
import pytest

from components.outputs import GatewayOutputs
from gateway.verification.bench import Check
from gateway.verification.client import CONNECTIONS
from gateway.verification.exhaustion import checks
from gateway.verification.outcome import FailedError, SkippedError
from tests.unit.verification.outputs import DEV, bench, with_minute

MINUTE = 30


class Kong:
    """Counts requests by user; `ends` are the requests, counted from one, before which a minute ends."""

    def __init__(self, *, limit: int = MINUTE, ends: frozenset[int] = frozenset()) -> None:
        self.limit = limit
        self.ends = ends
        self.requests = 0
        self.used: dict[str, int] = {}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests += 1
        if self.requests in self.ends:
            self.used.clear()
        user = self.user(request)
        used = self.used[user] = self.used.get(user, 0) + 1
        left = max(0, self.limit - used)
        headers = {
            "RateLimit-Limit": str(MINUTE),
            "RateLimit-Remaining": str(left),
            "RateLimit-Reset": "7",
            "X-RateLimit-Limit-Minute": str(MINUTE),
            "X-RateLimit-Remaining-Minute": str(left),
            "X-RateLimit-Limit-Hour": "60000",
            "X-RateLimit-Limit-Day": "1440000",
        }
        if used > self.limit:
            return httpx.Response(429, headers=headers | {"Retry-After": "7"}, json={"message": "too many"})
        return httpx.Response(200, headers=headers | {"X-Kong-Upstream-Latency": "1"})

    def user(self, request: httpx.Request) -> str:
        token = request.headers["Authorization"].removeprefix("Bearer ")
        return str(jwt.decode(token, options={"verify_signature": False})["sub"])


class TrustingKong(Kong):
    def user(self, request: httpx.Request) -> str:
        return request.headers.get("TokenSubject", super().user(request))


class SharingKong(Kong):
    def user(self, request: httpx.Request) -> str:
        return "everybody"


OUTPUTS = with_minute(MINUTE)


def named(outputs: GatewayOutputs = OUTPUTS, *, exhaust: bool = False) -> dict[str, Check]:
    return {check.name: check for check in checks(outputs, exhaust=exhaust)}


async def test_a_limit_is_reached_after_exactly_its_requests() -> None:
    kong = Kong()
    seen = await named()["limit-reached"].run(bench(kong, OUTPUTS))
    assert seen.startswith("30 passed in ")
    assert kong.requests <= MINUTE + CONNECTIONS


async def test_each_attempt_is_a_new_users() -> None:
    reached, at = named()["limit-reached"], bench(Kong(), OUTPUTS)
    assert [(await reached.run(at)).split(" in ")[0] for _ in range(2)] == ["30 passed", "30 passed"]


async def test_a_minute_that_ends_while_counting_only_makes_it_longer() -> None:
    kong = Kong(ends=frozenset({MINUTE - 5}))
    seen = await named()["limit-reached"].run(bench(kong, OUTPUTS))
    assert seen.startswith(f"{MINUTE - 6 + MINUTE} passed in ")


async def test_a_limit_that_nobody_enforces_is_found_in_two_minutes_worth_of_requests() -> None:
    kong = Kong(limit=10**6)
    with pytest.raises(FailedError, match="requests passed in 0 s; the limit is 30 a minute"):
        await named()["limit-reached"].run(bench(kong, OUTPUTS))
    assert 2 * MINUTE < kong.requests <= 2 * MINUTE + 4 * CONNECTIONS


async def test_a_limit_that_is_reached_too_early_fails() -> None:
    with pytest.raises(FailedError, match="refused after 20 requests; the limit is 30"):
        await named()["limit-reached"].run(bench(Kong(limit=20), OUTPUTS))


async def test_a_refusal_without_its_headers_fails() -> None:
    kong = Kong()

    def bare(request: httpx.Request) -> httpx.Response:
        answer = kong(request)
        if answer.status_code == 429:
            del answer.headers["Retry-After"]
            answer.headers["RateLimit-Remaining"] = "1"
            answer.headers["X-RateLimit-Limit-Hour"] = "1"
        return answer

    with pytest.raises(FailedError) as failure:
        await named()["limit-reached"].run(bench(bare, OUTPUTS))
    assert "429 with RateLimit-Remaining 1 instead of 0" in str(failure.value)
    assert "429 with Retry-After missing instead of the seconds to wait" in str(failure.value)
    assert "X-RateLimit-Limit-Hour is 1 instead of 60000" in str(failure.value)


async def test_requests_that_are_not_counted_fail_at_the_first() -> None:
    requests = itertools.count(1)
    latest = 0

    def uncounted(_: httpx.Request) -> httpx.Response:
        nonlocal latest
        latest = next(requests)
        return httpx.Response(200, headers={"X-Kong-Upstream-Latency": "1"})

    with pytest.raises(FailedError, match="no X-RateLimit headers"):
        await named()["limit-reached"].run(bench(uncounted, OUTPUTS))
    assert latest == 1


async def test_a_backend_that_fails_meanwhile_is_told() -> None:
    kong = Kong()

    def failing(request: httpx.Request) -> httpx.Response:
        return kong(request) if kong.requests < 10 else httpx.Response(503)

    with pytest.raises(FailedError, match="503, the backend did not answer"):
        await named()["limit-reached"].run(bench(failing, OUTPUTS))


async def test_a_gateway_that_hangs_up_meanwhile_is_told() -> None:
    kong = Kong()

    def failing(request: httpx.Request) -> httpx.Response:
        if kong.requests < 10:
            return kong(request)
        raise httpx.ReadError("gone")

    with pytest.raises(httpx.ReadError):
        await named()["limit-reached"].run(bench(failing, OUTPUTS))


@pytest.mark.parametrize("kong", [Kong, SharingKong])
async def test_the_other_user_tells_whose_budget_it_is(kong: type[Kong]) -> None:
    found, at = named(), bench(kong(), OUTPUTS)
    await found["limit-reached"].run(at)
    if kong is Kong:
        assert await found["other-user"].run(at) == "passed while the first was refused"
    else:
        with pytest.raises(FailedError, match=r"Kong answered 429 \(too many\) instead of passing"):
            await found["other-user"].run(at)


async def test_a_question_is_asked_again_when_the_minute_ended_meanwhile() -> None:
    """A Kong that believes the client: its answer must not be taken for the next minute's."""
    kong, found = Kong(), named()
    at = bench(kong, OUTPUTS)
    await found["limit-reached"].run(at)
    # The next request finds the limit reached; then, before the forged one, the minute ends.
    kong.ends = frozenset({kong.requests + 2})
    assert await found["forged-subject"].run(at) == "still 429"


async def test_a_forged_subject_that_buys_a_budget_is_found() -> None:
    found, at = named(), bench(TrustingKong(), OUTPUTS)
    await found["limit-reached"].run(at)
    with pytest.raises(FailedError, match="the header of the client decided"):
        await found["forged-subject"].run(at)


async def test_minutes_that_keep_ending_are_given_up() -> None:
    kong, found = Kong(), named()
    at = bench(kong, OUTPUTS)
    await found["limit-reached"].run(at)

    def restless(request: httpx.Request) -> httpx.Response:
        if "TokenSubject" in request.headers:
            kong.used.clear()
        return kong(request)

    with pytest.raises(SkippedError, match="the minute ended 3 times while asking"):
        await found["forged-subject"].run(bench(restless, OUTPUTS))


@pytest.mark.parametrize("name", ["other-user", "forged-subject"])
async def test_nothing_is_asked_of_a_limit_that_was_not_reached(name: str) -> None:
    with pytest.raises(SkippedError, match="the limit was not reached"):
        await named()[name].run(bench(Kong(), OUTPUTS))


async def test_a_large_limit_is_left_alone_unless_asked_for() -> None:
    large = with_minute(5_001)
    at = bench(Kong(limit=1), large)
    large = large.model_copy(update={"tiers": large.tiers[:1]})
    with pytest.raises(SkippedError, match="free has 5,001 requests a minute; --exhaust sends them"):
        await named(large)["limit-reached"].run(at)
    with pytest.raises(FailedError, match="refused after 1 requests"):
        await named(large, exhaust=True)["limit-reached"].run(at)


async def test_a_tier_with_one_route_has_no_other() -> None:
    with pytest.raises(SkippedError, match="free may use one route only"):
        await named()["limit-everywhere"].run(bench(Kong(), OUTPUTS))


async def test_kong_oidc_has_no_limits_of_tiers() -> None:
    outputs = DEV.model_copy(update={"auth": DEV.auth.model_copy(update={"kind": "oidc"})})
    with pytest.raises(SkippedError, match="kong-oidc sets no consumer"):
        await named(outputs)["limit-reached"].run(bench(Kong(), outputs))
