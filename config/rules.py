"""The rules between sections: what is right in each section and wrong together.

A rule is a function whose parameters name the sections it reads, as `StackSettings` names them. It runs when all of
them could be read, and yields a problem for each place that must change.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field

from config.administration import admin_peers_are_named, loopback_is_safe, one_asks_for_kong_manager
from config.apis import Api, Backends, Route
from config.auth import Auth, NoAuth, OidcAuth, OpenIdConnectAuth
from config.counters import ClusterCounters, Counters, LocalCounters
from config.edge import (
    load_balancers_have_a_certificate,
    plain_http_is_sent_on,
    proxy_protocol_is_believed,
)
from config.management import (
    management_clients_are_no_tiers,
    management_gets_to_the_admin_api,
    management_has_its_place,
    management_knows_who_asks,
)
from config.patches import problems as patch_problems
from config.platform import Platform
from config.plugins import Plugin
from config.problems import Location, Problem, key_path
from config.production import (
    production_counts_where_somebody_looks_after_it,
    production_keeps_its_data,
    production_knows_its_database,
)
from config.tiers import Tier

Apis = Sequence[Api]
Tiers = Sequence[Tier]


@dataclass(frozen=True)
class Rule:
    """A rule, and the sections that it must see whole because it looks up names in them."""

    problems: Callable[..., Iterator[Problem]]
    whole: frozenset[str] = field(default_factory=frozenset[str])


def _routes(apis: Apis) -> Iterator[tuple[Location, Route]]:
    for api_index, api in enumerate(apis):
        for route_index, route in enumerate(api.routes):
            yield ("apis", api_index, "routes", route_index), route


def _repeated(values: Iterator[tuple[Location, Hashable]], what: str) -> Iterator[Problem]:
    first: dict[Hashable, Location] = {}
    for location, value in values:
        if value in first:
            yield Problem(location, f"{what} {value!r} is taken by {key_path(first[value])}; write another")
        else:
            first[value] = location


def _one_of(names: Sequence[str]) -> str:
    return f"write one of {', '.join(names)}, or " if names else ""


def names_are_unique(apis: Apis) -> Iterator[Problem]:
    """Kong keeps one service, and over all services one route, of a name."""
    yield from _repeated(((("apis", index, "name"), api.name) for index, api in enumerate(apis)), "the name")
    yield from _repeated((((*location, "name"), route.name) for location, route in _routes(apis)), "the name")


def tiers_are_unique(tiers: Tiers) -> Iterator[Problem]:
    """A tier's name is a value of the token's claim; its consumer is its own."""
    yield from _repeated(((("tiers", index, "name"), tier.name) for index, tier in enumerate(tiers)), "the name")
    for index, tier in enumerate(tiers):
        others = [other.name for other in tiers[:index] if other.consumer_name == tier.consumer_name]
        if others and tier.name not in others:
            yield Problem(
                ("tiers", index, "consumer"),
                f"the consumer {tier.consumer_name!r} belongs to tier {others[0]!r} already; write another",
            )


def route_groups_exist(apis: Apis, tiers: Tiers) -> Iterator[Problem]:
    """A group that no tier has would let nobody in."""
    known = sorted({tier.group_name for tier in tiers})
    for location, route in _routes(apis):
        for index, group in enumerate(route.access.groups or ()):
            if group not in known:
                yield Problem(
                    (*location, "access", "groups", index),
                    f"no tier has the group {group!r}; {_one_of(known)}add a tier with it",
                )


def routes_do_not_collide(apis: Apis) -> Iterator[Problem]:
    """Of two routes with the same path and method Kong would take the older one."""
    first: dict[tuple[str, str], tuple[Location, str]] = {}
    for location, route in _routes(apis):
        for index, path in enumerate(route.paths):
            clashes: dict[str, list[str]] = {}
            for method in dict.fromkeys(route.methods):
                _, owner = first.setdefault((path, method), (location, route.name))
                if first[path, method][0] != location:
                    clashes.setdefault(owner, []).append(method)
            for owner, methods in clashes.items():
                yield Problem(
                    (*location, "paths", index),
                    f"{path!r} with {', '.join(methods)} belongs to route {owner!r} already; "
                    "write another path, or other methods",
                )


def backends_fit_apis(apis: Apis, backends: Backends) -> Iterator[Problem]:
    """Each API has a backend in each stack, and a backend serves an API."""
    names = [api.name for api in apis]
    for index, name in enumerate(names):
        if name not in backends:
            yield Problem(
                ("apis", index, "name"), f"has no backend in this stack; write backends: {{{name}: http://…}}"
            )
    for name in backends:
        if name not in names:
            yield Problem(("backends", name), f"no API has this name; {_one_of(names)}remove it")


def counters_are_shared(platform: Platform, counters: Counters) -> Iterator[Problem]:
    """Counters of one node multiply with the nodes."""
    if isinstance(counters, LocalCounters) and platform.highest_replicas > 1:
        yield Problem(
            ("counters", "policy"),
            f"counts on each of up to {platform.highest_replicas} pods, so users would get as many times their limit; "
            "write 'redis' (or 'cluster'), or run one replica",
        )


def counters_have_a_store(mode: str, counters: Counters) -> Iterator[Problem]:
    """Kong refuses `cluster` counters without a database."""
    if mode == "dbless" and isinstance(counters, ClusterCounters):
        yield Problem(("counters", "policy"), "needs Kong's database, which mode 'dbless' has not; write 'redis'")


def pods_have_time_to_drain(platform: Platform) -> Iterator[Problem]:
    """Kubernetes counts the preStop hook into the grace period and kills what is not done."""
    if platform.drain_seconds >= platform.grace_period_seconds:
        yield Problem(
            ("platform", "drainSeconds"),
            f"the drain of {platform.drain_seconds} s leaves nothing of the grace period of "
            f"{platform.grace_period_seconds} s; write at most {max(platform.grace_period_seconds - 10, 0)}, "
            f"or {platform.drain_seconds + 30} for gracePeriodSeconds",
        )


def autoscaling_keeps_the_replicas(platform: Platform) -> Iterator[Problem]:
    """The replica count is what the stack promises; an autoscaler below it would take pods away."""
    scaling = platform.autoscaling
    if scaling is None:
        return
    for key, value in (("minReplicas", scaling.min_replicas), ("maxReplicas", scaling.max_replicas)):
        if value < platform.replicas:
            yield Problem(
                ("platform", "autoscaling", key),
                f"{value} is below the replica count; write at least {platform.replicas}, or lower platform.replicas",
            )


def nodes_can_be_drained(platform: Platform) -> Iterator[Problem]:
    """A budget that needs every pod refuses each eviction."""
    budget, lowest = platform.disruption_budget, platform.lowest_replicas
    if budget is not None and budget.min_available is not None and budget.min_available >= lowest:
        advice = f"write at most {lowest - 1}" if lowest > 1 else "remove the budget, or run two replicas"
        yield Problem(
            ("platform", "disruptionBudget", "minAvailable"),
            f"{budget.min_available} of {lowest} pods must stay, so no node could ever be drained; {advice}",
        )


def patches_are_possible(platform: Platform) -> Iterator[Problem]:
    """A patch is in Kubernetes' terms, and neither undoes another setting nor the pods' hardening."""
    for problem in patch_problems(platform.patches):
        yield Problem(("platform", "patches", *problem.location), problem.message)


def auth_fits_edition(edition: str, auth: Auth) -> Iterator[Problem]:
    """`openid-connect` is in Kong Enterprise only."""
    if edition == "oss" and isinstance(auth, OpenIdConnectAuth):
        yield Problem(
            ("auth", "kind"), "'openid-connect' is in Kong Enterprise only; write 'jwt', or edition: enterprise"
        )


def image_fits_edition(edition: str, platform: Platform) -> Iterator[Problem]:
    """The official image `kong` is OSS."""
    if edition == "enterprise" and platform.image.startswith("kong:"):
        yield Problem(("platform", "image"), f"{platform.image!r} is Kong OSS; write 'kong/kong-gateway:<version>'")


def tiers_fit_auth(auth: Auth, tiers: Tiers) -> Iterator[Problem]:
    """kong-oidc sets no consumer that a tier's own limit could hang on."""
    if not isinstance(auth, OidcAuth):
        return
    why = "kind 'oidc' sets no consumer, so each user has the stack's limits"
    for index, tier in enumerate(tiers):
        if tier.times not in {None, 1}:
            yield Problem(("tiers", index, "times"), f"{why}; remove it, or write kind 'jwt'")
        if tier.limits is not None:
            yield Problem(("tiers", index, "limits"), f"{why}; remove it, or write kind 'jwt'")
        if tier.fairness == "tier":
            yield Problem(("tiers", index, "fairness"), f"{why}; write 'subject', or kind 'jwt'")


def auth_is_there_where_it_is_needed(auth: Auth, apis: Apis, tiers: Tiers) -> Iterator[Problem]:
    """Without authentication nobody is in a tier or a group."""
    if not isinstance(auth, NoAuth):
        return
    for location, route in _routes(apis):
        if route.access.groups is not None:
            yield Problem(
                (*location, "access", "groups"),
                "are nobody's with auth kind 'none'; write 'public: <why no token is needed>', or another auth",
            )
    if tiers:
        yield Problem(("tiers",), "are nobody's with auth kind 'none'; write '[]', or another auth")


def plugin_scopes_exist(apis: Apis, tiers: Tiers, plugins: Sequence[Plugin]) -> Iterator[Problem]:
    """A plugin on something that does not exist would be refused by Kong half-way through."""
    known = {
        "service": [api.name for api in apis],
        "route": [route.name for _, route in _routes(apis)],
        "tier": [tier.name for tier in tiers],
    }
    for index, plugin in enumerate(plugins):
        for key, names in known.items():
            name = getattr(plugin.on, key) if plugin.on else None
            if name is not None and name not in names:
                yield Problem(
                    ("plugins", index, "on", key), f"there is no {key} {name!r}; write one of {', '.join(names)}"
                )


RULES: Sequence[Rule] = (
    Rule(names_are_unique),
    Rule(tiers_are_unique),
    Rule(route_groups_exist, whole=frozenset({"tiers"})),
    Rule(routes_do_not_collide),
    Rule(backends_fit_apis, whole=frozenset({"apis"})),
    Rule(counters_are_shared),
    Rule(counters_have_a_store),
    Rule(production_keeps_its_data),
    Rule(production_knows_its_database, whole=frozenset({"trust"})),
    Rule(production_counts_where_somebody_looks_after_it),
    Rule(pods_have_time_to_drain),
    Rule(autoscaling_keeps_the_replicas),
    Rule(nodes_can_be_drained),
    Rule(patches_are_possible),
    Rule(auth_fits_edition),
    Rule(image_fits_edition),
    Rule(tiers_fit_auth),
    Rule(auth_is_there_where_it_is_needed),
    Rule(admin_peers_are_named),
    Rule(loopback_is_safe),
    Rule(one_asks_for_kong_manager),
    Rule(plugin_scopes_exist, whole=frozenset({"apis", "tiers"})),
    Rule(plain_http_is_sent_on),
    Rule(load_balancers_have_a_certificate),
    Rule(proxy_protocol_is_believed),
    Rule(management_knows_who_asks),
    Rule(management_has_its_place),
    Rule(management_clients_are_no_tiers),
    Rule(management_gets_to_the_admin_api),
)
