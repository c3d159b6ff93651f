"""A stack without APIs, tiers and authentication: nothing is claimed of it."""

import httpx
import pytest

from components.exports import gateway_outputs
from gateway.verification.bench import Check
from gateway.verification.outcome import SkippedError
from gateway.verification.run import plan
from tests.unit.entities.raw_catalogue import OPEN
from tests.unit.entities.states import OWNER, settings
from tests.unit.verification.outputs import bench

PLAIN = gateway_outputs(settings(OPEN), OWNER)
CHECKS = [check for _, check in plan(PLAIN, exhaust=True)]


@pytest.mark.parametrize("check", CHECKS, ids=[check.name for check in CHECKS])
async def test_every_check_is_skipped(check: Check) -> None:
    def unasked(request: httpx.Request) -> httpx.Response:
        raise AssertionError(request)

    with pytest.raises(SkippedError):
        await check.run(bench(unasked, PLAIN))
