"""The properties of an entity's resource, made of its fields: the other way round than the provider makes documents.

So every field of Kong can be said, also those for which the classes of pulumi-kong have no argument. Those classes also
make an output of each property that they know, given or not, which takes a third of a large program's time.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

import pulumi

from components.configuration import secret
from entities.model import Document, Entity
from entities.secret import referred_secret, secrets_in
from provider.documents import property_of, to_properties
from provider.resources import type_of_kind


def properties(entity: Entity, ids: Mapping[str, pulumi.Input[str]], tags: Sequence[str]) -> dict[str, Any]:
    """What to register; `ids` are those of the entities it refers to, by field."""
    kind, fields = type_of_kind(entity.kind), entity.fields()
    own = to_properties(kind, {name: value for name, value in fields.items() if name != "config"})
    given = {name: _revealed(value) for name, value in own.items()}
    given |= {property_of(kind, field): identity for field, identity in ids.items()}
    if entity.kind == "plugins":
        given[property_of(kind, "config")] = _text(cast("Document", fields.get("config") or {}))
    return given | {"tags": [*tags, *(tag for tag in entity.tags if tag not in tags)]}


def _text(config: Document) -> pulumi.Input[str]:
    """A plugin's configuration, which is one string of JSON in Pulumi."""
    if not any(secrets_in(config)):
        return json.dumps(config, sort_keys=True)
    return pulumi.Output.from_input(_revealed(config)).apply(lambda known: json.dumps(known, sort_keys=True))


def _revealed(value: Any) -> Any:  # noqa: ANN401 (JSON)
    """A value in which secrets stand in the place of the references to them."""
    if isinstance(value, dict):
        return {key: _revealed(item) for key, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_revealed(item) for item in cast("list[Any]", value)]
    name = referred_secret(value)
    return value if name is None else secret(name)
