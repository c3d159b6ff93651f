"""Runs the checks, one after the other."""

import asyncio
from collections.abc import Callable, Iterator

import httpx

from components.outputs import GatewayOutputs
from gateway.verification import attacks, bodies, browsers, exhaustion, observability, routes, tiers, transport
from gateway.verification.bench import Bench, Check
from gateway.verification.client import gateway_client, wait_for_gateway
from gateway.verification.outcome import FailedError, Outcome, SkippedError, Status
from gateway.verification.target import Target
from gateway.verification.tokens import TokenSource

_PAUSE = 1.0
"""Seconds before a failed check is made again, as long as there is time."""


def plan(outputs: GatewayOutputs, *, exhaust: bool) -> Iterator[tuple[str, Check]]:
    """Every check of a stack, with its area. Reaching a limit comes last: it may use up real users' requests."""
    areas = {
        "transport": transport.checks(outputs),
        "routes": routes.checks(outputs),
        "tokens": attacks.checks(outputs),
        "tiers": tiers.checks(outputs),
        "bodies": bodies.checks(outputs),
        "browsers": browsers.checks(outputs),
        "observability": observability.checks(outputs),
        "limits": exhaustion.checks(outputs, exhaust=exhaust),
    }
    return ((area, check) for area, checks in areas.items() for check in checks)


async def verify(
    target: Target,
    tokens: TokenSource,
    *,
    begin: Callable[[Check], None] = lambda _: None,
    report: Callable[[Outcome], None] = lambda _: None,
    wait: float = 15,
    exhaust: bool = False,
) -> list[Outcome]:
    """Send real requests through a gateway and say what was found.

    Args:
        target: the gateway.
        tokens: where tokens come from; what they do not allow is skipped.
        begin: called when a check begins.
        report: called with each outcome, in order.
        wait: seconds for which a failed check is made again: Kong's proxy sees a change about 5 s after its Admin API.
        exhaust: reach a limit even when it is above 5,000 a minute or shared by all users of its tier.

    Raises:
        GatewayUnreachableError: nothing answered at the target in that time.
    """
    until = asyncio.get_running_loop().time() + wait
    outcomes: list[Outcome] = []
    async with gateway_client(target) as client:
        await wait_for_gateway(client, target, until)
        bench = Bench(target, client, tokens)
        for area, check in plan(target.outputs, exhaust=exhaust):
            begin(check)
            outcomes.append(await _settled(area, check, bench, until))
            report(outcomes[-1])
    return outcomes


async def _settled(area: str, check: Check, bench: Bench, until: float) -> Outcome:
    """The outcome of a check, which may fail as long as a change can be under way."""
    clock = asyncio.get_running_loop().time
    started = clock()
    while True:
        status, detail = await _made(check, bench)
        if status is not Status.FAILED or clock() + _PAUSE > until:
            break
        await asyncio.sleep(_PAUSE)
    return Outcome(
        area=area,
        name=check.name,
        proves=check.proves,
        status=status,
        detail=detail,
        seconds=round(clock() - started, 3),
    )


async def _made(check: Check, bench: Bench) -> tuple[Status, str]:
    try:
        return Status.PASSED, await check.run(bench)
    except SkippedError as skipped:
        return Status.SKIPPED, str(skipped)
    except FailedError as failed:
        return Status.FAILED, str(failed)
    except httpx.TransportError as error:
        return Status.FAILED, f"the gateway gave no answer: {str(error) or type(error).__name__}"
