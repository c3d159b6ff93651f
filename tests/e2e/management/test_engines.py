"""The management API on a gateway, with each engine: both pass the same tests."""

import asyncio
import json
import os
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.recording import PROJECT
from provider.settings import OVERRIDE
from sandbox.kong.faults import Fault
from sandbox.rehearsal.cli import PulumiStack
from tests.e2e.management.engines import FACTORIES
from tests.standin import RunningStandin, running_standin
from tests.unit.management.hosts import ADMIN, Host, Place

pytestmark = pytest.mark.timeout(900)
ROUTE = {
    "service": "omnify-api",
    "name": "reports",
    "paths": ["/api/reports/"],
    "methods": ["GET"],
    "access": {"groups": ["pro"]},
}


@pytest.fixture(params=FACTORIES)
def engine(request: pytest.FixtureRequest) -> str:
    if request.param == "pulumi" and PulumiStack.cli() is None:
        pytest.skip("the Pulumi CLI is not on PATH")
    return request.param


@pytest.fixture
def kong(monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningStandin]:
    with running_standin() as running:
        monkeypatch.setenv(OVERRIDE, running.admin_url)
        yield running


@pytest.fixture
def settings(kong: RunningStandin) -> dict[str, Any]:
    return {"status_urls": (kong.status_url,), "patience": 30}


@pytest.fixture
async def host(engine: str, place: Place, settings: dict[str, Any]) -> AsyncIterator[Host]:
    async with place.running(factory=FACTORIES[engine], **settings) as running:
        yield running


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


async def set_up(host: Host) -> None:
    operation = await host.ended(await host.ask("POST", "/setup"))
    assert operation["status"] == "succeeded", operation["detail"]


async def drift(host: Host) -> dict[str, Any]:
    return (await host.ask("GET", "/configuration", params={"kind": "routes"})).json()["drift"]


def held(kong: RunningStandin, kind: str, name: str) -> dict[str, Any] | None:
    return next((each for each in kong.store.all(kind) if each.get("name") == name), None)


async def test_a_gateway_from_nothing_to_what_is_declared_and_to_what_is_changed(
    host: Host, kong: RunningStandin
) -> None:
    preview = (await host.ask("POST", "/setup", params={"dryRun": "true"})).json()
    assert preview["changes"]
    assert len(kong.store.all("routes")) == 0
    await set_up(host)
    assert (await drift(host))["clean"]

    again = (await host.ask("POST", "/setup", params={"dryRun": "true"})).json()
    assert (again["changes"], again["summary"]) == (False, "nothing changes")

    limited = await host.ended(await host.ask("PUT", "/consumers/free", json={"times": 3}))
    assert limited["status"] == "succeeded", limited["detail"]
    assert [(step["action"], step["kind"], step["name"]) for step in limited["progress"]] == [
        ("updated", "Plugin", "consumer/free/rate-limiting")
    ]
    minutes = {plugin["config"]["minute"] for plugin in kong.store.all("plugins") if plugin["name"] == "rate-limiting"}
    assert minutes == {3_000, 5_000, 20_000}

    declared = await host.ended(await host.ask("POST", "/routes", json=ROUTE))
    assert declared["status"] == "succeeded", declared["detail"]
    assert held(kong, "routes", "reports")
    assert {step["action"] for step in declared["progress"]} == {"created"}

    removed = await host.ended(await host.ask("DELETE", "/routes/reports"))
    assert removed["status"] == "succeeded", removed["detail"]
    assert held(kong, "routes", "reports") is None
    assert (await drift(host))["clean"]


async def test_what_kong_refuses_is_undone(host: Host, kong: RunningStandin) -> None:
    await set_up(host)
    before = host.file.read_text()
    async with httpx.AsyncClient(base_url=kong.admin_url) as admin:
        theirs = {"name": "reports", "paths": ["/theirs/"], "tags": ["project:others", "stack:x"]}
        (await admin.post("/routes", json=theirs)).raise_for_status()

    operation = await host.ended(await host.ask("POST", "/routes", json=ROUTE))

    assert operation["status"] == "rolled-back", operation
    assert "reports" in operation["detail"]
    assert host.file.read_text() == before
    assert (await drift(host))["clean"]
    assert (held(kong, "routes", "reports") or {})["paths"] == ["/theirs/"]


async def test_what_can_be_neither_done_nor_undone_is_said_and_setup_finishes_it(
    host: Host, kong: RunningStandin
) -> None:
    await set_up(host)
    before = host.file.read_text()
    kong.faults.begin(Fault("refuse", methods=("PUT", "POST", "PATCH", "DELETE")))

    operation = await host.ended(await host.ask("PUT", "/consumers/free", json={"times": 3}))
    # Undoing it writes nothing, as nothing was done; so it may succeed.
    assert operation["status"] in {"failed", "rolled-back"}
    assert operation["detail"]
    assert host.file.read_text() == before

    kong.faults.clear()
    await set_up(host)
    assert (await drift(host))["clean"]


async def test_a_process_that_is_killed_half_way_is_finished_by_the_next(
    engine: str, place: Place, settings: dict[str, Any], kong: RunningStandin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed for good, with SIGKILL, while a part of the entities is written."""
    address = await serving(engine, place, settings, monkeypatch)
    async with httpx.AsyncClient(base_url=address.url, timeout=60) as client:
        headers = {"Authorization": f"Bearer {place.realm.token(ADMIN)}"}
        begun = await client.post("/api/kong/setup", headers=headers)
        assert begun.status_code == 202, begun.text
        async with asyncio.timeout(300):
            while len(kong.store.all("plugins")) < 4:  # noqa: ASYNC110 - another process writes
                await asyncio.sleep(0.01)
    kong.faults.begin(Fault("hang", methods=("PUT", "POST", "PATCH")))
    address.process.send_signal(signal.SIGKILL)
    await address.process.wait()
    written = len(kong.store.all("plugins"))
    kong.faults.clear()

    async with place.running(factory=FACTORIES[engine], **settings) as host:
        operation = await host.operation(begun.json()["id"])

        assert operation["status"] == "succeeded", operation["detail"]
        assert len(kong.store.all("plugins")) >= written
        assert (await drift(host))["clean"]


class Served:
    def __init__(self, url: str, process: Process) -> None:
        self.url, self.process = url, process


async def serving(engine: str, place: Place, settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Served:
    """The application in a process of its own, as `python -m management` starts it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    given = place.management_settings(**settings, port=port, workers=1)
    for name, value in given.model_dump(mode="json", exclude_none=True, exclude_defaults=True).items():
        text = value if isinstance(value, str) else json.dumps(value)
        monkeypatch.setenv(f"MANAGEMENT_{name.upper()}", text)
    monkeypatch.setenv("MANAGEMENT_ENGINE", f"tests.e2e.management.engines:{engine}")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "management", cwd=PROJECT, env=os.environ, stdout=DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    async with asyncio.timeout(120), httpx.AsyncClient() as client:
        while True:
            try:
                if (await client.get(f"{url}/healthz")).status_code == 200:
                    return Served(url, process)
            except httpx.TransportError:
                assert process.returncode is None, "it does not start"
            await asyncio.sleep(0.1)
