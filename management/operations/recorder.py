"""What is done while an operation runs: told to who watches at once, kept in the database soon."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Final

from management.engine.protocol import Step
from management.models.operations import Operation, Progress
from management.operations.store import OperationStore
from management.operations.watching import Watching

_BETWEEN_WRITES: Final = 1.0
"""Seconds between two writes of progress."""


class Recorder:
    """Records one operation."""

    def __init__(
        self, operation: Operation, store: OperationStore, watching: Watching, clock: Callable[[], datetime]
    ) -> None:
        self._operation, self._store, self._watching, self._clock = operation, store, watching, clock
        self._kept = len(operation.progress)

    @property
    def operation(self) -> Operation:
        """How it is now."""
        return self._operation

    def become(self, **changes: object) -> None:
        """Let the operation say something else."""
        self._operation = self._operation.model_copy(update=changes)
        self._watching.become(self._operation)

    def say(self, text: str) -> None:
        """Hear what is under way."""
        self.become(now=text)

    def done(self, step: Step) -> None:
        """Hear of a resource that is done."""
        number = len(self._operation.progress) + 1
        progress = Progress(
            number=number,
            at=self._clock(),
            action=step.action,
            kind=step.kind,
            name=step.name,
            changes=step.changes,
        )
        self.become(progress=(*self._operation.progress, progress))

    async def write(self) -> None:
        """Keep what is done since the last time."""
        new = self._operation.progress[self._kept :]
        self._kept += len(new)
        await self._store.add_steps(self._operation.id, new)

    async def end(self, *, applied: bool = False, **changes: object) -> None:
        """Keep what became of it, and then tell."""
        await self.write()
        ended = self._operation.model_copy(update={**changes, "now": "", "ended_at": self._clock()})
        await self._store.change(ended, applied=applied)
        self._operation = ended
        self._watching.become(ended)


@asynccontextmanager
async def recording(
    operation: Operation, store: OperationStore, watching: Watching, clock: Callable[[], datetime]
) -> AsyncGenerator[Recorder]:
    """A recorder that keeps what is done now and then inside the block."""
    recorder = Recorder(operation, store, watching, clock)

    async def write_now_and_then() -> None:
        while True:
            await asyncio.sleep(_BETWEEN_WRITES)
            await recorder.write()

    writing = asyncio.create_task(write_now_and_then())
    watching.become(operation)
    try:
        yield recorder
    finally:
        writing.cancel()
        with suppress(asyncio.CancelledError):
            await writing
