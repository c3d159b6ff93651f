"""Secrets of a source: under readable names beside the settings, never in them."""

from typing import Any

import pytest
import yaml

from entities.importing.findings import Findings
from entities.importing.live import declared
from entities.snapshot import Snapshot
from tests.contract.admin.certificates import self_signed
from tests.unit.guard.tokens import public_key
from tests.unit.importing.faithful import unsaid
from tests.unit.importing.imports import Imported, imported, imported_entities

CREDENTIALS = {
    "keyauth_credentials": ({"key": "s3cr3t"}, "partner-api-key"),
    "jwt_secrets": ({"key": "issuer", "secret": "s3cr3t"}, "partner-jwt-secret"),
    "basicauth_credentials": ({"username": "p", "password": "s3cr3t"}, "partner-basic-auth-password"),
    "oauth2_credentials": (
        {"name": "app", "client_id": "i", "client_secret": "s3cr3t"},
        "partner-oauth2-client-secret",
    ),
}
PLUGINS = {
    "rate-limiting": ({"minute": 5, "policy": "redis", "redis": {"host": "r", "password": "s3cr3t"}}, "redis-password"),
    "session": ({"secret": "s3cr3t"}, "secret"),
    "http-log": (
        {"http_endpoint": "https://log.example", "headers": {"Authorization": "s3cr3t"}},
        "headers-authorization",
    ),
    "aws-lambda": ({"aws_key": "s3cr3t", "aws_secret": "{vault://env/aws}", "function_name": "f"}, "aws-key"),
}


def of_partner(kind: str, **credential: Any) -> str:
    return yaml.safe_dump({"_format_version": "3.0", "consumers": [{"username": "partner", kind: [credential]}]})


def assert_secret(found: Imported, name: str) -> None:
    assert found.secrets.values == {name: "s3cr3t"}
    assert "s3cr3t" not in str(found.proposal.sections)
    assert f"{{secret://{name}}}" in str(found.raw)
    assert unsaid(found.proposal) == []


@pytest.mark.parametrize("kind", CREDENTIALS)
def test_a_credentials_secret_is_named_after_its_consumer(kind: str) -> None:
    credential, name = CREDENTIALS[kind]

    assert_secret(imported(of_partner(kind, **credential)), name)


@pytest.mark.parametrize("plugin", PLUGINS)
def test_a_plugins_secret_is_named_after_what_it_works_on(plugin: str) -> None:
    config, field = PLUGINS[plugin]
    service = {"name": "orders", "host": "orders.svc", "plugins": [{"name": plugin, "config": config}]}

    found = imported(yaml.safe_dump({"_format_version": "3.0", "services": [service]}))

    assert_secret(found, f"orders-{plugin}-{field}")


def test_a_private_key_is_named_after_its_certificates_name() -> None:
    certificate = {**self_signed("a.example")._asdict(), "snis": [{"name": "a.example"}, {"name": "b.example"}]}

    found = imported(yaml.safe_dump({"_format_version": "3.0", "certificates": [certificate]}))

    assert found.secrets.values == {"a-example-tls-key": self_signed("a.example").key}
    assert "PRIVATE KEY" not in str(found.proposal.sections)
    assert found.raw["certificates"][0]["snis"] == ["a.example", "b.example"]


def test_a_name_in_a_list_of_its_own_is_part_of_its_certificate() -> None:
    identity = "5d1e0c2a-6c1c-4b5e-8d56-696d706f7274"
    certificate = {**self_signed("a.example")._asdict(), "id": identity}
    snis = [{"name": "a.example", "certificate": {"id": identity}}, {"name": "lost.example", "certificate": "other"}]

    found = imported(yaml.safe_dump({"_format_version": "3.0", "certificates": [certificate], "snis": snis}))

    assert found.raw["certificates"][0]["snis"] == ["a.example"]
    assert [(each.kind, each.name) for each in found.left_out] == [("snis", "lost.example")]


def test_secrets_of_the_same_owner_have_names_of_their_own() -> None:
    keys = [{"key": "one"}, {"key": "two"}]
    consumer = {"username": "partner", "keyauth_credentials": keys}

    found = imported(yaml.safe_dump({"_format_version": "3.0", "consumers": [consumer]}))

    assert found.secrets.values == {"partner-api-key": "one", "partner-api-key-2": "two"}
    assert unsaid(found.proposal) == []


@pytest.mark.parametrize("endpoint", ["https://user:s3cr3t@log.example/", "https://log.example/?token=s3cr3t"])
def test_an_address_that_carries_credentials_is_a_secret(endpoint: str) -> None:
    plugin = {"name": "http-log", "config": {"http_endpoint": endpoint}}

    found = imported(yaml.safe_dump({"_format_version": "3.0", "plugins": [plugin]}))

    assert found.secrets.values == {"http-log-http-endpoint": endpoint}
    assert "s3cr3t" not in str(found.proposal.sections)


def test_what_refers_to_a_vault_is_no_secret() -> None:
    plugin = {"name": "session", "config": {"secret": "{vault://env/session}"}}

    found = imported(yaml.safe_dump({"_format_version": "3.0", "plugins": [plugin]}))

    assert found.secrets.values == {}
    assert found.raw["plugins"][0]["config"] == {"secret": "{vault://env/session}"}


CONSUMER: dict[str, Any] = {"id": "5d1e0c2a-6c1c-4b5e-8d56-696d706f7274", "username": "partner"}


def live(kind: str, **document: Any) -> Imported:
    """An import of a running gateway that holds one credential."""
    credential: dict[str, Any] = {
        "id": "0d1e0c2a-6c1c-4b5e-8d56-696d706f7274",
        "consumer": {"id": CONSUMER["id"]},
        **document,
    }
    findings = Findings()
    snapshot = Snapshot({"consumers": (dict(CONSUMER),), kind: (credential,)})
    return imported_entities(tuple(declared(snapshot, "kong", findings)), findings)


@pytest.mark.parametrize(
    ("kind", "document", "name"),
    [
        ("basicauth_credentials", {"username": "p", "password": "5f4dcc3b"}, "partner-basic-auth-password"),
        (
            "oauth2_credentials",
            {"name": "app", "client_id": "i", "client_secret": "$pbkdf2$x", "hash_secret": True},
            "partner-oauth2-client-secret",
        ),
    ],
)
def test_of_a_running_gateway_a_hash_is_no_secret_that_could_be_written_again(
    kind: str, document: dict[str, Any], name: str
) -> None:
    found = live(kind, **document)

    assert found.secrets.values == {}
    assert found.secrets.wanted == {name: "Kong keeps only a hash of it"}
    assert f"{{secret://{name}}}" in str(found.raw)


def test_a_file_whose_passwords_are_hashes_says_so_and_is_believed() -> None:
    text = of_partner("basicauth_credentials", username="p", password="5f4dcc3b")

    found = imported(text + "_transform: false\n")

    assert found.secrets.wanted == {"partner-basic-auth-password": "Kong keeps only a hash of it"}


def test_a_secret_that_kong_made_up_beside_a_public_key_is_not_imported() -> None:
    found = live("jwt_secrets", key="issuer", algorithm="RS256", rsa_public_key=public_key(), secret="never-used")

    assert [each["key"] for each in found.raw["jwt_secrets"]] == ["issuer"]
    assert found.secrets.values == found.secrets.wanted == {}
    assert "never-used" not in str(found.proposal.sections)


def test_a_key_that_expires_is_not_declared() -> None:
    found = live("keyauth_credentials", key="s3cr3t", ttl=30)

    assert [each.reason for each in found.left_out] == ["it expires by itself; a declared one would stay"]
    assert "keyauth_credentials" not in found.raw
