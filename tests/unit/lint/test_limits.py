"""The rules about limits."""

from functools import partial
from typing import Any

import pytest

from tests.unit.config.documents import put
from tests.unit.lint.findings import further, places, raw, raw_routes, told

shrinks = partial(places, "limits-shrink")
per_pod = partial(places, "counters-per-pod")
hidden = partial(places, "client-address-hidden")


def limit(**config: Any) -> dict[str, Any]:
    return {"name": "rate-limiting", "config": {"minute": 5} | config}


def test_a_tier_with_less_than_the_one_before_it_is_found_where_the_number_stands() -> None:
    assert shrinks(put("tiers[1].times", 30)) == ["tiers[2].times"]
    assert shrinks(put("tiers[2]", {"name": "enterprise"})) == ["tiers[2]"]
    own = {"minute": 500, "hour": 300_000, "day": 7_200_000}
    assert shrinks(put("tiers[1]", {"name": "pro", "limits": own})) == ["tiers[1].limits.minute"]


def test_one_window_that_shrinks_is_enough() -> None:
    own = {"minute": 5_000, "hour": 60_000, "day": 1_439_999}

    said = told("limits-shrink", put("tiers[1]", {"name": "pro", "limits": own}))

    assert "1,439,999 requests a day, fewer than tier 'free' before it, which has 1,440,000" in said


def test_equal_and_growing_limits_are_right() -> None:
    assert shrinks(put("tiers[1].times", 1), put("tiers[2].times", 1)) == []


def test_limits_on_one_scope_grow_with_the_tiers_too() -> None:
    def on(tier: str, minute: int, route: str = "omnify-eyes") -> dict[str, Any]:
        return limit(minute=minute) | {"on": {"tier": tier, "route": route}}

    assert shrinks(further(on("enterprise", 5), on("pro", 6))) == ["plugins[0].config.minute"]
    assert shrinks(further(on("enterprise", 6), on("pro", 6))) == []
    assert shrinks(further(on("enterprise", 5, "omnify-agentkit"), on("pro", 6))) == []


def test_what_each_of_several_pods_counts_is_no_limit() -> None:
    local = limit() | {"on": {"route": "omnify-auth"}}
    redis = limit(policy="redis", redis={"host": "redis.test"}) | {"on": {"route": "omnify-auth"}}

    assert per_pod(further(local), stack="prod") == ["plugins[0].config.policy"]
    assert per_pod(further(redis), stack="prod") == []
    assert per_pod(further(local | {"enabled": False}), stack="prod") == []
    assert per_pod(further(local), stack="dev") == [], "one pod counts alone"


def test_callers_nobody_knows_are_one_caller_to_kong() -> None:
    public = limit() | {"on": {"route": "omnify-auth"}}

    assert hidden(further(limit(limit_by="ip"))) == ["plugins[0].config.limit_by"]
    assert "nobody is known on omnify-auth" in told("client-address-hidden", further(public))
    assert hidden(further(limit(limit_by="header", header_name="X-Tenant") | {"on": {"route": "omnify-auth"}})) == []


def test_behind_trusted_proxies_each_caller_has_an_address() -> None:
    trusting = put("network", {"trustedProxies": ["10.0.0.0/8"]})

    assert hidden(further(limit(limit_by="ip")), trusting) == []


@pytest.mark.parametrize(("policy", "found"), [("Local", []), ("Cluster", ["plugins[0].config.limit_by"])])
def test_a_load_balancer_keeps_the_callers_address_or_hides_it(policy: str, found: list[str]) -> None:
    balanced = put("proxyService", {"type": "LoadBalancer", "externalTrafficPolicy": policy})

    assert hidden(further(limit(limit_by="ip")), balanced) == found


def test_callers_that_are_known_are_counted_one_by_one() -> None:
    own = raw_routes({"name": "own", "paths": ["/own/"]})
    plugins = [limit() | {"route": "own"}, {"name": "key-auth", "route": "own"}]

    assert hidden(own, raw("plugins", *plugins)) == []
    assert hidden(own, raw("plugins", plugins[0])) == ["entities.plugins[0].config.limit_by"]


@pytest.mark.parametrize(
    ("config", "found"),
    [
        ({"deny": ["203.0.114.0/24"]}, ["plugins[0].config.deny[0]"]),
        ({"allow": ["10.0.0.0/8", "8.8.8.8"]}, ["plugins[0].config.allow[1]"]),
        ({"allow": ["10.0.0.0/8", "fd00::/8"]}, []),
        ({"deny": ["0.0.0.0/0"]}, []),
    ],
)
def test_public_addresses_never_get_to_kong(config: dict[str, Any], found: list[str]) -> None:
    assert hidden(further({"name": "ip-restriction", "config": config})) == found
