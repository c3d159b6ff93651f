"""Kong's `request-transformer`: changes requests (Kong: kong/plugins/request-transformer/schema.lua)."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from entities.plugins.base import ConfigRecord, PluginConfig
from entities.plugins.transformations import Assignments, HeaderPairs, HeaderRenames, Headers
from entities.plugins.vocabulary import Text, Texts


def _capitals(method: str) -> str:
    if not re.fullmatch(r"[A-Z]+", method):
        message = f"invalid value: {method}: write the method in capitals"
        raise ValueError(message)
    return method


class Removed(ConfigRecord):
    """Names that are taken out."""

    body: Texts = ()
    headers: Headers = ()
    querystring: Texts = ()


class Renamed(ConfigRecord):
    """Names that change, as `old:new`."""

    body: Assignments = ()
    headers: HeaderRenames = ()
    querystring: Assignments = ()


class Assigned(ConfigRecord):
    """Values that are set, as `name:value`."""

    body: Assignments = ()
    headers: HeaderPairs = ()
    querystring: Assignments = ()


class Replaced(Assigned):
    """Values that are set where the name is there already, and the path."""

    uri: Text | None = Field(default=None, description="The path that the backend gets.")


class RequestTransformer(PluginConfig):
    """In this order: remove, rename, replace, add (where the name is missing), append."""

    plugin: ClassVar[str] = "request-transformer"

    http_method: Annotated[Text, AfterValidator(_capitals)] | None = Field(
        default=None, description="The method that the backend gets."
    )
    remove: Removed = Removed()
    rename: Renamed = Renamed()
    replace: Replaced = Replaced()
    add: Assigned = Assigned()
    append: Assigned = Assigned()
