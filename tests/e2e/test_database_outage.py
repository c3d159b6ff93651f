"""A database that goes away: the gateway goes on, and Kubernetes leaves its pods alone."""

from typing import Any

import httpx
import pytest

from gateway.recording import record
from tests.e2e.deployment import Deployment, deployed, dev_settings
from tests.program.platform.objects import DEPLOYMENT
from tests.program.stacks import stack_document
from tests.unit.guard.tokens import signed


async def _answers(deployment: Deployment, path: str, **headers: str) -> int:
    async with httpx.AsyncClient(trust_env=False) as client:
        return (
            await client.get(f"{deployment.target.url}{path}", headers={"Host": deployment.target.host, **headers})
        ).status_code


async def _passes(deployment: Deployment, probe: dict[str, Any]) -> bool:
    """What a kubelet makes of the node's answer."""
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"{deployment.target.metrics_url}{probe['httpGet']['path']}")
    return 200 <= answer.status_code < 400


@pytest.fixture
def probes() -> dict[str, dict[str, Any]]:
    """The probes of the stack's own pods."""
    made = record(stack_document("dev"), "dev", preview=True).registrations
    (kong,) = [each.properties.values for each in made if each.type == DEPLOYMENT]
    (container,) = kong["spec"]["template"]["spec"]["containers"]
    return {name: container[f"{name}Probe"] for name in ("startup", "readiness", "liveness")}


async def test_without_its_database_a_gateway_answers_and_its_pods_stay_ready(
    probes: dict[str, dict[str, Any]],
) -> None:
    async with deployed(dev_settings()) as deployment:
        assert {name: await _passes(deployment, probe) for name, probe in probes.items()} == dict.fromkeys(probes, True)

        deployment.gateway.database_reachable = False

        token = signed(iss="http://keycloak.omnify.local/realms/omnify", sub="a11ce000-0000-4000-8000-000000000001")
        assert await _answers(deployment, "/health") == 200
        assert await _answers(deployment, "/api/orders", Authorization=f"Bearer {token}") == 200
        assert await _answers(deployment, "/api/orders") == 401
        assert {name: await _passes(deployment, probe) for name, probe in probes.items()} == {
            "startup": False,  # a pod that starts now has no configuration
            "readiness": True,
            "liveness": True,
        }


async def test_the_metrics_say_that_the_database_is_away() -> None:
    async with deployed(dev_settings()) as deployment:
        for reachable in (True, False, True):
            deployment.gateway.database_reachable = reachable
            async with httpx.AsyncClient(trust_env=False) as client:
                lines = (await client.get(f"{deployment.target.metrics_url}/metrics")).text.splitlines()
            assert f"kong_datastore_reachable {int(reachable)}" in lines
