"""Tokens of a real Keycloak: what they say, and what the gateway makes of them."""

import base64
import hashlib
import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from pydantic import JsonValue

from config.keys import signing_keys
from gateway.verification import GivenTokens, Status, verify
from tests.e2e.deployment import Deployment, deployed, dev_settings
from tests.e2e.identity.keycloak import REALM_FILE, Keycloak
from tests.e2e.identity.realm import Realm, Tokens, claims

pytestmark = pytest.mark.xdist_group("keycloak")

ALLOWED = {
    "free": {"/api/": 200, "/api/agentkit/": 403, "/api/eyes/": 403},
    "pro": {"/api/": 200, "/api/agentkit/": 200, "/api/eyes/": 200},
    "enterprise": {"/api/": 200, "/api/agentkit/": 200, "/api/eyes/": 200},
}
LIMITS = {"free": "40", "pro": "200", "enterprise": "800"}
"""Requests a minute: the tests' small limit, 5 times and 20 times."""


def trusting(realm: Realm, **changed: JsonValue) -> dict[str, JsonValue]:
    """`auth` of a stack that knows a realm by the key with which it signs."""
    key = signing_keys(realm.jwks())[realm.signing_kid()]
    return {"kind": "jwt", "issuer": realm.issuer, "audience": "omnify-api", "signingKey": key, **changed}


@pytest.fixture(scope="module")
def people(realm: Realm) -> dict[str, Tokens]:
    """A login in each tier, a second one of `free`, and one without a tier."""
    groups = {"free": ("free",), "pro": ("pro",), "enterprise": ("enterprise",), "other": ("free",), "nobody": ()}
    return {name: realm.login(realm.user(*its)) for name, its in groups.items()}


@pytest.fixture(scope="module")
def elsewhere(keycloak: Keycloak) -> Realm:
    """Another realm that differs in its name and its keys alone."""
    text = REALM_FILE.read_text("utf-8")
    return keycloak.create({**json.loads(text.replace("/realms/omnify/", "/realms/elsewhere/")), "realm": "elsewhere"})


@pytest.fixture
async def dev(realm: Realm) -> AsyncIterator[Deployment]:
    async with deployed(dev_settings(auth=trusting(realm))) as deployment:
        yield deployment


async def answer(dev: Deployment, token: str, path: str = "/api/") -> httpx.Response:
    headers = {"Host": dev.target.host, "Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=dev.target.url) as client:
        return await client.get(path, headers=headers)


async def refusal(dev: Deployment, token: str) -> tuple[int, str]:
    response = await answer(dev, token)
    return response.status_code, response.json()["message"]


@pytest.mark.parametrize("tier", LIMITS)
def test_an_access_token_says_what_the_gateway_asks(people: dict[str, Tokens], realm: Realm, tier: str) -> None:
    token = people[tier].access
    said = claims(token)
    lifetime = said["exp"] - said["iat"]
    fixed = {name: said.get(name) for name in ("iss", "typ", "azp", "aud", "tier", "groups", "nbf")}
    assert fixed == {
        "iss": realm.issuer,
        "typ": "Bearer",
        "azp": "omnify-web",
        "aud": "omnify-api",
        "tier": tier,
        "groups": [tier],
        "nbf": None,
    }
    assert lifetime == 300
    assert str(uuid.UUID(said["sub"])) == said["sub"]


def test_a_token_is_signed_with_rs256_and_its_kid_follows_from_the_key(people: dict[str, Tokens], realm: Realm) -> None:
    header: dict[str, Any] = jwt.get_unverified_header(people["free"].access)
    pem = signing_keys(realm.jwks())[header["kid"]]
    der = load_pem_public_key(pem.encode()).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert header["alg"] == "RS256"
    assert header["kid"] == base64.urlsafe_b64encode(hashlib.sha256(der).digest()).rstrip(b"=").decode()


def test_an_id_token_has_the_same_key_but_not_the_tier(people: dict[str, Tokens]) -> None:
    access, identity = people["pro"].access, people["pro"].identity
    assert jwt.get_unverified_header(identity)["kid"] == jwt.get_unverified_header(access)["kid"]
    assert claims(identity)["typ"] == "ID"
    assert not {"tier", "groups"} & claims(identity).keys()


@pytest.mark.parametrize("tier", LIMITS)
async def test_a_tier_passes_its_routes_with_its_limit(dev: Deployment, people: dict[str, Tokens], tier: str) -> None:
    answers = {path: await answer(dev, people[tier].access, path) for path in ALLOWED[tier]}
    assert {path: response.status_code for path, response in answers.items()} == ALLOWED[tier]
    assert answers["/api/"].headers["X-RateLimit-Limit-Minute"] == LIMITS[tier]


async def test_verify_passes_with_the_realms_own_tokens(dev: Deployment, people: dict[str, Tokens]) -> None:
    names = {"FREE": "free", "FREE_2": "other", "PRO": "pro", "ENTERPRISE": "enterprise"}
    given = GivenTokens(
        {f"GATEWAY_TOKEN_{key}": people[name].access for key, name in names.items()}, dev.target.outputs.auth
    )
    outcomes = {outcome.name: outcome for outcome in await verify(dev.target, given, wait=0)}
    failed = {name: outcome.detail for name, outcome in outcomes.items() if outcome.status is Status.FAILED}
    passed = {name for name, outcome in outcomes.items() if outcome.status is Status.PASSED}
    assert failed == {}
    assert {f"{what}-of-{tier}" for what in ("routes", "limits") for tier in LIMITS} <= passed
    assert {"forged-token", "unsigned-token", "garbage-token"} <= passed


async def test_an_id_token_is_refused(dev: Deployment, people: dict[str, Tokens]) -> None:
    assert await refusal(dev, people["enterprise"].identity) == (401, "Token is not an access token")


async def test_a_user_without_a_tier_is_refused(dev: Deployment, people: dict[str, Tokens]) -> None:
    assert "tier" not in claims(people["nobody"].access)
    assert await refusal(dev, people["nobody"].access) == (403, "Token has no known tier")


async def test_a_token_of_another_realm_is_refused(dev: Deployment, elsewhere: Realm) -> None:
    foreign = elsewhere.login(elsewhere.user("enterprise")).access
    assert claims(foreign)["tier"] == "enterprise"
    assert await refusal(dev, foreign) == (401, "Token is of another issuer")


async def test_another_realms_key_does_not_sign_for_this_one(elsewhere: Realm, realm: Realm) -> None:
    foreign = elsewhere.login(elsewhere.user("enterprise")).access
    auth = trusting(realm, issuer=elsewhere.issuer)
    async with deployed(dev_settings(auth=auth)) as dev:
        assert await refusal(dev, foreign) == (401, "Invalid signature")


async def test_a_token_for_another_client_of_the_realm_is_refused(dev: Deployment, realm: Realm) -> None:
    page = f"{realm.issuer}/account/"
    token = realm.login(realm.user("enterprise"), "account-console", page).access
    assert await refusal(dev, token) == (401, "Token is for another audience")


async def test_a_program_gets_the_tier_of_its_service_account(dev: Deployment, realm: Realm) -> None:
    assert await refusal(dev, realm.service("omnify-service").access) == (403, "Token has no known tier")
    realm.join(realm.service_account("omnify-service"), "enterprise")
    response = await answer(dev, realm.service("omnify-service").access)
    assert (response.status_code, response.headers["X-RateLimit-Limit-Minute"]) == (200, LIMITS["enterprise"])


def test_nobody_logs_in_to_the_web_application_without_pkce(realm: Realm) -> None:
    refused = realm.authorise("omnify-web", "http://localhost:3000/")
    assert "error_description=Missing+parameter%3A+code_challenge_method" in refused.headers["Location"]


def test_nobody_is_sent_anywhere_but_to_the_web_application(realm: Realm) -> None:
    refused = realm.authorise("omnify-web", "http://elsewhere.example/", code_challenge_method="S256")
    assert (refused.status_code, "Location" in refused.headers) == (400, False)
