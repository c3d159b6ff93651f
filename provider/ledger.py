"""What this operation's program has said so far: which resources it has, and which entity each of them holds.

One operation may name an entity twice: when a resource is renamed, the new one takes over the entity before the
old one is deleted. The ledger tells that apart from two resources that want the same entity.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class UniqueKey:
    """Values that Kong lets only one entity of a kind have; a reference counts by its id, null as None."""

    kind: str
    fields: tuple[str, ...]
    values: tuple[str | None, ...]


class Ledger:
    """The resources of the program that runs, by URN. It lives as long as one operation."""

    def __init__(self) -> None:
        self._declared: dict[str, frozenset[UniqueKey]] = {}
        self._owner_of_key: dict[UniqueKey, str] = {}
        self._holders: dict[str, set[str]] = {}
        self._created: set[tuple[str, str]] = set()

    def declare(self, urn: str, keys: Iterable[UniqueKey]) -> str | None:
        """Note what a resource of the program is called; return the other resource that is called the same."""
        wanted = frozenset(keys)
        for key in self._declared.get(urn, frozenset()):
            self._owner_of_key.pop(key, None)
        others = sorted(other for key in wanted if (other := self._owner_of_key.get(key)) not in (None, urn))
        if others:
            return others[0]
        self._declared[urn] = wanted
        self._owner_of_key.update(dict.fromkeys(wanted, urn))
        return None

    def hold(self, urn: str, entity: str) -> None:
        """Note that a resource stands for an entity."""
        self._holders.setdefault(entity, set()).add(urn)

    def created(self, urn: str, entity: str) -> None:
        """Note that a resource has been created, and stands for an entity."""
        self.hold(urn, entity)
        self._created.add((urn, entity))

    def is_replaced(self, urn: str, entity: str) -> bool:
        """Tell whether a resource has been created anew in this operation, under the id that its original has."""
        return (urn, entity) in self._created

    def release(self, urn: str, entity: str) -> None:
        """Note that a resource no longer stands for an entity."""
        self._holders.get(entity, set()).discard(urn)

    def other_holder(self, urn: str, entity: str) -> str | None:
        """Return another resource of the program that stands for an entity, if there is one."""
        others = sorted(other for other in self._holders.get(entity, set()) - {urn} if other in self._declared)
        return others[0] if others else None

    def still_wants(self, urn: str, keys: Iterable[UniqueKey]) -> bool:
        """Tell whether a resource of the program is itself called by one of these keys."""
        return not self._declared.get(urn, frozenset()).isdisjoint(keys)
