"""What the Dockerfile puts into the image is what the pods' commands need, and their environment is what they read."""

import json
import re
import shutil
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from omnify_workflows.settings import RouterSettings, WorkerSettings
from pydantic_settings import BaseSettings

from tests.program.resources import Resources
from tests.workflows.program.stack import pods

ROOT = Path(__file__).parents[3]
WORKFLOWS = ROOT / "workflows"
DOCKERFILE = (WORKFLOWS / "Dockerfile").read_text("utf-8")
_IMPORTS = """
import importlib, json, sys
modules, hidden = json.loads(sys.argv[1])
sys.modules.update(dict.fromkeys(hidden))
for name in modules:
    importlib.import_module(name)
"""
"""Imports modules where what the image does not have cannot be imported."""


def commands(made: Resources) -> set[str]:
    """The modules that pods of the image run."""
    found = (each["command"] for pod in pods(made).values() for each in pod["containers"] if "command" in each)
    return {command[2] for command in found if command[:2] == ["python", "-m"]}


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder /srv of the image."""
    folder = tmp_path_factory.mktemp("srv")
    for source, target in re.findall(r"^COPY (\S+) /srv/(\S+)$", DOCKERFILE, re.MULTILINE):
        shutil.copytree(ROOT / source, folder / target, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_every_command_finds_what_it_imports_in_the_image(dev: Resources, image: Path) -> None:
    modules = commands(dev)
    assert modules == {"omnify_temporal", "omnify_workflows.worker", "omnify_workflows.router"}

    given = json.dumps([[f"{module}.__main__" for module in sorted(modules)], sorted(_not_installed())])

    ran = subprocess.run(
        [sys.executable, "-B", "-c", _IMPORTS, given],
        cwd=image,
        env={"PATH": "", "PYTHONPATH": str(image)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr


def _not_installed() -> set[str]:
    """The packages of this environment that the image does not install."""
    files = re.findall(r"^COPY (\S+/requirements\.txt) ", DOCKERFILE, re.MULTILINE)
    assert files
    pinned = {
        name
        for file in files
        for name in re.findall(r"^([a-z0-9.-]+)==", (ROOT / file).read_text("utf-8"), re.MULTILINE)
    }
    return {
        package
        for package, distributions in packages_distributions().items()
        if not any(each.lower().replace("_", "-").replace(".", "-") in pinned for each in distributions)
        and not package.startswith("_")
    }


@pytest.mark.parametrize(
    ("name", "settings"), [("Deployment/workers-dev", WorkerSettings), ("Deployment/workflows-api", RouterSettings)]
)
def test_the_environment_is_what_the_process_reads(
    name: str, settings: type[BaseSettings], dev: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    (container,) = pods(dev)[name]["containers"]
    said = {each["name"]: each["value"] for each in container["env"] if "value" in each}
    for key, value in said.items():
        monkeypatch.setenv(key, value)

    read = settings()

    fields = {f"WORKFLOWS_{field}".upper() for field in settings.model_fields}
    assert said.keys() <= fields
    assert (getattr(read, "host"), getattr(read, "namespace")) == ("0.0.0.0", "omnify")  # noqa: B009 (of either)


def test_it_runs_as_the_user_that_pods_run_as(dev: Resources) -> None:
    (user,) = re.findall(r"^USER (\d+):\d+$", DOCKERFILE, re.MULTILINE)

    assert pods(dev)["Deployment/workers-dev"]["securityContext"]["runAsUser"] == int(user)
