"""A running stand-in, in a thread of its own."""

import asyncio
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn

from workflows.rehearsal.standin.application import Standin


@dataclass(frozen=True)
class RunningStandin:
    """Where it listens, and its inside."""

    url: str
    standin: Standin


@contextmanager
def running_standin() -> Generator[RunningStandin]:
    """A stand-in that serves inside the block."""
    standin = Standin()
    config = uvicorn.Config(standin.application, host="127.0.0.1", port=0, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    socket = config.bind_socket()
    up = threading.Event()

    async def serve() -> None:
        serving = asyncio.create_task(server.serve([socket]))
        while not server.started and not serving.done():  # noqa: ASYNC110 (uvicorn says it no other way)
            await asyncio.sleep(0.01)
        up.set()
        await serving

    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    up.wait()
    try:
        yield RunningStandin(f"http://127.0.0.1:{socket.getsockname()[1]}", standin)
    finally:
        server.should_exit = True
        thread.join()
        socket.close()
