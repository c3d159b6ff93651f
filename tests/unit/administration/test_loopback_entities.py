"""What the loopback consists of."""

from typing import Any

import pytest

from entities.administration import seed
from entities.administration.entrances import OVERRIDDEN
from entities.desired import desired_state
from entities.drift.comparison import drift
from entities.drift.findings import Tie
from entities.importing.findings import Findings
from entities.importing.live import declared
from entities.schema import kong_schema
from entities.snapshot import Snapshot
from provider.ownership import Owner as ProvidersOwner
from tests.unit.administration.loopbacks import OWNER, entities, loopback_seed, loopback_stack
from tests.unit.config.documents import put
from tests.unit.entities.states import authenticated_by, settings

OBSERVERS = {"correlation-id", "prometheus", "file-log", "opentelemetry"}


def plugins(service: str) -> dict[str, dict[str, Any]]:
    found = loopback_seed()
    (identity,) = [id_ for id_, each in entities(found, "services").items() if each["name"] == service]
    return {each["name"]: each["config"] for each in entities(found, "plugins").values() if each["service"] == identity}


def test_only_a_stack_that_asks_for_it_has_a_loopback() -> None:
    assert seed(settings(stack="prod"), OWNER) is None


def test_kong_takes_every_entity() -> None:
    references = {"service", "route", "consumer"}
    for kind, documents in loopback_seed().document.items():
        for each in documents if isinstance(documents, list) else []:
            assert isinstance(each, dict)
            sent = {name: {"id": value} if name in references else value for name, value in each.items()}
            assert kong_schema().check(kind, sent) == [], (kind, each)


def test_each_entrance_is_https_on_the_managers_host_and_leads_back_into_the_pod() -> None:
    found = loopback_seed()
    services = {id_: (each["host"], each["port"]) for id_, each in entities(found, "services").items()}
    ways = {each["paths"][0]: services[each["service"]] for each in entities(found, "routes").values()}
    assert ways == {
        "/automation": ("127.0.0.1", 8001),
        "/admin-api": ("127.0.0.1", 8001),
        "/": ("127.0.0.1", 8002),
    }
    for each in entities(found, "routes").values():
        assert (each["protocols"], each["hosts"]) == (["https"], ["kong-admin.omnify.local"])


def test_programs_have_a_key_in_a_header_and_an_address() -> None:
    found = plugins("administration-programs")
    assert found["key-auth"] == {
        "key_names": ["apikey"],
        "key_in_query": False,
        "key_in_body": False,
        "hide_credentials": True,
    }
    assert found["acl"]["allow"] == ["administration-program-pulumi"]
    assert found["ip-restriction"] == {"allow": ["203.0.113.0/24"]}


@pytest.mark.parametrize("service", ["administration-people", "administration-manager"])
def test_people_have_a_password_and_an_address(service: str) -> None:
    found = plugins(service)
    assert found["basic-auth"]["hide_credentials"] is True
    assert found["acl"]["allow"] == ["administration-person-alice"]
    assert found["ip-restriction"] == {"allow": ["203.0.113.0/24"]}
    assert "key-auth" not in found


def test_without_people_there_is_no_entrance_for_them() -> None:
    found = loopback_seed(people={})
    assert [each["name"] for each in entities(found, "services").values()] == ["administration-programs"]
    assert entities(found, "basicauth_credentials") == {}


def test_a_credential_that_is_named_no_more_opens_nothing() -> None:
    """It stays in the database, for an import deletes nothing; so the group that it is in must be let in no more."""
    both = {name: {"name": "kong-admin-keys", "key": name} for name in ("old", "new")}
    allowed = {
        tuple(each["config"]["allow"])
        for programs in (both, {"new": both["new"]})
        for each in entities(loopback_seed(programs=programs, people={}), "plugins").values()
        if each["name"] == "acl"
    }
    assert allowed == {
        ("administration-program-new", "administration-program-old"),
        ("administration-program-new",),
    }


def test_a_new_key_beside_the_old_one_changes_nothing_of_the_old_ones() -> None:
    old = {"old": {"name": "kong-admin-keys", "key": "old"}}
    before = loopback_seed(programs=old)
    after = loopback_seed(programs=old | {"new": {"name": "kong-admin-keys", "key": "new"}})
    for kind in ("consumers", "acls", "keyauth_credentials"):
        assert entities(before, kind).items() <= entities(after, kind).items()


@pytest.mark.parametrize("kind", ["simple", "seamless", "oidc", "openid-connect"])
def test_no_plugin_of_the_stack_that_could_refuse_runs_on_the_loopback(kind: str) -> None:
    rotates = kind in {"simple", "seamless"}
    extra = [put("auth.rotation", kind)] if rotates else authenticated_by(kind)
    everything = [put("observability.tracing", {"endpoint": "http://collector:4318/v1/traces"})]
    stack = loopback_stack(*extra, *everything)
    found = seed(stack, OWNER)
    assert found is not None
    names = {str(plugin.fields()["name"]) for plugin in desired_state(stack, OWNER).global_plugins}
    for service in entities(found, "services"):
        own = {each["name"] for each in entities(found, "plugins").values() if each["service"] == service}
        assert names - OBSERVERS <= own
        assert own >= OVERRIDDEN


def test_the_provider_takes_the_loopback_for_somebody_elses() -> None:
    """So it neither changes nor deletes nor adopts the way by which it comes (provider/store.py)."""
    provider = ProvidersOwner(OWNER.project, OWNER.stack)
    for documents in loopback_seed().document.values():
        for each in documents if isinstance(documents, list) else []:
            assert isinstance(each, dict)
            assert provider.is_stranger_to(each)
            assert not provider.owns(each)


def test_drift_knows_the_loopback_for_owned_by_another() -> None:
    found = loopback_seed()
    snapshot = Snapshot({kind: tuple(entities(found, kind).values()) for kind in ("services", "consumers")})
    compared = drift(desired_state(loopback_stack(), OWNER), snapshot)
    assert compared.undeclared == ()
    assert {stray.tie for stray in compared.others} == {Tie.OTHERS}
    assert len(compared.others) == 5


def test_the_same_settings_give_the_same_entities() -> None:
    assert loopback_seed() == loopback_seed()
    assert (
        entities(loopback_seed(allowed=["192.0.2.0/24"]), "plugins").keys()
        == entities(loopback_seed(), "plugins").keys()
    )


def test_an_import_leaves_the_loopback_out_and_says_so() -> None:
    found = loopback_seed()
    own: dict[str, Any] = {"id": "0d2f7a1e-6a52-4f0b-9a0e-6b6a5b6f7c11", "name": "own", "tags": ["stack:prod"]}
    services = (*entities(found, "services").values(), own)
    findings = Findings()

    imported = list(declared(Snapshot({"services": services}), "Kong", findings))

    assert [each.document["name"] for each in imported] == ["own"]
    assert [each.name for each in findings.left_out] == [
        "administration-programs",
        "administration-people",
        "administration-manager",
    ]
