"""The stand-in as a whole: a store, the Admin API that writes it, the proxy that reads it, the status listener."""

import uuid
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.kong.admin.application import admin_application, status_application
from sandbox.kong.admin.node import Node
from sandbox.kong.dao import Dao
from sandbox.kong.faults import Faults, with_fault_endpoint, with_faults
from sandbox.kong.listeners import Listener, Patience, serving
from sandbox.kong.pages import Database
from sandbox.kong.proxy import Proxy
from sandbox.kong.state import StateFile
from sandbox.kong.store import Store

Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Ports:
    """Where it listens; 0 takes any free port."""

    admin: int = 0
    proxy: int = 0
    status: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a stand-in runs."""

    database: Database = "postgres"
    ports: Ports = field(default_factory=Ports)
    state: Path | None = None
    """The file that keeps its entities; None forgets them."""
    connect_to: Mapping[Address, Address] = field(default_factory=dict[Address, Address])
    """Where the hosts and ports of services really are; and of Redis, which is played in memory where it is nowhere."""
    properties: Mapping[str, str] = field(default_factory=dict[str, str])
    """Properties of kong.conf; the proxy's edge.py says which ones mean something."""
    fault_endpoint: bool = False
    """Whether faults can be switched on over HTTP."""


class Gateway:
    """A store and what serves it."""

    def __init__(self, options: Options) -> None:
        self.store = Store()
        self.faults = Faults()
        self.patience = Patience()
        self.database_reachable = True
        """What the status listener and the metrics say of the database. Kong's proxy goes on without it; what the Admin
        API does then is a matter of `faults`."""
        self._options = options

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[Ports]:
        """Serves inside the block; gives the ports."""
        options = self._options
        node_id = str(uuid.uuid4())
        proxy = Proxy(
            self.store,
            node_id=node_id,
            resolve=lambda host, port: options.connect_to.get((host, port), (host, port)),
            properties=options.properties,
            find_redis=lambda host, port: options.connect_to.get((host, port)),
            reaches_database=self._reaches_database,
        )
        dao = Dao(self.store, database=options.database)
        node = Node(metrics=proxy.metrics, reaches_database=self._reaches_database, id=node_id)
        admin = with_faults(admin_application(dao, node), self.faults)
        listeners = [
            Listener(with_fault_endpoint(admin, self.faults) if options.fault_endpoint else admin, options.ports.admin),
            Listener(proxy.application, options.ports.proxy, lifespan="on"),
            Listener(status_application(dao, node), options.ports.status),
        ]
        async with AsyncExitStack() as stack:
            if options.state:
                await stack.enter_async_context(StateFile(options.state, self.store).kept())
            yield Ports(*await stack.enter_async_context(serving(listeners, self.patience)))

    def _reaches_database(self) -> bool:
        return self.database_reachable
