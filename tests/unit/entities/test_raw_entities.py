"""Entities in Kong's own terms: their keys, ids and references, and a gateway that adds nothing to them."""

from collections import Counter

import pytest
import yaml

from config.problems import InvalidSettingsError
from entities.declarative import declarative_yaml
from entities.schema import UNKNOWN
from tests.unit.config.documents import put
from tests.unit.entities.raw_catalogue import LIVE_ID, OPEN, RAW, RAW_WITHOUT_MODELLED
from tests.unit.entities.states import configurations, desired, documents


def test_each_has_the_key_that_people_would_call_it() -> None:
    raw = desired(RAW).raw
    assert [f"{entity.kind} {entity.key}" for entity in raw] == [
        "certificates legacy.example",
        "upstreams orders",
        "targets orders/10.0.0.1:8080",
        "targets orders/10.0.0.2:8080",
        "services legacy",
        "routes legacy-v1",
        f"routes {LIVE_ID}",
        "routes nowhere",
        "consumers partner",
        "consumers only",
        "acls partner/partners",
        "acls free/partners",
        "jwt_secrets partner/p",
        "keyauth_credentials partner/partner-key",
        "keyauth_credentials partner/partner-second-key",
        "basicauth_credentials only/only",
        "oauth2_credentials only/app-1",
        "plugins service/legacy/ip-restriction",
        f"plugins route/{LIVE_ID}/consumer/only/ip-restriction",
        "plugins route/legacy-v1/key-auth",
        "plugins global/bot-detection",
        "plugins service/legacy/session",
    ]


def test_references_lead_to_the_entity_that_is_called_so_by_any_of_its_names() -> None:
    state = desired(RAW)
    by_key = {(entity.kind, entity.key): state.document(entity) for entity in state}
    assert by_key["acls", "free/partners"]["consumer"] == {"id": by_key["consumers", "free"]["id"]}
    assert by_key["routes", LIVE_ID]["service"] == {"id": by_key["services", "omnify-api"]["id"]}
    second_key = by_key["keyauth_credentials", "partner/partner-second-key"]
    assert second_key["consumer"] == {"id": by_key["consumers", "partner"]["id"]}


def test_an_id_that_was_there_before_is_kept_and_others_refer_to_it() -> None:
    state = desired(RAW)
    assert documents(state, "routes")[LIVE_ID]["id"] == LIVE_ID
    plugin = documents(state, "plugins")[f"route/{LIVE_ID}/consumer/only/ip-restriction"]
    assert plugin["route"] == {"id": LIVE_ID}


def test_documents_are_complete_and_tags_stand_beside_the_owners() -> None:
    state = desired(RAW)
    service = documents(state, "services")["legacy"]
    assert service["tags"] == [*state.owner.tags, "team-a"]
    assert (service["connect_timeout"], service["path"]) == (60_000, "/v1")
    assert documents(state, "targets")["orders/10.0.0.1:8080"]["weight"] == 0


def test_a_secret_is_unknown_in_documents() -> None:
    state = desired(RAW)
    assert documents(state, "keyauth_credentials")["partner/partner-key"]["key"] is UNKNOWN
    assert documents(state, "plugins")["service/legacy/session"]["config"]["secret"] is UNKNOWN


def test_each_stands_after_those_it_refers_to_and_routes_after_the_global_plugins() -> None:
    seen: set[tuple[str, str]] = set()
    state = desired(RAW)
    for entity in state:
        assert set(entity.references().values()) <= seen, entity.key
        if entity.kind == "routes":
            assert {("plugins", plugin.key) for plugin in state.global_plugins} <= seen
        seen.add((entity.kind, entity.key))
    assert ("plugins", "global/bot-detection") in seen
    assert len(seen) == len(list(state))


def test_a_rendered_file_reads_secrets_from_deck_s_environment() -> None:
    text = declarative_yaml(desired(RAW))
    file = yaml.safe_load(text)
    (partner,) = [consumer for consumer in file["consumers"] if consumer.get("username") == "partner"]
    assert [key["key"] for key in partner["keyauth_credentials"]] == [
        '${{ env "DECK_PARTNER_KEY" }}',
        '${{ env "DECK_PARTNER_SECOND_KEY" }}',
    ]
    assert "secret://" not in text


def test_the_gate_lets_their_routes_pass_by_name_or_id() -> None:
    (gate,) = configurations(desired(RAW))["global/pre-function"]["access"]
    for name in ("legacy-v1", LIVE_ID, "nowhere", "omnify-health"):
        assert f'["{name}"] = true' in gate
    assert "omnify-eyes" not in gate


def test_each_stands_inside_the_one_it_belongs_to() -> None:
    file = yaml.safe_load(declarative_yaml(desired(RAW_WITHOUT_MODELLED, OPEN)))
    (upstream,) = file["upstreams"]
    (service,) = file["services"]
    assert [target["target"] for target in upstream["targets"]] == ["10.0.0.1:8080", "10.0.0.2:8080"]
    assert [route["name"] for route in service["routes"]] == ["legacy-v1"]
    assert [plugin["name"] for plugin in service["routes"][0]["plugins"]] == ["key-auth"]
    assert [route["name"] for route in file["routes"]] == ["nowhere"]


def test_a_gateway_of_which_nothing_is_asked_holds_nothing_but_what_is_said() -> None:
    state = desired(RAW_WITHOUT_MODELLED, OPEN)
    assert Counter(entity.kind for entity in state) == Counter(entity.kind for entity in state.raw)
    assert list(desired(OPEN)) == []


def test_a_config_map_takes_no_secrets() -> None:
    with pytest.raises(InvalidSettingsError) as refusal:
        desired(RAW, put("mode", "dbless"))
    assert "entities.keyauth_credentials[0]: has a secret, which mode 'dbless'" in str(refusal.value)
    assert "entities.plugins[0]" not in str(refusal.value)
