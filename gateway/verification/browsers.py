"""Checks of what browsers on other origins may do."""

from collections.abc import Iterator
from typing import Final

from components.outputs import GatewayOutputs, RouteOutput
from gateway.verification.answers import Answer, Problem, conclude
from gateway.verification.bench import Bench, Check
from gateway.verification.outcome import SkippedError

_ALLOWED: Final = "Access-Control-Allow-Origin"
_FOREIGN: Final = "https://gateway-verification.invalid"
"""An origin that no stack allows (RFC 2606 reserves the domain)."""


def checks(_: GatewayOutputs) -> Iterator[Check]:
    """The checks of CORS."""
    yield Check("preflight", "Preflights from allowed origins are answered, on every route", _preflight)
    yield Check("foreign-origin", "Pages of other origins are not allowed", _foreign)


async def _preflight(bench: Bench) -> str:
    origins = bench.outputs.cors_origins
    if not origins:
        raise SkippedError("the stack allows no other origin")
    problems: list[Problem | None] = []
    for route in bench.routes():
        for origin in origins:
            asked = "https://app.example" if origin == "*" else origin
            answer = await _ask(bench, route, asked)
            problems += _preflight_problems(answer, route.methods[0], (asked, origin))
    return conclude(problems, f"{', '.join(origins)}")


def _preflight_problems(answer: Answer, method: str, origins: tuple[str, ...]) -> Iterator[Problem]:
    if answer.by_backend or answer.status not in (200, 204):
        yield answer.problem(f"{answer.told} instead of Kong's cors plugin")
        return
    allowed = answer.headers.get(_ALLOWED)
    if allowed not in origins:
        yield answer.problem(f"{_ALLOWED} is {allowed or 'missing'} for {origins[0]}")
    methods = answer.headers.get("Access-Control-Allow-Methods", "")
    if method not in [each.strip() for each in methods.split(",")]:
        yield answer.problem(f"Access-Control-Allow-Methods is {methods or 'missing'}, without {method}")


async def _foreign(bench: Bench) -> str:
    if "*" in bench.outputs.cors_origins:
        raise SkippedError("the stack allows every origin")
    problems: list[Problem | None] = []
    for route in bench.routes():
        answer = await _ask(bench, route, _FOREIGN)
        allowed = answer.headers.get(_ALLOWED)
        if allowed in (_FOREIGN, "*"):
            problems.append(answer.problem(f"{_ALLOWED} is {allowed} for {_FOREIGN}"))
    return conclude(problems, f"no {_ALLOWED} for {_FOREIGN}")


async def _ask(bench: Bench, route: RouteOutput, origin: str) -> Answer:
    headers = {"Origin": origin, "Access-Control-Request-Method": route.methods[0]}
    return await bench.gateway.ask("OPTIONS", route.paths[0], headers=headers)
