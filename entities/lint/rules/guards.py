"""Routes whose protection is not what one would think."""

from collections.abc import Iterator, Mapping

from entities.further import GUARDS
from entities.lint.items import Item, RouteItem
from entities.lint.known_plugins import ANSWERS, AUTHENTICATION
from entities.lint.patterns import prefix_of, whole_prefix
from entities.lint.rule import Flaw, Rule
from entities.lint.selection import is_active, name_of
from entities.lint.subject import Subject
from entities.lint.traffic import Claim, Contender, Traffic, claims
from entities.places import MANAGEMENT

_PREFLIGHT = "OPTIONS"
_SHOWN = 3
"""How many of several routes are named."""


def _public_under_protected(subject: Subject) -> Iterator[Flaw]:
    for key, paths in _holes(subject).items():
        route = subject.routes_by_key[key]
        for path, protector in paths.items():
            place = (*route.place, "paths", list(route.given["paths"]).index(path))
            yield Flaw(place, key, _hole(path, protector), "write a path beside it, or accept it with the reason")


def _hole(path: str, protector: Contender) -> str:
    start = prefix_of(path)
    under = next((each for each in protector.part.paths if start.startswith(whole_prefix(each) or each)), "every path")
    wider = "" if path.endswith("/") or whole_prefix(path) is None else ", with all that begins like it"
    return f"{path!r} is public{wider}, under {under!r}, which route {protector.route.key!r} protects"


def _holes(subject: Subject) -> Mapping[str, Mapping[str, Contender]]:
    """The paths of routes that nobody guards, with what would protect them otherwise."""
    protected = Traffic(route for route in subject.routes if subject.selection.guards(route))
    holes: dict[str, dict[str, Contender]] = {}
    for route in subject.routes:
        # The management API's own open route says why in its code, and nobody could move it.
        if route.place != MANAGEMENT and _is_open(subject, route):
            for claim in claims(route):
                protector = _protector(protected, claim)
                if claim.path is not None and protector is not None:
                    holes.setdefault(route.key, {}).setdefault(claim.path, protector)
    return holes


def _protector(protected: Traffic, claim: Claim) -> Contender | None:
    """What would take a claim's requests if it were not there, by some method that matters."""
    own = claim.contender.methods
    for contender in protected.after(claim):
        shared = contender.methods & own if own and contender.methods else own or contender.methods
        if not (own or contender.methods) or shared - {_PREFLIGHT}:
            return contender
    return None


def _is_open(subject: Subject, route: RouteItem) -> bool:
    """Whether strangers come through a route to a backend."""
    effective = subject.selection.effective(route)
    restriction = effective.get("ip-restriction")
    return not (
        subject.selection.guards(route)
        or ANSWERS & effective.keys()
        or (restriction is not None and restriction.known("config", "allow"))
    )


def _replaced(subject: Subject) -> Iterator[Flaw]:
    told: set[str] = set()
    for route in subject.routes:
        for guard in subject.selection.on_service(route):
            name = name_of(guard)
            applies = subject.selection.effective(route)[name]
            if guard.modelled and name in GUARDS and not applies.modelled and applies.key not in told:
                told.add(applies.key)
                yield Flaw(
                    applies.place,
                    applies.key,
                    f"it replaces the gateway's own {name!r} on route {route.key!r}, so that half of the guard is gone",
                    "say who may pass with the route's access, and put other Lua into a global post-function",
                )


def _unguarded(subject: Subject) -> Iterator[Flaw]:
    if not any(name_of(plugin) in AUTHENTICATION and is_active(plugin) for plugin in subject.plugins):
        return
    unguarded = [route for route in subject.routes if not route.modelled and _is_open(subject, route)]
    told = frozenset(_holes(subject) if unguarded else ())
    for route in unguarded:
        if route.key not in told:
            yield Flaw(
                route.place,
                route.key,
                "nothing asks who comes: no authentication plugin is on the route, on its service or global",
                "add one, such as key-auth, under entities.plugins",
            )


def _acl_alone(subject: Subject) -> Iterator[Flaw]:
    refused: dict[str, list[str]] = {}
    acls: dict[str, Item] = {}
    for route in subject.routes:
        acl = subject.selection.effective(route).get("acl")
        if acl is not None and not subject.selection.guards(route):
            acls[acl.key] = acl
            refused.setdefault(acl.key, []).append(route.key)
    for key, routes in refused.items():
        more = f" and {len(routes) - _SHOWN} more" if len(routes) > _SHOWN else ""
        yield Flaw(
            acls[key].place,
            key,
            f"'acl' refuses every request on {', '.join(routes[:_SHOWN])}{more}: nothing there learns who asks",
            "add authentication there, or put 'acl' only where there is some",
        )


PUBLIC_UNDER_PROTECTED = Rule(
    name="public-under-protected",
    severity="warning",
    summary="A path that nobody guards, under a prefix that another route protects.",
    why="Whoever reads that the prefix is protected believes it of all that is below. A prefix without a slash at its "
    "end opens everything that begins like it: `/api/info` opens `/api/information` as well.",
    instead="Move the path beside the protected prefix, or accept it with the reason.",
    flaws=_public_under_protected,
)
GUARD_REPLACED = Rule(
    name="guard-replaced",
    severity="error",
    summary="A plugin under `entities` in the place of one of those with which the gateway protects a route.",
    why="A token is judged by several plugins together, and none of them is safe alone: `jwt` checks neither issuer "
    "nor audience, and the guard in `pre-function` no signature. Kong runs the more specific one of a name.",
    instead="Say who may pass with the route's `access`; other Lua has room in a global `post-function`.",
    flaws=_replaced,
)
UNGUARDED_ROUTE = Rule(
    name="unguarded-route",
    severity="warning",
    summary="A route under `entities` without any authentication, in a stack that has some.",
    why="A route under `apis` says why it is public; here, nobody can tell whether it was forgotten.",
    instead="Put an authentication plugin on it, or accept it with the reason.",
    flaws=_unguarded,
)
ACL_WITHOUT_AUTHENTICATION = Rule(
    name="acl-without-authentication",
    severity="error",
    summary="An `acl` on a route where nothing learns who asks.",
    why="Without a consumer or groups of a token, `acl` refuses every request with 401.",
    instead="Add authentication there, or leave `acl` out.",
    flaws=_acl_alone,
)
