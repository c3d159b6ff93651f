"""An update that is killed, state and all, is finished by the next one."""

import pytest

from sandbox.cluster.objects import Objects
from sandbox.engine.steps import Action
from sandbox.rehearsal.cli import RECOVERY
from tests.cluster.manifests import manifest
from tests.e2e.engine.live import entities, kept_objects, namespace
from tests.e2e.engine.project import Project
from tests.standin import RunningStandin

pytestmark = pytest.mark.xdist_group("engine-killed")

POINTS = {
    "with the database": 16,
    "before Kong's entities": 31,
    "among Kong's entities": 45,
}
"""How many resources, components included, are done when the update is killed."""


@pytest.mark.parametrize("count", POINTS.values(), ids=POINTS.keys())
async def test_an_update_is_killed(project: Project, kong: RunningStandin, objects: Objects, count: int) -> None:
    project.up_killed_after(count, RECOVERY)

    assert project.stack.unlocked()
    assert "kubernetes:core/v1:Namespace" not in project.state()
    assert await objects.get(namespace(project.namespace))


async def test_the_next_update_completes_it_and_makes_nothing_twice(
    project: Project, kong: RunningStandin, objects: Objects
) -> None:
    before = entities(kong.store), await kept_objects(objects, project.namespace)
    assert before[0]
    project.up(environment=RECOVERY)

    assert entities(kong.store).items() > before[0].items()
    assert (await kept_objects(objects, project.namespace)).items() >= before[1].items()
    await objects.wait_until_ready(manifest("apps/v1", "Deployment", project.namespace, "kong"))
    assert project.preview("--refresh").keys() == {"same"}


async def test_what_was_killed_and_finished_can_be_destroyed(
    project: Project, kong: RunningStandin, objects: Objects
) -> None:
    assert {step.action for step in project.destroy()} == {Action.DELETED}

    assert entities(kong.store) == {}
