"""The entities of the stand-in, in memory: unique values, references and order, as PostgreSQL keeps them for Kong."""

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping

from sandbox.kong.errors import foreign_key_violation, primary_key_violation, still_referenced, unique_violation
from sandbox.kong.kinds import KINDS, Document, Kind, reference, referring_to

Values = tuple[object, ...]


class Store:
    """Entities by kind and id.

    Documents that were put in or handed out are never changed, only replaced.
    """

    def __init__(self) -> None:
        self.version = 0
        """Grows with every write."""
        self.configuration_hash: str | None = None
        """What tells one declarative configuration from another; None before the first was loaded."""
        self._tables = {name: _Table(kind) for name, kind in KINDS.items()}

    def all(self, kind: str) -> list[Document]:
        """Every entity of a kind, ordered by id."""
        return self.after(kind, "")

    def after(self, kind: str, identity: str) -> list[Document]:
        """The entities of a kind whose ids come after this one, in order."""
        table = self._tables[kind]
        return [table.documents[key] for key in table.order[bisect_right(table.order, identity) :]]

    def get(self, kind: str, identity: str) -> Document | None:
        """An entity by its id."""
        return self._tables[kind].documents.get(identity)

    def find(self, kind: str, fields: tuple[str, ...], values: Values) -> Document | None:
        """The entity that has these values in fields that are unique together."""
        identity = self._tables[kind].unique[fields].get(values)
        return self.get(kind, identity) if identity else None

    def children(self, kind: str, field: str, parent: str) -> list[Document]:
        """The entities of a kind whose field refers to this id, ordered by id."""
        table = self._tables[kind]
        return [table.documents[key] for key in sorted(table.referring.get((field, parent), ()))]

    def insert(self, kind: str, document: Document) -> None:
        """Adds an entity; raises KongError when its id or a unique value is taken, or a reference leads nowhere."""
        if self.get(kind, document["id"]):
            raise primary_key_violation(document["id"])
        self._put(kind, document)

    def replace(self, kind: str, document: Document) -> None:
        """Puts an entity in the place of the one with its id; raises KongError as `insert` does."""
        self._put(kind, document)

    def delete(self, kind: str, identity: str) -> None:
        """Removes an entity and what belongs to it; raises KongError when another refers to it."""
        self._refuse_referenced(kind, identity)
        for child, foreign in referring_to(kind):
            for document in self.children(child.name, foreign.field, identity):
                self.delete(child.name, document["id"])
        self._tables[kind].remove(identity)
        self.version += 1

    def load(self, entities: Mapping[str, Iterable[Document]], configuration_hash: str | None) -> None:
        """Takes these entities in the place of all others."""
        tables = {name: _Table(kind) for name, kind in KINDS.items()}
        for kind, documents in entities.items():
            for document in documents:
                tables[kind].put(document)
        self._tables = tables
        self.configuration_hash = configuration_hash
        self.version += 1

    def _put(self, kind: str, document: Document) -> None:
        table = self._tables[kind]
        table.refuse_taken(document)
        for foreign in table.kind.foreign:
            parent = reference(document, foreign.field)
            if parent and not self.get(foreign.kind, parent):
                raise foreign_key_violation(foreign.field, foreign.kind, parent)
        table.put(document)
        self.version += 1

    def _refuse_referenced(self, kind: str, identity: str) -> None:
        for child, foreign in referring_to(kind):
            if foreign.on_delete == "restrict" and self.children(child.name, foreign.field, identity):
                raise still_referenced(kind, child.name)


class _Table:
    """One kind's entities and their indexes."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        self.documents: dict[str, Document] = {}
        self.order: list[str] = []
        self.unique: dict[tuple[str, ...], dict[Values, str]] = {fields: {} for fields in kind.unique}
        self.referring: defaultdict[tuple[str, str], set[str]] = defaultdict(set)

    def put(self, document: Document) -> None:
        identity = document["id"]
        if identity in self.documents:
            self._forget(self.documents[identity])
        else:
            insort(self.order, identity)
        self.documents[identity] = document
        for fields, values in self._unique_values(document):
            self.unique[fields][values] = identity
        for foreign in self.kind.foreign:
            parent = reference(document, foreign.field)
            if parent:
                self.referring[foreign.field, parent].add(identity)

    def remove(self, identity: str) -> None:
        self._forget(self.documents.pop(identity))
        del self.order[bisect_right(self.order, identity) - 1]

    def refuse_taken(self, document: Document) -> None:
        for fields, values in self._unique_values(document):
            if self.unique[fields].get(values, document["id"]) != document["id"]:
                raise unique_violation({field: document.get(field) for field in fields})

    def _forget(self, document: Document) -> None:
        for fields, values in self._unique_values(document):
            self.unique[fields].pop(values, None)
        for foreign in self.kind.foreign:
            parent = reference(document, foreign.field)
            if parent:
                self.referring[foreign.field, parent].discard(document["id"])

    def _unique_values(self, document: Document) -> Iterable[tuple[tuple[str, ...], Values]]:
        for fields in self.kind.unique:
            values = tuple(_comparable(document.get(field)) for field in fields)
            if len(fields) > 1 or values != (None,):
                yield fields, values


def _comparable(value: object) -> object:
    """A value as the indexes hold it: of a reference, the id."""
    return value["id"] if isinstance(value, dict) else value  # pyright: ignore[reportUnknownVariableType] -- JSON
