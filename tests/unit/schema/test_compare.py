"""What differs is found, field by field; what only looks different is not."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entities.schema import UNKNOWN, kong_schema
from tests.unit.schema.documents import entities
from tests.unit.schema.leaves import changed, counts_for_nothing, found_at, leaves

ID = "11111111-1111-4111-8111-111111111111"
OTHER_ID = "22222222-2222-4222-8222-222222222222"
thorough = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def paths(kind: str, desired: dict[str, Any], live: dict[str, Any]) -> set[tuple[str | int, ...]]:
    return {difference.path for difference in kong_schema().differences(kind, desired, live)}


SAME: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("services", {"host": "a"}, {"host": "a", "id": ID, "created_at": 1, "updated_at": 2, "retries": 5}),
    ("services", {"host": "a", "retries": 3}, {"host": "a", "retries": 3.0}),
    ("services", {"host": "a", "tags": ["x", "y"]}, {"host": "a", "tags": ["y", "x"]}),
    ("services", {"url": "http://a:81/x"}, {"host": "a", "port": 81, "path": "/x"}),
    ("services", {"host": "a", "id": ID}, {"host": "a", "id": OTHER_ID}),
    ("services", {"host": UNKNOWN}, {"host": "a"}),
    ("routes", {"paths": ["/"], "methods": ["GET", "PUT"]}, {"paths": ["/"], "methods": ["PUT", "GET"]}),
    ("targets", {"target": "a"}, {"target": "a:8000"}),
    ("keyauth_credentials", {"consumer": {"id": ID}}, {"consumer": {"id": ID}, "key": "made", "ttl": 4}),
    ("jwt_secrets", {"algorithm": "RS256", "secret": "one"}, {"algorithm": "RS256", "secret": "other"}),
    ("certificates", {"cert": "c", "key": "k"}, {"cert": "c", "key": "k", "snis": ["a"]}),
    ("oauth2_credentials", {"name": "n", "hash_secret": True, "client_secret": "s"},
     {"name": "n", "hash_secret": True, "client_secret": "$argon2$..."}),
    ("basicauth_credentials", {"consumer": {"id": ID}, "username": "u", "password": "p"},
     {"consumer": {"id": ID}, "username": "u", "password": hashlib.sha1(f"p{ID}".encode()).hexdigest()}),
    ("plugins", {"name": "cors"}, {"name": "cors", "service": None, "config": {"max_age": None}}),
    ("plugins", {"name": "oidc", "config": {"realm": "a"}}, {"name": "oidc", "config": {"realm": "a", "scope": "b"}}),
]  # fmt: skip

DIFFERENT: list[tuple[str, dict[str, Any], dict[str, Any], set[tuple[str | int, ...]]]] = [
    ("services", {"host": "a"}, {"host": "b"}, {("host",)}),
    ("services", {"host": "a"}, {"host": "a", "enabled": False}, {("enabled",)}),
    ("services", {"host": "a", "tags": []}, {"host": "a", "tags": None}, {("tags",)}),
    ("services", {"host": "a", "tags": ["x"]}, {"host": "a", "tags": ["x", "y"]}, {("tags",)}),
    ("routes", {"paths": ["/a", "/b"]}, {"paths": ["/b", "/a"]}, {("paths",)}),
    ("routes", {"paths": ["/"], "service": {"id": ID}}, {"paths": ["/"], "service": {"id": OTHER_ID}}, {("service",)}),
    ("routes", {"paths": ["/"], "service": {"id": ID}}, {"paths": ["/"], "service": None}, {("service",)}),
    ("routes", {"paths": ["/"], "headers": {"a": ["1"], "b": ["1"]}},
     {"paths": ["/"], "headers": {"a": ["2"], "c": []}}, {("headers", "a"), ("headers", "b"), ("headers", "c")}),
    ("upstreams", {"name": "u"}, {"name": "u", "healthchecks": {"active": {"healthy": {"interval": 5}}}},
     {("healthchecks", "active", "healthy", "interval")}),
    ("keyauth_credentials", {"key": "a"}, {"key": "b"}, {("key",)}),
    ("jwt_secrets", {"algorithm": "HS256", "secret": "a"}, {"algorithm": "HS256", "secret": "b"}, {("secret",)}),
    ("certificates", {"cert": "c", "key": "k", "snis": []}, {"cert": "c", "key": "k", "snis": ["a"]}, {("snis",)}),
    ("basicauth_credentials", {"consumer": {"id": ID}, "username": "u", "password": "p"},
     {"consumer": {"id": ID}, "username": "u", "password": "other"}, {("password",)}),
    ("plugins", {"name": "rate-limiting", "config": {"minute": 1}},
     {"name": "rate-limiting", "config": {"minute": 1, "redis_host": "r", "redis": {"host": "r"}}},
     {("config", "redis", "host")}),
    ("plugins", {"name": "oidc", "config": {"realm": "a"}}, {"name": "oidc", "config": {"realm": "b"}},
     {("config", "realm")}),
    ("plugins", {"name": "cors"}, {"name": "cors", "instance_name": "by-hand"}, {("instance_name",)}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "desired", "live"), SAME)
def test_what_means_the_same_does_not_differ(kind: str, desired: dict[str, Any], live: dict[str, Any]) -> None:
    assert paths(kind, desired, live) == set()


@pytest.mark.parametrize(("kind", "desired", "live", "expected"), DIFFERENT)
def test_what_means_something_else_differs_where_it_does(
    kind: str, desired: dict[str, Any], live: dict[str, Any], expected: set[tuple[str | int, ...]]
) -> None:
    assert paths(kind, desired, live) == expected


def test_a_difference_says_both_values_and_prints_neither() -> None:
    (difference,) = kong_schema().differences("keyauth_credentials", {"key": "wanted"}, {"key": "found"})

    assert (difference.desired, difference.live) == ("wanted", "found")
    assert repr(difference) == "Difference(key)"


@thorough
@given(entity=entities())
def test_a_document_never_differs_from_itself_or_its_completion(entity: tuple[str, dict[str, Any]]) -> None:
    kind, document = entity

    assert paths(kind, document, document) == set()
    assert paths(kind, document, kong_schema().complete(kind, document)) == set()


@thorough
@given(entity=entities(), data=st.data())
def test_each_changed_leaf_is_found(entity: tuple[str, dict[str, Any]], data: st.DataObject) -> None:
    kind, document = entity
    completed = kong_schema().complete(kind, document)
    counting = [leaf for leaf in leaves(completed) if not counts_for_nothing(kind, document, leaf)]
    leaf = data.draw(st.sampled_from(counting))

    assert found_at(paths(kind, completed, changed(completed, leaf)), leaf)
