"""An update that is killed, state and all, at any of ten points, is finished by the next one."""

import os
import random

import pytest

from sandbox.cluster.objects import Objects
from sandbox.engine.steps import Action
from sandbox.rehearsal.cli import RECOVERY
from tests.cluster.manifests import manifest
from tests.e2e.engine.live import Admin, entities, kept_objects, namespace
from tests.e2e.engine.project import Project
from tests.provider.program import desired, live
from tests.standin import RunningStandin

pytestmark = pytest.mark.xdist_group("engine-killed")

LAST = 60
"""The stack has more resources than this, components included."""


@pytest.mark.recovers("An update was killed")
async def test_an_update_is_killed_at_ten_points(project: Project, kong: RunningStandin, objects: Objects) -> None:
    seed = int(os.environ.get("FAULTS_SEED", random.randrange(1_000_000)))
    print(f"FAULTS_SEED={seed}")  # noqa: T201 - shown when it fails
    for count in random.Random(seed).sample(range(5, LAST), 10):
        project.up_killed_after(count, RECOVERY)

        assert project.stack.unlocked()
        assert "kubernetes:core/v1:Namespace" not in project.state()
    assert await objects.get(namespace(project.namespace))


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
