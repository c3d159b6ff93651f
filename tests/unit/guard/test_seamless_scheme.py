"""The seamless scheme as a stack emits it, in front of a service, over the proxy."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from jwt.api_jws import PyJWS

from tests.unit.config.documents import put
from tests.unit.entities.states import configurations
from tests.unit.guard.seamless import KeySet, Kong, stack
from tests.unit.guard.test_scheme import signed_as_secret
from tests.unit.guard.tokens import claims, private_key, public_key, signed, unsigned
from tests.unit.proxy.harness import Gateway, reference

LIMIT = 3


@pytest.fixture
def kong(gateway: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kong:
    """The whole stack; a partner beside it has an RS256 key of their own in Kong."""
    KeySet(tmp_path, monkeypatch).write("new", "old")
    limits = put("limits", {"minute": LIMIT, "hour": 100, "day": 100})
    everywhere = put("tiers", [{"name": "free"}, {"name": "pro", "times": 2, "fairness": "tier"}])
    groups = [put(f"apis[0].routes[{at}].access.groups", ["pro"]) for at in (2, 3)]
    first = put("apis[0].routes[0].access.groups", ["free", "pro"])
    made = Kong(gateway)
    made.write_all(stack(limits, everywhere, first, *groups))
    partner = gateway.consumer("partner")
    pem = public_key("partner")
    gateway.store.add("jwt_secrets", consumer=reference(partner), key="partner", algorithm="RS256", rsa_public_key=pem)
    return made


async def ask(kong: Kong, token: str | None, path: str = "/api/x", **headers: str) -> httpx.Response:
    bearer = {} if token is None else {"Authorization": f"Bearer {token}"}
    return await kong.gateway.get(path, headers=bearer | headers)


@pytest.mark.parametrize("kid", ["old", "new"])
async def test_a_token_of_each_key_reaches_the_service_as_its_tier(kong: Kong, kid: str) -> None:
    answer = await ask(kong, signed(kid, kid=kid))
    sent = {name.lower(): value for name, value in answer.json()["headers"]}
    assert answer.status_code == 200
    assert (sent["x-consumer-username"], sent["x-consumer-custom-id"]) == ("free-tier", "free")
    assert sent["tokensubject"] == claims()["sub"]
    assert answer.headers["x-ratelimit-limit-minute"] == str(LIMIT)


async def test_nothing_of_how_the_tier_was_found_reaches_the_service(kong: Kong) -> None:
    answer = await ask(kong, signed("old", kid="old"))
    sent = {name.lower(): value for name, value in answer.json()["headers"]}
    assert {"proxy-authorization", "x-anonymous-consumer", "x-consumer-groups"}.isdisjoint(sent)
    assert not any(key in answer.text for key in kong.tier_keys())


def forged(**header: Any) -> str:
    """Right claims, a right header but for these fields, and no signature."""
    return unsigned(header=json.dumps({"alg": "RS256", "typ": "JWT", "kid": "old"} | header))


REFUSED: dict[str, tuple[Callable[[], str | None], int]] = {
    "no token": (lambda: None, 401),
    "forged": (forged, 401),
    "forged, of a key that is not the realm's": (lambda: signed("stranger", kid="old"), 401),
    "kid of nobody": (lambda: signed("stranger", kid="stranger"), 401),
    "kid of a key that signs no more": (lambda: signed("gone", kid="gone"), 401),
    "kid of another of the realm's keys": (lambda: signed("old", kid="new"), 401),
    "kid of a partner, signed by the partner": (lambda: signed("partner", kid="partner", tier="pro"), 401),
    "kid of a tier": (lambda: signed("old", kid="free"), 401),
    "kid in other letters": (lambda: signed("old", kid="OLD"), 401),
    "no kid": (lambda: unsigned(header='{"alg":"RS256"}'), 401),
    "kid a number": (lambda: forged(kid=7), 401),
    "kid a list": (lambda: forged(kid=["old"]), 401),
    "kid null": (lambda: forged(kid=None), 401),
    "kid true": (lambda: forged(kid=True), 401),
    "kid empty": (lambda: forged(kid=""), 401),
    "kid claimed as well, and signed": (lambda: signed_claims(claims(kid="old")), 401),
    "kid claimed as a number": (lambda: claimed(7), 401),
    "kid claimed as null": (lambda: claimed(None), 401),
    "kid claimed as a partner's": (lambda: claimed("partner"), 401),
    "kid twice": (lambda: unsigned(header='{"alg":"RS256","kid":"stranger","kid":"old"}'), 401),
    "alg none": (lambda: forged(alg="none"), 401),
    "alg HS256 with the public key": (lambda: signed_as_secret(claims()), 401),
    "expired": (lambda: signed("old", kid="old", exp=1), 401),
    "foreign realm": (lambda: signed("old", kid="old", iss="https://keycloak.test/realms/other"), 401),
    "ID token": (lambda: signed("old", kid="old", typ="ID"), 401),
    "audience": (lambda: signed("old", kid="old", aud="account"), 401),
    "no tier": (lambda: signed("old", kid="old", tier=...), 403),
    "tier a number": (lambda: signed("old", kid="old", tier=7), 403),
    "tier of the keys' consumer": (lambda: signed("old", kid="old", tier="realm-keys"), 403),
}


def signed_claims(payload: dict[str, Any]) -> str:
    return PyJWS().encode(json.dumps(payload).encode(), private_key("old"), algorithm="RS256", headers={"kid": "old"})


def claimed(kid: object) -> str:
    return unsigned(claims(kid=kid), header='{"alg":"RS256","typ":"JWT","kid":"old"}')


@pytest.mark.parametrize(("token", "status"), REFUSED.values(), ids=REFUSED)
async def test_bad_tokens_are_refused(kong: Kong, token: Callable[[], str | None], status: int) -> None:
    assert (await ask(kong, token())).status_code == status


async def test_the_group_decides(kong: Kong) -> None:
    assert (await ask(kong, signed("old", kid="old"), "/api/eyes/x")).status_code == 403
    assert (await ask(kong, signed("old", kid="old", tier="pro"), "/api/eyes/x")).status_code == 200


@pytest.mark.parametrize("noise", [0, 95, 150])
async def test_who_knows_a_tiers_key_is_still_in_the_tier_of_their_token(kong: Kong, noise: int) -> None:
    names = ("Proxy-Authorization", "proxy_authorization", "X-Anonymous-Consumer", "X_Anonymous_Consumer", "apikey")
    token = signed("old", kid="old")
    for key in kong.tier_keys():
        many = [(f"X-{at}", "x") for at in range(noise)]
        headers = [*((name, key) for name in names), ("Authorization", f"Bearer {token}"), *many]
        answer = await kong.gateway.get("/api/eyes/x", headers=headers)
        assert answer.status_code in {401, 403}
        alone = [*((name, key) for name in names), *many]
        assert (await kong.gateway.get("/api/x", headers=alone)).status_code == 401


async def test_a_key_in_query_body_or_cookie_does_not_count(kong: Kong) -> None:
    (key, *_) = kong.tier_keys()
    query = {"Proxy-Authorization": key, "X-Anonymous-Consumer": key, "apikey": key}
    cookies = {"Cookie": "; ".join(f"{name}={value}" for name, value in query.items())}
    answer = await kong.gateway.client.request("POST", "/api/x", params=query, data=query, headers=cookies)
    assert answer.status_code == 401


async def test_each_user_has_a_budget_or_the_tier_has_one(kong: Kong) -> None:
    async def statuses(tier: str, times: int) -> list[int]:
        tokens = [signed("new", kid="new", tier=tier, sub=f"{tier}-{at}") for at in range(2)]
        return [(await ask(kong, tokens[at % 2])).status_code for at in range(2 * times)]

    assert await statuses("free", LIMIT) == [200] * 2 * LIMIT
    assert await statuses("pro", 2 * LIMIT) == [200] * 2 * LIMIT + [429] * 2 * LIMIT


async def test_a_user_keeps_their_budget_when_the_key_changes(kong: Kong) -> None:
    before = [(await ask(kong, signed("old", kid="old"))).status_code for _ in range(LIMIT)]
    assert [*before, (await ask(kong, signed("new", kid="new"))).status_code] == [200] * LIMIT + [429]


async def test_preflights_pass_and_a_bare_options_does_not(kong: Kong) -> None:
    origin = {"Origin": "http://localhost:3000"}
    preflight = origin | {"Access-Control-Request-Method": "POST"}
    assert (await kong.gateway.client.options("/api/x", headers=preflight)).status_code == 200
    assert (await kong.gateway.client.options("/api/x", headers=origin)).status_code == 401


async def test_public_routes_are_open_and_nobody_is_anybody_there(kong: Kong) -> None:
    assert (await ask(kong, None, "/health")).status_code == 200
    assert (await ask(kong, signed("stranger", kid="old"), "/health")).status_code == 200


async def test_no_log_has_a_tiers_key(kong: Kong) -> None:
    kong.gateway.plugin("file-log", {"path": "/dev/stdout"})
    for token, path in ((signed("old", kid="old"), "/api/x"), (forged(), "/api/x"), (None, "/health")):
        await ask(kong, token, path)
    await ask(kong, signed("old", kid="old"), "/api/eyes/x")
    log = kong.gateway.log.getvalue().decode()
    assert len(log.splitlines()) >= 4
    assert not any(key in log for key in kong.tier_keys())


async def test_a_tiers_key_counts_only_beside_a_token(kong: Kong) -> None:
    """On a route with a key-auth of somebody's own, too."""
    store = kong.gateway.store
    route = store.add("routes", name="omnify-health", paths=["/partners/"], service=reference(store.all("services")[0]))
    kong.gateway.plugin("key-auth", {"key_names": ["apikey"]}, route=reference(route))
    statuses = [await kong.status(None, "/partners/", apikey=key) for key in kong.tier_keys()]
    assert statuses == [503, 503]


async def test_the_guard_asks_kong_for_a_key_again_when_it_was_changed(
    kong: Kong, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    monkeypatch.setattr("sandbox.kong.proxy.lua.pdk.time.time", lambda: now)
    token = signed("old", kid="old")
    assert await kong.status(token) == 200
    for credential in kong.gateway.store.all("keyauth_credentials"):
        kong.gateway.store.remove("keyauth_credentials", credential)
        kong.gateway.store.add("keyauth_credentials", **(credential | {"key": f"another-{credential['id']}"}))
    assert await kong.status(token) == 401
    now += 5
    assert await kong.status(token) == 200


def test_no_key_stands_in_what_the_stack_declares(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    KeySet(tmp_path, monkeypatch).write("old")
    state = stack()
    credentials = [state.document(entity) for entity in state if entity.kind == "keyauth_credentials"]
    assert len(credentials) == 3
    assert not any("key" in credential for credential in credentials)


def test_key_auth_reads_nothing_but_the_guards_headers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    KeySet(tmp_path, monkeypatch).write("old")
    config = configurations(stack())["route/omnify-eyes/key-auth"]
    assert config["key_names"] == ["X-Anonymous-Consumer", "Proxy-Authorization"]
    assert (config["key_in_header"], config["key_in_query"], config["key_in_body"]) == (True, False, False)
    assert (config["hide_credentials"], config["anonymous"], config["run_on_preflight"]) == (True, None, True)
