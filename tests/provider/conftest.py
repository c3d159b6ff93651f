from collections.abc import AsyncIterator

import pytest

from tests.provider.engine import Engine, running_engine
from tests.provider.gateway import TestGateway, running_gateway


@pytest.fixture
async def kong() -> AsyncIterator[TestGateway]:
    async with running_gateway() as gateway:
        yield gateway


@pytest.fixture
async def engine(kong: TestGateway) -> AsyncIterator[Engine]:
    async with running_engine(kong.url) as running:
        yield running


@pytest.fixture
async def offline() -> AsyncIterator[Engine]:
    """A provider that nobody told an address: whatever passes with it makes no request."""
    async with running_engine(None) as running:
        yield running
