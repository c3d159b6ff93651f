"""Checks of the tiers: which routes each may use, and that its limits are in the answers."""

from collections.abc import Iterator
from functools import partial

from components.outputs import GatewayOutputs, RouteOutput, TierOutput
from gateway.verification.answers import Answer, Problem, conclude, unless_passed, unless_refused
from gateway.verification.bench import Bench, Check, protected, usable
from gateway.verification.outcome import SkippedError
from gateway.verification.probing import probe


def checks(outputs: GatewayOutputs) -> Iterator[Check]:
    """The checks of tiers."""
    for tier in outputs.tiers:
        yield Check(f"routes-of-{tier.name}", f"{tier.name} may use its routes and no other", partial(_routes, tier))
    for tier in outputs.tiers:
        yield Check(f"limits-of-{tier.name}", f"{tier.name} is told its limits", partial(_limits, tier))


async def _routes(tier: TierOutput, bench: Bench) -> str:
    closed = protected(bench.outputs)
    if not closed:
        raise SkippedError("the stack has no protected route")
    token = bench.tokens.user(tier.name)
    open_to_it = usable(bench.outputs, tier)
    problems: list[Problem | None] = []
    for route in closed:
        each = probe(route)
        answer = await bench.gateway.ask_within_limits(each.method, each.path, token=token)
        problems.append(unless_passed(answer) if route in open_to_it else unless_refused(answer, 403))
    return conclude(problems, f"{len(open_to_it)} passed, {len(closed) - len(open_to_it)} answered 403")


async def _limits(tier: TierOutput, bench: Bench) -> str:
    routes = limited_routes(bench.outputs, tier)
    token = bench.tokens.user(tier.name)
    problems: list[Problem | None] = []
    for route in routes:
        each = probe(route)
        answer = await bench.gateway.ask_within_limits(each.method, each.path, token=token)
        refused = unless_passed(answer)
        problems += [refused] if refused else limit_problems(answer, tier)
    limits = tier.limits
    return conclude(problems, f"{limits.minute:,} a minute, {limits.hour:,} an hour, {limits.day:,} a day")


def limited_routes(outputs: GatewayOutputs, tier: TierOutput) -> list[RouteOutput]:
    """The routes on which a tier's limit counts.

    Raises:
        SkippedError: there are none.
    """
    if outputs.auth.kind == "oidc":
        raise SkippedError("kong-oidc sets no consumer, so that tiers have no limits of their own")
    routes = usable(outputs, tier)
    if not routes:
        raise SkippedError(f"{tier.name} may use no route")
    return routes


def limit_problems(answer: Answer, tier: TierOutput) -> Iterator[Problem]:
    """What is wrong with the limits that an answer tells (Kong: kong/plugins/rate-limiting/handler.lua)."""
    missing = unless_limited(answer)
    if missing:
        yield missing
        return
    limits = {"Minute": tier.limits.minute, "Hour": tier.limits.hour, "Day": tier.limits.day}
    for window, limit in limits.items():
        header = f"X-RateLimit-Limit-{window}"
        told = answer.headers.get(header, "missing")
        if told != str(limit):
            yield answer.problem(f"{header} is {told} instead of {limit}")
    for header in ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"):
        if header not in answer.headers:
            yield answer.problem(f"{header} is missing")


def unless_limited(answer: Answer) -> Problem | None:
    """None when the request was counted; else why it may not have been."""
    if "X-RateLimit-Limit-Minute" in answer.headers:
        return None
    return answer.problem(
        "no X-RateLimit headers; the tier has no rate-limiting, or Kong cannot reach its counters and lets all pass"
    )
