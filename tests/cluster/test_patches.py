"""What a patch may say and may not, asked of a real API server."""

from pathlib import Path

import pytest
from pydantic import JsonValue

from config import patches
from config.kubernetes import fields
from sandbox.cluster.objects import Objects, RefusedError
from sandbox.cluster.openapi import openapi
from sandbox.cluster.readiness import Manifest
from tests.cluster.manifests import manifest
from tests.cluster.test_manifests import bring_up, manifests_of
from tests.program.stacks import section
from tests.unit.platform.pods import ALLOWED, REFUSED, Case


async def test_the_fields_that_are_known_are_those_of_the_api_server(objects: Objects) -> None:
    """`python -m sandbox.cluster fields` writes them again."""
    assert Path(fields.__file__).with_name("fields.json").read_text("utf-8") == await openapi(objects)


@pytest.mark.parametrize("case", ALLOWED, ids=[each.what for each in ALLOWED])
async def test_a_patch_that_is_admitted_makes_pods_that_the_namespace_admits(
    case: Case, objects: Objects, namespace: str
) -> None:
    await _admit(objects, await _patched_manifests(case.pod, namespace))


@pytest.mark.parametrize("case", REFUSED, ids=[each.what for each in REFUSED])
async def test_a_patch_that_is_refused_would_make_pods_that_the_namespace_refuses(
    case: Case, objects: Objects, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patches, "weakenings", _none)

    with pytest.raises(RefusedError, match='violates PodSecurity "restricted:latest"'):
        await _admit(objects, await _patched_manifests(case.pod, namespace))


async def test_a_stack_patched_throughout_comes_up_and_applied_again_nothing_changes(
    objects: Objects, namespace: str
) -> None:
    pod: JsonValue = {
        "initContainers": [{"name": "first", "image": "first:1", "command": ["true"]}],
        "containers": [
            {
                "name": "kong",
                "env": [{"name": "TZ", "value": "UTC"}],
                "volumeMounts": [{"name": "more", "mountPath": "/m"}],
            },
            {"name": "beside", "image": "beside:1"},
        ],
        "volumes": [{"name": "more", "emptyDir": {}}],
    }
    account: JsonValue = {"metadata": {"annotations": {"role": "edge"}}, "imagePullSecrets": [{"name": "registry"}]}
    wanted: list[JsonValue] = [
        {"kind": "Deployment", "name": "kong", "patch": {"spec": {"minReadySeconds": 1, "template": {"spec": pod}}}},
        {"kind": "Job", "name": "kong-migrations-up", "patch": {"spec": {"ttlSecondsAfterFinished": 600}}},
        {"kind": "Service", "name": "kong-proxy", "patch": {"spec": {"internalTrafficPolicy": "Cluster"}}},
        {"kind": "ServiceAccount", "name": "kong", "patch": account},
        {"kind": "StatefulSet", "name": "postgres", "patch": {"spec": {"revisionHistoryLimit": 2}}},
    ]
    manifests = await manifests_of("dev", namespace, platform=section("dev", "platform", patches=wanted))
    live = {(each["kind"], each["metadata"]["name"]): each for each in await bring_up(objects, manifests)}

    assert [each["name"] for each in live["Deployment", "kong"]["spec"]["template"]["spec"]["containers"]] == [
        "kong",
        "beside",
    ]
    assert live["ServiceAccount", "kong"]["imagePullSecrets"] == [{"name": "registry"}]
    generations = [(await objects.apply(each))["metadata"].get("generation") for each in manifests]
    assert [(await objects.apply(each))["metadata"].get("generation") for each in manifests] == generations


def _none(_pod: str, _nodes: object) -> tuple[()]:
    return ()


async def _patched_manifests(pod: dict[str, JsonValue], namespace: str) -> list[Manifest]:
    patch: JsonValue = {"kind": "Deployment", "name": "kong", "patch": {"spec": {"template": {"spec": pod}}}}
    return await manifests_of("dev", namespace, mode="dbless", platform=section("dev", "platform", patches=[patch]))


async def _admit(objects: Objects, manifests: list[Manifest]) -> None:
    """Make the Deployment's pod by itself: of a Deployment the API server would only warn."""
    wanted = {each["kind"]: each for each in manifests}
    for kind in ("Namespace", "ServiceAccount", "Deployment"):
        await objects.apply(wanted[kind])
    template = wanted["Deployment"]["spec"]["template"]
    pod = manifest("v1", "Pod", wanted["Deployment"]["metadata"]["namespace"], "tried", spec=template["spec"])
    await objects.apply(pod)
