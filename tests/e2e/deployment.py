"""The dev stack deployed in this process: its entities written through the Admin API, a backend behind the proxy."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
from pydantic import JsonValue
from starlette.types import Receive, Scope, Send

from components.exports import gateway_outputs
from config.files import NAMESPACE, read_files
from config.stack import StackSettings
from entities.declarative import declarative_yaml
from entities.desired import desired_state
from entities.model import Entity
from entities.state import DesiredState, Owner
from entities.validation import validated
from gateway.recording import PROJECT
from gateway.verification import Outcome, SigningKey, Status, Target, verify
from sandbox.kong.gateway import Address, Gateway, Options
from sandbox.kong.listeners import Listener, serving
from tests.unit.guard.tokens import private_key, public_key

MINUTE = 40
"""The smallest limit: a test reaches it in no time."""
_NESTED = {"acls": "acls", "jwt_secrets": "jwt", "keyauth_credentials": "key-auth"}


def dev_settings(**changed: Any) -> StackSettings:
    """The dev stack with small limits and a key of which the tests have the private half; `None` takes a key out."""
    document: dict[str, JsonValue] = {
        **read_files(PROJECT, "dev"),
        "auth": {
            "kind": "jwt",
            "issuer": "http://keycloak.omnify.local/realms/omnify",
            "audience": "omnify-api",
            "signingKey": public_key(),
        },
        "limits": {"minute": MINUTE, "hour": 60_000, "day": 1_440_000},
        "observability": {"accessLog": False},
        **changed,
    }
    return validated({key: value for key, value in document.items() if value is not None})


@dataclass(frozen=True)
class Deployment:
    """A gateway that serves a stack."""

    target: Target
    admin: httpx.AsyncClient
    backend: "Backend"
    gateway: Gateway

    @property
    def tokens(self) -> SigningKey:
        """Makes every token, with the key that stands for the realm's."""
        return SigningKey(private_key(), self.target.outputs.auth)

    async def verified(self, *, wait: float = 0, exhaust: bool = False) -> dict[str, Outcome]:
        """The outcomes by their checks' names."""
        outcomes = await verify(self.target, self.tokens, wait=wait, exhaust=exhaust)
        return {outcome.name: outcome for outcome in outcomes}

    async def failures(self) -> dict[str, str]:
        """The checks that fail, with what they say."""
        outcomes = await self.verified()
        return {name: outcome.detail for name, outcome in outcomes.items() if outcome.status is Status.FAILED}

    async def plugins(self, name: str) -> list[dict[str, Any]]:
        """All plugins of a name."""
        response = await self.admin.get("/plugins", params={"size": 1000})
        return [plugin for plugin in response.json()["data"] if plugin["name"] == name]

    async def remove(self, name: str) -> None:
        """Take every plugin of a name away."""
        for plugin in await self.plugins(name):
            (await self.admin.delete(f"/plugins/{plugin['id']}")).raise_for_status()

    async def configure(self, name: str, **config: Any) -> None:
        """Change every plugin of a name."""
        for plugin in await self.plugins(name):
            response = await self.admin.patch(f"/plugins/{plugin['id']}", json={"config": config})
            response.raise_for_status()


class Backend:
    """Reads the body and answers every request with one status."""

    def __init__(self) -> None:
        self.status = 200

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body", False):
            pass
        headers = [(b"content-type", b"text/plain")]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"backend"})


@asynccontextmanager
async def deployed(
    settings: StackSettings, *, stores: Mapping[Address, Address] | None = None
) -> AsyncGenerator[Deployment]:
    """A stack behind the stand-in, as long as the block lasts; `stores` says where its Redis really is."""
    outputs = gateway_outputs(settings, Owner(NAMESPACE, "dev"))
    backend = Backend()
    async with serving([Listener(backend, 0)]) as (port,):
        places = {_address(url): ("127.0.0.1", port) for url in settings.backends.values()} | dict(stores or {})
        database = "postgres" if settings.mode == "database" else "off"
        gateway = Gateway(Options(database=database, connect_to=places))
        async with (
            gateway.running() as ports,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{ports.admin}") as admin,
        ):
            await write(settings, admin)
            target = Target(
                outputs=outputs,
                url=f"http://127.0.0.1:{ports.proxy}",
                host=settings.ingress.gateway_host,
                metrics_url=f"http://127.0.0.1:{ports.status}",
            )
            yield Deployment(target, admin, backend, gateway)


async def write(settings: StackSettings, admin: httpx.AsyncClient) -> None:
    """Put every entity of a stack into a Kong."""
    state = desired_state(settings, Owner(NAMESPACE, "dev"))
    if settings.mode == "dbless":
        (await admin.post("/config", json={"config": declarative_yaml(state)})).raise_for_status()
        return
    for entity in state:
        await put_entity(state, entity, admin)


async def put_entity(state: DesiredState, entity: Entity, admin: httpx.AsyncClient) -> None:
    """Put one entity into a Kong."""
    document = state.document(entity)
    owner = document.get("consumer") if entity.kind in _NESTED else None
    path = f"/consumers/{owner['id']}/{_NESTED[entity.kind]}" if isinstance(owner, dict) else f"/{entity.kind}"
    response = await admin.put(f"{path}/{document['id']}", json=document)
    assert response.status_code == 200, response.text


def _address(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or 80
