"""Settings for tests: a stack's own files, with what a test says instead."""

from pathlib import Path
from typing import cast

from pydantic import JsonValue

from config.files import read_files
from config.reading import read
from config.stack import StackSettings

_ROOT = Path(__file__).parents[2]


def stack_document(stack: str, /, **sections: JsonValue) -> dict[str, JsonValue]:
    """What Pulumi.yaml and Pulumi.<stack>.yaml say, some sections (named as in YAML) replaced."""
    return read_files(_ROOT, stack) | sections


def stack_settings(stack: str, /, **sections: JsonValue) -> StackSettings:
    """The same, as settings."""
    return read(stack_document(stack, **sections)).settings()


def section(stack: str, name: str, /, **keys: JsonValue) -> dict[str, JsonValue]:
    """One section of a stack, some keys replaced."""
    return cast("dict[str, JsonValue]", stack_document(stack)[name]) | keys


AUTH_KINDS = ("jwt", "openid-connect", "oidc")
_REALM: dict[str, JsonValue] = {"issuer": "https://auth.example/realms/omnify", "audience": "omnify-api"}


def authenticated_by(kind: str, stack: str) -> dict[str, JsonValue]:
    """The sections that make a stack authenticate by another kind; none for `jwt`, which all stacks have."""
    if kind == "openid-connect":
        image = section(stack, "platform", image="kong/kong-gateway:3.9.1.0")
        return {"auth": _REALM | {"kind": kind}, "edition": "enterprise", "platform": image}
    if kind == "oidc":
        tiers: JsonValue = [{"name": "free"}, {"name": "pro"}, {"name": "enterprise"}]
        return {"auth": _REALM | {"kind": kind}, "tiers": tiers}
    return {}
