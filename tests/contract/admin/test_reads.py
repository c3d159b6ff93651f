"""Reads that the recordings do not show; with KONG_ADMIN_URL a real Kong is asked."""

from __future__ import annotations

import httpx
import pytest

from tests.standin import TAG, RunningStandin


@pytest.fixture
def crowd(kong: httpx.Client) -> set[str]:
    """More consumers than one page holds."""
    names = {f"t-{number}" for number in range(130)}
    for name in names:
        kong.put(f"/consumers/{name}", json={"tags": [TAG]}).raise_for_status()
    return names


def test_pages_have_a_hundred_entries_and_lead_to_one_another(kong: httpx.Client, crowd: set[str]) -> None:
    first = kong.get("/consumers", params={"tags": TAG}).json()
    second = kong.get(first["next"]).json()

    assert (len(first["data"]), second["next"]) == (100, None)
    assert {each["username"] for each in first["data"] + second["data"]} == crowd


def test_a_page_goes_on_after_an_entity_that_was_deleted_meanwhile(kong: httpx.Client, crowd: set[str]) -> None:
    first = kong.get("/consumers", params={"tags": TAG, "size": 100}).json()
    kong.delete(f"/consumers/{first['data'][-1]['id']}").raise_for_status()

    second = kong.get(first["next"]).json()

    assert len(second["data"]) == len(crowd) - 100


def test_a_head_request_has_headers_and_no_body(kong: httpx.Client) -> None:
    response = kong.head("/services")

    assert (response.status_code, response.content) == (200, b"")


def test_the_root_names_version_database_and_plugins(kong: httpx.Client) -> None:
    root = kong.get("/").json()

    assert root["version"].startswith("3.9")
    assert root["configuration"]["database"] == "postgres"
    assert root["plugins"]["available_on_server"]["rate-limiting"]["priority"] == 910


def test_the_status_listener_is_ready_in_database_mode_at_once(standin: RunningStandin) -> None:
    with httpx.Client(base_url=standin.status_url) as status:
        assert status.get("/status/ready").json() == {"message": "ready"}
        assert status.get("/status").json() == {"database": {"reachable": True}}
        assert status.get("/metrics").status_code == 200
        assert status.get("/services").status_code == 404


def test_the_proxy_serves_what_the_admin_api_was_told(standin: RunningStandin) -> None:
    route = {"name": "t", "paths": ["/t"]}
    termination = {"name": "request-termination", "config": {"status_code": 418, "message": "tea"}}
    with httpx.Client(base_url=standin.admin_url) as admin:
        admin.put("/services/t", json={"url": "http://127.0.0.1:1"}).raise_for_status()
        admin.post("/services/t/routes", json=route).raise_for_status()
        admin.post("/routes/t/plugins", json=termination).raise_for_status()

    assert httpx.get(f"{standin.proxy_url}/t").status_code == 418
