"""No secret in an error, and credentials for the Admin API from the environment only."""

import base64
import json

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from entities.schema import kong_schema
from provider.check import Failure, Gateway, check
from provider.resources import type_of_kind
from provider.secrecy import scrub, secret_properties, secret_texts
from provider.settings import Settings, TunnelAddress, read_settings, tunnel_address
from provider.values import Properties
from tests.provider.engine import TAGS, Engine, refused, running_engine
from tests.provider.gateway import TestGateway
from tests.provider.stack import EXAMPLES, make, make_all


async def _echo(request: Request) -> Response | None:
    """Kong's refusals may hold what was sent."""
    if request.method not in ("PUT", "POST", "PATCH"):
        return None
    return JSONResponse({"name": "schema violation", "message": f"refused: {(await request.body()).decode()}"}, 400)


@pytest.mark.parametrize("name", ["certificate", "basic", "key", "oauth2"])
async def test_a_refusal_prints_no_credential(kong: TestGateway, engine: Engine, name: str) -> None:
    made = await make(engine, name)
    example = EXAMPLES[name]
    sensitive = {"certificate": "privateKey", "basic": "password", "key": "key", "oauth2": "clientSecret"}[name]
    kong.fault = _echo

    with refused() as caught:
        await engine.update(made[name], example.resolved(made, tags=[*TAGS, "more"]))

    details = caught.details
    assert "refused" in details
    assert "[secret]" in details
    assert all(line not in details for line in example.inputs[sensitive].splitlines())


async def test_a_refusal_prints_no_secret_of_a_configuration(kong: TestGateway, engine: Engine) -> None:
    config = {"minute": 5, "policy": "redis", "redis": {"host": "r.example", "password": "hunter2"}}
    kong.fault = _echo

    with refused() as caught:
        await engine.create("Plugin", "p", {"name": "rate-limiting", "configJson": json.dumps(config), "tags": TAGS})

    assert "hunter2" not in caught.details


async def test_what_the_program_calls_secret_is_not_printed(kong: TestGateway, engine: Engine) -> None:
    kong.fault = _echo
    inputs = {"name": "s", "protocol": "http", "host": "internal.example", "tags": TAGS}

    with refused() as caught:
        await engine.create("Service", "s", inputs, secrets=["host"])

    assert "internal.example" not in caught.details


async def test_the_key_of_a_conflict_is_not_printed(kong: TestGateway, engine: Engine) -> None:
    made = await make_all(engine)
    await kong.ask("PATCH", f"/key-auths/{made['key'].id}", {"tags": ["project:other"]})

    async with running_engine(kong.url) as later:
        with refused() as caught:
            await later.create("ConsumerKeyAuth", "mine", EXAMPLES["key"].resolved(made))

    assert "sesame-open" not in caught.details


@pytest.mark.parametrize(
    "written",
    [
        pytest.param('BEGIN\nab/"é', id="in the clear"),
        pytest.param(r"BEGIN\nab/\"\u00e9", id="as Python's JSON has it"),
        pytest.param(r"BEGIN\nab/\"é", id="as the client's JSON has it"),
        pytest.param(r"BEGIN\nab\/\"é", id="as Kong's JSON has it"),
    ],
)
def test_secrets_are_scrubbed_as_json_writes_them_too(written: str) -> None:
    hidden = secret_texts([Properties({"privateKey": 'BEGIN\nab/"é'}, frozenset({"privateKey"}))])

    assert scrub(f'sent "{written}"', hidden) == 'sent "[secret]"'


def test_what_is_wrong_with_a_secret_is_said_without_it() -> None:
    config = {"account_email": "no-address-but-secret", "domains": ["a.example"], "tos_accepted": True}
    inputs = Properties({"name": "acme", "configJson": json.dumps(config)}, frozenset({"configJson"}))

    (failure,) = check(Gateway(kong_schema()), type_of_kind("plugins"), inputs).failures

    assert failure == Failure("configJson.account_email", "invalid value: [secret]")


@pytest.mark.parametrize(
    ("plugin", "config"),
    [
        pytest.param("loggly", {"key": "hunter2"}, id="what Kong encrypts"),
        pytest.param("http-log", {"headers": {"Authorization": "hunter2"}}, id="a header with a credential"),
        pytest.param("acme", {"storage_config": {"vault": {"token": "hunter2"}}}, id="a token of another store"),
        pytest.param("our-own", {"redis": [{"password": "hunter2"}]}, id="what its name tells, at any depth"),
    ],
)
def test_a_configuration_that_kong_has_is_secret_for(plugin: str, config: dict[str, object]) -> None:
    kind = type_of_kind("plugins")

    assert secret_properties(kind, {"name": plugin, "config": config}) == {"configJson"}
    referring = json.loads(json.dumps(config).replace("hunter2", "{vault://env/mine}"))
    assert secret_properties(kind, {"name": plugin, "config": referring}) == frozenset()


def test_a_configuration_without_a_secret_is_none() -> None:
    config = {"http_endpoint": None, "headers": {"X-Source": "kong"}, "timeout": 5}

    assert secret_properties(type_of_kind("plugins"), {"name": "http-log", "config": config}) == frozenset()


async def test_admin_credentials_come_from_the_environment(kong: TestGateway) -> None:
    seen: list[httpx.Headers] = []

    async def look(request: Request) -> None:
        seen.append(httpx.Headers(request.headers.raw))

    kong.fault = look
    environment = {
        "KONG_ADMIN_TOKEN": "rbac",
        "KONG_API_KEY": "api",
        "KONG_ADMIN_USERNAME": "admin",
        "KONG_ADMIN_PASSWORD": "pw",
    }
    async with running_engine(kong.url, environment=environment) as engine:
        await engine.create("Service", "s", {"name": "s", "protocol": "http", "host": "a.example", "tags": TAGS})

    assert {headers["kong-admin-token"] for headers in seen} == {"rbac"}
    assert {headers["apikey"] for headers in seen} == {"api"}
    assert {headers["authorization"] for headers in seen} == {"Basic " + base64.b64encode(b"admin:pw").decode()}
    assert "rbac" not in repr(read_settings({}, environment))


async def test_the_environment_overrides_the_address(kong: TestGateway) -> None:
    async with running_engine("http://127.0.0.1:9", environment={"GATEWAY_ADMIN_URL": kong.url}) as engine:
        await engine.create("Service", "s", {"name": "s", "protocol": "http", "host": "a.example", "tags": TAGS})

    assert len(await kong.all("services")) == 1


async def test_a_workspace_is_part_of_every_path(kong: TestGateway) -> None:
    paths: set[str] = set()

    async def look(request: Request) -> Response:
        paths.add(request.url.path)
        return JSONResponse({"data": [], "next": None, "id": "x"}, 200)

    kong.fault = look
    async with running_engine(kong.url, kongWorkspace="team-a") as engine:
        made = await engine.create("Service", "s", {"name": "s", "protocol": "http", "host": "a.example"})

    assert made.id == "x"
    assert {path.split("/")[1] for path in paths} == {"team-a"}


def test_settings_arrive_as_the_sdk_sends_them() -> None:
    read = read_settings({"kongAdminUri": "http://k", "tlsSkipVerify": "true", "customPlugins": '["a"]'}, {})

    assert read == Settings(admin_uri="http://k", tls_verify=False, custom_plugins=frozenset({"a"}))


def test_a_tunnels_address_may_have_a_context_with_slashes() -> None:
    assert tunnel_address("kubernetes://arn:aws:eks:eu:1:cluster/c/kong/admin:8001") == TunnelAddress(
        "arn:aws:eks:eu:1:cluster/c", "kong", "admin", "8001"
    )
    assert tunnel_address("kubernetes:///kong/admin:http") == TunnelAddress(None, "kong", "admin", "http")
    assert tunnel_address("http://k:8001") is None
