"""What Kong would refuse is refused, with Kong's words and where it is."""

from __future__ import annotations

from typing import Any

import pytest

from entities.schema import UNKNOWN, Violation, kong_schema

SERVICE = {"name": "api", "host": "a.example"}
ROUTE = {"name": "api", "paths": ["/api/"]}
ID = "11111111-1111-4111-8111-111111111111"
CONSUMER = {"id": ID}


def found(kind: str, document: dict[str, Any]) -> list[tuple[tuple[str | int, ...], str]]:
    return [(violation.path, violation.message) for violation in kong_schema().check(kind, document)]


FIELD_RULES: list[tuple[str, dict[str, Any], tuple[str | int, ...], str]] = [
    ("services", {"name": "api"}, ("host",), "required field missing"),
    ("services", {**SERVICE, "bogus": 1}, ("bogus",), "unknown field"),
    ("services", {**SERVICE, "protocol": None}, ("protocol",), "required field missing"),
    ("services", {**SERVICE, "name": 5}, ("name",), "expected a string"),
    ("services", {**SERVICE, "name": ""}, ("name",), "length must be at least 1"),
    ("services", {**SERVICE, "enabled": "yes"}, ("enabled",), "expected a boolean"),
    ("services", {**SERVICE, "enabled": 1}, ("enabled",), "expected a boolean"),
    ("services", {**SERVICE, "retries": 1.5}, ("retries",), "expected an integer"),
    ("services", {**SERVICE, "retries": True}, ("retries",), "expected an integer"),
    ("services", {**SERVICE, "retries": -1}, ("retries",), "value should be between 0 and 32767"),
    ("services", {**SERVICE, "port": 65536}, ("port",), "value should be between 0 and 65535"),
    ("services", {**SERVICE, "connect_timeout": 0}, ("connect_timeout",), "value should be between 1 and 2147483646"),
    (
        "services",
        {**SERVICE, "protocol": "ftp"},
        ("protocol",),
        "expected one of: grpc, grpcs, http, https, tcp, tls, tls_passthrough, udp",
    ),
    ("services", {**SERVICE, "path": "x"}, ("path",), "should start with: /"),
    ("services", {**SERVICE, "path": "//x"}, ("path",), "must not have empty segments"),
    ("services", {**SERVICE, "tags": "x"}, ("tags",), "expected a set"),
    ("services", {**SERVICE, "tags": [None]}, ("tags", 0), "required field missing"),
    ("services", {**SERVICE, "tags": ["ok", 1]}, ("tags", 1), "expected a string"),
    ("routes", {**ROUTE, "service": {"id": "x"}}, ("service", "id"), "expected a valid UUID"),
    ("services", {**SERVICE, "url": 1}, ("url",), "expected a string"),
    ("services", {**SERVICE, "id": "x"}, ("id",), "expected a valid UUID"),
    ("services", {**SERVICE, "created_at": -1}, ("created_at",), "expected a valid timestamp"),
    ("routes", {**ROUTE, "service": "api"}, ("service", "id"), "missing primary key"),
    ("routes", {**ROUTE, "service": {}}, ("service", "id"), "missing primary key"),
    ("routes", {**ROUTE, "paths": {"a": 1}}, ("paths",), "expected an array"),
    ("routes", {**ROUTE, "headers": ["x"]}, ("headers",), "expected a map"),
    ("routes", {**ROUTE, "headers": {"x-a": "1"}}, ("headers",), "expected an array"),
    ("routes", {**ROUTE, "headers": {"x a": ["1"]}}, ("headers",), "bad header name 'x a', allowed characters are "
     "A-Z, a-z, 0-9, '_', and '-'"),
    ("routes", {**ROUTE, "protocols": []}, ("protocols",), "unknown type: nil"),
    ("routes", {**ROUTE, "protocols": ["ftp"]}, ("protocols",), "unknown type: ftp"),
    ("routes", {**ROUTE, "protocols": ["http", "ftp"]}, ("protocols", 1),
     "expected one of: grpc, grpcs, http, https, tcp, tls, tls_passthrough, udp"),
    ("routes", {**ROUTE, "protocols": "http"}, ("protocols",), "expected a set"),
    ("routes", {**ROUTE, "protocols": None}, ("protocols",), "required field missing"),
    ("routes", {**ROUTE, "hosts": ["a.*.b"]}, ("hosts", 0), "invalid wildcard: must be placed at leftmost or "
     "rightmost label"),
    ("routes", {**ROUTE, "hosts": ["*.a:99999"]}, ("hosts", 0), "invalid port number"),
    ("routes", {"name": "r", "protocols": ["tcp"], "sources": [{"ip": "1.2.3"}]}, ("sources", 0, "ip"),
     "invalid ip or cidr range: '1.2.3'"),
    ("routes", {"name": "r", "protocols": ["tcp"], "sources": [{}]}, ("sources", 0, "@entity"),
     "at least one of these fields must be non-empty: 'ip', 'port'"),
    ("routes", {"name": "r", "protocols": ["tcp"], "paths": ["/"], "sources": [{"port": 1}]}, ("paths",),
     "cannot set 'paths' when 'protocols' is 'tcp', 'tls', 'tls_passthrough' or 'udp'"),
    ("routes", {**ROUTE, "sources": [{"port": 1}]}, ("sources",),
     "cannot set 'sources' when 'protocols' is 'http' or 'https'"),
    ("routes", {"protocols": ["tls_passthrough"]}, ("@entity",), "must set snis when 'protocols' is 'tls_passthrough'"),
    ("routes", {"protocols": ["tcp"]}, ("@entity",),
     "must set one of 'sources', 'destinations', 'snis' when 'protocols' is 'tcp', 'tls' or 'udp'"),
    ("routes", {"protocols": ["grpc"]}, ("@entity",),
     "must set one of 'hosts', 'headers', 'paths' when 'protocols' is 'grpc'"),
    ("routes", {"protocols": ["http"]}, ("@entity",),
     "must set one of 'methods', 'hosts', 'headers', 'paths' when 'protocols' is 'http'"),
    ("consumers", {}, ("@entity",), "at least one of these fields must be non-empty: 'custom_id', 'username'"),
    ("consumers", {"username": ""}, ("username",), "length must be at least 1"),
    ("upstreams", {"name": "u:80"}, ("name",), "Invalid name ('u:80'); no port allowed"),
    ("upstreams", {"name": "-"}, ("name",), "Invalid name ('-'); must be a valid hostname"),
    ("upstreams", {"name": "u", "healthchecks": 1}, ("healthchecks",), "expected a record"),
    (
        "upstreams",
        {"name": "u", "healthchecks": {"active": {"timeout": -1}}},
        ("healthchecks", "active", "timeout"),
        "value should be between 0 and 65535",
    ),
    ("upstreams", {"name": "u", "hash_on": "cookie", "hash_on_cookie": "a b"}, ("hash_on_cookie",),
     "contains one or more invalid characters. ASCII control characters (0-31;127), space, tab and the characters "
     '()<>@,;:\\"/?={}[] are not allowed.'),
    (
        "upstreams",
        {"name": "u", "hash_on": "header", "hash_on_header": "a", "hash_fallback_header": "a"},
        ("@entity",),
        "values of these fields must be distinct: 'hash_on_header', 'hash_fallback_header'",
    ),
    ("acls", {"consumer": CONSUMER}, ("group",), "required field missing"),
    ("keyauth_credentials", {"consumer": CONSUMER, "ttl": 2e8}, ("ttl",), "value should be between 0 and 100000000"),
    ("oauth2_credentials", {"consumer": CONSUMER, "name": "n", "redirect_uris": ["x"]}, ("redirect_uris", 0),
     "cannot parse 'x'"),
    ("oauth2_credentials", {"consumer": CONSUMER, "name": "n", "redirect_uris": ["https://a.b/#f"]},
     ("redirect_uris", 0), "fragment not allowed in 'https://a.b/#f'"),
    ("oauth2_credentials", {"consumer": CONSUMER, "name": "n", "client_type": "x"}, ("client_type",),
     "expected one of: confidential, public"),
    ("certificates", {"cert": "{vault://env/c}", "key": "{vault://env/k}", "snis": ["a.b", "a.b"]}, ("snis",),
     "a.b is duplicated"),
    ("snis", {"name": "a*.b", "certificate": {"id": ID}}, ("name",),
     "wildcard must be leftmost or rightmost character"),
    ("snis", {"name": "1.2.3.4", "certificate": {"id": ID}}, ("name",), "must not be an IP"),
    ("snis", {"name": "a.b:80", "certificate": {"id": ID}}, ("name",), "must not have a port"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "document", "path", "message"), FIELD_RULES)
def test_a_broken_rule_is_reported_where_it_is_in_kongs_words(
    kind: str, document: dict[str, Any], path: tuple[str | int, ...], message: str
) -> None:
    assert (path, message) in found(kind, document)


PLUGIN_RULES: list[tuple[str, dict[str, Any], tuple[str | int, ...], str]] = [
    ("rate-limiting", {"minute": 0}, ("minute",), "value must be greater than 0"),
    ("rate-limiting", {"minute": "1"}, ("minute",), "expected a number"),
    ("rate-limiting", {"minute": 10, "day": 1}, ("@entity",),
     "The limit for day(1.0) cannot be lower than the limit for minute(10.0)"),
    ("rate-limiting", {"minute": 1, "sync_rate": 1}, ("@entity",), "sync_rate can only be used with the redis policy"),
    ("rate-limiting", {"minute": 1, "sync_rate": 0.01, "policy": "redis", "redis": {"host": "r"}}, ("@entity",),
     "sync_rate must be greater than 0.02, or -1 to disable"),
    ("rate-limiting", {"minute": 1, "limit_by": "header"}, ("header_name",), "required field missing"),
    ("rate-limiting", {"minute": 1, "limit_by": "path"}, ("path",), "required field missing"),
    ("rate-limiting", {"minute": 1, "redis_port": "x"}, ("redis_port",), "expected an integer"),
    ("rate-limiting", {"minute": 1, "redis_port": 1, "redis": {"port": 2}}, ("redis_port",),
     "both deprecated and new field are used but their values mismatch: redis_port = 1 vs redis.port = 2"),
    ("rate-limiting", {"minute": 1, "redis": {"host": "a:1"}}, ("redis", "host"), "must not have a port"),
    ("response-ratelimiting", {"limits": {"v": {"minute": 2, "hour": 1}}}, ("limits",),
     "the limit for hour(1.0) cannot be lower than the limit for minute(2.0)"),
    ("response-ratelimiting", {"limits": {}}, ("limits",), "length must be at least 1"),
    ("jwt", {"maximum_expiration": 1, "claims_to_verify": ["nbf"]}, ("claims_to_verify",), "expected to contain: exp"),
    ("http-log", {"http_endpoint": "x"}, ("http_endpoint",), "missing host in url"),
    ("http-log", {"http_endpoint": "//h"}, ("http_endpoint",), "missing scheme in url"),
    ("http-log", {"http_endpoint": "http://h", "headers": {"Host": "x"}}, ("headers",), "cannot contain 'Host' header"),
    ("http-log", {"http_endpoint": "http://u:p@h", "headers": {"authorization": "x"}}, ("@entity",),
     "specifying both an 'Authorization' header and user info in 'http_endpoint' is not allowed"),
    ("request-termination", {"content_type": "a/b"}, ("@entity",), "content_type requires a body"),
    ("request-termination", {"echo": True, "body": "b"}, ("@entity",),
     "echo cannot be used with content_type and body"),
    ("request-transformer", {"add": {"body": ["a:"]}}, ("add", "body", 0), "key 'a' has no value"),
    ("request-transformer", {"rename": {"headers": ["a:b c"]}}, ("rename", "headers", 0),
     "'b c' is not a valid header"),
    ("request-transformer", {"remove": {"headers": ["a b"]}}, ("remove", "headers", 0), "'a b' is not a valid header"),
    ("request-transformer", {"http_method": "get"}, ("http_method",), "invalid value: get"),
    ("bot-detection", {"deny": ["("]}, ("deny", 0), "not a valid regex: ("),
    ("file-log", {"path": "a*b"}, ("path",), "not a valid filename"),
    ("opentelemetry", {}, ("@entity",),
     "at least one of these fields must be non-empty: 'traces_endpoint', 'logs_endpoint'"),
    ("opentelemetry", {"traces_endpoint": "http://h", "resource_attributes": {"a": ""}}, ("resource_attributes",),
     "length must be at least 1"),
    ("opentelemetry", {"traces_endpoint": "http://h", "propagation": {}}, ("propagation", "default_format"),
     "required field missing"),
    ("oauth2", {}, ("@entity",), "at least one of these fields must be true: enable_authorization_code, "
     "enable_implicit_grant, enable_client_credentials, enable_password_grant"),
    ("oauth2", {"enable_password_grant": True, "mandatory_scope": True}, ("scopes",), "required field missing"),
    ("zipkin", {"static_tags": [{"name": "a", "value": "1"}, {"name": "a", "value": "2"}]}, ("static_tags",),
     "repeated tags are not allowed: a"),
    ("zipkin", {"static_tags": [{"name": "lc", "value": "1"}]}, ("static_tags", 0, "name"),
     "must not be one of: error, http.method, http.path, http.status_code, kong.balancer.state, kong.balancer.try, "
     "kong.consumer, kong.credential, kong.node.id, kong.route, kong.service, lc, peer.hostname"),
    ("aws-lambda", {"aws_key": "k"}, ("@entity",),
     "all or none of these fields must be set: 'config.aws_key', 'config.aws_secret'"),
    ("aws-lambda", {"proxy_url": "https://p"}, ("@entity",), "proxy_url scheme must be http"),
    ("acme", {"account_email": "a@b.c"}, (), ""),
    ("acme", {"account_email": "a@b.c", "storage_config": {"redis": {"namespace": "kong_acme:cert_key:x"}}},
     ("storage_config", "redis", "extra_options", "namespace"),
     "namespace can't be prefixed with reserved word: kong_acme:cert_key:"),
    ("ai-proxy", {"route_type": "llm/v1/completions", "logging": {"log_statistics": True},
                  "auth": {"header_name": "x", "header_value": "y"},
                  "model": {"provider": "anthropic", "options": {"anthropic_version": "1"}}}, ("@entity",),
     "anthropic does not support statistics when route_type is llm/v1/completions"),
    ("redirect", {"location": "x"}, ("location",), "missing host in url"),
]  # fmt: skip


@pytest.mark.parametrize(("plugin", "config", "path", "message"), PLUGIN_RULES)
def test_a_wrong_plugin_configuration_is_reported_inside_it(
    plugin: str, config: dict[str, Any], path: tuple[str | int, ...], message: str
) -> None:
    violations = kong_schema().check_plugin_config(plugin, config)

    if path:
        assert Violation(path, message) in violations
    else:
        assert violations == []


def test_a_rule_is_not_applied_to_what_stands_in_a_vault() -> None:
    reference = "{vault://env/redis-host}"
    config = {"http_endpoint": reference, "headers": {"Authorization": "{vault://env/token}"}}

    assert kong_schema().check_plugin_config("http-log", config) == []
    assert kong_schema().check("services", {"name": "x", "host": reference}) == [
        Violation(("host",), f"invalid value: {reference}")
    ]
    assert kong_schema().check_plugin_config("aws-lambda", {"aws_key": reference}) == []


@pytest.mark.parametrize("plugin", ["acme", "rate-limiting", "acl"])
def test_rules_between_fields_do_not_pile_up_on_a_configuration_that_is_none(plugin: str) -> None:
    assert (("config",), "expected a record") in found("plugins", {"name": plugin, "config": 5})
    assert not [path for path, _ in found("plugins", {"name": "acme", "config": 5}) if path == ("@entity",)]


def test_a_plugin_scope_that_makes_no_sense_is_refused() -> None:
    document = {"name": "jwt", "consumer": {"id": ID}}

    assert found("plugins", document) == [(("consumer",), "value must be null")]


@pytest.mark.parametrize("plugin", ["openid-connect", "oidc"])
def test_a_plugin_without_known_schema_is_taken_as_it_is_and_says_so(plugin: str) -> None:
    schema = kong_schema()

    assert not schema.knows(plugin)
    assert schema.check_plugin_config(plugin, {"anything": [1, {"goes": None}]}) == []
    assert schema.complete_plugin_config(plugin, {"anything": 1}) == {"anything": 1}
    assert found("plugins", {"name": plugin, "enabled": "x"}) == [(("enabled",), "expected a boolean")]


def test_a_plugin_that_nobody_knows_is_not_enabled() -> None:
    message = "plugin 'nope' not enabled; add it to the 'plugins' configuration property"

    assert found("plugins", {"name": "nope", "config": {"a": 1}}) == [(("name",), message)]


def test_editions_tell_who_can_run_a_plugin() -> None:
    schema = kong_schema()

    assert schema.editions("cors") == {"oss", "enterprise"}
    assert schema.editions("openid-connect") == {"enterprise"}
    assert schema.editions("rate-limiting-advanced") == {"enterprise"}
    assert schema.editions("oidc") == {"oss", "enterprise"}
    assert schema.editions("nope") == frozenset()


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        ("services", {"name": UNKNOWN, "host": UNKNOWN, "port": UNKNOWN}),
        ("services", {"name": "x", "url": UNKNOWN}),
        ("routes", {"name": "x", "protocols": UNKNOWN, "paths": UNKNOWN}),
        ("routes", {"name": "x", "paths": [UNKNOWN], "service": {"id": UNKNOWN}}),
        ("consumers", {"username": UNKNOWN}),
        ("upstreams", {"name": "u", "hash_on": UNKNOWN, "hash_fallback": "ip"}),
        ("certificates", {"cert": UNKNOWN, "key": UNKNOWN}),
        ("plugins", {"name": "rate-limiting", "config": UNKNOWN}),
        ("plugins", {"name": "rate-limiting", "config": {"minute": UNKNOWN, "hour": 1}}),
        ("plugins", {"name": "rate-limiting", "config": {"minute": 1, "policy": UNKNOWN, "sync_rate": 2}}),
        ("plugins", {"name": "acl", "config": {"allow": [UNKNOWN], "deny": UNKNOWN}}),
        ("plugins", {"name": "http-log", "config": {"http_endpoint": UNKNOWN, "headers": {"authorization": UNKNOWN}}}),
    ],
)
def test_nothing_is_held_against_what_is_not_known_yet(kind: str, document: dict[str, Any]) -> None:
    assert found(kind, document) == []


def test_what_is_known_beside_the_unknown_is_still_checked() -> None:
    assert found("services", {"name": "bad name!", "host": UNKNOWN})[0][0] == ("name",)


def test_a_patch_is_refused_in_the_words_of_a_patch() -> None:
    assert kong_schema().check_update("consumers", {"username": None}) == [
        Violation(
            ("@entity",),
            "when updating, at least one of these fields must be non-empty: 'custom_id', 'username'",
        )
    ]


def test_secrets_and_references_are_told_by_path() -> None:
    schema = kong_schema()

    assert schema.encrypted("certificates") == {"key", "key_alt"}
    assert schema.encrypted("basicauth_credentials") == {"password"}
    assert schema.encrypted("rate-limiting") == {"redis.password"}
    assert schema.referenceable("rate-limiting") == {"redis.username", "redis.password"}
    assert schema.referenceable("http-log") == {"http_endpoint", "headers.*"}
    assert schema.referenceable("openid-connect") == frozenset()


def test_a_kind_that_kong_has_not_is_an_error() -> None:
    with pytest.raises(KeyError):
        kong_schema().check("servises", {})
