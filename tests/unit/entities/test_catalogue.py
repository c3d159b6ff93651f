"""OmniFy's catalogue as Kong's services and routes, with what stands on each."""

import pytest

from tests.unit.config.documents import ABSENT, Edit, put
from tests.unit.entities.states import api, configurations, desired, documents, route

ROUTES = {
    "omnify-api-all": (["/api/"], ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
    "omnify-auth": (["/api/auth/"], ["GET", "HEAD", "POST", "OPTIONS"]),
    "omnify-agentkit": (["/api/agentkit/"], ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
    "omnify-eyes": (["/api/eyes/"], ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
    "omnify-health": (["/health", "/api/info"], ["GET", "HEAD", "OPTIONS"]),
}
GLOBAL = {"correlation-id", "request-size-limiting", "cors", "prometheus", "file-log", "pre-function"}
GUARDED = {
    "omnify-api-all": ["enterprise", "free", "pro"],
    "omnify-agentkit": ["enterprise", "pro"],
    "omnify-eyes": ["enterprise", "pro"],
}


def on(scope: str, *edits: object) -> set[str]:
    """The names of the plugins on a scope."""
    plugins = desired(*edits).plugins  # pyright: ignore[reportArgumentType] (edits)
    return {plugin.name for plugin in plugins if str(plugin.scope) == scope}


TRUSTING = put("network", {"trustedProxies": ["10.0.0.0/8"]})
TRAEFIK = [put("ingress.className", "traefik"), put("ingress.managerAuth", None)]


@pytest.mark.parametrize(
    ("edits", "by_kong"),
    [
        ([], False),
        ([TRUSTING], False),
        ([TRUSTING, *TRAEFIK], True),
        ([TRUSTING, *TRAEFIK, put("ingress.tls.redirect", False)], False),
        ([put("proxyService", {"type": "LoadBalancer"})], True),
        ([put("proxyService", {"type": "LoadBalancer"}), put("ingress.tls", None)], False),
    ],
    ids=["controller", "controller, trusted", "kong", "nobody", "load balancer", "plain"],
)
def test_routes_send_plain_http_on_where_it_is_kong_that_does(edits: list[Edit], by_kong: bool) -> None:
    found = documents(desired(*edits, stack="prod"), "routes").values()
    protocols, code = (["https"], 308) if by_kong else (["http", "https"], 426)
    assert {tuple(each["protocols"]) for each in found} == {tuple(protocols)}
    assert {each.get("https_redirect_status_code", 426) for each in found} == {code}


def test_the_service_is_at_its_backends_url() -> None:
    backend = put("backends.omnify-api", "https://omnify.example/base/")

    ((_, service),) = documents(desired(backend), "services").items()

    assert {field: service[field] for field in ("name", "protocol", "host", "port", "path")} == {
        "name": "omnify-api",
        "protocol": "https",
        "host": "omnify.example",
        "port": 443,
        "path": "/base",
    }


@pytest.mark.parametrize(
    ("url", "port", "path"),
    [
        ("http://omnify-api.omnify.svc.cluster.local:8000", 8000, None),
        ("http://omnify.example", 80, None),
        ("http://omnify.example/", 80, None),
        ("https://omnify.example:444/a", 444, "/a"),
    ],
)
def test_port_and_path_follow_from_the_url(url: str, port: int, path: str | None) -> None:
    service = documents(desired(put("backends.omnify-api", url)), "services")["omnify-api"]

    assert (service["port"], service["path"]) == (port, path)


def test_timeouts_and_retries_are_the_settings() -> None:
    timeouts = put("apis[0].timeouts", {"connect": 1, "write": 2, "read": 3})

    service = documents(desired(timeouts, put("apis[0].retries", 0)), "services")["omnify-api"]

    assert (service["connect_timeout"], service["write_timeout"], service["read_timeout"]) == (1, 2, 3)
    assert service["retries"] == 0


def test_each_route_takes_its_paths_and_methods_and_leaves_the_path_as_it_is() -> None:
    state = desired()
    routes = documents(state, "routes")

    assert {name: (found["paths"], found["methods"]) for name, found in routes.items()} == ROUTES
    for found in routes.values():
        assert found["service"] == {"id": state.owner.id("services", "omnify-api")}
        assert (found["strip_path"], found["preserve_host"]) == (False, False)
        assert found["protocols"] == ["http", "https"]
        assert (found["hosts"], found["headers"], found["snis"]) == (None, None, None)


def test_without_cors_no_route_takes_options() -> None:
    routes = documents(desired(put("cors", ABSENT)), "routes")

    assert {name: found["methods"] for name, found in routes.items()} == {
        name: methods[:-1] for name, (_, methods) in ROUTES.items()
    }


def test_a_method_is_listed_once() -> None:
    routes = documents(desired(put("apis[0].routes[4].methods", ["OPTIONS", "GET"])), "routes")

    assert routes["omnify-health"]["methods"] == ["OPTIONS", "GET"]


def test_each_plugin_stands_where_it_belongs_and_nowhere_else() -> None:
    found: dict[str, set[str]] = {}
    for plugin in desired().plugins:
        found.setdefault(str(plugin.scope), set()).add(plugin.name)

    assert found == (
        {"global": GLOBAL}
        | {f"route/{name}": {"pre-function", "jwt", "acl"} for name in GUARDED}
        | {f"consumer/{tier}": {"rate-limiting"} for tier in ("free", "pro", "enterprise")}
    )


def test_a_route_is_for_the_groups_it_names() -> None:
    found = configurations(desired())

    acls = {key.split("/")[1]: config for key, config in found.items() if key.endswith("/acl")}
    assert {name: config["allow"] for name, config in acls.items()} == GUARDED
    for config in acls.values():
        assert (config["deny"], config["hide_groups_header"]) == (None, True)
        assert config["always_use_authenticated_groups"] is False


def test_authentication_stands_once_on_a_service_without_public_routes() -> None:
    private = api("billing", route("invoices", groups=["pro"]), route("prices", groups=["free", "pro"]))

    assert on("service/billing", private) == {"pre-function", "jwt"}
    assert on("route/invoices", private) == {"acl"}
    assert on("route/prices", private) == {"acl"}


def test_groups_stand_once_on_a_service_whose_routes_have_the_same() -> None:
    alike = api("billing", route("invoices", groups=["pro", "free"]), route("prices", groups=["free", "pro"]))

    assert on("service/billing", alike) == {"pre-function", "jwt", "acl"}
    assert on("route/invoices", alike) | on("route/prices", alike) == set()


@pytest.mark.parametrize("groups", [["pro"], None])
def test_a_route_for_the_same_people_is_one_entity_more(groups: list[str] | None) -> None:
    counts = [
        len(list(desired(api("billing", *(route(f"prices-{number}", groups=groups) for number in range(routes))))))
        for routes in (1, 2, 20)
    ]

    assert [count - counts[0] for count in counts] == [0, 1, 19]


def test_a_service_with_a_public_route_has_it_on_each_of_the_others() -> None:
    mixed = api("billing", route("invoices", groups=["pro"]), route("prices"))

    assert on("service/billing", mixed) == set()
    assert on("route/invoices", mixed) == {"pre-function", "jwt", "acl"}
    assert on("route/prices", mixed) == set()


def test_a_service_of_public_routes_has_none() -> None:
    public = api("docs", route("manual"), route("terms"))

    assert on("service/docs", public) | on("route/manual", public) | on("route/terms", public) == set()


def test_body_limits_are_the_stacks_and_a_routes_own() -> None:
    own = put("apis[0].routes[2].maxBody", 50)

    found = configurations(desired(own))

    limits = {key: config for key, config in found.items() if key.endswith("request-size-limiting")}
    assert {key: config["allowed_payload_size"] for key, config in limits.items()} == {
        "global/request-size-limiting": 10,
        "route/omnify-agentkit/request-size-limiting": 50,
    }
    for config in limits.values():
        assert (config["size_unit"], config["require_content_length"]) == ("megabytes", False)
