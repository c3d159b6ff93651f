"""Checks of the routes: who needs a token, and which methods exist."""

from collections.abc import Iterator

from components.outputs import GatewayOutputs
from gateway.verification.answers import Problem, conclude, unless_passed, unless_refused
from gateway.verification.bench import Bench, Check, names, protected
from gateway.verification.outcome import SkippedError
from gateway.verification.probing import probes, undeclared


def checks(_: GatewayOutputs) -> Iterator[Check]:
    """The checks of routes."""
    yield Check("public-routes", "Public routes answer without a token", _public)
    yield Check("no-token", "Without a token, protected routes answer 401", _no_token)
    yield Check("bare-options", "OPTIONS is no way around the token", _bare_options)
    yield Check("undeclared-methods", "Methods that a route does not declare do not reach it", _undeclared)


async def _public(bench: Bench) -> str:
    public = [route for route in bench.outputs.routes if route.public]
    if not public:
        raise SkippedError("the stack has no public route")
    answers = [await bench.gateway.ask(each.method, each.path) for route in public for each in probes(route)]
    return conclude(map(unless_passed, answers), names(public))


async def _no_token(bench: Bench) -> str:
    closed = protected(bench.outputs)
    if not closed:
        raise SkippedError("the stack has no protected route")
    answers = [await bench.gateway.ask(each.method, each.path) for route in closed for each in probes(route)]
    return conclude((unless_refused(answer, 401) for answer in answers), f"401: {names(closed)}")


async def _bare_options(bench: Bench) -> str:
    """With CORS every route takes OPTIONS, and only real preflights may be answered without a token."""
    closed = protected(bench.outputs)
    if not closed:
        raise SkippedError("the stack has no protected route")
    problems: list[Problem | None] = []
    for route in closed:
        answer = await bench.gateway.ask("OPTIONS", route.paths[0])
        status = 401 if bench.outputs.cors_origins or "OPTIONS" in route.methods else 404
        problems.append(unless_refused(answer, status))
    return conclude(problems, f"refused: {names(closed)}")


async def _undeclared(bench: Bench) -> str:
    """Another route may take such a request; then that one's rules hold."""
    problems: list[Problem | None] = []
    for route in bench.outputs.routes:
        for each, other in undeclared(route, bench.outputs.routes):
            if other is not None and other.public:
                continue
            answer = await bench.gateway.ask(each.method, each.path)
            problems.append(unless_refused(answer, 401 if other else 404))
    if not problems:
        raise SkippedError("every route takes every method")
    return conclude(problems, f"{len(problems)} {'request' if len(problems) == 1 else 'requests'} refused")
