"""The example under the real Pulumi CLI, beside the gateway's own stack, from its first preview to its end."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from components.outputs import GatewayOutputs
from distribution.hatch_build import contents
from gateway.recording import PROJECT
from gateway.verification import SigningKey
from sandbox.cluster.objects import Objects
from sandbox.rehearsal.cli import PASSPHRASE, PulumiStack
from tests.cluster.manifests import manifest
from tests.e2e.engine.live import entities, namespace
from tests.e2e.engine.project import PATIENCE, Project
from tests.standin import RunningStandin
from tests.unit.guard.tokens import private_key

pytestmark = [pytest.mark.xdist_group("engine-consumer"), pytest.mark.timeout(900)]


@dataclass(frozen=True)
class Program:
    """The example in a folder of its own, with the package as the wheel has it."""

    folder: Path
    beside: PulumiStack

    def run(self, *arguments: str) -> tuple[int, str]:
        """Exit code and output of a command of the CLI."""
        environment = {
            **os.environ,
            "PULUMI_BACKEND_URL": self.beside.backend.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "KUBECONFIG": str(self.beside.kubeconfig),
            "PYTHONPATH": str(self.folder),
        }
        command = [PulumiStack.cli() or "pulumi", *arguments, "--non-interactive", "--color", "never"]
        ran = subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        return ran.returncode, ran.stdout + ran.stderr

    def done(self, *arguments: str) -> str:
        """The output of a command that succeeds."""
        code, said = self.run(*arguments)
        assert code == 0, said
        return said

    def preview(self, *arguments: str) -> dict[str, int]:
        """How many resources `pulumi preview` would create, update and so on."""
        said = self.done("preview", "--stack", "dev", "--json", *arguments)
        return json.loads(said[said.index("{") :])["changeSummary"]


@pytest.fixture(scope="module")
def program(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The example, whose stack is made and not yet deployed."""
    folder = tmp_path_factory.mktemp("consumer") / "reports"
    shutil.copytree(PROJECT / "examples" / "consumer", folder, ignore=shutil.ignore_patterns(".venv", "__pycache__"))
    for name, content in contents(PROJECT):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    (folder / ".venv").symlink_to(PROJECT / ".venv")
    program = Program(folder, project.stack)
    program.done("stack", "init", "dev", "--no-select")
    yield program
    program.run("destroy", "--stack", "dev", "--yes", "--skip-preview")


def theirs(kong: RunningStandin) -> list[dict[str, Any]]:
    """What Kong holds of the example's."""
    kinds = {"services", "routes", "plugins", "consumers", "acls", "jwt_secrets"}
    every = (document for kind in kinds for document in kong.store.all(kind))
    return [dict(each) for each in every if "project:reports" in (each["tags"] or ())]


def test_a_gateway_that_was_never_applied_is_told(program: Program) -> None:
    code, said = program.run("preview", "--stack", "dev")

    assert code != 0
    assert "stack 'organization/omnify-gateway/dev' exports no 'gateway' with a contract" in said
    assert "Traceback" not in said


def test_a_preview_knows_everything_and_writes_nothing(
    program: Program, project: Project, kong: RunningStandin
) -> None:
    project.up()
    before = kong.store.version

    planned = program.preview()

    assert planned.keys() == {"create"}
    assert planned["create"] > 20
    assert kong.store.version == before


async def test_its_service_and_its_routes_are_made_as_its_own(
    program: Program, kong: RunningStandin, objects: Objects
) -> None:
    before = entities(kong.store)

    program.done("up", "--stack", "dev", "--yes", "--skip-preview")

    made = {each["id"] for each in theirs(kong)}
    assert made == entities(kong.store).keys() - before.keys()
    assert all({"managed-by:pulumi", "project:reports", "stack:dev"} == set(each["tags"]) for each in theirs(kong))
    await objects.wait_until_ready(manifest("apps/v1", "Deployment", "reports", "reports"))


def test_its_routes_ask_for_a_token_and_have_its_limit(project: Project, kong: RunningStandin) -> None:
    outputs = GatewayOutputs.read(project.stack.outputs()["gateway"], "the stack")
    token = SigningKey(private_key(), outputs.auth).user("free")
    url, host = f"{kong.proxy_url}/api/reports/1", {"Host": "kong.omnify.local"}

    refused = httpx.get(url, headers=host)
    passed = httpx.get(url, headers=host | {"Authorization": f"Bearer {token}"})

    assert refused.status_code == 401
    assert passed.status_code >= 500, "no backend answers here"
    assert passed.headers["X-RateLimit-Limit-Minute"] == "5"


def test_both_stacks_preview_clean(program: Program, project: Project) -> None:
    assert program.preview("--refresh").keys() == {"same"}
    assert project.preview("--refresh").keys() == {"same"}


async def test_all_of_it_goes_and_nothing_of_the_gateway(
    program: Program, project: Project, kong: RunningStandin, objects: Objects
) -> None:
    program.done("destroy", "--stack", "dev", "--yes", "--skip-preview")

    assert theirs(kong) == []
    assert await objects.get(namespace("reports")) is None
    assert project.preview("--refresh").keys() == {"same"}
