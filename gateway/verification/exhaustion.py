"""Checks of a reached limit: 429 with its headers, who else is affected, and that no header buys a new budget.

Kong counts in fixed calendar minutes, so a window may end at any moment. Counting goes on until Kong refuses or until
some window must have had more requests than its limit; and what is asked "while the limit is reached" counts only when
the user is still refused after it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from components.outputs import GatewayOutputs, TierOutput
from entities.auth import SUBJECT_HEADER
from gateway.verification.answers import Answer, Problem, conclude, unless_passed
from gateway.verification.bench import Bench, Check
from gateway.verification.client import CONNECTIONS
from gateway.verification.outcome import FailedError, SkippedError
from gateway.verification.probing import Probe, probe
from gateway.verification.tiers import limit_problems, limited_routes, unless_limited

AFFORDABLE: Final = 5_000
"""The largest minute limit that is exhausted without being asked to."""
_PATIENCE: Final = 150
"""Seconds after which counting is given up: two whole minutes and a bit."""
_ROLLOVERS: Final = 3
"""How often a question is asked again because the minute ended meanwhile."""
_SLACK: Final = 2 * CONNECTIONS
"""Requests that may pass above the limit: Kong counts a request just after it has let it pass."""


@dataclass(frozen=True)
class Spent:
    """What it took to reach a limit."""

    passed: int
    refusal: Answer
    seconds: float


def checks(outputs: GatewayOutputs, *, exhaust: bool) -> Iterator[Check]:
    """The checks of a reached limit, on the tier with the smallest one; none without tiers.

    `exhaust` says to make them at any cost.
    """
    if not outputs.tiers:
        return
    tier = min(outputs.tiers, key=lambda tier: tier.limits.minute)
    budget = _Budget(tier)
    affected = "unaffected" if tier.fairness == "subject" else "affected too"
    checks = (
        Check("limit-reached", f"{tier.name}'s limit is enforced: 429 with its headers", budget.reached),
        Check("limit-everywhere", "A reached limit holds on the tier's other routes", budget.everywhere),
        Check("other-user", f"Another user of {tier.name} is {affected}", budget.other_user),
        Check("forged-subject", f"A forged {SUBJECT_HEADER} header buys no new budget", budget.forged_subject),
    )
    reason = None if exhaust else _too_much(tier)
    for check in checks:
        yield Check(check.name, check.proves, partial(_skip, reason)) if reason else check


def _too_much(tier: TierOutput) -> str | None:
    """Why a tier's limit is better not exhausted unasked."""
    if tier.limits.minute > AFFORDABLE:
        return f"{tier.name} has {tier.limits.minute:,} requests a minute; --exhaust sends them"
    if tier.fairness == "tier":
        return f"all users of {tier.name} share its limit and would be refused for a minute; --exhaust does it"
    return None


async def _skip(reason: str, _: Bench) -> str:
    raise SkippedError(reason)


class _Budget:
    """One user's budget of a minute, which the checks use up."""

    def __init__(self, tier: TierOutput) -> None:
        self._tier = tier
        self._token: str | None = None
        self._reached = False

    async def reached(self, bench: Bench) -> str:
        """A new user's limit, from the first request to the refusal."""
        self._token, self._reached = None, False
        spent = await self._spend(bench)
        self._reached = True
        limit = self._tier.limits.minute
        own = bench.tokens.fresh_users and self._tier.fairness == "subject"
        early = spent.refusal.problem(f"refused after {spent.passed:,} requests; the limit is {limit:,}")
        problems = [early if own and spent.passed < limit else None, *refusal_problems(spent.refusal, self._tier)]
        return conclude(problems, f"{spent.passed:,} passed in {spent.seconds:.1f} s, then {spent.refusal.status}")

    async def everywhere(self, bench: Bench) -> str:
        """One budget over all routes."""
        others = limited_routes(bench.outputs, self._tier)[1:]
        if not others:
            raise SkippedError(f"{self._tier.name} may use one route only")
        problems: list[Problem | None] = []
        for route in others:
            each = probe(route)
            answer = await self._meanwhile(bench, partial(self._ask, bench, each))
            problems.append(_unless_limit_reached(answer, "the route has a budget of its own"))
        return conclude(problems, f"429: {', '.join(route.name for route in others)}")

    async def other_user(self, bench: Bench) -> str:
        """Whose budget it is."""
        token = bench.tokens.other_user(self._tier.name)
        each = self._probe(bench)
        answer = await self._meanwhile(bench, lambda: bench.gateway.ask(each.method, each.path, token=token))
        if self._tier.fairness == "subject":
            return conclude([unless_passed(answer)], "passed while the first was refused")
        fault = f"users of {self._tier.name} do not share one limit"
        return conclude([_unless_limit_reached(answer, fault)], "429, for they share one limit")

    async def forged_subject(self, bench: Bench) -> str:
        """Who says whose budget it is."""
        each = self._probe(bench)
        forms = [{SUBJECT_HEADER: "somebody-else"}, {SUBJECT_HEADER.lower(): ""}]
        problems: list[Problem | None] = []
        for headers in forms:
            answer = await self._meanwhile(bench, partial(self._ask, bench, each, headers))
            problems.append(_unless_limit_reached(answer, "the header of the client decided"))
        return conclude(problems, "still 429")

    async def _meanwhile(self, bench: Bench, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        """The answer to what was asked while the user's limit was reached, before and after."""
        if not self._reached:
            raise SkippedError("the limit was not reached")
        for _ in range(_ROLLOVERS):
            await self._spend(bench)
            answer = await ask()
            if (await self._ask(bench, self._probe(bench))).status == 429:
                return answer
        raise SkippedError(f"the minute ended {_ROLLOVERS} times while asking; run it again")

    async def _spend(self, bench: Bench) -> Spent:
        """Use up the user's minute. One request when that is done already."""
        each = self._probe(bench)
        first = await self._ask(bench, each)
        if first.status == 429:
            return Spent(0, first, 0)
        conclude([unless_passed(first) or unless_limited(first)], "passed")
        return await _Flood(partial(self._ask, bench, each), self._tier.limits.minute, passed=1).refused()

    def _probe(self, bench: Bench) -> Probe:
        return probe(limited_routes(bench.outputs, self._tier)[0])

    async def _ask(self, bench: Bench, each: Probe, headers: dict[str, str] | None = None) -> Answer:
        if self._token is None:
            self._token = bench.tokens.user(self._tier.name)
        return await bench.gateway.ask(each.method, each.path, token=self._token, headers=headers)


class _Flood:
    """Sends one request again and again, many at a time, until it is refused."""

    def __init__(self, ask: Callable[[], Awaitable[Answer]], limit: int, passed: int) -> None:
        self._ask = ask
        self._limit = limit
        self._sent = self._passed = passed
        self._refusal: Answer | None = None
        self._broken = False
        self._clock = asyncio.get_running_loop().time
        self._started = self._clock()

    async def refused(self) -> Spent:
        """Go on until the first 429."""
        ends = await asyncio.gather(*(self._send() for _ in range(CONNECTIONS)), return_exceptions=True)
        for end in ends:
            if isinstance(end, BaseException):
                raise end
        seconds = self._clock() - self._started
        if self._refusal is not None:
            return Spent(self._passed, self._refusal, seconds)
        if self._passed > self._most():
            limit = f"the limit is {self._limit:,} a minute"
            raise FailedError(f"{self._passed:,} requests passed in {seconds:.0f} s; {limit}")
        raise SkippedError(f"only {self._passed:,} requests in {seconds:.0f} s went through from here: too slow")

    async def _send(self) -> None:
        try:
            while self._goes_on():
                self._sent += 1
                self._take(await self._ask())
        except BaseException:
            self._broken = True
            raise

    def _goes_on(self) -> bool:
        ended = self._broken or self._refusal is not None
        return not ended and self._sent <= self._most() and self._clock() - self._started < _PATIENCE

    def _take(self, answer: Answer) -> None:
        if answer.status == 429:
            self._refusal = self._refusal or answer
            return
        conclude([unless_passed(answer)], "passed")
        self._passed += 1

    def _most(self) -> int:
        """How many requests can have passed in the windows touched so far."""
        windows = int((self._clock() - self._started) // 60) + 2
        return self._limit * windows + _SLACK


def refusal_problems(refusal: Answer, tier: TierOutput) -> Iterator[Problem]:
    """What is wrong with the answer that says that the limit is reached."""
    yield from limit_problems(refusal, tier)
    for header in ("RateLimit-Remaining", "X-RateLimit-Remaining-Minute"):
        value = refusal.headers.get(header, "missing")
        if value != "0":
            yield refusal.problem(f"429 with {header} {value} instead of 0")
    for header in ("Retry-After", "RateLimit-Reset"):
        value = refusal.headers.get(header, "missing")
        if not value.isdecimal() or int(value) < 1:
            yield refusal.problem(f"429 with {header} {value} instead of the seconds to wait")


def _unless_limit_reached(answer: Answer, fault: str) -> Problem | None:
    return None if answer.status == 429 else answer.problem(f"{answer.told} instead of Kong 429; {fault}")
