"""From a stack's settings to everything that Kong should hold."""

from collections.abc import Iterator
from dataclasses import replace

from config.apis import Api
from config.apis import Route as RouteSettings
from config.edge import redirects
from config.stack import StackSettings
from entities import catalogue, tiers
from entities.auth.scheme import Scheme, scheme
from entities.further import further_plugin
from entities.gateway import gateway_plugins
from entities.model import Plugin, Route
from entities.raw import raw_entities
from entities.state import DesiredState, Owner


def desired_state(settings: StackSettings, owner: Owner) -> DesiredState:
    """Every entity of a stack. The same settings always give the same entities in the same order."""
    state = _modelled(settings, owner)
    return replace(state, raw=raw_entities(settings.entities, tuple(state)))


def _modelled(settings: StackSettings, owner: Owner) -> DesiredState:
    """What the sections with a model of their own come to."""
    auth = scheme(settings.auth, settings.tiers, preflight=settings.cors is not None, owner=owner)
    identities = auth.identities()
    return DesiredState(
        owner=owner,
        services=tuple(catalogue.service(api, settings.backends[api.name]) for api in settings.apis),
        routes=tuple(_catalogued(settings)),
        consumers=(*(tiers.consumer(tier) for tier in settings.tiers), *identities.consumers),
        acls=tuple(tiers.membership(tier) for tier in settings.tiers),
        jwt_secrets=identities.jwt_secrets,
        keyauth_credentials=identities.keyauth_credentials,
        plugins=tuple(_plugins(settings, auth)),
    )


def _catalogued(settings: StackSettings) -> Iterator[Route]:
    sent_on = redirects(settings.ingress, settings.proxy_service, settings.network) == "kong"
    for api, each in _routes(settings):
        route = catalogue.route(api, each, preflights=settings.cors is not None)
        yield catalogue.by_https_alone(route) if sent_on else route


def _routes(settings: StackSettings) -> Iterator[tuple[Api, RouteSettings]]:
    return ((api, route) for api in settings.apis for route in api.routes)


def _plugins(settings: StackSettings, auth: Scheme) -> Iterator[Plugin]:
    public = [route.name for _, route in _routes(settings) if route.access.public is not None]
    # Routes in Kong's own terms have guards of their own terms, which the gate does not know.
    raw = [str(route.get("name") or route.get("id")) for route in settings.entities.routes]
    yield from gateway_plugins(settings)
    yield from auth.gate([*public, *raw])
    for api in settings.apis:
        yield from catalogue.api_plugins(api, auth)
    yield from tiers.limits(settings, auth)
    yield from (further_plugin(plugin) for plugin in settings.plugins)
