"""Tokens of a real Keycloak: every endpoint with every role, as people and programs get them."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from provider.settings import OVERRIDE
from tests.e2e.identity.realm import Realm, User, claims
from tests.unit.management.hosts import NOWHERE, Host, Place
from tests.unit.management.test_access import OPEN, RANKS, ask, endpoints

pytestmark = [pytest.mark.xdist_group("keycloak"), pytest.mark.timeout(900)]
CLIENT = "omnify-management"
PAGE = "http://localhost:8080/"


@pytest.fixture(scope="module")
def people(realm: Realm) -> dict[str, User]:
    """One person with each role, and one with none."""
    found: dict[str, User] = {"": realm.user("free")}
    for role in RANKS:
        found[role] = realm.user("free")
        grant(realm, found[role].id, role)
    return found


def grant(realm: Realm, user: str, role: str) -> None:
    representation = realm.admin.get(f"/roles/{role}").raise_for_status().json()
    realm.admin.post(f"/users/{user}/role-mappings/realm", json=[representation]).raise_for_status()


@pytest.fixture
async def host(realm: Realm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Host]:
    """The application, which fetches the realm's keys."""
    monkeypatch.setenv(OVERRIDE, NOWHERE)
    place = Place(tmp_path)
    certs = f"{realm.issuer}/protocol/openid-connect/certs"
    async with place.running(issuer=realm.issuer, jwks_file=None, jwks_url=certs, patience=30) as running:
        yield running


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_every_endpoint_lets_in_the_roles_that_keycloak_says_and_no_others(
    host: Host, realm: Realm, people: dict[str, User]
) -> None:
    tokens = {role: realm.login(people[role], CLIENT, PAGE).access for role in people}
    for method, path, lowest in endpoints(host):
        if (method, path) in OPEN:
            continue
        for role, token in tokens.items():
            status = await ask(host, method, path, bearer(token))
            allowed = bool(role) and RANKS.index(role) >= RANKS.index(str(lowest))
            assert status != 401, (method, path, role)
            assert (status != 403) == allowed, (method, path, role, status)


async def test_people_are_known_by_their_names(host: Host, realm: Realm, people: dict[str, User]) -> None:
    person = people["gateway-operator"]
    token = realm.login(person, CLIENT, PAGE).access

    answer: dict[str, Any] = (await host.client.get("/api/kong/access", headers=bearer(token))).json()

    assert (answer["name"], answer["subject"]) == (person.name, claims(token)["sub"])
    assert answer["roles"] == ["gateway-operator"]


async def test_a_token_of_the_web_application_operates_nothing(
    host: Host, realm: Realm, people: dict[str, User]
) -> None:
    token = realm.login(people["gateway-admin"]).access

    answer = await host.client.get("/api/kong/access", headers=bearer(token))

    assert answer.status_code == 403


async def test_an_id_token_and_a_token_of_another_realm_are_refused(
    host: Host, realm: Realm, people: dict[str, User]
) -> None:
    identity = realm.login(people["gateway-admin"], CLIENT, PAGE).identity

    assert (await host.client.get("/api/kong/access", headers=bearer(identity))).status_code == 401


async def test_a_program_operates_with_its_own_account(host: Host, realm: Realm) -> None:
    before = realm.service("omnify-service").access
    assert (await host.client.get("/api/kong/access", headers=bearer(before))).status_code == 403
    grant(realm, realm.service_account("omnify-service"), "gateway-operator")

    token = realm.service("omnify-service").access
    answer = await host.client.get("/api/kong/access", headers=bearer(token))

    assert answer.json()["name"] == "service-account-omnify-service"


async def test_a_new_key_of_the_realm_is_fetched_when_its_first_token_comes(
    host: Host, realm: Realm, people: dict[str, User]
) -> None:
    person = people["gateway-viewer"]
    token = realm.login(person, CLIENT, PAGE).access
    assert (await host.client.get("/api/kong/access", headers=bearer(token))).status_code == 200
    old = realm.signing_kid()
    realm.add_key(500)
    host.opened.gatekeeper.keys.forget_when_fetched()

    new = realm.login(person, CLIENT, PAGE).access

    assert realm.signing_kid() != old
    assert (await host.client.get("/api/kong/access", headers=bearer(new))).status_code == 200
    assert (await host.client.get("/api/kong/access", headers=bearer(token))).status_code == 200
