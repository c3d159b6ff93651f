"""Who may do what: every endpoint with every role, and every way in which a token may not hold."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from management.access.roles import LOWEST, Permission, Role, permissions
from tests.unit.management.hosts import ADMIN, OPERATOR, VIEWER, Host, Place
from tests.unit.management.realms import TestRealm, new_key

RANKS = [VIEWER, OPERATOR, ADMIN]
NAMES = {"/plugins": "global/nobody", "/operations": "0" * 32, "/stats": "routes"}
OPEN = {("get", "/api/kong/login")}
"""What needs no token."""


def endpoints(host: Host) -> list[tuple[str, str, str | None]]:
    """Every endpoint of the OpenAPI document: method, path, and the lowest role that may."""
    document = host.app.openapi()
    return [
        (method, path, operation.get("x-lowest-role"))
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def filled(path: str) -> str:
    prefix = next((each for each in NAMES if path.startswith(f"/api/kong{each}")), "")
    name = NAMES.get(prefix, "nobody")
    return path.replace("{name}", name).replace("{id}", name).replace("{resource}", name)


async def ask(host: Host, method: str, path: str, headers: dict[str, str]) -> int:
    body: dict[str, Any] = {"json": {}} if method in ("post", "put") else {}
    return (await host.client.request(method.upper(), filled(path), headers=headers, **body)).status_code


async def test_every_endpoint_lets_in_who_has_its_role_and_nobody_else(host: Host) -> None:
    checked = 0
    for method, path, lowest in endpoints(host):
        if (method, path) in OPEN:
            continue
        assert lowest, f"{method} {path} says nothing of who may use it"
        for role in RANKS:
            status = await ask(host, method, path, host.bearer(role))
            allowed = RANKS.index(role) >= RANKS.index(lowest)
            assert (status != HTTPStatus.FORBIDDEN) == allowed, (method, path, role, status)
            assert status != HTTPStatus.UNAUTHORIZED
            checked += 1
    assert checked > 60


async def test_no_endpoint_but_login_answers_without_a_token_or_a_role(host: Host) -> None:
    for method, path, _ in endpoints(host):
        expected = {200} if (method, path) in OPEN else {401}
        assert {await ask(host, method, path, {})} == expected, (method, path)
        if (method, path) not in OPEN:
            assert await ask(host, method, path, host.bearer("omnify-user")) == 403, (method, path)


def test_higher_roles_have_what_lower_ones_have() -> None:
    viewer, operator, admin = (permissions([role]) for role in Role)
    assert viewer < operator < admin == frozenset(Permission)
    assert LOWEST.keys() == set(Permission)


async def test_a_preview_needs_less_than_the_change(host: Host) -> None:
    body = {"name": "cors", "on": {"route": "omnify-eyes"}}

    asked = await host.ask("POST", "/plugins", OPERATOR, json=body)
    previewed = await host.ask("POST", "/plugins", OPERATOR, json=body, params={"dryRun": "true"})

    assert (asked.status_code, previewed.status_code) == (403, 200)
    for wrong in ("maybe", "", "false"):
        assert (await host.ask("POST", "/plugins", OPERATOR, json=body, params={"dryRun": wrong})).status_code == 403


def unsigned(realm: TestRealm) -> str:
    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': 'none', 'typ': 'JWT', 'kid': realm.kid})}.{part(realm.claims(ADMIN))}."


def signed_with_the_public_key(realm: TestRealm) -> str:
    pem = realm.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    header = {"alg": "HS256", "typ": "JWT", "kid": realm.kid}

    def part(value: dict[str, Any]) -> bytes:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")

    text = part(header) + b"." + part(realm.claims(ADMIN))
    signature = base64.urlsafe_b64encode(hmac.new(pem, text, hashlib.sha256).digest()).rstrip(b"=")
    return (text + b"." + signature).decode()


def of_another_key(realm: TestRealm) -> str:
    return jwt.encode(realm.claims(ADMIN), new_key(), algorithm="RS256", headers={"kid": realm.kid})


WRONG: dict[str, tuple[Callable[[TestRealm], str], str]] = {
    "none": (lambda realm: "", "a bearer token of the realm is needed"),
    "no JWT": (lambda realm: "abc", "the token is no JWT"),
    "unsigned": (unsigned, "the token is not signed with RS256 by a named key"),
    "HS256 with the public key": (signed_with_the_public_key, "the token is not signed with RS256 by a named key"),
    "another key": (of_another_key, "the token is not valid"),
    "an unknown key": (
        lambda realm: TestRealm().token(ADMIN),
        "the token is signed with a key that the realm does not have",
    ),
    "expired": (lambda realm: realm.token(ADMIN, exp=1, iat=0), "the token has expired"),
    "another realm": (lambda realm: realm.token(ADMIN, iss="https://x"), "the token is of another realm"),
    "another audience": (lambda realm: realm.token(ADMIN, aud="account"), "the token is for another audience"),
    "an ID token": (
        lambda realm: realm.token(ADMIN, typ="ID"),
        "the token is no access token (typ is not Bearer)",
    ),
    "no expiry": (lambda realm: realm.token(ADMIN, exp=None), "the token is not valid"),
    "no subject": (lambda realm: realm.token(ADMIN, sub=None), "the token is not valid"),
    "too long": (lambda realm: realm.token(ADMIN, more="x" * 20_000), "the token is too long"),
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_a_token_that_does_not_hold_is_refused_and_kept(host: Host, wrong: str) -> None:
    make, reason = WRONG[wrong]
    token = make(host.realm)

    answer = await host.client.get("/api/kong/overview", headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 401
    assert answer.json()["detail"] == reason
    assert answer.headers["www-authenticate"].startswith("Bearer ")
    (denied,) = await host.audit()
    assert (denied["status"], denied["resource"], denied["summary"]) == ("denied", "GET /api/kong/overview", reason)
    assert not token or token not in json.dumps(denied)


async def test_roles_of_the_own_client_count_and_those_of_others_do_not(host: Host) -> None:
    own = {"resource_access": {"omnify-management": {"roles": [VIEWER]}}, "realm_access": None}
    others = {"resource_access": {"omnify-web": {"roles": [ADMIN]}}, "realm_access": None}

    for claims, status in ((own, 200), (others, 403), ({"realm_access": [ADMIN]}, 403), ({"realm_access": "x"}, 403)):
        answer = await host.client.get("/api/kong/access", headers=host.bearer(**claims))
        assert answer.status_code == status, claims


async def test_a_denial_of_a_role_says_which_one_it_takes(host: Host) -> None:
    answer = await host.ask("DELETE", "/routes/omnify-eyes", OPERATOR)

    assert answer.json()["detail"] == "needs the role gateway-admin or a higher one, to remove"
    (denied,) = await host.audit()
    assert denied["askedBy"]["name"] == "aino"
    assert denied["resource"] == "DELETE /api/kong/routes/{name}"


async def test_the_same_denial_within_a_minute_is_kept_once_with_how_often(host: Host) -> None:
    for _ in range(5):
        await host.client.get("/api/kong/overview")
    await host.opened.gatekeeper.denials.write()

    times = [each["times"] for each in await host.audit()]

    assert sum(times) == 5
    assert len(times) <= 2  # a minute may have ended meanwhile


async def test_who_asks_too_often_is_put_off_and_others_are_not(place: Place) -> None:
    async with place.running(reads_per_minute=3) as host:
        statuses = [(await host.ask("GET", "/access", VIEWER)).status_code for _ in range(4)]
        other = await host.client.get("/api/kong/access", headers=host.bearer(VIEWER, sub="another"))

        assert statuses == [200, 200, 200, 429]
        assert other.status_code == 200
        refused = await host.ask("GET", "/access", VIEWER)
        assert int(refused.headers["retry-after"]) > 0
        assert refused.json()["detail"] == "more than 3 reads in a minute; wait"


async def test_strangers_are_put_off_and_those_with_a_token_at_the_same_address_are_not(place: Place) -> None:
    async with place.running(strangers_per_minute=2) as host:
        statuses = [(await host.client.get("/api/kong/access")).status_code for _ in range(3)]

        assert statuses == [401, 401, 429]
        assert (await host.ask("GET", "/access", VIEWER)).status_code == 200
        denied = await host.audit(status="denied")
        assert {each["summary"] for each in denied} == {
            "a bearer token of the realm is needed",
            "more than 2 requests without a token that holds in a minute; wait",
        }


async def test_without_the_realm_s_keys_nobody_is_let_in(place: Place) -> None:
    async with place.running(jwks_file=None, jwks_url="http://127.0.0.1:9/certs") as host:
        answer = await host.ask("GET", "/access", VIEWER)

        assert answer.status_code == 503
        assert "keys cannot be read" in answer.json()["detail"]


async def test_login_says_where_and_nothing_else(host: Host) -> None:
    answer = await host.client.get("/api/kong/login")

    assert answer.json() == {
        "issuer": "https://auth.test/realms/omnify",
        "client": "omnify-management",
        "stack": "dev",
    }
