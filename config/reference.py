"""Every setting, one after the other, as the JSON Schema of the stack files has it: for the page that people read."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from config.files import NAMESPACE
from config.schema import stack_schema
from config.stack import StackSettings

Node = Mapping[str, Any]

_WORDS: Final = {"string": "text", "integer": "whole number", "number": "number", "boolean": "`true` or `false`"}
_NULL: Final = {"type": "null"}


@dataclass(frozen=True)
class Setting:
    """One key of a stack file."""

    path: str
    """Its key path; `[]` stands for each item of a list, `<name>` for each key of a mapping."""
    type: str
    """What it takes, in words, with bounds and an example."""
    needed: bool
    """Whether it must be there when what is around it is."""
    default: str | None
    """What it is when left out, as YAML; none when it is then not there at all."""
    below: bool
    """Whether it is there even so, and what is below has the defaults that stand there."""
    meaning: str


@dataclass(frozen=True)
class Part:
    """The settings of a section, or those that one kind of a section has."""

    title: str
    """The section's key, or `auth, kind: jwt`."""
    section: bool
    """Whether it is a section of its own, or a kind."""
    meaning: str
    settings: tuple[Setting, ...]


def parts() -> Iterator[Part]:
    """What stack files may say: each section, followed by the kinds that it comes in."""
    document = cast("Node", stack_schema())
    walk = _Walk(document["$defs"])
    needed = {field.alias or name for name, field in StackSettings.model_fields.items() if field.is_required()}
    for key, node in document["properties"]["config"]["properties"].items():
        name = key.removeprefix(f"{NAMESPACE}:")
        yield from walk.section(name, node, needed=name in needed)


class _Walk:
    """A walk through a schema's definitions."""

    def __init__(self, definitions: Mapping[str, Node]) -> None:
        self._definitions = definitions

    def section(self, name: str, node: Node, *, needed: bool) -> Iterator[Part]:
        """A section and its kinds."""
        kinds: list[Part] = []
        shape = self._shape(node)
        itself = () if "properties" in shape else (self._setting(name, node, needed=needed),)
        settings = (*itself, *self._below(name, shape, kinds))
        said = (node.get("description"), shape.get("description") if "properties" in shape else None)
        yield Part(name, True, "\n\n".join(dict.fromkeys(text for text in said if text)), settings)
        yield from kinds

    def _below(self, path: str, shape: Node, kinds: list[Part]) -> Iterator[Setting]:
        """The settings below a path; kinds are put aside, each a part of its own."""
        if "properties" in shape:
            needed = shape.get("required", ())
            for key, node in shape["properties"].items():
                if "const" not in node:
                    at = f"{path}.{key}"
                    yield self._setting(at, node, needed=key in needed)
                    yield from self._below(at, self._shape(node), kinds)
        elif "items" in shape:
            yield from self._below(f"{path}[]", self._shape(shape["items"]), kinds)
        elif isinstance(shape.get("additionalProperties"), Mapping):
            yield from self._below(f"{path}.<name>", self._shape(shape["additionalProperties"]), kinds)
        elif "oneOf" in shape:
            for member in self._members(shape):
                told = ", ".join(f"{key}: {value}" for key, value in _constants(member))
                below = list[Part]()
                settings = tuple(self._below(path, member, below))
                kinds += [Part(f"{path}, {told}", False, member.get("description", ""), settings), *below]

    def _setting(self, path: str, node: Node, *, needed: bool) -> Setting:
        shape = self._shape(node)
        meaning = node.get("description") or shape.get("description") or ""
        default = node.get("default")
        below = default is not None and "properties" in shape and default == self._own(shape)
        written = None if default is None or below else _yaml(self._written(default, shape))
        return Setting(path, self._type(node), needed, written, below, meaning)

    def _own(self, shape: Node) -> Mapping[str, Any]:
        """What an empty mapping comes to."""
        return {key: node.get("default", _emptiness(node)) for key, node in shape["properties"].items()}

    def _written(self, value: Any, shape: Node) -> Any:  # noqa: ANN401 (a value of JSON)
        """A default as one would write it: without what would be the same when left out."""
        if isinstance(value, list) and "items" in shape:
            items = self._shape(shape["items"])
            return [self._written(item, items) for item in cast("list[Any]", value)]
        if not isinstance(value, Mapping):
            return cast("Any", value)
        given = cast("Mapping[str, Any]", value)
        fitting = next((each for each in self._members(shape) if _is_of(given, each)), shape)
        own: Mapping[str, Any] = self._own(fitting) if "properties" in fitting else {}
        return {key: part for key, part in given.items() if part is not None and (key not in own or own[key] != part)}

    def _type(self, node: Node) -> str:
        shape = self._shape(node)
        words = self._kind(shape)
        for each in node.get("examples") or shape.get("examples", ()):
            words += f", such as `{_yaml(each)}`"
        return f"{words}; or `null`" if _NULL in node.get("anyOf", ()) and node.get("default") is not None else words

    def _kind(self, shape: Node) -> str:
        if "enum" in shape:
            return " or ".join((", ".join(f"`{value}`" for value in shape["enum"][:-1]), f"`{shape['enum'][-1]}`"))
        if "oneOf" in shape:
            keys = dict.fromkeys(key for member in self._members(shape) for key, _ in _constants(member))
            return "mapping, by its " + " and ".join(f"`{key}`" for key in keys)
        if "items" in shape:
            return f"list of{self._several(shape['items'])}{_length(shape)}"
        if shape.get("type") == "object":
            values = shape.get("additionalProperties")
            return f"mapping of names to{self._several(values)}" if isinstance(values, Mapping) else "mapping"
        return shape.get("title", _WORDS.get(str(shape.get("type")), "any value")) + _bounds(shape)

    def _several(self, node: Any) -> str:  # noqa: ANN401 (a schema, which mappings are typed by too loosely)
        shape = self._shape(cast("Node", node))
        if "enum" in shape or ("title" in shape and shape.get("type") != "object"):
            return f": {self._type(shape)}"
        return {"string": " texts", "object": " mappings"}.get(str(shape.get("type")), f" {self._kind(shape)}")

    def _shape(self, node: Node) -> Node:
        """What a node is, behind references and besides null."""
        if "$ref" in node:
            return self._shape(self._definitions[node["$ref"].rsplit("/", 1)[-1]])
        if _NULL in node.get("anyOf", ()):
            (shape,) = (self._shape(each) for each in node["anyOf"] if each != _NULL)
            return shape
        return node

    def _members(self, shape: Node) -> Sequence[Node]:
        """The kinds of a union, those of a union among them included."""
        resolved = [self._shape(each) for each in shape.get("oneOf", ())]
        return [member for each in resolved for member in (self._members(each) if "oneOf" in each else (each,))]


def _constants(member: Node) -> list[tuple[str, Any]]:
    return [(key, node["const"]) for key, node in member["properties"].items() if "const" in node]


def _is_of(value: Mapping[str, Any], member: Node) -> bool:
    return all(value.get(key) == constant for key, constant in _constants(member))


def _emptiness(node: Node) -> object:
    """What a factory of defaults makes, which a schema does not have."""
    empty: Mapping[str, object] = {"object": {}, "array": []}
    return empty.get(str(node.get("type")))


def _bounds(shape: Node) -> str:
    low, high = shape.get("minimum"), shape.get("maximum")
    if low is None and high is None:
        return ""
    return f", {low:,} to {high:,}" if None not in (low, high) else f", {f'at least {low:,}' if high is None else high}"


def _length(shape: Node) -> str:
    return f", at most {shape['maxItems']}" if "maxItems" in shape else ""


def _yaml(value: Any) -> str:  # noqa: ANN401 (a value of JSON)
    """A value in YAML's flow style, with quotes where they are needed alone."""
    if isinstance(value, Mapping):
        inner = ", ".join(f"{key}: {_yaml(part)}" for key, part in cast("Mapping[str, Any]", value).items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list):
        return f"[{', '.join(_yaml(part) for part in cast('list[Any]', value))}]"
    if isinstance(value, str) and not value.strip("0123456789.,*& "):
        return json.dumps(value)
    return value if isinstance(value, str) else json.dumps(value)
