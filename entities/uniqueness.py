"""What Kong lets only one entity of a kind have (Kong: kong/db/schema/entities, kong/plugins/*/daos.lua)."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final, cast

from entities.schema import UNKNOWN

Fields = tuple[str, ...]
Values = tuple[Any, ...]

UNIQUE: Final[Mapping[str, tuple[Fields, ...]]] = MappingProxyType(
    {
        "services": (("name",),),
        "routes": (("name",),),
        "plugins": (("name", "service", "route", "consumer"), ("instance_name",)),
        "consumers": (("username",), ("custom_id",)),
        "upstreams": (("name",),),
        "targets": (("target", "upstream"),),
        "certificates": (("snis",),),
        "acls": (("group", "consumer"),),
        "basicauth_credentials": (("username",),),
        "jwt_secrets": (("key",),),
        "keyauth_credentials": (("key",),),
        "oauth2_credentials": (("client_id",),),
    }
)
"""The combinations of fields, by kind, those by which people know an entity first."""


def unique_values(kind: str, document: Mapping[str, Any]) -> Iterator[tuple[Fields, Values]]:
    """What is unique about an entity: fields and their values, a reference as its id.

    A certificate has each of its SNIs for itself. What is not set, or not known yet, is not unique.
    """
    for fields in UNIQUE[kind]:
        if fields == ("snis",):
            names = document.get("snis")
            listed = cast("list[Any]", names) if isinstance(names, list) else []
            yield from ((fields, (name,)) for name in listed if name is not UNKNOWN)
            continue
        values = tuple(_plain(document.get(field)) for field in fields)
        if values[0] is not None and UNKNOWN not in values:
            yield fields, values


def _plain(value: Any) -> Any:  # noqa: ANN401 - a scalar, or a reference of which the id counts
    return cast("dict[str, Any]", value).get("id") if isinstance(value, dict) else value
