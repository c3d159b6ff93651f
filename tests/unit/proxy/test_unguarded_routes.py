"""The gate for routes without a guard, run by the stand-in's proxy as Kong would run it."""

import pytest

from entities.auth.guard import Guard
from entities.auth.unguarded import unguarded
from tests.unit.proxy.harness import Gateway, reference

IDENTITY = (
    *("TokenSubject", "X-Consumer-Groups", "X-Authenticated-Groups", "X-Anonymous-Consumer"),
    *("X-Consumer-ID", "X-Consumer-Custom-ID", "X-Consumer-Username", "X-Credential-Identifier"),
)


async def test_a_route_without_a_guard_lets_nobody_pass(gateway: Gateway) -> None:
    gateway.plugin("pre-function", {"access": [unguarded(["health"])]})

    answer = await gateway.get("/")

    assert (answer.status_code, answer.json()["message"]) == (503, "This route has no guard yet")


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
async def test_a_route_that_is_declared_public_passes(gateway: Gateway, method: str) -> None:
    gateway.plugin("pre-function", {"access": [unguarded(["health", "all"])]})

    assert (await gateway.client.request(method, "/")).status_code == 200


async def test_a_route_without_a_name_passes_by_its_id(gateway: Gateway) -> None:
    gateway.plugin("pre-function", {"access": [unguarded([gateway.route["id"]])]})
    gateway.route["name"] = None

    assert (await gateway.get("/")).status_code == 200


async def test_nobody_tells_a_public_backend_who_they_are(gateway: Gateway) -> None:
    gateway.plugin("pre-function", {"access": [unguarded(["all"])]})

    answer = await gateway.get("/", headers=dict.fromkeys(IDENTITY, "forged"))

    arrived = {name.lower() for name, _ in answer.json()["headers"]}
    assert arrived.isdisjoint(name.lower() for name in IDENTITY)


@pytest.mark.parametrize("scope", ["route", "service"])
async def test_a_guard_takes_the_gates_place(gateway: Gateway, scope: str) -> None:
    guard = Guard(issuer="https://realm.test", audience="api", tiers=("free",), preflight=False)
    holder = gateway.route if scope == "route" else gateway.service
    gateway.plugin("pre-function", {"access": [unguarded([])]})
    gateway.plugin("pre-function", {"access": [guard.render()]}, **{scope: reference(holder)})

    answer = await gateway.get("/")

    assert (answer.status_code, answer.json()["message"]) == (401, "No bearer token")


@pytest.mark.parametrize("name", ['a"] = true, ["b', "a\nb", "a\\", "ä"])
async def test_a_routes_name_cannot_get_out_of_its_quotes(gateway: Gateway, name: str) -> None:
    gateway.plugin("pre-function", {"access": [unguarded([name])]})

    assert (await gateway.get("/")).status_code == 503
