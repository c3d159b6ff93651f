"""The base of every settings model: frozen, closed to unknown keys, camelCase in YAML and snake_case in Python."""

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError


class Settings(BaseModel):
    """A part of a stack file."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        validate_by_alias=True,
        validate_by_name=True,
        validate_default=True,
        use_attribute_docstrings=True,
    )


AT_KEY = "at_key"
"""The type of the errors that `wrong_key` makes."""


def wrong_key(key: str, message: str) -> PydanticCustomError:
    """An error of a model's rule between its keys, placed at the key that should change."""
    return PydanticCustomError(AT_KEY, "{message}", {"key": key, "message": message})
