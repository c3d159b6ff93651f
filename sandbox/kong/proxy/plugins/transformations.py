"""What request- and response-transformer have in common: `name:value` lists, applied in Kong's order."""

import json
from collections.abc import Iterable, Iterator
from itertools import chain, repeat
from typing import Any, cast

from sandbox.kong.proxy.headers import Headers

Json = dict[str, Any]

_STEPS = ("remove", "rename", "replace", "add", "append")


def pairs(entries: Iterable[str]) -> Iterator[tuple[str, str]]:
    """`name:value` entries; the value may be empty."""
    for entry in entries:
        name, _, value = entry.partition(":")
        yield name, value


def changes(config: Json, field: str) -> bool:
    """Whether any step is configured for a field (`headers`, `body`, `querystring`, `json`)."""
    return any(config[step][field] for step in _STEPS)


def transform(config: Json, field: str, values: Json) -> None:
    """Remove, rename, replace, add and append, in place."""
    for name, _ in pairs(config["remove"][field]):
        values.pop(name, None)
    for old, new in pairs(config["rename"][field]):
        if old in values and new:
            values[new] = values.pop(old)
    for name, value in _typed(config["replace"], field):
        if name in values:
            values[name] = value
    for name, value in _typed(config["add"], field):
        values.setdefault(name, value)
    for name, value in _typed(config["append"], field):
        known = values.get(name)
        several = cast("list[Any]", known if isinstance(known, list) else [known] if name in values else [])
        values[name] = [*several, value]


def transform_headers(config: Json, headers: Headers) -> None:
    """The same steps on header lines."""
    for name, _ in pairs(config["remove"]["headers"]):
        headers.remove(name)
    for old, new in pairs(config["rename"]["headers"]):
        values = headers.all(old)
        if values and new:
            headers.remove(old)
            headers.set(new, values)
    for name, value in pairs(config["replace"]["headers"]):
        if name in headers and value:
            headers.set(name, value)
    for name, value in pairs(config["add"]["headers"]):
        if name not in headers and value:
            headers.set(name, value)
    for name, value in pairs(config["append"]["headers"]):
        headers.add(name, value)


def json_object(body: bytes) -> Json | None:
    """The body as a JSON object; None when it is none."""
    try:
        values = json.loads(body)
    except ValueError:
        return None
    return cast("Json", values) if isinstance(values, dict) else None


def _typed(step: Json, field: str) -> Iterator[tuple[str, Any]]:
    """Entries with their values cast by the step's `json_types`, where it has them."""
    types: list[str] = step.get(f"{field}_types") or []
    for (name, value), kind in zip(pairs(step[field]), chain(types, repeat("string")), strict=False):
        yield name, _cast(value, kind)


def _cast(value: str, kind: str) -> str | float | bool:
    if kind == "number":
        return json.loads(value)
    return value == "true" if kind == "boolean" else value
