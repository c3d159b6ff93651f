"""Every type through every call, over the protocol, against Kong."""

import pytest

from provider.values import UNKNOWN
from tests.provider.engine import Engine, changes, running_engine
from tests.provider.gateway import TestGateway
from tests.provider.stack import EXAMPLES, make

names = pytest.mark.parametrize("name", EXAMPLES)


@names
async def test_a_created_entity_is_as_declared_and_a_refresh_changes_nothing(engine: Engine, name: str) -> None:
    made = (await make(engine, name))[name]

    found = await engine.refresh(made)

    assert found is not None
    assert found.id == made.id
    assert found.inputs == made.inputs
    assert found.outputs == made.outputs


@names
async def test_the_same_program_changes_nothing(engine: Engine, name: str) -> None:
    made = await make(engine, name)

    response = await engine.diff(made[name], EXAMPLES[name].resolved(made))

    assert changes(response) == set()


async def test_a_changed_limit_is_named_as_that_limit_wherever_the_engine_names_a_change(engine: Engine) -> None:
    made = await make(engine, "plugin")
    inputs = EXAMPLES["plugin"].resolved(made, configJson='{"minute": 6, "redis": {"port": 7000}}')

    response = await engine.diff(made["plugin"], inputs)

    assert changes(response) == {"configJson"}, "where --diff finds both values"
    named = ["configJson.minute", "configJson.redis.port"]
    assert list(response.diffs) == named
    assert {f'["{name}"]' for name in named} == response.detailedDiff.keys() - {"configJson"}


@names
async def test_a_change_is_shown_applied_and_clean_after(kong: TestGateway, engine: Engine, name: str) -> None:
    made, example = await make(engine, name), EXAMPLES[name]
    inputs = example.resolved(made, **example.changed)

    shown = changes(await engine.diff(made[name], inputs))
    updated = await engine.update(made[name], inputs)

    assert {path.split(".")[0] for path in shown} == set(example.changed)
    assert changes(await engine.diff(updated, inputs)) == set()
    async with running_engine(kong.url) as later:
        found = await later.refresh(updated)
        assert found is not None
        assert found.inputs == updated.inputs
        assert changes(await later.compare(found, updated.inputs)) == set()


@names
async def test_an_entity_that_is_gone_is_read_as_gone(kong: TestGateway, engine: Engine, name: str) -> None:
    made = await make(engine, name)
    async with running_engine(kong.url) as later:
        for each in reversed(list(made.values())):
            await later.delete(each)

        assert await later.refresh(made[name]) is None
    assert await kong.everything() == []


@names
async def test_deleting_twice_is_fine(kong: TestGateway, engine: Engine, name: str) -> None:
    made = await make(engine, name)
    async with running_engine(kong.url) as later:
        for each in reversed(list(made.values())):
            await later.delete(each)
        await later.delete(made[name])
    async with running_engine(kong.url) as last:
        await last.delete(made[name])


@names
async def test_a_preview_makes_no_request_and_knows_the_id(kong: TestGateway, engine: Engine, name: str) -> None:
    planned = await make(engine, name, preview=True)
    assert not kong.requests

    made = await make(engine, name)

    assert planned[name].id == made[name].id
    assert planned[name].inputs == made[name].inputs


@names
async def test_a_preview_with_unknown_references_passes(offline: Engine, name: str) -> None:
    example = EXAMPLES[name]
    inputs = {
        key: UNKNOWN if isinstance(value, str) and value.startswith("@") else value
        for key, value in example.inputs.items()
    }

    planned = await offline.create(example.type, name, inputs, preview=True)

    unknown = {key for key, value in inputs.items() if value is UNKNOWN}
    assert {key for key, value in planned.inputs.values.items() if value is UNKNOWN} == unknown


@names
async def test_a_second_create_finds_the_entity_again(kong: TestGateway, engine: Engine, name: str) -> None:
    made = await make(engine, name)

    async with running_engine(kong.url) as later:
        again = await make(later, name)
        found = await later.refresh(again[name])

    assert again[name] == made[name]
    assert found is not None
    assert found.inputs == again[name].inputs


@names
async def test_an_import_reads_what_the_program_would_say(kong: TestGateway, engine: Engine, name: str) -> None:
    made = await make(engine, name)
    async with running_engine(kong.url) as later:
        identity = made[name].id
        if name == "target":
            identity = f"{made['upstream'].id}/{identity}"
        found = await later.import_(EXAMPLES[name].type, name, identity)
        assert found is not None
        assert found.id == made[name].id

        checked = await later.checked(EXAMPLES[name].type, name, found.inputs.values, found.inputs.secrets)
        assert checked == found.inputs
        assert changes(await later.diff(found, EXAMPLES[name].resolved(made))) == set()
