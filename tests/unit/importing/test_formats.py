"""The formats of files: whatever way one says the same, the settings are the same."""

import json

import pytest
import yaml

from entities.importing.reading import UnreadableFileError, read_file
from entities.importing.upgrading import migrated_path
from tests.unit.importing.faithful import unsaid
from tests.unit.importing.imports import imported, reasons

NESTED = """
_format_version: "3.0"
services:
- name: orders
  url: http://orders.svc:8080/base
  routes:
  - name: orders-v1
    hosts: [a.example]
    plugins: [{name: key-auth}]
consumers:
- username: partner
  acls: [{group: partners}]
  plugins: [{name: rate-limiting, config: {minute: 5}}]
upstreams:
- name: orders.svc
  targets: [{target: "10.0.0.1:80"}]
"""
FLAT = """
_format_version: "3.0"
plugins:
- {name: key-auth, route: orders-v1}
- {name: rate-limiting, consumer: {username: partner}, config: {minute: 5}}
acls: [{consumer: partner, group: partners}]
targets: [{upstream: {name: orders.svc}, target: "10.0.0.1:80"}]
upstreams: [{name: orders.svc}]
consumers: [{username: partner}]
routes: [{name: orders-v1, service: {name: orders}, hosts: [a.example]}]
services: [{name: orders, protocol: http, host: orders.svc, port: 8080, path: /base}]
"""


def test_entities_inside_others_and_in_lists_of_their_own_say_the_same() -> None:
    nested, flat = imported(NESTED), imported(FLAT)

    assert nested.raw == flat.raw
    assert unsaid(nested.proposal) == []
    assert nested.left_out == flat.left_out == ()
    assert nested.raw["routes"] == [{"name": "orders-v1", "service": "orders", "hosts": ["a.example"]}]
    assert nested.raw["plugins"] == [
        {"name": "key-auth", "route": "orders-v1"},
        {"name": "rate-limiting", "consumer": "partner", "config": {"minute": 5}},
    ]
    assert nested.raw["targets"] == [{"upstream": "orders.svc", "target": "10.0.0.1:80"}]


def test_json_is_read_as_yaml_is() -> None:
    assert imported(json.dumps(yaml.safe_load(NESTED))).raw == imported(NESTED).raw


def test_several_files_are_one_source() -> None:
    services = '{_format_version: "3.0", services: [{name: orders, host: orders.svc}]}'
    routes = '{_format_version: "1.1", routes: [{name: all, service: orders, hosts: [a.example]}]}'

    assert imported(routes, services).raw["routes"] == [{"name": "all", "service": "orders", "hosts": ["a.example"]}]


def test_an_id_is_kept_and_one_that_is_missing_is_not_made_up() -> None:
    identity = "5d1e0c2a-6c1c-4b5e-8d56-696d706f7274"
    text = f"""
    _format_version: "3.0"
    services: [{{id: {identity.upper()}, name: a, host: a.svc}}, {{name: b, host: b.svc}}]
    """

    first, second = imported(text).raw["services"]

    assert first["id"] == identity
    assert "id" not in second


def test_references_may_be_ids() -> None:
    identity = "5d1e0c2a-6c1c-4b5e-8d56-696d706f7274"
    text = f"""
    _format_version: "3.0"
    services: [{{id: {identity}, host: nameless.svc}}]
    routes:
    - {{name: a, service: {identity}, hosts: [a.example]}}
    - {{name: b, service: {{id: {identity}}}, hosts: [b.example]}}
    """

    found = imported(text)

    assert [route["service"] for route in found.raw["routes"]] == [identity, identity]
    assert unsaid(found.proposal) == []


def test_an_entity_without_a_name_gets_an_id_that_stays_the_same() -> None:
    text = '{_format_version: "3.0", services: [{name: a, host: a.svc, routes: [{hosts: [a.example]}]}]}'

    (route,), (again,) = imported(text).raw["routes"], imported(text).raw["routes"]

    assert route["id"] == again["id"]
    assert unsaid(imported(text).proposal) == []


@pytest.mark.parametrize("version", ["1.1", "2.1"])
def test_a_path_that_older_formats_took_for_a_regular_expression_is_told_by_a_tilde(version: str) -> None:
    text = f"""
    _format_version: "{version}"
    services:
    - {{name: a, host: a.svc, routes: [{{name: r, hosts: [a.example], paths: ["/v1/\\\\d+", /plain, /a//b]}}]}}
    """

    found = imported(text)

    assert found.raw["routes"][0]["paths"] == ["~/v1/\\d+", "/plain", "/a/b"]
    assert [each.reason.split(":")[0] for each in found.converted] == ["/v1/\\d+ is ~/v1/\\d+", "/a//b is /a/b"]


def test_format_3_says_itself_what_is_a_regular_expression() -> None:
    text = (
        '{_format_version: "3.0", services: [{name: a, host: a.svc, routes: [{name: r, paths: ["~/v1/(a|b)$", /c]}]}]}'
    )

    assert imported(text).raw["routes"][0]["paths"] == ["~/v1/(a|b)$", "/c"]
    assert imported(text).converted == ()


@pytest.mark.parametrize(
    ("path", "migrated"),
    [
        ("/plain/path.html", "/plain/path.html"),
        ("/percent%20encoded", "/percent encoded"),
        ("/caf%C3%A9*", "~/caf\u00e9*"),
        ("/unreserved%41", "/unreservedA"),
        ("/dots/../up", "/up"),
        ("/users/(\\d+)$", "~/users/(\\d+)$"),
        ("/a*", "~/a*"),
        ("/dot%2E*", "~/dot\\.*"),
        ("/slash%2f*", "~/slash%2F*"),
        ("/letter%41*", "~/letterA*"),
        ("~/already", "~/already"),
    ],
)
def test_paths_move_to_kong_3_as_kong_moves_them(path: str, migrated: str) -> None:
    assert migrated_path(path) == migrated


@pytest.mark.parametrize("plugin", ["acl", "ip-restriction", "bot-detection"])
def test_fields_that_are_called_otherwise_since_kong_3_are_converted_and_told_of(plugin: str) -> None:
    text = f"""
    _format_version: "1.1"
    services: [{{name: a, host: a.svc, plugins: [{{name: {plugin}, config: {{whitelist: ["10.0.0.1"]}}}}]}}]
    """

    found = imported(text)

    assert found.raw["plugins"][0]["config"] == {"allow": ["10.0.0.1"]}
    assert reasons(found.converted) == {("plugins", plugin): "config.whitelist is config.allow since Kong 3.0"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("services: []", "file.yaml has no _format_version"),
        ("_format_version: '0.1'", "file.yaml has format '0.1'; known are 1.1, 2.1, 3.0"),
        ("- a", "file.yaml holds no mapping"),
        ("{", "file.yaml is neither YAML nor JSON"),
        ("key: *missing", "file.yaml is neither YAML nor JSON: found undefined alias, line 1"),
    ],
)
def test_what_is_no_kong_file_is_refused(text: str, reason: str) -> None:
    with pytest.raises(UnreadableFileError) as refusal:
        read_file(text, "file.yaml", {})

    assert str(refusal.value).startswith(reason)


def test_numbers_and_dates_stand_for_texts_where_yaml_makes_others_of_them() -> None:
    text = "{_format_version: 3.0, services: [{name: a, host: a.svc, tags: [2026-01-02]}]}"

    assert imported(text).raw["services"][0]["tags"] == ["2026-01-02"]
