"""The two shapes of an entity: Pulumi's properties and Kong's document, and the way from each to the other.

Pulumi's are camelCase, references are ids (`serviceId`), a plugin's configuration is a string of JSON
(`configJson`), a route's headers a list of `{name, values}`. Kong's are as in the Admin API. A property that is
null is left out, for Pulumi and Kong take both to mean "not set".
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias, cast

from entities.schema import UNKNOWN
from provider.resources import ResourceType
from provider.values import Values, has_unknown

Document: TypeAlias = dict[str, Any]
"""An entity as Kong's Admin API writes it."""

SERVER_FIELDS: Final = frozenset({"id", "created_at", "updated_at", "ttl"})
"""Fields of which Kong keeps the value itself (`ttl` of an API key counts down)."""

FOREIGN_PROPERTIES: Final = frozenset({"strictMatch", "computedConfig"})
"""Properties of the official provider that are about the provider and say nothing to Kong."""

_FREE_KEYS: Final = frozenset({"headers"})
"""Records whose keys are data (header names) and must stay as they are."""


class MalformedPropertyError(ValueError):
    """A property that cannot be turned into Kong's terms; `property_name` says which."""

    def __init__(self, property_name: str, reason: str) -> None:
        super().__init__(reason)
        self.property_name = property_name


def camel(name: str) -> str:
    """Turn snake_case into camelCase."""
    return re.sub(r"_([a-z0-9])", lambda match: match[1].upper(), name)


def snake(name: str) -> str:
    """Turn camelCase into snake_case."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda match: f"_{match[1]}", name).lower()


def property_of(kind: ResourceType, name: str) -> str:
    """Name the property that stands for one of Kong's fields."""
    if name in kind.renamed:
        return kind.renamed[name]
    return f"{camel(name)}Id" if name in kind.references else camel(name)


def field_of(kind: ResourceType, name: str) -> str:
    """Name the field of Kong's that a property stands for."""
    for kong_name, property_name in kind.renamed.items():
        if property_name == name:
            return kong_name
    reference = snake(name.removesuffix("Id"))
    return reference if name.endswith("Id") and reference in kind.references else snake(name)


def to_document(kind: ResourceType, values: Mapping[str, Any]) -> Document:
    """Turn properties into the document that a client would send to Kong; what is unknown stays unknown."""
    document: Document = {}
    for name, value in values.items():
        if value is None or name in FOREIGN_PROPERTIES or name.startswith("__"):
            continue
        field = field_of(kind, name)
        document[field] = _to_field(kind, field, name, value)
    return document


def _to_field(kind: ResourceType, field: str, name: str, value: Any) -> Any:  # noqa: ANN401 - JSON-like
    if field in kind.references:
        return {"id": value}
    convert = _TO_KONG.get((kind.kind, field))
    if convert is None:
        return value
    return UNKNOWN if has_unknown(value) else convert(name, value)


def to_properties(kind: ResourceType, document: Mapping[str, Any]) -> Values:
    """Turn a document of Kong's into properties, without what only the server keeps and what is not set."""
    values: Values = {}
    for field, value in document.items():
        if value is None or field in SERVER_FIELDS:
            continue
        values[property_of(kind, field)] = _to_value(kind, field, value)
    return values


def _to_value(kind: ResourceType, field: str, value: Any) -> Any:  # noqa: ANN401 - JSON-like
    if field in kind.references:
        return value["id"]
    convert = _TO_PULUMI.get((kind.kind, field))
    if convert is None:
        return value
    return UNKNOWN if has_unknown(value) else convert(value)


def property_path(kind: ResourceType, path: tuple[str | int, ...]) -> str:
    """Write a path into Kong's document as the path of a property, for example `paths[0]`."""
    if not path:
        return ""
    name = property_of(kind, str(path[0]))
    nested = path[1:]
    if str(path[0]) in kind.references:
        return name
    in_camel = (kind.kind, str(path[0])) in _NESTED_RECORDS
    steps = [f"[{step}]" if isinstance(step, int) else f".{camel(step) if in_camel else step}" for step in nested]
    return name + "".join(steps)


def parse_config(name: str, text: object) -> Document:
    """Read a plugin's configuration from `configJson`."""
    if isinstance(text, dict):
        return cast("Document", text)
    try:
        config = json.loads(str(text))
    except json.JSONDecodeError as fault:
        reason = f"not JSON: {fault.msg} in line {fault.lineno}, column {fault.colno}; write json.dumps({{...}})"
        raise MalformedPropertyError(name, reason) from None
    if not isinstance(config, dict):
        reason = f"must be a JSON object, not {type(config).__name__}; write json.dumps({{...}})"
        raise MalformedPropertyError(name, reason)
    return cast("Document", config)


def write_config(config: Mapping[str, Any]) -> str:
    """Write a plugin's configuration the one way: sorted keys, no spaces, whole numbers without a fraction."""
    return json.dumps(_whole_numbers(config), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _whole_numbers(value: Any) -> Any:  # noqa: ANN401 - JSON-like
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _whole_numbers(item) for key, item in cast("Document", value).items()}
    if isinstance(value, list):
        return [_whole_numbers(item) for item in cast("list[Any]", value)]
    return value


def _headers_to_map(name: str, headers: Any) -> Document:  # noqa: ANN401 - JSON-like
    try:
        return {header["name"]: header["values"] for header in headers}
    except (TypeError, KeyError):
        raise MalformedPropertyError(name, "write a list of {name: ..., values: [...]}") from None


def _headers_to_list(headers: Mapping[str, Any]) -> list[Document]:
    return [{"name": name, "values": values} for name, values in sorted(headers.items())]


def _rename_keys(value: Any, rename: Callable[[str], str]) -> Any:  # noqa: ANN401 - JSON-like
    if not isinstance(value, dict):
        return value
    return {
        rename(key): item if key in _FREE_KEYS else _rename_keys(item, rename)
        for key, item in cast("Document", value).items()
        if item is not None
    }


def _without_nulls(items: list[Document]) -> list[Document]:
    return [{key: value for key, value in item.items() if value is not None} for item in items]


_NESTED_RECORDS: Final = frozenset({("upstreams", "healthchecks")})

_TO_KONG: Final[Mapping[tuple[str, str], Callable[[str, Any], Any]]] = {
    # Kong lists the names of a certificate sorted, in whatever order they were sent.
    ("certificates", "snis"): lambda _, names: sorted(names),
    ("plugins", "config"): parse_config,
    ("routes", "headers"): _headers_to_map,
    ("upstreams", "healthchecks"): lambda _, value: _rename_keys(value, snake),
}
_TO_PULUMI: Final[Mapping[tuple[str, str], Callable[[Any], Any]]] = {
    ("plugins", "config"): write_config,
    ("routes", "headers"): _headers_to_list,
    ("routes", "sources"): _without_nulls,
    ("routes", "destinations"): _without_nulls,
    ("upstreams", "healthchecks"): lambda value: _rename_keys(value, camel),
}
