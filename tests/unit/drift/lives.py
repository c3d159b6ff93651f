"""What a Kong would hold after a stack was applied to it."""

import json
import uuid
from typing import Any, cast

from entities.drift import Drift, Stray
from entities.schema import UNKNOWN
from entities.snapshot import Snapshot
from entities.state import DesiredState

Documents = dict[str, dict[str, dict[str, Any]]]
"""Live documents by kind and id."""

SECRET = "7e2f-live-secret-9c1d"


def applied(state: DesiredState) -> Documents:
    """Each entity as the Admin API gives it back: complete, with timestamps, and secrets in the clear."""
    documents: Documents = {}
    for entity in state:
        document = json.loads(json.dumps(state.document(entity), default=_secret))
        documents.setdefault(entity.kind, {})[document["id"]] = document | {"created_at": 1, "updated_at": 2}
    return documents


def _secret(value: object) -> str:
    assert value is UNKNOWN
    return SECRET


def snapshot(documents: Documents) -> Snapshot:
    """The documents as a snapshot."""
    return Snapshot({kind: tuple(each.values()) for kind, each in documents.items()})


def with_other_ids(documents: Documents) -> Documents:
    """The same entities as if somebody had made them by hand: under ids of their own."""
    return {
        kind: {_other(identity): cast("dict[str, Any]", _renamed(document)) for identity, document in by_id.items()}
        for kind, by_id in documents.items()
    }


def _renamed(value: object) -> object:
    if not isinstance(value, dict):
        return value
    fields = cast("dict[str, object]", value)
    return {key: _other(str(item)) if key == "id" else _renamed(item) for key, item in fields.items()}


def _other(identity: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, identity))


def identity(state: DesiredState, kind: str, key: str) -> str:
    """The id of a declared entity."""
    return next(str(state.document(each)["id"]) for each in state if (each.kind, each.key) == (kind, key))


def live_entity(kind: str, tags: list[str] | None = None, **fields: Any) -> Documents:
    """Another entity that Kong holds."""
    name = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{kind} {fields}"))
    return {kind: {name: {"id": name, "tags": tags, **fields}}}


def together(*several: Documents) -> Documents:
    """All of these."""
    every: Documents = {}
    for documents in several:
        for kind, by_id in documents.items():
            every.setdefault(kind, {}).update(by_id)
    return every


def undeclared(drift: Drift) -> dict[str, str]:
    """How the strays that are drift are tied to the stack, by kind and name."""
    return _ties(drift.undeclared)


def not_counted(drift: Drift) -> dict[str, str]:
    """How the others are."""
    return _ties((*drift.unowned, *drift.others))


def _ties(strays: tuple[Stray, ...]) -> dict[str, str]:
    return {f"{stray.kind} {stray.key}": stray.tie.value for stray in strays}
