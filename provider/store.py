"""Entities in Kong, written whole: creating is an upsert by id, and nobody else's entity is ever touched."""

from collections.abc import Iterable
from typing import Final

from provider.admin import AdminApi, AdminError
from provider.credentials import kept_values
from provider.documents import SERVER_FIELDS, Document
from provider.identifiers import Identifier, find, is_id, parse_identifier
from provider.ledger import Ledger
from provider.live import LiveEntities, collection_path, entity_path, parent_of, unique_keys
from provider.ownership import OwnershipError, owner_of, refusal
from provider.resources import TYPES, ResourceType, type_of_kind
from provider.urns import Urn

_CONFLICTS: Final = frozenset({"unique constraint violation", "primary key violation"})
_ROUNDS: Final = 4
"""How often a write is tried again after somebody else got in between."""

_WITH_CHILDREN: Final = frozenset({"services", "routes", "upstreams", "consumers"})
"""Kinds that are not deleted to make way, but called something else."""


class NotFoundError(LookupError):
    """An import names nothing, or more than one entity."""


class EntityStore:
    """Creates, reads, updates and deletes the entities of one operation's resources."""

    def __init__(self, admin: AdminApi) -> None:
        self._admin = admin
        self._live = LiveEntities(admin)
        self.ledger = Ledger()

    async def create(self, urn: Urn, document: Document) -> Document:
        """Write an entity under the id derived from its URN, or take over this stack's own that is in its place."""
        kind, parent = urn.type, parent_of(urn.type, document)
        for _ in range(_ROUNDS):
            collection = await self._live.collection(kind, parent)
            rivals = collection.rivals(document, urn.derived_id)
            present = collection.get(urn.derived_id) or self._adoptable(urn, rivals)
            for rival in rivals:
                if rival is not present:
                    await self._make_way(urn, rival, document)
            if present is not None and owner_of(urn).is_stranger_to(present):
                raise refusal(urn, present)
            identity = present["id"] if present else urn.derived_id
            self.ledger.hold(urn.text, identity)
            written = await self._attempt(kind, identity, document, present or {})
            if written is not None:
                self.ledger.created(urn.text, identity)
                return written
        raise _contested(urn)

    async def update(self, urn: Urn, identity: str, document: Document, olds: Document) -> Document:
        """Write a whole entity anew. `olds` is what the state says that Kong has."""
        kind, parent = urn.type, parent_of(urn.type, document)
        entity = parse_identifier(kind, identity).entity
        self.ledger.hold(urn.text, entity)
        await self._look_before_move(urn, entity, document, olds)
        for _ in range(_ROUNDS):
            written = await self._attempt(kind, entity, document, olds)
            if written is not None:
                return written
            for rival in (await self._live.collection(kind, parent)).rivals(document, entity):
                await self._make_way(urn, rival, document)
        raise _contested(urn)

    async def read(self, urn: Urn, identity: str, parent: str | None) -> Document | None:
        """Find an entity by id, or by name for an import; `parent` is the consumer or upstream the state says."""
        kind = urn.type
        identifier = parse_identifier(kind, identity)
        parent = await self._parent_id(kind, identifier, parent)
        if kind.kind == "targets" and parent is None:
            message = f"which upstream is the target {identity} in? Write <upstream>/<target>"
            raise NotFoundError(message)
        collection = await self._live.collection(kind, parent)
        if is_id(identifier.entity):
            return collection.get(identifier.entity)
        found = find(kind, collection, identifier.entity, parent)
        if len(found) > 1:
            ids = ", ".join(str(entity["id"]) for entity in found)
            message = f"{len(found)} {kind.kind} are called {identifier.entity}: import one by its id ({ids})"
            raise NotFoundError(message)
        return dict(found[0]) if found else None

    async def delete(self, urn: Urn, identity: str, olds: Document) -> None:
        """Delete an entity, unless it is another resource's by now.

        A renamed resource takes its entity along, and the replacement of a resource has the same id: in both cases
        the engine creates first and deletes after.
        """
        kind, parent = urn.type, parent_of(urn.type, olds)
        entity = parse_identifier(kind, identity).entity
        if self.ledger.is_replaced(urn.text, entity):
            return
        self.ledger.release(urn.text, entity)
        if self.ledger.other_holder(urn.text, entity):
            await self._delete_left_behind(urn, entity)
            return
        present = (await self._live.collection(kind, parent)).get(entity)
        if present is not None and owner_of(urn).is_stranger_to(present):
            tags = ", ".join(present.get("tags") or ())
            message = (
                f"{kind.kind} {entity} is not deleted, for it is somebody else's by now (it has {tags}). "
                f"To forget it here, run `pulumi state delete '{urn.text}'`"
            )
            raise OwnershipError(message)
        try:
            await self._admin.delete(entity_path(kind, entity, parent))
        except AdminError as fault:
            if users := fault.fields.get("@referenced_by"):
                message = (
                    f"{kind.kind} {entity} is still used by {users}, which this stack does not have: delete those first"
                )
                raise AdminError(fault.status, message, fault.name, fault.fields) from fault
            raise
        self._live.drop(kind, entity, parent)

    async def _delete_left_behind(self, urn: Urn, taken_over: str) -> None:
        """Delete what would have gone with an entity that another resource has taken over, and what nobody stands for.

        The engine does not ask for it: those resources say that they are deleted with this one.
        """
        field = urn.type.kind.removesuffix("s")
        for kind in TYPES:
            if field not in kind.references or not kind.goes_along:
                continue
            parent = taken_over if kind.parent == field else None
            for entity in list(await self._live.collection(kind, parent)):
                mine = owner_of(urn).owns(entity) and not self.ledger.other_holder(urn.text, entity["id"])
                if mine and entity[field] == {"id": taken_over}:
                    await self._admin.delete(entity_path(kind, entity["id"], parent_of(kind, entity)))
                    self._live.drop(kind, entity["id"], parent)

    async def _attempt(
        self, kind: ResourceType, identity: str, document: Document, before: Document
    ) -> Document | None:
        """Write once; None when somebody has what this entity must be alone in having."""
        body = {name: value for name, value in document.items() if name not in SERVER_FIELDS}
        try:
            written = await self._write(kind, identity, kept_values(kind, body, before))
        except AdminError as fault:
            if not _is_conflict(fault):
                raise _explained(fault) from fault
            self._live.forget(kind, parent_of(kind, document))
            return None
        self._live.put(kind, written)
        return written

    async def _write(self, kind: ResourceType, identity: str, body: Document) -> Document:
        parent = parent_of(kind, body)
        path = entity_path(kind, identity, parent)
        if kind.kind != "targets":
            return await self._admin.put(path, body)
        # Kong's PUT of a target only changes one that exists, and a POST takes the id of a new one.
        if (await self._live.collection(kind, parent)).get(identity) is not None:
            return await self._admin.patch(path, body)
        return await self._admin.post(collection_path(kind, parent), body | {"id": identity})

    async def _look_before_move(self, urn: Urn, entity: str, document: Document, olds: Document) -> None:
        """Before an entity gets another parent or scope, see that it is still this stack's."""
        kind = urn.type
        if all(olds.get(field) == document.get(field) for field in kind.references):
            return
        before = parent_of(kind, olds)
        present = await self._admin.get(entity_path(kind, entity, before))
        if present is not None and owner_of(urn).is_stranger_to(present):
            raise refusal(urn, present)
        if kind.kind == "targets":
            # Kong has no way to move a target to another upstream.
            await self._admin.delete(entity_path(kind, entity, before))
            self._live.drop(kind, entity, before)

    def _adoptable(self, urn: Urn, rivals: Iterable[Document]) -> Document | None:
        """Choose what to take over: an entity in this one's place that no other resource of the program stands for."""
        for rival in rivals:
            if self.ledger.other_holder(urn.text, rival["id"]) is None:
                if not owner_of(urn).owns(rival):
                    raise refusal(urn, rival)
                return rival
        return None

    async def _make_way(self, urn: Urn, rival: Document, document: Document) -> None:
        """Free what this resource is to be called from an entity of this stack that is going, or getting a new name."""
        kind = urn.type
        contested = set(unique_keys(kind, document)) & set(unique_keys(kind, rival))
        holder = self.ledger.other_holder(urn.text, rival["id"])
        if not owner_of(urn).owns(rival):
            raise refusal(urn, rival)
        if holder and self.ledger.still_wants(holder, contested):
            shared = f"{kind.kind} {rival['id']} is already {holder}"
            raise OwnershipError(f"{shared}: two resources cannot share what Kong keeps unique")
        parent = parent_of(kind, rival)
        path = entity_path(kind, rival["id"], parent)
        if kind.kind == "certificates":
            names = [name for name in rival["snis"] if name not in document["snis"]]
            self._live.put(kind, await self._admin.patch(path, {"snis": names}))
        elif kind.kind in _WITH_CHILDREN:
            suffix = f".superseded-{rival['id'][:8]}"
            body = {key.fields[0]: f"{rival[key.fields[0]]}{suffix}" for key in contested}
            self._live.put(kind, await self._admin.patch(path, body))
        else:
            await self._admin.delete(path)
            self._live.drop(kind, rival["id"], parent)

    async def _parent_id(self, kind: ResourceType, identifier: Identifier, parent: str | None) -> str | None:
        said = identifier.parent or parent
        if said is None or is_id(said):
            return said
        parents = type_of_kind(f"{kind.parent}s")
        found = find(parents, await self._live.collection(parents), said, None)
        if not found:
            message = f"there is no {kind.parent} called {said}"
            raise NotFoundError(message)
        return str(found[0]["id"])


def _contested(urn: Urn) -> OwnershipError:
    return OwnershipError(f"somebody else keeps writing what {urn.name} is to be called; is another update running?")


def _is_conflict(fault: AdminError) -> bool:
    """Recognise a refusal because somebody has the name; a certificate's host names are refused differently."""
    return fault.name in _CONFLICTS or "already associated with existing certificate" in str(fault)


def _explained(fault: AdminError) -> AdminError:
    if fault.name != "foreign key violation":
        return fault
    gone = "What it refers to is gone from Kong: run `pulumi up --refresh`, which makes it again"
    return AdminError(fault.status, f"{str(fault).rstrip('.')}. {gone}", fault.name, fault.fields)
