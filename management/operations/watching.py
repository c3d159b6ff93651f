"""Operations that are under way, told to whoever watches them."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from management.models.operations import ENDED, Operation
from management.operations.store import OperationStore

_BETWEEN: Final = 0.2
"""Seconds between two states that are told: what changes within them is told at once."""
_OTHERS: Final = 1.0
"""Seconds between two looks at an operation of another process."""


class Watching:
    """The operations of this process that are under way."""

    def __init__(self, store: OperationStore) -> None:
        self._store = store
        self._operations: dict[str, Operation] = {}
        self._changed = asyncio.Event()

    def become(self, operation: Operation) -> None:
        """Tell how an operation is now. It is to be kept in the database once it has ended, before this is said."""
        self._operations[operation.id] = operation
        if operation.status in ENDED:
            del self._operations[operation.id]
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def find(self, identity: str) -> Operation | None:
        """How an operation is, whoever runs it; None when there is none of that name."""
        return self._operations.get(identity) or await self._store.get(identity)

    async def states(self, identity: str) -> AsyncIterator[Operation]:
        """How an operation is, and how it becomes, until it has ended."""
        told: Operation | None = None
        while True:
            changed = self._changed
            operation = await self.find(identity)
            if operation is None:
                return
            if operation != told:
                yield operation
                told = operation
            if operation.status in ENDED:
                return
            try:
                async with asyncio.timeout(_OTHERS):
                    await changed.wait()
            except TimeoutError:
                continue
            await asyncio.sleep(_BETWEEN)
