"""The package in a clean environment: what other programs have of it, with nothing of this repository on their path."""

import json
import shutil
from pathlib import Path

import pytest

from config.version import VERSION
from tests.consumer.gateways import outputs
from tests.distribution.environment import ROOT, Environment
from tests.distribution.programs import program_of_the_package
from tests.program.stacks import stack_document

# Once in a run of all tests: what takes longest is installing.
pytestmark = [pytest.mark.xdist_group("distribution"), pytest.mark.timeout(900)]

EVERY_MODULE = """
import importlib, pkgutil, sys, omnify_gateway
for module in pkgutil.walk_packages(omnify_gateway.__path__, "omnify_gateway."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
anybodys = {"components", "config", "entities", "gateway", "monitoring", "policies", "provider"} & set(sys.modules)
print(omnify_gateway.__version__, sorted(anybodys))
"""

MOCKS = """
import json, runpy, sys
from pathlib import Path
import pulumi
from pulumi.runtime import mocks
from pulumi.runtime.config import set_all_config
from pulumi.runtime.stack import wait_for_rpcs
import asyncio

config, outputs = json.loads(Path("config.json").read_text()), json.loads(Path("outputs.json").read_text())

class Everything(mocks.Mocks):
    def new_resource(self, args):
        registered.append((args.typ, args.name, args.inputs))
        if args.typ == "pulumi:pulumi:StackReference":
            return args.name, {"name": args.name, "outputs": outputs, "secretOutputNames": []}
        return args.name, args.inputs

    def call(self, args):
        raise LookupError(args.token)

registered = []

async def main():
    mocks.set_mocks(Everything(), project=sys.argv[1], stack="dev", preview=True)
    set_all_config(config)
    runpy.run_path("__main__.py", run_name="__main__")
    await wait_for_rpcs()

sys.path.insert(0, str(Path.cwd()))
asyncio.run(main())
print(json.dumps([[type_, name] for type_, name, _ in registered]))
"""
"""Runs a program as the engine would, in its own folder."""


def registered(environment: Environment, folder: Path, project: str) -> set[tuple[str, str]]:
    """Types and names of what the program in a folder registers."""
    script = folder.parent / "under_mocks.py"
    script.write_text(MOCKS)
    ran = environment.run(str(script), project, cwd=folder)
    assert ran.returncode == 0, ran.stderr
    return {(type_, name) for type_, name in json.loads(ran.stdout.splitlines()[-1])}


def test_what_it_needs_is_pinned(installed: Environment) -> None:
    checked = installed.run("-m", "pip", "check")

    assert checked.returncode == 0, checked.stdout


def test_every_module_can_be_imported_below_the_one_name(installed: Environment) -> None:
    ran = installed.run("-c", EVERY_MODULE)

    assert (ran.stdout.strip(), ran.returncode) == (f"{VERSION} []", 0), ran.stderr


def test_its_commands_say_their_version(installed: Environment) -> None:
    by_module = installed.run("-m", "omnify_gateway", "--version")
    by_name = installed.run(str(installed.folder / "bin" / "omnify-gateway"), "--version")

    assert by_module.stdout == by_name.stdout == f"omnify-gateway {VERSION}\n", by_module.stderr


def test_its_commands_work_in_the_folder_of_a_pulumi_yaml(installed: Environment, tmp_path: Path) -> None:
    for file in ("Pulumi.yaml", "Pulumi.dev.yaml"):
        shutil.copy(ROOT / file, tmp_path)
    shutil.copytree(ROOT / "keys", tmp_path / "keys")
    (tmp_path / "__main__.py").write_text(program_of_the_package())

    valid = installed.run("-m", "omnify_gateway", "validate", "--stack", "dev", cwd=tmp_path)
    missing = installed.run("-m", "omnify_gateway", "validate", "--stack", "prod", cwd=tmp_path)

    assert valid.stdout.startswith("✓ stack dev is valid"), valid.stderr
    assert missing.stderr == "✗ there is no stack 'prod' (Pulumi.prod.yaml); the stacks here are: dev\n"


def test_the_example_runs_with_it(installed: Environment, tmp_path: Path) -> None:
    folder = tmp_path / "consumer"
    shutil.copytree(ROOT / "examples" / "consumer", folder)
    config = {"reports:gateway": "organization/omnify-gateway/dev", "reports:image": "python:3.13-alpine"}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "outputs.json").write_text(json.dumps({"gateway": outputs().document()}))

    found = registered(installed, folder, "reports")

    assert ("kong:index/plugin:Plugin", "service/reports/consumer/free/rate-limiting") in found
    assert ("kubernetes:apps/v1:Deployment", "reports-deployment") in found


def test_another_program_deploys_a_gateway_with_it_whatever_its_own_modules_are_called(
    installed: Environment, tmp_path: Path
) -> None:
    folder = tmp_path / "gateway"
    folder.mkdir()
    shutil.copytree(ROOT / "keys", folder / "keys")
    (folder / "__main__.py").write_text(program_of_the_package())
    for name in ("config", "components", "provider"):
        (folder / f"{name}.py").write_text(
            "raise ImportError('this is the program's own')".replace("program's", "program")
        )
    document = stack_document("dev", mode="dbless")
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in document.items()}
    (folder / "config.json").write_text(json.dumps({f"edge:{key}": value for key, value in texts.items()}))
    (folder / "outputs.json").write_text("{}")

    found = registered(installed, folder, "edge")

    assert {type_ for type_, _ in found} >= {"kubernetes:apps/v1:Deployment", "kubernetes:core/v1:Service"}
