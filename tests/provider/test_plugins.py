"""Every plugin, typed or raw, known or not: once it is applied, previews with and without refresh show nothing."""

import asyncio
import json
from typing import Any

import pytest

from sandbox.kong.admin.application import admin_application
from sandbox.kong.admin.node import Node
from sandbox.kong.dao import Dao
from sandbox.kong.store import Store
from tests.contract.test_plugin_models import LEAST, VARIED
from tests.provider.engine import TAGS, Engine, Resource, changes, running_engine
from tests.provider.gateway import TestGateway
from tests.provider.plugin_configs import ONLY_GLOBAL, UNKNOWN, Config, configs
from tests.provider.program import Stack, desired, live
from tests.provider.stack_file import enterprise_stack_file, every_plugin_file

Inputs = dict[str, Any]


async def plugin_inputs(engine: Engine, plugins: dict[str, tuple[str, Config]]) -> dict[str, Inputs]:
    """A program's inputs of each plugin, each on a service of its own."""
    services = await asyncio.gather(
        *(
            engine.create("Service", f"s{n}", {"name": f"s{n}", "protocol": "http", "host": "a.example", "tags": TAGS})
            for n in range(len(plugins))
        )
    )
    return {
        name: {"name": plugin, "configJson": json.dumps(config), "tags": TAGS}
        | ({} if plugin in ONLY_GLOBAL else {"serviceId": service.id})
        for (name, (plugin, config)), service in zip(plugins.items(), services, strict=True)
    }


async def created(engine: Engine, inputs: dict[str, Inputs]) -> dict[str, Resource]:
    made = await asyncio.gather(*(engine.create("Plugin", name, each) for name, each in inputs.items()))
    return dict(zip(inputs, made, strict=True))


async def unclean(engine: Engine, made: dict[str, Resource], inputs: dict[str, Inputs]) -> dict[str, object]:
    """The plugins for which a preview, or a preview with refresh, is not empty, and what it shows."""
    shown: dict[str, object] = {}
    for name, resource in made.items():
        found = await engine.refresh(resource)
        assert found is not None
        if (
            seen := changes(await engine.diff(resource, inputs[name]))
            or changes(await engine.diff(found, inputs[name]))
            or (found.outputs != resource.outputs or found.inputs != resource.inputs)
        ):
            shown[name] = seen
    return shown


async def test_every_plugin_of_kong_changes_nothing_once_it_is_applied(kong: TestGateway, engine: Engine) -> None:
    inputs = await plugin_inputs(engine, configs())
    made = await created(engine, inputs)

    async with running_engine(kong.url) as later:
        assert await unclean(later, made, inputs) == {}


async def test_what_a_plugin_no_longer_says_is_reset_for_every_model(kong: TestGateway, engine: Engine) -> None:
    made = await created(
        engine, varied := await plugin_inputs(engine, {plugin: (plugin, VARIED[plugin]) for plugin in VARIED})
    )
    least = {plugin: inputs | {"configJson": json.dumps(LEAST[plugin])} for plugin, inputs in varied.items()}

    async with running_engine(kong.url) as later:
        updated = {plugin: await later.update(made[plugin], least[plugin]) for plugin in made}

    async with running_engine(kong.url) as last:
        assert await unclean(last, updated, least) == {}


class OtherImage(Dao):
    """A Kong with plugins of which nobody here has the schema; it fills in what their configurations leave out."""

    def violations(self, kind: str, document: dict[str, Any]) -> list[Any]:
        return [] if document.get("name") in UNKNOWN else super().violations(kind, document)

    def completed(self, kind: str, sent: dict[str, Any], *, hash_passwords: bool = True) -> dict[str, Any]:
        document = super().completed(kind, sent, hash_passwords=hash_passwords)
        if document.get("name") in UNKNOWN:
            document["config"] = {"enabled_by_default": True, "nothing": None, "some": {"n": 1}} | document["config"]
        return document


@pytest.fixture
async def other_image() -> Any:
    gateway = TestGateway(admin_application(OtherImage(Store(), database="postgres"), Node(metrics=str)))
    await gateway.start()
    yield gateway
    await gateway.stop()


async def test_plugins_without_a_schema_change_nothing_once_they_are_applied(other_image: TestGateway) -> None:
    async with running_engine(other_image.url, customPlugins='["our-own"]') as engine:
        inputs = await plugin_inputs(engine, {plugin: (plugin, config) for plugin, config in UNKNOWN.items()})
        made = await created(engine, inputs)

    async with running_engine(other_image.url, customPlugins='["our-own"]') as later:
        assert await unclean(later, made, inputs) == {}


async def test_a_change_of_a_plugin_without_a_schema_is_seen_from_either_side(other_image: TestGateway) -> None:
    async with running_engine(other_image.url, customPlugins='["our-own"]') as engine:
        inputs = await plugin_inputs(engine, {"our-own": ("our-own", UNKNOWN["our-own"])})
        made = (await created(engine, inputs))["our-own"]
        said = inputs["our-own"] | {"configJson": json.dumps(UNKNOWN["our-own"] | {"times": 4})}
        assert changes(await engine.diff(made, said)) == {"configJson"}
        (kept,) = await other_image.all("plugins")
        by_hand = kept | {"config": kept["config"] | {"greeting": "else"}}
        assert (await other_image.ask("PUT", f"/plugins/{made.id}", by_hand)).status_code == 200

    async with running_engine(other_image.url, customPlugins='["our-own"]') as later:
        found = await later.refresh(made)
        assert found is not None
        assert changes(await later.diff(found, inputs["our-own"])) == {"configJson"}


async def test_a_stack_with_every_plugin_changes_nothing_once_it_is_applied(kong: TestGateway) -> None:
    stack, document = Stack(kong), every_plugin_file()

    await stack.up(document)

    assert await live(kong) == desired(document)
    assert (await stack.preview(document)).keys() == {"same"}
    assert (await stack.preview(document, refresh=True)).keys() == {"same"}


async def test_a_stack_of_kong_enterprise_changes_nothing_once_it_is_applied(other_image: TestGateway) -> None:
    stack, document = Stack(other_image), enterprise_stack_file()

    await stack.up(document)

    assert (await stack.preview(document)).keys() == {"same"}
    assert (await stack.preview(document, refresh=True)).keys() == {"same"}
