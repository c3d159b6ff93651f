"""Which plugin applies to a request, and in which order plugins run."""

import logging
from typing import Any

import pytest

from sandbox.kong.proxy import Proxy
from sandbox.kong.proxy.plugins import handlers
from tests.unit.proxy.harness import Gateway, reference

SCOPES = [
    ("route", "service", "consumer"),
    ("route", "consumer"),
    ("service", "consumer"),
    ("route", "service"),
    ("consumer",),
    ("route",),
    ("service",),
    (),
]


@pytest.mark.parametrize("at", range(len(SCOPES)))
async def test_narrower_scope_wins(gateway: Gateway, at: int) -> None:
    consumer = gateway.consumer("one")
    gateway.store.add("keyauth_credentials", consumer=reference(consumer), key="k")
    gateway.plugin("key-auth", {})
    entities = {"route": gateway.route, "service": gateway.service, "consumer": consumer}
    for scope in SCOPES[at:]:
        message = "+".join(scope) or "global"
        references: dict[str, Any] = {name: reference(entities[name]) for name in scope}
        gateway.plugin("request-termination", {"message": message, "status_code": 403}, **references)
    answer = await gateway.get(headers={"apikey": "k"})
    assert answer.json()["message"] == ("+".join(SCOPES[at]) or "global")


async def test_disabled_plugin_does_nothing(gateway: Gateway) -> None:
    gateway.plugin("request-termination", {"status_code": 403}, enabled=False)
    assert (await gateway.get()).status_code == 200


async def test_disabled_service_is_not_routed_to(gateway: Gateway) -> None:
    off = gateway.store.add("services", host="127.0.0.1", enabled=False)
    gateway.store.add("routes", paths=["/off"], service=reference(off))
    assert (await gateway.get("/off")).json()["path"] == "/off", "the route for everything takes it"


async def test_write_takes_effect_on_the_next_request(gateway: Gateway) -> None:
    assert (await gateway.get()).status_code == 200
    plugin = gateway.plugin("request-termination", {"status_code": 403})
    assert (await gateway.get()).status_code == 403
    gateway.store.remove("plugins", plugin)
    assert (await gateway.get()).status_code == 200


async def test_refused_requests_are_still_filtered_and_logged(gateway: Gateway) -> None:
    gateway.plugin("key-auth", {})
    gateway.plugin("response-transformer", {"add": {"headers": ["X-Late:1"]}})
    gateway.plugin("file-log", {"path": "/dev/stdout"})
    answer = await gateway.get()
    assert (answer.status_code, answer.headers["x-late"]) == (401, "1")
    assert gateway.log_entries()[0]["source"] == "kong"


async def test_unmatched_requests_are_logged_by_global_plugins(gateway: Gateway) -> None:
    gateway.store.remove("routes", gateway.route)
    gateway.plugin("file-log", {"path": "/dev/stdout"})
    await gateway.get("/nothing")
    (entry,) = gateway.log_entries()
    assert entry["response"]["status"] == 404
    assert "route" not in entry


def test_plugins_run_in_kongs_order() -> None:
    names = [handler.name for handler in handlers()]
    assert names == [
        "pre-function",
        "correlation-id",
        "bot-detection",
        "cors",
        "jwt",
        "key-auth",
        "basic-auth",
        "ip-restriction",
        "request-size-limiting",
        "acl",
        "rate-limiting",
        "response-ratelimiting",
        "request-transformer",
        "response-transformer",
        "prometheus",
        "http-log",
        "file-log",
        "request-termination",
        "post-function",
    ]


async def test_plugin_that_is_not_enforced_is_named(gateway: Gateway, caplog: pytest.LogCaptureFixture) -> None:
    gateway.plugin("hmac-auth", {})
    with caplog.at_level(logging.WARNING):
        await gateway.get()
        await gateway.get()
    assert caplog.messages.count("plugin hmac-auth is configured, but the stand-in does not enforce it") == 1


def test_proxy_is_its_own_application(gateway: Gateway) -> None:
    assert isinstance(gateway.proxy.application, Proxy)
