"""Two stacks on one gateway: the example beside the gateway's own, both written by the provider, and real requests."""

import runpy
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

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
from sandbox.engine.steps import Action, EngineError, Step
from sandbox.kong.gateway import Options
from sandbox.kong.kinds import KINDS
from sandbox.kong.proxy.counters import Counters
from tests.consumer.gateways import OWNER, outputs
from tests.consumer.program import EXAMPLE, consumer
from tests.program.stacks import stack_document
from tests.standin import RunningStandin, running_standin
from tests.unit.guard.tokens import private_key, public_key

_NOWHERE = Cluster(Path(), "nowhere", None)
REPORT = "/api/reports/2026"


@dataclass
class Shared:
    """A gateway, its own stack and the example's."""

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
        """What the gateway's own stack changes."""
        program = await recorded(lambda: run_program(self.document), "dev", preview=True)
        return await self._apply("gateway", program)

    async def consumer_up(self, stack: str = "dev") -> list[Step]:
        """What the example changes."""
        return await self._apply(f"reports-{stack}", await consumer(self.outputs, stack))

    async def consumer_destroyed(self) -> list[Step]:
        return await self._apply("reports-dev", Recording((), {}))

    async def _apply(self, name: str, recording: Recording) -> list[Step]:
        """Kong's part of a program."""
        kong = tuple(
            each for each in recording.registrations if each.type.startswith(("kong:", "pulumi:providers:kong"))
        )
        steps: list[Step] = []
        state = self.states / f"{name}.json"
        await engine.apply(Recording(kong, {}), _NOWHERE, state, steps.append, lambda _: None)
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
def reports() -> Iterator[int]:
    """The example's service, at a port of this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), runpy.run_path(str(EXAMPLE / "reports.py"))["Reports"])
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=["simple", "seamless"])
async def shared(
    request: pytest.FixtureRequest, reports: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Shared]:
    """Both stacks are applied; every window of a limit is one."""
    auth = {"kind": "jwt", "issuer": "http://keycloak.omnify.local/realms/omnify", "signingKey": public_key()}
    document = stack_document("dev", auth=auth | {"rotation": request.param}, observability={"accessLog": False})
    here = ("127.0.0.1", reports)
    places = {("reports.reports.svc.cluster.local", 8080): here, ("omnify-api.omnify.svc.cluster.local", 8000): here}

    def beginning(counters: Counters, period: str) -> int:
        return 0

    monkeypatch.setattr(Counters, "window_start", beginning)
    with running_standin(Options(connect_to=places)) as kong:
        monkeypatch.setenv(OVERRIDE, kong.admin_url)
        shared = Shared(kong, document, tmp_path)
        await shared.gateway_up()
        await shared.consumer_up()
        yield shared


async def test_nobody_passes_whom_the_gateway_would_not_let_pass(shared: Shared) -> None:
    tokens = shared.tokens

    assert shared.ask(REPORT).status_code == 401
    assert [shared.ask(REPORT, token=tokens.flawed("free", flaw)).status_code for flaw in Flaw] == [
        shared.ask("/api/eyes/", token=tokens.flawed("free", flaw)).status_code for flaw in Flaw
    ]
    assert shared.ask(REPORT, method="POST", tier="pro").status_code == 403
    assert shared.ask(REPORT, method="POST", tier="enterprise").status_code == 200


async def test_its_service_learns_who_asks(shared: Shared) -> None:
    told = shared.ask(REPORT, tier="free", headers={"X-Consumer-Custom-ID": "enterprise", "TokenSubject": "somebody"})

    assert told.json()["path"] == REPORT
    assert told.json()["tier"] == "free"
    assert told.json()["user"] not in {None, "somebody"}


async def test_its_public_route_is_open_and_nobody_says_there_who_they_are(shared: Shared) -> None:
    told = shared.ask("/api/reports/status", headers={"X-Consumer-Custom-ID": "enterprise", "TokenSubject": "somebody"})

    assert told.json() == {"path": "/api/reports/status", "tier": None, "user": None}


async def test_a_tiers_limit_is_its_own_and_no_other(shared: Shared) -> None:
    one = shared.tokens.user("free")

    answers = [shared.ask(REPORT, token=one) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[0].headers["X-RateLimit-Limit-Minute"] == "5"
    assert shared.ask("/api/more", token=one).headers["X-RateLimit-Remaining-Minute"] == "999"
    assert shared.ask(REPORT, tier="free").status_code == 200
    assert shared.ask(REPORT, tier="pro").headers["X-RateLimit-Limit-Minute"] == "5000"


async def test_neither_changes_what_is_the_others(shared: Shared) -> None:
    before = shared.entities("omnify-gateway"), shared.entities("reports")

    assert await shared.gateway_up() == []
    assert await shared.consumer_up() == []

    assert (shared.entities("omnify-gateway"), shared.entities("reports")) == before


async def test_the_gateways_drift_counts_the_others_entities_and_lists_none(shared: Shared) -> None:
    found = await shared.drift()

    assert found.clean
    assert {stray.id for stray in found.others} == shared.entities("reports").keys()


async def test_when_it_goes_nothing_of_it_stays_and_the_gateway_is_as_it_was(shared: Shared) -> None:
    before = shared.entities("omnify-gateway")

    await shared.consumer_destroyed()

    assert shared.entities("reports") == {}
    assert shared.entities("omnify-gateway") == before
    assert (await shared.drift()).others == ()


async def test_another_stacks_names_are_refused_with_whose_they_are(shared: Shared) -> None:
    with pytest.raises(EngineError, match=r"not this stack's \(it has managed-by:pulumi, project:reports, stack:dev\)"):
        await shared.consumer_up("prod")


async def test_a_tier_that_goes_takes_its_limit_along_and_the_next_run_says_so(shared: Shared) -> None:
    del shared.document["tiers"][0]
    routes = shared.document["apis"][0]["routes"]
    routes[0]["access"] = {"groups": ["pro", "enterprise"]}
    await shared.gateway_up()

    assert not [each for each in shared.entities("reports").values() if each.get("name") == "rate-limiting"]
    with pytest.raises(
        Exception, match=r"no tier has the group 'free'(.|\n)*limits\.free: the gateway has no such tier"
    ):
        await shared.consumer_up()
