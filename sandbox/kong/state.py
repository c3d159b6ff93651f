"""Keeps a store's entities in a file, so that a gateway that is started again has them."""

import asyncio
import json
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from sandbox.kong.kinds import KINDS
from sandbox.kong.store import Store

_SECONDS_BETWEEN_LOOKS = 0.2


class StateFile:
    """A file that follows a store: written soon after a write, whole or not at all, readable by its owner only."""

    def __init__(self, path: Path, store: Store) -> None:
        self._path = path
        self._store = store
        self._written: int | None = None

    def restore(self) -> None:
        """Fills the store with what the file holds; does nothing without a file."""
        if self._path.exists():
            state = json.loads(self._path.read_text())
            self._store.load(state["entities"], state["configuration_hash"])
        self._written = self._store.version

    def write(self) -> None:
        """Writes what has changed since the last time."""
        version = self._store.version
        if version == self._written:
            return
        entities = {kind: self._store.all(kind) for kind in KINDS}
        state = json.dumps({"configuration_hash": self._store.configuration_hash, "entities": entities})
        temporary = self._path.with_name(f"{self._path.name}.new")
        with open(temporary, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(state)
        temporary.replace(self._path)
        self._written = version

    @asynccontextmanager
    async def kept(self) -> AsyncGenerator[None]:
        """Restores the store, and writes inside the block soon after each burst of changes."""
        self.restore()
        following = asyncio.create_task(self._follow())
        try:
            yield
        finally:
            following.cancel()
            with suppress(asyncio.CancelledError):
                await following
            self.write()

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
            self.write()
