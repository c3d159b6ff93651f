"""Several things at once in a workflow, all of which must succeed."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

from temporalio import workflow

_T = TypeVar("_T")


async def together(work: Iterable[Coroutine[Any, Any, _T]]) -> list[_T]:
    """Do all of it at once and give the results in order.

    The first failure cancels the rest, waits until that has ended, and is raised: what follows, such as taking back,
    does not meet anything still under way. `workflow.wait` keeps an order that replays.
    """
    tasks = [asyncio.create_task(one) for one in work]
    if not tasks:
        return []
    try:
        done, _ = await workflow.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        for task in done:
            if task.cancelled() or task.exception() is not None:
                await task
        return [task.result() for task in tasks]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
