"""A real PostgreSQL for tests, with a volume as the official image prepares one.

The image's own entrypoint is not here; what it does to an empty volume is done the same: a superuser of the wanted
name, its password, no password from the server's own address and one from everywhere else. `::1` plays everywhere else.
"""

import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

_TOOLS = ("initdb", "pg_ctl", "createdb", "psql")


def missing_tools() -> list[str]:
    """What of PostgreSQL is not on PATH."""
    return [tool for tool in _TOOLS if shutil.which(tool) is None]


_missing = missing_tools()
needs_postgres = pytest.mark.skipif(bool(_missing), reason=f"not on PATH: {', '.join(_missing)} of PostgreSQL")
_PATIENCE = 60
_OWNER = 65_534 if os.geteuid() == 0 else None
"""PostgreSQL refuses to be root."""
USER = "kong"


class PostgresServer:
    """A server on a volume, which may be killed and started again."""

    def __init__(self, folder: Path, password: str) -> None:
        self.port = _free_port()
        self._volume, self._log = folder / "pgdata", folder / "log"
        given = folder / "password"
        given.write_text(password)
        if _OWNER is not None:
            for each in (folder, given):
                os.chown(each, _OWNER, _OWNER)
        self._done("initdb", "-D", str(self._volume), f"--username={USER}", f"--pwfile={given}", "--no-sync")
        rules = self._volume / "pg_hba.conf"
        from_elsewhere = rules.read_text().replace("::1/128                 trust", "::1/128 scram-sha-256")
        assert from_elsewhere != rules.read_text()
        rules.write_text(from_elsewhere)

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        options = f"-c listen_addresses=127.0.0.1,::1 -c port={self.port} -c unix_socket_directories="
        self._done("pg_ctl", "-D", str(self._volume), "-w", "-l", str(self._log), "-o", options, "start")

    def kill(self) -> None:
        """End it without any goodbye, as a node that is lost."""
        self._done("pg_ctl", "-D", str(self._volume), "-m", "immediate", "stop")

    def create_database(self) -> None:
        """The one that the image creates with the volume."""
        self._done("createdb", "-h", "127.0.0.1", "-U", USER, USER)

    def run(self, script: str, password: str) -> "subprocess.Popen[str]":
        """Start a script of the pod in its environment."""
        environment = {"POSTGRES_USER": USER, "POSTGRES_DB": USER, "POSTGRES_PASSWORD": password}
        return subprocess.Popen(
            ["/bin/sh", "-c", script],
            env=self._environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def asked_from_elsewhere(self, statement: str, password: str) -> str | None:
        """What it answers; None where it refuses the password."""
        command = ("psql", "-h", "::1", "-U", USER, "-d", USER, "-qtAc", statement)
        environment = self._environment | {"PGPASSWORD": password}
        asked = subprocess.run(command, env=environment, check=False, capture_output=True, text=True, timeout=_PATIENCE)
        if "password authentication failed" in asked.stderr:
            return None
        assert asked.returncode == 0, asked.stderr
        return asked.stdout.strip()

    @property
    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "PGPORT": str(self.port)}

    def _done(self, *command: str) -> None:
        ran = subprocess.run(
            command,
            check=False,
            env=self._environment,
            user=_OWNER,
            group=_OWNER,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            timeout=_PATIENCE,
        )
        assert ran.returncode == 0, ran.stderr


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]
