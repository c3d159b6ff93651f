"""From a stack's settings to everything that Kong should hold."""

from collections.abc import Iterator
from dataclasses import replace

from config.apis import Api
from config.apis import Route as RouteSettings
from config.edge import redirects
from config.stack import StackSettings
from entities import catalogue, tiers
from entities.auth.scheme import scheme
from entities.further import further_plugin
from entities.gateway import gateway_plugins
from entities.management import Entrance, entrance
from entities.model import Plugin, Route, Service
from entities.raw import raw_entities
from entities.state import DesiredState, Owner


def desired_state(settings: StackSettings, owner: Owner) -> DesiredState:
    """Every entity of a stack. The same settings always give the same entities in the same order."""
    state = _modelled(settings, owner)
    return replace(state, raw=raw_entities(settings.entities, tuple(state)))


def _modelled(settings: StackSettings, owner: Owner) -> DesiredState:
    """What the sections with a model of their own come to."""
    management = entrance(settings, owner)
    callers = (*settings.tiers, *(management.clients if management else ()))
    preflight = settings.cors is not None
    identities = scheme(settings.auth, callers, preflight=preflight, owner=owner).identities()
    return DesiredState(
        owner=owner,
        services=tuple(_services(settings, management)),
        routes=tuple(_catalogued(settings, management)),
        consumers=(*(tiers.consumer(caller) for caller in callers), *identities.consumers),
        acls=tuple(tiers.membership(caller) for caller in callers),
        jwt_secrets=identities.jwt_secrets,
        keyauth_credentials=identities.keyauth_credentials,
        plugins=tuple(_plugins(settings, management, owner)),
    )


def _services(settings: StackSettings, management: Entrance | None) -> Iterator[Service]:
    yield from (catalogue.service(api, settings.backends[api.name]) for api in settings.apis)
    if management is not None:
        yield catalogue.service(management.api, management.backend)


def _catalogued(settings: StackSettings, management: Entrance | None) -> Iterator[Route]:
    sent_on = redirects(settings.ingress, settings.proxy_service, settings.network) == "kong"
    for api, each in _routes(settings, management):
        route = catalogue.route(api, each, preflights=settings.cors is not None)
        yield catalogue.by_https_alone(route) if sent_on else route


def _routes(settings: StackSettings, management: Entrance | None) -> Iterator[tuple[Api, RouteSettings]]:
    apis = (*settings.apis, *((management.api,) if management else ()))
    return ((api, route) for api in apis for route in api.routes)


def _plugins(settings: StackSettings, management: Entrance | None, owner: Owner) -> Iterator[Plugin]:
    public = [route.name for _, route in _routes(settings, management) if route.access.public is not None]
    # Routes in Kong's own terms have guards of their own terms, which the gate does not know.
    raw = [str(route.get("name") or route.get("id")) for route in settings.entities.routes]
    clients = management.clients if management else ()
    # Everybody is known at the gate; behind it, each guard lets its own pass: tiers here, clients there.
    gate, auth = (
        scheme(settings.auth, callers, preflight=settings.cors is not None, owner=owner)
        for callers in ((*settings.tiers, *clients), settings.tiers)
    )
    yield from gateway_plugins(settings)
    yield from gate.gate([*public, *raw])
    for api in settings.apis:
        yield from catalogue.api_plugins(api, auth)
    yield from tiers.limits(settings, auth)
    if management is not None:
        yield from catalogue.api_plugins(management.api, management.scheme)
        yield from tiers.each_limit(management.clients, settings, management.scheme)
    yield from (further_plugin(plugin) for plugin in settings.plugins)
