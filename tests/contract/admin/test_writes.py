"""Writes that the recordings do not show; with KONG_ADMIN_URL a real Kong is asked."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.contract.admin.certificates import self_signed
from tests.standin import TAG

_ID = "0b5a4f3e-9d1c-4b7a-8e6f-2c3d4e5f6a7b"
_TAGGED = {"tags": [TAG]}


def _put(kong: httpx.Client, path: str, **body: Any) -> dict[str, Any]:
    response = kong.put(path, json=body)
    assert response.status_code == 200, response.text
    return response.json()


def test_a_nested_put_moves_a_credential_to_another_consumer(kong: httpx.Client) -> None:
    for name in ("one", "other"):
        _put(kong, f"/consumers/t-{name}", **_TAGGED)
    _put(kong, f"/consumers/t-one/key-auth/{_ID}", key="t-key")

    moved = _put(kong, f"/consumers/t-other/key-auth/{_ID}", key="t-key")

    assert moved["consumer"]["id"] == kong.get("/consumers/t-other").json()["id"]
    assert kong.get("/consumers/t-one/key-auth").json()["data"] == []


def test_a_name_that_an_entity_gave_up_is_free(kong: httpx.Client) -> None:
    first = _put(kong, "/services/t-name", host="a.example", **_TAGGED)
    kong.patch(f"/services/{first['id']}", json={"name": "t-renamed"}).raise_for_status()

    second = _put(kong, "/services/t-name", host="b.example", **_TAGGED)

    assert second["id"] != first["id"]
    assert kong.get("/services/t-renamed").json()["id"] == first["id"]


def test_a_name_is_free_again_after_its_entity_is_deleted(kong: httpx.Client) -> None:
    _put(kong, "/consumers/t-gone", custom_id="t-custom", **_TAGGED)
    kong.delete("/consumers/t-gone").raise_for_status()

    assert kong.post("/consumers", json={"username": "t-gone", "custom_id": "t-custom", **_TAGGED}).status_code == 201


def test_deleting_a_consumer_takes_its_credentials_and_plugins_along(kong: httpx.Client) -> None:
    _put(kong, "/consumers/t-consumer", **_TAGGED)
    plugin = kong.post(
        "/consumers/t-consumer/plugins", json={"name": "rate-limiting", "config": {"minute": 1}, **_TAGGED}
    ).json()
    acl = kong.post("/consumers/t-consumer/acls", json={"group": "t-group"}).json()

    kong.delete("/consumers/t-consumer").raise_for_status()

    assert kong.get(f"/plugins/{plugin['id']}").status_code == 404
    assert kong.get(f"/acls/{acl['id']}").status_code == 404


def test_a_refused_deletion_leaves_everything_as_it_was(kong: httpx.Client) -> None:
    _put(kong, "/services/t-kept", host="a.example", **_TAGGED)
    kong.post("/services/t-kept/plugins", json={"name": "cors", **_TAGGED}).raise_for_status()
    kong.post("/services/t-kept/routes", json={"name": "t-kept", "paths": ["/t"], **_TAGGED}).raise_for_status()

    assert kong.delete("/services/t-kept").status_code == 400
    assert len(kong.get("/services/t-kept/plugins").json()["data"]) == 1


def test_a_patch_of_an_upstream_leaves_its_algorithm(kong: httpx.Client) -> None:
    _put(kong, "/upstreams/t-upstream", algorithm="latency", **_TAGGED)

    patched = kong.patch("/upstreams/t-upstream", json={"slots": 100}).json()

    assert (patched["algorithm"], patched["slots"]) == ("latency", 100)


def test_a_patch_may_use_a_deprecated_name_of_a_field(kong: httpx.Client) -> None:
    _put(kong, "/services/t-redis", host="a.example", **_TAGGED)
    config = {"minute": 1, "policy": "redis", "redis": {"host": "old.example"}}
    plugin = kong.post("/services/t-redis/plugins", json={"name": "rate-limiting", "config": config, **_TAGGED}).json()

    patched = kong.patch(f"/plugins/{plugin['id']}", json={"config": {"redis_host": "new.example"}}).json()

    assert (patched["config"]["redis"]["host"], patched["config"]["redis_host"]) == ("new.example", "new.example")


def test_a_plugin_must_share_a_protocol_with_a_route_of_its_service(kong: httpx.Client) -> None:
    _put(kong, "/services/t-protocols", host="a.example", **_TAGGED)
    kong.post(
        "/services/t-protocols/routes", json={"paths": ["/t"], "protocols": ["http"], **_TAGGED}
    ).raise_for_status()

    refused = kong.post("/services/t-protocols/plugins", json={"name": "cors", "protocols": ["grpc"], **_TAGGED})

    assert refused.json()["fields"]["protocols"].startswith("must match the protocols of at least one route")


def test_a_password_is_hashed_once(kong: httpx.Client) -> None:
    _put(kong, "/consumers/t-basic", **_TAGGED)
    made = kong.post("/consumers/t-basic/basic-auth", json={"username": "t-user", "password": "secret"}).json()

    renamed = kong.patch("/basic-auths/t-user", json={"username": "t-renamed"}).json()
    changed = kong.patch("/basic-auths/t-renamed", json={"password": "secret"}).json()

    assert made["password"] != "secret"
    assert renamed["password"] == changed["password"] == made["password"]


def test_an_oauth2_credential_gets_an_id_and_a_secret(kong: httpx.Client) -> None:
    _put(kong, "/consumers/t-oauth2", **_TAGGED)

    made = kong.post("/consumers/t-oauth2/oauth2", json={"name": "t-application"}).json()

    assert (len(made["client_id"]), len(made["client_secret"]), made["client_type"]) == (32, 32, "confidential")
    assert kong.get(f"/oauth2/{made['client_id']}").json()["id"] == made["id"]


def test_a_name_leads_to_the_certificate_that_was_given_it(kong: httpx.Client) -> None:
    pair = self_signed("t.example")
    made = kong.post("/certificates", json={**pair._asdict(), "snis": ["t-b.example", "t-a.example"], **_TAGGED}).json()
    other = kong.post("/certificates", json={**pair._asdict(), **_TAGGED}).json()

    refused = kong.patch(f"/certificates/{other['id']}", json={"snis": ["t-a.example"]})

    assert refused.json()["fields"]["snis"].startswith("t-a.example already associated with existing certificate")
    assert kong.get("/certificates/t-a.example").json()["id"] == made["id"]
    listed = {each["id"]: each["snis"] for each in kong.get("/certificates").json()["data"]}
    assert (listed[made["id"]], listed[other["id"]]) == (["t-a.example", "t-b.example"], [])


def test_a_target_can_be_posted_with_an_id_and_is_then_changed_by_put(kong: httpx.Client) -> None:
    _put(kong, "/upstreams/t-targets", **_TAGGED)
    made = kong.post("/upstreams/t-targets/targets", json={"id": _ID, "target": "a.example:80"})
    changed = _put(kong, f"/upstreams/t-targets/targets/{_ID}", target="b.example", weight=0)

    assert (made.status_code, made.json()["id"]) == (201, _ID)
    assert (changed["target"], changed["weight"]) == ("b.example:8000", 0)


@pytest.mark.parametrize("plugin", ["openid-connect", "oidc", "nonsense"])
def test_a_plugin_that_the_edition_does_not_have_is_refused(kong: httpx.Client, plugin: str) -> None:
    refused = kong.post("/plugins", json={"name": plugin, **_TAGGED})

    message = f"plugin '{plugin}' not enabled; add it to the 'plugins' configuration property"
    assert (refused.status_code, refused.json()["fields"]) == (400, {"name": message})


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/certificates", {"cert": "a", "key": "b", "snis": 5}),
        ("/certificates", {"cert": "a", "key": "b", "snis": [{"name": "x"}]}),
        ("/routes", {"paths": ["/x"], "service": {"name": ["x"]}}),
        ("/routes", {"paths": ["/x"], "service": {"id": 5}}),
        ("/services", {"id": 5, "host": "h"}),
        ("/consumers", {"username": ["x"]}),
        ("/plugins", {"name": {"x": 1}}),
        ("/plugins", {"name": "cors", "protocols": 5}),
        ("/plugins", {"name": "cors", "config": []}),
        ("/upstreams", {"name": "u", "healthchecks": {"active": 5}}),
    ],
)
def test_values_of_wrong_types_are_no_server_errors(kong: httpx.Client, path: str, body: dict[str, Any]) -> None:
    assert kong.post(path, json={**body, **_TAGGED}).status_code < 500


def test_a_refused_entity_is_not_written(kong: httpx.Client) -> None:
    kong.put("/services/t-refused", json={"host": "a.example", "port": -1, **_TAGGED})

    assert kong.get("/services/t-refused").status_code == 404
