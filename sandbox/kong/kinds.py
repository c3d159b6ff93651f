"""The kinds of entities that the stand-in keeps, and how they refer to one another.

Kong: kong/db/schema/entities/*.lua and kong/plugins/*/daos.lua.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

Document = dict[str, Any]
"""An entity in Kong's terms, as the Admin API returns it."""

OnDelete = Literal["cascade", "restrict"]


@dataclass(frozen=True, slots=True)
class Foreign:
    """A field that refers to an entity of another kind."""

    field: str
    kind: str
    on_delete: OnDelete
    """What happens to the entity when the one it refers to is deleted; `restrict` refuses the deletion."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of entity."""

    name: str
    path: str
    """Its collection in the Admin API: `jwts` for `/jwts`."""
    nested_path: str
    """Its collection below another entity: `jwt` for `/consumers/{id}/jwt`."""
    endpoint_key: str | None
    """The field that may stand for the id in a path."""
    unique: tuple[tuple[str, ...], ...]
    """Fields whose values together are unique, unless one that stands alone is null."""
    foreign: tuple[Foreign, ...] = ()
    timestamps: tuple[str, ...] = ("created_at", "updated_at")
    milliseconds: bool = False
    """Its timestamps have fractions of a second."""
    random: tuple[str, ...] = ()
    """Fields that get a random text of 32 characters when none is given."""


def _credential(
    name: str,
    path: str,
    nested_path: str,
    endpoint_key: str | None,
    *unique: tuple[str, ...],
    random: tuple[str, ...] = (),
) -> Kind:
    consumer = Foreign("consumer", "consumers", "cascade")
    return Kind(name, path, nested_path, endpoint_key, unique, (consumer,), ("created_at",), random=random)


_CERTIFICATE = Foreign("client_certificate", "certificates", "restrict")

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            Kind("certificates", "certificates", "certificates", None, ()),
            Kind("ca_certificates", "ca_certificates", "ca_certificates", None, (("cert_digest",),)),
            Kind("snis", "snis", "snis", "name", (("name",),), (Foreign("certificate", "certificates", "cascade"),)),
            Kind("services", "services", "services", "name", (("name",),), (_CERTIFICATE,)),
            Kind("routes", "routes", "routes", "name", (("name",),), (Foreign("service", "services", "restrict"),)),
            Kind("consumers", "consumers", "consumers", "username", (("username",), ("custom_id",))),
            Kind("upstreams", "upstreams", "upstreams", "name", (("name",),), (_CERTIFICATE,)),
            Kind(
                "targets",
                "targets",
                "targets",
                "target",
                (("target", "upstream"),),
                (Foreign("upstream", "upstreams", "cascade"),),
                milliseconds=True,
            ),
            Kind(
                "plugins",
                "plugins",
                "plugins",
                "instance_name",
                (("consumer", "name", "route", "service"), ("instance_name",)),
                (
                    Foreign("route", "routes", "cascade"),
                    Foreign("service", "services", "cascade"),
                    Foreign("consumer", "consumers", "cascade"),
                ),
            ),
            _credential("acls", "acls", "acls", None, ("consumer", "group")),
            _credential("jwt_secrets", "jwts", "jwt", "key", ("key",), random=("key", "secret")),
            _credential("keyauth_credentials", "key-auths", "key-auth", "key", ("key",), random=("key",)),
            _credential("basicauth_credentials", "basic-auths", "basic-auth", "username", ("username",)),
            _credential(
                "oauth2_credentials",
                "oauth2",
                "oauth2",
                "client_id",
                ("client_id",),
                random=("client_id", "client_secret"),
            ),
        )
    }
)
"""Every kind by its name, referred-to kinds before those that refer to them."""


def referring_to(kind: str) -> Iterator[tuple[Kind, Foreign]]:
    """The kinds and fields that refer to entities of a kind."""
    for child in KINDS.values():
        for foreign in child.foreign:
            if foreign.kind == kind:
                yield child, foreign


def reference(document: Document, field: str) -> str | None:
    """The id that a foreign field holds, if any."""
    value = document.get(field)
    return value["id"] if value else None
