"""The desired state: every entity of a stack, and the documents that Kong gets of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from entities.identity import entity_id
from entities.model import (
    Acl,
    Consumer,
    Entity,
    EntityKind,
    JwtSecret,
    KeyAuthCredential,
    Plugin,
    RawEntity,
    Route,
    Service,
)
from entities.schema import kong_schema
from entities.secret import hidden

AnyEntity = Service | Route | Consumer | Acl | JwtSecret | KeyAuthCredential | Plugin | RawEntity


@dataclass(frozen=True)
class Owner:
    """Whose entities these are."""

    project: str
    stack: str

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags that mark each entity as theirs."""
        return ("managed-by:pulumi", f"project:{self.project}", f"stack:{self.stack}")

    def id(self, kind: EntityKind, key: str) -> str:
        """The id of an entity, which follows from its key."""
        return entity_id(self.project, self.stack, kind, key)


@dataclass(frozen=True)
class DesiredState:
    """What Kong should hold for one stack."""

    owner: Owner
    services: tuple[Service, ...]
    routes: tuple[Route, ...]
    consumers: tuple[Consumer, ...]
    acls: tuple[Acl, ...]
    jwt_secrets: tuple[JwtSecret, ...]
    plugins: tuple[Plugin, ...]

    keyauth_credentials: tuple[KeyAuthCredential, ...] = ()
    raw: tuple[RawEntity, ...] = ()
    """What the settings say in Kong's own terms, whatever the kind."""
    others: Mapping[tuple[EntityKind, str], str] = field(default_factory=dict[tuple[EntityKind, str], str])
    """The ids of entities to which these refer and which another stack owns, by kind and by the key that stands for
    them here."""

    def __iter__(self) -> Iterator[AnyEntity]:
        """Every entity, each after those it refers to.

        Routes come after the plugins that hold for every request, and guards after everything that they rely on.
        """
        for kind in ("certificates", "upstreams", "targets"):
            yield from self._raw(kind)
        yield from self.services
        yield from self._raw("services")
        yield from self.global_plugins
        yield from self.routes
        yield from self._raw("routes")
        yield from self.consumers
        yield from self._raw("consumers")
        yield from self.acls
        yield from self._raw("acls")
        yield from self.jwt_secrets
        yield from self.keyauth_credentials
        for kind in _CREDENTIALS:
            yield from self._raw(kind)
        scoped = [plugin for plugin in self.plugins if plugin.references()]
        yield from (plugin for plugin in scoped if not plugin.is_guard)
        yield from (plugin for plugin in self._raw("plugins") if plugin.references())
        yield from (plugin for plugin in scoped if plugin.is_guard)

    @property
    def global_plugins(self) -> tuple[Plugin | RawEntity, ...]:
        """The plugins that hold for every request."""
        every = (*self.plugins, *self._raw("plugins"))
        return tuple(plugin for plugin in every if not plugin.references())

    def id(self, entity: Entity) -> str:
        """An entity's id."""
        return entity.id or self.owner.id(entity.kind, entity.key)

    def document(self, entity: Entity) -> dict[str, Any]:
        """An entity as Kong returns it, but for its timestamps: complete, with id, references and tags.

        `UNKNOWN` stands for each secret, whose value only the stack's configuration has.
        """
        given = hidden(entity.fields()) | {
            field: {"id": self._own_ids.get(reference) or self.owner.id(*reference)}
            for field, reference in entity.references().items()
        }
        tags = [*self.owner.tags, *(tag for tag in entity.tags if tag not in self.owner.tags)]
        return {"id": self.id(entity)} | kong_schema().complete(entity.kind, given | {"tags": tags})

    def _raw(self, kind: EntityKind) -> Sequence[RawEntity]:
        return self._raw_by_kind.get(kind, ())

    @cached_property
    def _raw_by_kind(self) -> Mapping[EntityKind, Sequence[RawEntity]]:
        kinds: dict[EntityKind, list[RawEntity]] = {}
        for entity in self.raw:
            kinds.setdefault(entity.kind, []).append(entity)
        return kinds

    @cached_property
    def _own_ids(self) -> Mapping[tuple[EntityKind, str], str]:
        """The ids that do not follow from this owner's keys."""
        ids = dict(self.others)
        ids.update(((entity.kind, entity.key), entity.id) for entity in self.raw if entity.id is not None)
        return ids


_CREDENTIALS: tuple[EntityKind, ...] = (
    "jwt_secrets",
    "keyauth_credentials",
    "basicauth_credentials",
    "oauth2_credentials",
)
