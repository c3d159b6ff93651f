"""The overview as it is sent: put together once for everybody who asks within a second."""

import asyncio
from datetime import UTC, datetime

from management.models.operations import OperationSummary, Status
from management.operations.store import OperationStore
from management.reading.declared import DeclaredReader
from management.reading.fresh import Fresh
from management.reading.live import LiveReader
from management.reading.nodes import NodesReader
from management.reading.summary import Readings, overview

_SECONDS = 1.0
"""How old it may be."""
_LATEST = 5
"""Operations that it names."""
_TOLD = tuple(status for status in Status if status is not Status.DENIED)


class Overviews:
    """Keeps the overview of a stack."""

    def __init__(
        self, stack: str, declared: DeclaredReader, live: LiveReader, nodes: NodesReader, store: OperationStore
    ) -> None:
        self._stack, self._declared, self._live, self._nodes, self._store = stack, declared, live, nodes, store
        self._fresh = Fresh(self._read, seconds=_SECONDS, stale=30.0)

    async def json(self) -> bytes:
        """The overview in JSON."""
        return await self._fresh.get()

    def forget(self) -> None:
        """Put it together anew for the next who asks: something is known to have changed."""
        self._fresh.forget()

    async def close(self) -> None:
        """End what is under way."""
        await self._fresh.close()

    async def _read(self) -> bytes:
        declared, live, nodes = await asyncio.gather(self._declared.read(), self._live.read(), self._nodes.read())
        latest = await self._store.page(limit=_LATEST, status=_TOLD)
        running = await self._store.running()
        applied = await self._store.last_applied()
        told = await asyncio.to_thread(
            overview,
            Readings(self._stack, declared, live, nodes, applied, datetime.now(UTC)),
            latest.operations,
            _summary(running[0]) if running else None,
        )
        return told.model_dump_json(by_alias=True).encode()


def _summary(operation: OperationSummary) -> OperationSummary:
    """An operation without what only its whole tells."""
    return OperationSummary.model_validate({name: getattr(operation, name) for name in OperationSummary.model_fields})
