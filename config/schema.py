"""The JSON Schemas of the stack files, with which editors complete and check them."""

from typing import cast

from pydantic import JsonValue
from pydantic.json_schema import GenerateJsonSchema

from config.files import NAMESPACE
from config.stack import StackSettings

Schema = dict[str, JsonValue]


class _GivenTitles(GenerateJsonSchema):
    """Titles are for what says one, such as `megabytes`; a key's own name is there already."""

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 (none has one)
        """Whether a field gets a title that is made from its name."""
        return False


def stack_schema() -> Schema:
    """The schema of Pulumi.<stack>.yaml."""
    definitions, sections = _sections()
    return _file_schema("A stack of omnify-gateway", definitions, sections)


def project_schema() -> Schema:
    """The schema of Pulumi.yaml, whose entries are wrapped with `value:`."""
    definitions, sections = _sections()
    wrapped: Schema = {
        key: {"type": "object", "properties": {"value": section}, "required": ["value"], "additionalProperties": False}
        for key, section in sections.items()
    }
    return _file_schema("What every stack of omnify-gateway shares", definitions, wrapped)


def _sections() -> tuple[JsonValue, Schema]:
    schema = cast("Schema", StackSettings.model_json_schema(by_alias=True, schema_generator=_GivenTitles))
    properties = cast("Schema", schema["properties"])
    return schema["$defs"], {f"{NAMESPACE}:{key}": section for key, section in properties.items()}


def _file_schema(title: str, definitions: JsonValue, entries: Schema) -> Schema:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": title,
        "type": "object",
        "properties": {
            "config": {
                "type": "object",
                "properties": entries,
                "patternProperties": {f"^(?!{NAMESPACE}:)": True},
                "additionalProperties": False,
            }
        },
        "$defs": definitions,
    }
