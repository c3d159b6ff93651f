"""How requests are sent: under the gateway's name, and again when only the minute's limit is in the way."""

import httpx
import pytest

from gateway.verification.bodies import checks
from gateway.verification.observability import metrics_endpoint, requests_of
from tests.unit.verification.outputs import bench

METRICS = """\
# TYPE kong_http_requests_total counter
kong_http_requests_total{service="omnify-api",route="omnify-api",code="200",source="service",consumer=""} 7
kong_http_requests_total{service="omnify-api",route="omnify-api",code="401",source="exit",consumer=""} 2
kong_http_requests_total{service="omnify-api",route="omnify-api-all",code="200",source="service",consumer=""} 100
kong_http_requests_total{service="omnify-api",other_route="omnify-api",code="200"} 1000
kong_bandwidth_bytes{service="omnify-api",route="omnify-api",direction="egress"} 1000
"""


async def test_requests_go_under_the_gateways_name() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200)

    await bench(answer).gateway.ask("GET", "/api/", token="t", headers={"X-Own": "1"})
    (request,) = asked
    assert (request.headers["Host"], request.url.host) == ("kong.omnify.local", "gateway.test")
    assert (request.headers["Authorization"], request.headers["X-Own"]) == ("Bearer t", "1")
    assert request.extensions["sni_hostname"] == "kong.omnify.local"


async def test_bodies_are_of_the_limit_and_one_byte_more_in_both_forms() -> None:
    sent: list[tuple[int, bool]] = []

    async def answer(request: httpx.Request) -> httpx.Response:
        body = await request.aread()
        sent.append((len(body), "Content-Length" in request.headers))
        allowed = len(body) <= 10 * 2**20
        return httpx.Response(200, headers={"X-Kong-Upstream-Latency": "1"}) if allowed else httpx.Response(413)

    at = bench(answer)
    for check in checks(at.outputs):
        await check.run(at)
    assert sent == [(10_485_760, True), (10_485_760, False), (10_485_761, True), (10_485_761, False)]


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr("gateway.verification.client.sleep", pause)
    return pauses


@pytest.mark.parametrize(
    ("wait", "paused", "status"),
    [("7", [7.5], 200), ("61", [], 429), ("", [], 429), ("soon", [], 429)],
)
async def test_a_used_up_minute_is_waited_for_and_no_more(
    wait: str, paused: list[float], status: int, slept: list[float]
) -> None:
    answers = [httpx.Response(429, headers={"Retry-After": wait} if wait else None), httpx.Response(200)]
    answer = await bench(lambda _: answers.pop(0)).gateway.ask_within_limits("GET", "/api/")
    assert (answer.status, slept) == (status, paused)


def test_requests_are_counted_by_route_whatever_came_of_them() -> None:
    assert requests_of(METRICS, "omnify-api") == 9
    assert requests_of(METRICS, "omnify-api-all") == 100
    assert requests_of(METRICS, "omnify") == 0


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("http://127.0.0.1:8100", "http://127.0.0.1:8100/metrics"),
        ("http://127.0.0.1:8100/", "http://127.0.0.1:8100/metrics"),
        ("https://metrics.example/kong/metrics", "https://metrics.example/kong/metrics"),
    ],
)
def test_the_metrics_are_at_their_usual_path(url: str, endpoint: str) -> None:
    assert metrics_endpoint(url) == endpoint
