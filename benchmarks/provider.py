"""What the provider's calls cost beside the bare requests that they could not do without, against the stand-in.

Both sides are in this process and so is the stand-in: the ratios show what the provider adds to a gateway's own work.
"""

import json
import os
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx
from rich.table import Table

from benchmarks.measuring import together, took
from benchmarks.standin import CountedGateway, counted_gateway
from provider.operations import Operations, State, open_operations
from provider.settings import read_settings
from provider.urns import Urn, parse_urn
from provider.values import Properties

COUNT: Final = 1_000
_CONFIG: Final = {"minute": 60, "policy": "local"}


async def provider(say: Callable[[str], None]) -> AsyncGenerator[Table]:
    """One table: calls on a thousand rate-limiting plugins, each on a service."""
    say("bare requests")
    async with counted_gateway() as gateway, httpx.AsyncClient(base_url=gateway.url) as client:
        await together(_service(client, number) for number in range(COUNT))
        put = await took(together(_put(client, number) for number in range(COUNT)))
        pages = await took(_pages(client))
        delete = await took(together(_delete(client, number) for number in range(COUNT)))
    table = Table("call", "µs of CPU", "a bare request of it", "ratio", "requests", title=f"{COUNT:,} plugins")
    async with counted_gateway() as gateway, httpx.AsyncClient(base_url=gateway.url) as client:
        await together(_service(client, number) for number in range(COUNT))
        gateway.forget()
        bare = {"Create": put, "Update": put, "Read": pages, "Delete": delete}
        async for name, seconds, requests in _calls(gateway, say):
            request = bare.get(name)
            ratio = f"{seconds / request:.2f}" if request else "no request"
            of_it = _microseconds(request) if request else ""
            table.add_row(name, _microseconds(seconds), of_it, ratio, str(requests))
    yield table


async def _calls(gateway: CountedGateway, say: Callable[[str], None]) -> AsyncGenerator[tuple[str, float, int]]:
    """Each kind of call, in the order of a stack's life; every operation has a provider of its own."""
    urns = [_urn(number) for number in range(COUNT)]
    wanted = [_inputs(number, minute=60) for number in range(COUNT)]
    other = [_inputs(number, minute=61) for number in range(COUNT)]
    states: list[State] = []

    async def check(operations: Operations) -> None:
        for urn, inputs in zip(urns, wanted, strict=True):
            operations.check(urn, inputs)

    async def diff(operations: Operations) -> None:
        for urn, state, inputs in zip(urns, states, wanted, strict=True):
            operations.diff(urn, state.id, state.inputs, operations.check(urn, inputs).inputs)

    async def create(operations: Operations) -> None:
        states.extend(await together(operations.create(urn, each) for urn, each in zip(urns, wanted, strict=True)))

    async def update(operations: Operations) -> None:
        pairs = zip(urns, states, other, strict=True)
        await together(operations.update(urn, state.id, inputs, state.outputs) for urn, state, inputs in pairs)

    async def read(operations: Operations) -> None:
        pairs = zip(urns, states, strict=True)
        await together(operations.read(urn, state.id, state.inputs, state.outputs) for urn, state in pairs)

    async def delete(operations: Operations) -> None:
        pairs = zip(urns, states, strict=True)
        await together(operations.delete(urn, state.id, state.outputs) for urn, state in pairs)

    for name, call in (
        ("Check", check),
        ("Create", create),
        ("Check and Diff", diff),
        ("Read", read),
        ("Update", update),
        ("Delete", delete),
    ):
        say(name)
        gateway.forget()
        async with _operations(gateway.url) as operations:
            yield name, await took(call(operations)), gateway.requests.total()


def _microseconds(seconds: float) -> str:
    return f"{seconds / COUNT * 1e6:.0f}"


@asynccontextmanager
async def _operations(url: str) -> AsyncGenerator[Operations]:
    operations = open_operations(read_settings({"kongAdminUri": url}, os.environ))
    try:
        yield operations
    finally:
        await operations.close()


def _id(kind: int, number: int) -> str:
    return f"{kind:08x}-0000-4000-8000-{number:012x}"


def _urn(number: int) -> Urn:
    return parse_urn(f"urn:pulumi:bench::omnify-gateway::kong:index/plugin:Plugin::{number}")


def _inputs(number: int, *, minute: int) -> Properties:
    config = json.dumps(_CONFIG | {"minute": minute})
    tags = ["managed-by:pulumi", "project:omnify-gateway", "stack:bench"]
    return Properties({"name": "rate-limiting", "configJson": config, "serviceId": _id(1, number), "tags": tags})


async def _service(client: httpx.AsyncClient, number: int) -> None:
    (await client.put(f"/services/{_id(1, number)}", json={"name": f"s{number}", "host": "h"})).raise_for_status()


async def _put(client: httpx.AsyncClient, number: int) -> None:
    body: dict[str, Any] = {"name": "rate-limiting", "config": _CONFIG, "service": {"id": _id(1, number)}}
    (await client.put(f"/plugins/{_id(2, number)}", json=body)).raise_for_status()


async def _delete(client: httpx.AsyncClient, number: int) -> None:
    (await client.delete(f"/plugins/{_id(2, number)}")).raise_for_status()


async def _pages(client: httpx.AsyncClient) -> None:
    path = "/plugins?size=1000"
    while path:
        path = (await client.get(path)).raise_for_status().json()["next"]
