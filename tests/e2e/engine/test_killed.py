"""An update that is killed, state and all, at any of ten points, is finished by the next one."""

import os
import random

import pytest

from sandbox.cluster.objects import Objects
from sandbox.engine.steps import Action
from sandbox.rehearsal.cli import RECOVERY
from tests.cluster.manifests import manifest
from tests.e2e.engine.live import Admin, entities, kept_objects
from tests.e2e.engine.project import Project
from tests.provider.program import desired, live
from tests.standin import RunningStandin

pytestmark = pytest.mark.xdist_group("engine-killed")

AMONG_ENTITIES, LAST = 45, 60
"""With so many resources done, components included, an update is at Kong's entities; there are more than the last."""


@pytest.fixture(scope="module")
def points() -> list[int]:
    """After how many resources updates are killed. FAULTS_SEED repeats a run."""
    seed = int(os.environ.get("FAULTS_SEED", random.randrange(1_000_000)))
    print(f"FAULTS_SEED={seed}")  # noqa: T201 - shown when a test fails
    chance = random.Random(seed)
    return [*chance.sample(range(5, LAST), 9), chance.randrange(AMONG_ENTITIES, LAST)]


@pytest.mark.recovers("An update was killed")
@pytest.mark.parametrize("number", range(10))
def test_an_update_is_killed(project: Project, kong: RunningStandin, points: list[int], number: int) -> None:
    project.up_killed_after(points[number], RECOVERY)

    assert project.stack.unlocked()
    assert "kubernetes:core/v1:Namespace" not in project.state()


@pytest.mark.recovers("An update was killed")
async def test_the_next_update_completes_it_and_makes_nothing_twice(
    project: Project, kong: RunningStandin, objects: Objects
) -> None:
    before = entities(kong.store), await kept_objects(objects, project.namespace)
    assert before[0]
    project.up(environment=RECOVERY)

    assert entities(kong.store).items() >= before[0].items()
    assert await live(Admin(kong.admin_url)) == desired(project.document)
    assert (await kept_objects(objects, project.namespace)).items() >= before[1].items()
    await objects.wait_until_ready(manifest("apps/v1", "Deployment", project.namespace, "kong"))
    assert project.preview("--refresh").keys() == {"same"}


async def test_what_was_killed_and_finished_can_be_destroyed(
    project: Project, kong: RunningStandin, objects: Objects
) -> None:
    assert {step.action for step in project.destroy()} == {Action.DELETED}

    assert entities(kong.store) == {}
