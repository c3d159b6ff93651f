"""Which resources a stack has, whose children they are, and what each waits for."""

import re

import pulumi
import pulumi_kubernetes as k8s
import pytest
from pydantic import JsonValue

from components.platform.metadata import OWNERSHIP
from components.platform.platform import KongPlatform
from tests.program.platform.conftest import Deploy
from tests.program.platform.objects import (
    AUTOSCALER,
    BUDGET,
    CLAIM,
    CONFIG_MAP,
    DEPLOYMENT,
    INGRESS,
    JOB,
    NAMESPACE,
    POLICY,
    SECRET,
    SERVICE,
    SERVICE_ACCOUNT,
    STATEFUL_SET,
)
from tests.program.resources import inputs, object_name, resources_of
from tests.program.stacks import section, stack_settings

ALWAYS = {
    (NAMESPACE, "omnify-gateway", "GatewayNamespace"),
    (SERVICE_ACCOUNT, "kong", "KongPlatform"),
    (POLICY, "kong", "KongIsolation"),
    (POLICY, "default-deny", "KongIsolation"),
    (DEPLOYMENT, "kong", "KongGateway"),
    (SERVICE, "kong-proxy", "KongServices"),
    (SERVICE, "kong-admin", "KongServices"),
    (SERVICE, "kong-manager", "KongServices"),
    (SERVICE, "kong-metrics", "KongServices"),
    (INGRESS, "kong", "KongIngress"),
    (INGRESS, "kong-manager", "KongIngress"),
}
MIGRATIONS = {
    (JOB, "kong-migrations-up-#", "KongMigrations"),
    (JOB, "kong-migrations-finish-#", "KongMigrations"),
    (POLICY, "kong-migrations", "KongIsolation"),
}
BUNDLED = {
    (SECRET, "postgres", "KongDatabase"),
    (SERVICE_ACCOUNT, "postgres", "KongDatabase"),
    (SERVICE, "postgres", "KongDatabase"),
    (STATEFUL_SET, "postgres", "KongDatabase"),
    (CLAIM, "data-postgres-0", "KongDatabase"),
    (POLICY, "postgres", "KongIsolation"),
}
COUNTERS = {
    (SECRET, "redis", "KongCounters"),
    (SERVICE_ACCOUNT, "redis", "KongCounters"),
    (SERVICE, "redis", "KongCounters"),
    (DEPLOYMENT, "redis", "KongCounters"),
    (POLICY, "redis", "KongIsolation"),
}
DECLARED = {(CONFIG_MAP, "kong-declarative-#", "KongGateway")}
SCALED = {
    (AUTOSCALER, "kong", "KongGateway"),
    (BUDGET, "kong", "KongGateway"),
}
STACKS = {
    ("dev", "database"): ALWAYS | MIGRATIONS | BUNDLED,
    ("dev", "dbless"): ALWAYS | DECLARED,
    ("prod", "database"): ALWAYS | MIGRATIONS | SCALED,
    ("prod", "dbless"): ALWAYS | DECLARED | SCALED,
}
each_stack = pytest.mark.parametrize(("stack", "mode"), STACKS)
previewed_or_applied = pytest.mark.parametrize("preview", [True, False], ids=["preview", "up"])


def _without_hash(name: str) -> str:
    return re.sub(r"-[0-9a-f]{10}$", "-#", name)


@each_stack
@previewed_or_applied
async def test_a_stack_has_exactly_its_objects(stack: str, mode: str, preview: bool, deploy: Deploy) -> None:
    recording = await deploy(stack_settings(stack, mode=mode), preview=preview)
    found = {
        (each.type, _without_hash(object_name(each)), each.parent.rpartition("::")[0].rpartition(":")[2])
        for each in recording.objects()
    }
    assert found == STACKS[stack, mode]


@pytest.mark.parametrize("mode", ["database", "dbless"])
async def test_bundled_counters_add_exactly_their_objects(mode: str, deploy: Deploy) -> None:
    counters: JsonValue = {"policy": "redis", "kind": "bundled"}
    recording = await deploy(stack_settings("dev", mode=mode, counters=counters))
    found = {
        (each.type, _without_hash(object_name(each)), each.parent.rpartition("::")[0].rpartition(":")[2])
        for each in recording.objects()
    }
    declared = found - STACKS["dev", mode]
    assert {each for each in declared if each[0] != CONFIG_MAP} == COUNTERS


@each_stack
@previewed_or_applied
async def test_every_object_has_the_given_provider_and_the_stacks_namespace(
    stack: str, mode: str, preview: bool, deploy: Deploy
) -> None:
    recording = await deploy(stack_settings(stack, mode=mode), preview=preview)
    provider = recording.one("pulumi:providers:kubernetes")
    for each in recording.objects():
        assert each.provider == provider.urn, each.urn
        if each.type != NAMESPACE:
            assert inputs(each)["metadata"]["namespace"] == "omnify-gateway", each.urn
            assert recording.waits_for(each, recording.one(NAMESPACE)), each.urn


@each_stack
async def test_components_are_the_platforms_children_and_objects_are_the_components(
    stack: str, mode: str, deploy: Deploy
) -> None:
    recording = await deploy(stack_settings(stack, mode=mode))
    platform = recording.one("omnify:platform:KongPlatform")
    components = [each for each in recording.registrations if each.type.startswith("omnify:")]
    assert all(each.parent == platform.urn for each in components if each != platform)
    assert {each.parent for each in recording.objects()} <= {each.urn for each in components}


@each_stack
async def test_names_start_with_the_platforms_and_no_urn_comes_twice(stack: str, mode: str, deploy: Deploy) -> None:
    recording = await deploy(stack_settings(stack, mode=mode))
    ours = [each for each in recording.registrations if each.type != "pulumi:providers:kubernetes"]
    assert [each.name for each in ours if not each.name.startswith("kong")] == []
    assert len({each.urn for each in ours}) == len(ours)


async def test_the_deployment_waits_for_migrations_and_these_for_the_bundled_database(deploy: Deploy) -> None:
    recording = await deploy(stack_settings("dev"))
    prepare, finish = sorted(recording.of_type(JOB), key=object_name, reverse=True)
    assert object_name(prepare).startswith("kong-migrations-up-")
    deployment, database = recording.one(DEPLOYMENT), recording.one(STATEFUL_SET)
    assert database.urn in prepare.dependencies
    assert prepare.urn in deployment.dependencies
    assert deployment.urn in finish.dependencies


async def test_the_database_waits_for_its_credentials_and_its_service(deploy: Deploy) -> None:
    recording = await deploy(stack_settings("dev"))
    needed = {recording.one(SECRET).urn, recording.one(SERVICE, "postgres").urn}
    assert needed <= set(recording.one(STATEFUL_SET).dependencies)


@each_stack
async def test_services_wait_for_pods_and_ingresses_for_services(stack: str, mode: str, deploy: Deploy) -> None:
    """The Kubernetes provider waits until a Service has a ready pod: before the Deployment it would wait in vain."""
    recording = await deploy(stack_settings(stack, mode=mode))
    deployment = recording.one(DEPLOYMENT)
    for each in recording.of_type(SERVICE):
        if object_name(each) != "postgres":
            assert deployment.urn in each.dependencies, each.urn
    for ingress, service in (("kong", "kong-proxy"), ("kong-manager", "kong-manager")):
        assert recording.one(SERVICE, service).urn in recording.one(INGRESS, ingress).dependencies


@pytest.mark.parametrize(("mode", "last"), [("database", JOB), ("dbless", SERVICE)])
async def test_what_waits_for_ready_waits_for_the_admin_api_and_the_end_of_migrations(mode: str, last: str) -> None:
    settings = stack_settings("dev", mode=mode)

    def program() -> None:
        platform = KongPlatform(
            "kong",
            settings=settings,
            declarative="" if mode == "dbless" else None,
            password=lambda _, secret: secret,
            opts=pulumi.ResourceOptions(provider=k8s.Provider("cluster")),
        )
        pulumi.ComponentResource("test:Entities", "entities", None, pulumi.ResourceOptions(depends_on=platform.ready))

    recording = await resources_of(program)
    entities = recording.one("test:Entities")
    assert recording.one(SERVICE, "kong-admin").urn in entities.dependencies
    assert any(recording.by_urn(urn).type == last for urn in entities.dependencies)
    assert recording.waits_for(entities, recording.one(DEPLOYMENT))


@each_stack
async def test_two_runs_register_the_same(stack: str, mode: str, deploy: Deploy) -> None:
    runs = [await deploy(stack_settings(stack, mode=mode), preview=preview) for preview in (True, False, False)]
    first, *others = [sorted(run.registrations, key=lambda each: each.urn) for run in runs]
    assert all(other == first for other in others)


@pytest.mark.parametrize(("mode", "declarative"), [("database", "_format_version: '3.0'"), ("dbless", None)])
async def test_kong_yml_belongs_to_dbless_mode_alone(mode: str, declarative: str | None) -> None:
    def program() -> None:
        KongPlatform(
            "kong",
            settings=stack_settings("dev", mode=mode),
            declarative=declarative,
            password=lambda _, secret: secret,
        )

    with pytest.raises(ValueError, match=f"mode '{mode}' with kong.yml"):
        await resources_of(program)


@pytest.mark.parametrize(("stack", "mode"), [("prod", "database"), ("dev", "dbless")])
async def test_no_password_is_asked_for_where_there_is_no_bundled_store(stack: str, mode: str) -> None:
    settings = stack_settings(stack, mode=mode)

    def refuse(*_: object) -> str:
        raise AssertionError("asked for a password")

    def program() -> None:
        KongPlatform(
            "kong",
            settings=settings,
            declarative="" if mode == "dbless" else None,
            password=refuse,
            opts=pulumi.ResourceOptions(provider=k8s.Provider("cluster")),
        )

    await resources_of(program)


async def test_a_changed_cluster_section_moves_everything(deploy: Deploy) -> None:
    recording = await deploy(stack_settings("dev", cluster=section("dev", "cluster", namespace="elsewhere")))
    assert object_name(recording.one(NAMESPACE)) == "elsewhere"
    assert {inputs(each)["metadata"].get("namespace", "elsewhere") for each in recording.objects()} == {"elsewhere"}


@each_stack
async def test_the_api_server_keeps_every_object_under_one_manager_whatever_the_state_knows(
    deploy: Deploy, stack: str, mode: str
) -> None:
    recording = await deploy(stack_settings(stack, mode=mode))
    for each in recording.objects():
        assert inputs(each)["metadata"]["annotations"].items() >= OWNERSHIP.items()
