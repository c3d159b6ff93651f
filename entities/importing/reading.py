"""The text of a decK file or of a declarative file, as a document of one known format."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

import yaml

from entities.importing.placeholders import with_secrets, with_variables

FORMATS: Final = ("1.1", "2.1", "3.0")
"""The formats of Kong's declarative files (Kong: kong/db/schema/others/declarative_config.lua) and of decK's."""


class UnreadableFileError(Exception):
    """A file is none of those formats. The text says why, and what would be."""


@dataclass(frozen=True)
class KongFile:
    """What a file says."""

    name: str
    """What people call the file."""
    format: str
    content: Mapping[str, Any]


def read_file(text: str, name: str, environment: Mapping[str, str]) -> KongFile:
    """Read a file in YAML or JSON, with decK's placeholders filled in from the environment.

    Raises:
        UnreadableFileError: it is neither, or of an unknown format.
    """
    try:
        content: object = yaml.load(with_variables(text, environment), Loader=_Loader)  # noqa: S506 (a safe loader)
    except yaml.YAMLError as error:
        raise UnreadableFileError(f"{name} is neither YAML nor JSON: {_where(error)}") from None
    except ValueError as error:
        raise UnreadableFileError(f"{name} is neither YAML nor JSON: {error}") from None
    if not isinstance(content, dict):
        raise UnreadableFileError(f"{name} holds no mapping; a decK file begins with _format_version: '3.0'")
    document = cast("dict[str, Any]", with_secrets(_json(cast("object", content))))
    version = str(document.get("_format_version"))
    if "_format_version" not in document:
        raise UnreadableFileError(f"{name} has no _format_version, so it is neither decK's nor Kong's; write '3.0'")
    if version not in FORMATS:
        raise UnreadableFileError(f"{name} has format {version!r}; known are {', '.join(FORMATS)}")
    return KongFile(name, version, document)


_Loader = cast("type[yaml.SafeLoader]", getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def _where(error: yaml.YAMLError) -> str:
    """What is wrong and where, without the text around it, which may be secret."""
    mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
    problem = error.problem if isinstance(error, yaml.MarkedYAMLError) else str(error)
    return f"{problem}, line {mark.line + 1}" if mark else str(problem)


def _json(value: object) -> object:
    """YAML's other types as JSON would have them."""
    if isinstance(value, dict):
        return {str(key): _json(item) for key, item in cast("dict[object, object]", value).items()}
    if isinstance(value, list):
        return [_json(item) for item in cast("list[object]", value)]
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value
