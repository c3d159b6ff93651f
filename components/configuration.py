"""What the engine says a stack is configured with, as the settings read it."""

import json

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env
from pydantic import JsonValue


def stack_document() -> dict[str, JsonValue]:
    """The values of this project's configuration keys.

    The engine hands over text; what is not a plain word of the stack file is JSON.
    """
    prefix = f"{pulumi.get_project()}:"
    given = {**get_config_env(), **CONFIG.get()}
    return {key.removeprefix(prefix): _value(text) for key, text in given.items() if key.startswith(prefix)}


def _value(text: str) -> JsonValue:
    if not text.startswith(("{", "[")) and text != "null":
        return text
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text
