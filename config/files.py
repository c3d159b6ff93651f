"""Pulumi.yaml and Pulumi.<stack>.yaml, read as the Pulumi CLI reads them, without it."""

import re
from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import cast

import yaml
from pydantic import JsonValue

from config.problems import InvalidSettingsError, Location, Problem

PROJECT_FILE = "Pulumi.yaml"
NAMESPACE = "omnify-gateway"
_BOOLEAN = "tag:yaml.org,2002:bool"
_ENCRYPTED = "is encrypted, but no setting here is a secret; write it in the clear, and secrets into the cluster"


class StackFileError(Exception):
    """A stack's files cannot be read at all."""


class _UniqueKeys(yaml.SafeLoader):
    """YAML as the Pulumi CLI reads it: a key that is written twice is refused, and `on`, `yes` and `no` are words."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, object]:
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            key = cast("Hashable", self.construct_object(key_node, deep=True))  # pyright: ignore[reportUnknownMemberType] (PyYAML is untyped here)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    problem=f"the key {key!r} is written twice; keep one of them", problem_mark=key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


_UniqueKeys.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != _BOOLEAN]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_UniqueKeys.add_implicit_resolver(  # pyright: ignore[reportUnknownMemberType] (PyYAML is untyped here)
    _BOOLEAN, re.compile(r"(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)


def stack_file(stack: str) -> str:
    """The name of a stack's file."""
    return f"Pulumi.{stack}.yaml"


def stacks(project: Path) -> tuple[str, ...]:
    """The stacks that have a file."""
    return tuple(sorted(file.name.split(".")[1] for file in project.glob("Pulumi.*.yaml") if file.name.count(".") == 2))


def read_files(
    project: Path, stack: str, file: Path | None = None, *, namespace: str = NAMESPACE
) -> dict[str, JsonValue]:
    """What a stack says under `omnify-gateway:`: its own keys, and Pulumi.yaml's where it has none.

    `file` is read instead of the stack's own, as with the Pulumi CLI's `--config-file`. Another `namespace` is that of
    another project.

    Raises:
        StackFileError: a file is missing or no YAML.
        InvalidSettingsError: a value has a form that only the Pulumi CLI could read.
    """
    own = file or project / stack_file(stack)
    if not own.is_file():
        if file:
            raise StackFileError(f"there is no file {file}")
        known = ", ".join(stacks(project)) or "none"
        raise StackFileError(f"there is no stack {stack!r} ({stack_file(stack)}); the stacks here are: {known}")
    shared = {key: _default(value) for key, value in _configuration(project / PROJECT_FILE, namespace).items()}
    return shared | _configuration(own, namespace)


def environments(project: Path, stack: str, file: Path | None = None) -> tuple[str, ...]:
    """The environments of Pulumi ESC from which a stack takes more configuration. Raises StackFileError."""
    named = _document(file or project / stack_file(stack)).get("environment")
    imports = named.get("imports") if isinstance(named, dict) else named
    listed = imports if isinstance(imports, list) else []
    return tuple(str(next(iter(each))) if isinstance(each, dict) and each else str(each) for each in listed)


def _document(file: Path) -> dict[str, JsonValue]:
    try:
        document = yaml.load(file.read_text("utf-8"), Loader=_UniqueKeys)  # noqa: S506 (a SafeLoader)
    except FileNotFoundError as error:
        raise StackFileError(f"there is no {file.name} in {file.parent}") from error
    except yaml.YAMLError as error:
        raise StackFileError(f"{file.name} is not YAML: {error}") from error
    return _mapping(document, file.name)


def _configuration(file: Path, namespace: str) -> dict[str, JsonValue]:
    """The entries of a file's `config:` that belong to this project, by their key without the namespace."""
    entries = _mapping(_document(file).get("config"), f"config: in {file.name}")
    own: dict[str, JsonValue] = {}
    for key, value in entries.items():
        of, separator, name = key.partition(":")
        if separator and of != namespace:
            continue
        own[name or key] = value
    encrypted = [Problem(location, _ENCRYPTED) for key, value in own.items() for location in _secure(value, (key,))]
    if encrypted:
        raise InvalidSettingsError(encrypted)
    return own


def _mapping(value: JsonValue, what: str) -> dict[str, JsonValue]:
    """A mapping, or an empty one where nothing is written."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise StackFileError(f"{what} is not a mapping; write keys with their values")
    return {str(key): item for key, item in value.items()}


def _secure(value: JsonValue, location: Location) -> Iterator[Location]:
    """The places of values that `pulumi config set --secret` wrote."""
    if isinstance(value, dict):
        if value.keys() == {"secure"}:
            yield location
        for key, item in value.items():
            yield from _secure(item, (*location, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _secure(item, (*location, index))


def _default(entry: JsonValue) -> JsonValue:
    """The value of an entry of Pulumi.yaml, which may be wrapped with `value:` or `default:`."""
    if isinstance(entry, dict):
        for wrapper in ("value", "default"):
            if wrapper in entry:
                return entry[wrapper]
    return entry
