"""Stacks of any size: their settings, as a stack file says them."""

from collections.abc import Mapping
from typing import Final

from pydantic import JsonValue

Document = dict[str, JsonValue]

_ROUTES_OF_AN_API: Final = 4
_ENTITIES_OF_AN_API: Final = 4 + _ROUTES_OF_AN_API
"""A service, the three plugins that guard it, and its routes."""
_METHODS: Final[JsonValue] = ["GET", "HEAD", "POST"]
_SHARED: Final[Document] = {
    "cluster": {"context": "bench"},
    "platform": {"gracePeriodSeconds": 90},
    "database": {"kind": "external", "host": "postgres.example", "credentialsSecret": "postgres"},
}
_NOTHING_OF_ITS_OWN: Final[Document] = {
    "auth": {"kind": "none"},
    "tiers": [],
    "traffic": {"maxBody": None, "correlationHeader": None},
    "observability": {"prometheus": None, "accessLog": False},
}
"""A gateway that comes to no entity by itself."""


def modelled(entities: int) -> Document:
    """A catalogue of APIs that comes to about so many entities: whole APIs, and what a gateway has anyway."""
    numbers = range(max(entities // _ENTITIES_OF_AN_API, 1))
    own: Document = {
        "auth": {"kind": "jwt", "issuer": "https://id.example/realms/bench", "jwksFile": "keys/dev.jwks.json"},
        "tiers": [{"name": "free"}, {"name": "pro", "times": 5}],
        "apis": [_api(number) for number in numbers],
        "backends": {f"api-{number}": f"http://api-{number}.bench.svc:8000/v1" for number in numbers},
    }
    return _SHARED | own


def _api(number: int) -> JsonValue:
    return {
        "name": f"api-{number}",
        "routes": [
            {
                "name": f"api-{number}-{route}",
                "paths": [f"/api-{number}/{route}/"],
                "methods": _METHODS,
                "access": {"groups": ["free", "pro"]},
            }
            for route in range(_ROUTES_OF_AN_API)
        ],
    }


def services(count: int) -> Document:
    """So many services with a route and two plugins each: four entities a service."""
    names = [f"api-{number}" for number in range(count)]
    plugins: list[JsonValue] = []
    for name in names:
        plugins.append({"name": "rate-limiting", "on": {"service": name}, "config": {"minute": 60, "policy": "local"}})
        plugins.append({"name": "request-size-limiting", "on": {"service": name}, "config": {}})
    own: Document = {
        "apis": [_public_api(name) for name in names],
        "backends": {name: f"http://{name}.bench.svc:8000" for name in names},
        "plugins": plugins,
    }
    return _SHARED | _NOTHING_OF_ITS_OWN | own


def _public_api(name: str) -> JsonValue:
    access: JsonValue = {"public": "A benchmark asks for no token."}
    return {
        "name": name,
        "routes": [{"name": f"{name}-all", "paths": [f"/{name}/"], "methods": _METHODS, "access": access}],
    }


def raw(entities: int) -> Document:
    """As many entities in Kong's own terms, in groups of ten, and a gateway that has nothing of its own."""
    kinds: dict[str, list[JsonValue]] = {}
    for number in range(entities // 10):
        for kind, documents in _group(number).items():
            kinds.setdefault(kind, []).extend(documents)
    own: Document = {"apis": [], "backends": {}, "entities": dict[str, JsonValue](kinds)}
    return _SHARED | _NOTHING_OF_ITS_OWN | own


def _group(number: int) -> Mapping[str, list[JsonValue]]:
    name = f"team-{number}"
    routes = [f"{name}-{verb}" for verb in ("read", "write", "admin")]
    return {
        "upstreams": [{"name": name, "algorithm": "least-connections"}],
        "targets": [{"upstream": name, "target": f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}:8080"}],
        "services": [{"name": name, "host": name, "port": 80, "path": "/v1", "tags": [name]}],
        "routes": [
            {"name": routes[0], "service": name, "paths": [f"~/{name}/v\\d+/read"]},
            {"name": routes[1], "service": name, "paths": [f"/{name}/write"], "methods": ["POST", "PUT"]},
            {"name": routes[2], "service": name, "paths": [f"/{name}/admin"], "hosts": ["admin.example"]},
        ],
        "consumers": [{"username": name, "custom_id": str(number)}],
        "acls": [{"consumer": name, "group": "teams"}],
        "plugins": [
            {"name": "rate-limiting", "route": routes[1], "config": {"minute": 60, "policy": "local"}},
            {"name": "acl", "route": routes[2], "config": {"allow": ["teams"]}},
        ],
    }
