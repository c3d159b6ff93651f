"""The real Temporal server, built from its Go module, with everything in one process and one SQLite file."""

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import yaml
from google.protobuf.duration_pb2 import Duration
from omnify_workflows.naming import NAMESPACE, SEARCH_ATTRIBUTES
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from sandbox.cluster.build import GoProgram
from workflows.rehearsal.ports import free_ports

TEMPORAL: Final = GoProgram("temporal", Path(__file__).parent / "server", "go.temporal.io/server/cmd/server")
"""The server, as the Go module beside this file pins it."""
_SERVICES: Final = ("frontend", "history", "matching", "worker")
_STARTS: Final = 120.0
"""Seconds until the server answers; a busy machine needs some of them."""
_STOPS: Final = 30.0


class TemporalServerError(Exception):
    """The server does not come up; says where its log is."""


class TemporalServer:
    """One server. Its file outlives it, and so do its ports: a server that is started again is the same one."""

    def __init__(self, binary: Path, directory: Path) -> None:
        self._binary, self._directory = binary, directory
        self._ports = free_ports(2 * len(_SERVICES) + 2)
        self._running: subprocess.Popen[bytes] | None = None
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "dynamic.yaml").write_text(yaml.safe_dump(_DYNAMIC))
        (directory / "server.yaml").write_text(yaml.safe_dump(self._configuration()))

    @property
    def address(self) -> str:
        """The frontend's."""
        return f"127.0.0.1:{self._ports[0]}"

    @property
    def pid(self) -> int | None:
        """Its process; None while there is none."""
        return self._running.pid if self._running else None

    @property
    def log(self) -> Path:
        """What the server says."""
        return self._directory / "server.log"

    async def start(self) -> None:
        """Start it, and wait until the namespace is there with its search attributes.

        Raises:
            TemporalServerError: it does not come up.
        """
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(  # noqa: ASYNC220, S603 (starting takes no time; our own binary)
                [self._binary, "--config-file", "server.yaml", "--allow-no-auth", "start"],
                cwd=self._directory,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={"PATH": os.environ.get("PATH", ""), "HOME": str(self._directory)},
                start_new_session=True,
            )
        try:
            async with asyncio.timeout(_STARTS):
                await self._furnish()
        except TimeoutError as error:
            self.kill()
            raise TemporalServerError(f"the Temporal server does not come up; its log: {self.log}") from error

    async def stop(self) -> None:
        """Stop it as a cluster would; killed when it takes too long."""
        if self._running is None:
            return
        self._running.send_signal(signal.SIGTERM)
        try:
            await asyncio.to_thread(self._running.wait, _STOPS)
        except subprocess.TimeoutExpired:
            self.kill()
        self._running = None

    def kill(self) -> None:
        """End it without a word, as a lost node would."""
        if self._running is not None:
            self._running.kill()
            self._running.wait()
            self._running = None

    async def _furnish(self) -> None:
        client = await self._answering()
        await self._until_done(lambda: _register(client))
        await self._until_done(lambda: _add_search_attributes(client))

    async def _answering(self) -> Client:
        while True:
            self._check_alive()
            try:
                client = await Client.connect(self.address)
                if await client.service_client.check_health():
                    return client
            except (RuntimeError, RPCError):
                pass
            await asyncio.sleep(0.1)

    async def _until_done(self, work: Any) -> None:  # noqa: ANN401 (a function without arguments that is awaited)
        """Again and again: the parts of the server find one another only after a while."""
        while True:
            self._check_alive()
            try:
                return await work()
            except RPCError:
                await asyncio.sleep(0.2)

    def _check_alive(self) -> None:
        if self._running is None or self._running.poll() is not None:
            raise TemporalServerError(f"the Temporal server has ended; its log: {self.log}")

    def _configuration(self) -> dict[str, Any]:
        store = {
            "sql": {
                "pluginName": "sqlite",
                "databaseName": str(self._directory.resolve() / "temporal.db"),
                "connectAddr": "localhost",
                "connectProtocol": "tcp",
                # What is committed outlives the process, not a loss of power: fine for a rehearsal.
                "connectAttributes": {
                    "mode": "rwc",
                    "cache": "private",
                    "setup": "true",
                    "journal_mode": "wal",
                    "synchronous": "1",
                    "busy_timeout": "10000",
                },
                "maxConns": 1,
                "maxIdleConns": 1,
            }
        }
        frontend, pprof, *ports = self._ports
        grpc = dict(zip(_SERVICES, (frontend, *ports[:3]), strict=True))
        membership = dict(zip(_SERVICES, ports[3:7], strict=True))
        return {
            "log": {"stdout": True, "level": "warn"},
            "persistence": {
                "defaultStore": "sqlite",
                "visibilityStore": "sqlite",
                "numHistoryShards": 1,
                "datastores": {"sqlite": store},
            },
            "global": {
                "membership": {"maxJoinDuration": "30s", "broadcastAddress": "127.0.0.1"},
                "pprof": {"port": pprof},
            },
            "services": {
                service: {
                    "rpc": {"grpcPort": grpc[service], "membershipPort": membership[service], "bindOnLocalHost": True}
                }
                for service in _SERVICES
            },
            "clusterMetadata": {
                "enableGlobalNamespace": False,
                "failoverVersionIncrement": 10,
                "masterClusterName": "active",
                "currentClusterName": "active",
                "clusterInformation": {
                    "active": {
                        "enabled": True,
                        "initialFailoverVersion": 1,
                        "rpcName": "frontend",
                        "rpcAddress": self.address,
                    }
                },
            },
            "dcRedirectionPolicy": {"policy": "noop"},
            "publicClient": {"hostPort": self.address},
            "dynamicConfigClient": {"filepath": "dynamic.yaml", "pollInterval": "10s"},
        }


_DYNAMIC: Final[dict[str, Any]] = {
    # A namespace is known to all parts at once, not after ten seconds.
    "system.forceSearchAttributesCacheRefreshOnRead": [{"value": True}],
    "system.namespaceCacheRefreshInterval": [{"value": "1s"}],
    "system.enableDeployments": [{"value": True}],
    "system.enableDeploymentVersions": [{"value": True}],
    "frontend.workerVersioningDataAPIs": [{"value": True}],
    "frontend.workerVersioningWorkflowAPIs": [{"value": True}],
    # The limits are for clusters that many share; this one is for measuring what two cores carry.
    "frontend.namespaceRPS": [{"value": 100_000}],
    "frontend.rps": [{"value": 100_000}],
    "history.rps": [{"value": 100_000}],
    "matching.rps": [{"value": 100_000}],
    "frontend.persistenceMaxQPS": [{"value": 100_000}],
    "history.persistenceMaxQPS": [{"value": 100_000}],
    "matching.persistenceMaxQPS": [{"value": 100_000}],
}


@asynccontextmanager
async def running_server(binary: Path, directory: Path) -> AsyncGenerator[TemporalServer]:
    """A server inside the block."""
    server = TemporalServer(binary, directory)
    try:
        await server.start()
        yield server
    finally:
        await server.stop()


async def _register(client: Client) -> None:
    retention = Duration(seconds=24 * 3_600)
    request = RegisterNamespaceRequest(namespace=NAMESPACE, workflow_execution_retention_period=retention)
    try:
        await client.workflow_service.register_namespace(request)
    except RPCError as error:
        if error.status != RPCStatusCode.ALREADY_EXISTS:
            raise
    await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=NAMESPACE))


async def _add_search_attributes(client: Client) -> None:
    request = AddSearchAttributesRequest(
        namespace=NAMESPACE,
        search_attributes={
            attribute.name: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD for attribute in SEARCH_ATTRIBUTES
        },
    )
    try:
        await client.operator_service.add_search_attributes(request)
    except RPCError as error:
        if error.status != RPCStatusCode.ALREADY_EXISTS:
            raise
