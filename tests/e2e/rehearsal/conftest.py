"""Whole rehearsals. They share one that stands, and get another where they begin with nothing."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.cluster.build import GoMissingError, build, find_go
from tests.e2e.rehearsal.driver import Rehearsals, Run


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PATH with Go and nothing else; the control plane is built."""
    try:
        build()
    except GoMissingError as missing:
        pytest.skip(str(missing))
    folder = tmp_path_factory.mktemp("tools")
    (folder / "go").symlink_to(Path(find_go()).resolve())
    return folder


@pytest.fixture(scope="session")
def begun(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Rehearsals, Run]]:
    """The directory that tests share, with the run that began it from nothing."""
    rehearsals = Rehearsals(tmp_path_factory.mktemp("rehearsal"), tools)
    try:
        yield rehearsals, rehearsals.up()
    finally:
        rehearsals.stop()


@pytest.fixture
def rehearsals(begun: tuple[Rehearsals, Run]) -> Iterator[Rehearsals]:
    """The shared directory, in whatever state the test before has left it."""
    rehearsals, first = begun
    assert first.code == 0, first.text
    yield rehearsals
    rehearsals.environment = {}


@pytest.fixture
def dev(rehearsals: Rehearsals) -> Rehearsals:
    """The shared directory, in which the stack dev is up and as its files say."""
    if rehearsals.standing != ("dev", "{}", "{}"):
        brought = rehearsals.up()
        assert brought.code == 0, brought.text
    return rehearsals


@pytest.fixture
def nothing(tools: Path, tmp_path: Path) -> Iterator[Rehearsals]:
    """A directory of the test's own, in which nothing is yet."""
    rehearsals = Rehearsals(tmp_path / "rehearsal", tools)
    yield rehearsals
    rehearsals.stop()
    shutil.rmtree(rehearsals.directory, ignore_errors=True)
