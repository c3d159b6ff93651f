"""Checks of the body limit: the last byte that passes and the first that does not."""

from collections.abc import AsyncIterable, AsyncIterator, Iterator
from dataclasses import replace
from functools import partial
from typing import Final

from components.outputs import GatewayOutputs
from gateway.verification.answers import Answer, conclude, unless_passed, unless_refused
from gateway.verification.bench import Bench, Check
from gateway.verification.outcome import SkippedError
from gateway.verification.probing import Probe, body_probe

MEGABYTE: Final = 2**20
"""As Kong's request-size-limiting counts (measured: 10 MB is 10,485,760 bytes)."""
_CHUNK: Final = 2**18


def checks(outputs: GatewayOutputs) -> Iterator[Check]:
    """For each body limit the two checks, on one route that has it."""
    taken: dict[int, Probe] = {}
    for route in sorted(outputs.routes, key=lambda route: not route.public):
        each = body_probe(route)
        if each is not None and route.max_body_megabytes is not None:
            taken.setdefault(route.max_body_megabytes, each)
    for megabytes, each in sorted(taken.items()):
        size = megabytes * MEGABYTE
        yield Check(f"body-of-{megabytes}-mb", f"A body of {size:,} bytes passes", partial(_passes, each, size))
        yield Check(f"body-above-{megabytes}-mb", "One byte more is refused: 413", partial(_refused, each, size + 1))
    if not taken:
        yield Check("body-limit", "Too large bodies are refused: 413", _no_bodies)


async def _passes(each: Probe, size: int, bench: Bench) -> str:
    answers = await _send(bench, each, size)
    return conclude(map(unless_passed, answers), f"{each.route.name}: with Content-Length and chunked")


async def _refused(each: Probe, size: int, bench: Bench) -> str:
    answers = await _send(bench, each, size)
    problems = [unless_refused(answer, 413) for answer in answers]
    return conclude(problems, f"{each.route.name}: with Content-Length and chunked")


async def _send(bench: Bench, each: Probe, size: int) -> list[Answer]:
    """The answers to a body of a size, sent with its Content-Length and in chunks."""
    forms: dict[str, bytes | AsyncIterable[bytes]] = {"with Content-Length": bytes(size), "chunked": _chunks(size)}
    headers = {"Content-Type": "application/octet-stream"}
    token = bench.pass_for(each.route)
    answers: list[Answer] = []
    for form, body in forms.items():
        answer = await bench.gateway.ask(each.method, each.path, token=token, headers=headers, body=body)
        answers.append(replace(answer, request=f"{answer.request} {form}"))
    return answers


async def _chunks(size: int) -> AsyncIterator[bytes]:
    for start in range(0, size, _CHUNK):
        yield bytes(min(_CHUNK, size - start))


async def _no_bodies(_: Bench) -> str:
    raise SkippedError("no route that takes POST, PUT or PATCH has a limit")
