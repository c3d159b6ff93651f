"""Which live entity is which declared one: the one with its id, or else the one that has what Kong keeps unique.

What was imported keeps the ids that it had, and somebody may have deleted an entity and made it again by hand.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from entities.model import Document, Entity
from entities.snapshot import Snapshot
from entities.state import DesiredState
from entities.uniqueness import UNIQUE, Fields, Values, unique_values


@dataclass(frozen=True)
class Match:
    """A declared entity and the live one that it stands for, if there is one."""

    entity: Entity
    document: Mapping[str, Any]
    """What is declared. Others are referred to by the ids that they have live."""
    live: Document | None


@dataclass(frozen=True)
class Matching:
    """The declared entities with their live ones, and the live ones of which nothing is declared."""

    matches: Sequence[Match]
    strangers: Mapping[str, Sequence[Document]]
    """By kind."""


def matching(state: DesiredState, snapshot: Snapshot) -> Matching:
    """Find the live entity of each declared one, in time that grows with how many there are of both."""
    free = {kind: {str(document["id"]): document for document in snapshot.of(kind)} for kind in UNIQUE}
    declared = [(entity, state.document(entity)) for entity in state]
    by_id = [free[entity.kind].pop(str(document["id"]), None) for entity, document in declared]
    index = {kind: _index(kind, documents.values()) for kind, documents in free.items()}
    other_ids: dict[tuple[str, str], str] = {}
    """What those are called live that are not called so here."""
    matches: list[Match] = []
    # Each stands after those it refers to, whose live ids are known by then.
    for (entity, document), found in zip(declared, by_id, strict=True):
        for field, (kind, _) in entity.references().items():
            wanted = document[field]["id"]
            document[field] = {"id": other_ids.get((kind, wanted), wanted)}
        live = found or _same(entity.kind, document, index[entity.kind], free[entity.kind])
        if live is not None and live is not found:
            other_ids[entity.kind, str(document["id"])] = str(live["id"])
        matches.append(Match(entity, document, live))
    return Matching(matches, {kind: tuple(documents.values()) for kind, documents in free.items()})


_Index = Mapping[tuple[Fields, Values], str]


def _index(kind: str, documents: Iterable[Document]) -> _Index:
    return {key: str(document["id"]) for document in documents for key in unique_values(kind, document)}


def _same(kind: str, document: Mapping[str, Any], index: _Index, free: dict[str, Document]) -> Document | None:
    """Take the live entity that is in the place of this one."""
    identities = (index[key] for key in unique_values(kind, document) if key in index)
    return next((live for identity in identities if (live := free.pop(identity, None)) is not None), None)
