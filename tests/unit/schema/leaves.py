"""The leaves of a document, changed one by one: what a comparison must find, and where."""

from collections.abc import Iterator
from typing import Any, cast

from entities.schema import kong_schema
from entities.schema.compare import SERVER_ONLY

Leaf = tuple[str | int, ...]

_KEPT_BY_KONG = {("jwt_secrets", "secret"), ("oauth2_credentials", "client_secret")}


def counts_for_nothing(kind: str, document: dict[str, Any], leaf: Leaf) -> bool:
    """Leaves that say the same twice, that Kong decides, or that pick the schema itself."""
    record = kong_schema().plugin_config(document["name"]) if kind == "plugins" else None
    echoed = record is not None and leaf[0] == "config" and leaf[1] not in record.fields
    nested_echo = "storage_config" in leaf
    return (
        echoed
        or nested_echo
        or leaf[0] in SERVER_ONLY
        or (kind, leaf[0]) in _KEPT_BY_KONG
        or (kind, leaf[0]) in {("plugins", "name"), ("upstreams", "algorithm"), ("upstreams", "hash_on")}
    )


def leaves(value: Any, at: Leaf = ()) -> Iterator[Leaf]:
    """The paths of what is no mapping, or an empty one."""
    if isinstance(value, dict) and value:
        for key, part in cast("dict[str, Any]", value).items():
            yield from leaves(part, (*at, key))
    elif at:
        yield at


def changed(document: dict[str, Any], leaf: Leaf) -> dict[str, Any]:
    """The document with another value there."""
    name, rest = str(leaf[0]), leaf[1:]
    value = changed(document[name], rest) if rest else ["another", "value"]
    return {**document, name: value}


def found_at(found: set[Leaf], leaf: Leaf) -> bool:
    """Whether nothing else was found: a changed part of a reference or a list is found as the whole of it."""
    return bool(found) and all(leaf[: len(path)] == path for path in found)
