"""The desired state beside a snapshot.

What Kong adds by itself, the order of sets and the form of numbers are no drift.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from config.drift import AllowedChange
from entities.drift.access import decides_access
from entities.drift.allowances import allows
from entities.drift.findings import Changed, Drift, FieldChange, Missing, Stray, Tie, place
from entities.drift.names import PARENTS, LiveNames, parents
from entities.masking import masked
from entities.matching import Match, Matching, matching
from entities.model import Document
from entities.schema import kong_schema
from entities.snapshot import Snapshot
from entities.state import DesiredState, Owner


def drift(state: DesiredState, snapshot: Snapshot, allowed: Sequence[AllowedChange] = ()) -> Drift:
    """Compare what is declared with what is live, in time that grows with how many entities there are."""
    found = matching(state, snapshot)
    differing = sorted((change for match in found.matches for change in _changes(match)), key=place)
    strays = sorted(_strays(found, snapshot, state.owner), key=place)

    def is_allowed(change: Changed, field: FieldChange) -> bool:
        return any(allows(entry, change.kind, change.key, field.path) for entry in allowed)

    return Drift(
        declared=len(found.matches),
        missing=tuple(sorted((_missing(match) for match in found.matches if match.live is None), key=place)),
        changed=_of_fields(differing, lambda change, field: not is_allowed(change, field)),
        undeclared=tuple(stray for stray in strays if stray.tie not in {Tie.OTHERS, Tie.NONE}),
        allowed=_of_fields(differing, is_allowed),
        unowned=tuple(stray for stray in strays if stray.tie is Tie.NONE),
        others=tuple(stray for stray in strays if stray.tie is Tie.OTHERS),
    )


def _of_fields(changes: Iterable[Changed], chosen: Callable[[Changed, FieldChange], bool]) -> tuple[Changed, ...]:
    """The changes with some of their fields; without those that have none of them."""
    kept = (replace(each, fields=tuple(field for field in each.fields if chosen(each, field))) for each in changes)
    return tuple(change for change in kept if change.fields)


def _missing(match: Match) -> Missing:
    entity = match.entity
    access = decides_access(entity.kind, _plugin(entity.kind, match.document))
    return Missing(entity.kind, entity.key, str(match.document["id"]), access)


def _changes(match: Match) -> Iterator[Changed]:
    """The change of an entity, if it differs."""
    if match.live is None:
        return
    kind, plugin = match.entity.kind, _plugin(match.entity.kind, match.document)
    fields = tuple(
        FieldChange(
            path=difference.path,
            desired=masked(kind, plugin, difference.path, difference.desired),
            live=masked(kind, plugin, difference.path, difference.live),
        )
        for difference in kong_schema().differences(kind, match.document, match.live)
    )
    if fields:
        yield Changed(kind, match.entity.key, str(match.live["id"]), decides_access(kind, plugin), fields)


def _strays(found: Matching, snapshot: Snapshot, owner: Owner) -> Iterator[Stray]:
    ours = {(match.entity.kind, str(match.live["id"])) for match in found.matches if match.live is not None}
    names = LiveNames(snapshot)
    for kind, documents in found.strangers.items():
        for document in documents:
            access = decides_access(kind, _plugin(kind, document))
            tie = _tie(kind, document, owner, ours)
            if tie is Tie.OTHERS and access and _holds_here(kind, document, ours):
                tie = Tie.INTRUDES
            yield Stray(kind, names.of(kind, document), str(document["id"]), access, tie)


def _tie(kind: str, document: Document, owner: Owner, ours: set[tuple[str, str]]) -> Tie:
    """What a live entity that nothing declares has to do with the owner, of whose entities `ours` has kinds and ids."""
    tags = document.get("tags")
    marks = {str(tag) for tag in tags} if isinstance(tags, list) else set[str]()
    own = {tag for tag in owner.tags if _says_whose(tag)}
    if own <= marks:
        return Tie.TAGS
    if any(_says_whose(tag) for tag in marks):
        return Tie.OTHERS
    above = parents(document)
    if any((PARENTS[field], identity) in ours for field, identity in above.items()):
        return Tie.PARENT
    return Tie.EVERY_REQUEST if kind == "plugins" and not above else Tie.NONE


def _holds_here(kind: str, document: Document, ours: set[tuple[str, str]]) -> bool:
    """Whether an entity works on those of the stack alone, or is a plugin that works on every request.

    A limit of another stack for one of this stack's tiers does neither: it also names that stack's own service.
    """
    above = parents(document)
    if not above:
        return kind == "plugins"
    return all((PARENTS[field], identity) in ours for field, identity in above.items())


def _says_whose(tag: str) -> bool:
    return tag.startswith(("project:", "stack:"))


def _plugin(kind: str, document: Mapping[str, Any]) -> str:
    """The name of a plugin; nothing for other kinds."""
    return str(document.get("name")) if kind == "plugins" else ""
