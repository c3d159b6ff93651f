"""What docs/operations.md tells people to do, done: a version, a size, a Secret, a restart, a bad setting."""

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import JsonValue

from components.platform.names import KONG
from sandbox.cluster.objects import Objects
from sandbox.engine.steps import Action, Step
from sandbox.rehearsal.cli import RECOVERY
from tests.cluster.manifests import manifest
from tests.e2e.engine.live import Admin, namespace
from tests.e2e.engine.project import Project
from tests.provider.program import desired, live
from tests.standin import RunningStandin

pytestmark = [pytest.mark.xdist_group("engine-operations"), pytest.mark.timeout(600)]

EXTERNAL: dict[str, JsonValue] = {
    "kind": "external",
    "host": "postgres.example",
    "tls": "off",
    "credentialsSecret": "kong-postgres",
}


def changed(steps: list[Step]) -> list[tuple[str, Action]]:
    """What an update did, in its order."""
    return [(step.type.rpartition(":")[2], step.action) for step in steps if step.action is not Action.SAME]


async def pod_template(objects: Objects, project: Project) -> dict[str, Any]:
    deployment = await objects.get(manifest("apps/v1", "Deployment", project.namespace, KONG))
    assert deployment is not None
    return deployment["spec"]["template"]


def secret(project: Project, name: str) -> Mapping[str, Any]:
    metadata = {"name": name, "namespace": project.namespace}
    data = {"username": "kong", "password": f"the-password-in-{name}"}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": data}


@pytest.mark.operates("A stack beside Secrets that are there already")
async def test_a_namespace_with_secrets_is_taken_over(project: Project, kong: RunningStandin, objects: Objects) -> None:
    await objects.apply(namespace(project.namespace))
    before = await objects.apply(dict(secret(project, "kong-postgres")))
    project.says(database=EXTERNAL)

    project.up(environment=RECOVERY)

    assert await objects.get(before) == before
    assert project.preview("--refresh").keys() == {"same"}


@pytest.mark.operates("More or fewer pods")
async def test_another_number_of_pods_changes_the_deployment_alone(
    project: Project, kong: RunningStandin, objects: Objects
) -> None:
    platform = project.document["platform"]
    assert isinstance(platform, dict)
    project.says(platform=platform | {"replicas": 2}, counters={"policy": "cluster"})
    project.up()
    project.says(platform=platform | {"replicas": 3}, counters={"policy": "cluster"})

    assert changed(project.up()) == [("Deployment", Action.UPDATED)]

    project.says(platform=platform, counters={"policy": "local"})
    project.up()


@pytest.mark.operates("More or fewer pods")
async def test_pods_that_somebody_added_by_hand_go_with_an_update_that_asks(
    project: Project, kong: RunningStandin, objects: Objects
) -> None:
    await _patch(objects, project, {"spec": {"replicas": 2}})
    assert changed(project.up()) == []

    assert changed(project.up("--refresh")) == [("Deployment", Action.UPDATED)]

    deployment = await objects.get(manifest("apps/v1", "Deployment", project.namespace, KONG))
    assert deployment is not None
    assert deployment["spec"]["replicas"] == 1


@pytest.mark.operates("Another version of Kong")
async def test_a_new_version_is_migrated_to_rolled_out_and_finished_in_this_order(
    project: Project, kong: RunningStandin, objects: Objects
) -> None:
    platform = project.document["platform"]
    assert isinstance(platform, dict)
    project.says(platform=platform | {"image": "kong:3.9.1-ubuntu"})

    steps = changed(project.up())

    made = [kind for kind, action in steps if kind in ("Job", "Deployment") and action is not Action.DELETED]
    assert made == ["Job", "Deployment", "Job"]
    assert (await pod_template(objects, project))["spec"]["containers"][0]["image"] == "kong:3.9.1-ubuntu"
    assert changed(project.up()) == []


@pytest.mark.operates("A Secret that you keep")
async def test_a_secret_under_a_new_name_rolls_the_pods(
    project: Project, kong: RunningStandin, objects: Objects
) -> None:
    await objects.apply(dict(secret(project, "kong-postgres-2")))
    project.says(database=EXTERNAL | {"credentialsSecret": "kong-postgres-2"})

    steps = changed(project.up())

    assert ("Deployment", Action.UPDATED) in steps
    variables = (await pod_template(objects, project))["spec"]["containers"][0]["env"]
    named = {
        each["valueFrom"]["secretKeyRef"]["name"] for each in variables if "secretKeyRef" in each.get("valueFrom", {})
    }
    assert named == {"kong-postgres-2"}


@pytest.mark.operates("A Secret that you keep")
async def test_a_restart_by_hand_is_left_alone(project: Project, kong: RunningStandin, objects: Objects) -> None:
    annotations = {"kubectl.kubernetes.io/restartedAt": "2026-11-24T04:00:00Z"}
    await _patch(objects, project, {"spec": {"template": {"metadata": {"annotations": annotations}}}})

    assert changed(project.up()) == []
    assert project.preview("--refresh").keys() == {"same"}
    assert annotations.items() <= (await pod_template(objects, project))["metadata"]["annotations"].items()


@pytest.mark.operates("A bad setting, taken back")
async def test_what_the_file_said_before_is_written_again(
    project: Project, kong: RunningStandin, objects: Objects
) -> None:
    traffic = project.document.get("traffic", {})
    project.says(traffic={"maxBody": 1, "correlationHeader": "X-Bad"}, cors={"origins": ["https://bad.example"]})
    project.up()
    assert "X-Bad" in str(await live(Admin(kong.admin_url)))

    project.says(traffic=traffic, cors={"origins": ["https://good.example"]})
    project.up()

    assert await live(Admin(kong.admin_url)) == desired(project.document)
    assert "X-Bad" not in str(await live(Admin(kong.admin_url)))


async def _patch(objects: Objects, project: Project, patch: Mapping[str, Any]) -> None:
    """Change the Deployment as `kubectl` does it, under a name of its own."""
    sending = objects.api.call_api(  # pyright: ignore[reportUnknownMemberType] - kr8s leaves **kwargs untyped
        "PATCH",
        version="apps/v1",
        url=f"deployments/{KONG}",
        namespace=project.namespace,
        params={"fieldManager": "kubectl"},
        json=patch,
        headers={"Content-Type": "application/strategic-merge-patch+json"},
    )
    async with sending as answer:
        assert answer.status_code == 200
