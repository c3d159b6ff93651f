"""What must not be in the realm's file, whatever Keycloak makes of it."""

import json
from collections.abc import Iterator
from typing import Any

from tests.e2e.identity.keycloak import REALM_FILE

REALM = json.loads(REALM_FILE.read_text("utf-8"))
SECRETS = {"secret", "privateKey", "private.key", "certificate", "credentials", "registrationAccessToken", "smtpServer"}
CLIENTS = {client["clientId"]: client for client in REALM["clients"]}


def keys(value: Any) -> Iterator[str]:
    """Every key, however deep."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from keys(item)
    elif isinstance(value, list):
        for item in value:
            yield from keys(item)


def test_no_secret_and_no_key_is_in_the_file() -> None:
    assert not SECRETS & set(keys(REALM))
    assert "org.keycloak.keys.KeyProvider" not in REALM["components"]
    assert "users" not in REALM


def test_only_clients_for_the_api_carry_its_scope() -> None:
    carrying = {name for name, client in CLIENTS.items() if "omnify-api" in client["defaultClientScopes"]}
    assert carrying == {"omnify-web", "omnify-service"}
    assert "omnify-api" not in REALM["defaultDefaultClientScopes"]


def test_nobody_hands_a_password_to_the_web_application() -> None:
    web = CLIENTS["omnify-web"]
    assert web["publicClient"]
    ways = ("directAccessGrantsEnabled", "implicitFlowEnabled", "serviceAccountsEnabled")
    assert not any(web[way] for way in ways)
