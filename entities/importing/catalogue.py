"""Open services with plain routes, in the words of the catalogue: `apis:` and `backends:`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from pydantic import TypeAdapter, ValidationError

from config.apis import Api
from config.vocabulary import HttpUrl
from entities import catalogue
from entities.importing.everywhere import is_global
from entities.importing.flattening import Document
from entities.importing.rendering import says
from entities.snapshot import Snapshot

REASON: Final = "Imported as it was: no plugin asked who calls."
"""Why a route of an imported API is public, until somebody says more."""

_AUTHENTICATION: Final = frozenset(
    {"acl", "basic-auth", "header-cert-auth", "hmac-auth", "jwt", "key-auth", "key-auth-enc", "ldap-auth"}
    | {"ldap-auth-advanced", "mtls-auth", "oauth2", "oauth2-introspection", "oidc", "openid-connect", "saml"}
    | {"session", "upstream-oauth", "vault-auth"}
)
"""Plugins that ask who calls."""
_URL: Final[TypeAdapter[str]] = TypeAdapter(HttpUrl)


@dataclass(frozen=True)
class Catalogue:
    """What the catalogue can say."""

    apis: tuple[Document, ...]
    backends: Mapping[str, str]
    ids: frozenset[str]
    """The services and routes that it says."""


def recognised_apis(snapshot: Snapshot, *, preflights: bool, refused: frozenset[str]) -> Catalogue:
    """The open services, but for `refused` ones, with each of their routes that the catalogue can say.

    `preflights` says whether the catalogue adds OPTIONS to its routes.
    """
    guarded = set(_guarded(snapshot))
    apis: list[Document] = []
    backends: dict[str, str] = {}
    ids: set[str] = set()
    taken: set[tuple[str, str]] = set()
    routes: dict[str, list[Document]] = {}
    for route in snapshot.of("routes"):
        routes.setdefault(_target(route, "service") or "", []).append(cast("Document", route))
    for service in snapshot.of("services"):
        identity = str(service["id"])
        backend = _backend(service)
        if guarded & {"", identity} or identity in refused or backend is None:
            continue
        open_routes = [each for each in routes.get(identity, []) if str(each["id"]) not in guarded]
        said = dict(_routes(str(service["name"]), open_routes, taken, preflights=preflights))
        api = _api(service, list(said.values()), backend) if said else None
        if api is not None:
            apis.append(api)
            backends[str(service["name"])] = backend
            ids |= {identity, *said}
    return Catalogue(tuple(apis), backends, frozenset(ids))


def _guarded(snapshot: Snapshot) -> Iterator[str]:
    """The ids of services and routes on which a plugin asks who calls; an empty one when it asks everybody."""
    for plugin in snapshot.of("plugins"):
        if plugin["name"] in _AUTHENTICATION and plugin["enabled"]:
            if is_global(plugin):
                yield ""
            yield from (target for field in ("service", "route") if (target := _target(plugin, field)) is not None)


def _target(document: Mapping[str, Any], field: str) -> str | None:
    reference = document.get(field)
    return str(cast("Document", reference)["id"]) if isinstance(reference, dict) else None


def _backend(service: Mapping[str, Any]) -> str | None:
    """The URL of a service, where the catalogue can say it."""
    port = f":{service['port']}"
    usual = {"http": ":80", "https": ":443"}.get(str(service["protocol"]))
    url = f"{service['protocol']}://{service['host']}{'' if port == usual else port}{service['path'] or ''}"
    try:
        return _URL.validate_python(url)
    except ValidationError:
        return None


def _api(service: Mapping[str, Any], routes: list[Document], backend: str) -> Document | None:
    """A service with its routes as the catalogue says them, if it says exactly that service."""
    standard = {"connect": 5_000, "write": 60_000, "read": 60_000}
    timeouts = {key: service[f"{key}_timeout"] for key in standard}
    said: Document = {"name": service["name"], "routes": routes}
    said |= {"timeouts": timeouts} if timeouts != standard else {}
    said |= {"retries": service["retries"]} if service["retries"] != 2 else {}
    try:
        api = Api.model_validate(said)
    except ValidationError:
        return None
    return said if says(catalogue.service(api, backend), service) else None


def _routes(
    service: str, routes: list[Document], taken: set[tuple[str, str]], *, preflights: bool
) -> Iterator[tuple[str, Document]]:
    """The routes that the catalogue can say, by id; of two with the same path and method only the first."""
    for route in routes:
        for methods in _methods(route, preflights=preflights):
            said = {"name": route["name"], "paths": route["paths"], "methods": methods, "access": {"public": REASON}}
            try:
                api = Api.model_validate({"name": service, "routes": [said]})
            except ValidationError:
                continue
            ways = {(path, method) for path in api.routes[0].paths for method in api.routes[0].methods}
            if not ways & taken and says(catalogue.route(api, api.routes[0], preflights=preflights), route):
                taken |= ways
                yield str(route["id"]), said
                break


def _methods(route: Document, *, preflights: bool) -> Iterator[list[str]]:
    """The ways to say a route's methods: without the OPTIONS that the catalogue adds, and as they are."""
    methods = cast("list[str]", route["methods"] or [])
    if preflights and "OPTIONS" in methods and len(methods) > 1:
        yield [method for method in methods if method != "OPTIONS"]
    yield methods
