"""Whose an entity is: adopting this stack's own, refusing everybody else's, and moving and renaming without loss."""
# What these tests look at has no other way in.
# pyright: reportPrivateUsage=false

import grpc
import pytest

from tests.provider.engine import TAGS, Engine, changes, refused, running_engine
from tests.provider.gateway import TestGateway
from tests.provider.stack import EXAMPLES, make, make_all

SERVICE = {"name": "s", "protocol": "http", "host": "a.example", "tags": TAGS}
OTHERS = ["managed-by:pulumi", "project:other", "stack:dev"]


@pytest.mark.parametrize("name", EXAMPLES)
async def test_an_entity_with_this_stacks_tags_is_adopted_whatever_its_id(
    kong: TestGateway, engine: Engine, name: str
) -> None:
    """A state is lost that had other ids: the official provider's, or names that resources no longer have."""
    made = await make(engine, name)
    example = EXAMPLES[name]

    async with running_engine(kong.url) as later:
        again = await later.create(example.type, f"{name}-renamed", example.resolved(made))
        found = await later.refresh(again)

    assert again.id == made[name].id
    assert found is not None
    assert found.inputs == again.inputs


@pytest.mark.parametrize("name", EXAMPLES)
async def test_another_owners_entity_is_refused_with_its_tags_and_the_way_to_adopt_it(
    kong: TestGateway, engine: Engine, name: str
) -> None:
    made = await make(engine, name)
    example = EXAMPLES[name]
    await engine.update(made[name], example.resolved(made, tags=OTHERS))

    async with running_engine(kong.url) as later:
        with refused() as caught:
            await later.create(example.type, f"{name}-mine", example.resolved(made))

    details = caught.details
    assert caught.code == grpc.StatusCode.ALREADY_EXISTS
    assert "project:other" in details
    assert f"pulumi import kong:index/{example.type[0].lower()}{example.type[1:]}:{example.type} {name}-mine" in details
    assert made[name].id in details


async def test_an_untagged_entity_is_nobodys_and_not_taken(kong: TestGateway, engine: Engine) -> None:
    await kong.ask("POST", "/services", {"name": "s", "host": "theirs.example"})

    with refused() as caught:
        await engine.create("Service", "s", SERVICE)

    assert "no tags" in caught.details
    assert [service["host"] for service in await kong.all("services")] == ["theirs.example"]


async def test_a_derived_id_that_another_owner_marks_is_refused(kong: TestGateway, engine: Engine) -> None:
    made = await engine.create("Service", "s", SERVICE)
    await kong.ask("PATCH", f"/services/{made.id}", {"tags": OTHERS})

    async with running_engine(kong.url) as later:
        with refused() as caught:
            await later.create("Service", "s", SERVICE)

    assert caught.code == grpc.StatusCode.ALREADY_EXISTS


async def test_another_owners_entity_is_not_deleted(kong: TestGateway, engine: Engine) -> None:
    made = await engine.create("Service", "s", SERVICE)
    await kong.ask("PATCH", f"/services/{made.id}", {"tags": OTHERS})

    async with running_engine(kong.url) as later:
        with refused() as caught:
            await later.delete(made)

    assert "pulumi state delete" in caught.details
    assert len(await kong.all("services")) == 1


async def test_a_credential_that_another_owner_marks_is_not_moved(kong: TestGateway, engine: Engine) -> None:
    made = await make_all(engine)
    await kong.ask("PATCH", f"/key-auths/{made['key'].id}", {"tags": OTHERS})
    inputs = EXAMPLES["key"].resolved(made, consumerId=made["other-consumer"].id)

    with refused() as caught:
        await engine.update(made["key"], inputs)

    assert caught.code == grpc.StatusCode.ALREADY_EXISTS


async def test_a_renamed_resource_keeps_its_entity(kong: TestGateway, engine: Engine) -> None:
    """The engine creates the new one before it deletes the old one, and does not delete what goes with that."""
    made = await make_all(engine)

    async with running_engine(kong.url) as later:
        renamed = await later.create("Consumer", "renamed", EXAMPLES["consumer"].resolved(made))
        for name in ("key", "plugin"):
            assert changes(await later.diff(made[name], EXAMPLES[name].resolved(made))) == set()
        await later.delete(made["consumer"])
        assert await later.refresh(renamed) is not None

    assert {consumer["id"] for consumer in await kong.all("consumers")} >= {renamed.id}
    assert len(await kong.all("key-auths")) == len(await kong.all("plugins")) == 1
    assert await kong.all("acls") == await kong.all("jwts") == [], "what the program no longer has"


async def test_what_others_hung_on_an_entity_that_is_taken_over_stays(kong: TestGateway, engine: Engine) -> None:
    made = await make(engine, "consumer")
    await kong.ask("POST", f"/consumers/{made['consumer'].id}/key-auth", {"key": "by-hand"})

    async with running_engine(kong.url) as later:
        await later.create("Consumer", "renamed", EXAMPLES["consumer"].resolved(made))
        await later.delete(made["consumer"])

    assert [each["key"] for each in await kong.all("key-auths")] == ["by-hand"]


async def test_a_rename_that_was_killed_before_the_delete_still_keeps_the_entity(
    kong: TestGateway, engine: Engine
) -> None:
    made = await make_all(engine)
    async with running_engine(kong.url) as killed:
        renamed = await killed.create("Service", "renamed", EXAMPLES["service"].resolved(made))

    async with running_engine(kong.url) as later:
        assert changes(await later.diff(renamed, EXAMPLES["service"].resolved(made))) == set()
        await later.delete(made["service"])

    assert [service["id"] for service in await kong.all("services")] == [renamed.id]


async def test_a_forced_replacement_keeps_the_entity(kong: TestGateway, engine: Engine) -> None:
    made = await make_all(engine)

    async with running_engine(kong.url) as later:
        again = await later.create("Plugin", "plugin", EXAMPLES["plugin"].resolved(made))
        await later.delete(made["plugin"])

    assert [plugin["id"] for plugin in await kong.all("plugins")] == [again.id]


async def test_a_plugin_moves_to_another_scope_in_place(kong: TestGateway, engine: Engine) -> None:
    made = await make_all(engine)
    inputs = EXAMPLES["plugin"].resolved(made, routeId=None, serviceId=made["service"].id)

    assert changes(await engine.diff(made["plugin"], inputs)) == {"routeId", "serviceId"}
    await engine.update(made["plugin"], inputs)

    (plugin,) = await kong.all("plugins")
    assert (plugin["id"], plugin["route"], plugin["service"]["id"]) == (made["plugin"].id, None, made["service"].id)


@pytest.mark.parametrize("name", ["acl", "basic", "jwt", "key", "oauth2"])
async def test_a_credential_moves_to_another_consumer_in_place(kong: TestGateway, engine: Engine, name: str) -> None:
    made = await make(engine, name, "other-consumer")
    inputs = EXAMPLES[name].resolved(made, consumerId=made["other-consumer"].id)

    assert changes(await engine.diff(made[name], inputs)) == {"consumerId"}
    moved = await engine.update(made[name], inputs)

    async with running_engine(kong.url) as later:
        found = await later.refresh(moved)
    assert found is not None
    assert (found.id, found["consumerId"]) == (made[name].id, made["other-consumer"].id)
    assert found.inputs == moved.inputs


async def test_a_target_moves_to_another_upstream(kong: TestGateway, engine: Engine) -> None:
    made = await make_all(engine)
    other = await engine.create("Upstream", "other", {"name": "other.example", "tags": TAGS})

    moved = await engine.update(made["target"], EXAMPLES["target"].resolved(made, upstreamId=other.id))

    assert await engine.refresh(moved) is not None
    left = (await kong.ask("GET", f"/upstreams/{made['upstream'].id}/targets")).json()["data"]
    assert left == []


async def test_two_services_swap_their_names(kong: TestGateway, engine: Engine) -> None:
    one = await engine.create("Service", "one", SERVICE | {"name": "a"})
    two = await engine.create("Service", "two", SERVICE | {"name": "b"})

    async with running_engine(kong.url) as later:
        await later.update(one, SERVICE | {"name": "b"})
        await later.update(two, SERVICE | {"name": "a"})

    assert {service["id"]: service["name"] for service in await kong.all("services")} == {one.id: "b", two.id: "a"}


async def test_a_name_goes_over_from_a_service_that_is_deleted_after(kong: TestGateway, engine: Engine) -> None:
    going = await engine.create("Service", "going", SERVICE | {"name": "wanted"})
    staying = await engine.create("Service", "staying", SERVICE | {"name": "old"})

    async with running_engine(kong.url) as later:
        await later.update(staying, SERVICE | {"name": "wanted"})
        await later.delete(going)

    assert [(service["id"], service["name"]) for service in await kong.all("services")] == [(staying.id, "wanted")]


async def test_a_plugin_takes_the_place_of_one_that_is_deleted_after(kong: TestGateway, engine: Engine) -> None:
    made = await make(engine, "plugin")
    cors = {"name": "cors", "configJson": "{}", "tags": TAGS}
    going = await engine.create("Plugin", "going", cors)
    staying = await engine.create("Plugin", "staying", cors | {"routeId": made["route"].id})

    async with running_engine(kong.url) as later:
        await later.update(staying, cors)
        await later.delete(going)

    plugins = {plugin["id"]: plugin["route"] for plugin in await kong.all("plugins") if plugin["name"] == "cors"}
    assert plugins == {staying.id: None}


async def test_a_host_name_goes_over_to_another_certificate(kong: TestGateway, engine: Engine) -> None:
    made = await make_all(engine)
    example = EXAMPLES["certificate"]
    second = await engine.create("Certificate", "second", example.resolved(made, snis=["z.example"]))

    async with running_engine(kong.url) as later:
        await later.update(second, example.resolved(made, snis=["a.example", "z.example"]))
        await later.update(made["certificate"], example.resolved(made, snis=[]))

    names = {certificate["id"]: certificate["snis"] for certificate in await kong.all("certificates")}
    assert names == {second.id: ["a.example", "z.example"], made["certificate"].id: []}


async def test_two_resources_cannot_share_an_entity(kong: TestGateway, engine: Engine) -> None:
    """The name is known only at the update, so that no preview could tell."""
    await engine.create("Service", "one", SERVICE)
    engine.provider._open._store.ledger._owner_of_key.clear()

    with refused() as caught:
        await engine.create("Service", "two", SERVICE)

    assert "Service::one" in caught.details


async def test_the_tags_of_the_refusal_are_not_those_of_another_stack_of_the_project(
    kong: TestGateway, engine: Engine
) -> None:
    await engine.create("Service", "s", SERVICE)
    async with running_engine(kong.url) as other:
        other.stack = "prod"
        with refused() as caught:
            await other.create("Service", "s", SERVICE | {"tags": [*TAGS[:2], "stack:prod"]})

    assert "stack:dev" in caught.details
