"""Kong's `response-transformer`: changes responses (Kong: kong/plugins/response-transformer/schema.lua)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field

from entities.plugins.base import ConfigRecord, PluginConfig
from entities.plugins.transformations import HeaderRenames, Pairs
from entities.plugins.vocabulary import Texts

_JsonTypes: TypeAlias = Annotated[tuple[Literal["boolean", "number", "string"], ...], Field(strict=False)]


class Removed(ConfigRecord):
    """Names that are taken out."""

    json_: Texts = Field(default=(), alias="json")
    headers: Texts = ()


class Renamed(ConfigRecord):
    """Names that change, as `old:new`."""

    json_: Pairs = Field(default=(), alias="json")
    headers: HeaderRenames = ()


class Assigned(ConfigRecord):
    """Values that are set, as `name:value`, and the types of the JSON ones."""

    json_: Pairs = Field(default=(), alias="json")
    json_types: _JsonTypes = Field(default=(), description="One for each JSON value; text where left out.")
    headers: Pairs = ()


class ResponseTransformer(PluginConfig):
    """In this order: remove, rename, replace, add (where the name is missing), append."""

    plugin: ClassVar[str] = "response-transformer"

    remove: Removed = Removed()
    rename: Renamed = Renamed()
    replace: Assigned = Assigned()
    add: Assigned = Assigned()
    append: Assigned = Assigned()
