"""A program without the engine: what a recording of it says."""

import pulumi
import pytest
from pulumi import ComponentResource, CustomResource, Output, ResourceOptions

from gateway.recording import Registration, recorded


async def registrations_of(program: object) -> dict[str, Registration]:
    assert callable(program)
    return {each.name: each for each in (await recorded(program, "test")).registrations}


async def test_the_order_follows_from_names_where_dependencies_leave_it_open() -> None:
    def program() -> None:
        b = ComponentResource("test:index:Part", "b")
        ComponentResource("test:index:Part", "a-child", None, ResourceOptions(parent=b))
        ComponentResource("test:index:Part", "c")
        ComponentResource("test:index:Part", "a")

    assert list(await registrations_of(program)) == ["a", "b", "c", "a-child"]


async def test_a_registration_says_what_the_engine_gets() -> None:
    def program() -> None:
        provider = pulumi.ProviderResource("test", "there", {})
        holder = CustomResource("test:index:Thing", "holder", {}, ResourceOptions(provider=provider))
        inputs = {"open": 1.0, "hidden": Output.secret("s")}
        options = ResourceOptions(provider=provider, depends_on=[holder], deleted_with=holder, ignore_changes=["open"])
        CustomResource("test:index:Thing", "thing", inputs, options)

    found = await registrations_of(program)
    thing = found["thing"]

    assert (thing.type, thing.custom, thing.provider) == ("test:index:Thing", True, found["there"].urn)
    assert thing.dependencies == (found["holder"].urn,)
    assert (thing.deleted_with, thing.ignore_changes) == (found["holder"].urn, ("open",))
    assert thing.properties.values == {"open": 1, "hidden": "s"}
    assert thing.properties.secrets == {"hidden"}


async def test_a_kong_entity_has_the_id_that_the_provider_will_give_it() -> None:
    def program() -> None:
        service = CustomResource("kong:index/service:Service", "omnify-api", {})
        pulumi.export("id", service.id)

    recording = await recorded(program, "dev")

    assert recording.outputs["id"] == "8f84b38f-594e-5516-9f2a-e8c03a504c50"


async def test_a_call_that_only_the_engine_could_answer_is_an_error() -> None:
    def program() -> None:
        pulumi.runtime.invoke("test:index:look", {})

    with pytest.raises(Exception, match="the program calls test:index:look, which has no answer without the engine"):
        await recorded(program, "test")
