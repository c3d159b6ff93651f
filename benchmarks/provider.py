"""What the provider costs over the bare requests that it makes: ratios of one run, against a stand-in for Kong.

`python -m benchmarks.provider [ENTITIES]`. Absolute times are the machine's; the ratios are what may be compared.
"""

import asyncio
import os
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Iterable
from contextlib import asynccontextmanager

import httpx
from rich.console import Console
from rich.table import Table

from provider.operations import Operations, open_operations
from provider.settings import read_settings
from provider.urns import Urn, parse_urn
from provider.values import Properties
from sandbox.kong.gateway import Gateway, Options

_AT_ONCE = 16
_TOKEN = "kong:index/consumer:Consumer"  # noqa: S105 (a type)


async def main(count: int) -> None:
    """Measure and print."""
    async with _gateway() as url, httpx.AsyncClient(base_url=url) as client:
        bare_writes = await _took(_together(_put(client, number) for number in range(count)))
        bare_pages = await _took(_pages(client))
    async with _gateway() as url:
        urns = [parse_urn(f"urn:pulumi:bench::omnify-gateway::{_TOKEN}::c{number}") for number in range(count)]
        async with _operations(url) as operations:
            writes = await _took(_together(_create(operations, urn) for urn in urns))
        async with _operations(url) as operations:
            reads = await _took(_together(_read(operations, urn) for urn in urns))
    table = Table("of entities", "provider", "bare requests", "ratio", title=f"{count} consumers, one process")
    for name, ours, bare in (("creating", writes, bare_writes), ("reading all", reads, bare_pages)):
        table.add_row(name, f"{ours:.2f} s", f"{bare:.2f} s", f"{ours / bare:.1f}")
    Console().print(table)


@asynccontextmanager
async def _gateway() -> AsyncGenerator[str]:
    async with Gateway(Options()).running() as ports:
        yield f"http://127.0.0.1:{ports.admin}"


@asynccontextmanager
async def _operations(url: str) -> AsyncGenerator[Operations]:
    operations = open_operations(read_settings({"kongAdminUri": url}, os.environ))
    try:
        yield operations
    finally:
        await operations.close()


async def _took(work: Awaitable[object]) -> float:
    started = time.perf_counter()
    await work
    return time.perf_counter() - started


async def _together(work: Iterable[Awaitable[object]]) -> None:
    slots = asyncio.Semaphore(_AT_ONCE)

    async def limited(one: Awaitable[object]) -> None:
        async with slots:
            await one

    await asyncio.gather(*(limited(one) for one in work))


async def _put(client: httpx.AsyncClient, number: int) -> None:
    (await client.put(f"/consumers/c{number}", json={"tags": ["bench"]})).raise_for_status()


async def _pages(client: httpx.AsyncClient) -> None:
    path = "/consumers?size=1000"
    while path:
        path = (await client.get(path)).raise_for_status().json()["next"]


def _inputs(urn: Urn) -> Properties:
    return Properties({"username": urn.name, "tags": ["bench"]})


async def _create(operations: Operations, urn: Urn) -> None:
    await operations.create(urn, operations.check(urn, _inputs(urn)).inputs)


async def _read(operations: Operations, urn: Urn) -> None:
    inputs = operations.check(urn, _inputs(urn)).inputs
    await operations.read(urn, urn.derived_id, inputs, inputs)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000))
