"""The management API's Deployment: hardened, its secrets by reference, its rights no more than its stack needs."""

from typing import Any

import pytest
import yaml
from pydantic import JsonValue

from config.stack import StackSettings
from tests.program.platform.conftest import Deploy
from tests.program.platform.objects import CONFIG_MAP, DEPLOYMENT, SECRET, variables
from tests.program.resources import Resources, inputs, object_name
from tests.program.stacks import stack_settings
from tests.program.variants import MANAGED

ROLE = "kubernetes:rbac.authorization.k8s.io/v1:Role"
CLUSTER_ROLE = "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole"
WRITING = {"create", "update", "patch", "delete", "deletecollection", "bind", "escalate", "impersonate", "*"}


def managed(stack: str = "dev", **sections: JsonValue) -> StackSettings:
    return stack_settings(stack, **{"management": MANAGED, **sections})


def spec(recording: Resources) -> dict[str, Any]:
    (found,) = [each for each in recording.of_type(DEPLOYMENT) if object_name(each) == "management"]
    return inputs(found)["spec"]


def pod(recording: Resources) -> dict[str, Any]:
    return spec(recording)["template"]["spec"]


def rules(recording: Resources, kind: str) -> list[dict[str, Any]]:
    (role,) = recording.of_type(kind)
    return inputs(role)["rules"]


async def test_every_container_is_hardened_and_bounded(deploy: Deploy) -> None:
    found = pod(await deploy(managed()))
    assert found["securityContext"]["runAsNonRoot"]
    for container in (*found["initContainers"], *found["containers"]):
        security = container["securityContext"]
        assert security["readOnlyRootFilesystem"]
        assert security["capabilities"] == {"drop": ["ALL"]}
        assert not security["allowPrivilegeEscalation"]
        assert set(container["resources"]) == {"requests", "limits"}
    (container,) = found["containers"]
    assert {container[probe]["httpGet"]["path"] for probe in ("startupProbe", "readinessProbe", "livenessProbe")} == {
        "/healthz"
    }


async def test_secrets_come_by_reference_alone(deploy: Deploy) -> None:
    database: JsonValue = {"name": "management-database", "key": "url"}
    recording = await deploy(managed(management={**MANAGED, "databaseSecret": database}))
    found = variables(pod(recording)["containers"][0])
    assert found["PULUMI_CONFIG_PASSPHRASE"] == {"secretKeyRef": {"name": "pulumi", "key": "passphrase"}}
    assert found["MANAGEMENT_DATABASE"] == {"secretKeyRef": database}
    assert found["AWS_ACCESS_KEY_ID"] == {"secretKeyRef": {"name": "state", "key": "id"}}
    assert {object_name(each) for each in recording.of_type(SECRET)} == {"postgres"}


async def test_the_stacks_file_is_put_on_the_volume_once_and_changed_there(deploy: Deploy) -> None:
    found = pod(await deploy(managed()))
    (first,) = found["initContainers"]
    *_, file = first["command"]
    assert "--no-clobber" in first["command"]
    assert variables(found["containers"][0])["MANAGEMENT_STACK_FILE"] == file
    mounts = {each["mountPath"]: each["name"] for each in found["containers"][0]["volumeMounts"]}
    volumes = {each["name"]: each for each in found["volumes"]}
    assert volumes[mounts[file.rpartition("/")[0]]]["persistentVolumeClaim"]["claimName"] == "management"


async def test_there_is_never_a_second_one_that_would_change_the_stack(deploy: Deploy) -> None:
    found = spec(await deploy(managed()))
    assert (found["replicas"], found["strategy"]) == (1, {"type": "Recreate"})


async def test_the_stacks_context_is_there_and_leads_to_its_own_cluster_as_the_pods_account(deploy: Deploy) -> None:
    recording = await deploy(managed())
    (config_map,) = [each for each in recording.of_type(CONFIG_MAP) if "kubeconfig" in inputs(each)["data"]]
    document = yaml.safe_load(inputs(config_map)["data"]["kubeconfig"])
    assert document["current-context"] == document["contexts"][0]["name"] == managed().cluster.context
    assert document["clusters"][0]["cluster"]["server"] == "https://kubernetes.default.svc"
    token = document["users"][0]["user"]["tokenFile"]
    mounts = {each["mountPath"] for each in pod(recording)["containers"][0]["volumeMounts"]}
    assert token.rpartition("/")[0] in mounts


@pytest.mark.parametrize("stack", ["dev", "prod"])
async def test_it_can_change_no_right_of_anybodys(stack: str, deploy: Deploy) -> None:
    recording = await deploy(managed(stack))
    every = [*rules(recording, ROLE), *rules(recording, CLUSTER_ROLE)]
    for rule in every:
        assert "*" not in (*rule["verbs"], *rule["resources"], *rule["apiGroups"])
        if rule["apiGroups"] == ["rbac.authorization.k8s.io"]:
            assert not WRITING & set(rule["verbs"])
    outside = rules(recording, CLUSTER_ROLE)
    assert all(rule.get("resourceNames") for rule in outside)


async def test_it_reads_secrets_only_where_the_stack_brings_a_store_along(deploy: Deploy) -> None:
    for stack, wanted in (("dev", True), ("prod", False)):
        found = rules(await deploy(managed(stack)), ROLE)
        assert any("secrets" in rule["resources"] for rule in found) == wanted


async def test_a_stack_without_the_section_has_none_of_it(deploy: Deploy) -> None:
    recording = await deploy(stack_settings("dev"))
    assert [each for each in recording.registrations if "management" in each.name or "rbac" in each.type] == []
