"""One stack from its first preview to its end, each test going on where the one before it stopped."""

from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import JsonValue

from components.outputs import GatewayOutputs
from sandbox.cluster.kubeconfig import Cluster
from sandbox.cluster.objects import Objects
from sandbox.engine.steps import Action, Step
from sandbox.rehearsal.cli import RECOVERY
from tests.cluster.manifests import manifest
from tests.e2e.engine.live import database_password, entities, kept_objects, namespace
from tests.e2e.engine.project import Project, unreachable
from tests.standin import RunningStandin

pytestmark = pytest.mark.xdist_group("engine-life")

PLUGIN = "kong:index/plugin:Plugin"
ROUTE = "kong:index/route:Route"


def changed(steps: list[Step]) -> list[Step]:
    return [step for step in steps if step.action is not Action.SAME]


async def test_the_first_preview_plans_every_resource_and_touches_nothing(
    project: Project, kong: RunningStandin, objects: Objects
) -> None:
    planned = project.planned()

    assert planned == project.recorded() | {("pulumi:pulumi:Stack", "omnify-gateway-dev")}
    assert kong.store.version == 0
    assert await objects.get(namespace(project.namespace)) is None


@pytest.mark.operates("A new stack")
async def test_the_first_up_creates_everything(project: Project, kong: RunningStandin, objects: Objects) -> None:
    steps = project.up()

    assert {step.action for step in steps} == {Action.CREATED}
    assert len(entities(kong.store)) == sum(type_.startswith("kong:index/") for type_, _ in project.recorded())
    await objects.wait_until_ready(manifest("apps/v1", "Deployment", project.namespace, "kong"))


def test_the_outputs_keep_their_contract(project: Project) -> None:
    outputs = GatewayOutputs.model_validate(project.stack.outputs()["gateway"])

    assert outputs.namespace == project.namespace
    assert [tier.name for tier in outputs.tiers] == ["free", "pro", "enterprise"]


async def test_the_state_holds_no_secret_in_the_clear(project: Project, objects: Objects) -> None:
    state = project.state()

    assert "kong-database" in state
    for secret in await database_password(objects, project.namespace):
        assert secret not in state


def test_a_second_up_changes_nothing(project: Project, kong: RunningStandin) -> None:
    written = kong.store.version

    assert changed(project.up()) == []

    assert kong.store.version == written


def test_a_preview_that_asks_what_is_live_finds_nothing_to_do(project: Project) -> None:
    assert project.preview("--refresh").keys() == {"same"}


@pytest.mark.usefixtures("kong")
def test_a_preview_from_where_nothing_is_reached_finds_only_what_the_stack_file_changes(
    project: Project, cluster: Cluster, tmp_path: Path
) -> None:
    limits: JsonValue = {"minute": 7, "hour": 60_000, "day": 1_440_000}
    elsewhere = replace(project.stack, kubeconfig=unreachable(tmp_path, cluster.context))
    away = Project(elsewhere, dict(project.document), project.secrets)

    assert away.preview().keys() == {"same"}
    away.says(limits=limits)
    try:
        assert away.preview()["update"] == len(project.sections("tiers"))
    finally:
        project.says()


def test_a_changed_limit_is_shown_as_that_limit(project: Project) -> None:
    free, *others = project.sections("tiers")
    project.says(tiers=[{**free, "limits": {"minute": 500, "hour": 60_000, "day": 1_440_000}}, *others])

    shown = project.shown("--diff")

    assert "~ minute             : 1000 => 500" in shown
    assert shown.count(" => ") == shown.count(": 1000 => 500") == 2  # in the plugin and in the outputs
    assert "~ 1 to update" in shown
    assert "consumer/free/rate-limiting update [diff: ~configJson.minute]" in project.shown()


def test_a_changed_limit_is_applied_alone(project: Project, kong: RunningStandin) -> None:
    written = kong.store.version

    assert changed(project.up()) == [
        Step(Action.UPDATED, PLUGIN, "consumer/free/rate-limiting", ("configJson.minute: 1000 → 500",))
    ]

    assert kong.store.version == written + 1
    assert 500 in [plugin["config"].get("minute") for plugin in kong.store.all("plugins")]


def test_what_leaves_the_stack_file_goes_and_nothing_else(project: Project, kong: RunningStandin) -> None:
    (api,) = project.sections("apis")
    kept = [route for route in api["routes"] if route["name"] != "omnify-eyes"]
    project.says(apis=[{**api, "routes": kept}])
    before = entities(kong.store)

    gone = changed(project.up())

    assert {(step.action, step.type, step.name) for step in gone} == {
        (Action.DELETED, ROUTE, "omnify-eyes"),
        (Action.DELETED, PLUGIN, "route/omnify-eyes/acl"),
        (Action.DELETED, PLUGIN, "route/omnify-eyes/jwt"),
        (Action.DELETED, PLUGIN, "route/omnify-eyes/pre-function"),
    }
    after = entities(kong.store)
    assert len(before) - len(after) == 4
    assert before.items() >= after.items()


@pytest.mark.recovers("The state is lost")
async def test_a_lost_state_is_recovered_by_one_up(project: Project, kong: RunningStandin, objects: Objects) -> None:
    password = await database_password(objects, project.namespace)
    before = entities(kong.store), await kept_objects(objects, project.namespace)
    project.lose_state()

    project.up(environment=RECOVERY)

    assert (entities(kong.store), await kept_objects(objects, project.namespace)) == before
    assert await database_password(objects, project.namespace) == password
    assert project.preview("--refresh").keys() == {"same"}


async def test_destroy_leaves_nothing(project: Project, kong: RunningStandin, objects: Objects) -> None:
    steps = project.destroy()

    assert {step.action for step in steps} == {Action.DELETED}
    assert entities(kong.store) == {}
    assert await objects.get(namespace(project.namespace)) is None
