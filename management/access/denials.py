"""Every denial, kept in the audit trail; the same one within a minute is kept once, with how often it was."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import uuid4

from sqlalchemy.exc import SQLAlchemyError

from management.models.operations import Asker, Operation, Status, Verb
from management.operations.store import OperationStore

_BETWEEN_WRITES: Final = 1.0
"""Seconds between two writes of how often the same was denied."""
_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True)
class Denial:
    """What was denied to whom, and why."""

    asker: Asker
    verb: Verb
    resource: str
    reason: str


@dataclass
class _Kept:
    operation: str
    minute: datetime
    times: int
    written: int
    last: datetime


class Denials:
    """Keeps what is denied."""

    def __init__(self, store: OperationStore, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock
        self._kept: dict[Denial, _Kept] = {}

    async def keep(self, denial: Denial) -> str:
        """Keep a denial, and return the id of its entry."""
        now = self._clock()
        minute = now.replace(second=0, microsecond=0)
        kept = self._kept.get(denial)
        if kept is not None and kept.minute == minute:
            kept.times += 1
            kept.last = now
            return kept.operation
        await self.write()
        kept = self._kept[denial] = _Kept(uuid4().hex, minute, 1, 1, now)
        try:
            await self._store.add(_entry(kept.operation, denial, now))
        except SQLAlchemyError:
            _LOG.exception("a denial could not be kept: %s", denial)
        return kept.operation

    async def write(self) -> None:
        """Write how often the same was denied, and forget what is past."""
        minute = self._clock().replace(second=0, microsecond=0)
        for denial, kept in tuple(self._kept.items()):
            if kept.times > kept.written:
                kept.written = kept.times
                try:
                    await self._store.again(kept.operation, kept.times, kept.last)
                except SQLAlchemyError:
                    _LOG.exception("a denial could not be counted: %s", denial)
            if kept.minute < minute and self._kept.get(denial) is kept:
                del self._kept[denial]


@asynccontextmanager
async def open_denials(store: OperationStore, clock: Callable[[], datetime]) -> AsyncGenerator[Denials]:
    """Keeps denials inside the block, and writes what is not written at its end."""
    denials = Denials(store, clock)

    async def write_now_and_then() -> None:
        while True:
            await asyncio.sleep(_BETWEEN_WRITES)
            await denials.write()

    writing = asyncio.create_task(write_now_and_then())
    try:
        yield denials
    finally:
        writing.cancel()
        with suppress(asyncio.CancelledError):
            await writing
        await denials.write()


def _entry(identity: str, denial: Denial, at: datetime) -> Operation:
    return Operation(
        id=identity,
        verb=denial.verb,
        resource=denial.resource,
        status=Status.DENIED,
        summary=denial.reason,
        asked_by=denial.asker,
        asked_at=at,
        ended_at=at,
        detail=denial.reason,
    )
