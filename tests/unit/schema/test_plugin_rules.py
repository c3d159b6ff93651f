"""A typed plugin configuration that cannot work is refused, saying what to write instead."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from entities.plugins import MODELS, OpenidConnect, PluginConfig, RateLimiting, Redis

_OIDC = {"client_id": "a", "client_secret": "b", "discovery": "https://idp.example/.well-known/openid-configuration"}
_OPENID = {"issuer": "https://idp.example/realms/omnify", "audience_required": ["omnify-api"]}

WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("acl", {}, "write groups in either allow or deny"),
    ("acl", {"allow": ["a"], "deny": ["b"]}, "write groups in either allow or deny"),
    ("acl", {"allow": []}, "write groups in either allow or deny"),
    ("cors", {"origins": ["("]}, "'(' is not a valid regex"),
    ("cors", {"methods": ["get"]}, "Input should be 'GET'"),
    ("file-log", {"path": "a*"}, "leave out * & %"),
    ("http-log", {"http_endpoint": "h"}, "missing host in url"),
    ("http-log", {"http_endpoint": "http://h", "headers": {"Host": "x"}}, "the plugin sets Host itself"),
    ("http-log", {"http_endpoint": "http://u@h", "headers": {"Authorization": "x"}}, "keep one of the two"),
    ("ip-restriction", {}, "write addresses or ranges in allow or deny"),
    ("ip-restriction", {"allow": ["10.0.0.0/99"]}, "invalid ip or cidr range"),
    ("jwt", {"maximum_expiration": 60}, "write claims_to_verify: [exp]"),
    ("key-auth", {"key_names": ["a b"]}, "bad header name 'a b'"),
    ("openid-connect", {**_OPENID, "audience_required": []}, "at least 1 item"),
    ("openid-connect", {**_OPENID, "consumer_claim": ["tier"], "anonymous": "x"}, "leave it out or consumer_claim"),
    ("openid-connect", {**_OPENID, "upstream_headers_claims": ["sub"]}, "write one header for each claim"),
    ("oidc", {**_OIDC, "header_names": ["x-mail"]}, "write one claim for each header"),
    ("oidc", {**_OIDC, "bearer_jwt_auth_signing_algs": ["HS256"]}, "write RS256"),
    ("oidc", {**_OIDC, "bearer_only": True}, "Input should be 'yes' or 'no'"),
    ("opentelemetry", {}, "write traces_endpoint or logs_endpoint"),
    ("pre-function", {}, "write it under at least one of certificate"),
    ("post-function", {"log": []}, "write it under at least one of certificate"),
    ("rate-limiting", {}, "write at least one of second, minute"),
    ("rate-limiting", {"minute": 10, "hour": 9}, "hour: 9 is below minute: 10: write at least 10"),
    ("rate-limiting", {"second": 10, "year": 9}, "year: 9 is below second: 10"),
    ("rate-limiting", {"minute": 0}, "greater than 0"),
    ("rate-limiting", {"minute": 1, "policy": "redis"}, "write redis.host"),
    ("rate-limiting", {"minute": 1, "limit_by": "header"}, "write header_name"),
    ("rate-limiting", {"minute": 1, "limit_by": "path"}, "write path"),
    ("rate-limiting", {"minute": 1, "path": "x"}, "should start with: /"),
    ("rate-limiting", {"minute": 1, "sync_rate": 1}, "write policy: redis"),
    ("rate-limiting", {"minute": 1, "policy": "redis", "redis": {"host": "r"}, "sync_rate": 0.001}, "at least 0.02"),
    ("rate-limiting", {"minute": 1, "redis_host": "r"}, "Extra inputs are not permitted"),
    ("rate-limiting", {"minute": "1"}, "valid integer"),
    ("request-termination", {"message": "a", "body": "b"}, "write either message, or body"),
    ("request-termination", {"content_type": "a/b"}, "write body"),
    ("request-termination", {"body": "b", "echo": True}, "leave out body and content_type"),
    ("request-transformer", {"http_method": "get"}, "in capitals"),
    ("request-transformer", {"add": {"headers": ["x"]}}, "write name:value"),
    ("request-transformer", {"add": {"body": ["x:"]}}, "key 'x' has no value"),
    ("response-transformer", {"rename": {"headers": ["a:b c"]}}, "'b c' is not a valid header"),
]


@pytest.mark.parametrize(("plugin", "config", "message"), WRONG)
def test_a_configuration_that_cannot_work_is_refused(plugin: str, config: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as refused:
        MODELS[plugin].model_validate(config)

    assert message in str(refused.value)


def test_the_same_limit_for_a_longer_period_is_a_limit() -> None:
    assert RateLimiting(minute=10, hour=10).render()["hour"] == 10


def test_a_configuration_cannot_be_changed_after_it_was_checked() -> None:
    config = RateLimiting(minute=1)

    with pytest.raises(ValidationError, match="frozen"):
        config.minute = 2  # pyright: ignore[reportAttributeAccessIssue] (that it cannot be set is the point)


def test_a_redis_password_is_rendered_but_never_printed() -> None:
    config = RateLimiting(minute=1, policy="redis", redis=Redis(host="r", password="hunter2"))

    assert "hunter2" not in repr(config)
    assert config.render()["redis_password"] == config.render()["redis"]["password"] == "hunter2"


def test_bearer_tokens_of_one_audience_are_the_default_of_openid_connect() -> None:
    rendered = OpenidConnect(
        issuer="https://idp.example/realms/omnify", audience_required=("omnify-api",), consumer_claim=("tier",)
    ).render()

    assert rendered == {
        "issuer": "https://idp.example/realms/omnify",
        "client_id": None,
        "client_secret": None,
        "auth_methods": ["bearer"],
        "bearer_token_param_type": ["header"],
        "audience_required": ["omnify-api"],
        "issuers_allowed": None,
        "consumer_claim": ["tier"],
        "consumer_by": ["custom_id"],
        "consumer_optional": False,
        "upstream_headers_claims": None,
        "upstream_headers_names": None,
        "anonymous": None,
        "ssl_verify": True,
        "run_on_preflight": True,
    }


def test_the_community_plugin_refuses_rather_than_redirects() -> None:
    rendered = MODELS["oidc"].model_validate(_OIDC).render()

    safe = {"bearer_only": "yes", "unauth_action": "deny", "ssl_verify": "yes", "bearer_jwt_auth_enable": "yes"}
    assert rendered.items() >= safe.items()


@pytest.mark.parametrize("model", MODELS.values())
def test_a_model_knows_its_name_and_its_editions(model: type[PluginConfig]) -> None:
    assert MODELS[model.plugin] is model
    assert model.editions == ({"enterprise"} if model.plugin == "openid-connect" else {"oss", "enterprise"})
    assert model.__doc__
