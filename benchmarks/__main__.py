"""`python -m benchmarks [PART…]`: ratios, measured in one run. All parts when none is named."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.declared import declared
from benchmarks.engine import engine
from benchmarks.provider import provider
from benchmarks.reading import reading
from benchmarks.scale import scale
from benchmarks.start import start
from benchmarks.workflows import workflows


class Part(StrEnum):
    """What can be measured."""

    SCALE = "scale"
    DRIFT = "drift"
    DECLARED = "declared"
    START = "start"
    PROVIDER = "provider"
    ENGINE = "engine"
    WORKFLOWS = "workflows"


_WIDTH: Final = 120
"""Of what is printed into a pipe."""
_Say = Callable[[str], None]
_PARTS: Final[Mapping[Part, Callable[[_Say], Iterator[Table] | AsyncIterator[Table]]]] = {
    Part.SCALE: scale,
    Part.DRIFT: reading,
    Part.DECLARED: declared,
    Part.START: start,
    Part.PROVIDER: provider,
    Part.ENGINE: engine,
    Part.WORKFLOWS: workflows,
}


def main(
    parts: Annotated[list[Part] | None, typer.Argument(help="What to measure; everything when left out.")] = None,
) -> None:
    """Measure what this project costs, as ratios of one run. Seconds are those of this machine and this moment."""
    for part in parts or list(Part):
        asyncio.run(_measure(part))


async def _measure(part: Part) -> None:
    out, progress = Console(), Console(stderr=True)
    if not out.is_terminal:
        out.width = _WIDTH
    tables = _PARTS[part](lambda what: progress.print(f"… {part}: {what}", style="dim", highlight=False))
    if isinstance(tables, AsyncIterator):
        async for table in tables:
            out.print(table)
    else:
        for table in tables:
            out.print(table)


typer.run(main)
