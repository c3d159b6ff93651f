"""The twelve resource types of pulumi-kong 4.6 and what they are in Kong: one table, no behaviour.

Kong's facts are from its schemas (Kong: kong/db/schema/entities, kong/plugins/*/daos.lua); the tokens and the
property names are those of the classes in the Python package pulumi_kong.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from entities.uniqueness import UNIQUE


class UnknownTypeError(LookupError):
    """A token that this provider does not serve."""


@dataclass(frozen=True)
class ResourceType:
    """One of Pulumi's resource types and the kind of entity it stands for.

    `collection` is the kind's path in the Admin API. `references` are its foreign fields. `names` are the fields
    that people call an entity by, best first. `renamed` holds the fields whose property has a name of its own.
    `sensitive` fields hold secrets. `generated` fields are invented by Kong when they are left out.
    """

    token: str
    kind: str
    collection: str
    references: frozenset[str] = frozenset()
    parent: str | None = None
    names: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    sensitive: frozenset[str] = frozenset()
    generated: frozenset[str] = frozenset()

    @property
    def unique(self) -> tuple[tuple[str, ...], ...]:
        """The combinations of fields that Kong keeps unique."""
        return UNIQUE[self.kind]

    @property
    def goes_along(self) -> bool:
        """Whether Kong deletes it with what it refers to (Kong: `on_delete: cascade` in its schemas)."""
        return self.kind == "plugins" or self.parent is not None


def _credential(
    name: str,
    kind: str,
    collection: str,
    *,
    names: tuple[str, ...],
    sensitive: frozenset[str] = frozenset(),
    generated: frozenset[str] = frozenset(),
) -> ResourceType:
    return ResourceType(
        token=f"kong:index/{name[0].lower()}{name[1:]}:{name}",
        kind=kind,
        collection=collection,
        references=frozenset({"consumer"}),
        parent="consumer",
        names=names,
        sensitive=sensitive,
        generated=generated,
    )


TYPES: Final[tuple[ResourceType, ...]] = (
    ResourceType(
        token="kong:index/service:Service",  # noqa: S106 - a Pulumi type token
        kind="services",
        collection="services",
        references=frozenset({"client_certificate"}),
        names=("name",),
        renamed=MappingProxyType({"ca_certificates": "caCertificateIds"}),
    ),
    ResourceType(
        token="kong:index/route:Route",  # noqa: S106 - a Pulumi type token
        kind="routes",
        collection="routes",
        references=frozenset({"service"}),
        names=("name",),
    ),
    ResourceType(
        token="kong:index/plugin:Plugin",  # noqa: S106 - a Pulumi type token
        kind="plugins",
        collection="plugins",
        references=frozenset({"service", "route", "consumer"}),
        names=("instance_name",),
        renamed=MappingProxyType({"config": "configJson"}),
    ),
    ResourceType(
        token="kong:index/consumer:Consumer",  # noqa: S106 - a Pulumi type token
        kind="consumers",
        collection="consumers",
        names=("username", "custom_id"),
    ),
    ResourceType(
        token="kong:index/upstream:Upstream",  # noqa: S106 - a Pulumi type token
        kind="upstreams",
        collection="upstreams",
        references=frozenset({"client_certificate"}),
        names=("name",),
    ),
    ResourceType(
        token="kong:index/target:Target",  # noqa: S106 - a Pulumi type token
        kind="targets",
        collection="targets",
        references=frozenset({"upstream"}),
        parent="upstream",
        names=("target",),
    ),
    ResourceType(
        token="kong:index/certificate:Certificate",  # noqa: S106 - a Pulumi type token
        kind="certificates",
        collection="certificates",
        names=("snis",),
        renamed=MappingProxyType({"cert": "certificate", "key": "privateKey"}),
        sensitive=frozenset({"key", "key_alt"}),
    ),
    _credential("ConsumerAcl", "acls", "acls", names=("group",)),
    _credential(
        "ConsumerBasicAuth",
        "basicauth_credentials",
        "basic-auths",
        names=("username",),
        sensitive=frozenset({"password"}),
    ),
    _credential(
        "ConsumerJwtAuth",
        "jwt_secrets",
        "jwts",
        names=("key",),
        sensitive=frozenset({"secret"}),
        generated=frozenset({"key", "secret"}),
    ),
    _credential(
        "ConsumerKeyAuth",
        "keyauth_credentials",
        "key-auths",
        names=("key",),
        sensitive=frozenset({"key"}),
        generated=frozenset({"key"}),
    ),
    _credential(
        "ConsumerOauth2",
        "oauth2_credentials",
        "oauth2",
        names=("client_id", "name"),
        sensitive=frozenset({"client_secret"}),
        generated=frozenset({"client_id", "client_secret"}),
    ),
)

_BY_TOKEN: Final = {kind.token: kind for kind in TYPES}
_BY_KIND: Final = {kind.kind: kind for kind in TYPES}


def resource_type(token: str) -> ResourceType:
    """Find a resource type by its token; UnknownTypeError lists the tokens there are."""
    try:
        return _BY_TOKEN[token]
    except KeyError:
        known = ", ".join(sorted(_BY_TOKEN))
        message = f"this provider has no resource type {token!r}; it has {known}"
        raise UnknownTypeError(message) from None


def type_of_kind(kind: str) -> ResourceType:
    """Find the resource type that stands for one of Kong's kinds, for example "services"."""
    return _BY_KIND[kind]
