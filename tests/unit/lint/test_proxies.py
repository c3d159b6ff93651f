"""The rules about the Ingress and the end of pods."""

from functools import partial

import pytest

from tests.unit.config.documents import ABSENT, put
from tests.unit.entities.states import api, route
from tests.unit.lint.findings import further, places, raw, told

bodies = partial(places, "body-limit-above-proxy")
timeouts = partial(places, "timeouts-above-ingress")
ends = partial(places, "requests-outlive-pods")

NGINX = "nginx.ingress.kubernetes.io"


def annotated(**values: str) -> dict[str, str]:
    return {f"{NGINX}/{name.replace('_', '-')}": value for name, value in values.items()}


BODY = f"ingress.annotations['{NGINX}/proxy-body-size']"


@pytest.mark.parametrize(
    ("annotations", "found"),
    [
        ({}, ["ingress.annotations"]),
        ({"proxy_body_size": "9m"}, [BODY]),
        ({"proxy_body_size": "10239k"}, [BODY]),
        ({"proxy_body_size": "10485759"}, [BODY]),
        ({"proxy_body_size": "10m"}, []),
        ({"proxy_body_size": "1G"}, []),
        ({"proxy_body_size": "0"}, []),
        ({"proxy_body_size": "ten"}, []),
    ],
)
def test_bodies_that_the_ingress_refuses_are_found(annotations: dict[str, str], found: list[str]) -> None:
    assert bodies(put("ingress.annotations", annotated(**annotations))) == found


def test_the_largest_body_of_any_route_or_plugin_counts() -> None:
    ten = put("ingress.annotations", annotated(proxy_body_size="10m"))
    plugin = {"name": "request-size-limiting", "on": {"route": "omnify-auth"}, "config": {"allowed_payload_size": 11}}

    assert "apis[0].routes[3].maxBody lets bodies of 11 MB" in told(
        "body-limit-above-proxy", ten, put("apis[0].routes[3].maxBody", 11)
    )
    assert "plugins[0] lets bodies of 11 MB" in told("body-limit-above-proxy", ten, further(plugin))
    small = plugin | {"config": {"allowed_payload_size": 11, "size_unit": "kilobytes"}}
    assert bodies(ten, further(small)) == []


def test_what_another_ingress_controller_does_is_not_known() -> None:
    other = [
        put("ingress.className", "traefik"),
        put("ingress.managerAuth", ABSENT),
        put("ingress.annotations", {}),
    ]

    assert bodies(*other) == timeouts(*other) == []
    assert bodies(*other, put("ingress.annotations", annotated(ssl_redirect="true"))) == ["ingress.annotations"]


def test_no_limit_of_kongs_is_above_none() -> None:
    assert bodies(put("ingress.annotations", {}), put("traffic.maxBody", None)) == []


@pytest.mark.parametrize(
    ("read", "retries", "patience", "found"),
    [
        (60_000, 2, "375", False),
        (60_000, 2, "374", True),
        (49_001, 0, "115", False),
        (49_001, 0, "114", True),
        (49_001, 9, "soon", False),
    ],
)
def test_what_kong_may_wait_all_tries_together_fits_the_ingress(
    read: int, retries: int, patience: str, found: bool
) -> None:
    timeouts_ = put("apis[0].timeouts", {"connect": 5_000, "write": 60_000, "read": read})
    written = annotated(proxy_read_timeout=patience) if patience else {}

    assert bool(timeouts(timeouts_, put("apis[0].retries", retries), put("ingress.annotations", written))) is found


def test_ingress_nginx_waits_a_minute_by_default() -> None:
    short = put("apis[0].retries", 0)
    no_annotations = put("ingress.annotations", {})

    for read, found in ((49_000, []), (49_001, ["ingress.annotations"])):
        times = put("apis[0].timeouts", {"connect": 1_000, "write": 10_000, "read": read})
        assert timeouts(short, no_annotations, times) == found


def test_the_remedy_of_timeouts_is_the_number_to_write() -> None:
    said = told("timeouts-above-ingress", put("apis[0].retries", 3))

    assert "Kong may wait 500 s for service 'omnify-api': 4 tries of 5 + 60 + 60 s" in said
    assert f"write {NGINX}/proxy-read-timeout: '500'" in said
    fixed = put("ingress.annotations", annotated(proxy_body_size="0", proxy_read_timeout="500"))
    assert timeouts(put("apis[0].retries", 3), fixed) == []


def test_a_backend_that_no_route_leads_to_waits_for_nobody() -> None:
    slow = raw("services", {"name": "slow", "host": "slow.test", "read_timeout": 900_000})

    assert timeouts(slow) == ends(slow) == []
    both = [slow, raw("routes", {"name": "slow", "service": "slow", "paths": ["/slow"]})]
    assert timeouts(*both) == [f"ingress.annotations['{NGINX}/proxy-read-timeout']"]
    assert ends(*both) == ["platform.gracePeriodSeconds"]


@pytest.mark.parametrize(("grace", "found"), [(85, []), (84, ["platform.gracePeriodSeconds"])])
def test_a_pod_that_ends_waits_for_a_whole_request(grace: int, found: list[str]) -> None:
    assert ends(put("platform.gracePeriodSeconds", grace)) == found


def test_several_slow_backends_are_one_finding() -> None:
    more = api("billing", route("invoices", groups=["pro"]))

    assert "(and of 1 more)" in told(
        "timeouts-above-ingress", more, put("ingress.annotations", {}), put("lint", ABSENT)
    )
