"""The image of the management API: no engine for containers is asked, but what it takes is enough to run."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from components.platform.management_pod import PROJECT_FOLDER, USER
from entities.management import PORT
from gateway.recording import PROJECT

DOCKERFILE = (PROJECT / "management" / "Dockerfile").read_text()
LINES = DOCKERFILE.replace("\\\n", " ").splitlines()
FINAL = LINES[max(at for at, line in enumerate(LINES) if line.startswith("FROM ")) :]


def _pinned(package: str) -> str:
    found = re.search(rf"^{package}==(\S+)", (PROJECT / "requirements.txt").read_text(), re.MULTILINE)
    assert found
    return found[1]


def test_the_cli_and_the_provider_are_of_the_sdks_versions() -> None:
    assert f"ARG PULUMI={_pinned('pulumi')}\n" in DOCKERFILE
    assert f"ARG PULUMI_KUBERNETES={_pinned('pulumi-kubernetes')}\n" in DOCKERFILE


def test_it_is_what_the_pod_takes_it_for() -> None:
    assert f"WORKDIR {PROJECT_FOLDER}" in FINAL
    assert f"USER {USER}:{USER}" in FINAL
    assert f"EXPOSE {PORT}" in FINAL
    assert 'ENTRYPOINT ["python", "-m", "management"]' in FINAL


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the last stage copies from the project, in a folder of its own."""
    folder = tmp_path_factory.mktemp("image")
    for line in FINAL:
        if line.startswith("COPY ") and not line.startswith("COPY --from"):
            *sources, target = line.split()[1:]
            for each in (found for source in sources for found in sorted(PROJECT.glob(source))):
                if each.is_dir():
                    shutil.copytree(each, folder / target, ignore=shutil.ignore_patterns("__pycache__"))
                else:
                    shutil.copy(each, folder / target)
    return folder


@pytest.mark.parametrize(
    "code",
    [
        "from management.application import application; application()",
        "from management.engine.automation import automation_engine",
        "from gateway.recording import record; from gateway.stacks import stack_document; "
        "assert record(dict(stack_document('dev')), 'dev', preview=True).registrations",
        "from provider.servicer import *",
    ],
    ids=["the application", "its engine", "the program", "the provider"],
)
def test_what_it_takes_is_enough_for(code: str, image: Path) -> None:
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, check=False, cwd=image, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_nothing_that_is_not_taken_reaches_the_builder() -> None:
    allowed = (PROJECT / "management" / "Dockerfile.dockerignore").read_text().splitlines()
    assert allowed[1] == "*"
    wanted = {
        source for line in LINES if line.startswith("COPY ") and "--from" not in line for source in line.split()[1:-1]
    }
    missing = {source for source in wanted if f"!{source}" not in allowed and f"!{source.split('/')[0]}" not in allowed}
    assert missing == set()
