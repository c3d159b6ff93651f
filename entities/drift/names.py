"""What live entities are called, in the way of the keys of declared ones: `route/orders/acl`, `pro/premium`."""

from collections.abc import Mapping
from typing import Any, Final, cast

from entities.model import Document
from entities.snapshot import Snapshot

PARENTS: Final[Mapping[str, str]] = {
    "service": "services",
    "route": "routes",
    "consumer": "consumers",
    "upstream": "upstreams",
}
"""The kinds that entities hang on, by the field that refers to them."""
_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "consumers": ("username", "custom_id"),
    "acls": ("group",),
    "basicauth_credentials": ("username",),
    "jwt_secrets": ("key",),
    # A key-auth key is a secret.
    "keyauth_credentials": (),
    "oauth2_credentials": ("client_id", "name"),
    "targets": ("target",),
}


def parents(document: Mapping[str, Any]) -> Mapping[str, str]:
    """The ids of the entities that an entity hangs on, by the field that refers to them."""
    given = {field: cast("Mapping[str, Any] | None", document.get(field)) for field in PARENTS}
    return {field: str(value["id"]) for field, value in given.items() if value}


class LiveNames:
    """The names of everything in a snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._names = {
            (field, str(document["id"])): _own_name(kind, document)
            for field, kind in PARENTS.items()
            for document in snapshot.of(kind)
        }

    def of(self, kind: str, document: Document) -> str:
        """What an entity is called; its id where it has no name, or one that is secret."""
        own = _own_name(kind, document)
        above = {field: self._names.get((field, identity), identity) for field, identity in parents(document).items()}
        if kind == "plugins":
            scope = "/".join(f"{field}/{name}" for field, name in above.items()) or "global"
            return f"{scope}/{own}"
        # A route has a name of its own, whatever its service.
        return own if kind == "routes" else "/".join((*above.values(), own))


def _own_name(kind: str, document: Mapping[str, Any]) -> str:
    if kind == "certificates":
        return next(iter(cast("list[str]", document.get("snis") or [])), str(document["id"]))
    values = (document.get(field) for field in _NAMES.get(kind, ("name",)))
    return next((str(value) for value in values if value), str(document["id"]))
