"""The way of a request is the one that it really takes through the stand-in's router and plugins."""

from pathlib import Path
from typing import Any

import pytest

from entities.way import Request, Way, way
from tests.unit.config.documents import Edit, put
from tests.unit.entities.states import desired, settings
from tests.unit.guard.seamless import KeySet, Kong, stack
from tests.unit.guard.tokens import AUDIENCE, ISSUER, signed
from tests.unit.proxy.harness import Gateway, backend, gateway

__all__ = ["backend", "gateway"]
PATHS = ("/api/orders/1", "/api/agentkit/x", "/api/eyes/", "/api/auth/login", "/health", "/api/info", "/api/", "/other")
ENTITIES: Edit = put(
    "entities",
    {
        "routes": [
            {"name": "raw", "service": "omnify-api", "paths": ["/raw/"], "methods": ["GET"]},
            {"name": "elsewhere", "service": "omnify-api", "paths": ["/health"], "hosts": ["other.test"]},
        ],
        "plugins": [{"name": "key-auth", "route": "raw"}],
    },
)


def way_of(method: str, path: str, tier: str | None = None, *edits: Edit) -> Way:
    return way(settings(*edits), desired(*edits), Request(method, path, tier))


@pytest.mark.parametrize("rotation", ["simple", "seamless"])
async def test_it_ends_where_the_request_ends(
    rotation: str, gateway: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    KeySet(tmp_path, monkeypatch).write("realm")
    kong = Kong(gateway)
    auth = {"kind": "jwt", "issuer": ISSUER, "audience": AUDIENCE, "jwksFile": "keys.json", "rotation": rotation}
    edits = (put("auth", auth), ENTITIES)
    state, known = stack(ENTITIES, rotation=rotation), settings(*edits)
    kong.write_all(state)

    for path in (*PATHS, "/raw/x"):
        for method in ("GET", "POST"):
            for tier in (None, "free", "pro", "enterprise"):
                found = way(known, state, Request(method, path, tier))
                given: dict[str, Any] = {} if tier is None else {"tier": tier}
                headers = {} if tier is None else {"Authorization": f"Bearer {signed(kid='realm', **given)}"}
                answer = await gateway.client.request(method, path, headers=headers)
                if path.startswith("/raw/") and tier is not None:
                    continue  # whether somebody has a key there, no token says
                assert answer.status_code == (found.status or 200), (method, path, tier, found)
                if found.status is None and tier is not None and found.reason.endswith("-tier"):
                    assert dict(answer.json()["headers"]).get("x-consumer-username", f"{tier}-tier") == f"{tier}-tier"


def test_routes_that_fit_are_named_in_the_order_in_which_kong_tries_them() -> None:
    found = way_of("GET", "/api/agentkit/x", "pro")
    assert [each.route for each in found.contenders] == ["omnify-agentkit", "omnify-api-all"]
    assert (found.route, found.service) == ("omnify-agentkit", "omnify-api")
    assert found.backend == "http://omnify-api.omnify.svc.cluster.local:8000"


def test_plugins_stand_in_kongs_order_and_say_what_they_do_here() -> None:
    steps = way_of("GET", "/api/orders", "free").steps
    assert [step.plugin for step in steps] == [
        "pre-function",
        "correlation-id",
        "cors",
        "jwt",
        "request-size-limiting",
        "acl",
        "rate-limiting",
        "prometheus",
        "file-log",
    ]
    told = {step.plugin: step.does for step in steps}
    assert told["rate-limiting"] == "1,000 a minute, 60,000 an hour, 1,440,000 a day; for each user"
    assert told["acl"] == "lets enterprise, free, pro pass"
    assert told["pre-function"].startswith("checks the token's issuer")
    assert way_of("GET", "/health").steps[0].does.startswith("refuses routes that should have a guard")


def test_the_limit_is_that_of_the_tier_and_none_without_a_token() -> None:
    keys = {step.plugin: step.key for step in way_of("GET", "/api/orders", "pro").steps}
    assert keys["rate-limiting"] == "consumer/pro/rate-limiting"
    assert "rate-limiting" not in {step.plugin for step in way_of("GET", "/api/orders").steps}


def test_after_a_refusal_only_what_counts_and_logs_is_reached() -> None:
    found = way_of("GET", "/api/agentkit/x", "free")
    assert (found.status, found.reason) == (403, "group free may not pass")
    reached = {step.plugin: step.reached for step in found.steps}
    assert reached["acl"]
    assert not reached["rate-limiting"]
    assert reached["prometheus"]
    assert reached["file-log"]


def test_what_no_route_takes_is_answered_by_kong() -> None:
    found = way_of("DELETE", "/health")
    assert (found.route, found.status, found.steps) == (None, 404, ())
