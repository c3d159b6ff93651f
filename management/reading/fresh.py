"""A value that is read again when it is old, once for all who ask meanwhile."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

_Value = TypeVar("_Value")


class Fresh(Generic[_Value]):
    """Keeps what was read. When it is old, the next to ask starts a new reading and gets the old value at once, until
    that is `stale` seconds old; from then on everybody waits for the new one."""

    def __init__(
        self,
        read: Callable[[], Awaitable[_Value]],
        *,
        seconds: float,
        stale: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read = read
        self._seconds = seconds
        self._stale = stale
        self._clock = clock
        self._value: tuple[float, _Value] | None = None
        self._reading: asyncio.Task[_Value] | None = None

    async def get(self) -> _Value:
        """The value. Raises what reading it raises, where there is none to answer with."""
        if self._value is not None:
            since, value = self._value
            age = self._clock() - since
            if age <= self._seconds:
                return value
            if age <= self._stale:
                self._begin()
                return value
        return await asyncio.shield(self._begin())

    def forget(self) -> None:
        """Let nobody have the old value any more, because it is known to be wrong."""
        self._value = None
        self._reading = None

    async def close(self) -> None:
        """End a reading that is under way."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    def _begin(self) -> "asyncio.Task[_Value]":
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._kept())
            self._reading.add_done_callback(_seen)
        return self._reading

    async def _kept(self) -> _Value:
        begun, task = self._clock(), asyncio.current_task()
        value = await self._read()
        # One that began before `forget` may have read what is wrong by now.
        if self._reading is task:
            self._value = (begun, value)
        return value


def _seen(task: "asyncio.Task[_Value]") -> None:
    """A failure in the background is nobody's; the next to ask tries again."""
    if not task.cancelled():
        task.exception()
