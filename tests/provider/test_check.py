"""What is wrong fails in the preview, with its path; what is right comes back in full. No request is made."""

import json
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2

from provider.settings import OVERRIDE
from provider.values import UNKNOWN, encode
from tests.provider.engine import Engine, running_engine, urn
from tests.provider.stack import CERTIFICATE, EXAMPLES, PRIVATE_KEY

SERVICE = {"name": "s", "protocol": "http", "host": "a.example"}
ROUTE = {"name": "r", "protocols": ["http"], "serviceId": UNKNOWN, "paths": ["/a"]}


@pytest.mark.parametrize(
    ("type_name", "inputs", "path", "reason"),
    [
        ("Service", SERVICE | {"port": 99999}, "port", "value should be between 0 and 65535"),
        ("Service", SERVICE | {"retrys": 3}, "retrys", "unknown field: services has no such field; remove it"),
        ("Service", {"protocol": "http"}, "host", "required field missing: give it a value"),
        ("Route", ROUTE | {"paths": ["/a", "b"]}, "paths[1]", "should start with: / (fixed path) or ~/ (regex path)"),
        ("Route", ROUTE | {"headers": ["x"]}, "headers", "write a list of {name: ..., values: [...]}"),
        ("Consumer", {}, "", "at least one of these fields must be non-empty: 'custom_id', 'username'"),
        (
            "Target",
            {"upstreamId": UNKNOWN, "target": "a:1", "weight": -1},
            "weight",
            "value should be between 0 and 65535",
        ),
        (
            "Upstream",
            {"name": "u.example", "healthchecks": {"active": {"timeout": -1}}},
            "healthchecks.active.timeout",
            "value should be between 0 and 65535",
        ),
        (
            "Upstream",
            {"name": "u.example", "healthchecks": {"active": {"httpPath": "x"}}},
            "healthchecks.active.httpPath",
            "should start with: /",
        ),
        (
            "ConsumerJwtAuth",
            {"consumerId": UNKNOWN, "algorithm": "RS256", "rsaPublicKey": "junk", "key": "k"},
            "rsaPublicKey",
            "invalid key",
        ),
        ("ConsumerKeyAuth", {"consumerId": "bob", "key": "k"}, "consumerId", "expected a valid UUID"),
    ],
)
async def test_what_kong_would_refuse_is_refused_with_its_path(
    offline: Engine, type_name: str, inputs: dict[str, Any], path: str, reason: str
) -> None:
    _, failures = await offline.check(type_name, "x", inputs)

    assert failures == {path: reason}


@pytest.mark.parametrize(
    ("name", "config", "path", "reason"),
    [
        ("rate-limiting", '{"minute": 0}', "configJson.minute", "value must be greater than 0"),
        ("cors", '{"bogus": 1}', "configJson.bogus", "unknown field: the plugin has no such field; remove it"),
        ("rate-limiting", '{"minute": 5, "redis": {"port": "x"}}', "configJson.redis.port", "expected an integer"),
        ("cors", '{"origins": ["("]}', "configJson.origins[0]", "'(' is not a valid regex"),
        (
            "cors",
            "{",
            "configJson",
            "not JSON: Expecting property name enclosed in double quotes in line 1, column 2; write json.dumps({...})",
        ),
        ("cors", "[]", "configJson", "must be a JSON object, not list; write json.dumps({...})"),
        (
            "corz",
            "{}",
            "name",
            "Kong 3.9 has no plugin 'corz'; did you mean 'cors'? "
            "Or name your image's own plugins in the provider's customPlugins",
        ),
    ],
)
async def test_a_wrong_plugin_is_refused_with_the_field(
    offline: Engine, name: str, config: str, path: str, reason: str
) -> None:
    _, failures = await offline.check("Plugin", "x", {"name": name, "configJson": config})

    assert failures == {path: reason}


async def test_unknowns_pass_and_everything_else_is_still_checked(offline: Engine) -> None:
    inputs = {"name": "rate-limiting", "configJson": '{"minute": 0}', "serviceId": UNKNOWN, "tags": [UNKNOWN, "a,b"]}

    _, failures = await offline.check("Plugin", "x", inputs)

    assert set(failures) == {"configJson.minute", "tags[1]"}


async def test_an_unknown_configuration_passes(offline: Engine) -> None:
    news, failures = await offline.check("Plugin", "x", {"name": UNKNOWN, "configJson": UNKNOWN})

    assert not failures
    assert news.values["configJson"] is UNKNOWN


async def test_a_plugin_configuration_comes_back_whole(offline: Engine) -> None:
    news, _ = await offline.check("Plugin", "x", {"name": "cors", "configJson": '{"max_age": 60.0}'})

    config = json.loads(news.values["configJson"])
    assert config["max_age"] == 60
    assert config["origins"] is None
    assert config["methods"]
    assert news.values["enabled"] is True
    assert news.values["configJson"] == json.dumps(config, sort_keys=True, separators=(",", ":"))


async def test_zero_and_empty_values_are_kept(offline: Engine) -> None:
    service, _ = await offline.check("Service", "x", SERVICE | {"retries": 0})
    target, _ = await offline.check("Target", "x", {"upstreamId": UNKNOWN, "target": "a:1", "weight": 0})

    assert service.values["retries"] == 0
    assert target.values["weight"] == 0


async def test_what_the_official_provider_adds_is_left_out(offline: Engine) -> None:
    inputs: dict[str, Any] = {"name": "cors", "configJson": "{}", "strictMatch": True, "__defaults": []}

    news, failures = await offline.check("Plugin", "x", inputs)

    assert not failures
    assert not news.values.keys() & {"strictMatch", "__defaults"}


async def test_a_plugin_of_the_other_edition_is_refused() -> None:
    async with running_engine(None, edition="oss") as engine:
        _, failures = await engine.check("Plugin", "x", {"name": "openid-connect", "configJson": "{}"})

    assert failures == {"name": "the plugin 'openid-connect' is only in Kong's enterprise edition, this is oss"}


async def test_a_plugin_of_the_image_is_taken_as_it_is() -> None:
    async with running_engine(None, customPlugins='["house-rules"]') as engine:
        news = await engine.checked("Plugin", "x", {"name": "house-rules", "configJson": '{"b": 1, "a": 2}'})

    assert news.values["configJson"] == '{"a":2,"b":1}'


async def test_two_resources_that_want_the_same_name_are_refused(offline: Engine) -> None:
    await offline.checked("Service", "one", SERVICE)

    _, failures = await offline.check("Service", "two", SERVICE)

    assert "Service::one has the same name, and Kong takes only one of them" in failures["name"]


async def test_a_plugin_twice_in_the_same_scope_is_refused(offline: Engine) -> None:
    await offline.checked("Plugin", "one", {"name": "cors", "configJson": "{}"})

    _, failures = await offline.check("Plugin", "two", {"name": "cors", "configJson": "{}"})

    assert "Plugin::one has the same name" in failures["name"]


@pytest.mark.parametrize("name", ["certificate", "basic", "key", "oauth2"])
async def test_credentials_become_secrets_though_said_in_plain(offline: Engine, name: str) -> None:
    example = EXAMPLES[name]
    sensitive = {"certificate": "privateKey", "basic": "password", "key": "key", "oauth2": "clientSecret"}[name]
    inputs = {key: UNKNOWN if str(value).startswith("@") else value for key, value in example.inputs.items()}

    planned = await offline.create(example.type, name, inputs, preview=True)

    assert planned.inputs.secrets == planned.outputs.secrets == {sensitive}


async def test_a_configuration_with_a_password_is_a_secret_and_with_a_vault_reference_is_none(offline: Engine) -> None:
    config = '{"minute": 5, "policy": "redis", "redis": {"host": "r", "password": "%s"}}'

    plain, _ = await offline.check("Plugin", "a", {"name": "rate-limiting", "configJson": config % "hunter2"})
    vault, _ = await offline.check("Plugin", "a", {"name": "rate-limiting", "configJson": config % "{vault://env/pw}"})

    assert plain.secrets == {"configJson"}
    assert vault.secrets == frozenset()


async def test_what_the_program_calls_secret_stays_secret(offline: Engine) -> None:
    planned = await offline.create("Service", "x", SERVICE, secrets=["host"], preview=True)

    assert planned.inputs.secrets == planned.outputs.secrets == {"host"}


async def test_a_failure_prints_no_secret(offline: Engine) -> None:
    inputs: dict[str, Any] = {"certificate": CERTIFICATE, "privateKey": PRIVATE_KEY.replace("M", "N", 9), "snis": []}

    response = await offline.stub.Check(_check_request("Certificate", inputs))

    assert response.failures
    assert all(failure.property != "privateKey" for failure in response.failures)
    assert PRIVATE_KEY.splitlines()[1] not in str(response.failures)


async def test_an_admin_address_and_credentials_are_checked(offline: Engine) -> None:
    async def failures(**settings: Any) -> dict[str, str]:
        response = await offline.stub.CheckConfig(_check_request("Provider", settings))
        return {failure.property: failure.reason for failure in response.failures}

    assert await failures(kongAdminUri="http://kong:8001", tlsSkipVerify="true") == {}
    assert await failures(kongAdminUri="kubernetes://kind/kong/kong-admin:8001") == {}
    assert await failures(kongAdminUri="kubernetes://arn:aws:eks:x:1:cluster/c/kong/admin:admin") == {}
    assert await failures(kongAdminUri=UNKNOWN) == {}
    assert set(await failures(kongAdminUri="kubernetes://kong/admin")) == {"kongAdminUri"}
    assert set(await failures(kongAdminUri="kong:8001")) == {"kongAdminUri"}
    assert OVERRIDE in (await failures())["kongAdminUri"]
    told = await failures(kongAdminUri="http://kong:8001", kongAdminToken="t")
    assert told == {
        "kongAdminToken": "would be kept in the stack's state; set KONG_ADMIN_TOKEN in the environment instead"
    }


def _check_request(type_name: str, inputs: dict[str, Any]) -> Any:
    return provider_pb2.CheckRequest(urn=urn(type_name, "x"), news=encode(inputs))
