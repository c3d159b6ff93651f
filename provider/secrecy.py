"""Which properties hold secrets, and how they are kept out of what people read."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from entities.schema.document import UNKNOWN, is_vault_reference
from entities.secret_fields import secret_values
from provider.documents import property_of
from provider.resources import ResourceType
from provider.values import Properties, Values


def secret_properties(kind: ResourceType, document: Mapping[str, Any]) -> frozenset[str]:
    """Name the properties of an entity that hold a secret; a vault reference is none."""
    held = {str(path[0]) for path, value in secret_values(kind.kind, document) if _is_secret(value)}
    held |= {field for field in kind.sensitive if _is_secret(document.get(field))}
    return frozenset(property_of(kind, field) for field in held)


def _is_secret(value: object) -> bool:
    if isinstance(value, dict):
        return any(_is_secret(item) for item in cast("dict[str, object]", value).values())
    if isinstance(value, list):
        return any(_is_secret(item) for item in cast("list[object]", value))
    return value is UNKNOWN or (isinstance(value, str) and value != "" and not is_vault_reference(value))


def secret_texts(properties: Iterable[Properties]) -> frozenset[str]:
    """Collect every string inside the secret ones of these properties, each also as JSON may write it."""
    texts: set[str] = set()
    for each in properties:
        for name in each.secrets & each.values.keys():
            texts.update(_strings(each.values[name]))
    return frozenset(form for text in texts for form in _written(text) if form)


def _written(text: str) -> Iterator[str]:
    """A text in the clear and in JSON: with and without escapes for other alphabets, and for slashes, as Kong's has."""
    yield text
    for plain in (json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]):
        yield plain
        yield plain.replace("/", "\\/")


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
