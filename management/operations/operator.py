"""Runs operations: one at a time, each to its end or undone, and finished by the next process if this one is killed."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from filelock import AsyncFileLock

from gateway.changes import phrases
from management.engine.protocol import Engine, EngineError
from management.models.operations import ENDED, Asker, Operation, Preview, Status, Verb
from management.operations.applying import Applying
from management.operations.drafting import Change, Draft, drafted
from management.operations.recorder import recording
from management.operations.store import OperationStore
from management.operations.watching import Watching
from management.problems import RefusedError, conflict, unavailable
from management.settings import ManagementSettings
from management.stack.journal import Entry, Journal
from management.stack.lock import BusyError, StackLock
from management.workers import Workers

_LOG: Final = logging.getLogger(__name__)
_GRACE: Final = 20.0
"""Seconds that an operation gets to end when the process is asked to stop; the next process finishes it otherwise."""


class Asked:
    """What somebody asks for."""

    def __init__(self, asker: Asker, verb: Verb, resource: str, name: str = "") -> None:
        self.asker, self.verb, self.resource, self.name = asker, verb, resource, name

    def operation(self, at: datetime, status: Status, summary: str, **rest: Any) -> Operation:  # noqa: ANN401 (fields)
        """The operation that it becomes."""
        return Operation(
            id=uuid4().hex,
            verb=self.verb,
            resource=self.resource,
            name=self.name,
            status=status,
            summary=summary,
            asked_by=self.asker,
            asked_at=at,
            ended_at=at if status in ENDED else None,
            **rest,
        )


class Operator:
    """The operations of one stack."""

    def __init__(
        self,
        settings: ManagementSettings,
        engine: Engine,
        workers: Workers,
        store: OperationStore,
        watching: Watching,
        *,
        applied: Callable[[], None],
        clock: Callable[[], datetime],
    ) -> None:
        """`applied` is called when something has begun or ended, so that what was read before is read anew."""
        self._settings, self._engine, self._workers = settings, engine, workers
        self._store, self._watching = store, watching
        self._applied, self._clock = applied, clock
        self._lock = StackLock(settings.state, settings.stack)
        self._journal = Journal(settings.state, settings.stack)
        self._applying = Applying(settings.file, engine)
        self._tasks: set[asyncio.Task[None]] = set()

    async def preview(self, change: Change) -> Preview:
        """What a change would do. Raises RefusedError."""
        return (await drafted(self._settings, self._workers, change)).preview()

    async def preview_setup(self) -> Preview:
        """What bringing the gateway to its declared state would do. Raises RefusedError."""
        try:
            report = await self._engine.preview(self._settings.file)
        except EngineError as error:
            raise unavailable(str(error)) from error
        return Preview(changes=not report.clean, summary=phrases.counts(report), report=report, patch="")

    async def change(self, asked: Asked, change: Change, wait: float) -> Operation:
        """Begin a change. Raises RefusedError, after keeping why."""
        async with _Held(self, asked, wait) as held:
            draft = await drafted(self._settings, self._workers, change)
            operation = asked.operation(
                self._clock(),
                Status.RUNNING,
                phrases.counts(draft.report),
                preview=draft.report,
                patch=draft.patch,
                detail=draft.note,
            )
            if draft.report.clean and draft.before == draft.after:
                return await self._nothing(operation)
            return await self._begin(operation, draft, held)

    async def setup(self, asked: Asked, wait: float) -> Operation:
        """Begin to bring the gateway to its declared state. Raises RefusedError, after keeping why."""
        async with _Held(self, asked, wait) as held:
            draft = await drafted(self._settings, self._workers, lambda _: None)
            operation = asked.operation(self._clock(), Status.RUNNING, "under way")
            return await self._begin(operation, draft, held)

    async def recover(self) -> None:
        """Finish what a killed process has begun, unless another process is at it."""
        try:
            lock = await self._lock.acquire(0)
        except BusyError:
            return
        await self._recover(lock)

    async def close(self) -> None:
        """Let what is under way end; what takes too long the next process finishes."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_GRACE)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _nothing(self, operation: Operation) -> Operation:
        """An operation that changes nothing has succeeded."""
        ended = operation.model_copy(update={"status": Status.SUCCEEDED, "ended_at": self._clock()})
        await self._store.add(ended)
        return ended

    async def _begin(self, operation: Operation, draft: Draft, held: "_Held") -> Operation:
        await self._store.add(operation)
        entry = Entry(operation=operation.id, before=draft.before, after=draft.after)
        await asyncio.to_thread(self._journal.begin, entry)
        self._start(self._run(operation, entry, held.handed_over()))
        return operation

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, operation: Operation, entry: Entry, lock: AsyncFileLock) -> None:
        """Apply an operation to its end."""
        try:
            self._applied()
            async with recording(operation, self._store, self._watching, self._clock) as recorder:
                await self._applying.run(recorder, entry)
            await asyncio.to_thread(self._journal.end)
        except Exception:  # the journal stays: what could not be told is done again, and told then
            _LOG.exception("operation %s could not be kept", operation.id)
        finally:
            self._applied()
            await lock.release()

    async def _recover(self, lock: AsyncFileLock) -> None:
        """Begin to finish what the journal says, and end what never came that far; lets go of the lock."""
        handed_over = False
        try:
            entry = await asyncio.to_thread(self._journal.read)
            for operation in await self._store.running():
                if entry is None or operation.id != entry.operation:
                    await self._store.change(self._never_begun(operation))
            begun = await self._store.get(entry.operation) if entry else None
            if entry is not None and begun is not None and begun.status not in ENDED:
                handed_over = True
                self._start(self._run(begun, entry, lock))
            elif entry is not None:
                await asyncio.to_thread(self._journal.end)
        finally:
            if not handed_over:
                await lock.release()

    def _never_begun(self, operation: Operation) -> Operation:
        why = "the process ended before anything was changed"
        return operation.model_copy(
            update={"status": Status.ROLLED_BACK, "ended_at": self._clock(), "detail": why, "now": ""}
        )

    async def take(self, asked: Asked, wait: float) -> AsyncFileLock:
        """The stack's lock, for one operation. Raises RefusedError."""
        try:
            lock = await self._lock.acquire(wait)
        except BusyError as busy:
            running = await self._store.running()
            other = running[0].id if running else None
            raise conflict("another operation is under way; wait for it to end, or ask with `wait`", other) from busy
        if await asyncio.to_thread(self._journal.read) is not None:
            await self._recover(lock)
            raise conflict(f"an operation was interrupted and is finished first; {asked.verb.value} again when it is")
        return lock

    async def refused(self, asked: Asked, refusal: RefusedError) -> None:
        """Keep why something was not done."""
        await self._store.add(
            asked.operation(
                self._clock(),
                Status.REFUSED,
                refusal.details.title,
                detail=refusal.details.detail,
                problems=refusal.details.problems,
            )
        )


class _Held:
    """The stack's lock inside a block, unless what runs afterwards takes it over. A refusal is kept."""

    def __init__(self, operator: Operator, asked: Asked, wait: float) -> None:
        self._operator, self._asked, self._wait = operator, asked, wait
        self._lock: AsyncFileLock | None = None

    async def __aenter__(self) -> "_Held":
        try:
            self._lock = await self._operator.take(self._asked, self._wait)
        except RefusedError as refusal:
            await self._operator.refused(self._asked, refusal)
            raise
        return self

    def handed_over(self) -> AsyncFileLock:
        """The lock, for what releases it later."""
        lock, self._lock = self._lock, None
        if lock is None:
            raise RuntimeError("the lock was handed over already")
        return lock

    async def __aexit__(self, _type: object, error: BaseException | None, _trace: object) -> None:
        try:
            if isinstance(error, RefusedError):
                await self._operator.refused(self._asked, error)
        finally:
            if self._lock is not None:
                await self._lock.release()
