"""A stack with seamless rotation as people run it: verified, compared, looked over, with a database and without one."""

from collections.abc import AsyncIterator
from typing import Any, cast

import httpx
import pytest

from config.files import NAMESPACE
from config.stack import StackSettings
from entities.declarative import declarative_document
from entities.desired import desired_state
from entities.drift import drift
from entities.lint import lint
from entities.snapshot import Snapshot
from entities.state import DesiredState, Owner
from gateway.verification import Status
from sandbox.kong.proxy.counters import Counters
from tests.e2e.deployment import Deployment, deployed, dev_settings
from tests.unit.guard.tokens import public_key


@pytest.fixture(autouse=True)
def a_minute_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that how much of a limit is left does not depend on when a test runs."""

    def beginning(counters: Counters, period: str) -> int:
        return 0

    monkeypatch.setattr(Counters, "window_start", beginning)


def settings(**changed: Any) -> StackSettings:
    auth = {
        "kind": "jwt",
        "issuer": "http://keycloak.omnify.local/realms/omnify",
        "audience": "omnify-api",
        "signingKey": public_key(),
        "rotation": "seamless",
    }
    return dev_settings(auth=auth, **changed)


def state(of: StackSettings) -> DesiredState:
    return desired_state(of, Owner(NAMESPACE, "dev"))


@pytest.fixture
async def dev() -> AsyncIterator[Deployment]:
    async with deployed(settings()) as deployment:
        yield deployment


async def test_it_passes_every_check(dev: Deployment) -> None:
    outcomes = await dev.verified()
    failed = {name: outcome.detail for name, outcome in outcomes.items() if outcome.status is Status.FAILED}
    passed = {name for name, outcome in outcomes.items() if outcome.status is Status.PASSED}
    assert failed == {}
    assert {"forged-token", "unsigned-token", "expired-token", "forged-subject", "limit-reached"} <= passed


@pytest.mark.parametrize("missing", ["pre-function", "jwt", "key-auth", "post-function"])
async def test_without_a_part_of_the_unit_nobody_passes(dev: Deployment, missing: str) -> None:
    await dev.remove(missing)
    outcomes = await dev.verified()
    failed = {name for name, outcome in outcomes.items() if outcome.status is Status.FAILED}
    assert {"routes-of-free", "routes-of-pro", "routes-of-enterprise"} <= failed
    async with httpx.AsyncClient(base_url=dev.target.url, headers={"Host": dev.target.host}) as client:
        for tier in ("free", "pro"):
            token = {"Authorization": f"Bearer {dev.tokens.user(tier)}"}
            assert (await client.get("/api/x", headers=token)).status_code in {401, 403, 503}


async def test_what_kong_made_up_is_no_drift(dev: Deployment) -> None:
    live: dict[str, tuple[dict[str, Any], ...]] = {}
    for entity in state(settings()):
        path = {"keyauth_credentials": "key-auths", "jwt_secrets": "jwts"}.get(entity.kind, entity.kind)
        live[entity.kind] = tuple((await dev.admin.get(f"/{path}", params={"size": 1000})).json()["data"])
    assert all(credential["key"] for credential in live["keyauth_credentials"])
    found = drift(state(settings()), Snapshot(live))
    assert (found.missing, found.changed, found.undeclared) == ((), (), ())


def test_it_is_without_a_finding_of_lint() -> None:
    of = settings()
    assert lint(of, state(of)).open == ()


async def test_without_a_database_it_passes_every_check() -> None:
    async with deployed(settings(mode="dbless", database=None)) as dev:
        assert await dev.failures() == {}


def test_the_file_of_a_kong_without_a_database_has_no_key() -> None:
    document = cast("dict[str, Any]", declarative_document(state(settings())))
    credentials = [one for consumer in document["consumers"] for one in consumer.get("keyauth_credentials", [])]
    assert [set(credential) for credential in credentials] == [{"id", "tags"}] * 3
