"""Time as this process spends it, so that what else the machine does counts little; and what it says of growth."""

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Final, TypeVar

_T = TypeVar("_T")

_AT_ONCE: Final = 16
_RUNS: Final = 3
"""The best of so many counts."""


@dataclass(frozen=True)
class Took:
    """What some work took."""

    cpu: float
    """Seconds of the processor."""
    entities: int

    @property
    def each(self) -> float:
        """Microseconds of the processor for each entity."""
        return self.cpu / self.entities * 1e6


def best(work: Callable[[], object], entities: int) -> Took:
    """The least that work took in several runs, after the garbage of others was collected."""
    return Took(min(_once(work) for _ in range(_RUNS)), entities)


def _once(work: Callable[[], object]) -> float:
    gc.collect()
    started = time.process_time()
    work()
    return time.process_time() - started


async def took(work: Awaitable[object]) -> float:
    """Seconds of the processor that some waiting work took in this process."""
    gc.collect()
    started = time.process_time()
    await work
    return time.process_time() - started


async def together(work: Iterable[Awaitable[_T]]) -> list[_T]:
    """Do work sixteen at a time, which is the most that the provider asks of Kong at once."""
    slots = asyncio.Semaphore(_AT_ONCE)

    async def limited(one: Awaitable[_T]) -> _T:
        async with slots:
            return await one

    return await asyncio.gather(*(limited(one) for one in work))
