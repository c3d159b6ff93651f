"""Secrets are not shown, and what is none is."""

from typing import Any

import pytest

from entities.masking import MASK, masked
from entities.schema import UNKNOWN, kong_schema
from tests.unit.drift.lives import SECRET

PLUGIN_SECRETS = [
    (plugin, path)
    for plugin in sorted(kong_schema().plugin_names)
    for path in sorted(kong_schema().encrypted(plugin) | kong_schema().referenceable(plugin))
]


@pytest.mark.parametrize(("plugin", "path"), PLUGIN_SECRETS)
def test_what_kong_encrypts_or_takes_from_a_vault_is_masked_however_deep_it_stands(plugin: str, path: str) -> None:
    whole: Any = SECRET
    for step in reversed(path.split(".")):
        whole = {"any-name" if step == "*" else step: whole}

    assert SECRET not in repr(masked("plugins", plugin, ("config",), whole))
    steps = tuple("any-name" if step == "*" else step for step in ("config", *path.split(".")))
    assert masked("plugins", plugin, steps, SECRET) == MASK


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("certificates", "key"),
        ("certificates", "key_alt"),
        ("keyauth_credentials", "key"),
        ("basicauth_credentials", "password"),
        ("jwt_secrets", "secret"),
        ("oauth2_credentials", "client_secret"),
    ],
)
def test_credentials_and_private_keys_are_masked(kind: str, field: str) -> None:
    assert masked(kind, "", (field,), SECRET) == MASK


@pytest.mark.parametrize(
    ("kind", "field"),
    [("certificates", "cert"), ("jwt_secrets", "key"), ("jwt_secrets", "rsa_public_key"), ("services", "host")],
)
def test_what_is_public_is_shown(kind: str, field: str) -> None:
    assert masked(kind, "", (field,), "shown") == "shown"


@pytest.mark.parametrize("value", ["{vault://env/redis-password}", "", None, 5, True])
def test_references_and_what_is_no_text_are_shown(value: object) -> None:
    assert masked("plugins", "rate-limiting", ("config", "redis", "password"), value) == value


def test_what_stands_for_a_secret_of_the_configuration_is_masked() -> None:
    assert masked("keyauth_credentials", "", ("key",), UNKNOWN) == MASK
    assert masked("plugins", "rate-limiting", ("config", "redis"), {"password": UNKNOWN}) == {"password": MASK}


def test_only_the_secrets_of_a_record_are_masked() -> None:
    record = {"host": "redis", "password": SECRET, "port": 6379}

    assert masked("plugins", "rate-limiting", ("config", "redis"), record) == record | {"password": MASK}


def test_of_a_plugin_that_nobody_knows_the_names_of_fields_tell() -> None:
    config = {"realm": "a", "client_secret": SECRET, "nested": {"api_tokens": [SECRET]}}

    assert masked("plugins", "of-our-own", ("config",), config) == {
        "realm": "a",
        "client_secret": MASK,
        "nested": {"api_tokens": [MASK]},
    }
