"""A stack that changes, on a real API server: migrations around the rollout, and a database that outlives its settings.

Applied by the sandbox's engine, one object after the other as Pulumi's does; Kong's entities are left out.
"""

import asyncio
import re
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from pydantic import JsonValue

from components.platform import password
from config.cluster import Cluster as Settings
from gateway.recording import Recording, record
from sandbox.cluster.kubeconfig import Cluster
from sandbox.cluster.objects import Objects
from sandbox.cluster.readiness import Manifest
from sandbox.engine.engine import apply
from sandbox.engine.steps import Action, EngineError, Step, kind
from tests.cluster.manifests import manifest
from tests.cluster.test_manifests import eventually
from tests.program.stacks import section, stack_document


@dataclass
class Stack:
    """The dev stack's objects in a namespace of the test's own."""

    cluster: Cluster
    objects: Objects
    namespace: str
    state: Path

    async def up(self, **sections: JsonValue) -> list[Step]:
        """Apply it; what was done, in order."""
        cluster = section("dev", "cluster", namespace=self.namespace)
        document = stack_document("dev", cluster=cluster, **sections)
        whole = await asyncio.to_thread(record, document, "dev")
        wanted = tuple(each for each in whole.registrations if each.type.startswith("kubernetes:"))
        steps: list[Step] = []
        await apply(Recording(wanted, {}), self.cluster, self.state, steps.append, lambda at: None)
        return [step for step in steps if step.action is not Action.SAME]

    async def one(self, version: str, kind: str, name: str) -> Manifest:
        found = await self.objects.get(manifest(version, kind, self.namespace, name))
        assert found is not None
        return found

    async def jobs(self, step: str) -> list[Manifest]:
        found = await self.objects.of_kind("batch/v1", "Job", self.namespace)
        return [job for job in found if job["metadata"]["name"].startswith(f"kong-migrations-{step}-")]

    async def pods(self, component: str) -> set[str]:
        found = await self.objects.of_kind("v1", "Pod", self.namespace)
        wanted = [each for each in found if each["metadata"]["labels"]["app.kubernetes.io/component"] == component]
        return {each["metadata"]["uid"] for each in wanted if "deletionTimestamp" not in each["metadata"]}

    async def no_more_pods(self) -> None:
        """Refuse every pod from now on: a full cluster, in which no Job can run."""
        await self.objects.apply(self._quota)

        async def counted() -> object:
            live = await self.objects.get(self._quota)
            return (live or {}).get("status", {}).get("hard")

        await eventually(counted)

    async def pods_again(self) -> None:
        await self.objects.delete(self._quota)

    @property
    def _quota(self) -> Manifest:
        return manifest("v1", "ResourceQuota", self.namespace, "full", spec={"hard": {"pods": "0"}})

    async def out_of_time(self, step: str, known: set[str]) -> None:
        """Let the next Job of a step fail because its time is over."""

        async def unknown() -> list[Manifest]:
            return [job for job in await self.jobs(step) if uid(job) not in known]

        (new,) = await eventually(unknown)
        late = manifest("batch/v1", "Job", self.namespace, new["metadata"]["name"], spec={"activeDeadlineSeconds": 1})
        await self.objects.apply(late)


@pytest.fixture
async def stack(
    cluster: Cluster, objects: Objects, namespace: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Stack:
    monkeypatch.setattr(password, "kept_password", _kept)
    stack = Stack(cluster, objects, namespace, tmp_path / "state.json")
    await stack.up()
    return stack


def _kept(_cluster: Settings, _secret: str) -> str:
    return "kept"


def uid(live: Manifest) -> str:
    return live["metadata"]["uid"]


def uids(live: list[Manifest]) -> set[str]:
    return {uid(each) for each in live}


def done(steps: list[Step]) -> list[tuple[Action, str]]:
    """What was done to what, without the digits in the names of Jobs."""
    names = [re.sub(r"-[0-9a-f]{10}$", "", step.name.rpartition("/")[2]) for step in steps]
    return [(step.action, f"{kind(step.type)} {name}") for step, name in zip(steps, names, strict=True)]


NEXT_VERSION: JsonValue = section("dev", "platform", image="kong:3.9.2")
UPGRADE = [
    (Action.REPLACED, "Job kong-migrations-up"),
    (Action.UPDATED, "Deployment kong"),
    (Action.REPLACED, "Job kong-migrations-finish"),
    (Action.DELETED, "Job kong-migrations-finish"),
    (Action.DELETED, "Job kong-migrations-up"),
]


async def test_another_version_migrates_up_then_rolls_out_then_finishes(stack: Stack) -> None:
    before = {step: uids(await stack.jobs(step)) for step in ("up", "finish")}
    pods = await stack.pods("gateway")

    steps = await stack.up(platform=NEXT_VERSION)

    assert done(steps)[:3] == UPGRADE[:3]
    assert sorted(done(steps)[3:]) == UPGRADE[3:]
    for step, old in before.items():
        (new,) = await stack.jobs(step)
        assert (uid(new) in old, new["status"]["succeeded"]) == (False, 1)
    assert not await stack.pods("gateway") & pods
    assert await stack.up(platform=NEXT_VERSION) == []


async def test_a_failed_migration_stops_before_any_pod_changes_and_running_again_completes_it(stack: Stack) -> None:
    deployment, pods = await stack.one("apps/v1", "Deployment", "kong"), await stack.pods("gateway")
    known, finished = uids(await stack.jobs("up")), uids(await stack.jobs("finish"))
    await stack.no_more_pods()

    with pytest.raises(EngineError, match=r"Job .*/kong-migrations-up-.* failed: Job was active longer than"):
        await asyncio.gather(stack.up(platform=NEXT_VERSION), stack.out_of_time("up", known))

    now = await stack.one("apps/v1", "Deployment", "kong")
    assert now["metadata"]["generation"] == deployment["metadata"]["generation"]
    assert await stack.pods("gateway") == pods
    assert uids(await stack.jobs("finish")) == finished
    (failed,) = [job for job in await stack.jobs("up") if uid(job) not in known]

    await stack.pods_again()
    steps = await stack.up(platform=NEXT_VERSION)

    assert (Action.UPDATED, "Deployment kong") in done(steps)
    (again,) = await stack.jobs("up")
    assert again["metadata"]["name"] == failed["metadata"]["name"]
    assert (uid(again) == uid(failed), again["status"]["succeeded"]) == (False, 1)
    assert not await stack.pods("gateway") & pods
    assert await stack.up(platform=NEXT_VERSION) == []


MORE: JsonValue = {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"cpu": "2", "memory": "2Gi"}}


async def test_the_bundled_database_keeps_its_volume_and_password_whatever_its_settings(stack: Stack) -> None:
    def kept() -> Awaitable[tuple[Manifest, Manifest, Manifest]]:
        return asyncio.gather(
            stack.one("v1", "PersistentVolumeClaim", "data-postgres-0"),
            stack.one("v1", "Secret", "postgres"),
            stack.one("apps/v1", "StatefulSet", "postgres"),
        )

    before, pods = await kept(), await stack.pods("database")

    await stack.up(database=section("dev", "database", image="postgres:17.7", resources=MORE, storage="5Gi"))

    after = await kept()
    assert [uid(each) for each in after] == [uid(each) for each in before]
    claim, secret, workload = after
    assert claim["spec"]["resources"]["requests"] == {"storage": "5Gi"}
    assert claim["spec"]["volumeName"] == before[0]["spec"]["volumeName"]
    assert secret["data"] == before[1]["data"]
    assert workload["spec"]["template"]["spec"]["containers"][0]["image"] == "postgres:17.7"
    assert not await stack.pods("database") & pods


async def test_a_volume_that_should_shrink_is_refused_by_the_api_server_and_says_why(stack: Stack) -> None:
    with pytest.raises(EngineError, match="field can not be less than"):
        await stack.up(database=section("dev", "database", storage="1Gi"))


async def test_the_volume_outlives_its_statefulset_and_is_used_again(stack: Stack) -> None:
    claim = await stack.one("v1", "PersistentVolumeClaim", "data-postgres-0")
    workload = await stack.one("apps/v1", "StatefulSet", "postgres")
    await stack.objects.delete(workload)
    await stack.objects.wait_until_gone(workload)

    await stack.up()

    found = await stack.one("v1", "PersistentVolumeClaim", "data-postgres-0")
    assert uid(found) == uid(claim)
    assert "deletionTimestamp" not in found["metadata"]


async def test_a_lost_state_changes_neither_volume_nor_password_nor_anything_immutable(stack: Stack) -> None:
    large = section("dev", "database", storage="5Gi")
    await stack.up(database=large)
    claim = await stack.one("v1", "PersistentVolumeClaim", "data-postgres-0")
    lost = replace(stack, state=stack.state.with_name("another.json"))

    await lost.up(database=large)

    assert uid(await stack.one("v1", "PersistentVolumeClaim", "data-postgres-0")) == uid(claim)


async def test_every_change_of_settings_is_accepted_and_patches_nothing_immutable(stack: Stack) -> None:
    redis: JsonValue = {"policy": "redis", "kind": "bundled"}
    await stack.up(counters=redis, platform=section("dev", "platform", replicas=2))
    await stack.up(counters={"policy": "redis", "kind": "bundled", "memory": "64Mi", "image": "redis:7.2.8"})
    await stack.up(trust={"authorities": [{"configMap": "data-ca"}]})
    await stack.up(database=section("prod", "database"))
    assert await stack.objects.get(manifest("v1", "PersistentVolumeClaim", stack.namespace, "data-postgres-0"))
    await stack.up()
    await stack.up(mode="dbless")
