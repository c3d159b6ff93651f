"""An entity in Kong's own terms as a Pulumi resource.

Its properties are made of its document, the other way round than the provider makes documents of properties: so every
field of Kong can be said, also those for which the classes of pulumi-kong have no argument.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

import pulumi
from pulumi import CustomResource, ResourceOptions

from components.configuration import secret
from entities.model import RawEntity
from entities.secret import referred_secret
from provider.documents import property_of, to_properties
from provider.resources import type_of_kind


def raw_resource(
    entity: RawEntity, ids: Mapping[str, pulumi.Output[str]], tags: Sequence[str], options: ResourceOptions
) -> CustomResource:
    """The resource of an entity; `ids` are those of the entities it refers to, by field."""
    kind = type_of_kind(entity.kind)
    given = {name: value for name, value in entity.fields().items() if name != "config"}
    properties: dict[str, Any] = {name: _revealed(value) for name, value in to_properties(kind, given).items()}
    properties |= {property_of(kind, field): identity for field, identity in ids.items()}
    if entity.kind == "plugins":
        config = pulumi.Output.from_input(_revealed(entity.fields().get("config") or {}))
        properties[property_of(kind, "config")] = config.apply(lambda known: json.dumps(known, sort_keys=True))
    return CustomResource(kind.token, entity.key, properties | {"tags": list(tags)}, options)


def _revealed(value: Any) -> Any:  # noqa: ANN401 (JSON)
    """A value in which secrets stand in the place of the references to them."""
    if isinstance(value, dict):
        return {key: _revealed(item) for key, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_revealed(item) for item in cast("list[Any]", value)]
    name = referred_secret(value)
    return value if name is None else secret(name)
