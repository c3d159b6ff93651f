"""Two states of Kong beside one another."""

import copy
import json
from typing import Any, cast

import pytest

from entities.snapshot import Snapshot
from gateway.changes.declared import Declared, declared
from tests.unit.changes.states import change, fields, kong, report, told
from tests.unit.config.documents import ABSENT, put

SECRET = "7e2f-a-secret-9c1d"


def plugin(name: str, config: dict[str, Any]) -> Declared:
    document: dict[str, Any] = {
        "id": "1",
        "name": name,
        "config": config,
        "route": None,
        "service": None,
        "consumer": None,
    }
    return Declared(Snapshot({"plugins": (document,)}))


def test_a_state_is_as_it_was() -> None:
    assert report(kong(), kong()).clean


def test_the_order_of_sets_and_the_form_of_numbers_are_no_change() -> None:
    before = kong()
    after = copy.deepcopy(before)
    for route in cast("list[dict[str, Any]]", after.kong.of("routes")):
        route["methods"].reverse()
    for service in cast("list[dict[str, Any]]", after.kong.of("services")):
        service["port"] = float(service["port"])

    assert report(before, after).clean


def test_a_limit_is_one_field_of_each_tier() -> None:
    found = report(kong(), kong(put("limits.minute", 500)))

    assert told(found) == [
        f"update plugin consumer/{tier}-tier/rate-limiting" for tier in ("enterprise", "free", "pro")
    ]
    assert fields(change(found, "consumer/free-tier/rate-limiting")) == {"config.minute": (1000, 500)}


def test_what_goes_comes_first_and_of_that_what_decides_access() -> None:
    found = report(kong(), kong(put("apis[0].routes[3]", {**NEW, "name": "billing"}), put("cors", ABSENT)))

    actions = [each.action for each in found.changes]
    assert actions == sorted(actions, key=["delete", "replace", "update", "create"].index)
    assert [each.decides_access for each in found.changes if each.action == "delete"] == [True] * 5
    assert "delete plugin global/cors" in told(found)
    assert "delete route omnify-eyes" in told(found)
    assert "create route billing" in told(found)


NEW = {"paths": ["/api/billing/"], "methods": ["GET"], "access": {"groups": ["pro"]}}


def test_of_what_is_made_that_is_told_which_is_no_default() -> None:
    found = report(kong(put("apis[0].routes[4]", ABSENT)), kong())

    assert fields(change(found, "omnify-health")) == {
        "methods": (None, ["GET", "HEAD", "OPTIONS"]),
        "paths": (None, ["/health", "/api/info"]),
        "strip_path": (None, False),
    }


def test_references_are_told_by_name() -> None:
    services = [{"name": "one", "host": "one"}, {"name": "two", "host": "two"}]
    routes = [[{"name": "moved", "service": name, "paths": ["/x"]}] for name in ("one", "two")]
    states = [kong(put("entities.services", services), put("entities.routes", each)) for each in routes]

    assert fields(change(report(*states), "moved")) == {"service": ({"id": "one"}, {"id": "two"})}


def test_what_has_another_id_is_replaced() -> None:
    before = kong()
    after = declared(
        json.dumps(dict(before.kong.documents)).replace(str(before.kong.of("routes")[0]["id"]), "other"), ""
    )

    assert f"replace route {before.kong.of('routes')[0]['name']}" in told(report(before, after))


@pytest.mark.parametrize(
    ("name", "field"),
    [("http-log", "http_endpoint"), ("nobody-knows-it", "api_key"), ("openid-connect", "client_secret")],
)
def test_no_secret_is_told(name: str, field: str) -> None:
    value: Any = [SECRET] if field == "client_secret" else SECRET
    found = report(plugin(name, {field: value}), plugin(name, {field: "another-secret-1d9c"}))

    assert SECRET not in found.model_dump_json()
    assert "another-secret-1d9c" not in found.model_dump_json()
    assert told(found) == [f"update plugin global/{name}"]


def test_of_a_plugin_that_nobody_knows_a_field_that_goes_is_a_change() -> None:
    found = report(plugin("ours", {"kept": 1, "gone": 2}), plugin("ours", {"kept": 1}))

    assert fields(change(found, "global/ours")) == {"config.gone": (2, None)}


def test_a_field_that_another_program_no_longer_writes_is_a_change() -> None:
    before = kong()
    (service,) = before.kong.of("services")
    after = Declared(Snapshot({**before.kong.documents, "services": ({**service, "retries": 9},)}))
    older = Declared(Snapshot({**before.kong.documents, "services": ({**service, "its_own": "x"},)}))

    assert fields(change(report(before, after), "omnify-api")) == {"retries": (2, 9)}
    assert fields(change(report(older, before), "omnify-api")) == {"its_own": ("x", None)}
