"""The application in the test's own process, with a stack file, a realm and an engine of the test's own."""

import asyncio
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from gateway.recording import PROJECT
from management.application import application
from management.context import Management
from management.engine.protocol import EngineFactory
from management.settings import ManagementSettings
from tests.unit.management.engines import ScriptedEngine
from tests.unit.management.realms import AUDIENCE, ISSUER, TestRealm

ADMIN = "gateway-admin"
OPERATOR = "gateway-operator"
VIEWER = "gateway-viewer"
NOWHERE = "http://127.0.0.1:9"
"""Where nothing answers."""


@dataclass
class Host:
    """A running application."""

    app: FastAPI
    client: httpx.AsyncClient
    opened: Management
    settings: ManagementSettings
    realm: TestRealm
    engine: ScriptedEngine

    @property
    def file(self) -> Path:
        return self.settings.file

    def bearer(self, *roles: str, **claims: Any) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.realm.token(*roles, **claims)}"}

    async def ask(self, method: str, path: str, role: str = ADMIN, **more: Any) -> httpx.Response:
        return await self.client.request(method, f"/api/kong{path}", headers=self.bearer(role), **more)

    async def ended(self, answer: httpx.Response) -> dict[str, Any]:
        """The operation of an answer, once it has ended."""
        assert answer.status_code == 202, answer.text
        return await self.operation(answer.json()["id"])

    async def operation(self, identity: str) -> dict[str, Any]:
        """An operation, once it has ended."""
        async with asyncio.timeout(600):
            while True:
                operation = (await self.ask("GET", f"/operations/{identity}")).json()
                if operation["status"] != "running":
                    return operation
                await asyncio.sleep(0.02)

    async def audit(self, **query: Any) -> list[dict[str, Any]]:
        """The audit trail, the newest first."""
        return (await self.ask("GET", "/operations", params=query)).json()["operations"]


@dataclass
class Place:
    """What an application has on the disk: kept when it is started again."""

    folder: Path
    realm: TestRealm = field(default_factory=TestRealm)
    settings: dict[str, Any] = field(default_factory=dict[str, Any])

    def __post_init__(self) -> None:
        self.file = self.folder / "Pulumi.dev.yaml"
        if not self.file.exists():
            shutil.copy(PROJECT / "Pulumi.dev.yaml", self.file)
        self.jwks = self.realm.write(self.folder)

    def management_settings(self, **changes: Any) -> ManagementSettings:
        given: dict[str, Any] = {
            "stack": "dev",
            "stack_file": self.file,
            "state": self.folder / "state",
            "issuer": ISSUER,
            "audience": AUDIENCE,
            "jwks_file": self.jwks,
            "status_urls": (NOWHERE,),
            "workers": 0,
            "live_seconds": 0,
            "patience": 2,
            "reads_per_minute": 100_000,
            "changes_per_minute": 100_000,
            "strangers_per_minute": 100_000,
        }
        return ManagementSettings(**{**given, **self.settings, **changes})

    @asynccontextmanager
    async def running(
        self, engine: ScriptedEngine | None = None, factory: EngineFactory | None = None, **changes: Any
    ) -> AsyncGenerator[Host]:
        scripted = engine or ScriptedEngine()
        settings = self.management_settings(**changes)
        app = application(settings, factory or (lambda _: scripted))
        async with app.router.lifespan_context(app) as state:
            opened: Management = (state or {})["management"]

            async def asgi(scope: Scope, receive: Receive, send: Send) -> None:
                scope["state"] = dict(state or {})
                await app(scope, receive, send)

            transport = httpx.ASGITransport(asgi)
            async with httpx.AsyncClient(transport=transport, base_url="http://management", timeout=120) as client:
                yield Host(app, client, opened, settings, self.realm, scripted)
