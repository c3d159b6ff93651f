"""The provider under the real engine: `pulumi` runs a program with all twelve types against Kong."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from tests.provider.gateway import TestGateway, running_gateway
from tests.provider.stack import CERTIFICATE, PRIVATE_KEY, PUBLIC_KEY

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(shutil.which("pulumi") is None, reason="the Pulumi CLI is not on PATH")

PROJECT = f"""
name: provider-tests
runtime:
  name: python
  options:
    virtualenv: {ROOT}/.venv
plugins:
  providers:
    - name: kong
      path: {ROOT}/provider
"""

PROGRAM = """
import json, os
import pulumi, pulumi_kong as kong

says = json.loads(os.environ["SAYS"])
pems = json.loads(os.environ["PEMS"])
provider = kong.Provider("kong", kong_admin_uri=os.environ["ADMIN_URI"])
tags = ["managed-by:pulumi", "project:provider-tests", "stack:dev"]


def options():
    return {"tags": tags, "opts": pulumi.ResourceOptions(provider=provider)}


certificate = kong.Certificate(
    "certificate", certificate=pems["certificate"], private_key=pems["key"], snis=["a.example"], **options()
)
service = kong.Service(
    "service", name="svc", protocol="https", host="up.example", client_certificate_id=certificate.id, **options()
)
route = kong.Route(
    "route",
    name="rt",
    service_id=service.id,
    protocols=["https"],
    paths=["/a"],
    methods=says.get("methods"),
    **options(),
)
consumers = [
    kong.Consumer(name + says.get("suffix", ""), username=name, **options()) for name in ("pro", "free")
]
scope = {"route_id": route.id} if says.get("moved") else {"service_id": service.id}
consumer = consumers[1 if says.get("moved") else 0]
kong.Plugin("limit", name="rate-limiting", config_json=json.dumps({"minute": says["minute"]}), **scope, **options())
kong.ConsumerAcl("acl", consumer_id=consumer.id, group="pro", **options())
kong.ConsumerBasicAuth("basic", consumer_id=consumer.id, username="bob", password="correct-horse", **options())
kong.ConsumerJwtAuth(
    "jwt", consumer_id=consumer.id, key="pro", algorithm="RS256", rsa_public_key=pems["public"], **options()
)
kong.ConsumerKeyAuth("key", consumer_id=consumer.id, key="sesame-open", **options())
kong.ConsumerOauth2("oauth2", consumer_id=consumer.id, name="app", redirect_uris=["https://a.example/"], **options())
if says.get("imported"):
    kong.Consumer("by-hand", username="by-hand", custom_id="7", opts=pulumi.ResourceOptions(provider=provider))
upstream = kong.Upstream("upstream", name="up.example", healthchecks={"active": {"http_path": "/h"}}, **options())
kong.Target("target", upstream_id=upstream.id, target="10.0.0.1:80", weight=0, **options())
"""

KINDS = 13  # resources of Kong's in the program


@dataclass
class Stack:
    """One stack of the program, in a folder of its own with a local backend."""

    folder: Path
    gateway: TestGateway

    async def pulumi(self, *arguments: str, says: dict[str, Any] | None = None, fails: bool = False) -> str:
        return await self._run(
            [*arguments, "--color", "never", "--non-interactive"], says or {"minute": 5}, fails=fails
        )

    async def _run(self, arguments: list[str], says: dict[str, Any], *, fails: bool) -> str:
        pems = {"certificate": CERTIFICATE, "key": PRIVATE_KEY, "public": PUBLIC_KEY}
        environment = os.environ | {
            "PULUMI_BACKEND_URL": f"file://{self.folder}/state",
            "PULUMI_CONFIG_PASSPHRASE": "x",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_SKIP_CHECKPOINTS": "true",
            "PULUMI_EXPERIMENTAL": "true",
            "ADMIN_URI": self.gateway.url,
            "SAYS": json.dumps(says),
            "PEMS": json.dumps(pems),
        }
        process = await asyncio.create_subprocess_exec(
            "pulumi",
            *arguments,
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            output, _ = await asyncio.wait_for(process.communicate(), 300)
        finally:
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)
                await process.wait()
        assert (process.returncode != 0) == fails, output.decode()
        return output.decode()

    async def up(self, **says: Any) -> str:
        return await self.pulumi("up", "--yes", "--skip-preview", says={"minute": 5} | says)

    async def preview(self, *arguments: str, **says: Any) -> str:
        return await self.pulumi("preview", "--diff", *arguments, says={"minute": 5} | says)

    async def limit(self) -> dict[str, Any]:
        (plugin,) = await self.gateway.all("plugins")
        return plugin


@pytest.fixture
async def stack(tmp_path: Path) -> AsyncGenerator[Stack]:
    (tmp_path / "state").mkdir()
    (tmp_path / "Pulumi.yaml").write_text(PROJECT)
    (tmp_path / "__main__.py").write_text(PROGRAM)
    async with running_gateway() as gateway:
        stack = Stack(tmp_path, gateway)
        await stack.pulumi("stack", "init", "dev")
        yield stack


async def test_a_stack_lives_and_its_previews_tell_the_truth(stack: Stack) -> None:
    assert "+ " in await stack.preview()
    assert not stack.gateway.requests
    await stack.up()
    assert "unchanged" in await stack.up()
    assert "to update" not in await stack.preview()
    assert "to update" not in await stack.preview("--refresh")

    shown = await stack.preview(minute=6)
    assert "~ minute             : 5 => 6" in shown
    assert "~ 1 to update" in shown
    assert shown.count(" => ") == 1
    assert "limit update [diff: ~configJson.minute]" in await stack.pulumi("preview", says={"minute": 6})
    stack.gateway.requests.clear()
    await stack.up(minute=6)
    assert stack.gateway.count("PUT") == 1
    assert (await stack.limit())["config"]["minute"] == 6

    moved = {"minute": 6, "moved": True, "methods": ["GET"]}
    await stack.up(**moved)
    limit = await stack.limit()
    assert (limit["service"], limit["route"] is None) == (None, False)
    assert "to update" not in await stack.preview("--refresh", **moved)

    await stack.up(**{**moved, "methods": []})
    assert (await stack.gateway.all("routes"))[0]["methods"] in (None, [])
    await stack.pulumi("destroy", "--yes", "--skip-preview")
    assert await stack.gateway.everything() == []


async def test_drift_is_seen_and_put_right(stack: Stack) -> None:
    await stack.up()
    identity = (await stack.limit())["id"]
    change = {"enabled": False, "config": {"minute": 99}}
    await stack.gateway.ask("PATCH", f"/plugins/{identity}", change)

    shown = await stack.preview("--refresh")
    assert "~ minute             : 99 => 5" in shown
    assert "~ enabled" in shown
    await stack.pulumi("up", "--yes", "--skip-preview", "--refresh")

    limit = await stack.limit()
    assert (limit["enabled"], limit["config"]["minute"]) == (True, 5)


async def test_a_lost_state_is_rebuilt_and_nothing_is_made_twice(stack: Stack) -> None:
    await stack.up()
    before = sorted(entity["id"] for entity in await stack.gateway.everything())
    shutil.rmtree(stack.folder / "state")
    (stack.folder / "state").mkdir()
    await stack.pulumi("stack", "init", "dev")

    await stack.up()

    assert sorted(entity["id"] for entity in await stack.gateway.everything()) == before
    assert "to update" not in await stack.preview("--refresh")


async def test_an_update_killed_in_the_middle_is_finished_by_the_next(stack: Stack) -> None:
    writes = asyncio.Event()

    async def slow(request: Request) -> None:
        if stack.gateway.count("PUT") >= KINDS // 2:
            writes.set()
            await asyncio.sleep(3600)

    stack.gateway.fault = slow
    updating = asyncio.create_task(stack.up())
    await writes.wait()
    updating.cancel()
    await asyncio.gather(updating, return_exceptions=True)
    stack.gateway.fault = None
    assert 0 < len(await stack.gateway.everything()) < KINDS

    await stack.pulumi("cancel", "--yes")
    await stack.up()

    assert f"{KINDS + 2} unchanged" in await stack.preview("--refresh")
    assert len(await stack.gateway.all("plugins")) == 1


async def test_renamed_resources_keep_their_entities(stack: Stack) -> None:
    await stack.up()
    before = sorted(entity["id"] for entity in await stack.gateway.everything())

    await stack.up(suffix="-tier")

    assert sorted(entity["id"] for entity in await stack.gateway.everything()) == before
    assert len(await stack.gateway.all("key-auths")) == 1
    assert "to update" not in await stack.preview("--refresh", suffix="-tier")


async def test_a_forced_replacement_keeps_the_entity(stack: Stack) -> None:
    await stack.up()
    urn = "urn:pulumi:dev::provider-tests::kong:index/plugin:Plugin::limit"

    await stack.pulumi("up", "--yes", "--skip-preview", "--replace", urn)

    assert (await stack.limit())["config"]["minute"] == 5


async def test_a_wrong_limit_fails_in_the_preview_with_its_path(stack: Stack) -> None:
    shown = await stack.pulumi("preview", says={"minute": -1}, fails=True)

    assert "configJson.minute: value must be greater than 0" in shown
    assert not stack.gateway.requests


async def test_an_import_by_name_changes_nothing_after(stack: Stack) -> None:
    await stack.up()
    await stack.gateway.ask("POST", "/consumers", {"username": "by-hand", "custom_id": "7"})
    exported = json.loads(await stack.pulumi("stack", "export"))
    provider = next(r["urn"] for r in exported["deployment"]["resources"] if r["type"] == "pulumi:providers:kong")

    what = ("kong:index/consumer:Consumer", "by-hand", "by-hand")
    code = await stack.pulumi("import", "--yes", "--protect=false", "--provider", f"kong={provider}", *what)

    assert 'kong.Consumer("by-hand"' in code
    shown = await stack.preview("--refresh", imported=True)
    assert f"{KINDS + 3} unchanged" in shown  # with the stack and the provider


async def test_no_secret_reaches_the_screen_or_the_state(stack: Stack) -> None:
    shown = await stack.preview() + await stack.up() + await stack.pulumi("stack", "export")

    assert all(secret not in shown for secret in ("sesame-open", "correct-horse", PRIVATE_KEY.splitlines()[1]))
