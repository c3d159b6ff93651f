"""The rule about references to secrets."""

from functools import partial

import pytest

from tests.unit.config.documents import put
from tests.unit.lint.findings import further, places, raw, told

unresolved = partial(places, "reference-unresolved")

LOGS = {
    "name": "http-log",
    "config": {"http_endpoint": "http://logs", "headers": {"Authorization": "{vault://env/logs}"}},
}
HEADER = "plugins[0].config.headers.Authorization"


def test_a_reference_to_what_no_pod_has_is_found() -> None:
    assert unresolved(further(LOGS)) == [HEADER]
    said = told("reference-unresolved", further(LOGS))
    assert "nobody gives Kong's pods the variable LOGS" in said
    assert "write vault: { logs: { name: <a Secret>, key: <its key> } }" in said


def test_one_in_an_entity_and_one_in_kongs_own_configuration_too() -> None:
    plugin = {"name": "loggly", "config": {"key": "{vault://env/logs}"}}

    assert unresolved(raw("plugins", plugin)) == ["entities.plugins[0].config.key"]
    assert unresolved(put("platform.properties", {"vault_hcv_token": "{vault://env/hcv}"})) == [
        "platform.properties.vault_hcv_token"
    ]


@pytest.mark.parametrize("reference", ["{vault://env/logs}", "{vault://env/LOGS}", "{vault://env/logs/token}"])
def test_what_vault_names_is_there_however_it_is_written(reference: str) -> None:
    plugin = LOGS | {"config": {"http_endpoint": "http://logs", "headers": {"Authorization": reference}}}

    assert unresolved(further(plugin), put("vault", {"logs": {"name": "logs"}})) == []


def test_what_a_patch_gives_pods_is_there() -> None:
    container = {"name": "kong", "env": [{"name": "LOGS", "value": "x"}]}
    patch = {
        "kind": "Deployment",
        "name": "kong",
        "patch": {"spec": {"template": {"spec": {"containers": [container]}}}},
    }

    assert unresolved(further(LOGS), put("platform.patches", [patch])) == []


def test_the_counters_password_and_other_vaults_are_nobodys_business() -> None:
    redis = put("counters", {"policy": "redis", "host": "redis.example", "passwordSecret": {"name": "redis"}})
    elsewhere = {"name": "loggly", "config": {"key": "{vault://hcv/logs/key}"}}

    assert unresolved(redis) == []
    assert unresolved(further(elsewhere)) == []
