"""The management API's own account on a real API server: it may apply its stack again, and nothing else."""

import uuid
from pathlib import Path

import pytest
import yaml

from sandbox.cluster.kubeconfig import Cluster
from sandbox.cluster.objects import Objects, RefusedError
from sandbox.cluster.readiness import Manifest
from tests.cluster.manifests import manifest, pod_spec
from tests.cluster.test_manifests import bring_up, manifests_of
from tests.program.stacks import section
from tests.program.variants import MANAGED, VARIANTS, Sections

NOT_ITS_OWN = {"Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"}
CUSTOM = {"PrometheusRule", "ServiceMonitor", "Certificate"}
"""Kinds whose definitions this API server does not have."""
STACKS: dict[str, tuple[str, Sections]] = {
    "dev": ("dev", {}),
    "prod": ("prod", {}),
    "dbless": ("dev", {"mode": "dbless"}),
    "bundled": ("dev", VARIANTS["dev-bundled-and-patched"].sections),
    "seamless": ("prod", {"auth": section("prod", "auth", rotation="seamless")}),
}


async def as_account(objects: Objects, cluster: Cluster, namespace: str, folder: Path) -> Objects:
    """What the cluster holds, as the management API's account sees it."""
    request: Manifest = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
    asking = objects.api.call_api(  # pyright: ignore[reportUnknownMemberType] - kr8s leaves **kwargs untyped
        "POST", namespace=namespace, url="serviceaccounts/management/token", json=request
    )
    async with asking as answer:
        token = answer.json()["status"]["token"]
    config = yaml.safe_load(cluster.kubeconfig.read_text())
    for user in config["users"]:
        user["user"] = {"token": token}
    file = folder / f"{uuid.uuid4().hex}.kubeconfig"
    file.write_text(yaml.safe_dump(config))
    return await Objects.of(Cluster(file, cluster.context, None), field_manager="tests")


@pytest.mark.parametrize("name", STACKS)
async def test_it_may_apply_every_object_of_its_stack_again(
    name: str, objects: Objects, namespace: str, cluster: Cluster, tmp_path: Path
) -> None:
    stack, sections = STACKS[name]
    every = await manifests_of(stack, namespace, **{**sections, "management": MANAGED})
    manifests = [each for each in every if each["kind"] not in CUSTOM]
    assert {"Deployment", "NetworkPolicy", "PersistentVolumeClaim"} <= {each["kind"] for each in manifests}
    await bring_up(objects, manifests)

    account = await as_account(objects, cluster, namespace, tmp_path)
    for each in manifests:
        if each["kind"] in NOT_ITS_OWN:
            assert await account.get(each) is not None
        else:
            await account.apply(each)


async def test_it_may_neither_widen_its_rights_nor_read_elsewhere(
    objects: Objects, namespace: str, cluster: Cluster, tmp_path: Path
) -> None:
    manifests = await manifests_of("prod", namespace, management=MANAGED)
    await bring_up(objects, manifests)
    account = await as_account(objects, cluster, namespace, tmp_path)

    for each in manifests:
        if each["kind"] in NOT_ITS_OWN:
            with pytest.raises(RefusedError, match="403"):
                await account.apply(each)
    for other in (
        manifest("v1", "Secret", namespace, "any", data={}),
        manifest("v1", "ConfigMap", "kube-system", "any", data={}),
        manifest("v1", "Pod", namespace, "any", spec=pod_spec()),
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": f"{namespace}-more"}},
    ):
        with pytest.raises(RefusedError, match="403"):
            await account.apply(other)
    with pytest.raises(RefusedError, match="403"):
        await account.get(manifest("v1", "Secret", namespace, "any"))
