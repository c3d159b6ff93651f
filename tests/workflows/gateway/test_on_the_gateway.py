"""The stack on the gateway of another: both written by the provider, and real requests."""

import json
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import JsonValue

from components.outputs import GatewayOutputs
from entities.desired import desired_state
from entities.drift import Drift, drift
from entities.validation import validated
from gateway.live import admin_api, read_snapshot
from gateway.recording import Recording, recorded, run_program
from gateway.verification import SigningKey
from gateway.verification.tokens import Flaw
from provider.settings import OVERRIDE, Settings
from sandbox.cluster.kubeconfig import Cluster
from sandbox.engine import engine
from sandbox.engine.steps import Action, Step
from sandbox.kong.gateway import Options
from sandbox.kong.kinds import KINDS
from tests.consumer.gateways import OWNER, outputs
from tests.program.stacks import stack_document
from tests.standin import RunningStandin, running_standin
from tests.unit.guard.tokens import private_key, public_key
from tests.workflows.program.stack import document, recorded_stack

_NOWHERE = Cluster(Path(), "nowhere", None)
API, INTERFACE = "/api/workflows/onboarding", "/workflows/namespaces"
LOGIN: JsonValue = {
    "clientSecret": {"name": "login", "key": "client-secret"},
    "cookieSecret": {"name": "login", "key": "cookie-secret"},
}


class Backend(BaseHTTPRequestHandler):
    """Says which Service a request came to, and who is said to ask."""

    def do_GET(self) -> None:
        service, caller = self.headers["Host"], self.headers.get("X-Consumer-Custom-ID")
        body = json.dumps({"path": self.path, "service": service, "tier": caller}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_PATCH = do_DELETE = do_GET  # noqa: N815


@dataclass
class Shared:
    """A gateway, its own stack and the workflows'."""

    kong: RunningStandin
    document: dict[str, Any]
    states: Path

    @property
    def outputs(self) -> GatewayOutputs:
        return outputs(validated(self.document))

    @property
    def tokens(self) -> SigningKey:
        return SigningKey(private_key(), self.outputs.auth)

    async def gateway_up(self) -> list[Step]:
        program = await recorded(lambda: run_program(self.document), "dev", preview=True)
        return await self._apply("gateway", program)

    async def workflows_up(self, **sections: JsonValue) -> list[Step]:
        says = document("dev", **{"ui": {"login": LOGIN}, **sections})
        return await self._apply("workflows", await recorded_stack(says, "dev", gateway=self.outputs))

    async def workflows_destroyed(self) -> list[Step]:
        return await self._apply("workflows", Recording((), {}))

    async def _apply(self, name: str, recording: Recording) -> list[Step]:
        """Kong's part of a program."""
        kong = tuple(
            each for each in recording.registrations if each.type.startswith(("kong:", "pulumi:providers:kong"))
        )
        steps: list[Step] = []
        await engine.apply(Recording(kong, {}), _NOWHERE, self.states / f"{name}.json", steps.append, lambda _: None)
        return [step for step in steps if step.action is not Action.SAME]

    def ask(self, path: str, *, tier: str | None = None, token: str | None = None, **rest: Any) -> httpx.Response:
        """A request through the gateway, with the token of a new user of a tier, or another, or none."""
        bearer = token or (self.tokens.user(tier) if tier else None)
        headers = {"Host": "kong.omnify.local"} | ({"Authorization": f"Bearer {bearer}"} if bearer else {})
        headers |= rest.pop("headers", {})
        return httpx.request(rest.pop("method", "GET"), self.kong.proxy_url + path, headers=headers, **rest)

    def entities(self, project: str) -> dict[str, dict[str, Any]]:
        """What Kong holds of a project, by id."""
        every = (document for kind in KINDS for document in self.kong.store.all(kind))
        return {str(each["id"]): dict(each) for each in every if f"project:{project}" in (each["tags"] or ())}

    async def drift(self) -> Drift:
        """What the gateway's own stack finds of drift."""
        async with admin_api(Settings(admin_uri=self.kong.admin_url)) as admin:
            return drift(desired_state(validated(self.document), OWNER), await read_snapshot(admin))


@pytest.fixture(scope="module")
def backend() -> Iterator[int]:
    """Every Service behind the gateway, at a port of this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Backend)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=["simple", "seamless"])
async def shared(
    request: pytest.FixtureRequest, backend: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Shared]:
    """Both stacks are applied."""
    auth = {"kind": "jwt", "issuer": "http://keycloak.omnify.local/realms/omnify", "signingKey": public_key()}
    gateway = stack_document("dev", auth=auth | {"rotation": request.param}, observability={"accessLog": False})
    here = ("127.0.0.1", backend)
    places = {
        ("workflows-api.omnify-workflows.svc.cluster.local", 8080): here,
        ("temporal-ui.omnify-workflows.svc.cluster.local", 4180): here,
        ("omnify-api.omnify.svc.cluster.local", 8000): here,
    }
    with running_standin(Options(connect_to=places)) as kong:
        monkeypatch.setenv(OVERRIDE, kong.admin_url)
        shared = Shared(kong, gateway, tmp_path)
        await shared.gateway_up()
        await shared.workflows_up()
        yield shared


async def test_the_workflow_api_is_for_pro_and_enterprise(shared: Shared) -> None:
    assert shared.ask(API).status_code == 401
    assert shared.ask(API, tier="free").status_code == 403
    for tier in ("pro", "enterprise"):
        told = shared.ask(API, tier=tier, method="POST")
        assert (told.status_code, told.json()["tier"], told.json()["path"]) == (200, tier, API)
    assert [shared.ask(API, token=shared.tokens.flawed("pro", flaw)).status_code for flaw in Flaw] == [
        shared.ask("/api/eyes/", token=shared.tokens.flawed("pro", flaw)).status_code for flaw in Flaw
    ]


async def test_what_omnify_answers_itself_it_goes_on_answering(shared: Shared) -> None:
    assert shared.ask("/api/clients", tier="free").status_code == 200
    assert shared.ask("/api/agentkit/x", tier="free").status_code == 403


async def test_the_interface_is_reached_by_its_login_alone_and_nobody_says_there_who_they_are(shared: Shared) -> None:
    told = shared.ask(INTERFACE, headers={"X-Consumer-Custom-ID": "enterprise"})

    assert (told.status_code, told.json()["path"], told.json()["tier"]) == (200, INTERFACE, None)
    (service,) = [
        each
        for each in shared.entities("omnify-workflows").values()
        if each.get("name") == "temporal-ui" and "host" in each
    ]
    assert (service["host"], service["port"]) == ("temporal-ui.omnify-workflows.svc.cluster.local", 4180)


async def test_without_a_login_the_gateway_has_no_way_to_the_interface(shared: Shared) -> None:
    await shared.workflows_up(ui={})

    assert shared.ask(INTERFACE).status_code == 404
    assert shared.ask(API, tier="pro").status_code == 200


async def test_everything_has_the_stacks_own_tags(shared: Shared) -> None:
    found = shared.entities("omnify-workflows").values()

    assert len(found) >= 8
    for each in found:
        assert set(each["tags"]) == {"managed-by:pulumi", "project:omnify-workflows", "stack:dev"}


async def test_neither_changes_what_is_the_others(shared: Shared) -> None:
    before = shared.entities("omnify-gateway"), shared.entities("omnify-workflows")

    assert await shared.gateway_up() == []
    assert await shared.workflows_up() == []

    assert (shared.entities("omnify-gateway"), shared.entities("omnify-workflows")) == before
    found = await shared.drift()
    assert found.clean
    assert {stray.id for stray in found.others} == before[1].keys()


async def test_a_removed_stack_leaves_nothing_behind_on_the_gateway(shared: Shared) -> None:
    before = shared.entities("omnify-gateway")

    await shared.workflows_destroyed()

    assert shared.entities("omnify-workflows") == {}
    assert shared.entities("omnify-gateway") == before
    assert (await shared.drift()).others == ()
    assert shared.ask(API, tier="pro").json()["service"].startswith("omnify-api"), "below /api/, as before"
