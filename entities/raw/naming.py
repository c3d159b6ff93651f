"""What entities are called: by people who refer to them, and by the key that stays the same."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from entities.model import Document, Entity, EntityKind, Scope
from entities.secret import referred_secret

_NAMES: Mapping[EntityKind, tuple[str, ...]] = {
    "services": ("name",),
    "routes": ("name",),
    "upstreams": ("name",),
    "consumers": ("username", "custom_id"),
    "certificates": ("snis",),
}
"""The fields by which people call an entity, the best first."""
_TELLING: Mapping[EntityKind, tuple[str, ...]] = {
    "targets": ("target",),
    "acls": ("group",),
    "jwt_secrets": ("key",),
    "keyauth_credentials": ("key",),
    "basicauth_credentials": ("username",),
    "oauth2_credentials": ("client_id", "name"),
}
"""The fields that tell an entity from the others of its parent, the best first."""


def naming_fields(kind: EntityKind) -> tuple[str, ...]:
    """The fields of which one must be given, so that an entity without an id has a key."""
    return _NAMES.get(kind) or _TELLING.get(kind, ())


def names(kind: EntityKind, document: Document) -> Iterator[str]:
    """What people call an entity, the best first; nothing for one that has no name."""
    for name in _NAMES.get(kind, ()):
        value = document.get(name)
        yield from (str(each) for each in (value if isinstance(value, list) else [value]) if each is not None)


def key_of(kind: EntityKind, document: Document, parents: Mapping[str, str], identity: str | None) -> str | None:
    """The key of an entity, from what people would call it; None when it has no name and no id.

    `parents` are the keys of the entities it refers to, by field.
    """
    if kind == "plugins":
        scope = Scope(service=parents.get("service"), route=parents.get("route"), consumer=parents.get("consumer"))
        return f"{scope}/{document.get('name')}"
    if kind in _TELLING:
        telling = next((document[name] for name in _TELLING[kind] if document.get(name) is not None), identity)
        return None if telling is None else "/".join([*parents.values(), referred_secret(telling) or str(telling)])
    return next(names(kind, document), identity)


@dataclass
class Directory:
    """The keys of entities by all that people may call them."""

    _keys: dict[EntityKind, dict[str, str]] = field(default_factory=dict[EntityKind, dict[str, str]])

    def add(self, entity: Entity) -> None:
        """Let an entity be found by its names and its id."""
        known = self._keys.setdefault(entity.kind, {})
        for name in (*names(entity.kind, entity.fields()), entity.id):
            if name is not None:
                known.setdefault(name, entity.key)

    def find(self, kind: EntityKind, name: str) -> str | None:
        """The key of the entity that is called so."""
        return self._keys.get(kind, {}).get(name)

    def close(self, kind: EntityKind, name: str) -> str | None:
        """What one is called that may have been meant."""
        found = difflib.get_close_matches(name, self._keys.get(kind, {}), n=1)
        return found[0] if found else None
