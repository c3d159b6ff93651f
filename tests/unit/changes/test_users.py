"""What users of the gateway see of a change."""

import pytest

from gateway.changes import phrases
from gateway.changes.report import Report
from tests.unit.changes.states import kong, report
from tests.unit.config.documents import ABSENT, Edit, put

EYES = "apis[0].routes[3]"
PUBLIC = {"public": "Everybody may look for a week."}


def routes(found: Report) -> dict[str, tuple[str, str]]:
    return {change.name: phrases.route(change) for change in found.routes}


def exposed(*edits: Edit) -> list[str]:
    return list(phrases.exposures(report(kong(), kong(*edits))))


def test_a_route_that_appears_and_one_that_vanishes() -> None:
    without = kong(put(EYES, ABSENT))
    takes = "enterprise, pro: GET, HEAD, POST, PUT, PATCH, DELETE /api/eyes/"

    assert routes(report(without, kong())) == {"omnify-eyes": ("–", takes)}  # noqa: RUF001 (a dash)
    assert routes(report(kong(), without)) == {"omnify-eyes": (takes, "–")}  # noqa: RUF001 (a dash)


def test_other_callers_are_told_without_the_requests_that_stay() -> None:
    found = report(kong(), kong(put(f"{EYES}.access.groups", ["free", "pro"])))

    assert routes(found) == {"omnify-eyes": ("enterprise, pro", "free, pro")}
    assert not list(phrases.exposures(found))


def test_a_route_that_becomes_public_is_exposed_and_comes_first() -> None:
    edits = put(f"{EYES}.access", PUBLIC), put("apis[0].routes[2].access.groups", ["free"])
    found = report(kong(), kong(*edits))

    assert list(routes(found)) == ["omnify-eyes", "omnify-agentkit"]
    assert exposed(*edits) == ["route omnify-eyes lets everybody pass: GET, HEAD, POST, PUT, PATCH, DELETE /api/eyes/"]


@pytest.mark.parametrize(
    ("field", "value", "wider"),
    [
        ("paths", ["/health", "/api/info", "/metrics"], True),
        ("paths", ["/health"], False),
        ("methods", ["GET", "HEAD", "DELETE"], True),
        ("methods", ["GET"], False),
    ],
)
def test_a_public_route_exposes_only_what_it_did_not_take_before(field: str, value: list[str], wider: bool) -> None:
    assert bool(exposed(put(f"apis[0].routes[4].{field}", value))) is wider


def test_groups_on_the_service_hold_for_its_routes() -> None:
    protected = {"groups": ["pro"]}
    everywhere = [put(f"apis[0].routes[{index}].access", protected) for index in range(5)]

    assert routes(report(kong(), kong(*everywhere)))["omnify-health"] == ("everybody", "pro")


RAW = [{"name": "legacy", "host": "legacy"}], [{"name": "legacy-v1", "service": "legacy", "paths": ["/v1/"]}]


def raw(*plugins: dict[str, object]) -> tuple[Edit, ...]:
    services, taken = RAW
    return put("entities.services", services), put("entities.routes", taken), put("entities.plugins", list(plugins))


@pytest.mark.parametrize(
    ("plugins", "callers"),
    [
        ([], "everybody"),
        ([{"name": "key-auth", "route": "legacy-v1"}], "everybody with credentials"),
        ([{"name": "key-auth", "service": "legacy"}], "everybody with credentials"),
        ([{"name": "key-auth", "route": "legacy-v1", "enabled": False}], "everybody"),
        ([{"name": "key-auth", "route": "legacy-v1", "config": {"anonymous": "free-tier"}}], "everybody"),
        ([{"name": "request-termination", "route": "legacy-v1"}], "nobody"),
    ],
)
def test_who_may_pass_on_a_route_in_kongs_own_terms(plugins: list[dict[str, object]], callers: str) -> None:
    found = report(kong(), kong(*raw(*plugins)))

    assert routes(found)["legacy-v1"][1] == f"{callers}: /v1/"


def test_a_route_of_a_disabled_service_is_not_there() -> None:
    services = [{"name": "legacy", "host": "legacy", "enabled": False}]

    assert not routes(report(kong(), kong(*raw(), put("entities.services", services))))


def test_limits_are_told_by_tier_and_window() -> None:
    found = report(
        kong(), kong(put("limits", {"minute": 500, "hour": 60_000, "day": 2_000_000}), put("traffic.maxBody", 5))
    )

    told = [(phrases.whose(each), each.of, *phrases.limit(each)) for each in found.limits]
    assert [each for each in told if each[0] in ("free-tier", "every request")] == [
        ("free-tier", "requests per minute", "1,000", "500"),
        ("free-tier", "requests per day", "1,440,000", "2,000,000"),
        ("every request", "megabytes per request", "10", "5"),
    ]
