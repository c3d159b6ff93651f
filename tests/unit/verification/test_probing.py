import pytest

from components.outputs import RouteOutput
from gateway.verification.probing import body_probe, probe, probes, taker, undeclared
from tests.unit.verification.outputs import DEV

ROUTES = {route.name: route for route in DEV.routes}


def route(*methods: str, path: str = "/orders/") -> RouteOutput:
    return RouteOutput(
        name="orders", api="shop", paths=(path,), methods=methods, groups=("free",), public=False, max_body_megabytes=1
    )


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("GET", "/api/auth/login", "omnify-auth"),
        ("PUT", "/api/auth/login", "omnify-api-all"),
        ("GET", "/api/info", "omnify-health"),
        ("POST", "/api/info", "omnify-api-all"),
        ("GET", "/api/eyes/", "omnify-eyes"),
    ],
)
def test_the_longest_path_that_has_the_method_takes_a_request(method: str, path: str, name: str) -> None:
    taken = taker(DEV.routes, method, path)
    assert taken is not None
    assert taken.name == name


def test_nobody_takes_what_no_route_declares() -> None:
    assert taker(DEV.routes, "POST", "/health") is None


def test_every_path_of_a_route_is_asked_for() -> None:
    assert [each.path for each in probes(ROUTES["omnify-health"])] == ["/health", "/api/info"]


def test_reading_is_preferred_and_asks_for_the_path_itself() -> None:
    each = probe(route("POST", "HEAD"))
    assert (each.method, each.path) == ("HEAD", "/orders/")


def test_a_method_that_changes_things_goes_where_nothing_is() -> None:
    each = probe(route("DELETE"))
    assert (each.method, each.path) == ("DELETE", "/orders/gateway-verification")


def test_a_body_goes_where_nothing_is() -> None:
    each = body_probe(route("GET", "PATCH", path="/orders"))
    assert each is not None
    assert (each.method, each.path) == ("PATCH", "/orders/gateway-verification")
    assert body_probe(route("GET", "DELETE")) is None


def test_methods_that_another_route_takes_are_told_apart() -> None:
    found = [
        (each.method, other.name if other else None) for each, other in undeclared(ROUTES["omnify-auth"], DEV.routes)
    ]
    assert found == [(method, "omnify-api-all") for method in ("PUT", "PATCH", "DELETE")]
    nobody = [(each.method, other) for each, other in undeclared(ROUTES["omnify-health"], DEV.routes)]
    assert nobody == [(method, None) for method in ("POST", "PUT", "PATCH", "DELETE")]
