"""Settings for tests: a stack's own files, with what a test says instead."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import JsonValue

from config.reading import read
from config.stack import StackSettings

_ROOT = Path(__file__).parents[2]
_PREFIX = "omnify-gateway:"


def stack_settings(stack: str, /, **sections: JsonValue) -> StackSettings:
    """The settings of Pulumi.<stack>.yaml, some sections (named as in YAML) replaced."""
    shared = {key: entry["value"] for key, entry in _config("Pulumi.yaml").items() if key.startswith(_PREFIX)}
    document = {key.removeprefix(_PREFIX): value for key, value in (shared | _config(f"Pulumi.{stack}.yaml")).items()}
    return read(document | sections).settings()


def section(stack: str, name: str, /, **keys: JsonValue) -> dict[str, JsonValue]:
    """One section of Pulumi.<stack>.yaml, some keys replaced."""
    return _config(f"Pulumi.{stack}.yaml")[f"{_PREFIX}{name}"] | keys


def _config(file: str) -> dict[str, Any]:
    return yaml.safe_load((_ROOT / file).read_text())["config"]
