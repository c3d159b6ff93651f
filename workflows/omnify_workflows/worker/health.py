"""What the kubelet asks: `/healthz` whether the process works, `/readyz` whether it takes tasks."""

import asyncio
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from fastapi import FastAPI, Response
from temporalio.client import Client
from temporalio.worker import Worker
from typing_extensions import override

from omnify_workflows.connection import answers


@asynccontextmanager
async def serving_health(host: str, port: int, client: Client, worker: Worker) -> AsyncGenerator[int]:
    """Answers inside the block; gives the port."""
    app = FastAPI(openapi_url=None)

    async def alive(response: Response) -> Mapping[str, str]:
        # A worker that lost Temporal waits for it, and a restart would not help: only one that stopped is dead.
        return _say(response, worker.is_running or worker.is_shutdown, "running", "stopped")

    async def ready(response: Response) -> Mapping[str, str]:
        serves = worker.is_running and not worker.is_shutdown and await answers(client)
        return _say(response, serves, "ready", "not ready")

    app.add_api_route("/healthz", alive)
    app.add_api_route("/readyz", ready)
    server = _Server(uvicorn.Config(app, host=host, port=port, log_config=None, access_log=False, lifespan="off"))
    serving = asyncio.create_task(server.serve())
    try:
        while not server.started and not serving.done():  # noqa: ASYNC110 (uvicorn says it no other way)
            await asyncio.sleep(0.01)
        if serving.done():
            serving.result()
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await serving


class _Server(uvicorn.Server):
    @contextmanager
    @override
    def capture_signals(self) -> Generator[None]:
        """Leave signals to the worker."""
        yield


def _say(response: Response, good: bool, yes: str, no: str) -> Mapping[str, str]:
    response.status_code = 200 if good else 503
    return {"status": yes if good else no}
