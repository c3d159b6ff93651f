"""Schemas that stand where they are used: part of whichever application's OpenAPI document, without names in it."""

from collections.abc import Mapping
from typing import Any, Literal, cast

from pydantic import BaseModel


def inlined_schema(model: type[BaseModel], *, mode: Literal["validation", "serialization"]) -> dict[str, Any]:
    """The JSON Schema of a model, without references."""
    schema = model.model_json_schema(by_alias=True, ref_template="#/$defs/{model}", mode=mode)
    whole = cast("dict[str, Any]", _inlined(schema, schema.get("$defs", {})))
    whole.pop("$defs", None)
    return whole


def _inlined(value: object, definitions: Mapping[str, Any]) -> object:
    """A schema without references: it is part of whichever application's document."""
    if isinstance(value, dict):
        mapping = cast("dict[str, Any]", value)
        reference = mapping.get("$ref")
        if isinstance(reference, str):
            rest = {key: item for key, item in mapping.items() if key != "$ref"}
            target = definitions[reference.rpartition("/")[2]]
            return _inlined({**target, **rest}, definitions)
        return {key: _inlined(item, definitions) for key, item in mapping.items() if key != "$defs"}
    if isinstance(value, list):
        return [_inlined(item, definitions) for item in cast("list[object]", value)]
    return value
