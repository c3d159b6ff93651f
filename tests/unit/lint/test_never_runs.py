"""plugin-never-runs: plugins that no request meets."""

from functools import partial
from typing import Any

import pytest

from tests.unit.config.documents import ABSENT, Edit, put
from tests.unit.entities.states import api, authenticated_by, route
from tests.unit.lint.findings import further, places, raw, told

never_runs = partial(places, "plugin-never-runs")

TERMINATION = {"name": "request-termination"}
LIMIT = {"name": "rate-limiting", "config": {"second": 5}}
PROTECTED = api("billing", route("invoices", groups=["pro"]), route("payments", groups=["pro", "enterprise"]))
"""An API all of whose routes ask for a token."""


def on(plugin: dict[str, Any], **scope: str) -> dict[str, Any]:
    return plugin | {"on": scope} if scope else plugin


@pytest.mark.parametrize("scope", [{}, {"service": "billing"}, {"route": "invoices"}])
def test_a_limit_behind_the_limits_of_every_tier_never_runs(scope: dict[str, str]) -> None:
    everybody = put("apis[1].routes[0].access.groups", ["free", "pro", "enterprise"])
    alone = [PROTECTED, everybody, put("apis[0]", ABSENT), put("backends.omnify-api", ABSENT), put("lint", ABSENT)]

    said = told("plugin-never-runs", *alone, further(on(LIMIT, **scope)))

    assert said.startswith(
        "plugins[0]: 'rate-limiting' never runs: more specific ones of its name replace it everywhere: "
    )
    assert "'consumer/pro/rate-limiting'" in said


def test_a_limit_of_route_and_service_together_goes_before_the_tiers() -> None:
    assert never_runs(PROTECTED, further(on(LIMIT, route="invoices", service="billing"))) == []


def test_a_limit_runs_where_anybody_may_ask_without_a_token() -> None:
    assert never_runs(further(LIMIT)) == []
    assert never_runs(further(on(LIMIT, route="omnify-auth"))) == []
    assert never_runs(further(on(LIMIT, route="omnify-eyes"))) == ["plugins[0]"]


def test_a_limit_runs_for_a_consumer_that_has_none() -> None:
    consumer = raw("consumers", {"username": "partner"})

    assert never_runs(PROTECTED, consumer, further(on(LIMIT, service="billing"))) == ["plugins[0]"]
    member = raw("acls", {"consumer": "partner", "group": "pro"})
    assert never_runs(PROTECTED, consumer, member, further(on(LIMIT, service="billing"))) == []


def test_a_plugin_before_authentication_runs_for_strangers_too() -> None:
    bots = {"name": "ip-restriction", "config": {"deny": ["10.0.0.0/8"]}}
    tiers = [on(bots, tier=tier) for tier in ("free", "pro", "enterprise")]

    assert never_runs(PROTECTED, further(on(bots, service="billing"), *tiers)) == []


def test_a_plugin_that_others_replace_on_every_route_never_runs() -> None:
    on_routes = [on(TERMINATION, route=name) for name in ("invoices", "payments")]

    assert never_runs(PROTECTED, further(on(TERMINATION, service="billing"), *on_routes)) == ["plugins[0]"]
    assert never_runs(PROTECTED, further(on(TERMINATION, service="billing"), on_routes[0])) == []


def test_a_disabled_plugin_neither_runs_nor_replaces() -> None:
    on_routes = [on(TERMINATION, route=name) | {"enabled": False} for name in ("invoices", "payments")]

    assert never_runs(PROTECTED, further(on(TERMINATION, service="billing"), *on_routes)) == []


def test_a_plugin_replaces_a_setting_of_the_gateway_everywhere() -> None:
    cors = {"name": "cors", "on": {"service": "omnify-api"}, "config": {"origins": ["https://a.test"]}}

    assert never_runs(further(cors)) == ["cors"]
    assert never_runs(PROTECTED, further(cors)) == []


def test_what_the_sections_replace_themselves_is_meant_so() -> None:
    bodies = [put(f"apis[0].routes[{index}].maxBody", 1) for index in range(5)]

    assert never_runs(*bodies) == []


def test_a_plugin_on_a_route_of_another_service_never_runs() -> None:
    assert never_runs(PROTECTED, further(on(TERMINATION, route="invoices", service="omnify-api"))) == ["plugins[0]"]


def test_a_plugin_on_a_service_without_routes_never_runs() -> None:
    service = raw("services", {"name": "lonely", "host": "lonely.test"})
    plugin = raw("plugins", {"name": "request-termination", "service": "lonely"})

    assert never_runs(service, plugin) == ["entities.plugins[0]"]
    assert never_runs(service, plugin, raw("routes", {"name": "r", "service": "lonely", "paths": ["/lonely"]})) == []


def test_what_is_on_a_disabled_service_is_out_of_use_on_purpose() -> None:
    service = raw("services", {"name": "off", "host": "off.test", "enabled": False})
    path = raw("routes", {"name": "r", "service": "off", "paths": ["/off"]})
    plugin = raw("plugins", {"name": "cors", "service": "off"}, {"name": "cors", "route": "r"})

    assert never_runs(service, path, plugin) == []


def test_a_plugin_for_tcp_never_runs() -> None:
    plugin = {"name": "ip-restriction", "config": {"allow": ["10.0.0.1"]}, "protocols": ["tcp"]}

    assert "listens for HTTP alone" in told("plugin-never-runs", raw("plugins", plugin))


def test_acl_may_go_by_other_groups_than_the_consumers_own() -> None:
    own = raw("routes", {"name": "own", "service": "omnify-api", "paths": ["/own/"]})
    limit = {"name": "rate-limiting", "route": "own", "consumer": "pro-tier", "config": {"second": 5}}

    for other, found in ((False, ["entities.plugins[2]"]), (True, [])):
        acl = {"name": "acl", "route": "own", "config": {"allow": ["staff"], "always_use_authenticated_groups": other}}
        assert never_runs(own, raw("plugins", {"name": "key-auth", "route": "own"}, acl, limit)) == found


def test_the_gate_is_for_routes_that_are_not_declared() -> None:
    lua = {"name": "pre-function", "config": {"access": ["return"]}}
    everywhere = [lua | {"route": name} for name in ("omnify-auth", "omnify-health")]

    assert never_runs(raw("plugins", *everywhere)) == []


OIDC = authenticated_by("oidc")
EVERYTHING_PUBLIC = [
    put(f"apis[0].routes[{index}].access", {"public": "Nobody needs a token here."}) for index in range(5)
]


@pytest.mark.parametrize("edits", [OIDC, EVERYTHING_PUBLIC], ids=["oidc", "public"])
def test_what_is_on_a_tier_never_runs_where_no_request_has_a_consumer(edits: list[Edit]) -> None:
    found = never_runs(*edits, further(on(LIMIT, route="omnify-eyes", tier="pro")))

    assert "plugins[0]" in found


def test_the_limits_of_tiers_never_run_when_every_route_is_public() -> None:
    assert never_runs(*EVERYTHING_PUBLIC) == ["tiers[0]", "tiers[1]", "tiers[2]"]


def test_the_limit_of_a_tier_that_no_route_lets_in_never_runs() -> None:
    tier = put("tiers[3]", {"name": "trial", "times": 30})

    assert "no route lets 'trial' in" in told("plugin-never-runs", tier)
    assert never_runs(tier, put("apis[0].routes[3].access.groups", ["trial"])) == []


def test_what_is_on_a_tier_on_a_route_that_does_not_let_it_in_never_runs() -> None:
    assert never_runs(further(on(LIMIT, route="omnify-eyes", tier="free"))) == ["plugins[0]"]
    assert never_runs(further(on(LIMIT, route="omnify-eyes", tier="pro"))) == []


def test_a_plugin_that_nobody_knows_may_find_out_who_asks() -> None:
    plugins = [put("edition", "enterprise"), put("platform.image", "kong/kong-gateway:3.9.1.0")]
    mtls = raw("plugins", {"name": "mtls-auth", "route": "omnify-auth", "config": {"ca_certificates": []}})

    assert never_runs(*plugins, *EVERYTHING_PUBLIC, mtls) == []


def test_a_stack_without_routes_is_a_platform_alone() -> None:
    edits = [put("apis", []), put("backends", {}), put("lint", ABSENT)]

    assert never_runs(*edits, further(LIMIT, on(TERMINATION, tier="pro"))) == []
