"""The desired state: every entity of a stack, and the documents that Kong gets of them."""

from collections.abc import Iterator
from dataclasses import dataclass

from entities.identity import entity_id
from entities.model import Acl, Consumer, Document, Entity, EntityKind, JwtSecret, Plugin, Route, Service
from entities.schema import kong_schema

AnyEntity = Service | Route | Consumer | Acl | JwtSecret | Plugin


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

    def __iter__(self) -> Iterator[AnyEntity]:
        """Every entity, each after those it refers to, and routes after the plugins that hold for every request."""
        yield from self.services
        yield from self.global_plugins
        yield from self.routes
        yield from self.consumers
        yield from self.acls
        yield from self.jwt_secrets
        yield from (plugin for plugin in self.plugins if plugin.scope.names())

    @property
    def global_plugins(self) -> tuple[Plugin, ...]:
        """The plugins that hold for every request."""
        return tuple(plugin for plugin in self.plugins if not plugin.scope.names())

    def document(self, entity: Entity) -> Document:
        """An entity as Kong returns it, but for its timestamps: complete, with id, references and tags."""
        given = entity.fields() | {
            field: {"id": self.owner.id(kind, key)} for field, (kind, key) in entity.references().items()
        }
        complete = kong_schema().complete(entity.kind, given | {"tags": list(self.owner.tags)})
        return {"id": self.owner.id(entity.kind, entity.key)} | complete
