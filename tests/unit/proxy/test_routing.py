"""Which route a request belongs to, and the path that the service sees."""

import uuid
from typing import Any

import pytest

from sandbox.kong.proxy.headers import Headers
from sandbox.kong.proxy.paths import escape, normalize, upstream_path
from sandbox.kong.proxy.router import Match, RoutedRequest, Router


def route(name: str, **fields: Any) -> dict[str, Any]:
    identity = str(uuid.uuid5(uuid.NAMESPACE_DNS, name))
    return {"id": identity, "name": name, "protocols": ["http", "https"], "regex_priority": 0, **fields}


def match(routes: list[dict[str, Any]], path: str = "/", **request: Any) -> Match | None:
    defaults: dict[str, Any] = {"method": "GET", "host": "a.test", "port": 80, "scheme": "http", "headers": Headers()}
    return Router(routes).match(RoutedRequest(path=path, **(defaults | request)))


def chosen(routes: list[dict[str, Any]], path: str = "/", **request: Any) -> str | None:
    found = match(routes, path, **request)
    return found.route["name"] if found else None


def test_longest_prefix_wins() -> None:
    routes = [route("all", paths=["/api/"]), route("auth", paths=["/api/auth/"]), route("root", paths=["/"])]
    assert chosen(routes, "/api/auth/login") == "auth"
    assert chosen(routes, "/api/other") == "all"
    assert chosen(routes, "/api") == "root"


def test_more_attributes_win_over_longer_paths() -> None:
    routes = [route("long", paths=["/api/auth/"]), route("get", paths=["/"], methods=["GET"])]
    assert chosen(routes, "/api/auth/x") == "get"
    assert chosen(routes, "/api/auth/x", method="POST") == "long"


def test_regular_expression_wins_over_prefix_and_by_priority() -> None:
    routes = [
        route("prefix", paths=["/users/1/posts"]),
        route("low", paths=["~/users/\\d+"], regex_priority=1),
        route("high", paths=["~/users/(?<user>\\d+)/posts"], regex_priority=2),
    ]
    found = match(routes, "/users/1/posts/2")
    assert found is not None
    assert found.route["name"] == "high"
    assert found.captures == {1: "1", "user": "1"}
    assert found.matched_path == "/users/1/posts"
    assert chosen(routes, "/x/users/1") is None


def test_regular_expression_without_a_priority_wins_over_longer_prefix() -> None:
    assert chosen([route("prefix", paths=["/users/long"]), route("regex", paths=["~/users"])], "/users/long") == "regex"


def test_one_route_with_several_kinds_of_paths_takes_each_by_its_own_priority() -> None:
    routes = [route("mixed", paths=["/a", "/a/very/long", "~/r\\d$"]), route("middle", paths=["/a/very"])]
    assert chosen(routes, "/a/very/long/x") == "mixed"
    assert chosen(routes, "/a/very/short") == "middle"
    assert chosen(routes, "/r1") == "mixed"
    assert chosen(routes, "/r12") is None


@pytest.mark.parametrize(
    ("pattern", "host", "fits"),
    [
        ("a.test", "a.test", True),
        ("a.test", "a.test:8000", True),
        ("a.test:8000", "a.test:8000", True),
        ("a.test:8000", "a.test", False),
        ("*.test", "deep.a.test", True),
        ("*.test", "test", False),
        ("a.*", "a.example", True),
        ("a.*", "b.a.example", False),
    ],
)
def test_hosts(pattern: str, host: str, fits: bool) -> None:
    assert (chosen([route("r", hosts=[pattern])], host=host) is not None) == fits


def test_plain_host_wins_over_wildcard() -> None:
    routes = [route("wild", hosts=["*.test"], paths=["/longer"]), route("plain", hosts=["a.test"], paths=["/"])]
    assert chosen(routes, "/longer") == "plain"


def test_headers_match_any_value_without_case() -> None:
    routes = [route("beta", headers={"X-Version": ["beta", "~*^rc\\d$"]}), route("all", paths=["/"])]
    assert chosen(routes, headers=Headers([("x-version", "old"), ("X-Version", "BETA")])) == "beta"
    assert chosen(routes, headers=Headers([("X-Version", "RC1")])) == "beta"
    assert chosen(routes, headers=Headers([("X-Version", "rc")])) == "all"
    assert chosen(routes) == "all"


def test_stream_routes_take_no_part() -> None:
    assert chosen([route("tcp", protocols=["tcp"], sources=[{"ip": "10.0.0.0/8"}])]) is None


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        ("/a//b", "/a/b"),
        ("/a/../b", "/b"),
        ("/../../etc", "/etc"),
        ("/a/./b/", "/a/b/"),
        ("/%61pi/%2e%2e/x", "/x"),
        ("/a%2Fb%2f", "/a%2Fb%2F"),
        ("/a%20b", "/a b"),
        ("/", "/"),
    ],
)
def test_normalization(sent: str, seen: str) -> None:
    assert normalize(sent) == seen


def test_encoded_dots_do_not_pass_a_public_route() -> None:
    routes = [route("public", paths=["/public/"]), route("private", paths=["/private/"])]
    assert chosen(routes, "/public/%2e%2e/private/x") == "private"


def test_escape_keeps_reserved_and_encodes_the_rest() -> None:
    assert escape("/a b/\xff?x=%20") == "/a%20b/%FF?x=%20"


@pytest.mark.parametrize(
    ("path", "matched", "base", "joined"),
    [
        ("/api/x", None, "/", "/api/x"),
        ("/api/x", None, "/v1", "/v1/api/x"),
        ("/api/x", None, "/v1/", "/v1/api/x"),
        ("/", None, "/v1", "/v1"),
        ("/api/x", "/api", "/", "/x"),
        ("/api/x", "/api/", "/v1", "/v1/x"),
        ("/api/x", "/api", "/v1/", "/v1/x"),
        ("/api", "/api", "/", "/"),
        ("/api", "/api", "/v1", "/v1"),
        ("/api", "/api", "/v1/", "/v1"),
        ("/api/", "/api/", "/v1", "/v1/"),
        ("/api/", "/api/", "/v1/", "/v1/"),
        ("/apix", "/api", "/v1", "/v1/x"),
    ],
)
def test_service_path_and_request_path_join_as_v0_does(path: str, matched: str | None, base: str, joined: str) -> None:
    assert upstream_path(path, matched=matched, base=base) == joined
