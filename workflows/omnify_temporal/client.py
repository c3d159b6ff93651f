"""Temporal, reached and waited for."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from omnify_temporal.errors import StepError

Answer = TypeVar("Answer")
_PAUSE = 1.0
"""Seconds between two tries."""
_FOR_A_WHILE = frozenset({RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.RESOURCE_EXHAUSTED})


@dataclass(frozen=True)
class Temporal:
    """A connection, and how long to wait for what takes its time."""

    client: Client
    namespace: str
    patience: float
    """Seconds."""

    async def until(self, ask: Callable[[], Awaitable[Answer | None]], what: str) -> Answer:
        """The first answer that is not None.

        Raises:
            StepError: there was none in time; `what` says what was waited for.
        """
        reason = ""
        try:
            async with asyncio.timeout(self.patience):
                while True:
                    try:
                        answer = await ask()
                        if answer is not None:
                            return answer
                    except RPCError as error:
                        if error.status not in _FOR_A_WHILE and error.status is not RPCStatusCode.NOT_FOUND:
                            raise StepError(f"waiting for {what}: {error.message}") from error
                        reason = f" ({error.message})"
                    await asyncio.sleep(_PAUSE)
        except TimeoutError:
            raise StepError(f"after {self.patience:.0f} s there is still not: {what}{reason}") from None


async def connected(address: str, namespace: str, patience: float) -> Temporal:
    """Temporal at an address; it may still be coming up.

    Raises:
        StepError: it did not answer in time.
    """
    try:
        async with asyncio.timeout(patience):
            while True:
                try:
                    return Temporal(await Client.connect(address, namespace=namespace), namespace, patience)
                except RuntimeError:  # what the SDK's core raises when nobody answers
                    await asyncio.sleep(_PAUSE)
    except TimeoutError:
        raise StepError(f"Temporal at {address} did not answer within {patience:.0f} s; look at its frontend") from None
