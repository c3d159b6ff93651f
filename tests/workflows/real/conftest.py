"""The real Temporal server on a real PostgreSQL, started with what the stack's own objects say.

The schema Job's script runs with the real `temporal-sql-tool`, and the server reads the configuration of the stack's
ConfigMap. Only addresses differ: a cluster gives every pod its own.
"""

import asyncio
import os
import random
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest

from sandbox.cluster.build import GoMissingError, GoProgram, build, find_go
from tests.postgres_server import USER, PostgresServer, missing_tools
from tests.program.resources import Resources, inputs
from tests.workflows.program.stack import document, record
from workflows.rehearsal.temporal_server import TEMPORAL

_PASSWORD = "the database's \"password\": with 'quotes'"
_MODULE = Path(__file__).parent / "schematool"
TOOL = GoProgram("temporal-sql-tool", _MODULE, "go.temporal.io/server/cmd/tools/sql")
_PATIENCE = 180


@dataclass
class Real:
    """A running server."""

    made: Resources
    """The stack that it was started from."""
    address: str
    metrics: str
    log: Path
    schema_runs: list[str]
    """What each run of the schema Job's script said."""

    def scraped(self) -> str:
        return httpx.get(f"{self.metrics}/metrics", trust_env=False).text


@pytest.fixture(scope="session")
def made() -> Resources:
    return Resources(record(document("dev"), "dev").registrations)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    if missing_tools():
        pytest.skip(f"not on PATH: {', '.join(missing_tools())} of PostgreSQL")
    # Where PostgreSQL's own user gets to, which pytest's folders of root are not.
    with TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = PostgresServer(folder, _PASSWORD)
        server.start()
        yield server
        server.kill()


@pytest.fixture(scope="session")
def tools(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `temporal-sql-tool`; the first time, building it takes minutes."""
    try:
        tool = build(program=TOOL)
    except GoMissingError as missing:
        pytest.skip(str(missing))
    folder = tmp_path_factory.mktemp("tools")
    (folder / "temporal-sql-tool").symlink_to(tool)
    return folder


@pytest.fixture(scope="session")
def real(
    made: Resources, postgres: PostgresServer, tools: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Real]:
    folder = tmp_path_factory.mktemp("temporal")
    runs = [_with_schema(made, postgres, tools) for _ in range(2)]
    ports = _ports()
    config = _configuration(made, postgres, folder, ports)
    log = folder / "server.log"
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TEMPORAL_SERVICES": "frontend,history,matching,worker",
        "TEMPORAL_SERVER_CONFIG_FILE_PATH": str(config),
        "TEMPORAL_ALLOW_NO_AUTH": "true",
        "TEMPORAL_STORE_USER": USER,
        "TEMPORAL_STORE_PASSWORD": _PASSWORD,
        "POD_IP": "127.0.0.1",
    }
    with log.open("wb") as output:
        running = subprocess.Popen(
            [build(program=TEMPORAL), "start"], cwd=folder, env=environment, stdout=output, stderr=output
        )
    try:
        found = Real(made, f"127.0.0.1:{ports['7233']}", f"http://127.0.0.1:{ports['9090']}", log, runs)
        _until_it_answers(running, found)
        yield found
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(_PATIENCE)


def _with_schema(made: Resources, postgres: PostgresServer, tools: Path) -> str:
    """What the schema Job's script says."""
    job = inputs(made.one_named("kubernetes:batch/v1:Job", "temporal-schema"))
    container = job["spec"]["template"]["spec"]["containers"][0]
    values = {each["name"]: each["value"] for each in container["env"] if "value" in each}
    values |= {"SQL_HOST": "127.0.0.1", "SQL_PORT": str(postgres.port), "SQL_USER": USER, "SQL_PASSWORD": _PASSWORD}
    command = [part.replace("/etc/temporal/schema", str(_schema())) for part in container["command"]]
    ran = subprocess.run(
        command,
        env={"PATH": f"{tools}:{os.environ['PATH']}", **values},
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr


def _schema() -> Path:
    """Where the tools' image has its schema; here, in Go's module."""
    command = [find_go(), "list", "-m", "-f", "{{.Dir}}", "go.temporal.io/server"]
    found = subprocess.run(command, cwd=_MODULE, capture_output=True, text=True, check=True)
    return Path(found.stdout.strip()) / "schema"


def _configuration(made: Resources, postgres: PostgresServer, folder: Path, ports: dict[str, str]) -> Path:
    """The ConfigMap's files, with addresses of this machine."""
    (source,) = [
        inputs(each)["data"]
        for each in made.of_type("kubernetes:core/v1:ConfigMap")
        if each.name == "temporal-server-config"
    ]
    text = source["server.yaml"].replace("postgres:5432", f"127.0.0.1:{postgres.port}")
    text = re.sub(r"\b(7233|7234|7235|7239|6933|6934|6935|6939|7243|9090)\b", lambda found: ports[found[0]], text)
    text = text.replace("/etc/temporal/omnify", str(folder)).replace("0.0.0.0", "127.0.0.1")
    (folder / "dynamic.yaml").write_text(source["dynamic.yaml"])
    (folder / "server.yaml").write_text(text)
    return folder / "server.yaml"


def _ports() -> dict[str, str]:
    """A free port of this machine for each of a pod; Temporal keeps them in PostgreSQL as a `smallint`."""
    names = ("7233", "7234", "7235", "7239", "6933", "6934", "6935", "6939", "7243", "9090")
    with ExitStack() as held:
        return {name: str(held.enter_context(_free_socket()).getsockname()[1]) for name in names}


def _free_socket() -> socket.socket:
    while True:
        with suppress(OSError):
            return socket.create_server(("127.0.0.1", random.randrange(20_000, 32_000)))


def _until_it_answers(running: "subprocess.Popen[bytes]", real: Real) -> None:
    from omnify_temporal.client import connected  # noqa: PLC0415 (only where the server can be had)

    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        assert running.poll() is None, real.log.read_text()[-4000:]
        try:
            asyncio.run(connected(real.address, "temporal-system", 5))
        except Exception:
            continue
        return
    raise AssertionError(real.log.read_text()[-4000:])
