"""The same stack without a database, and changed from one mode to the other by one update each."""

from collections.abc import Iterator

import pytest

from components.platform.names import KONG
from sandbox.cluster.objects import Objects
from sandbox.engine.steps import Action
from sandbox.kong.gateway import Options, Ports
from tests.cluster.manifests import manifest
from tests.e2e.engine.live import entities, kept_objects
from tests.e2e.engine.project import Project
from tests.standin import RunningStandin, running_standin

pytestmark = pytest.mark.xdist_group("engine-modes")

DATABASE_ONLY = {"StatefulSet postgres", "Secret postgres", "Service postgres", "PersistentVolumeClaim data-postgres-0"}


@pytest.fixture
def dbless_kong(kong_ports: Ports) -> Iterator[RunningStandin]:
    """A Kong that refuses to write entities."""
    with running_standin(Options(ports=kong_ports, database="off")) as running:
        yield running


@pytest.fixture
def database_kong(kong_ports: Ports) -> Iterator[RunningStandin]:
    """A Kong whose database is empty."""
    with running_standin(Options(ports=kong_ports)) as running:
        yield running


async def mounted(objects: Objects, namespace: str) -> list[str]:
    """The ConfigMaps that Kong's pods mount."""
    live = await objects.get(manifest("apps/v1", "Deployment", namespace, KONG))
    assert live is not None
    volumes = live["spec"]["template"]["spec"]["volumes"]
    return [volume["configMap"]["name"] for volume in volumes if "configMap" in volume]


async def test_a_stack_without_a_database_comes_up_with_its_declarative_file(
    project: Project, dbless_kong: RunningStandin, objects: Objects
) -> None:
    project.says(mode="dbless")

    assert {step.action for step in project.up()} == {Action.CREATED}

    (name,) = await mounted(objects, project.namespace)
    config_map = await objects.get(manifest("v1", "ConfigMap", project.namespace, name))
    assert config_map is not None
    assert "omnify-agentkit" in config_map["data"]["kong.yml"]
    assert not DATABASE_ONLY & set((await kept_objects(objects, project.namespace)).values())


def test_a_second_up_without_a_database_changes_nothing(project: Project, dbless_kong: RunningStandin) -> None:
    assert {step.action for step in project.up()} == {Action.SAME}
    assert project.preview("--refresh").keys() == {"same"}


async def test_one_update_gives_it_a_database_and_every_entity(
    project: Project, database_kong: RunningStandin, objects: Objects
) -> None:
    project.says(mode="database")

    project.up()

    assert len(entities(database_kong.store)) == sum(type_.startswith("kong:index/") for type_, _ in project.recorded())
    assert await mounted(objects, project.namespace) == []
    assert set((await kept_objects(objects, project.namespace)).values()) >= DATABASE_ONLY
    assert project.preview("--refresh").keys() == {"same"}


async def test_one_update_takes_the_database_away_with_its_volume(
    project: Project, dbless_kong: RunningStandin, objects: Objects
) -> None:
    project.says(mode="dbless")

    project.up()

    assert len(await mounted(objects, project.namespace)) == 1
    await objects.wait_until_gone(manifest("v1", "PersistentVolumeClaim", project.namespace, "data-postgres-0"))
    assert not DATABASE_ONLY & set((await kept_objects(objects, project.namespace)).values())
    assert project.preview("--refresh").keys() == {"same"}
