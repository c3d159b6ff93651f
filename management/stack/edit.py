"""A stack's file while it is changed: section by section, everything else to the letter as it was.

A key that only Pulumi.yaml has is copied into the stack's file with its comments when it is first changed, because a
key in a stack's file replaces the project's as a whole.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, cast

import yaml
from pydantic import JsonValue

from config.files import NAMESPACE
from management.stack.yaml import dump, load, plain

_WRAPPERS: Final = ("value", "default")
"""How Pulumi.yaml says the values that stacks share."""
_INDENT: Final = 2


class UneditableError(Exception):
    """A file has a form in which nothing can be changed without rewriting it; says which."""


@dataclass(frozen=True)
class _Section:
    """Where a key of `config:` stands in a file's lines."""

    key: str
    """As it is written, with its namespace if it has one."""
    start: int
    end: int
    """The line after its last one; comments before the next key are not its own."""


class StackEdit:
    """What a stack's file will say."""

    def __init__(self, text: str, project: str) -> None:
        """`text` is the stack's file, `project` is Pulumi.yaml. Raises UneditableError."""
        self._lines = text.splitlines(keepends=True)
        self._sections = _sections(text, "the stack's file")
        self._project = project.splitlines(keepends=True)
        self._shared = _sections(project, "Pulumi.yaml")
        self._touched: dict[str, Any] = {}

    def value(self, key: str) -> JsonValue:
        """What the stack says under a key: its own, and else what all stacks share; None where nobody says it."""
        return plain(self._touched[key] if key in self._touched else self._read(key))

    def is_inherited(self, key: str) -> bool:
        """Whether only Pulumi.yaml has a key."""
        return key not in self._sections and key in self._shared and key not in self._touched

    @property
    def changed(self) -> tuple[str, ...]:
        """The keys that say something else than before."""
        return tuple(key for key, data in self._touched.items() if _differs(plain(self._read(key)), plain(data)))

    @property
    def copied(self) -> tuple[str, ...]:
        """The keys that are no longer Pulumi.yaml's to say."""
        return tuple(key for key in self.changed if key not in self._sections and key in self._shared)

    def change(self, key: str, default: Any) -> Any:  # noqa: ANN401 (YAML)
        """What is under a key, to be changed; `default` where nobody says anything there."""
        if key not in self._touched:
            found = self._read(key)
            self._touched[key] = default if found is None else found
        return self._touched[key]

    def text(self) -> str:
        """The file as it will be."""
        lines = list(self._lines)
        added: list[str] = []
        placed: list[tuple[_Section, str]] = []
        for key in self.changed:
            data = self._touched[key]
            if key in self._sections:
                section = self._sections[key]
                placed.append((section, _written(section.key, data)))
            else:
                added.append(_written(f"{NAMESPACE}:{key}", data))
        for section, text in sorted(placed, key=lambda each: -each[0].start):
            lines[section.start : section.end] = [text]
        return _with_added("".join(lines), added)

    def _read(self, key: str) -> Any:  # noqa: ANN401 (YAML)
        """The data of a section, with its comments."""
        if key in self._sections:
            section = self._sections[key]
            return load(_dedented(self._lines[section.start : section.end]))[section.key]
        if key not in self._shared:
            return None
        section = self._shared[key]
        found: Any = load(_dedented(self._project[section.start : section.end]))[section.key]
        keys = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
        return next((keys[name] for name in _WRAPPERS if name in keys), cast("Any", found))


def _differs(before: JsonValue, after: JsonValue) -> bool:
    """Whether two values say something else; nothing, no keys and no items say the same."""
    return before != after and bool(before or after)


def _sections(text: str, what: str) -> dict[str, _Section]:
    """The keys of `config:` that are this project's, without their namespace."""
    config = _config(text, what)
    if config is None:
        return {}
    lines = text.splitlines()
    found: dict[str, _Section] = {}
    ends = [key.start_mark.line for key, _ in config.value[1:]]
    ends.append(_last_line(config.value[-1][1]) if config.value else 0)
    for (key, _), end in zip(config.value, ends, strict=True):
        namespace, separator, name = str(key.value).partition(":")
        if not separator or namespace == NAMESPACE:
            start = key.start_mark.line
            found[name or namespace] = _Section(str(key.value), start, _end(lines, start, end))
    return found


def _config(text: str, what: str) -> "yaml.MappingNode | None":
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise UneditableError(f"{what} is not YAML: {error}") from error
    if root is None:
        return None
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        raise UneditableError(f"{what} is no list of keys; write `config:` with its keys below it")
    node = next((value for key, value in root.value if key.value == "config"), None)
    if node is None or (isinstance(node, yaml.ScalarNode) and not node.value):
        return None
    if not isinstance(node, yaml.MappingNode) or node.flow_style:
        raise UneditableError(f"`config:` in {what} is not written one key a line; write it so")
    return node


def _last_line(value: yaml.Node) -> int:
    """The line after the last one of a file's last key."""
    return value.end_mark.line + (1 if value.end_mark.column else 0)


def _end(lines: list[str], start: int, end: int) -> int:
    """The line after a section's last one that is neither empty nor a comment."""
    end = min(len(lines), max(start + 1, end))
    while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return end


def _dedented(lines: list[str]) -> str:
    indent = len(lines[0]) - len(lines[0].lstrip(" "))
    return "".join(line[indent:] if line[:indent].isspace() or not indent else line.lstrip(" ") for line in lines)


def _written(key: str, data: object) -> str:
    return "".join(_indented(dump({key: data})))


def _indented(text: str) -> Iterator[str]:
    for line in text.splitlines(keepends=True):
        yield " " * _INDENT + line if line.strip() else line


def _with_added(text: str, added: list[str]) -> str:
    """A file with more keys at the end of its `config:`."""
    if not added:
        return text
    whole = text if not text or text.endswith("\n") else f"{text}\n"
    lines = whole.splitlines(keepends=True)
    config = _config(whole, "the stack's file")
    if config is None:
        at = next((number for number, line in enumerate(lines) if line.startswith("config:")), None)
        if at is None:
            return whole + "config:\n" + "\n".join(added)
        lines[at : at + 1] = ["config:\n", "\n".join(added)]
        return "".join(lines)
    key, value = config.value[-1]
    at = _end(lines, key.start_mark.line, _last_line(value))
    blank = "\n" if any(not line.strip() for line in lines) else ""
    lines[at:at] = [f"{blank}{each}" for each in added]
    return "".join(lines)
