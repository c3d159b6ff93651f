"""A user who tries to choose their own tier."""

from typing import Any

import httpx
import pytest

from tests.e2e.identity.realm import Realm, Tokens, User, claims

pytestmark = pytest.mark.xdist_group("keycloak")


class Account:
    """The account API, as Keycloak's own account pages use it for the user who is logged in."""

    def __init__(self, realm: Realm, user: User) -> None:
        self._url = f"{realm.issuer}/account/"
        token = realm.login(user, "account-console", self._url).access
        self._headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}

    def read(self) -> dict[str, Any]:
        return httpx.get(self._url, headers=self._headers).raise_for_status().json()

    def change(self, **changed: Any) -> httpx.Response:
        return httpx.post(self._url, headers=self._headers, json={**self.read(), **changed})


@pytest.fixture
def user(realm: Realm) -> User:
    return realm.user("free")


def tier(realm: Realm, user: User) -> str:
    tokens: Tokens = realm.login(user)
    return claims(tokens.access)["tier"]


def test_users_change_what_is_theirs(realm: Realm, user: User) -> None:
    account = Account(realm, user)
    assert account.change(firstName="Eva").status_code == 204
    assert account.read()["firstName"] == "Eva"


def test_a_user_cannot_write_their_tier(realm: Realm, user: User) -> None:
    refused = Account(realm, user).change(attributes={"tier": ["enterprise"]})
    assert (refused.status_code, refused.json()["errorMessage"]) == (400, "error-user-attribute-read-only")
    assert tier(realm, user) == "free"


def test_a_user_who_was_given_a_tier_cannot_change_it(realm: Realm, user: User) -> None:
    realm.edit(user, {"tier": ["pro"]})
    account = Account(realm, user)
    account.change(attributes={"tier": ["enterprise"]})
    account.change(attributes={"tier": []})
    account.change(attributes={})
    assert tier(realm, user) == "pro"


def test_a_user_does_not_see_the_tier_that_an_administrator_wrote(realm: Realm, user: User) -> None:
    realm.edit(user, {"tier": ["pro"]})
    account = Account(realm, user).read()
    assert "tier" not in account.get("attributes", {})
    assert "tier" not in {attribute["name"] for attribute in account["userProfileMetadata"]["attributes"]}


@pytest.mark.parametrize("attribute", ["Tier", "tier ", "TIER", "tiers"])
def test_an_attribute_that_looks_like_the_tier_is_none(realm: Realm, user: User, attribute: str) -> None:
    Account(realm, user).change(attributes={attribute: ["enterprise"]})
    assert tier(realm, user) == "free"


def test_an_administrator_writes_no_tier_that_does_not_exist(realm: Realm, user: User) -> None:
    with pytest.raises(httpx.HTTPStatusError, match="400"):
        realm.edit(user, {"tier": ["platinum"]})


def test_the_web_applications_token_does_not_open_the_account(realm: Realm, user: User) -> None:
    headers = {"Authorization": f"Bearer {realm.login(user).access}", "Accept": "application/json"}
    assert httpx.get(f"{realm.issuer}/account/", headers=headers).status_code in {401, 403}
