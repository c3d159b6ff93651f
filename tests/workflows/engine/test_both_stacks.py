"""Both stacks under the real Pulumi CLI: the gateway's, this one on its outputs, and down again."""

import json
import os
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.cluster.objects import Objects
from sandbox.rehearsal.cli import PASSPHRASE, PulumiStack
from tests.cluster.manifests import manifest
from tests.e2e.engine.live import namespace
from tests.e2e.engine.project import PATIENCE, Project
from tests.standin import RunningStandin
from tests.workflows.program.stack import document
from workflows.settings.reading import FOLDER
from workflows.settings.stack import PROJECT

pytestmark = [pytest.mark.xdist_group("engine-workflows"), pytest.mark.timeout(900)]


@dataclass(frozen=True)
class Program:
    """The project, with a stack file outside of the repository."""

    file: Path
    beside: PulumiStack
    namespace: str

    def run(self, *arguments: str, folder: Path = FOLDER) -> tuple[int, str]:
        """Exit code and output of a command of the CLI."""
        environment = {
            **os.environ,
            "PULUMI_BACKEND_URL": self.beside.backend.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "KUBECONFIG": str(self.beside.kubeconfig),
        }
        command = [PulumiStack.cli() or "pulumi", *arguments, "--non-interactive", "--color", "never"]
        ran = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        return ran.returncode, ran.stdout + ran.stderr

    def done(self, command: str, *arguments: str) -> str:
        """The output of an operation on the stack that succeeds."""
        code, said = self.run(command, "--stack", "dev", "--config-file", str(self.file), *arguments)
        assert code == 0, said
        return said

    def preview(self, *arguments: str) -> dict[str, int]:
        """How many resources `pulumi preview` would create, update and so on."""
        said = self.done("preview", "--json", *arguments)
        return json.loads(said[said.index("{") :])["changeSummary"]


@pytest.fixture(scope="module")
def program(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The stack dev, made and not yet deployed, in a namespace of the test's own."""
    folder = tmp_path_factory.mktemp("workflows")
    own = f"workflows-{uuid.uuid4().hex[:8]}"
    says = document("dev", namespace=own, gateway="organization/omnify-gateway/dev")
    says |= {"ui": {"login": _login()}}
    file = folder / "Pulumi.dev.yaml"
    file.write_text(yaml.safe_dump({"config": {f"{PROJECT}:{key}": value for key, value in says.items()}}))
    (folder / "Pulumi.yaml").write_text(f"name: {PROJECT}\nruntime: python\n")
    program = Program(file, project.stack, own)
    code, said = program.run("stack", "init", "dev", "--no-select", folder=folder)
    assert code == 0, said
    yield program
    program.run("destroy", "--stack", "dev", "--config-file", str(file), "--yes", "--skip-preview")


def _login() -> dict[str, Any]:
    return {
        "clientSecret": {"name": "login", "key": "client-secret"},
        "cookieSecret": {"name": "login", "key": "cookie-secret"},
    }


def theirs(kong: RunningStandin) -> list[dict[str, Any]]:
    """What Kong holds of the stack's."""
    kinds = {"services", "routes", "plugins", "consumers", "acls", "jwt_secrets"}
    every = (document for kind in kinds for document in kong.store.all(kind))
    return [dict(each) for each in every if f"project:{PROJECT}" in (each["tags"] or ())]


def test_a_preview_knows_everything_and_writes_nothing(
    program: Program, project: Project, kong: RunningStandin
) -> None:
    project.up()
    before = kong.store.version

    planned = program.preview()

    assert planned.keys() == {"create"}
    assert planned["create"] > 50
    assert kong.store.version == before


async def test_it_comes_up_on_the_gateways_outputs(program: Program, kong: RunningStandin, objects: Objects) -> None:
    program.done("up", "--yes", "--skip-preview")

    assert {each["name"] for each in kong.store.all("services")} >= {"workflows-api", "temporal-ui"}
    for name in ("temporal", "workers-dev", "workflows-api", "temporal-ui"):
        await objects.wait_until_ready(manifest("apps/v1", "Deployment", program.namespace, name))


def test_both_stacks_preview_clean(program: Program, project: Project) -> None:
    assert program.preview("--refresh").keys() == {"same"}
    assert project.preview("--refresh").keys() == {"same"}


async def test_it_goes_down_and_nothing_of_it_stays_on_the_gateway(
    program: Program, project: Project, kong: RunningStandin, objects: Objects
) -> None:
    program.done("destroy", "--yes", "--skip-preview")

    assert theirs(kong) == []
    assert await objects.get(namespace(program.namespace)) is None
    assert project.preview("--refresh").keys() == {"same"}
