"""What the application has open while it runs, and how its endpoints get it."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from typing import Annotated, cast

from fastapi import Depends, Request

from management.access.gatekeeper import Gatekeeper, open_gatekeeper
from management.engine.protocol import Engine, EngineFactory
from management.operations.operator import Operator
from management.operations.store import OperationStore, open_store
from management.operations.watching import Watching
from management.reading.declared import DeclaredReader
from management.reading.live import LiveReader
from management.reading.nodes import NodesReader
from management.reading.overviews import Overviews
from management.settings import ManagementSettings
from management.workers import Workers, open_workers

Clock = Callable[[], datetime]
"""Tells the time."""


def now() -> datetime:
    """The time."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Management:
    """Everything that endpoints need."""

    settings: ManagementSettings
    engine: Engine
    workers: Workers
    declared: DeclaredReader
    live: LiveReader
    nodes: NodesReader
    overviews: Overviews
    store: OperationStore
    watching: Watching
    operator: Operator
    gatekeeper: Gatekeeper
    clock: Clock


@asynccontextmanager
async def open_management(
    settings: ManagementSettings, engine: EngineFactory | None = None, clock: Clock = now
) -> AsyncGenerator[Management]:
    """Everything opened inside the block; the settings say which engine where none is given."""
    settings.state.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        workers = await stack.enter_async_context(open_workers(settings.workers))
        store = await stack.enter_async_context(open_store(settings.database_url, settings.stack))
        declared = DeclaredReader(settings.stack, settings.file, workers)
        live = LiveReader(settings, declared, workers)
        stack.push_async_callback(live.close)
        nodes = NodesReader(settings, declared, workers)
        stack.push_async_callback(nodes.close)
        overviews = Overviews(settings.stack, declared, live, nodes, store)
        stack.push_async_callback(overviews.close)
        gatekeeper = await stack.enter_async_context(open_gatekeeper(settings, store, clock))
        made = (engine or engine_factory(settings.engine))(settings)
        stack.push_async_callback(made.close)
        watching = Watching(store)

        def applied() -> None:
            for reader in (live, nodes, overviews):
                reader.forget()

        operator = Operator(settings, made, workers, store, watching, applied=applied, clock=clock)
        stack.push_async_callback(operator.close)
        await operator.recover()
        yield Management(
            settings=settings,
            engine=made,
            workers=workers,
            declared=declared,
            live=live,
            nodes=nodes,
            overviews=overviews,
            store=store,
            watching=watching,
            operator=operator,
            gatekeeper=gatekeeper,
            clock=clock,
        )


def engine_factory(name: str) -> EngineFactory:
    """The factory that `module:function` names."""
    module, _, function = name.partition(":")
    return cast("EngineFactory", getattr(import_module(module), function))


def management(request: Request) -> Management:
    """What the lifespan has opened."""
    return cast("Management", request.state.management)


Opened = Annotated[Management, Depends(management)]
"""What is open, as a parameter of an endpoint."""
