"""What it takes to read everything that a gateway holds, as drift and import do: requests beside pages."""

import math
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from rich.table import Table

from benchmarks.stacks import Document, modelled, raw
from benchmarks.standin import counted_gateway
from entities.desired import desired_state
from entities.drift import drift
from entities.state import DesiredState, Owner
from entities.validation import validated
from gateway.live import admin_api, read_snapshot
from provider.resources import TYPES
from provider.settings import Settings

_PAGE: Final = 1_000
_DELAY: Final = 0.01
"""Seconds until an answer comes, so that requests can overlap."""
_STACKS: Final[Mapping[str, Callable[[int], Document]]] = {"apis": modelled, "entities": raw}


async def reading(say: Callable[[str], None]) -> AsyncGenerator[Table]:
    """One table: what `drift` asks of gateways of 1,000 and 10,000 entities."""
    table = Table("", "entities", "requests", "pages of 1,000", "at once", title="drift over the Admin API")
    for section, shape in _STACKS.items():
        for size in (1_000, 10_000):
            say(f"{section}: {size:,} entities")
            state = desired_state(validated(shape(size)), Owner("omnify-gateway", "bench"))
            table.add_row(section, *await _drift(state))
    yield table


async def _drift(state: DesiredState) -> Iterable[str]:
    documents = [(entity.kind, state.document(entity)) for entity in state]
    async with counted_gateway() as gateway, admin_api(Settings(admin_uri=gateway.url)) as admin:
        for kind, document in documents:
            gateway.dao.store.insert(kind, document | {"created_at": 1, "updated_at": 1})
        gateway.delay = _DELAY
        snapshot = await read_snapshot(admin)
        if not drift(state, snapshot).clean:
            raise RuntimeError("what was read is not what was declared")
        return (
            f"{len(documents):,}",
            f"{gateway.requests.total():,}",
            f"{_pages(documents):,}",
            str(gateway.most_at_once),
        )


def _pages(documents: Sequence[tuple[str, Mapping[str, Any]]]) -> int:
    """A collection has a page at least. Targets are a collection of their upstream, which Kong lists nowhere else."""
    collections = Counter({kind.kind: 0 for kind in TYPES if kind.kind != "targets"})
    for kind, document in documents:
        collections[f"targets of {document['upstream']['id']}" if kind == "targets" else kind] += 1
        if kind == "upstreams":
            collections[f"targets of {document['id']}"] += 0
    return sum(max(math.ceil(count / _PAGE), 1) for count in collections.values())
