"""The application with its page, a stand-in for Kong that holds the stack and has seen traffic, and a realm."""

import asyncio
import threading
import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import httpx
import pytest
import yaml
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from config.files import read_files
from entities.desired import desired_state
from entities.state import Owner
from entities.validation import validated
from gateway.recording import PROJECT
from management.application import application
from provider.settings import OVERRIDE
from tests.page.realm import OpenRealm
from tests.standin import RunningStandin, running_standin
from tests.unit.drift.lives import applied
from tests.unit.management.engines import ScriptedEngine
from tests.unit.management.hosts import Place
from tests.unit.proxy.harness import serving

_NESTED = {"acls": "acls", "jwt_secrets": "jwt"}
_LIMIT = 60
REFUSED = 25


class Gate(asyncio.Event):
    """Opened from another thread."""

    def __init__(self) -> None:
        super().__init__()
        self._opened = threading.Event()

    def open(self) -> None:
        """Let everybody through from now on."""
        self._opened.set()

    async def wait(self) -> Literal[True]:
        """Wait until it is open."""
        await asyncio.to_thread(self._opened.wait)
        return True


@dataclass
class Site:
    """Where everything is, and its inside."""

    url: str
    """The page."""
    realm: OpenRealm
    engine: ScriptedEngine
    kong: RunningStandin
    place: Place

    def wait_until_healthy(self) -> None:
        """Wait until the overview knows of a stack file that is right again: it may be a second old."""
        for _ in range(600):
            if self.ask("GET", "/overview").json()["healthy"]:
                return
            time.sleep(0.1)
        raise AssertionError("the gateway did not become healthy again")

    def hold(self) -> Callable[[], None]:
        """Let the next applies wait until what is returned is called."""
        gate = Gate()
        self.engine.gate = gate
        return gate.open

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Ask the management API as an administrator."""
        headers = {"Authorization": f"Bearer {self.realm.token('gateway-admin')}"}
        return httpx.request(method, f"{self.url.removesuffix('/page/')}{path}", headers=headers, timeout=60, **more)


@contextmanager
def running_site(folder: Path) -> Generator[Site]:
    """The site, as long as the block lasts."""
    realm, engine = OpenRealm(), ScriptedEngine()
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        realm.issuer = stack.enter_context(serving(realm.application()))
        kong = stack.enter_context(running_standin())
        patch.setenv(OVERRIDE, kong.admin_url)
        place = Place(folder, realm=realm.keys)
        _write_stack(place.file, realm, stack.enter_context(serving(Starlette(routes=[Route("/{path:path}", _done)]))))
        settings = place.management_settings(
            issuer=realm.issuer, status_urls=(kong.status_url,), live_seconds=0, patience=20
        )
        filled(kong, place.file)
        url = stack.enter_context(serving(application(settings, lambda _: engine)))
        _send_traffic(kong, realm)
        yield Site(f"{url}/api/kong/page/", realm, engine, kong, place)


async def _done(_: Request) -> Response:
    return Response("done")


def _write_stack(file: Path, realm: OpenRealm, backend: str) -> None:
    document = yaml.safe_load(file.read_text())
    document["config"]["omnify-gateway:auth"] = {"kind": "jwt", "issuer": realm.issuer, "signingKey": realm.public_key}
    document["config"]["omnify-gateway:limits"] = {"minute": _LIMIT, "hour": 3_000, "day": 50_000}
    document["config"]["omnify-gateway:backends"] = {"omnify-api": backend}
    file.write_text(yaml.safe_dump(document, sort_keys=False))


def filled(kong: RunningStandin, file: Path) -> None:
    """Write everything that the stack of a file declares into the stand-in."""
    state = desired_state(validated(read_files(PROJECT, "dev", file)), Owner("omnify-gateway", "dev"))
    with httpx.Client(base_url=kong.admin_url, timeout=60) as admin:
        for kind, documents in sorted(applied(state).items(), key=lambda each: each[0] == "plugins"):
            for identity, document in documents.items():
                path = f"/{kind}/{identity}"
                if kind in _NESTED:
                    path = f"/consumers/{document['consumer']['id']}/{_NESTED[kind]}/{identity}"
                sent = {key: value for key, value in document.items() if key not in {"created_at", "updated_at"}}
                answer = admin.put(path, json=sent)
                assert answer.is_success, answer.text


def _send_traffic(kong: RunningStandin, realm: OpenRealm) -> None:
    """Requests of each tier; `free` hits its limit."""
    with httpx.Client(base_url=kong.proxy_url, timeout=60) as proxy:
        for tier, path, number in (
            ("pro", "/api/eyes/", 20),
            ("enterprise", "/api/agentkit/", 15),
        ):
            headers = {"Authorization": f"Bearer {realm.token(tier=tier, azp='omnify-web')}"}
            for _ in range(number):
                proxy.get(path, headers=headers)
        free = {"Authorization": f"Bearer {realm.token(tier='free', azp='omnify-web')}"}
        refused = 0
        while refused < REFUSED:  # a window may end meanwhile
            refused += proxy.get("/api/orders", headers=free).status_code == 429
        for _ in range(5):
            proxy.get("/health")
