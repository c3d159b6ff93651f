"""Stacks that the official provider made, imports by id and by name, and what comes back from Kong."""
# What these tests look at has no other way in.
# pyright: reportPrivateUsage=false

import json
from dataclasses import replace
from typing import Any

import pytest

from provider.operations import _said
from provider.values import Properties
from tests.provider.engine import TAGS, Engine, Resource, changes, refused, running_engine
from tests.provider.gateway import TestGateway
from tests.provider.stack import EXAMPLES, PUBLIC_KEY, make, make_all


def official(made: dict[str, Resource], name: str) -> Resource:
    """A resource as the official provider leaves it in a state: just what the program said, and its form of id."""
    resource, example = made[name], EXAMPLES[name]
    inputs: dict[str, Any] = example.resolved(made) | {"__defaults": []}
    outputs = dict(resource.outputs.values)
    if name == "plugin":
        inputs |= {"strictMatch": True}
        outputs |= {"computedConfig": json.dumps({"minute": 5})}
    identity = resource.id
    if "consumerId" in inputs and name not in ("plugin", "basic", "oauth2"):
        identity = f"{resource.id}|{inputs['consumerId']}"
    if name == "target":
        identity = f"{inputs['upstreamId']}/{resource.id}"
    return Resource(resource.urn, identity, Properties(inputs), Properties(outputs))


@pytest.mark.parametrize("name", EXAMPLES)
async def test_the_same_program_changes_nothing_in_an_official_state(engine: Engine, name: str) -> None:
    made = await make(engine, name)

    response = await engine.diff(official(made, name), EXAMPLES[name].resolved(made))

    assert changes(response) == set()


@pytest.mark.parametrize("name", EXAMPLES)
async def test_only_a_real_change_is_shown_and_it_is_made_in_place(engine: Engine, name: str) -> None:
    made, example = await make(engine, name), EXAMPLES[name]
    inputs = example.resolved(made, **example.changed)
    old = official(made, name)

    assert {path.split(".")[0] for path in changes(await engine.diff(old, inputs))} == set(example.changed)
    updated = await engine.update(old, inputs)

    found = await engine.refresh(updated)
    assert found is not None
    assert found.id == made[name].id
    assert found.inputs == updated.inputs


@pytest.mark.parametrize("name", EXAMPLES)
async def test_a_refresh_finds_an_official_id_and_a_delete_deletes_it(
    kong: TestGateway, engine: Engine, name: str
) -> None:
    made = await make(engine, name)
    old = official(made, name)

    async with running_engine(kong.url) as later:
        found = await later.refresh(old)
        assert found is not None
        assert found.id == made[name].id
        assert changes(await later.compare(found, old.inputs)) == set()
        await later.delete(old)

    async with running_engine(kong.url) as last:
        assert await last.refresh(made[name]) is None


@pytest.mark.parametrize(
    ("name", "identity"),
    [
        ("service", "svc"),
        ("route", "rt"),
        ("consumer", "pro-tier"),
        ("consumer", "42"),
        ("upstream", "up.example"),
        ("certificate", "a.example"),
        ("acl", "pro|pro-tier"),
        ("basic", "bob"),
        ("jwt", "pro|pro-tier"),
        ("oauth2", "client-1"),
        ("target", "up.example/10.0.0.1:8080"),
    ],
)
async def test_an_import_by_name(kong: TestGateway, engine: Engine, name: str, identity: str) -> None:
    made = await make(engine, name)

    async with running_engine(kong.url) as later:
        found = await later.import_(EXAMPLES[name].type, name, identity)

    assert found is not None
    assert found.id == made[name].id


async def test_an_import_of_a_global_plugin_by_its_name(engine: Engine) -> None:
    made = await engine.create("Plugin", "p", {"name": "cors", "configJson": "{}", "tags": TAGS})

    found = await engine.import_("Plugin", "p", "cors")

    assert found is not None
    assert found.id == made.id


async def test_an_import_of_nothing_is_nothing(engine: Engine) -> None:
    assert await engine.import_("Service", "s", "nobody") is None


async def test_an_import_of_a_target_needs_its_upstream(engine: Engine) -> None:
    made = await make_all(engine)

    with refused() as caught:
        await engine.import_("Target", "t", made["target"].id)

    assert "Write <upstream>/<target>" in caught.details


async def test_an_ambiguous_import_lists_the_ids(engine: Engine) -> None:
    made = await make_all(engine)
    again = await engine.create(
        "ConsumerAcl", "again", EXAMPLES["acl"].resolved(made, consumerId=made["other-consumer"].id)
    )

    with refused() as caught:
        await engine.import_("ConsumerAcl", "acl", "pro")

    assert again.id in caught.details
    assert made["acl"].id in caught.details


async def test_every_field_that_was_changed_by_hand_is_seen(kong: TestGateway, engine: Engine) -> None:
    made = await make_all(engine)
    await kong.ask("PATCH", f"/services/{made['service'].id}", {"enabled": False})
    await kong.ask("PATCH", f"/routes/{made['route'].id}", {"headers": {"x-a": ["9"]}})
    await kong.ask("PATCH", f"/upstreams/{made['upstream'].id}", {"algorithm": "least-connections"})
    change = {"protocols": ["http"], "config": {"redis": {"port": 1}}, "instance_name": "mine"}
    await kong.ask("PATCH", f"/plugins/{made['plugin'].id}", change)

    async with running_engine(kong.url) as later:
        seen = {}
        for name in ("service", "route", "upstream", "plugin"):
            found = await later.refresh(made[name])
            assert found is not None
            seen[name] = changes(await later.compare(found, made[name].inputs))

    assert seen == {
        "service": {"enabled"},
        "route": {"headers"},
        "upstream": {"algorithm"},
        "plugin": {"protocols", "configJson", "instanceName"},
    }


async def test_a_password_changed_by_hand_is_seen(kong: TestGateway, engine: Engine) -> None:
    made = await make_all(engine)
    await kong.ask("PATCH", f"/basic-auths/{made['basic'].id}", {"password": "other"})

    async with running_engine(kong.url) as later:
        found = await later.refresh(made["basic"])
        assert found is not None
        assert changes(await later.compare(found, made["basic"].inputs)) == {"password"}


async def test_the_secret_that_an_rs256_credential_never_uses_is_left_out(kong: TestGateway, engine: Engine) -> None:
    made = await make_all(engine)
    await kong.ask("PATCH", f"/jwts/{made['jwt'].id}", {"secret": "whatever"})

    async with running_engine(kong.url) as later:
        found = await later.refresh(made["jwt"])
        imported = await later.import_("ConsumerJwtAuth", "jwt", made["jwt"].id)

    assert found is not None
    assert found.inputs == made["jwt"].inputs
    assert imported is not None
    assert "secret" not in imported.inputs.values
    assert imported["rsaPublicKey"] == PUBLIC_KEY


async def test_what_kong_invents_stays_as_it_is_through_updates(engine: Engine) -> None:
    consumer = await engine.create("Consumer", "c", {"username": "c", "tags": TAGS})
    inputs = {"consumerId": consumer.id, "tags": TAGS}
    made = await engine.create("ConsumerKeyAuth", "k", inputs)
    assert made["key"]
    assert made.outputs.secrets == {"key"}

    updated = await engine.update(made, inputs | {"tags": [*TAGS, "more"]})
    again = await engine.create("ConsumerKeyAuth", "k", inputs)

    assert updated["key"] == again["key"] == made["key"]


async def test_a_hashed_client_secret_is_taken_as_declared(engine: Engine) -> None:
    made = await make_all(engine)
    example = EXAMPLES["oauth2"]
    hashed = await engine.create("ConsumerOauth2", "h", example.resolved(made, clientId="h", hashSecret=True))

    found = await engine.refresh(hashed)

    assert found is not None
    assert found.inputs == hashed.inputs


async def test_order_of_sets_and_number_formats_are_no_change(engine: Engine) -> None:
    made = await make_all(engine)
    route = replace(made["route"], inputs=Properties(made["route"].inputs.values | {"tags": TAGS[::-1]}))

    assert changes(await engine.compare(route, made["route"].inputs)) == set()
    limits = {"configJson": '{"minute": 5.0, "policy": "local"}'}
    assert changes(await engine.diff(made["plugin"], EXAMPLES["plugin"].resolved(made, **limits))) == set()


async def test_a_secret_configuration_names_the_field_that_changes(engine: Engine) -> None:
    def inputs(timeout: int) -> dict[str, Any]:
        config = {"http_endpoint": "http://a.example/", "timeout": timeout}
        return {"name": "http-log", "tags": TAGS, "configJson": json.dumps(config)}

    made = await engine.create("Plugin", "log", inputs(1))

    response = await engine.diff(made, inputs(2))

    assert changes(response) == {"configJson.timeout"}
    assert list(response.diffs) == ["configJson.timeout"]


async def test_a_configuration_without_a_schema_is_compared_by_what_was_declared() -> None:
    live = {"a": 1, "nested": {"b": 2, "default": True}, "default": True}

    assert _said(live, {"a": 3, "nested": {"b": 4}}) == {"a": 1, "nested": {"b": 2}}
