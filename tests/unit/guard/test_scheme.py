"""The default scheme as a whole: guard, jwt, acl and rate-limiting in front of a service, over the proxy."""

import hashlib
import hmac
import json
from typing import Any

import httpx
import pytest

from entities.auth import SUBJECT_HEADER, Guard
from tests.unit.guard.tokens import AUDIENCE, ISSUER, base64url, claims, public_key, signed, unsigned
from tests.unit.proxy.harness import Gateway, reference

LIMIT = 3
TIERS = ("free", "pro")


@pytest.fixture
async def scheme(gateway: Gateway) -> Gateway:
    """Tiers `free` and `pro`, the second without a limit; `/pro/` is for pro alone, `/public/` for everybody."""
    for tier in TIERS:
        consumer = gateway.consumer(f"{tier}-tier", tier)
        gateway.store.add(
            "jwt_secrets", consumer=reference(consumer), key=tier, algorithm="RS256", rsa_public_key=public_key()
        )
        if tier == "free":
            config = {
                "minute": LIMIT,
                "policy": "local",
                "limit_by": "header",
                "header_name": SUBJECT_HEADER,
                "fault_tolerant": True,
            }
            gateway.plugin("rate-limiting", config, consumer=reference(consumer))
    protected = gateway.route
    restricted = gateway.store.add("routes", name="pro", paths=["/pro/"], service=reference(gateway.service))
    gateway.store.add("routes", name="public", paths=["/public/"], service=reference(gateway.service))
    for route, groups in ((protected, TIERS), (restricted, ("pro",))):
        _protect(gateway, route, groups)
    gateway.plugin("cors", {"origins": ["https://app.test"], "credentials": True, "max_age": 600})
    gateway.plugin("file-log", {"path": "/dev/stdout"})
    return gateway


def _protect(gateway: Gateway, route: dict[str, Any], groups: tuple[str, ...]) -> None:
    guard = Guard(issuer=ISSUER, audience=AUDIENCE, tiers=TIERS, preflight=True)
    gateway.plugin("pre-function", {"access": [guard.render()]}, route=reference(route))
    jwt = {"key_claim_name": "tier", "claims_to_verify": ["exp"], "uri_param_names": [], "cookie_names": []}
    gateway.plugin("jwt", jwt, route=reference(route))
    gateway.plugin("acl", {"allow": list(groups), "hide_groups_header": True}, route=reference(route))


async def ask(gateway: Gateway, token: str | None = None, path: str = "/", **headers: str) -> httpx.Response:
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    return await gateway.get(path, headers=headers)


async def test_good_token_reaches_the_service_as_its_tier(scheme: Gateway) -> None:
    answer = await ask(scheme, signed())
    sent = dict(answer.json()["headers"])
    assert answer.status_code == 200
    assert sent["x-consumer-username"] == "free-tier"
    assert sent["tokensubject"] == claims()["sub"]
    assert "x-consumer-groups" not in sent


async def test_public_route_is_open(scheme: Gateway) -> None:
    assert (await ask(scheme, path="/public/login")).status_code == 200


@pytest.mark.parametrize(
    ("token", "status", "body"),
    [
        (lambda: None, 401, {"message": "No bearer token"}),
        (lambda: signed("stranger"), 401, {"message": "Invalid signature"}),
        (unsigned, 401, {"message": "Invalid signature"}),
        (lambda: signed(exp=1), 401, {"exp": "token expired"}),
        (lambda: signed(exp=...), 401, {"exp": "must be a number"}),
        (lambda: signed(exp="2099"), 401, {"exp": "must be a number"}),
        (lambda: signed(iss="https://keycloak.test/realms/other"), 401, {"message": "Token is of another issuer"}),
        (lambda: signed(typ="ID"), 401, {"message": "Token is not an access token"}),
        (lambda: signed(aud="account"), 401, {"message": "Token is for another audience"}),
        (lambda: signed(tier=...), 403, {"message": "Token has no known tier"}),
        (lambda: unsigned(claims(tier=7)), 403, {"message": "Token has no known tier"}),
        (lambda: signed_as_secret(claims()), 401, {"message": "Token is not signed with RS256"}),
        (lambda: unsigned(header='{"alg":"none"}'), 401, {"message": "Token is not signed with RS256"}),
    ],
    ids=[
        "none", "foreign key", "forged", "expired", "no expiry", "expiry a string", "foreign realm", "ID token",
        "audience", "no tier", "unsigned with a number for a tier", "public key as HMAC secret", "alg none",
    ],
)  # fmt: skip
async def test_bad_tokens_are_refused(scheme: Gateway, token: Any, status: int, body: dict[str, str]) -> None:
    answer = await ask(scheme, token())
    assert (answer.status_code, answer.json()) == (status, body)


def signed_as_secret(payload: dict[str, Any]) -> str:
    """Signed with HMAC and the public key as its secret, which everybody knows."""
    data = f"{base64url(json.dumps({'alg': 'HS256'}))}.{base64url(json.dumps(payload))}"
    digest = hmac.digest(public_key().encode(), data.encode(), hashlib.sha256)
    return f"{data}.{base64url(digest)}"


async def test_group_decides_over_a_restricted_route(scheme: Gateway) -> None:
    refused = await ask(scheme, signed(), "/pro/x", **{"X-Consumer-Groups": "pro"})
    assert (refused.status_code, refused.json()["message"]) == (403, "You cannot consume this service")
    assert (await ask(scheme, signed(tier="pro"), "/pro/x")).status_code == 200


async def test_each_user_of_a_tier_has_a_budget(scheme: Gateway) -> None:
    statuses = [(await ask(scheme, signed(sub="first"))).status_code for _ in range(LIMIT + 1)]
    assert statuses == [200] * LIMIT + [429]
    assert (await ask(scheme, signed(sub="second"))).status_code == 200


async def test_refusal_tells_the_limit_and_when_to_come_back(scheme: Gateway) -> None:
    for _ in range(LIMIT):
        await ask(scheme, signed())
    answer = await ask(scheme, signed(), Origin="https://app.test")
    assert answer.json()["message"] == "API rate limit exceeded"
    assert answer.headers["x-ratelimit-limit-minute"] == str(LIMIT)
    assert answer.headers["ratelimit-remaining"] == "0"
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert answer.headers["access-control-allow-origin"] == "https://app.test"


@pytest.mark.parametrize("spelling", ["TokenSubject", "tokensubject", "TOKENSUBJECT", "Token_Subject", "Token-Subject"])
@pytest.mark.parametrize("noise", [0, 150])
async def test_forged_subject_buys_no_budget(scheme: Gateway, spelling: str, noise: int) -> None:
    token = signed()
    statuses: list[int] = []
    for at in range(LIMIT + 1):
        forged = [(spelling, f"forged-{at}"), ("Authorization", f"Bearer {token}"), (spelling, f"other-{at}")]
        headers = [*forged, *((f"X-{n}", "x") for n in range(noise))]
        statuses.append((await scheme.get("/", headers=headers)).status_code)
    assert statuses == [200] * LIMIT + [429]


async def test_one_budget_over_all_routes(scheme: Gateway) -> None:
    gateway_routes = ["/a", "/b", "/c/d", "/e"]
    statuses = [(await ask(scheme, signed(), path)).status_code for path in gateway_routes]
    assert statuses == [200, 200, 200, 429]


async def test_limited_tier_does_not_limit_another(scheme: Gateway) -> None:
    for _ in range(LIMIT + 1):
        await ask(scheme, signed())
    assert (await ask(scheme, signed(tier="pro"))).status_code == 200


async def test_requests_pass_while_the_counters_are_down(scheme: Gateway) -> None:
    scheme.proxy.counters.available = False
    answers = [await ask(scheme, signed()) for _ in range(LIMIT + 1)]
    assert [answer.status_code for answer in answers] == [200] * (LIMIT + 1)
    assert "x-ratelimit-limit-minute" not in answers[0].headers


PREFLIGHT = {"Origin": "https://app.test", "Access-Control-Request-Method": "POST"}


async def test_preflight_is_answered_without_a_token(scheme: Gateway) -> None:
    answer = await scheme.client.options("/", headers=PREFLIGHT)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["access-control-allow-origin"] == "https://app.test"
    assert answer.headers["access-control-max-age"] == "600"


async def test_bare_options_does_not_reach_the_service(scheme: Gateway) -> None:
    assert (await scheme.client.options("/")).status_code == 401
    assert (await scheme.client.options("/", headers={"Origin": "https://app.test"})).status_code == 401


async def test_without_the_cors_plugin_jwt_stops_what_the_guard_lets_pass(scheme: Gateway) -> None:
    cors = next(plugin for plugin in scheme.store.all("plugins") if plugin["name"] == "cors")
    scheme.store.remove("plugins", cors)
    answer = await scheme.client.options("/", headers=PREFLIGHT)
    assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized"})


async def test_token_in_query_or_cookie_does_not_count(scheme: Gateway) -> None:
    token = signed()
    answer = await scheme.get(f"/?jwt={token}", headers={"Cookie": f"jwt={token}"})
    assert answer.status_code == 401


async def test_guard_keeps_jwt_from_failing_on_a_tier_that_is_no_string(scheme: Gateway) -> None:
    """Kong's jwt alone answers 500 here; that is why the guard looks."""
    for plugin in scheme.store.all("plugins"):
        if plugin["name"] == "pre-function":
            scheme.store.remove("plugins", plugin)
    assert (await ask(scheme, unsigned(claims(tier=7)))).status_code == 500


async def test_credentials_do_not_get_into_the_log(scheme: Gateway) -> None:
    token = signed()
    await ask(scheme, token)
    await ask(scheme, "junk-credential")
    log = scheme.log.getvalue().decode()
    assert token not in log
    assert "junk-credential" not in log
    assert [entry["request"]["headers"]["authorization"] for entry in scheme.log_entries()] == ["REDACTED"] * 2
