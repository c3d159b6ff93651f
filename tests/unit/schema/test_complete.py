"""A document is completed as Kong would give it back."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from entities.schema import UNKNOWN, kong_schema
from tests.unit.schema.documents import entities

ID = "11111111-1111-4111-8111-111111111111"
thorough = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


COMPLETED: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("services", {"url": "https://a.example/x"}, {"protocol": "https", "host": "a.example", "port": 443, "path": "/x"}),
    ("services", {"url": "http://a.example:81"}, {"protocol": "http", "host": "a.example", "port": 81, "path": None}),
    ("services", {"url": "http://[::1]:81/"}, {"host": "::1", "port": 81, "path": "/"}),
    ("services", {"url": "http://u:p@a.example/?q#f"}, {"host": "a.example", "path": "/"}),
    ("services", {"url": "http://a", "host": "b"}, {"host": "a"}),
    ("services", {"url": UNKNOWN, "name": "s"}, {"host": UNKNOWN, "port": UNKNOWN, "protocol": UNKNOWN, "name": "s"}),
    ("services", {"host": "a", "retries": None}, {"retries": None}),
    ("services", {"host": "a", "retries": 3.0}, {"retries": 3}),
    ("services", {"host": "a", "tags": []}, {"tags": []}),
    ("services", {"host": "a", "tags": {}}, {"tags": []}),
    ("services", {"host": "a", "tags": ["b", "a", "b"]}, {"tags": ["b", "a"]}),
    ("services", {"host": "a", "bogus": 1}, {"bogus": 1}),
    ("services", {"host": "a", "id": ID, "created_at": 5}, {"id": ID, "created_at": 5}),
    ("routes", {"paths": ["/a"]}, {"protocols": ["http", "https"], "strip_path": True, "headers": None}),
    ("routes", {"protocols": ["grpc"], "hosts": ["a"]}, {"strip_path": False, "methods": None}),
    ("routes", {"paths": ["/a"], "hosts": ["a", "a"]}, {"hosts": ["a", "a"]}),
    ("upstreams", {"name": "u", "algorithm": "least-connections"}, {"algorithm": "least-connections",
     "hash_on": "none"}),
    ("upstreams", {"name": "u", "hash_on": "ip"}, {"algorithm": "consistent-hashing", "hash_fallback": "none"}),
    ("upstreams", {"name": "u", "algorithm": "consistent-hashing"}, {"algorithm": "round-robin", "hash_on": "none"}),
    ("upstreams", {"name": "u", "healthchecks": []}, {"algorithm": "round-robin"}),
    ("routes", {"paths": ["/a"], "headers": []}, {"headers": {}}),
    ("targets", {"target": "a.example"}, {"target": "a.example:8000", "weight": 100}),
    ("targets", {"target": "[::1]:80"}, {"target": "[0000:0000:0000:0000:0000:0000:0000:0001]:80"}),
    ("targets", {"target": "010.0.0.1:80"}, {"target": "10.0.0.1:80"}),
    ("targets", {"target": "::bad::"}, {"target": "::bad::"}),
    ("certificates", {"cert": "c", "key": "k"}, {"snis": [], "cert_alt": None}),
    ("certificates", {"cert": "c", "key": "k", "snis": ["b", "a"]}, {"snis": ["a", "b"]}),
    ("keyauth_credentials", {"key": "k"}, {"ttl": None, "key": "k"}),
    ("oauth2_credentials", {"name": "n"}, {"client_type": "confidential", "hash_secret": False, "redirect_uris": None}),
    ("plugins", {"name": "cors"}, {"enabled": True, "service": None, "protocols": ["grpc", "grpcs", "http", "https"]}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "document", "expected"), COMPLETED)
def test_a_document_is_completed(kind: str, document: dict[str, Any], expected: dict[str, Any]) -> None:
    completed = kong_schema().complete(kind, document)

    assert {name: completed[name] for name in expected} == expected


def test_an_empty_list_where_a_record_is_due_is_an_empty_record() -> None:
    schema = kong_schema()

    assert schema.complete("plugins", {"name": "cors", "config": []})["config"] == schema.complete_plugin_config(
        "cors", {}
    )
    assert schema.check("plugins", {"name": "cors", "config": []}) == []


def test_what_only_kong_makes_up_stays_out() -> None:
    made_up = {"id", "created_at", "updated_at", "key", "secret"}

    assert made_up.isdisjoint(kong_schema().complete("jwt_secrets", {"consumer": {"id": ID}}))


CONFIGS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("rate-limiting", {"minute": 1, "redis_host": "r", "redis_port": 6380},
     {"redis_host": "r", "redis_port": 6380, "redis_timeout": 2000}),
    ("rate-limiting", {"minute": 1, "redis": {"host": "r"}}, {"redis_host": "r", "redis_port": 6379}),
    ("rate-limiting", {"minute": 1, "redis": {"host": "new"}, "redis_host": None}, {"redis_host": "new"}),
    ("session", {"cookie_lifetime": 9, "cookie_samesite": "off", "cookie_idletime": None, "cookie_persistent": True},
     {"rolling_timeout": 9, "cookie_same_site": "Lax", "idling_timeout": 0, "remember": True}),
    ("opentelemetry", {"endpoint": "http://old"}, {"traces_endpoint": "http://old"}),
    ("opentelemetry", {"endpoint": "http://old", "traces_endpoint": "http://new"}, {"traces_endpoint": "http://new"}),
    ("opentelemetry", {"queue": {"max_bytes": 1}}, {}),
    ("acl", {"allow": []}, {"allow": [], "deny": None}),
    ("request-termination", {"status_code": 503.0}, {"status_code": 503}),
]  # fmt: skip


@pytest.mark.parametrize(("plugin", "config", "expected"), CONFIGS)
def test_a_plugin_configuration_is_completed(plugin: str, config: dict[str, Any], expected: dict[str, Any]) -> None:
    completed = kong_schema().complete_plugin_config(plugin, config)

    assert {name: completed[name] for name in expected} == expected


def test_a_shorthand_that_only_says_it_otherwise_is_not_given_back() -> None:
    completed = kong_schema().complete_plugin_config("session", {"cookie_lifetime": 9})

    assert "cookie_lifetime" not in completed
    assert "endpoint" not in kong_schema().complete_plugin_config("opentelemetry", {"endpoint": "http://a"})


def test_a_record_has_its_whole_default_only_where_nothing_is_given() -> None:
    schema = kong_schema()

    assert schema.complete_plugin_config("opentelemetry", {})["queue"]["max_batch_size"] == 200
    assert schema.complete_plugin_config("opentelemetry", {"queue": {}})["queue"]["max_batch_size"] == 1


@thorough
@given(entity=entities())
def test_completing_again_changes_nothing(entity: tuple[str, dict[str, Any]]) -> None:
    kind, document = entity
    completed = kong_schema().complete(kind, document)

    assert kong_schema().complete(kind, completed) == completed


@thorough
@given(entity=entities())
def test_completing_makes_nothing_right_or_wrong(entity: tuple[str, dict[str, Any]]) -> None:
    kind, document = entity
    schema = kong_schema()

    assert schema.check(kind, schema.complete(kind, document)) == schema.check(kind, document)


@thorough
@given(entity=entities())
def test_the_callers_document_is_never_changed(entity: tuple[str, dict[str, Any]]) -> None:
    kind, document = entity
    schema = kong_schema()
    before = copy.deepcopy(document)

    completed = schema.complete(kind, document)
    schema.check(kind, document)
    schema.differences(kind, document, completed)
    for value in completed.values():
        if isinstance(value, list):
            value.clear()

    assert document == before
    assert schema.complete(kind, document) == schema.complete(kind, before)
