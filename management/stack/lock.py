"""One operation a stack at a time: a lock that also holds between processes, and that a killed one lets go of."""

from pathlib import Path

from filelock import AsyncFileLock, Timeout


class BusyError(Exception):
    """Another operation holds the stack."""


class StackLock:
    """The lock of one stack: a file that processes of the same `state` folder share."""

    def __init__(self, folder: Path, stack: str) -> None:
        self._file = folder / f"{stack}.lock"

    async def acquire(self, seconds: float) -> AsyncFileLock:
        """Take the lock, waiting so long for another to let go of it; whoever gets it must release it.

        Raises:
            BusyError: another still holds it.
        """
        lock = AsyncFileLock(self._file, thread_local=False, run_in_executor=False)
        try:
            await lock.acquire(timeout=seconds, poll_interval=0.1)
        except Timeout as busy:
            raise BusyError from busy
        return lock
