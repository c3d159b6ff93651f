"""What verification says of redirects and of the header that keeps browsers with https."""

from collections.abc import Callable
from typing import Literal

import httpx
import pytest

from components.outputs import TlsOutput
from gateway.verification.bench import Bench
from gateway.verification.client import gateway_client
from gateway.verification.outcome import FailedError, SkippedError
from gateway.verification.target import Target
from gateway.verification.transport import checks
from tests.unit.verification.outputs import DEV, bench

HEADER = "max-age=31536000; includeSubDomains"
SECURE = DEV.urls.model_copy(update={"gateway": "https://kong.omnify.local"})
Answer = Callable[[httpx.Request], httpx.Response]


def at(
    answer: Answer,
    *,
    ends_at: Literal["ingress", "kong"] = "ingress",
    redirected_by: Literal["ingress", "kong"] | None = "kong",
    header: str | None = HEADER,
) -> Bench:
    tls = TlsOutput(ends_at=ends_at, redirected_by=redirected_by, strict_transport_security=header)
    return bench(answer, DEV.model_copy(update={"tls": tls, "urls": SECURE}))


async def said(check: str, of: Bench) -> str:
    (found,) = [each for each in checks(of.outputs) if each.name == check]
    return await found.run(of)


def redirecting(request: httpx.Request) -> httpx.Response:
    place = f"https://kong.omnify.local{request.url.path}"
    return httpx.Response(308 if request.headers["X-Forwarded-Proto"] == "http" else 200, headers={"Location": place})


async def test_kongs_redirect_is_seen_past_the_ingress() -> None:
    assert (await said("redirect", at(redirecting))).startswith("308 to https://kong.omnify.local/")


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (httpx.Response(200, headers={"X-Kong-Upstream-Latency": "1"}), "the backend answered 200 instead of 301"),
        (httpx.Response(426), "Kong answered 426 instead of 301"),
        (httpx.Response(308, headers={"Location": "https://elsewhere/"}), "it goes to https://elsewhere/ instead of"),
        (httpx.Response(308, headers={"Location": "http://kong.omnify.local/"}), "it goes to http://kong"),
    ],
)
async def test_plain_http_that_is_not_sent_on_is_a_fault(answer: httpx.Response, fault: str) -> None:
    with pytest.raises(FailedError, match=fault):
        await said("redirect", at(lambda _: answer))


@pytest.mark.parametrize(("by", "why"), [("ingress", "go past it"), (None, "lets plain HTTP in")])
async def test_a_redirect_that_cannot_be_seen_is_skipped(by: Literal["ingress"] | None, why: str) -> None:
    with pytest.raises(SkippedError, match=why):
        await said("redirect", at(redirecting, redirected_by=by))


async def test_the_header_is_looked_for_on_the_backends_answers_and_on_kongs_own() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(200, headers={"Strict-Transport-Security": "includesubdomains;  max-age=31536000"})

    assert await said("hsts", at(answer)) == HEADER
    assert len(set(asked)) == 2


@pytest.mark.parametrize("found", [{}, {"Strict-Transport-Security": "max-age=1"}])
async def test_another_header_or_none_is_a_fault(found: dict[str, str]) -> None:
    with pytest.raises(FailedError, match="instead of 'max-age=31536000; includeSubDomains'"):
        await said("hsts", at(lambda _: httpx.Response(200, headers=found)))


async def test_a_refusal_without_the_header_is_a_fault() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        missing = request.url.path.startswith("/gateway-verification")
        return httpx.Response(404 if missing else 200, headers={} if missing else {"Strict-Transport-Security": HEADER})

    with pytest.raises(FailedError, match="missing"):
        await said("hsts", at(answer))


async def test_what_is_sent_by_tls_alone_is_not_looked_for_in_the_clear() -> None:
    with pytest.raises(SkippedError, match="by TLS alone"):
        await said("hsts", at(redirecting, ends_at="kong"))


@pytest.mark.parametrize("check", ["redirect", "hsts"])
async def test_a_gateway_without_tls_has_neither(check: str) -> None:
    with pytest.raises(SkippedError, match="plain HTTP"):
        await said(check, bench(redirecting))


@pytest.mark.parametrize(
    ("public", "url", "told"),
    [
        ("https://kong.omnify.local", "http://127.0.0.1:8000", "https"),
        ("https://kong.omnify.local", "https://127.0.0.1:8443", None),
        ("http://kong.omnify.local", "http://127.0.0.1:8000", None),
    ],
)
async def test_requests_past_the_ingress_say_what_it_would_say(
    public: str, url: str, told: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[httpx.Request] = []

    async def handle(_: object, request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200)

    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", handle)
    outputs = DEV.model_copy(update={"urls": DEV.urls.model_copy(update={"gateway": public})})
    target = Target(outputs=outputs, url=url, host="kong.omnify.local")
    async with gateway_client(target) as client:
        await client.ask("GET", "/")
    assert seen[0].headers.get("X-Forwarded-Proto") == told
