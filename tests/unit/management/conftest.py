"""Fixtures of the management API's tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from provider.settings import OVERRIDE
from tests.unit.management.hosts import NOWHERE, Host, Place


@pytest.fixture(autouse=True)
def no_kong(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here finds a gateway unless a test has one."""
    monkeypatch.setenv(OVERRIDE, NOWHERE)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture
async def host(place: Place) -> AsyncIterator[Host]:
    async with place.running() as running:
        yield running
