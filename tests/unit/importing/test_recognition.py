"""What the settings' own sections say: recognised where rendering gives exactly that entity again."""

from typing import Any

import pytest
import yaml

from entities.importing.catalogue import REASON
from entities.importing.everywhere import CLOSED
from tests.unit.importing.faithful import unsaid
from tests.unit.importing.imports import imported

OPEN_ROUTE: dict[str, Any] = {
    "name": "open-all",
    "paths": ["/open/"],
    "methods": ["GET", "POST"],
    "strip_path": False,
}
OPEN_SERVICE: dict[str, Any] = {
    "name": "open",
    "url": "https://open.svc:8443/base",
    "retries": 2,
    "connect_timeout": 5_000,
    "routes": [OPEN_ROUTE],
}
CORS = {
    "origins": ["https://app.example"],
    "methods": ["GET"],
    "headers": ["Accept"],
    "exposed_headers": ["X-Request-ID"],
    "credentials": True,
    "max_age": 60,
}


def text(**content: Any) -> str:
    return yaml.safe_dump({"_format_version": "3.0", **content})


def test_nothing_comes_to_nothing() -> None:
    found = imported(text())

    assert found.proposal.sections == {key: value for key, value in CLOSED.items() if key != "cors"}
    assert len(found.proposal.snapshot) == 0


@pytest.mark.parametrize(
    ("plugin", "section", "said"),
    [
        (
            {"name": "cors", "config": CORS},
            "cors",
            {
                "origins": ["https://app.example"],
                "methods": ["GET"],
                "headers": ["Accept"],
                "exposedHeaders": ["X-Request-ID"],
                "credentials": True,
                "maxAge": 60,
            },
        ),
        (
            {"name": "request-size-limiting", "config": {"allowed_payload_size": 7}},
            "traffic",
            {"maxBody": 7, "correlationHeader": None},
        ),
        (
            {
                "name": "correlation-id",
                "config": {"header_name": "X-Trace", "generator": "uuid", "echo_downstream": True},
            },
            "traffic",
            {"maxBody": None, "correlationHeader": "X-Trace"},
        ),
        (
            {"name": "prometheus", "config": {"latency_metrics": True}},
            "observability",
            {
                "prometheus": {
                    "perConsumer": False,
                    "latency": True,
                    "bandwidth": False,
                    "statusCodes": False,
                    "upstreamHealth": False,
                },
                "accessLog": False,
            },
        ),
    ],
    ids=["cors", "maxBody", "correlationHeader", "prometheus"],
)
def test_a_plugin_for_every_request_is_said_by_its_section(
    plugin: dict[str, Any], section: str, said: dict[str, Any]
) -> None:
    found = imported(text(plugins=[plugin]))

    assert found.proposal.sections[section] == said
    assert found.raw == {}
    assert unsaid(found.proposal) == []


@pytest.mark.parametrize(
    "plugin",
    [
        {"name": "cors", "config": {**CORS, "origins": ["*"]}},
        {"name": "cors", "config": {**CORS, "headers": None}},
        {"name": "cors", "config": {**CORS, "private_network": True}},
        {"name": "request-size-limiting", "config": {"allowed_payload_size": 7, "size_unit": "kilobytes"}},
        {"name": "request-size-limiting", "config": {"allowed_payload_size": 7, "require_content_length": True}},
        {"name": "correlation-id", "config": {"header_name": "X-Trace", "generator": "tracker"}},
        {"name": "prometheus", "enabled": False},
        {"name": "prometheus", "tags": ["team-a"]},
        {"name": "prometheus", "instance_name": "counts"},
        {"name": "prometheus", "protocols": ["http"]},
        {"name": "file-log", "config": {"path": "/dev/stdout"}},
    ],
    ids=str,
)
def test_a_plugin_that_its_section_would_not_give_again_stays_in_kongs_terms(plugin: dict[str, Any]) -> None:
    found = imported(text(plugins=[plugin]))

    assert [each["name"] for each in found.raw["plugins"]] == [plugin["name"]]
    assert found.proposal.recognised == frozenset()
    assert unsaid(found.proposal) == []


def test_an_open_service_with_plain_routes_is_an_api_that_is_public_for_a_reason() -> None:
    found = imported(text(services=[OPEN_SERVICE]))

    route = {"name": "open-all", "paths": ["/open/"], "methods": ["GET", "POST"], "access": {"public": REASON}}
    assert found.proposal.sections["apis"] == [{"name": "open", "routes": [route]}]
    assert found.proposal.sections["backends"] == {"open": "https://open.svc:8443/base"}
    assert found.raw == {}
    assert unsaid(found.proposal) == []


def test_timeouts_and_retries_that_are_not_the_catalogues_are_said() -> None:
    found = imported(text(services=[OPEN_SERVICE | {"retries": 9, "read_timeout": 1_000}]))

    (api,) = found.proposal.sections["apis"]
    assert api["retries"] == 9
    assert api["timeouts"] == {"connect": 5_000, "write": 60_000, "read": 1_000}
    assert unsaid(found.proposal) == []


def test_preflights_that_the_cors_plugin_answers_are_left_to_the_catalogue() -> None:
    route = OPEN_ROUTE | {"methods": ["GET", "OPTIONS"]}
    without = OPEN_ROUTE | {"name": "without", "paths": ["/without/"]}
    service = OPEN_SERVICE | {"routes": [route, without]}

    found = imported(text(services=[service], plugins=[{"name": "cors", "config": CORS}]))

    ((said,),) = [api["routes"] for api in found.proposal.sections["apis"]]
    assert (said["name"], said["methods"]) == ("open-all", ["GET"])
    assert [each["name"] for each in found.raw["routes"]] == ["without"]
    assert unsaid(found.proposal) == []


@pytest.mark.parametrize("plugin", ["key-auth", "basic-auth", "jwt", "acl", "oauth2", "ldap-auth", "hmac-auth"])
@pytest.mark.parametrize("scope", ["everything", "service", "route"])
def test_what_asks_who_calls_makes_no_public_api(plugin: str, scope: str) -> None:
    config: dict[str, Any] = {
        "acl": {"allow": ["partners"]},
        "oauth2": {"enable_authorization_code": True},
        "ldap-auth": {"attribute": "uid", "base_dn": "dc=a", "ldap_host": "ldap.svc"},
    }
    guard = {"name": plugin, "config": config.get(plugin, {})}
    on = {"everything": {}, "service": {"service": "open"}, "route": {"route": "open-all"}}[scope]

    found = imported(text(services=[OPEN_SERVICE], plugins=[guard | on]))

    assert found.proposal.sections["apis"] == []
    assert [each["name"] for each in found.raw["routes"]] == ["open-all"]
    assert unsaid(found.proposal) == []


def test_a_guard_that_is_switched_off_guards_nothing() -> None:
    found = imported(text(services=[OPEN_SERVICE], plugins=[{"name": "key-auth", "enabled": False}]))

    assert [api["name"] for api in found.proposal.sections["apis"]] == ["open"]


@pytest.mark.parametrize(
    "change",
    [
        {"tags": ["team-a"]},
        {"enabled": False},
        {"tls_verify": True},
        {"url": "http://open.svc/base/"},
        {"url": "tcp://open.svc:9000"},
        {"name": "with_\u00fcmlaut"},
    ],
    ids=str,
)
def test_a_service_that_the_catalogue_would_not_give_again_stays_in_kongs_terms(change: dict[str, Any]) -> None:
    service = OPEN_SERVICE | change
    if change.get("url", "").startswith("tcp"):
        service = {key: value for key, value in service.items() if key != "routes"}

    found = imported(text(services=[service]))

    assert found.proposal.sections["apis"] == []
    assert [each["name"] for each in found.raw["services"]] == [service["name"]]
    assert found.left_out == ()
    assert unsaid(found.proposal) == []


@pytest.mark.parametrize(
    "change",
    [
        {"strip_path": True},
        {"hosts": ["a.example"]},
        {"methods": None},
        {"paths": ["~/open/\\d+"]},
        {"preserve_host": True},
        {"protocols": ["https"]},
        {"tags": ["team-a"]},
        {"name": None},
    ],
    ids=str,
)
def test_a_route_that_the_catalogue_would_not_give_again_is_on_its_api_in_kongs_terms(change: dict[str, Any]) -> None:
    odd = {**OPEN_ROUTE, "name": "odd", "paths": ["/odd/"], **change}

    found = imported(text(services=[OPEN_SERVICE | {"routes": [OPEN_ROUTE, odd]}]))

    ((said,),) = [api["routes"] for api in found.proposal.sections["apis"]]
    assert said["name"] == "open-all"
    assert [each["service"] for each in found.raw["routes"]] == ["open"]
    assert unsaid(found.proposal) == []


def test_of_two_routes_for_the_same_requests_the_catalogue_says_one() -> None:
    other = OPEN_SERVICE | {"name": "other", "routes": [{**OPEN_ROUTE, "name": "other-all", "methods": ["POST"]}]}

    found = imported(text(services=[OPEN_SERVICE, other]))

    assert [api["name"] for api in found.proposal.sections["apis"]] == ["open"]
    assert [each["name"] for each in found.raw["services"]] == ["other"]
    assert unsaid(found.proposal) == []


def test_a_route_for_requests_that_are_taken_leaves_the_rest_of_its_api_in_the_catalogue() -> None:
    taken = {**OPEN_ROUTE, "name": "taken", "methods": ["POST"]}
    free = {**OPEN_ROUTE, "name": "free", "paths": ["/free/"]}
    other = OPEN_SERVICE | {"name": "other", "routes": [taken, free]}

    found = imported(text(services=[OPEN_SERVICE, other]))

    names = [[route["name"] for route in api["routes"]] for api in found.proposal.sections["apis"]]
    assert names == [["open-all"], ["free"]]
    assert [each["name"] for each in found.raw["routes"]] == ["taken"]
    assert unsaid(found.proposal) == []
