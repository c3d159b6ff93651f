"""Where what takes time to think is thought: in other processes, so that reads go on meanwhile."""

import asyncio
import multiprocessing
import os
import threading
import time
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import asynccontextmanager
from typing import Final, ParamSpec, TypeVar

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")
_BETWEEN_LOOKS: Final = 2.0
"""Seconds between two looks of a worker at whether its parent lives."""


class Workers:
    """Runs functions of modules elsewhere. What they take and return goes there and back by pickle."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._executor = _executor(count)

    async def run(
        self, function: Callable[_Arguments, _Result], *args: _Arguments.args, **kwargs: _Arguments.kwargs
    ) -> _Result:
        """What a function returns. Raises what it raises. A worker that was killed is replaced once."""
        executor = self._executor
        try:
            return await asyncio.wrap_future(executor.submit(function, *args, **kwargs))
        except BrokenProcessPool:
            if self._executor is executor:
                self._executor = _executor(self._count)
            return await asyncio.wrap_future(self._executor.submit(function, *args, **kwargs))

    def close(self) -> None:
        """Let go of the workers; what nobody waits for any more is not begun."""
        self._executor.shutdown(wait=False, cancel_futures=True)


@asynccontextmanager
async def open_workers(count: int) -> AsyncGenerator[Workers]:
    """Workers inside the block: so many processes, or threads where there are none."""
    workers = Workers(count)
    try:
        yield workers
    finally:
        workers.close()


def _executor(count: int) -> Executor:
    if count == 0:
        return ThreadPoolExecutor(max_workers=2, thread_name_prefix="management")
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(count, mp_context=context, initializer=_end_with, initargs=(os.getpid(),))


def _end_with(parent: int) -> None:
    """A worker whose parent was killed would wait for ever."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_BETWEEN_LOOKS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
