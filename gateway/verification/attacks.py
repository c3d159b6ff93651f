"""Checks of the tokens: each flaw by itself, on every protected route, in a token that would pass without it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from components.outputs import GatewayOutputs
from gateway.verification.answers import Problem, conclude, unless_refused
from gateway.verification.bench import Bench, Check, admitted, names, protected
from gateway.verification.outcome import SkippedError
from gateway.verification.probing import probe
from gateway.verification.tokens import Flaw


@dataclass(frozen=True)
class _Attack:
    flaw: Flaw
    proves: str
    status: int = 401


_ATTACKS = (
    _Attack(Flaw.GARBAGE, "What is no token is refused"),
    _Attack(Flaw.UNSIGNED, "An unsigned token (alg: none) is refused"),
    _Attack(Flaw.FORGED, "A token signed with another key is refused"),
    _Attack(Flaw.EXPIRED, "An expired token is refused"),
    _Attack(Flaw.FOREIGN_ISSUER, "A token of a foreign realm is refused"),
    _Attack(Flaw.WRONG_AUDIENCE, "A token for another audience is refused"),
    _Attack(Flaw.ID_TOKEN, "An ID token is refused"),
    _Attack(Flaw.NO_TIER, "A token without a tier is refused", 403),
    _Attack(Flaw.UNKNOWN_TIER, "A token of an unknown tier is refused", 403),
)


def checks(_: GatewayOutputs) -> Iterator[Check]:
    """The checks of tokens."""
    for attack in _ATTACKS:
        yield Check(f"{attack.flaw}-token", f"{attack.proves}: {attack.status}", partial(_refused, attack))


async def _refused(attack: _Attack, bench: Bench) -> str:
    closed = [route for route in protected(bench.outputs) if admitted(bench.outputs, route)]
    if not closed:
        raise SkippedError("the stack has no protected route")
    problems: list[Problem | None] = []
    for route in closed:
        token = bench.tokens.flawed(admitted(bench.outputs, route)[0].name, attack.flaw)
        each = probe(route)
        answer = await bench.gateway.ask(each.method, each.path, token=token)
        problems.append(unless_refused(answer, attack.status))
    return conclude(problems, f"{attack.status}: {names(closed)}")
