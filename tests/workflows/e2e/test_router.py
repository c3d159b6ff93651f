"""The router on the real server: every endpoint, for whom it is, and what it says when something is in the way."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio
import uvicorn
from fastapi.routing import APIRoute
from omnify_workflows.router.application import application
from omnify_workflows.router.endpoints import router
from omnify_workflows.settings import RouterSettings

from tests.unit.management.realms import AUDIENCE, ISSUER, TestRealm
from tests.workflows.e2e.conftest import Stage
from tests.workflows.e2e.orders import POLICIES, until

VIEWER, OPERATOR, ADMIN = "gateway-viewer", "gateway-operator", "gateway-admin"


@dataclass
class Router:
    """A running router, and a realm whose tokens it takes."""

    url: str
    realm: TestRealm

    async def ask(self, method: str, path: str, role: str | None = ADMIN, body: Any = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.realm.token(role)}"} if role else {}
        async with httpx.AsyncClient(base_url=self.url, trust_env=False, timeout=30) as http:
            return await http.request(method, f"/api/workflows{path}", headers=headers, json=body)


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def ask(_worker: Any, server: Any, tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Router]:
    realm = TestRealm()
    settings = RouterSettings(
        temporal_address=server.address,
        issuer=ISSUER,
        audience=AUDIENCE,
        jwks_file=realm.write(tmp_path_factory.mktemp("realm")),
    )
    uvicorn_server = uvicorn.Server(uvicorn.Config(application(settings), port=0, log_config=None))
    serving = asyncio.create_task(uvicorn_server.serve())
    await until(lambda: uvicorn_server.started)
    port = uvicorn_server.servers[0].sockets[0].getsockname()[1]
    yield Router(f"http://127.0.0.1:{port}", realm)
    uvicorn_server.should_exit = True
    await serving


def order(name: str, *platforms: str) -> dict[str, Any]:
    return {
        "client": name,
        "name": "Acme",
        "contact": {"name": "Ada", "email": f"ada@{name}.example"},
        "tier": "pro",
        "platforms": list(platforms),
        "policies": POLICIES.model_dump(mode="json"),
    }


async def ended(ask: Router, identity: str) -> dict[str, Any]:
    async def closed() -> bool:
        return (await ask.ask("GET", f"/{identity}")).json()["closed"] is not None

    await until(closed)
    return (await ask.ask("GET", f"/{identity}")).json()


async def test_an_onboarding_is_started_told_watched_and_listed(ask: Router, stage: Stage, name: str) -> None:
    started = await ask.ask("POST", "/onboardings", OPERATOR, order(name, "meta"))
    assert started.status_code == 202, started.text
    assert started.json()["id"] == f"onboarding-{name}"
    again = await ask.ask("POST", "/onboardings", OPERATOR, order(name))
    assert (again.status_code, again.json()["title"]) == (409, "conflict")
    await until(lambda: stage.state.effects[f"ask {name} for meta"])
    watched = (await ask.ask("GET", f"/onboarding-{name}", VIEWER)).json()
    assert watched["status"] == "running"
    assert watched["client"] == name
    assert watched["progress"]["steps"]["tenant"] == "done"
    grace = {"name": "Grace", "email": f"grace@{name}.example"}
    assert (await ask.ask("PUT", f"/onboardings/{name}/contact", OPERATOR, grace)).json() == grace
    told = await ask.ask("POST", f"/onboardings/{name}/consents", OPERATOR, {"platform": "meta"})
    assert told.status_code == 202
    assert (await ended(ask, f"onboarding-{name}"))["status"] == "completed"
    assert stage.state.clients[name].fields["contact"] == grace

    async def listed() -> bool:
        found = (await ask.ask("GET", f"?client={name}", VIEWER)).json()
        return {each["id"] for each in found} == {f"onboarding-{name}", f"synchronisation-{name}-meta"}

    await until(listed)
    late = await ask.ask("POST", f"/onboardings/{name}/consents", OPERATOR, {"platform": "meta"})
    assert late.status_code == 404
    assert late.headers["content-type"] == "application/problem+json"


async def test_a_cancelled_onboarding_takes_back_what_it_did(ask: Router, stage: Stage, name: str) -> None:
    await ask.ask("POST", "/onboardings", OPERATOR, order(name, "meta"))
    await until(lambda: stage.state.effects[f"ask {name} for meta"])
    assert (await ask.ask("POST", f"/onboarding-{name}/cancellation", OPERATOR)).status_code == 403
    assert (await ask.ask("POST", f"/onboarding-{name}/cancellation", ADMIN)).status_code == 202
    assert (await ended(ask, f"onboarding-{name}"))["status"] == "canceled"
    assert name not in stage.state.clients


async def test_a_synchronisation_and_a_backfill(ask: Router, stage: Stage, name: str) -> None:
    body = {"client": name, "platform": "meta"}
    assert (await ask.ask("POST", "/synchronisations", OPERATOR, body)).status_code == 202
    await ended(ask, f"synchronisation-{name}-meta")
    window = {"since": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z"}
    answer = await ask.ask("POST", f"/synchronisations/{name}/meta/backfills", OPERATOR, window)
    assert answer.status_code == 202
    await ended(ask, f"synchronisation-{name}-meta")
    assert "2026-01-01-1" in stage.state.stored[f"{name}/meta"]


async def test_who_decides_on_a_model_is_who_the_token_says(ask: Router, stage: Stage, name: str) -> None:
    stage.state.model(name).evaluation = {"score": 0.9, "current": 0.8, "changed": 0.4}
    body = {"model": name, "since": "2026-01-01T00:00:00Z", "lookEvery": "PT0.1S"}
    assert (await ask.ask("POST", "/retrainings", OPERATOR, body)).status_code == 202
    await until(lambda: stage.state.model(name).approvals)
    decision = {"approved": True, "reason": "looked at it"}
    assert (await ask.ask("POST", f"/retrainings/{name}/decision", OPERATOR, decision)).status_code == 403
    assert (await ask.ask("POST", f"/retrainings/{name}/decision", ADMIN, decision)).status_code == 202
    whole = await ended(ask, f"retraining-{name}")
    assert whole["progress"]["approval"] == {"approved": True, "by": "aino", "reason": "looked at it"}


async def test_a_campaign_and_a_conversion(ask: Router, stage: Stage, name: str) -> None:
    body = {
        "client": name,
        "campaign": "spring",
        "segment": "all",
        "touches": 2,
        "betweenTouches": "PT3S",
        "measureAfter": "PT0.1S",
        "quiet": None,
        "perMinute": 6000,
    }
    assert (await ask.ask("POST", "/campaigns", OPERATOR, body)).status_code == 202
    told = await ask.ask("POST", f"/campaigns/{name}/spring/conversions", OPERATOR, {"recipient": "r1"})
    assert told.status_code == 202
    whole = await ended(ask, f"retention-{name}-spring")
    assert whole["status"] == "completed"
    assert whole["progress"]["converted"] == 1


LOWEST = {
    "list_workflows": VIEWER,
    "watch": VIEWER,
    "start_onboarding": OPERATOR,
    "consent": OPERATOR,
    "change_contact": OPERATOR,
    "start_synchronisation": OPERATOR,
    "backfill": OPERATOR,
    "start_retraining": OPERATOR,
    "decide": ADMIN,
    "start_campaign": OPERATOR,
    "converted": OPERATOR,
    "cancel": ADMIN,
}
ROUTES = [route for route in router.routes if isinstance(route, APIRoute)]
PLACES = {
    "client": "nobody",
    "platform": "meta",
    "model": "nothing",
    "campaign": "none",
    "identity": "onboarding-nobody",
}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
async def test_each_endpoint_is_for_its_lowest_role_and_those_above(ask: Router, route: APIRoute) -> None:
    path, (method, *_) = route.path.format(**PLACES), sorted(route.methods or ())
    order_of_roles = [None, "something-else", VIEWER, OPERATOR, ADMIN]
    lowest = order_of_roles.index(LOWEST[route.name])
    for rank, role in enumerate(order_of_roles):
        answer = await ask.ask(method, path, role)
        if role is None:
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"].startswith("Bearer")
        elif rank < lowest:
            assert answer.status_code == 403
        else:
            assert answer.status_code in {200, 202, 404, 422}
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "changes",
    [{"iss": "https://other.test/realms/omnify"}, {"aud": "other"}, {"exp": 1}, {"typ": "ID"}],
    ids=["issuer", "audience", "expired", "id token"],
)
async def test_a_token_that_does_not_hold_opens_nothing(ask: Router, changes: dict[str, Any]) -> None:
    token = ask.realm.token(ADMIN, **changes)
    async with httpx.AsyncClient(base_url=ask.url, trust_env=False) as http:
        answer = await http.get("/api/workflows", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


async def test_a_wrong_order_is_told_by_its_key_paths(ask: Router, name: str) -> None:
    wrong = order(name) | {"tier": "gold", "platforms": ["meta", "meta"]}
    answer = await ask.ask("POST", "/onboardings", OPERATOR, wrong)
    assert answer.status_code == 422
    assert "tier" in answer.json()["detail"]


async def test_a_router_says_whether_it_reaches_temporal(ask: Router) -> None:
    async with httpx.AsyncClient(base_url=ask.url, trust_env=False) as http:
        assert (await http.get("/healthz")).json() == {"status": "ok"}
        assert (await http.get("/readyz")).json() == {"status": "ready"}
