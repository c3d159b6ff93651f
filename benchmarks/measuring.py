"""Time as this process spends it, so that what else the machine does counts little; and what it says of growth."""

import gc
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

_RUNS = 3
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
