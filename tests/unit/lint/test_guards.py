"""The rules about who may pass."""

from functools import partial
from typing import Any

import pytest

from tests.unit.config.documents import ABSENT, put
from tests.unit.entities.states import api, route
from tests.unit.lint.findings import further, places, raw, raw_routes, told

under = partial(places, "public-under-protected")
unguarded = partial(places, "unguarded-route")
replaced = partial(places, "guard-replaced")
acl_alone = partial(places, "acl-without-authentication")
cors = partial(places, "cors-any-origin-with-credentials")

NOTHING_ACCEPTED = put("lint", ABSENT)
KEYS = {"name": "key-auth"}


def test_omnifys_public_paths_below_its_protected_prefix_are_found() -> None:
    assert under(NOTHING_ACCEPTED) == ["apis[0].routes[1].paths[0]", "apis[0].routes[4].paths[1]"]


def test_a_prefix_that_ends_without_a_slash_opens_more() -> None:
    said = told("public-under-protected", put("lint.accept", ABSENT), put("apis[0].routes[1].paths", ["/login/"]))

    assert "'/api/info' is public, with all that begins like it, under '/api/', which route 'omnify-api-all'" in said


def test_a_public_path_beside_the_protected_ones_is_right() -> None:
    paths = [put("apis[0].routes[1].paths", ["/login/"]), put("apis[0].routes[4].paths", ["/health", "/info"])]

    assert under(NOTHING_ACCEPTED, *paths) == []


def test_public_reading_beside_protected_writing_opens_nothing() -> None:
    reading = put("apis[0].routes[0].methods", ["POST", "DELETE"])
    public = put("apis[0].routes[1].methods", ["GET"])

    assert under(NOTHING_ACCEPTED, reading, public) == []


def test_what_never_gets_to_an_open_route_is_not_open() -> None:
    routes = [{"name": "inner", "paths": ["~/x/"]}, {"name": "outer", "paths": ["/x/y/"]}]

    assert under(raw_routes(*routes), raw("plugins", KEYS | {"route": "inner"})) == []


def test_another_host_is_another_prefix() -> None:
    keys = raw("plugins", KEYS | {"route": "inner"})
    hosts = {"inner": ["a.test"], "outer": ["b.test"]}
    routes = [{"name": "inner", "paths": ["/x/"]}, {"name": "outer", "paths": ["/x/y/"]}]

    assert under(raw_routes(*routes), keys) == ["entities.routes[1].paths[0]"]
    assert under(raw_routes(*(each | {"hosts": hosts[str(each["name"])]} for each in routes)), keys) == []


@pytest.mark.parametrize(
    "plugin",
    [KEYS, {"name": "ip-restriction", "config": {"allow": ["10.0.0.0/8"]}}, {"name": "request-termination"}],
    ids=lambda plugin: plugin["name"],
)
def test_what_is_guarded_otherwise_is_not_open(plugin: dict[str, Any]) -> None:
    login = raw_routes({"name": "login", "paths": ["/api/login/"], "methods": ["GET"]})
    alone = raw_routes({"name": "alone", "paths": ["/alone/"]})

    assert under(login) == ["entities.routes[0].paths[0]"]
    assert under(login, raw("plugins", plugin | {"route": "login"})) == []
    assert unguarded(alone) == ["entities.routes[0]"]
    assert unguarded(alone, raw("plugins", plugin | {"route": "alone"})) == []


def test_an_open_route_in_kongs_terms_is_told_once() -> None:
    login = raw_routes({"name": "login", "paths": ["/api/login/"], "methods": ["GET"]})

    assert unguarded(login) == []


def test_a_disabled_guard_guards_nothing() -> None:
    alone = raw_routes({"name": "alone", "paths": ["/alone/"]})

    assert unguarded(alone, raw("plugins", KEYS | {"route": "alone", "enabled": False})) == ["entities.routes[0]"]


def test_a_gateway_without_any_authentication_is_open_on_purpose() -> None:
    open_ = [put("auth", {"kind": "none"}), put("tiers", []), NOTHING_ACCEPTED]
    public = [put(f"apis[0].routes[{index}].access", {"public": "Nobody needs a token."}) for index in range(5)]
    alone = raw_routes({"name": "alone", "paths": ["/alone/"]})

    assert unguarded(*open_, *public, alone) == []
    assert unguarded(*open_, *public, alone, raw("plugins", KEYS | {"route": "omnify-eyes", "enabled": False})) == []
    assert unguarded(*open_, *public, alone, raw("plugins", KEYS | {"route": "omnify-eyes"})) == ["entities.routes[0]"]


GUARDED_API = api("billing", route("invoices", groups=["pro"]))


LUA = {"access": ["return"]}


@pytest.mark.parametrize(("name", "config"), [("pre-function", LUA), ("jwt", {})])
def test_half_of_a_guard_on_a_route_is_none(name: str, config: dict[str, Any]) -> None:
    plugin = {"name": name, "route": "invoices", "config": config}

    assert replaced(GUARDED_API, raw("plugins", plugin)) == ["entities.plugins[0]"]


def test_guards_of_ones_own_on_ones_own_routes_replace_nothing() -> None:
    own = raw_routes({"name": "own", "paths": ["/own/"]})

    assert replaced(GUARDED_API, own, raw("plugins", {"name": "jwt", "route": "own"})) == []
    assert replaced(GUARDED_API, raw("plugins", {"name": "post-function", "route": "invoices", "config": LUA})) == []


def test_acl_where_nobody_is_known_refuses_everybody() -> None:
    said = told("acl-without-authentication", further({"name": "acl", "config": {"allow": ["pro"]}}))

    assert said.startswith("plugins[0]: 'acl' refuses every request on omnify-auth, omnify-health: ")


def test_acl_behind_authentication_is_right() -> None:
    own = raw_routes({"name": "own", "paths": ["/own/"]})
    acl = {"name": "acl", "route": "own", "config": {"allow": ["pro"]}}

    assert acl_alone(own, raw("plugins", acl)) == ["entities.plugins[0]"]
    for guard in ("key-auth", "ldap-auth"):
        config = {"ldap_host": "l", "base_dn": "b", "attribute": "a"} if guard == "ldap-auth" else {}
        assert acl_alone(own, raw("plugins", acl, {"name": guard, "route": "own", "config": config})) == []
    assert acl_alone() == []


@pytest.mark.parametrize(
    "origins", [None, ["*"], ["https://a.test", "*"], [".*"], ["^https://.+$"], ["https?://.*"], ["[a-z0-9.-]+"]]
)
def test_credentials_for_every_origin_are_found(origins: list[str] | None) -> None:
    config = {"credentials": True} | ({"origins": origins} if origins else {})
    plugin = {"name": "cors", "on": {"route": "omnify-auth"}, "config": config}

    assert cors(further(plugin)) == ["plugins[0].config.origins"]
    assert cors(further(plugin | {"enabled": False})) == []
    assert cors(further(plugin | {"config": config | {"credentials": False}})) == []


@pytest.mark.parametrize(
    "origins",
    [["https://a.test"], [".*\\.omnify\\.example"], ["https://[a-z]+\\.omnify\\.example$"], ["a.test", "b.*c"]],
)
def test_credentials_for_some_origins_are_right(origins: list[str]) -> None:
    config = {"credentials": True, "origins": origins}

    assert cors(further({"name": "cors", "on": {"route": "omnify-auth"}, "config": config})) == []
