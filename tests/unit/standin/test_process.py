"""The stand-in as a process: ports, restarts, and where services really are."""

from __future__ import annotations

import json
import signal
import stat
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from sandbox.kong.__main__ import command
from sandbox.kong.gateway import Options
from tests.standin import running_standin


@contextmanager
def _process(*arguments: str) -> Generator[tuple[subprocess.Popen[str], dict[str, int]]]:
    ports = ("--admin-port", "0", "--proxy-port", "0", "--status-port", "0")
    started = [sys.executable, "-m", "sandbox.kong", *ports, *arguments]
    with subprocess.Popen(started, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, json.loads(process.stdout.readline())
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0


def test_a_process_prints_its_ports_and_ends_when_asked() -> None:
    with _process() as (_, ports):
        assert httpx.get(f"http://127.0.0.1:{ports['admin']}/").json()["version"] == "3.9.1"
        assert httpx.get(f"http://127.0.0.1:{ports['proxy']}/").status_code == 404
        assert httpx.get(f"http://127.0.0.1:{ports['status']}/status/ready").status_code == 200


def test_a_process_that_is_started_again_has_its_entities(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    with _process("--state", str(state)) as (_, ports):
        made = httpx.put(f"http://127.0.0.1:{ports['admin']}/services/kept", json={"host": "a.example"}).json()

    with _process("--state", str(state)) as (_, ports):
        assert httpx.get(f"http://127.0.0.1:{ports['admin']}/services/kept").json() == made


def test_the_state_is_for_its_owner_only_because_it_holds_credentials(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    with running_standin(Options(state=state)) as standin:
        httpx.put(f"{standin.admin_url}/consumers/c", json={}).raise_for_status()

    assert stat.S_IMODE(state.stat().st_mode) == 0o600


def test_a_dbless_gateway_that_is_started_again_is_ready(tmp_path: Path) -> None:
    options = Options(database="off", state=tmp_path / "state.json")
    with running_standin(options) as standin:
        httpx.post(f"{standin.admin_url}/config", json={"_format_version": "3.0"}).raise_for_status()

    with running_standin(options) as standin:
        assert httpx.get(f"{standin.status_url}/status/ready").status_code == 200


def test_a_service_is_sought_where_the_process_was_told(tmp_path: Path) -> None:
    with running_standin() as backend:
        port = backend.admin_url.rpartition(":")[2]
        with _process("--connect-to", f"backend.example:80=127.0.0.1:{port}") as (_, ports):
            admin = f"http://127.0.0.1:{ports['admin']}"
            httpx.put(f"{admin}/services/s", json={"host": "backend.example"}).raise_for_status()
            httpx.put(f"{admin}/routes/r", json={"paths": ["/"], "service": {"name": "s"}}).raise_for_status()

            assert httpx.get(f"http://127.0.0.1:{ports['proxy']}/plugins").json() == {"data": [], "next": None}


@pytest.mark.parametrize("route", ["nonsense", "a.example=b.example", "a.example:80=b.example:http"])
def test_a_malformed_route_is_refused_with_the_form_to_write(route: str) -> None:
    ended = CliRunner().invoke(command, ["--connect-to", route])

    assert ended.exit_code == 2
    assert "HOST:PORT=ADDRESS:PORT" in ended.stderr
