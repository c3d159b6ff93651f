"""The management API behind the gateway: who passes at the edge, and that nothing else takes its requests."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from entities.lint import lint
from tests.program.variants import MANAGED
from tests.unit.config.documents import Edit, put
from tests.unit.entities.states import authenticated_by, configurations, desired, documents, settings
from tests.unit.guard.seamless import KeySet, Kong, stack
from tests.unit.guard.tokens import signed
from tests.unit.proxy.harness import Gateway, backend, gateway

__all__ = ["backend", "gateway"]
CLIENT = "omnify-management"
MANAGE: Edit = put("management", MANAGED)


def operator(**changed: Any) -> str:
    """A token that the realm made out to the page's client: of nobody's tier."""
    given: dict[str, Any] = {"azp": CLIENT, "tier": ..., **changed}
    return signed(kid="realm", **given)


@pytest.fixture(params=["simple", "seamless"])
async def kong(
    request: pytest.FixtureRequest, gateway: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Kong:
    KeySet(tmp_path, monkeypatch).write("realm")
    running = Kong(gateway)
    running.write_all(stack(MANAGE, rotation=request.param))
    return running


async def reached(kong: Kong, path: str, token: str | None = None) -> tuple[int, str]:
    """What became of a request, and as which consumer it came to the backend."""
    answer = await kong.gateway.get(path, headers={} if token is None else {"Authorization": f"Bearer {token}"})
    if answer.status_code != 200:
        return answer.status_code, ""
    return 200, dict(answer.json()["headers"]).get("x-consumer-username", "")


async def test_operators_pass_as_their_client_though_they_are_in_no_tier(kong: Kong) -> None:
    assert await reached(kong, "/api/kong/overview", operator()) == (200, CLIENT)
    assert await reached(kong, "/api/kong/health", operator(azp="omnify-delivery")) == (200, "omnify-delivery")


async def test_customers_do_not_pass_whatever_their_tier(kong: Kong) -> None:
    assert await reached(kong, "/api/kong/overview", signed(kid="realm", tier="enterprise")) == (403, "")
    assert await reached(kong, "/api/kong/overview", signed(kid="realm", tier=CLIENT)) == (403, "")
    assert await reached(kong, "/api/kong/overview", signed(kid="realm", tier="free", azp="free")) == (403, "")


@pytest.mark.parametrize(
    "token",
    [
        lambda: None,
        lambda: operator(iss="https://other.test/realms/omnify"),
        lambda: operator(aud="account"),
        lambda: operator(typ="ID"),
        lambda: operator(exp=1),
        lambda: signed("stranger", kid="realm", azp=CLIENT),
    ],
    ids=["none", "another realm", "another audience", "an ID token", "expired", "another key"],
)
async def test_what_is_no_token_of_the_realm_is_refused(kong: Kong, token: Callable[[], str | None]) -> None:
    assert await reached(kong, "/api/kong/overview", token()) == (401, "")


async def test_operators_have_no_way_to_the_customers_routes(kong: Kong) -> None:
    assert await reached(kong, "/api/orders", operator()) == (403, "")
    assert await reached(kong, "/api/orders", operator(tier=CLIENT)) == (403, "")
    assert await reached(kong, "/api/orders", operator(tier="pro")) == (200, "pro-tier")


async def test_the_page_and_where_to_log_in_are_open_and_nothing_beside_them(kong: Kong) -> None:
    assert await reached(kong, "/api/kong/page/") == (200, "")
    assert await reached(kong, "/api/kong/page/app.js") == (200, "")
    assert await reached(kong, "/api/kong/login") == (200, "")
    for path in ("/api/kong/", "/api/kong/pages", "/api/kong/health", "/api/kong/access"):
        assert (await reached(kong, path))[0] == 401
    assert (await kong.gateway.client.post("/api/kong/page/")).status_code == 401


async def test_the_wide_route_of_the_api_takes_none_of_its_requests(kong: Kong) -> None:
    for method in ("GET", "HEAD", "POST", "PUT", "DELETE"):
        answer = await kong.gateway.client.request(
            method, "/api/kong/routes/x", headers={"Authorization": f"Bearer {signed(kid='realm', tier='enterprise')}"}
        )
        assert answer.status_code == 403, method


def test_each_person_has_the_limit_alone() -> None:
    limit = configurations(desired(MANAGE))[f"consumer/{CLIENT}/rate-limiting"]
    assert (limit["minute"], limit["limit_by"], limit["header_name"]) == (1_200, "header", "TokenSubject")


def test_changes_are_not_sent_twice_and_bodies_are_small() -> None:
    state = desired(MANAGE)
    service = documents(state, "services")[CLIENT]
    assert (service["retries"], service["host"], service["port"]) == (0, "management.omnify-gateway.svc", 8080)
    assert configurations(state)[f"route/{CLIENT}/request-size-limiting"]["allowed_payload_size"] == 1


def test_a_stack_without_it_has_none_of_it() -> None:
    assert not [entity.key for entity in desired() if "management" in entity.key]


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_lint_has_nothing_to_say_of_it(name: str) -> None:
    managed = settings(MANAGE, stack=name)
    assert lint(managed, desired(MANAGE, stack=name)).open == ()


def test_enterprise_finds_the_client_by_its_own_plugin() -> None:
    state = desired(*authenticated_by("openid-connect"), MANAGE)
    config = configurations(state)[f"route/{CLIENT}/openid-connect"]
    assert config["consumer_claim"] == ["azp"]
    assert documents(state, "consumers")[CLIENT]["custom_id"] == CLIENT
