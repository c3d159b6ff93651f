"""Entities in Kong's own terms in the whole program: one resource each, with its secrets in no plain place."""

import json

import pulumi
import pytest
from pydantic import JsonValue

from entities.desired import desired_state
from entities.schema import kong_schema
from entities.state import Owner
from entities.validation import validated
from gateway.recording import NAMESPACE, Recording
from provider.check import Gateway, check
from provider.resources import type_of_kind
from tests.program.conftest import run_program
from tests.program.resources import Resources, inputs
from tests.unit.config.documents import edited, put
from tests.unit.entities.raw_catalogue import LIVE_ID, RAW, certificate_and_key

DOCUMENT = edited("dev", RAW)
STATE = desired_state(validated(DOCUMENT), Owner(NAMESPACE, "dev"))
SECRETS = {"legacy-tls": certificate_and_key()[1], "partner-key": "hunter2"}


@pytest.fixture(scope="module")
def recording() -> Recording:
    return run_program(DOCUMENT, "dev", preview=False, secrets=SECRETS)


def test_each_is_a_resource_that_the_provider_takes_and_that_says_its_document(recording: Recording) -> None:
    resources = Resources(recording.registrations)
    for entity in STATE.raw:
        kind = type_of_kind(entity.kind)
        registration = resources.one_named(kind.token, entity.key)
        checked = check(Gateway(kong_schema(), "oss", frozenset()), kind, registration.properties)
        assert checked.failures == (), entity.key
        differences = kong_schema().differences(entity.kind, STATE.document(entity), checked.document)
        # The engine alone knows ids that were there before; here they follow from the key.
        assert {str(each.path[0]) for each in differences} <= {"route"}, entity.key


def test_every_secret_is_marked_and_none_stands_elsewhere(recording: Recording) -> None:
    resources = Resources(recording.registrations)
    marked = {
        (entity.kind, name)
        for entity in STATE.raw
        for name in resources.one_named(type_of_kind(entity.kind).token, entity.key).properties.secrets
    }
    assert marked == {
        ("certificates", "privateKey"),
        ("jwt_secrets", "secret"),
        ("keyauth_credentials", "key"),
        ("basicauth_credentials", "password"),
        ("oauth2_credentials", "clientSecret"),
        ("plugins", "configJson"),
    }
    key = resources.one_named("kong:index/consumerKeyAuth:ConsumerKeyAuth", "partner/partner-key")
    assert inputs(key)["key"] == "hunter2"
    shown = json.dumps(
        [
            {name: value for name, value in each.properties.values.items() if name not in each.properties.secrets}
            for each in recording.registrations
        ]
    )
    assert "hunter2" not in shown
    assert "made-up-" not in shown
    assert "hunter2" not in json.dumps(recording.outputs)


def test_what_kong_deletes_along_is_deleted_with_its_holder_and_nothing_else(recording: Recording) -> None:
    holders = {
        (each.type.rpartition(":")[2], each.name): each.deleted_with.rpartition("::")[2]
        for each in recording.registrations
        if each.type.startswith("kong:")
    }
    assert holders["Route", "legacy-v1"] == ""
    assert holders["Target", "orders/10.0.0.1:8080"] == "orders"
    assert holders["ConsumerKeyAuth", "partner/partner-key"] == "partner"
    assert holders["Plugin", f"route/{LIVE_ID}/consumer/only/ip-restriction"] in {LIVE_ID, "only"}


def _no_secrets(_document: object) -> list[str]:
    return []


PLUGIN = edited("dev", put("plugins", [{"name": "loggly", "config": {"key": "{secret://partner-key}"}}]))


@pytest.mark.parametrize("document", [pytest.param(DOCUMENT, id="entities"), pytest.param(PLUGIN, id="plugins")])
def test_a_secret_that_nobody_has_set_is_named_with_the_command_that_sets_it(
    monkeypatch: pytest.MonkeyPatch, document: dict[str, JsonValue]
) -> None:
    monkeypatch.setattr("gateway.recording.configured_secrets", _no_secrets)
    with pytest.raises(pulumi.RunError) as refusal:
        run_program(document, "dev", preview=True)
    assert (
        "omnify-gateway-secrets:partner-key: is not set; "
        "run 'pulumi config set --secret omnify-gateway-secrets:partner-key'"
    ) in str(refusal.value)


def test_a_plugins_secret_is_registered_as_one() -> None:
    recorded = run_program(PLUGIN, "dev", preview=False, secrets={"partner-key": "hunter2"})

    (plugin,) = (each for each in recorded.registrations if each.name == "global/loggly")
    assert json.loads(plugin.properties.values["configJson"])["key"] == "hunter2"
    assert "configJson" in plugin.properties.secrets
