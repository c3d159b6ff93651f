"""What must not be in the realm's file, whatever Keycloak makes of it."""

import json
from typing import Any

import pytest

from tests.e2e.identity.keycloak import REALM_FILE

KEYS: set[str] = set()
"""Every key of the file, however deep."""


def noted(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    KEYS.update(key for key, _ in pairs)
    return dict(pairs)


REALM = json.loads(REALM_FILE.read_text("utf-8"), object_pairs_hook=noted)
SECRETS = {"secret", "privateKey", "private.key", "certificate", "credentials", "registrationAccessToken", "smtpServer"}
CLIENTS = {client["clientId"]: client for client in REALM["clients"]}


def test_no_secret_and_no_key_is_in_the_file() -> None:
    assert not SECRETS & KEYS
    assert "org.keycloak.keys.KeyProvider" not in REALM["components"]
    assert "users" not in REALM


def test_only_clients_for_the_api_carry_its_scope() -> None:
    carrying = {name for name, client in CLIENTS.items() if "omnify-api" in client["defaultClientScopes"]}
    assert carrying == {"omnify-web", "omnify-service", "omnify-management"}
    assert "omnify-api" not in REALM["defaultDefaultClientScopes"]


@pytest.mark.parametrize("client", ["omnify-web", "omnify-management"])
def test_nobody_hands_a_password_to_a_page(client: str) -> None:
    web = CLIENTS[client]
    assert web["publicClient"]
    ways = ("directAccessGrantsEnabled", "implicitFlowEnabled", "serviceAccountsEnabled")
    assert not any(web[way] for way in ways)


def test_roles_of_the_gateway_are_in_no_token_of_the_web_application() -> None:
    mapped = {mapping["client"] for mapping in REALM["scopeMappings"]}
    assert mapped == {"omnify-management", "omnify-service"}
    assert not any(client["fullScopeAllowed"] for name, client in CLIENTS.items() if name.startswith("omnify-"))
