"""The whole program, run once for each stack and operation."""

from functools import cache

import pytest

from tests.program.resources import Resources
from tests.workflows.program.stack import STACKS, document, record


@cache
def _resources(stack: str, preview: bool) -> Resources:
    return Resources(record(document(stack), stack, preview=preview).registrations)


@pytest.fixture(params=STACKS)
def stack(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(params=[False, True], ids=["up", "preview"])
def made(request: pytest.FixtureRequest, stack: str) -> Resources:
    """What a stack registers."""
    return _resources(stack, request.param)


@pytest.fixture
def dev() -> Resources:
    return _resources("dev", False)


@pytest.fixture
def prod() -> Resources:
    return _resources("prod", False)
