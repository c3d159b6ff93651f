"""Checks of TLS: plain HTTP is sent on, and browsers are told to stay with https."""

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

import httpx

from components.outputs import GatewayOutputs, TlsOutput
from gateway.verification.answers import Answer, Problem, conclude
from gateway.verification.bench import Bench, Check
from gateway.verification.client import FORWARDED_PROTO
from gateway.verification.outcome import FailedError, SkippedError
from gateway.verification.probing import probe

_HSTS: Final = "Strict-Transport-Security"
_PERMANENT: Final = frozenset({301, 308})
_NOWHERE: Final = "/gateway-verification-of-hsts"
"""A path of no route, unless one takes all; then its guard refuses."""


def checks(_: GatewayOutputs) -> Iterator[Check]:
    """The checks of TLS."""
    yield Check("redirect", "Plain HTTP is sent on to https", _redirect)
    yield Check("hsts", "Browsers are told to stay with https, by refusals too", _strict)


async def _redirect(bench: Bench) -> str:
    tls = _tls(bench)
    if tls.redirected_by is None:
        raise SkippedError("the stack lets plain HTTP in")
    each = probe(bench.easiest_route())
    answer = await _in_the_clear(bench, tls, each.method, each.path)
    wanted, place = f"https://{bench.target.host}", str(answer.headers.get("Location", ""))
    if answer.status not in _PERMANENT:
        return conclude([answer.problem(f"{answer.told} instead of 301 or 308")], "")
    if urlsplit(place).scheme != "https" or urlsplit(place).hostname != urlsplit(wanted).hostname:
        return conclude([answer.problem(f"it goes to {place or 'nowhere'} instead of {wanted}")], "")
    return f"{answer.status} to {place}"


async def _in_the_clear(bench: Bench, tls: TlsOutput, method: str, path: str) -> Answer:
    """What plain HTTP is answered with."""
    target = bench.target
    if target.past_the_ingress:
        if tls.redirected_by == "ingress":
            raise SkippedError(f"the Ingress does it, and requests to {target.url} go past it")
        return await bench.gateway.ask(method, path, headers={FORWARDED_PROTO: "http"})
    if urlsplit(target.url).port is not None:
        raise SkippedError(f"where plain HTTP is beside {target.url} is not known")
    url = f"http://{urlsplit(target.url).netloc}{path}"
    try:
        async with httpx.AsyncClient(timeout=10) as http:
            response = await http.request(method, url, headers={"Host": target.host})
    except httpx.TransportError as error:
        raise FailedError(f"{url} does not answer: {str(error) or type(error).__name__}") from error
    return Answer(f"{method} {url}", response.status_code, response.headers, response.content)


async def _strict(bench: Bench) -> str:
    tls = _tls(bench)
    declared = tls.strict_transport_security
    if declared is None:
        raise SkippedError("the stack sends no such header")
    if bench.target.past_the_ingress and tls.ends_at == "kong":
        raise SkippedError(f"it is sent by TLS alone, and requests go to {bench.target.url}")
    route = bench.easiest_route()
    each = probe(route)
    answers = [
        await bench.gateway.ask_within_limits(each.method, each.path, token=bench.pass_for(route)),
        await bench.gateway.ask("GET", _NOWHERE),
    ]
    return conclude((_unless_strict(answer, declared) for answer in answers), declared)


def _unless_strict(answer: Answer, declared: str) -> Problem | None:
    found = answer.headers.get_list(_HSTS)
    if [_directives(value) for value in found] == [_directives(declared)]:
        return None
    return answer.problem(
        f"{_HSTS} is {' and '.join(map(repr, found)) or 'missing'} instead of {declared!r}; "
        "an Ingress controller may send its own (ingress-nginx: hsts in its ConfigMap)"
    )


def _directives(value: str) -> frozenset[str]:
    """Their order and case mean nothing (RFC 6797, section 6.1)."""
    return frozenset(part.strip().lower() for part in value.split(";") if part.strip())


def _tls(bench: Bench) -> TlsOutput:
    if bench.outputs.tls is None:
        raise SkippedError("the gateway answers plain HTTP")
    return bench.outputs.tls
