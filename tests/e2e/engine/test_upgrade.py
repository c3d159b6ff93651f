"""Another version of Kong and other settings of its database, applied by the real engine."""

import asyncio

import pytest
from pydantic import JsonValue

from sandbox.cluster.objects import Objects
from sandbox.cluster.readiness import Manifest
from sandbox.engine.steps import Action, Step, kind
from tests.cluster.manifests import manifest
from tests.cluster.test_manifests import eventually
from tests.e2e.engine.live import database_password
from tests.e2e.engine.project import PATIENCE, Project
from tests.program.stacks import section
from tests.standin import RunningStandin

pytestmark = [pytest.mark.xdist_group("engine-upgrade"), pytest.mark.usefixtures("kong")]

NEXT: JsonValue = section("dev", "platform", image="kong:3.9.2")


async def migrations(objects: Objects, project: Project, step: str) -> dict[str, str]:
    """The Jobs of a step that completed, by UID."""
    jobs = await objects.of_kind("batch/v1", "Job", project.namespace)
    return {
        job["metadata"]["uid"]: job["metadata"]["name"]
        for job in jobs
        if job["metadata"]["name"].startswith(f"kong-migrations-{step}-") and job.get("status", {}).get("succeeded")
    }


async def deployment(objects: Objects, project: Project) -> Manifest:
    live = await objects.get(manifest("apps/v1", "Deployment", project.namespace, "kong"))
    assert live is not None
    return live


def workloads(steps: list[Step]) -> list[str]:
    """What was made or changed of them, in order."""
    changed = [step for step in steps if step.action not in {Action.SAME, Action.DELETED}]
    return [f"{kind(step.type)} {step.name}" for step in changed if kind(step.type) in {"Job", "Deployment"}]


def test_it_stands(project: Project, kong: RunningStandin) -> None:
    project.up()


async def test_a_failed_migration_stops_before_any_pod_changes(project: Project, objects: Objects) -> None:
    before, known = await deployment(objects, project), await migrations(objects, project, "up")
    quota = manifest("v1", "ResourceQuota", project.namespace, "full", spec={"hard": {"pods": "0"}})
    await objects.apply(quota)
    project.says(platform=NEXT)
    with project.starting() as updating:
        await out_of_time(objects, project, known)
        said, _ = await asyncio.to_thread(updating.communicate, timeout=PATIENCE)
    await objects.delete(quota)

    assert updating.returncode != 0, said
    assert "active longer than specified deadline" in said
    assert (await deployment(objects, project))["metadata"]["generation"] == before["metadata"]["generation"]


async def test_running_again_migrates_then_rolls_out_then_finishes(project: Project, objects: Objects) -> None:
    steps = project.up()

    assert workloads(steps) == [
        "Job kong-migrations-up",
        "Deployment kong",
        "Job kong-migrations-finish",
    ]
    for step in ("up", "finish"):
        assert len(await migrations(objects, project, step)) == 1
    assert project.preview("--refresh").keys() == {"same"}


async def test_the_databases_settings_change_in_place(project: Project, objects: Objects) -> None:
    claim = manifest("v1", "PersistentVolumeClaim", project.namespace, "data-postgres-0")
    before, password = await objects.get(claim), await database_password(objects, project.namespace)
    project.says(database=section("dev", "database", image="postgres:17.7", storage="5Gi"))

    changed = {step.action for step in project.up() if step.action is not Action.SAME}

    after = await objects.get(claim)
    assert before is not None
    assert after is not None
    assert changed == {Action.UPDATED}
    assert after["metadata"]["uid"] == before["metadata"]["uid"]
    assert after["spec"]["resources"]["requests"] == {"storage": "5Gi"}
    assert await database_password(objects, project.namespace) == password
    assert project.preview("--refresh").keys() == {"same"}


def test_all_of_it_goes(project: Project) -> None:
    project.destroy()


async def out_of_time(objects: Objects, project: Project, known: dict[str, str]) -> None:
    """Let the next migration fail because its time is over."""

    async def unknown() -> list[Manifest]:
        jobs = await objects.of_kind("batch/v1", "Job", project.namespace)
        made = [job for job in jobs if job["metadata"]["name"].startswith("kong-migrations-up-")]
        return [job for job in made if job["metadata"]["uid"] not in known]

    (new,) = await eventually(unknown)
    name = new["metadata"]["name"]
    await objects.apply(manifest("batch/v1", "Job", project.namespace, name, spec={"activeDeadlineSeconds": 1}))
