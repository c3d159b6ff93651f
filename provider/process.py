"""The provider as a process that the engine starts and ends."""

import asyncio
import contextlib
import signal
from collections.abc import Sequence

from provider.engine import engine_log
from provider.server import serve
from provider.servicer import KongProvider


def run(arguments: Sequence[str]) -> None:
    """Serve until the engine ends the process. The first argument is the engine's address, for messages to people."""
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(arguments))


async def _serve(arguments: Sequence[str]) -> None:
    provider = KongProvider(say=engine_log(arguments[0]) if arguments else None)
    server, port = await serve(provider)
    print(port, flush=True)  # noqa: T201 - the engine reads the port from standard output
    stopped = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stopped.set)
    await stopped.wait()
    await server.stop(grace=1)
    await provider.close()
