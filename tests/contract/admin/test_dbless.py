"""The DB-less stand-in, where the recordings do not show it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from sandbox.kong.gateway import Options
from tests.standin import RunningStandin, running_standin

_CONFIGURATION = """
_format_version: "3.0"
services:
- name: api
  url: http://127.0.0.1:18080
consumers:
- username: free-tier
  keyauth_credentials:
  - key: k
plugins:
- name: cors
  service: api
upstreams:
- name: u
  targets:
  - target: a.example:80
"""


@pytest.fixture
def dbless() -> Iterator[RunningStandin]:
    with running_standin(Options(database="off")) as running:
        yield running


@pytest.fixture
def admin(dbless: RunningStandin) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=dbless.admin_url) as client:
        yield client


def _load(admin: httpx.Client, text: str, check_hash: str = "0") -> httpx.Response:
    return admin.post("/config", params={"check_hash": check_hash}, json={"config": text})


def test_it_is_ready_once_it_has_a_configuration(dbless: RunningStandin, admin: httpx.Client) -> None:
    before = httpx.get(f"{dbless.status_url}/status/ready")
    _load(admin, _CONFIGURATION).raise_for_status()
    after = httpx.get(f"{dbless.status_url}/status/ready")

    assert (before.status_code, after.status_code) == (503, 200)


def test_the_same_text_is_not_loaded_twice_when_asked_so(admin: httpx.Client) -> None:
    first = _load(admin, _CONFIGURATION, check_hash="1")
    again = _load(admin, _CONFIGURATION, check_hash="1")
    changed = _load(admin, _CONFIGURATION + "  # changed", check_hash="1")

    assert (first.status_code, again.status_code, changed.status_code) == (201, 304, 201)


def test_what_stands_inside_an_entity_belongs_to_it(admin: httpx.Client) -> None:
    _load(admin, _CONFIGURATION).raise_for_status()

    assert admin.get("/consumers/free-tier/key-auth").json()["data"][0]["key"] == "k"
    assert admin.get("/upstreams/u/targets").json()["data"][0]["target"] == "a.example:80"
    assert admin.get("/services/api/plugins").json()["data"][0]["name"] == "cors"


def _entities(admin: httpx.Client) -> list[dict[str, Any]]:
    every = [*admin.get("/plugins").json()["data"], *admin.get("/services").json()["data"]]
    return [{field: value for field, value in each.items() if field != "updated_at"} for each in every]


def test_its_own_export_is_a_configuration_that_gives_the_same_gateway(admin: httpx.Client) -> None:
    _load(admin, _CONFIGURATION).raise_for_status()
    exported = admin.get("/config").json()["config"]
    before = _entities(admin)

    _load(admin, exported).raise_for_status()

    assert _entities(admin) == before


def test_a_wrong_configuration_leaves_the_one_before(admin: httpx.Client) -> None:
    _load(admin, _CONFIGURATION).raise_for_status()

    assert _load(admin, _CONFIGURATION.replace("service: api", "service: another")).status_code == 400
    assert admin.get("/services/api").status_code == 200


def test_the_whole_configuration_is_refused_in_database_mode(standin: RunningStandin) -> None:
    response = httpx.post(f"{standin.admin_url}/config", json={"_format_version": "3.0"})

    assert response.json()["message"].startswith("this endpoint is only available when Kong is configured to not use")


def test_an_enterprise_plugin_in_a_configuration_is_refused(admin: httpx.Client) -> None:
    text = _CONFIGURATION.replace("name: cors", "name: openid-connect")

    fields = _load(admin, text).json()["fields"]

    assert fields["plugins"][0]["name"].startswith("plugin 'openid-connect' not enabled")
