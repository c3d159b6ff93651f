"""Which routes compete for the same requests, found by path, host and header rather than by trying all pairs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from entities.lint.items import RouteItem
from entities.lint.patterns import hosts_over, prefix_of, whole_prefix
from entities.routing import Part, is_regex

_ANY = ""
"""Stands for every path, and for every host."""
_Header = tuple[str, str]
_Key = tuple[str, str, _Header | None]


@dataclass(frozen=True)
class Contender:
    """A part of a route, with what it asks of a request besides path and host."""

    route: RouteItem
    part: Part

    @cached_property
    def methods(self) -> frozenset[str]:
        """The methods that it takes; none stands for all."""
        return frozenset(self.route.given.get("methods") or ())

    @cached_property
    def headers(self) -> Mapping[str, frozenset[str]]:
        """The values that it takes, by header, as Kong compares them: in lower case, `_` for `-`."""
        given: Mapping[str, Sequence[str]] = self.route.given.get("headers") or {}
        return {
            name.lower().replace("-", "_"): frozenset(value.lower() for value in given[name]) for name in sorted(given)
        }

    def covers(self, other: "Contender") -> bool:
        """Whether it takes all that another takes, as far as headers and connections go."""
        if not all(other.headers.get(name, frozenset([_ANY])) <= values for name, values in self.headers.items()):
            return False
        own, others = self.route.given, other.route.given
        return all(not own.get(field) or own[field] == others.get(field) for field in _CONNECTION)


_CONNECTION = ("snis", "sources", "destinations")


@dataclass(frozen=True)
class Claim:
    """A path and a host with which a part of a route takes requests; None where it asks for none."""

    contender: Contender
    path: str | None
    host: str | None


def claims(route: RouteItem) -> Iterator[Claim]:
    """Every pair of a path and a host of a route."""
    hosts: Sequence[str | None] = route.given.get("hosts") or (None,)
    for part in route.parts:
        contender = Contender(route, part)
        for path in part.paths or (None,):
            for host in hosts:
                yield Claim(contender, path, host)


class Traffic:
    """Some routes, by what they take."""

    def __init__(self, routes: Iterable[RouteItem]) -> None:
        self._index: dict[_Key, list[Contender]] = {}
        for route in routes:
            for claim in claims(route):
                self._add(claim)
        for bucket in self._index.values():
            bucket.sort(key=lambda contender: contender.part.order)
        paths = {path for path, _, _ in self._index}
        self._paths = frozenset(paths)
        self._lengths = sorted({len(path) for path in paths if not is_regex(path)})

    def _add(self, claim: Claim) -> None:
        path = _ANY if claim.path is None else whole_prefix(claim.path)
        headers = claim.contender.headers
        name = next(iter(headers), None)
        values: Iterable[_Header | None] = [None] if name is None else [(name, value) for value in headers[name]]
        for value in values:
            key = (claim.path or _ANY if path is None else path, claim.host or _ANY, value)
            self._index.setdefault(key, []).append(claim.contender)

    def before(self, claim: Claim) -> Iterator[Contender]:
        """Parts of other routes that take what a claim is for, whatever the method, and that Kong tries before it."""
        order = claim.contender.part.order
        for bucket in self._buckets(claim):
            for contender in reversed(bucket):
                if contender.part.order <= order:
                    break
                if self._competes(contender, claim):
                    yield contender

    def after(self, claim: Claim) -> Iterator[Contender]:
        """Parts of other routes that would take what a claim is for, whatever the method, if it were not there."""
        order = claim.contender.part.order
        for bucket in self._buckets(claim):
            for contender in bucket:
                if contender.part.order >= order:
                    break
                if self._competes(contender, claim):
                    yield contender

    @staticmethod
    def _competes(contender: Contender, claim: Claim) -> bool:
        return contender.route.key != claim.contender.route.key and contender.covers(claim.contender)

    def _buckets(self, claim: Claim) -> Iterator[list[Contender]]:
        hosts = [_ANY, *(hosts_over(claim.host) if claim.host else ())]
        headers: list[_Header | None] = [None]
        headers += [(name, min(values)) for name, values in claim.contender.headers.items() if values]
        for path in self._paths_over(claim.path):
            for host in hosts:
                for header in headers:
                    bucket = self._index.get((path, host, header))
                    if bucket:
                        yield bucket

    def _paths_over(self, path: str | None) -> Iterator[str]:
        """The indexed paths that take all that a path takes."""
        if path is None:
            yield _ANY
            return
        prefix = prefix_of(path)
        for length in self._lengths:
            if length > len(prefix):
                break
            if prefix[:length] in self._paths:
                yield prefix[:length]
        if is_regex(path) and path in self._paths:
            yield path
