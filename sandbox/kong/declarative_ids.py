"""The ids that Kong gives to what a declarative configuration leaves without one.

Kong: kong/db/schema/others/declarative_config.lua, `generate_ids`: version-5 UUIDs of the kind and what names the
entity, so that the same file always gives the same ids.
"""

import uuid
from collections.abc import Mapping
from types import MappingProxyType

from sandbox.kong.kinds import Document, Foreign, Kind

_NAMESPACE = uuid.UUID("fd02801f-0957-4a15-a55a-c8d9606f30b5")
_WORKSPACE = "*"

_CACHE_KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "plugins": ("name", "route", "service", "consumer"),
        "acls": ("consumer", "group"),
        "basicauth_credentials": ("username",),
        "targets": ("upstream", "target"),
    }
)
"""What names an entity of these kinds; all but a plugin's scope must be there."""

_WITHOUT_NAME = frozenset({"jwt_secrets", "keyauth_credentials", "oauth2_credentials"})
"""Kinds whose name may be generated, so that it gives no id."""


def generated_id(kind: Kind, document: Document, owner: tuple[Foreign, str] | None) -> str | None:
    """The id of an entity inside `owner`, if it stands in one; None where only a random id will do."""
    name = _name(kind, document, owner)
    return str(uuid.uuid5(uuid.uuid5(_NAMESPACE, kind.name), name)) if name else None


def _name(kind: Kind, document: Document, owner: tuple[Foreign, str] | None) -> str | None:
    if kind.name in _WITHOUT_NAME:
        return None
    if kind.name not in _CACHE_KEYS:
        key = kind.endpoint_key and document.get(kind.endpoint_key)
        return key if isinstance(key, str) else None
    parts = [kind.name, _WORKSPACE]
    for field in _CACHE_KEYS[kind.name]:
        value = document.get(field)
        if value is None and owner and owner[0].field == field:
            value = owner[1]
        if value is None and kind.name != "plugins":
            return None
        if value is None or isinstance(value, str):
            parts.append(value or "")
    return ":".join(parts)
