"""The rules about which requests reach a route."""

from functools import partial
from typing import Any

import pytest

from components.platform.kong_conf import gateway_environment
from tests.unit.config.documents import put
from tests.unit.entities.raw_catalogue import certificate_and_key
from tests.unit.entities.states import settings
from tests.unit.lint.findings import further, places, raw, raw_routes, told

shadowed = partial(places, "route-shadowed")
unreachable = partial(places, "route-unreachable")
literal = partial(places, "pattern-taken-literally")
serviceless = partial(places, "route-without-service")
tls = partial(places, "tls-ends-at-the-ingress")

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


@pytest.mark.parametrize(
    ("taker", "taken", "place"),
    [
        ({"paths": ["~/v1/orders"]}, {"paths": ["/v1/orders/long/prefix"]}, ""),
        ({"paths": ["~/v1"], "regex_priority": 1}, {"paths": ["~/v1/orders/\\d+$"]}, ""),
        ({"paths": ["~/v1/\\d+$"], "regex_priority": 1}, {"paths": ["~/v1/\\d+$"]}, ""),
        ({"paths": ["~/v1/.*"]}, {"paths": ["/v1/orders"]}, ""),
        ({"paths": ["~/v1"], "hosts": ["a.test"]}, {"paths": ["/v1/orders"], "hosts": ["a.test:8000"]}, ""),
        ({"paths": ["~/v1"], "hosts": ["a.test:8000"]}, {"paths": ["/v1/orders"], "hosts": ["a.test:8000"]}, ""),
        ({"paths": ["~/v1"], "hosts": ["*.test"]}, {"paths": ["/v1/orders"], "hosts": ["*.a.test"]}, ""),
        ({"paths": ["~/v1"], "hosts": ["a.*"]}, {"paths": ["/v1/orders"], "hosts": ["a.b.*"]}, ""),
        ({"paths": ["/v1"], "hosts": ["a.test"]}, {"paths": ["/v1/a"], "hosts": ["a.test", "*.b.test"]}, ".hosts[0]"),
        ({"paths": ["~/v1"], "headers": {"x-a": ["1", "2"]}}, {"paths": ["/v1/a"], "headers": {"X_A": ["1"]}}, ""),
    ],
)
def test_what_takes_everything_and_ranks_higher_shadows(
    taker: dict[str, Any], taken: dict[str, Any], place: str
) -> None:
    routes = raw_routes(taker | {"name": "taker"}, taken | {"name": "taken"})

    assert shadowed(routes) == [f"entities.routes[1]{place}"]


@pytest.mark.parametrize(
    "routes",
    [
        [{"paths": ["/v1"]}, {"paths": ["/v1/orders"]}],
        [{"paths": ["~/v1/orders$"]}, {"paths": ["/v1/orders"]}],
        [{"paths": ["~/v1/\\d+"]}, {"paths": ["/v1/1"]}],
        [{"paths": ["~/v1|/v2"]}, {"paths": ["/v2"]}],
        [{"paths": ["~/v1"], "regex_priority": 1}, {"paths": ["~/v1/a|/v2"]}],
        [{"paths": ["~/v1/?"]}, {"paths": ["/v1"]}],
        [{"paths": ["~/v1/a"], "regex_priority": 1}, {"paths": ["~/v1/a?"]}],
        [{"paths": ["~/v1", "/v1/a"]}],
        [{"paths": ["~/v1"], "hosts": ["a.test"]}, {"paths": ["/v1/orders"]}],
        [{"paths": ["~/v1"], "hosts": ["a.test"]}, {"paths": ["/v1/orders"], "hosts": ["b.test"]}],
        [{"paths": ["~/v1"], "headers": {"x": ["1"]}}, {"paths": ["/v1/a"], "headers": {"x": ["2"]}}],
        [{"paths": ["~/v1"], "methods": ["GET"]}, {"paths": ["/v1/a"], "methods": ["POST"]}],
        [{"paths": ["~/v1"], "snis": ["a.test"]}, {"paths": ["/v1/a"], "snis": ["b.test"]}],
        [{"paths": ["/v1", "/v1/orders"]}, {"paths": ["/v1/orders/1"]}],
    ],
)
def test_routes_that_share_but_do_not_take_everything_are_right(routes: list[dict[str, Any]]) -> None:
    named = [route | {"name": f"r{index}"} for index, route in enumerate(routes)]

    assert shadowed(raw_routes(*named)) == []


def test_of_two_equal_routes_the_id_decides() -> None:
    said = told("route-shadowed", raw_routes({"name": "a", "paths": ["/v1"]}, {"name": "b", "paths": ["/v1"]}))

    assert "both rank alike and its id decides" in said


def test_a_path_and_a_method_that_are_taken_are_told_where_the_rest_lives() -> None:
    paths = raw_routes({"name": "regex", "paths": ["~/v1"]}, {"name": "two", "paths": ["/v2", "/v1/orders"]})
    methods = raw_routes(
        {"name": "regex", "paths": ["~/v1"], "methods": ["GET"]},
        {"name": "both", "paths": ["/v1/orders"], "methods": ["GET", "POST"]},
    )

    assert shadowed(paths) == ["entities.routes[1].paths[1]"]
    assert shadowed(methods) == ["entities.routes[1].methods"]


def test_preflights_that_the_cors_plugin_answers_may_go_to_either_of_two_routes() -> None:
    first, second = (
        {"name": name, "paths": ["/api/both/"], "methods": [method], "access": {"groups": ["pro"]}}
        for name, method in (("reads", "GET"), ("writes", "POST"))
    )

    assert shadowed(put("apis[0].routes[5]", first), put("apis[0].routes[6]", second)) == []


def test_a_modelled_route_is_told_by_its_own_key_path() -> None:
    assert shadowed(raw_routes({"name": "all", "paths": ["~/api/eyes"], "methods": METHODS})) == ["apis[0].routes[3]"]


def test_routes_of_a_disabled_service_take_nothing() -> None:
    off = raw("services", {"name": "off", "host": "off.test", "enabled": False})

    assert shadowed(off, raw_routes({"name": "all", "paths": ["~/"], "service": "off", "methods": METHODS})) == []


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"protocols": ["https"]}, "protocols"),
        ({"protocols": ["https"], "https_redirect_status_code": 301}, "protocols"),
        ({"protocols": ["grpc", "grpcs"], "strip_path": False}, "protocols"),
        ({"methods": ["TRACE", "CONNECT"]}, "methods"),
        ({"hosts": ["old.example", "*.old.example"]}, "hosts"),
    ],
)
def test_what_never_arrives_at_kong_reaches_no_route(fields: dict[str, Any], at: str) -> None:
    assert unreachable(raw_routes({"name": "r", "paths": ["/v1"]} | fields)) == [f"entities.routes[0].{at}"]


@pytest.mark.parametrize(
    "edits",
    [[put("network", {"trustedProxies": ["10.0.0.0/8"]})], [put("proxyService", {"type": "LoadBalancer"})]],
    ids=["by a trusted Ingress", "by Kong's own TLS"],
)
def test_https_arrives_where_kong_hears_of_it(edits: list[Any]) -> None:
    route = raw_routes({"name": "r", "paths": ["/v1"], "protocols": ["https"]})
    assert unreachable(route, *edits, stack="prod") == []


def test_grpc_arrives_where_tls_ends_in_kong() -> None:
    route = raw_routes({"name": "r", "paths": ["/v1"], "protocols": ["grpcs"], "strip_path": False})
    assert unreachable(route, put("proxyService", {"type": "LoadBalancer"}), stack="prod") == []


def test_a_route_for_tcp_is_out_of_reach() -> None:
    service = raw("services", {"name": "tcp", "protocol": "tcp", "host": "tcp.test", "port": 1})

    assert unreachable(
        service, raw("routes", {"name": "r", "service": "tcp", "protocols": ["tcp"], "destinations": [{"port": 1}]})
    ) == ["entities.routes[0].protocols"]


@pytest.mark.parametrize(
    "fields",
    [
        {"protocols": ["http"]},
        {"protocols": ["http", "https"]},
        {"methods": ["TRACE", "GET"]},
        {"hosts": ["old.example", "kong.omnify.local"]},
        {"hosts": ["*.omnify.local"]},
        {"hosts": ["kong.*"]},
        {"hosts": ["kong.omnify.local:8443"]},
        {"hosts": ["kong-proxy.omnify-gateway.svc.cluster.local"]},
    ],
)
def test_what_arrives_at_kong_reaches_its_route(fields: dict[str, Any]) -> None:
    assert unreachable(raw_routes({"name": "r", "paths": ["/v1"]} | fields)) == []


def test_the_ingress_may_serve_further_hosts() -> None:
    old = raw_routes({"name": "r", "paths": ["/v1"], "hosts": ["old.example"]})
    annotations = "ingress.annotations"

    assert (
        unreachable(old, put(annotations, {"nginx.ingress.kubernetes.io/server-alias": "a.example, old.example"})) == []
    )
    assert unreachable(old, put(annotations, {"nginx.ingress.kubernetes.io/upstream-vhost": "old.example"})) == []


def test_what_the_rules_take_for_granted_of_kongs_listener_is_so() -> None:
    variables = gateway_environment(settings(stack="prod")).values

    assert "ssl" not in variables["KONG_PROXY_LISTEN"]
    assert "http2" not in variables["KONG_PROXY_LISTEN"]
    assert not {"KONG_TRUSTED_IPS", "KONG_STREAM_LISTEN", "KONG_ROUTER_FLAVOR"} & variables.keys()


@pytest.mark.parametrize(
    ("path", "remedy"),
    [
        ("/api/orders/*", "write the prefix '/api/orders/', or the expression '~/api/orders/[^/]+'"),
        ("/users/:id/orders", "write the prefix '/users/', or the expression '~/users/[^/]+/orders'"),
        ("/v1/.*", "write the prefix '/v1/', or the expression '~/v1/.*'"),
        ("/v1/x.+", "write the prefix '/v1/', or the expression '~/v1/x.+'"),
        ("/a/**/b", "write the prefix '/a/', or the expression '~/a/[^/]+/b'"),
    ],
)
def test_patterns_of_other_routers_are_plain_text_to_kong(path: str, remedy: str) -> None:
    assert literal(put("apis[0].routes[1].paths[1]", path)) == ["apis[0].routes[1].paths[1]"]

    said = told("pattern-taken-literally", raw_routes({"name": "r", "paths": ["/ok/", path]}))

    assert said.startswith("entities.routes[0].paths[1]: ")
    assert f"; {remedy} [" in said


@pytest.mark.parametrize(
    "path", ["/items:batch", "/Products(1)", "/a*b", "/v1.0/x", "~/api/.*", "~/users/\\d+", "/$meta"]
)
def test_paths_that_mean_what_they_say_are_right(path: str) -> None:
    assert literal(raw_routes({"name": "r", "paths": [path]})) == []


def test_a_route_to_nowhere_answers_by_a_plugin_or_not_at_all() -> None:
    nowhere = raw("routes", {"name": "nowhere", "paths": ["/nowhere"]})

    assert serviceless(nowhere) == ["entities.routes[0]"]
    for name, config in (
        ("redirect", {"location": "https://a.test"}),
        ("request-termination", {}),
        ("pre-function", {"access": ["kong.response.exit(200)"]}),
    ):
        assert serviceless(nowhere, raw("plugins", {"name": name, "route": "nowhere", "config": config})) == []
    assert serviceless(nowhere, further({"name": "bot-detection"})) == ["entities.routes[0]"]


def test_snis_limit_nothing_where_the_ingress_ends_tls() -> None:
    limited = raw_routes({"name": "r", "paths": ["/v1"], "snis": ["a.test"]})

    assert tls(limited) == ["entities.routes[0].snis"]
    assert tls(raw_routes({"name": "r", "paths": ["/v1"], "hosts": ["a.test"]})) == []


def test_a_certificate_that_nobody_is_shown_is_found() -> None:
    certificate, _ = certificate_and_key()
    kept = raw("certificates", {"cert": certificate, "key": "{secret://tls}", "snis": ["a.test"]})

    assert tls(kept) == ["entities.certificates[0]"]
    client = raw("services", {"name": "mutual", "protocol": "https", "host": "m.test", "client_certificate": "a.test"})
    assert tls(kept, client) == []
