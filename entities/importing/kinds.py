"""The kinds of entities that a source may have: those that this program manages, and the others by name."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final, cast, get_args

from entities.model import EntityKind
from entities.schema import kong_schema

MANAGED: Final[tuple[EntityKind, ...]] = get_args(EntityKind)
"""The kinds of which this program has resources."""

_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "acls": ("group",),
    "basicauth_credentials": ("username",),
    "certificates": ("snis",),
    "consumers": ("username", "custom_id"),
    "jwt_secrets": ("key",),
    "oauth2_credentials": ("name",),
    "plugins": ("name",),
    "targets": ("target",),
}
"""The fields by which people call an entity, the best first; `name` for all others. None of them is secret."""

_REASONS: Final[Mapping[str, str]] = {
    "ca_certificates": "no resource of this program stands for it; keep it in Kong, or in decK",
    "consumer_groups": "consumer groups are in Kong Enterprise only",
    "custom_entities": "an entity of a plugin of its own; keep it in Kong, or in decK",
    "filter_chains": "WebAssembly filters have no resource in this program",
    "hmacauth_credentials": "no resource of this program stands for it; keep it in Kong, or in decK",
    "licenses": "licences are in Kong Enterprise only",
    "mtls_auth_credentials": "mTLS credentials are in Kong Enterprise only",
    "partials": "partials are in Kong Enterprise from 3.10 only",
    "rbac_roles": "roles are in Kong Enterprise only",
    "vaults": "no resource of this program stands for it; {vault://env/…} needs none",
    "workspaces": "workspaces are in Kong Enterprise only",
}


_KNOWN_BY_NAME: Final = frozenset({"routes", "services", "upstreams"})


def why_unmanaged(kind: str) -> str:
    """Why entities of a kind are not imported."""
    return _REASONS.get(kind, "no resource of this program stands for this kind")


def called(kind: str, document: Mapping[str, Any]) -> str:
    """What people call an entity: a name, or its id."""
    for field in _NAMES.get(kind, ("name", "username", "prefix", "group", "kid", "set")):
        value = document.get(field)
        if isinstance(value, list) and value:
            value = cast("list[object]", value)[0]
            value = cast("dict[str, object]", value).get("name") if isinstance(value, dict) else value
        if isinstance(value, str) and value:
            return value
    return str(document.get("id") or "(unnamed)")


def title(kind: str, document: Mapping[str, Any], holders: Sequence[str]) -> str:
    """What people call an entity among all of its kind; `holders` are the names of those that it refers to."""
    name = called(kind, document)
    if not holders:
        return name
    if kind == "plugins":
        return f"{name} on {' and '.join(holders)}"
    # An entity with a name is known by it, wherever it belongs; any other only by what it belongs to.
    return name if kind in _KNOWN_BY_NAME and name == document.get("name") else f"{name} of {holders[0]}"


@cache
def references(kind: str) -> Mapping[str, str]:
    """The fields with which a kind refers to others, and those others' kinds (Kong: `foreign` fields)."""
    fields = kong_schema().record(kind, {}).fields
    return {name: str(field.reference) for name, field in fields.items() if field.type == "foreign"}


@cache
def children(kind: str) -> Mapping[str, str]:
    """The kinds whose entities may stand inside one of this kind, and the field by which they refer to it."""
    return dict(_children(kind))


def _children(parent: str) -> Iterator[tuple[str, str]]:
    for kind in MANAGED:
        for field, target in references(kind).items():
            # A certificate lists what it is used for nowhere; services and upstreams name it themselves.
            if target == parent and parent != "certificates":
                yield kind, field
