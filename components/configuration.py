"""What the engine says a stack is configured with: the settings, and the secrets to which they refer."""

import json

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env
from pydantic import JsonValue

from config.problems import InvalidSettingsError, Problem
from config.stack import StackSettings
from entities.secret import NAMESPACE as SECRETS
from entities.secret import configured_secrets


def stack_document() -> dict[str, JsonValue]:
    """The values of this project's configuration keys.

    The engine hands over text; what is not a plain word of the stack file is JSON.
    """
    prefix = f"{pulumi.get_project()}:"
    given = {**get_config_env(), **CONFIG.get()}
    return {key.removeprefix(prefix): _value(text) for key, text in given.items() if key.startswith(prefix)}


def secret(name: str) -> pulumi.Output[str]:
    """The value of a secret, as an output that the engine keeps encrypted."""
    return pulumi.Config(SECRETS).require_secret(name)


def refuse_missing_secrets(settings: StackSettings) -> None:
    """See that each secret to which plugins and entities refer is set.

    Raises:
        InvalidSettingsError: one is not.
    """
    config = pulumi.Config(SECRETS)
    missing = [name for name in configured_secrets(settings.model_dump(mode="json")) if config.get(name) is None]
    if missing:
        raise InvalidSettingsError(
            Problem((f"{SECRETS}:{name}",), f"is not set; run 'pulumi config set --secret {SECRETS}:{name}'")
            for name in missing
        )


def _value(text: str) -> JsonValue:
    if not text.startswith(("{", "[")) and text != "null":
        return text
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text
