"""`verify` against the dev stack on the stand-in: all passes, and what is broken is what fails."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from gateway.commands import app
from gateway.verification import GatewayUnreachableError, GivenTokens, Status, verify
from gateway.verification.bench import Check
from sandbox.kong.proxy.counters import Counters
from tests.e2e.deployment import Deployment, deployed, dev_settings
from tests.unit.guard.tokens import private_key

LIMITS = {"limits-of-free", "limits-of-pro", "limits-of-enterprise", "limit-reached"}
TIERS = {"routes-of-free", "routes-of-pro", "routes-of-enterprise"}
CLAIMS = {"foreign-issuer-token", "wrong-audience-token", "id-token", "no-tier-token", "unknown-tier-token"}
SIGNATURES = {"forged-token", "expired-token"}
REALMS_KEY = SIGNATURES - {"forged-token"} | CLAIMS
"""What only the realm's key can sign."""


@pytest.fixture(autouse=True)
def a_minute_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that how much of a limit is left does not depend on when a test runs."""

    def beginning(counters: Counters, period: str) -> int:
        return 0

    monkeypatch.setattr(Counters, "window_start", beginning)


@pytest.fixture
async def dev() -> AsyncIterator[Deployment]:
    async with deployed(dev_settings()) as deployment:
        yield deployment


async def test_a_stack_as_it_was_described_passes_every_check(dev: Deployment) -> None:
    outcomes = await dev.verified()
    skipped = {name: outcome.detail for name, outcome in outcomes.items() if outcome.status is Status.SKIPPED}
    assert {outcome.status for outcome in outcomes.values()} == {Status.PASSED, Status.SKIPPED}
    plain = dict.fromkeys(("redirect", "hsts"), "the gateway answers plain HTTP")
    assert skipped == {"limit-everywhere": "free may use one route only", **plain}
    assert outcomes["limit-reached"].detail.startswith("40 passed in ")


Break = Callable[[Deployment], Awaitable[None]]


def without(*plugins: str) -> Break:
    async def take_away(dev: Deployment) -> None:
        for name in plugins:
            await dev.remove(name)

    return take_away


def with_config(plugin: str, **config: Any) -> Break:
    return lambda dev: dev.configure(plugin, **config)


async def a_backend_that_is_missing(dev: Deployment) -> None:
    dev.backend.status = 503


async def a_route_with_more_methods(dev: Deployment) -> None:
    methods = ["GET", "HEAD", "OPTIONS", "DELETE"]
    (await dev.admin.patch("/routes/omnify-health", json={"methods": methods})).raise_for_status()


async def a_route_without_its_guard_and_no_gate(dev: Deployment) -> None:
    await a_route_without_its_guard(dev)
    for plugin in await dev.plugins("pre-function"):
        if plugin["route"] is None:
            (await dev.admin.delete(f"/plugins/{plugin['id']}")).raise_for_status()


async def a_route_without_its_guard(dev: Deployment) -> None:
    route = (await dev.admin.get("/routes/omnify-eyes")).json()["id"]
    for plugin in await dev.plugins("pre-function"):
        if plugin["route"] == {"id": route}:
            (await dev.admin.delete(f"/plugins/{plugin['id']}")).raise_for_status()


BREAKS: dict[str, tuple[Break, set[str]]] = {
    "no jwt: acl refuses everybody": (without("jwt"), TIERS | LIMITS),
    "no jwt and no acl: nobody checks signatures": (without("jwt", "acl"), SIGNATURES | LIMITS | {"routes-of-free"}),
    "no authentication": (
        without("jwt", "acl", "pre-function"),
        {"no-token", "bare-options", "undeclared-methods", "garbage-token", "unsigned-token", "routes-of-free"}
        | SIGNATURES
        | CLAIMS
        | LIMITS,
    ),
    "no guard: claims are not checked, and the client says who it is": (
        without("pre-function"),
        CLAIMS | {"limit-reached", "other-user", "forged-subject"},
    ),
    "no guard on one route, nor a gate": (a_route_without_its_guard_and_no_gate, CLAIMS),
    "no acl": (without("acl"), {"routes-of-free"}),
    "no rate-limiting": (without("rate-limiting"), LIMITS),
    "other limits": (with_config("rate-limiting", minute=30), LIMITS),
    "one limit for all users": (
        with_config("rate-limiting", limit_by="consumer", header_name=None),
        {"limit-reached", "other-user"},
    ),
    "no cors": (without("cors"), {"preflight"}),
    "cors for everybody": (with_config("cors", origins=["*"]), {"foreign-origin"}),
    "cors for another origin": (with_config("cors", origins=["https://other.example"]), {"preflight"}),
    "no body limit": (without("request-size-limiting"), {"body-above-10-mb"}),
    "a smaller body limit": (with_config("request-size-limiting", allowed_payload_size=9), {"body-of-10-mb"}),
    "no correlation id": (without("correlation-id"), {"correlation-id"}),
    "no metrics": (without("prometheus"), {"metrics"}),
    "a method too many": (a_route_with_more_methods, {"undeclared-methods"}),
    "no backend": (
        a_backend_that_is_missing,
        TIERS | LIMITS | {"public-routes", "body-of-10-mb", "correlation-id"},
    ),
}


@pytest.mark.parametrize("broken", BREAKS)
async def test_what_is_broken_is_what_fails(dev: Deployment, broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.verification.observability._ATTEMPTS", 2)
    breaks, failing = BREAKS[broken]
    await breaks(dev)
    assert set(await dev.failures()) == failing


async def test_a_missing_backend_is_called_that(dev: Deployment) -> None:
    await a_backend_that_is_missing(dev)
    failures = await dev.failures()
    assert failures["public-routes"] == (
        "GET /api/auth/, GET /health, GET /api/info: "
        "503, the backend did not answer; is it deployed, ready and at its URL?"
    )


async def test_only_the_route_that_is_broken_is_named(dev: Deployment) -> None:
    await a_route_without_its_guard_and_no_gate(dev)
    failures = await dev.failures()
    assert failures["id-token"] == "GET /api/eyes/: the backend answered 200 instead of Kong 401"


async def test_a_route_that_lost_its_guard_is_said_to_have_none(dev: Deployment) -> None:
    await a_route_without_its_guard(dev)
    failures = await dev.failures()
    assert failures["id-token"] == (
        "GET /api/eyes/: Kong answered 503 (This route has no guard yet) instead of Kong 401"
    )


SHARED = [{"name": "free", "fairness": "tier"}, {"name": "pro", "times": 5}, {"name": "enterprise", "times": 20}]


async def test_a_limit_that_a_tier_shares_is_reached_only_when_asked_for() -> None:
    async with deployed(dev_settings(tiers=SHARED)) as dev:
        careful, thorough = await dev.verified(), await dev.verified(exhaust=True)
    reason = "all users of free share its limit and would be refused for a minute; --exhaust does it"
    assert careful["limit-reached"].detail == careful["other-user"].detail == reason
    assert thorough["other-user"].detail == "429, for they share one limit"
    assert {outcome.status for outcome in thorough.values()} == {Status.PASSED, Status.SKIPPED}


async def test_users_of_a_shared_tier_with_budgets_of_their_own_are_found() -> None:
    async with deployed(dev_settings(tiers=SHARED)) as dev:
        await dev.configure("rate-limiting", limit_by="header", header_name="TokenSubject")
        outcomes = await dev.verified(exhaust=True)
    failing = {name for name, outcome in outcomes.items() if outcome.status is Status.FAILED}
    assert failing == {"other-user"}


async def test_a_limit_holds_on_all_routes_of_a_tier() -> None:
    tiers = [{"name": "free", "times": 9}, {"name": "pro"}, {"name": "enterprise", "times": 20}]
    async with deployed(dev_settings(tiers=tiers)) as dev:
        outcomes = await dev.verified()
    assert outcomes["limit-everywhere"].status is Status.PASSED
    assert outcomes["limit-everywhere"].detail == "429: omnify-agentkit, omnify-eyes"


async def test_each_body_limit_is_checked_on_a_route_that_has_it() -> None:
    apis = [
        {
            "name": "omnify-api",
            "routes": [
                {
                    "name": name,
                    "paths": [f"/{name}/"],
                    "methods": ["POST"],
                    "access": {"groups": ["free", "pro", "enterprise"]},
                    **own,
                }
                for name, own in {"large": {"maxBody": 2}, "usual": {}}.items()
            ],
        }
    ]
    async with deployed(dev_settings(apis=apis, traffic={"maxBody": 1})) as dev:
        outcomes = await dev.verified()
        await dev.configure("request-size-limiting", allowed_payload_size=1)
        failures = await dev.failures()
    assert outcomes["body-of-1-mb"].detail == "usual: with Content-Length and chunked"
    assert outcomes["body-above-2-mb"].detail == "large: with Content-Length and chunked"
    assert set(failures) == {"body-of-2-mb"}


async def test_real_tokens_prove_all_but_what_only_the_realm_can_sign(dev: Deployment) -> None:
    given = {f"GATEWAY_TOKEN_{tier.upper()}": dev.tokens.user(tier) for tier in ("free", "pro", "enterprise")}
    given["GATEWAY_TOKEN_FREE_2"] = dev.tokens.user("free")
    tokens = GivenTokens(given, dev.target.outputs.auth)
    outcomes = {outcome.name: outcome for outcome in await verify(dev.target, tokens, wait=0)}
    skipped = {name for name, outcome in outcomes.items() if outcome.status is Status.SKIPPED}
    assert skipped == REALMS_KEY | {"limit-everywhere", "redirect", "hsts"}
    assert {outcome.status for outcome in outcomes.values()} == {Status.PASSED, Status.SKIPPED}


async def test_without_tokens_what_needs_none_is_still_checked(dev: Deployment) -> None:
    tokens = GivenTokens({}, dev.target.outputs.auth)
    outcomes = {outcome.name: outcome for outcome in await verify(dev.target, tokens, wait=0)}
    assert outcomes["routes-of-pro"].detail.startswith("put a token of a user of tier 'pro' into GATEWAY_TOKEN_PRO")
    passed = {name for name, outcome in outcomes.items() if outcome.status is Status.PASSED}
    assert passed >= {"public-routes", "no-token", "forged-token", "unsigned-token", "body-of-10-mb", "preflight"}
    assert Status.FAILED not in {outcome.status for outcome in outcomes.values()}


async def test_a_change_that_arrives_late_is_waited_for(dev: Deployment) -> None:
    (cors,) = await dev.plugins("cors")
    await dev.remove("cors")
    arriving: list[asyncio.Task[object]] = []

    def begin(check: Check) -> None:
        if check.name == "preflight":
            arriving.append(asyncio.create_task(dev.admin.put(f"/plugins/{cors['id']}", json=cors)))

    outcomes = await verify(dev.target, dev.tokens, begin=begin, wait=60)
    await asyncio.gather(*arriving)
    assert Status.FAILED not in {outcome.status for outcome in outcomes}


async def test_nothing_at_the_url_is_said_at_once_and_not_by_every_check(dev: Deployment) -> None:
    nowhere = replace(dev.target, url="http://127.0.0.1:9")
    with pytest.raises(GatewayUnreachableError, match=r"nothing answers at http://127.0.0.1:9 .*--url"):
        await verify(nowhere, dev.tokens, wait=0)


async def test_metrics_without_an_address_are_skipped_with_the_reason(dev: Deployment) -> None:
    blind = replace(dev.target, metrics_url=None, why_no_metrics="no cluster")
    outcomes = {outcome.name: outcome for outcome in await verify(blind, dev.tokens, wait=0)}
    assert (outcomes["metrics"].status, outcomes["metrics"].detail) == (Status.SKIPPED, "no cluster")


async def command(dev: Deployment, folder: Path, *options: str) -> Result:
    (folder / "outputs.json").write_text(json.dumps({"gateway": dev.target.outputs.document()}))
    (folder / "realm.pem").write_text(private_key())
    arguments = ["verify", "--stack", "dev", "--wait", "0", "--url", dev.target.url]
    arguments += ["--outputs", str(folder / "outputs.json"), "--signing-key", str(folder / "realm.pem")]
    arguments += ["--metrics-url", dev.target.metrics_url or "", *options]
    return await asyncio.to_thread(CliRunner().invoke, app, arguments)


async def test_the_command_prints_a_line_for_each_check_and_exits_0(dev: Deployment, tmp_path: Path) -> None:
    result = await command(dev, tmp_path)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert any(line.startswith("  ✓ An expired token is refused: 401 ") for line in lines)
    assert lines[-1].endswith("passed, 3 skipped")
    assert "\x1b" not in result.stdout


async def test_the_command_exits_1_when_a_check_fails(dev: Deployment, tmp_path: Path) -> None:
    await dev.remove("acl")
    result = await command(dev, tmp_path, "--json")
    document = json.loads(result.stdout)
    failed = [check["name"] for check in document["checks"] if check["status"] == "failed"]
    assert (result.exit_code, document["passed"], failed) == (1, False, ["routes-of-free"])


async def test_the_command_says_where_the_gateway_could_be(dev: Deployment, tmp_path: Path) -> None:
    result = await command(dev, tmp_path, "--url", "http://127.0.0.1:9")
    assert result.exit_code == 1
    assert "nothing answers at http://127.0.0.1:9" in result.stderr
