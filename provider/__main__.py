"""Starts the provider for the engine: `python provider [engine address]`. Prints the port it listens on."""

import asyncio
import contextlib
import signal
import sys
from pathlib import Path

# The engine runs this folder as a script, which puts the folder, not the project, on the path.
_HERE = Path(__file__).resolve().parent
sys.path[:] = [str(_HERE.parent), *(entry for entry in sys.path if Path(entry or ".").resolve() != _HERE)]

from provider.engine import engine_log  # noqa: E402 - needs the path above
from provider.server import serve  # noqa: E402
from provider.servicer import KongProvider  # noqa: E402


async def main(arguments: list[str]) -> None:
    """Serve until the engine ends the process."""
    provider = KongProvider(say=engine_log(arguments[0]) if arguments else None)
    server, port = await serve(provider)
    print(port, flush=True)  # noqa: T201 - the engine reads the port from standard output
    stopped = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stopped.set)
    await stopped.wait()
    await server.stop(grace=1)
    await provider.close()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(sys.argv[1:]))
