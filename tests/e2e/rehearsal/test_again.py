"""`make up` where the stack is up: it changes what differs, says what, and leaves the rest alone."""

from typing import Any

import pytest

from tests.e2e.rehearsal.driver import LIMITS, Rehearsals, declared, shared_apis, twice

pytestmark = pytest.mark.xdist_group("rehearsal")


def test_nothing_changes_and_it_says_so(dev: Rehearsals) -> None:
    entities, objects = dev.entities(), dev.objects()

    run = dev.up()

    assert run.code == 0, run.text
    assert f"stack dev (sandbox engine): nothing to change, {declared()} resources are as declared" in run.text
    assert dev.entities() == entities
    assert dev.objects() == objects


def test_a_changed_limit_changes_that_plugin_of_each_tier_and_nothing_else(dev: Rehearsals) -> None:
    entities, objects = dev.entities(), dev.objects()

    run = dev.up(limits=LIMITS | {"minute": 45})

    assert run.code == 0, run.text
    assert f"3 updated, {declared() - 3} unchanged" in run.text
    assert run.lines("  ~ Plugin ") == [f"consumer/{tier}/rate-limiting" for tier in ("enterprise", "free", "pro")]
    assert run.lines("      ") == [f"config.minute: {old * 40} → {old * 45}" for old in (20, 1, 5)]
    assert dev.objects() == objects
    changed = [plugin for plugin in dev.entities()["plugins"] if plugin not in entities["plugins"]]
    assert sorted(plugin["config"]["minute"] for plugin in changed) == [45, 225, 900]


def test_a_route_taken_out_of_the_stack_goes_with_its_plugins(dev: Rehearsals) -> None:
    apis = shared_apis()
    apis[0]["routes"] = [route for route in apis[0]["routes"] if route["name"] != "omnify-eyes"]
    (eyes,) = [route["id"] for route in dev.entities()["routes"] if route["name"] == "omnify-eyes"]
    assert dev.get("/api/eyes/").status_code == 401

    run = dev.up(apis=apis)

    assert run.code == 0, run.text
    assert run.lines("  - Route  ") == ["omnify-eyes"]
    gone = {f"route/omnify-eyes/{plugin}" for plugin in ("acl", "jwt", "pre-function")}
    assert set(run.lines("  - Plugin  ")[0].split(", ")) == gone
    assert eyes not in str(dev.entities())


def test_an_added_api_answers_at_once(dev: Rehearsals) -> None:
    public = {"public": "A status page."}
    route = {"name": "reports-status", "paths": ["/reports/"], "methods": ["GET"], "access": public}
    reports = {"name": "reports", "routes": [route]}
    backends = {"omnify-api": "http://omnify-api.omnify.svc.cluster.local:8000", "reports": "http://reports.test:9000"}

    run = dev.up(apis=[*shared_apis(), reports], backends=backends)

    assert run.code == 0, run.text
    assert [run.lines(f"  + {kind}  ") for kind in ("Kong Service", "Route", "Plugin")] == [
        ["reports"],
        ["reports-status"],
        [],
    ]
    assert not run.lines("  - ")
    answer = dev.get("/reports/today")
    assert (answer.status_code, answer.json()["path"]) == (200, "/reports/today")


@pytest.mark.recovers("A rehearsal was killed, or what it made was changed")
def test_what_somebody_changed_or_deleted_by_hand_is_repaired_and_named(dev: Rehearsals) -> None:
    (cors,) = [plugin for plugin in dev.entities()["plugins"] if plugin["name"] == "cors"]
    before = dev.entities()
    dev.admin("PATCH", f"/plugins/{cors['id']}", json={"config": {"origins": ["*"], "max_age": 7}})
    dev.admin("DELETE", "/routes/omnify-health")
    dev.delete_object("v1", "Service", "kong-metrics")

    run = dev.up()

    assert run.code == 0, run.text
    assert run.lines("  ~ Plugin ") == ["global/cors"]
    assert any(line.startswith("config.max_age: 7 → ") for line in run.lines("      "))
    assert any(line.startswith('config.origins: ["*"] → ') for line in run.lines("      "))
    assert run.lines("  + Route  ") == ["omnify-health"]
    assert run.lines("  + Service  ") == ["omnify-gateway-dev/kong-metrics"]
    assert [_told(each) for each in dev.entities().values()] == [_told(each) for each in before.values()]
    assert not twice(dev.entities())


def _told(documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was declared of entities, without the times that Kong notes."""
    return [{key: value for key, value in each.items() if not key.endswith("_at")} for each in documents]
