"""A stack's patches are in the objects as they are registered."""

import pulumi
import pytest
from pydantic import JsonValue

from config.stack import StackSettings
from tests.program.platform.conftest import Deploy
from tests.program.platform.objects import DEPLOYMENT, JOB, SECRET, SERVICE, SERVICE_ACCOUNT, kong, pods, variables
from tests.program.resources import inputs, object_name
from tests.program.stacks import section, stack_settings

_PLAIN: JsonValue = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"drop": ["ALL"]},
}


def _patched(*patches: JsonValue, stack: str = "dev") -> StackSettings:
    return stack_settings(stack, platform=section(stack, "platform", patches=list(patches)))


def _pod(**fields: JsonValue) -> JsonValue:
    return {"kind": "Deployment", "name": "kong", "patch": {"spec": {"template": {"spec": fields}}}}


async def test_a_patch_is_laid_over_what_the_settings_say(deploy: Deploy) -> None:
    container: JsonValue = {"name": "kong", "env": [{"name": "TZ", "value": "UTC"}], "imagePullPolicy": "Always"}
    before = await deploy(stack_settings("dev"))
    after = await deploy(_patched(_pod(containers=[container], imagePullSecrets=[{"name": "registry"}])))
    assert kong(after)["imagePullPolicy"] == "Always"
    assert variables(kong(after)) == variables(kong(before)) | {"TZ": "UTC"}
    untouched = kong(before).keys() - {"env"}
    assert {key: kong(after)[key] for key in untouched} == {key: kong(before)[key] for key in untouched}
    assert inputs(after.one(DEPLOYMENT))["spec"]["template"]["spec"]["imagePullSecrets"] == [{"name": "registry"}]


async def test_other_objects_stay_what_they_are(deploy: Deploy) -> None:
    patch: JsonValue = {"kind": "ServiceAccount", "name": "kong", "patch": {"metadata": {"annotations": {"role": "x"}}}}
    before, after = await deploy(stack_settings("dev")), await deploy(_patched(patch))
    changed = [each.name for each, was in zip(after.objects(), before.objects(), strict=True) if each.wire != was.wire]
    assert changed == ["kong"]
    account = inputs(after.one(SERVICE_ACCOUNT, "kong"))
    assert account["metadata"]["annotations"]["role"] == "x"
    assert account["automountServiceAccountToken"] is False


async def test_two_patches_of_one_object_are_laid_one_over_the_other(deploy: Deploy) -> None:
    first, second = _pod(dnsPolicy="Default", hostname="a"), _pod(dnsPolicy="ClusterFirst")
    spec = inputs((await deploy(_patched(first, second))).one(DEPLOYMENT))["spec"]["template"]["spec"]
    assert (spec["dnsPolicy"], spec["hostname"]) == ("ClusterFirst", "a")


async def test_a_container_that_is_added_is_hardened_unless_it_says_otherwise(deploy: Deploy) -> None:
    own: JsonValue = {"name": "own", "image": "own:1", "securityContext": {"readOnlyRootFilesystem": False}}
    patch = _pod(containers=[own], initContainers=[{"name": "first", "image": "first:1"}])
    spec = inputs((await deploy(_patched(patch))).one(DEPLOYMENT))["spec"]["template"]["spec"]
    found = {each["name"]: each["securityContext"] for each in (*spec["initContainers"], *spec["containers"])}
    assert found["first"] == found["kong"] == _PLAIN
    assert found["own"] == {**found["kong"], "readOnlyRootFilesystem": False}


async def test_a_job_is_found_without_the_digits_of_its_name(deploy: Deploy) -> None:
    patch: JsonValue = {"kind": "Job", "name": "kong-migrations-up", "patch": {"spec": {"ttlSecondsAfterFinished": 60}}}
    found = (await deploy(_patched(patch))).of_type(JOB)
    assert [inputs(each)["spec"].get("ttlSecondsAfterFinished") for each in found].count(60) == 1


async def test_another_patch_of_a_job_is_another_job_because_it_cannot_change(deploy: Deploy) -> None:
    names: list[str] = []
    for seconds in (60, 60, 120):
        patch: JsonValue = {
            "kind": "Job",
            "name": "kong-migrations-up",
            "patch": {"spec": {"template": {"spec": {"activeDeadlineSeconds": seconds}}}},
        }
        (name,) = [
            object_name(each)
            for each in (await deploy(_patched(patch))).of_type(JOB)
            if object_name(each).startswith("kong-migrations-up-")
        ]
        names.append(name)
    assert names[0] == names[1] != names[2]


async def test_secrets_stay_secret(deploy: Deploy) -> None:
    recording = await deploy(_patched(_pod(hostname="a")))
    assert recording.one(SECRET).properties.secrets


@pytest.mark.parametrize(
    ("patch", "said"),
    [
        (
            {"kind": "Service", "name": "kong-prox", "patch": {"spec": {"sessionAffinity": "None"}}},
            r"platform\.patches\[1\]\.name: this stack has no Service 'kong-prox'; write one of kong-admin, kong-m",
        ),
        (
            {"kind": "StatefulSet", "name": "postgres", "patch": {"spec": {"revisionHistoryLimit": 1}}},
            r"platform\.patches\[1\]\.name: this stack has no StatefulSet 'postgres'; remove the patch",
        ),
    ],
)
async def test_a_patch_of_an_object_that_the_stack_does_not_have_is_refused(
    patch: JsonValue, said: str, deploy: Deploy
) -> None:
    with pytest.raises(pulumi.RunError, match=said):
        await deploy(_patched(_pod(hostname="a"), patch, stack="prod"))


async def test_every_object_of_a_stack_can_be_patched_and_every_pod_stays_as_hardened(deploy: Deploy) -> None:
    before = await deploy(stack_settings("dev"))
    names = [inputs(each)["metadata"]["name"] for each in before.of_type(SERVICE)]
    patches: list[JsonValue] = [
        {"kind": "Service", "name": name, "patch": {"metadata": {"labels": {"patched": "yes"}}}} for name in names
    ]
    after = await deploy(_patched(*patches))
    assert {inputs(each)["metadata"]["labels"]["patched"] for each in after.of_type(SERVICE)} == {"yes"}
    assert pods(after) == pods(before)
