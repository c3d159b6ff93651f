"""Policies on what Kong holds."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from config.auth import OidcAuth
from config.management import OPEN_ROUTE
from entities.importing.kinds import called
from entities.lint.known_plugins import AUTHENTICATION
from entities.precedence import Scope, scopes
from entities.schema.document import UNKNOWN
from entities.secret import plain_secrets
from policies.policy import Broken, Policy
from policies.subject import Subject, mapping

_WINDOWS: Final = ("minute", "hour", "day")
_NONE: Final[Mapping[str, Any]] = {}
_OWNED: Final = ("managed-by:", "project:", "stack:")


class _Plugins:
    """The plugins that are enabled, by what they are limited to."""

    def __init__(self, subject: Subject) -> None:
        self._by_scope: dict[str, dict[Scope, Mapping[str, Any]]] = {}
        for plugin in subject.kong.of("plugins"):
            if plugin.get("enabled") is not False:
                at = (_id(plugin, "route"), _id(plugin, "service"), _id(plugin, "consumer"))
                self._by_scope.setdefault(str(plugin.get("name")), {})[at] = plugin

    def applying(self, name: str, route: str | None, service: str | None, consumer: str | None) -> Mapping[str, Any]:
        """The plugin of a name that a request meets; empty when there is none."""
        scoped = self._by_scope.get(name, {})
        return next((scoped[at] for at in scopes(route, service, consumer) if at in scoped), _NONE)

    def authenticates(self, route: str, service: str | None) -> bool:
        """Whether something on a route asks who is there."""
        return any(self.applying(name, route, service, None) for name in AUTHENTICATION & self._by_scope.keys())


def _id(document: Mapping[str, Any], field: str) -> str | None:
    return mapping(document.get(field)).get("id")


def _title(kind: str, document: Mapping[str, Any]) -> str:
    return f"{kind} {called(kind, document)}"


def _open_routes(subject: Subject) -> Iterator[Broken]:
    plugins = _Plugins(subject)
    # A reason is never empty: config/apis.py asks for one.
    public = {route.name for api in subject.settings.apis for route in api.routes if route.access.public is not None}
    public |= {OPEN_ROUTE} if subject.settings.management is not None else set()
    accepted = {each.at for each in subject.settings.lint.accept if each.rule in _ACCEPTABLE}
    for route in subject.kong.of("routes"):
        name = called("routes", route)
        if name not in public | accepted and not plugins.authenticates(str(route["id"]), _id(route, "service")):
            yield Broken(_title("routes", route), "everybody may pass, and nothing says why", str(route["id"]))


_ACCEPTABLE: Final = frozenset({"unguarded-route", "public-under-protected"})
"""Rules of lint that say that a route in Kong's own terms is open; to accept one takes a reason."""


def _untagged(subject: Subject) -> Iterator[Broken]:
    for kind, documents in subject.kong.documents.items():
        for document in documents:
            tags = document.get("tags")
            known = [str(tag) for tag in tags] if isinstance(tags, list | tuple) else []
            missing = [start for start in _OWNED if not any(tag.startswith(start) for tag in known)]
            if missing and tags is not UNKNOWN:
                yield Broken(
                    _title(kind, document), f"has no tag that begins with {missing[0]!r}", str(document.get("id"))
                )


def _unlimited(subject: Subject) -> Iterator[Broken]:
    plugins = _Plugins(subject)
    consumers = {consumer.get("username"): str(consumer["id"]) for consumer in subject.kong.of("consumers")}
    before: tuple[str, Mapping[str, Any]] | None = None
    for tier in subject.settings.tiers:
        at = f"tier {tier.name}"
        consumer = None if isinstance(subject.settings.auth, OidcAuth) else consumers.get(tier.consumer_name)
        config = mapping(plugins.applying("rate-limiting", None, None, consumer).get("config"))
        missing = [window for window in _WINDOWS if config.get(window) is None]
        if missing:
            yield Broken(at, f"has no limit a {missing[0]}")
        elif before is not None:
            name, lower = before
            smaller = next((window for window in _WINDOWS if config[window] < lower[window]), None)
            if smaller is not None:
                yield Broken(at, f"has {config[smaller]} requests a {smaller}, fewer than {name} with {lower[smaller]}")
        before = before if missing else (tier.name, config)


def _wide_cors(subject: Subject) -> Iterator[Broken]:
    for plugin in subject.kong.of("plugins"):
        config = mapping(plugin.get("config"))
        if plugin.get("name") == "cors" and plugin.get("enabled") is not False and config.get("credentials"):
            origins = config.get("origins") or ["*"]
            if "*" in origins:
                yield Broken("cors", "every origin may send requests with the user's cookies", str(plugin["id"]))


def _plain_secrets(subject: Subject) -> Iterator[Broken]:
    for plugin in subject.kong.of("plugins"):
        for path in plain_secrets("plugins", plugin):
            dotted = ".".join(str(step) for step in path)
            yield Broken(_title("plugins", plugin), f"{dotted} is a secret in the clear", str(plugin["id"]))


POLICIES = (
    Policy(
        name="routes-are-guarded",
        summary="Every route asks who is there, or says why it does not.",
        why="A route without authentication is open to the world, and nobody sees it in a list of a hundred.",
        instead="write its groups under access, or access: {public: <why no token is needed>}; accept a route under "
        "entities in lint.accept, with the reason",
        broken=_open_routes,
    ),
    Policy(
        name="entities-are-tagged",
        summary="Every entity carries its owner's tags.",
        why="Drift, adoption and a rebuilt state know by them what belongs to whom.",
        instead="register it through components.tracked, which tags what it makes",
        broken=_untagged,
    ),
    Policy(
        name="tiers-are-limited",
        summary="Every tier has a limit a minute, an hour and a day, and none a smaller one than the tier before it.",
        why="A tier without a limit may use up what all others pay for.",
        instead="write limits for the stack and times for the tier, from the smallest tier up",
        broken=_unlimited,
    ),
    Policy(
        name="cors-is-narrow",
        summary="No plugin lets every origin send requests with credentials.",
        why="Any page that a user opens could act as that user.",
        instead="list the origins",
        broken=_wide_cors,
    ),
    Policy(
        name="plugins-hold-no-secret",
        summary="No plugin's configuration has a secret in the clear.",
        why="Kong shows plugin configurations to everybody who reads its Admin API.",
        instead="refer to it as {vault://env/NAME}, or as {secret://NAME} where Kong takes no reference",
        broken=_plain_secrets,
    ),
)
