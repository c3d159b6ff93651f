"""Reading and writing entities as Kong does: completed, checked, and with Kong's own refusals.

Kong: kong/db/dao/init.lua and the files beside it for certificates, plugins, SNIs and targets.
"""

import math
import uuid
from typing import Any, cast

from entities.schema import Violation, kong_schema
from entities.schema.stored import basic_auth_hash
from entities.schema.violations import refusal
from sandbox.kong import errors, snis
from sandbox.kong.errors import KongError
from sandbox.kong.kinds import KINDS, Document, Kind
from sandbox.kong.pages import Database
from sandbox.kong.protocols import refuse_unmatched_protocols
from sandbox.kong.shorthands import merged, without_echoes, written_out
from sandbox.kong.sources import Sources
from sandbox.kong.store import Store


class Dao:
    """The entities of one gateway. Keys are the last part of a path: an id or the kind's endpoint key."""

    def __init__(self, store: Store, *, database: Database, sources: Sources | None = None) -> None:
        self.store = store
        self.database: Database = database
        self.sources = sources or Sources()
        self.schema = kong_schema()

    def select(self, kind: str, key: str) -> Document | None:
        """The entity of a key, as it is given back."""
        document = self._find(kind, key)
        return self.shown(kind, document) if document else None

    def shown(self, kind: str, document: Document) -> Document:
        """A document of the store as it is given back: a certificate lists its names."""
        if kind != "certificates":
            return document
        return {**document, "snis": snis.names_of(self.store, document["id"])}

    def insert(self, kind: str, sent: Document) -> Document:
        """POST: a new entity; raises KongError when Kong would refuse it."""
        document = self._with_references(KINDS[kind], sent)
        document["id"] = sent.get("id") or self.sources.new_id(kind, document)
        names = self._requested_names(kind, sent, None)
        if kind == "plugins":
            refuse_unmatched_protocols(self.store, document)
        document = self.completed(kind, document)
        self._refuse_without_database("create", kind, None)
        self.store.insert(kind, document)
        self._name(document, names)
        return self.shown(kind, document)

    def upsert(self, kind: str, key: str, sent: Document) -> Document:
        """PUT: the whole entity, new or in the place of the one there; raises KongError when Kong would refuse it."""
        existing, field = self._find(kind, key), self._field_of(kind, key)
        document = self._with_references(KINDS[kind], sent)
        if field:
            document[field] = key
        if existing or is_uuid(key):
            document["id"] = existing["id"] if existing else key
        document["id"] = document.get("id") or self.sources.new_id(kind, document)
        names = self._requested_names(kind, {"snis": None, **sent}, document["id"])
        if kind == "plugins":
            refuse_unmatched_protocols(self.store, document)
        document = self.completed(kind, document)
        self._refuse_without_database("create or update", kind, field)
        self.store.replace(kind, document)
        self._name(document, names)
        return self.shown(kind, document)

    def update(self, kind: str, key: str, sent: Document) -> Document:
        """PATCH: what was sent over what is there; raises KongError when Kong would refuse it."""
        existing, field = self._find(kind, key), self._field_of(kind, key)
        if existing is None:
            raise errors.entity_not_found(field or "id", key)
        names = self._requested_names(kind, sent, existing["id"])
        document = self._changed(kind, existing, self._with_references(KINDS[kind], sent))
        self._refuse_without_database("update", kind, field)
        self.store.replace(kind, document)
        self._name(document, names)
        return self.shown(kind, document)

    def delete(self, kind: str, key: str) -> None:
        """DELETE: the entity and what belongs to it; nothing when there is none."""
        existing = self._find(kind, key)
        if existing is None:
            return
        self._refuse_without_database("remove", kind, self._field_of(kind, key))
        if kind == "ca_certificates":
            self._refuse_needed_authority(existing["id"])
        self.store.delete(kind, existing["id"])

    def completed(self, kind: str, sent: Document, *, hash_passwords: bool = True) -> Document:
        """A new entity as the store keeps it, with what Kong makes up; raises KongError for what it refuses."""
        document = self._with_made_up_values(KINDS[kind], sent)
        self.refuse(self.violations(kind, document))
        document = self.schema.complete(kind, document)
        if kind == "basicauth_credentials" and hash_passwords:
            document["password"] = basic_auth_hash(document["consumer"], document["password"])
        return _without_names(document) if kind == "certificates" else document

    def violations(self, kind: str, document: Document) -> list[Violation]:
        """What this gateway refuses in a new entity, apart from references and unique values."""
        name = document.get("name")
        if kind == "plugins" and isinstance(name, str) and not self.schema.knows(name):
            message = f"plugin '{name}' not enabled; add it to the 'plugins' configuration property"
            return [Violation(("name",), message)]
        if self.database == "off" and _counts_in_database(document):
            return [Violation(("config", "policy"), "expected one of: local, redis")]
        return self.schema.check(kind, document)

    def refuse(self, violations: list[Violation]) -> None:
        """Raises KongError for what is wrong, if anything."""
        if violations:
            raise KongError(400, refusal(violations))

    def _find(self, kind: str, key: str) -> Document | None:
        if is_uuid(key):
            return self.store.get(kind, key)
        if kind == "certificates":
            sni = self.store.find("snis", ("name",), (key,))
            return self.store.get(kind, sni["certificate"]["id"]) if sni else None
        field = self._field_of(kind, key)
        return self.store.find(kind, (field,), (key,)) if field else None

    def _field_of(self, kind: str, key: str) -> str | None:
        """The field that a key is a value of; None for an id."""
        if is_uuid(key) or kind == "certificates":
            return None
        field = KINDS[kind].endpoint_key
        if field is None:
            raise errors.invalid_primary_key()
        return field

    def _changed(self, kind: str, existing: Document, sent: Document) -> Document:
        """The existing entity with the changes that were sent."""
        record = self.schema.record(kind, existing)
        changes = written_out(record, {**sent, "id": existing["id"]})
        document = merged(record, without_echoes(record, existing), changes)
        if "updated_at" in KINDS[kind].timestamps:
            document["updated_at"] = self._now(KINDS[kind])
        if kind == "plugins" and not {"protocols", "service", "route"}.isdisjoint(sent):
            refuse_unmatched_protocols(self.store, document)
        self.refuse(self.schema.check_update(kind, document))
        complete = self.schema.complete(kind, document)
        if kind == "basicauth_credentials" and "password" in sent:
            complete["password"] = basic_auth_hash(complete["consumer"], complete["password"])
        return _without_names(complete) if kind == "certificates" else complete

    def _with_references(self, kind: Kind, sent: Document) -> Document:
        """A copy in which references by name have become references by id."""
        document = dict(sent)
        for foreign in kind.foreign:
            value = document.get(foreign.field)
            if isinstance(value, dict) and "id" not in value:
                document[foreign.field] = self._resolved(foreign.field, foreign.kind, cast("Document", value))
        return document

    def _resolved(self, field: str, kind: str, named: Document) -> Document:
        unique = [fields[0] for fields in KINDS[kind].unique if len(fields) == 1]
        names = [name for name in unique if isinstance(named.get(name), str)]
        for name in names:
            found = self.store.find(kind, (name,), (named[name],))
            if found:
                return {"id": found["id"]}
        if names:
            raise errors.foreign_key_unresolved(field, kind, {name: named[name] for name in names})
        return named

    def _with_made_up_values(self, kind: Kind, sent: Document) -> Document:
        document = dict(sent)
        for name in kind.random:
            if document.get(name) is None:
                document[name] = self.sources.new_secret()
        if document.get("created_at") is None:
            document["created_at"] = self._now(kind)
        if "updated_at" in kind.timestamps:
            document["updated_at"] = self._now(kind)
        return document

    def _now(self, kind: Kind) -> float:
        now = self.sources.now()
        return round(now, 3) if kind.milliseconds else math.floor(now)

    def _requested_names(self, kind: str, sent: Document, certificate: str | None) -> list[str] | None:
        return snis.requested(self.store, sent, certificate) if kind == "certificates" else None

    def _name(self, certificate: Document, names: list[str] | None) -> None:
        """Leads the names to a certificate and takes its others away; None leaves them as they are."""
        if names is None:
            return
        for sni in self.store.children("snis", "certificate", certificate["id"]):
            if sni["name"] not in names:
                self.store.delete("snis", sni["id"])
        for name in names:
            if not self.store.find("snis", ("name",), (name,)):
                self.insert("snis", {"name": name, "certificate": {"id": certificate["id"]}})

    def _refuse_needed_authority(self, identity: str) -> None:
        for service in self.store.all("services"):
            if identity in (service["ca_certificates"] or ()):
                where = f"services (id = {service['id']})"
                raise errors.referenced_by_others(f"ca certificate {identity} is still referenced by {where}")

    def _refuse_without_database(self, operation: str, kind: str, field: str | None) -> None:
        if self.database == "off":
            raise errors.operation_unsupported(operation, kind, field)


def is_uuid(text: Any) -> bool:  # noqa: ANN401 -- any JSON value
    """Whether a text is an id."""
    try:
        return str(uuid.UUID(text)) == text.lower()
    except (ValueError, AttributeError, TypeError):
        return False


def _counts_in_database(document: Document) -> bool:
    """Whether an entity is a rate limit that counts in the database (Kong: kong/plugins/rate-limiting/schema.lua)."""
    config = document.get("config")
    limits = document.get("name") in ("rate-limiting", "response-ratelimiting")
    return limits and isinstance(config, dict) and cast("Document", config).get("policy") == "cluster"


def _without_names(certificate: Document) -> Document:
    """A certificate without its names, which are entities of their own."""
    return {name: value for name, value in certificate.items() if name != "snis"}
