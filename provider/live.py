"""What Kong holds, read once an operation in pages of a thousand and kept up to date with what we write."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from typing import Any, TypeAlias, TypeVar

from entities.uniqueness import unique_values
from provider.admin import AdminApi
from provider.documents import Document
from provider.ledger import UniqueKey
from provider.resources import ResourceType

Place: TypeAlias = tuple[str, str | None]
"""A collection: the kind, and for targets the upstream's id (Kong lists them under their upstream only)."""


def unique_keys(kind: ResourceType, document: Mapping[str, Any]) -> Iterator[UniqueKey]:
    """Yield what Kong keeps unique about an entity; nothing for what is not set or not known yet."""
    return (UniqueKey(kind.kind, fields, values) for fields, values in unique_values(kind.kind, document))


class Collection:
    """The entities of one collection, by id and by what is unique about them."""

    def __init__(self, kind: ResourceType, entities: Iterable[Document] = ()) -> None:
        self._kind = kind
        self._by_id: dict[str, Document] = {}
        self._by_key: dict[UniqueKey, str] = {}
        for entity in entities:
            self.put(entity)

    def __iter__(self) -> Iterator[Document]:
        return iter(self._by_id.values())

    def get(self, identity: str) -> Document | None:
        """Return the entity with an id."""
        return self._by_id.get(identity)

    def rivals(self, document: Mapping[str, Any], identity: str) -> list[Document]:
        """Return the other entities that have what this document would have to be alone in having."""
        found = (self._by_key.get(key) for key in unique_keys(self._kind, document))
        return [self._by_id[other] for other in dict.fromkeys(found) if other is not None and other != identity]

    def put(self, entity: Document) -> None:
        """Keep an entity as Kong returned it."""
        self.drop(entity["id"])
        self._by_id[entity["id"]] = entity
        self._by_key.update(dict.fromkeys(unique_keys(self._kind, entity), str(entity["id"])))

    def drop(self, identity: str) -> None:
        """Forget an entity."""
        entity = self._by_id.pop(identity, None)
        if entity is not None:
            for key in unique_keys(self._kind, entity):
                if self._by_key.get(key) == identity:
                    del self._by_key[key]


_T = TypeVar("_T")


class LiveEntities:
    """Kong's collections. Concurrent readers of one share a single read."""

    def __init__(self, admin: AdminApi) -> None:
        self._admin = admin
        self._reads: dict[Place, asyncio.Task[Collection]] = {}

    async def collection(self, kind: ResourceType, parent: str | None = None) -> Collection:
        """Return a collection as it was when first read, and as our own writes have changed it since."""
        place = _place(kind, parent)
        return await _shared(self._reads, place, lambda: self._read(kind, place[1]))

    def put(self, kind: ResourceType, entity: Document) -> None:
        """Note what a write left in Kong."""
        self._change(_place(kind, parent_of(kind, entity)), lambda collection: collection.put(entity))

    def drop(self, kind: ResourceType, identity: str, parent: str | None = None) -> None:
        """Note that an entity is gone."""
        self._change(_place(kind, parent), lambda collection: collection.drop(identity))

    def forget(self, kind: ResourceType, parent: str | None = None) -> None:
        """Read a collection again when it is next asked for."""
        self._reads.pop(_place(kind, parent), None)

    def _change(self, place: Place, change: Callable[[Collection], None]) -> None:
        """Change a collection that has been read, or as soon as the read that is under way has ended."""
        task = self._reads.get(place)
        if task is None:
            return
        if task.done():
            _apply(task, change)
        else:
            task.add_done_callback(lambda read: _apply(read, change))

    async def _read(self, kind: ResourceType, parent: str | None) -> Collection:
        collection = Collection(kind)
        async for page in self._admin.pages(collection_path(kind, parent)):
            for entity in page:
                collection.put(entity)
        return collection


async def _shared(
    tasks: dict[Place, asyncio.Task[_T]], place: Place, start: Callable[[], Coroutine[Any, Any, _T]]
) -> _T:
    """Await one task for all who ask; a failed one is not kept, and a caller that leaves does not stop it."""
    task = tasks.get(place)
    if task is None:
        task = tasks[place] = asyncio.create_task(start())
    try:
        return await asyncio.shield(task)
    except Exception:
        if tasks.get(place) is task:
            del tasks[place]
        raise


def collection_path(kind: ResourceType, parent: str | None) -> str:
    """Return the Admin API path of a collection."""
    return f"/upstreams/{parent}/targets" if kind.kind == "targets" else f"/{kind.collection}"


def entity_path(kind: ResourceType, identity: str, parent: str | None) -> str:
    """Return the Admin API path of an entity."""
    return f"{collection_path(kind, parent)}/{identity}"


def _place(kind: ResourceType, parent: str | None) -> Place:
    return (kind.kind, parent if kind.kind == "targets" else None)


def _apply(read: asyncio.Task[Collection], change: Callable[[Collection], None]) -> None:
    if not read.cancelled() and read.exception() is None:
        change(read.result())


def parent_of(kind: ResourceType, entity: Mapping[str, Any]) -> str | None:
    """Return the id of the consumer or upstream that an entity belongs to."""
    return entity[kind.parent]["id"] if kind.parent else None
