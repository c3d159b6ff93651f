"""The fields of Kubernetes' objects: their names, types, and how lists merge.

`fields.json` is what the API server of the rehearsal's release says of itself (`python -m sandbox.cluster fields`); a
test compares the two.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter


class Field(BaseModel):
    """What a field holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: str
    """`string`, `integer`, `number`, `boolean`, `quantity`, `integer or string`, `object` (anything by name), `list`,
    `map`, or the name of another type."""
    of: "Field | None" = None
    """What a list's items or a map's values are."""
    key: str | None = None
    """The items' field by which a list merges (Kubernetes: patchMergeKey); a list without one is replaced."""
    union: bool = False
    """Whether a list of values is a set, so that a patch adds to it."""
    values: tuple[str, ...] = ()
    """The values that text may have; any when there are none."""


Fields = Mapping[str, Field]


@cache
def kubernetes_types() -> Mapping[str, Fields]:
    """The fields of each type, by its name; those of an object by its kind."""
    text = Path(__file__).with_name("fields.json").read_text("utf-8")
    return TypeAdapter(dict[str, dict[str, Field]]).validate_python(json.loads(text))
