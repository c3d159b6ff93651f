"""Which properties hold secrets, and how they are kept out of what people read."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, cast

from entities.schema import KongSchema
from entities.schema.document import UNKNOWN, is_vault_reference
from provider.documents import Document, property_of
from provider.resources import ResourceType
from provider.values import Properties, Values

_CONFIG: Final = "configJson"


def secret_properties(schema: KongSchema, kind: ResourceType, document: Mapping[str, Any]) -> frozenset[str]:
    """Name the properties of an entity that hold a secret; a vault reference is none."""
    names = {property_of(kind, field) for field in kind.sensitive if _is_secret(document.get(field))}
    if kind.kind == "plugins" and _config_has_secret(schema, document):
        names.add(_CONFIG)
    return frozenset(names)


def _is_secret(value: object) -> bool:
    if isinstance(value, dict):
        return any(_is_secret(item) for item in cast("dict[str, object]", value).values())
    if isinstance(value, list):
        return any(_is_secret(item) for item in cast("list[object]", value))
    return value is UNKNOWN or (isinstance(value, str) and value != "" and not is_vault_reference(value))


def _config_has_secret(schema: KongSchema, document: Mapping[str, Any]) -> bool:
    config, name = document.get("config"), document.get("name")
    if not isinstance(config, dict) or not isinstance(name, str):
        return False
    if not schema.knows(name):
        return any(_sounds_secret(key) and _is_secret(value) for key, value in cast("Document", config).items())
    return any(_is_secret(value) for path in schema.encrypted(name) for value in _at(cast("Document", config), path))


def _sounds_secret(field: str) -> bool:
    """Guess for a plugin whose schema nobody has told."""
    return any(word in field for word in ("secret", "password", "api_key", "private_key"))


def _at(config: Document, dotted: str) -> Iterator[Any]:
    """Yield the values at a dotted path, through lists as well."""
    first, _, rest = dotted.partition(".")
    value = config.get(first)
    if not rest:
        yield value
    elif isinstance(value, dict):
        yield from _at(cast("Document", value), rest)
    elif isinstance(value, list):
        for item in cast("list[Any]", value):
            if isinstance(item, dict):
                yield from _at(cast("Document", item), rest)


def secret_texts(properties: Iterable[Properties]) -> frozenset[str]:
    """Collect every string inside the secret ones of these properties, each also as JSON would write it."""
    texts: set[str] = set()
    for each in properties:
        for name in each.secrets & each.values.keys():
            texts.update(_strings(each.values[name]))
    return frozenset(form for text in texts for form in (text, json.dumps(text)[1:-1]) if form)


def _strings(value: Any) -> Iterator[str]:  # noqa: ANN401 - JSON-like
    if isinstance(value, str):
        yield value
        if value.startswith(("{", "[")):
            try:
                yield from _strings(json.loads(value))
            except json.JSONDecodeError:
                return
    elif isinstance(value, dict):
        for item in cast("Values", value).values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in cast("list[Any]", value):
            yield from _strings(item)


def scrub(text: str, secrets: Iterable[str]) -> str:
    """Replace secrets in a text by `[secret]`, the longest first."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "[secret]")
    return text
