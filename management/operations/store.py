"""Operations in their database."""

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Row, Select, event, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from management.models.operations import Asker, Operation, OperationPage, OperationSummary, Progress, Status, Verb
from management.operations.tables import operations, prepare, steps

_IN_BODY: Final = frozenset({"preview", "patch", "now", "detail", "problems", "left", "finish"})
LARGEST_PAGE: Final = 200
"""Operations in one part of the audit trail."""


class OperationStore:
    """The operations of one stack."""

    def __init__(self, engine: AsyncEngine, stack: str) -> None:
        self._engine = engine
        self._stack = stack

    async def add(self, operation: Operation) -> None:
        """Keep a new operation."""
        async with self._engine.begin() as connection:
            await connection.execute(insert(operations).values(stack=self._stack, applied=0, **_row(operation)))

    async def change(self, operation: Operation, *, applied: bool = False) -> None:
        """Keep what became of an operation; `applied` where the stack was applied to its end."""
        values = _row(operation) | ({"applied": 1} if applied else {})
        async with self._engine.begin() as connection:
            await connection.execute(update(operations).where(operations.c.id == operation.id).values(**values))

    async def add_steps(self, operation: str, progress: Iterable[Progress]) -> None:
        """Keep what is done."""
        rows = [
            {"operation": operation, "number": each.number, "at": each.at, "body": each.model_dump(mode="json")}
            for each in progress
        ]
        if rows:
            async with self._engine.begin() as connection:
                await connection.execute(insert(steps), rows)

    async def get(self, identity: str) -> Operation | None:
        """An operation, whole; None when there is none of that name."""
        chosen = self._of_stack().where(operations.c.id == identity)
        done = select(steps).where(steps.c.operation == identity).order_by(steps.c.number)
        async with self._engine.connect() as connection:
            row = (await connection.execute(chosen)).first()
            progress = () if row is None else (await connection.execute(done)).all()
        return None if row is None else _operation(row, progress)

    async def page(self, *, before: str | None = None, limit: int = 50, status: Iterable[Status] = ()) -> OperationPage:
        """The newest operations, or those that came before one of them; of some statuses where any are given."""
        chosen = self._of_stack().order_by(operations.c.number.desc()).limit(limit + 1)
        wanted = [each.value for each in status]
        if wanted:
            chosen = chosen.where(operations.c.status.in_(wanted))
        if before is not None:
            older_than = select(operations.c.number).where(operations.c.id == before).scalar_subquery()
            chosen = chosen.where(operations.c.number < older_than)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(chosen)).all()
        found = tuple(_summary(row) for row in rows[:limit])
        return OperationPage(operations=found, next=found[-1].id if len(rows) > limit else None)

    async def running(self) -> tuple[Operation, ...]:
        """What is under way, or was when a process was killed."""
        chosen = self._of_stack().where(operations.c.status == Status.RUNNING.value).order_by(operations.c.number)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(chosen)).all()
        return tuple(_operation(row, ()) for row in rows)

    async def last_applied(self) -> OperationSummary | None:
        """The last operation that applied the stack to its end."""
        chosen = self._of_stack().where(operations.c.applied == 1).order_by(operations.c.ended_at.desc()).limit(1)
        async with self._engine.connect() as connection:
            row = (await connection.execute(chosen)).first()
        return None if row is None else _summary(row)

    async def again(self, identity: str, times: int, at: datetime) -> None:
        """Note that the same was denied again."""
        async with self._engine.begin() as connection:
            await connection.execute(
                update(operations).where(operations.c.id == identity).values(times=times, ended_at=at)
            )

    def _of_stack(self) -> Select[Any]:
        return select(operations).where(operations.c.stack == self._stack)


@asynccontextmanager
async def open_store(url: str, stack: str) -> AsyncGenerator[OperationStore]:
    """The operations of a stack, in the database at a URL, inside the block.

    Raises:
        SchemaError: its tables are of another version.
    """
    engine = create_async_engine(url, pool_pre_ping=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _for_several)
    try:
        async with engine.begin() as connection:
            await prepare(connection)
        yield OperationStore(engine, stack)
    finally:
        await engine.dispose()


def _for_several(connection: Any, _record: object) -> None:  # noqa: ANN401 (a connection of any driver)
    """SQLite that reads while it writes, and waits for another process instead of failing."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA busy_timeout=10000")
    cursor.close()


def _row(operation: Operation) -> dict[str, Any]:
    whole = operation.model_dump(mode="json")
    return {
        "id": operation.id,
        "verb": operation.verb.value,
        "resource": operation.resource,
        "name": operation.name[:400],
        "status": operation.status.value,
        "summary": operation.summary,
        "subject": operation.asked_by.subject,
        "asker": operation.asked_by.name,
        "address": operation.asked_by.address,
        "asked_at": operation.asked_at,
        "ended_at": operation.ended_at,
        "times": operation.times,
        "body": {field: whole[field] for field in _IN_BODY},
    }


def _shared(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "verb": Verb(row.verb),
        "resource": row.resource,
        "name": row.name,
        "status": Status(row.status),
        "summary": row.summary,
        "asked_by": Asker(subject=row.subject, name=row.asker, address=row.address),
        "asked_at": _utc(row.asked_at),
        "ended_at": _utc(row.ended_at),
        "times": row.times,
    }


def _summary(row: Row[Any]) -> OperationSummary:
    return OperationSummary.model_validate(_shared(row))


def _operation(row: Row[Any], progress: Sequence[Row[Any]]) -> Operation:
    body: Mapping[str, Any] = row.body
    done = tuple(Progress.model_validate(each.body) for each in progress)
    return Operation.model_validate({**_shared(row), **body, "progress": done})


def _utc(at: datetime | None) -> datetime | None:
    """SQLite forgets the zone."""
    return at if at is None or at.tzinfo else at.replace(tzinfo=UTC)
