"""The package in an environment that has nothing else: built once, installed once, for all tests and processes."""

import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.distribution.environment import ROOT, Environment


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as `make wheel` does."""
    folder = tmp_path_factory.mktemp("wheel")
    options = ("--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder))
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, str(ROOT)], check=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """A new environment with the pinned requirements and the wheel."""
    folder = tmp_path_factory.mktemp("installed") / ".venv"
    venv.create(folder, with_pip=True)
    environment = Environment(folder)
    pip = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile")
    pinned = environment.run(*pip, "--require-hashes", "--requirement", str(ROOT / "requirements.txt"))
    if pinned.returncode != 0 and "connection" in pinned.stderr.lower():
        pytest.skip("the package registry is not reachable")
    assert pinned.returncode == 0, pinned.stderr
    own = environment.run(*pip, "--no-deps", str(wheel))
    assert own.returncode == 0, own.stderr
    return environment
