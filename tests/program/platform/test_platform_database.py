"""The database, its password, and its migrations."""

import base64
from typing import Any

import pytest
from pydantic import JsonValue

from components.platform.migrations import FINISH, PREPARE
from entities.administration import seed
from entities.state import Owner
from tests.program.platform.conftest import PASSWORD, Deploy
from tests.program.platform.objects import CLAIM, JOB, SECRET, STATEFUL_SET, kong, pods, variables
from tests.program.platform.test_platform_administration import loopback
from tests.program.resources import Resources, inputs, object_name
from tests.program.stacks import section, stack_settings


def jobs(recording: Resources) -> dict[str, str]:
    """By step, the name of its Job."""
    return {object_name(each).split("-")[2]: object_name(each) for each in recording.of_type(JOB)}


def container(recording: Resources, type_: str) -> dict[str, Any]:
    return inputs(recording.one(type_))["spec"]["template"]["spec"]["containers"][0]


async def test_the_password_is_in_the_secret_and_nowhere_else(deploy: Deploy) -> None:
    recording = await deploy(stack_settings("dev"))
    assert inputs(recording.one(SECRET))["data"]["password"] == base64.b64encode(PASSWORD.encode()).decode()
    others = [str(inputs(each)) for each in recording.registrations if each.type != SECRET]
    assert not any(PASSWORD in text or base64.b64encode(PASSWORD.encode()).decode() in text for text in others)


async def test_the_engine_gets_the_password_as_a_secret(deploy: Deploy) -> None:
    assert (await deploy(stack_settings("dev"))).one(SECRET).properties.secrets == {"data"}


async def test_a_password_once_made_is_kept(deploy: Deploy) -> None:
    assert (await deploy(stack_settings("dev"))).one(SECRET).ignore_changes == ("data",)


async def test_kong_and_postgres_read_the_same_credentials(deploy: Deploy) -> None:
    recording = await deploy(stack_settings("dev"))
    gateway, postgres = variables(kong(recording)), variables(container(recording, STATEFUL_SET))
    assert gateway["KONG_PG_USER"] == postgres["POSTGRES_USER"]
    assert gateway["KONG_PG_PASSWORD"] == postgres["POSTGRES_PASSWORD"]
    assert gateway["KONG_PG_DATABASE"] == postgres["POSTGRES_DB"]
    assert gateway["KONG_PG_PASSWORD"]["secretKeyRef"] == {
        "name": object_name(recording.one(SECRET)),
        "key": "password",
    }


async def test_postgres_keeps_its_data_on_a_volume_of_the_wanted_size(deploy: Deploy) -> None:
    database = section("dev", "database", storage="5Gi", storageClass="fast")
    recording = await deploy(stack_settings("dev", database=database))
    (claim,) = inputs(recording.one(STATEFUL_SET))["spec"]["volumeClaimTemplates"]
    assert claim["spec"]["resources"]["requests"] == {"storage": "5Gi"}
    assert claim["spec"]["storageClassName"] == "fast"
    (data,) = [m for m in container(recording, STATEFUL_SET)["volumeMounts"] if m["name"] == claim["metadata"]["name"]]
    assert variables(container(recording, STATEFUL_SET))["PGDATA"].startswith(data["mountPath"])


async def test_the_volume_grows_with_the_setting_and_nothing_of_the_statefulset_changes(deploy: Deploy) -> None:
    small = await deploy(stack_settings("dev", database=section("dev", "database", storage="2Gi")))
    large = await deploy(stack_settings("dev", database=section("dev", "database", storage="5Gi")))
    assert small.one(STATEFUL_SET).ignore_changes == ("spec.volumeClaimTemplates",)
    claim = inputs(large.one(CLAIM))
    (template,) = inputs(large.one(STATEFUL_SET))["spec"]["volumeClaimTemplates"]
    assert claim["metadata"]["name"] == f"{template['metadata']['name']}-{object_name(large.one(STATEFUL_SET))}-0"
    assert claim["spec"] == {"resources": {"requests": {"storage": "5Gi"}}}
    specs = [inputs(each.one(STATEFUL_SET))["spec"] | {"volumeClaimTemplates": None} for each in (small, large)]
    assert specs[0] == specs[1]


async def test_the_volume_outlives_the_statefulset(deploy: Deploy) -> None:
    recording = await deploy(stack_settings("dev"))
    kept = inputs(recording.one(STATEFUL_SET))["spec"]["persistentVolumeClaimRetentionPolicy"]
    assert kept == {"whenDeleted": "Retain", "whenScaled": "Retain"}
    assert recording.one(CLAIM).deleted_with == recording.one(STATEFUL_SET).urn


async def test_postgres_uses_what_the_stack_gives_it(deploy: Deploy) -> None:
    amounts: JsonValue = {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"cpu": "2", "memory": "2Gi"}}
    recording = await deploy(stack_settings("dev", database=section("dev", "database", resources=amounts)))
    assert container(recording, STATEFUL_SET)["resources"] == amounts


async def test_every_pod_of_kongs_image_has_the_trusted_authorities(deploy: Deploy) -> None:
    authorities: JsonValue = [{"configMap": "data-ca"}, {"secret": "logs-ca", "key": "tls.crt"}]
    settings = stack_settings("prod", trust={"authorities": authorities}, **loopback())
    trusting = await deploy(settings, seed=seed(settings, Owner("omnify-gateway", "prod")))
    assert len(trusting.of_type(JOB)) == 3
    for pod in pods(trusting):
        (volume,) = [volume for volume in pod["volumes"] if "projected" in volume]
        assert volume["projected"]["sources"] == [
            {"configMap": {"name": "data-ca", "items": [{"key": "ca.crt", "path": "0.crt"}]}},
            {"secret": {"name": "logs-ca", "items": [{"key": "tls.crt", "path": "1.crt"}]}},
        ]
        (mount,) = [mount for mount in pod["containers"][0]["volumeMounts"] if mount["name"] == volume["name"]]
        files = variables(pod["containers"][0])["KONG_LUA_SSL_TRUSTED_CERTIFICATE"].split(",")
        assert files == [f"{mount['mountPath']}/{index}.crt" for index in range(2)]
        assert mount["readOnly"]


async def test_migrations_prepare_any_database_and_finish_after_the_rollout(deploy: Deploy) -> None:
    recording = await deploy(stack_settings("dev"))
    scripts = {
        object_name(job).split("-")[2]: inputs(job)["spec"]["template"]["spec"]["containers"][0]["command"]
        for job in recording.of_type(JOB)
    }
    assert scripts == {step.name: ["sh", "-ec", step.script] for step in (PREPARE, FINISH)}


async def test_a_failed_migration_runs_again_with_the_next_update(deploy: Deploy) -> None:
    for job in (await deploy(stack_settings("dev"))).of_type(JOB):
        assert inputs(job)["metadata"]["annotations"]["pulumi.com/replaceUnready"] == "true"
        assert "ttlSecondsAfterFinished" not in inputs(job)["spec"]


OIDC: dict[str, JsonValue] = {
    "auth": {"kind": "oidc", "issuer": "https://auth.example/realms/omnify"},
    "tiers": [{"name": "free"}, {"name": "pro"}, {"name": "enterprise"}],
}


@pytest.mark.parametrize(
    "changed",
    [
        {"platform": section("dev", "platform", image="kong:3.9.2")},
        {"database": section("prod", "database")},
        OIDC,
        {"trust": {"authorities": [{"configMap": "data-ca"}]}},
        {"platform": section("dev", "platform", scheduling={"nodeSelector": {"kubernetes.io/arch": "arm64"}})},
    ],
    ids=["another version", "another database", "more plugins", "another authority", "other nodes"],
)
async def test_migrations_run_again_for(changed: dict[str, JsonValue], deploy: Deploy) -> None:
    before, after = jobs(await deploy(stack_settings("dev"))), jobs(await deploy(stack_settings("dev", **changed)))
    assert before.keys() == after.keys() == {"up", "finish"}
    assert all(before[step] != after[step] for step in before)


async def test_migrations_run_again_for_the_same_authority_from_elsewhere(deploy: Deploy) -> None:
    sources: list[JsonValue] = [{"configMap": "data-ca"}, {"secret": "data-ca"}]
    one, other = [jobs(await deploy(stack_settings("dev", trust={"authorities": [source]}))) for source in sources]
    assert all(one[step] != other[step] for step in one)


async def test_migrations_do_not_run_again_for_what_does_not_concern_them(deploy: Deploy) -> None:
    platform = section("dev", "platform", drainSeconds=3, logLevel="debug")
    before, after = await deploy(stack_settings("dev")), await deploy(stack_settings("dev", platform=platform))
    assert jobs(before) == jobs(after)


async def test_migrations_use_the_database_that_kong_uses(deploy: Deploy) -> None:
    recording = await deploy(stack_settings("prod"))
    wanted = {name: value for name, value in variables(kong(recording)).items() if name.startswith("KONG_PG_")}
    assert len(wanted) == 8
    for job in recording.of_type(JOB):
        found = variables(inputs(job)["spec"]["template"]["spec"]["containers"][0])
        assert wanted.items() <= found.items()
