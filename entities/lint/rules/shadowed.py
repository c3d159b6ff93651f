"""Routes that get none of the requests they are for, because Kong tries another before them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from config.problems import Location
from entities.lint.items import RouteItem
from entities.lint.rule import Flaw, Rule
from entities.lint.subject import Subject
from entities.lint.traffic import Claim, Contender, claims

_PREFLIGHT = "OPTIONS"
"""The cors plugin adds it to every route and answers it the same on each."""


@dataclass(frozen=True)
class _Outcome:
    """Who takes the requests of a claim away, by their method; None stands for every method."""

    claim: Claim
    methods: tuple[str | None, ...]
    takers: dict[str | None, Contender]

    @property
    def gets_nothing(self) -> bool:
        """Whether all of them are taken."""
        return len(self.takers) == len(self.methods)


def _flaws(subject: Subject) -> Iterator[Flaw]:
    for route in subject.routes:
        outcomes = [_outcome(subject, claim) for claim in claims(route)]
        if not any(outcome.takers for outcome in outcomes):
            continue
        if all(outcome.gets_nothing for outcome in outcomes):
            yield _flaw(route, route.place, "no request reaches it", outcomes)
        else:
            yield from _partial(route, outcomes)


def _outcome(subject: Subject, claim: Claim) -> _Outcome:
    methods = tuple(sorted(claim.contender.methods)) or (None,)
    takers: dict[str | None, Contender] = {}
    for contender in subject.traffic.before(claim):
        for method in methods:
            if not contender.methods or method in contender.methods:
                takers.setdefault(method, contender)
        if len(takers) == len(methods):
            break
    return _Outcome(claim, methods, takers)


def _partial(route: RouteItem, outcomes: list[_Outcome]) -> Iterator[Flaw]:
    """Paths, hosts and methods that are listed in vain; methods only where a path or a host does not say it already."""
    told: set[int] = set()
    chosen: list[tuple[str, Callable[[Claim], str | None]]] = [
        ("paths", lambda claim: claim.path),
        ("hosts", lambda claim: claim.host),
    ]
    for field, value_of in chosen:
        for index, value in enumerate(route.given.get(field) or ()):
            concerned = [outcome for outcome in outcomes if value_of(outcome.claim) == value]
            if all(outcome.gets_nothing for outcome in concerned):
                told.update(map(id, concerned))
                yield _flaw(route, (*route.place, field, index), f"no request with {value!r} reaches it", concerned)
    rest = [outcome for outcome in outcomes if id(outcome) not in told]
    for method in rest[0].methods if rest else ():
        if method not in {None, _PREFLIGHT} and all(method in outcome.takers for outcome in rest):
            yield _flaw(route, (*route.place, "methods"), f"no {method} request reaches it", rest, method)


def _flaw(route: RouteItem, place: Location, what: str, outcomes: list[_Outcome], method: str | None = None) -> Flaw:
    taker = outcomes[0].takers.get(method) or next(iter(outcomes[0].takers.values()))
    own = outcomes[0].claim.contender
    why = (
        "Kong tries it first" if taker.part.order[:-1] != own.part.order[:-1] else "both rank alike and its id decides"
    )
    return Flaw(
        place,
        route.key,
        f"{what}: route {taker.route.key!r} takes them, since {why}",
        "remove one, or set them apart by path, host, method or (between regular expressions) regex_priority",
    )


ROUTE_SHADOWED = Rule(
    name="route-shadowed",
    severity="error",
    summary="A route, or one of its paths, hosts or methods, all of whose requests go to another route.",
    why="Kong tries routes by the number of attributes they match on, then plain hosts before wildcards, more headers, "
    "regular expressions before prefixes, `regex_priority`, and the length of the prefix; between equals the id "
    "decides. So a short regular expression beats any longer prefix, and a method more beats both.",
    instead="Remove one of the two, or set them apart.",
    flaws=_flaws,
)
