"""Limits that do not limit as they read."""

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_network

from config.edge import sees_clients
from config.problems import Location
from config.tiers import Tier
from entities.lint.items import Item
from entities.lint.rule import Flaw, Rule
from entities.lint.selection import is_active, name_of, scope_of
from entities.lint.subject import Subject

_PERIODS = ("second", "minute", "hour", "day", "month", "year")
_COUNTING = frozenset({"rate-limiting", "response-ratelimiting"})
_SHOWN = 3
"""How many of several routes are named."""


def _shrinking(subject: Subject) -> Iterator[Flaw]:
    limits: dict[tuple[str | None, str | None], dict[str, Item]] = {}
    for plugin in subject.plugins:
        route, service, consumer = scope_of(plugin)
        if name_of(plugin) == "rate-limiting" and is_active(plugin) and consumer is not None:
            limits.setdefault((route, service), {})[consumer] = plugin
    for by_consumer in limits.values():
        before: tuple[Tier, Item] | None = None
        for index, tier in enumerate(subject.settings.tiers):
            plugin = by_consumer.get(tier.name)
            if plugin is not None:
                if before is not None:
                    yield from _smaller(index, tier, plugin, *before)
                before = tier, plugin


def _smaller(index: int, tier: Tier, plugin: Item, lower: Tier, base: Item) -> Iterator[Flaw]:
    for period in _PERIODS:
        limit, least = plugin.known("config", period), base.known("config", period)
        if limit is not None and least is not None and limit < least:
            place: Location = (*plugin.place, "config", period)
            if plugin.modelled:
                key = ("limits", period) if tier.limits else ("times",) if tier.times else ()
                place = ("tiers", index, *key)
            yield Flaw(
                place,
                tier.name if plugin.modelled else plugin.key,
                f"tier {tier.name!r} has {limit:,} requests a {period}, fewer than tier {lower.name!r} before it, "
                f"which has {least:,}",
                f"write at least {least}, or list the tiers from the smallest up",
            )
            return


def _per_pod(subject: Subject) -> Iterator[Flaw]:
    pods = subject.settings.platform.highest_replicas
    if pods == 1:
        return
    for plugin in subject.plugins:
        counts = not plugin.modelled and name_of(plugin) in _COUNTING and is_active(plugin)
        if counts and plugin.known("config", "policy") == "local":
            yield Flaw(
                (*plugin.place, "config", "policy"),
                plugin.key,
                f"'local' counts on each of up to {pods} pods, so that callers get as many times the limit",
                "write 'redis', with the server under config.redis",
            )


def _addresses(subject: Subject) -> Iterator[Flaw]:
    if sees_clients(subject.settings.proxy_service, subject.settings.network):
        return
    strangers = _unidentified(subject)
    for plugin in subject.plugins:
        if plugin.modelled or not is_active(plugin):
            continue
        if name_of(plugin) == "ip-restriction":
            yield from _restricted(plugin)
        elif name_of(plugin) in _COUNTING:
            limit_by, routes = plugin.known("config", "limit_by"), strangers.get(plugin.key, [])
            if limit_by == "ip":
                who = "'ip' counts all callers as one"
            elif limit_by in {"consumer", "credential"} and routes:
                who = f"nobody is known on {', '.join(routes[:_SHOWN])}, where all callers so count as one"
            else:
                continue
            yield Flaw(
                (*plugin.place, "config", "limit_by"),
                plugin.key,
                f"{who}, since Kong sees the Ingress's address for each of them",
                "limit by header or by consumer where there is one, or at the Ingress",
            )


def _unidentified(subject: Subject) -> Mapping[str, list[str]]:
    """The routes on which nobody is known, by the plugin that counts there."""
    routes: dict[str, list[str]] = {}
    for route in subject.routes:
        if not subject.selection.guards(route):
            for name in _COUNTING & subject.selection.effective(route).keys():
                routes.setdefault(subject.selection.effective(route)[name].key, []).append(route.key)
    return routes


def _restricted(plugin: Item) -> Iterator[Flaw]:
    for field in ("allow", "deny"):
        addresses: Sequence[str] = plugin.known("config", field) or ()
        for index, address in enumerate(addresses):
            if _is_public(address):
                yield Flaw(
                    (*plugin.place, "config", field, index),
                    plugin.key,
                    f"{address} is never seen: Kong sees the Ingress's address for every caller from outside",
                    "restrict addresses at the Ingress, such as with the annotation "
                    "nginx.ingress.kubernetes.io/whitelist-source-range",
                )
                return


def _is_public(address: str) -> bool:
    try:
        network = ip_network(address, strict=False)
    except ValueError:
        return False
    return network.is_global and network.prefixlen > 0


LIMITS_SHRINK = Rule(
    name="limits-shrink",
    severity="warning",
    summary="A tier with a smaller limit, in some window, than the tier listed before it.",
    why="Tiers are listed from the smallest up; who moves up and may ask less often was most likely given "
    "a wrong number.",
    instead="Write a limit that is at least as large, or list the tiers in the order in which they grow.",
    flaws=_shrinking,
)
COUNTERS_PER_POD = Rule(
    name="counters-per-pod",
    severity="warning",
    summary="A limit under `plugins` or `entities` that each of several pods counts by itself.",
    why="Callers get the limit once for each pod, and another after every restart.",
    instead="Write `policy: redis` with the server that `counters` names.",
    flaws=_per_pod,
)
CLIENT_ADDRESS_HIDDEN = Rule(
    name="client-address-hidden",
    severity="warning",
    summary="A limit or a restriction that goes by the caller's address, which Kong does not see.",
    why="Requests come from the Ingress, and Kong takes nobody's word for the caller's address without "
    "`network.trustedProxies`: so one address stands for everybody.",
    instead="Name the Ingress controller's addresses in `network.trustedProxies`; or limit by header or consumer, and "
    "restrict addresses at the Ingress.",
    flaws=_addresses,
)
