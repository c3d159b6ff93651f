"""YAML as the stack files are written: comments and quotes stay, and `{ a: 1 }` has its blanks."""

from collections.abc import Mapping
from io import StringIO
from typing import Any, Final, cast

from pydantic import JsonValue
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.emitter import RoundTripEmitter
from ruamel.yaml.events import MappingEndEvent, SequenceEndEvent
from ruamel.yaml.scalarstring import DoubleQuotedScalarString
from typing_extensions import override
from yaml.nodes import ScalarNode
from yaml.resolver import Resolver

_WIDTH: Final = 4_096
"""Lines are not broken: what was one line stays one."""
_RESOLVER: Final = Resolver()
_WORD: Final = "tag:yaml.org,2002:str"
_SHORT: Final = 72
"""Characters of what stands on one line."""


class _Emitter(RoundTripEmitter):
    """Puts blanks inside the braces of mappings that are not empty, and keeps lines apart."""

    no_newline: Any
    event: Any
    flow_context: Any
    stream: Any
    column: Any

    @override
    def expect_first_flow_mapping_key(self) -> None:
        if not isinstance(self.event, MappingEndEvent):
            self._blank()
        super().expect_first_flow_mapping_key()

    @override
    def expect_flow_mapping_key(self) -> None:
        ends = isinstance(self.event, MappingEndEvent)
        if ends and self.flow_context[-1] == "{":
            self._blank()
        super().expect_flow_mapping_key()
        if ends:
            self.no_newline = False  # or the next key would stand on the line of a comment after the brace

    @override
    def expect_flow_sequence_item(self) -> None:
        ends = isinstance(self.event, SequenceEndEvent)
        super().expect_flow_sequence_item()
        if ends:
            self.no_newline = False

    def _blank(self) -> None:
        self.stream.write(" ")
        self.column += 1


def load(text: str) -> Any:  # noqa: ANN401 (YAML)
    """A document with its comments."""
    return _yaml().load(text)  # pyright: ignore[reportUnknownMemberType] (ruamel.yaml is untyped here)


def dump(data: object) -> str:
    """A document as text."""
    stream = StringIO()
    _yaml().dump(data, stream)  # pyright: ignore[reportUnknownMemberType]
    return stream.getvalue()


def _yaml() -> YAML:
    yaml = YAML()
    yaml.Emitter = _Emitter
    yaml.preserve_quotes = True
    yaml.width = _WIDTH
    yaml.brace_single_entry_mapping_in_flow_sequence = True
    yaml.indent(mapping=2, sequence=4, offset=2)  # pyright: ignore[reportUnknownMemberType]
    return yaml


def styled(value: JsonValue, *, short: bool = True) -> Any:  # noqa: ANN401 (YAML)
    """A new value as people would write it: on one line where that is `short` enough, else one key a line."""
    one_line = short and len(str(value)) <= _SHORT
    if isinstance(value, dict):
        mapping: Any = CommentedMap({_text(key): styled(item) for key, item in value.items()})
        (mapping.fa.set_flow_style if one_line else mapping.fa.set_block_style)()
        return mapping
    if isinstance(value, list):
        items: Any = CommentedSeq([styled(item) for item in value])
        (items.fa.set_flow_style if one_line or not value else items.fa.set_block_style)()
        return items
    return _text(value) if isinstance(value, str) else value


def _text(value: str) -> str:
    """A text in quotes, where YAML 1.1 would take it for something else, such as `on` and `12:30`."""
    read = cast("str", _RESOLVER.resolve(ScalarNode, value, (True, False)))  # pyright: ignore[reportUnknownMemberType]
    return value if read == _WORD else DoubleQuotedScalarString(value)


def update(data: Any, value: Mapping[str, JsonValue]) -> None:  # noqa: ANN401 (YAML)
    """Make a mapping say something else; what it says already keeps its form and its comments."""
    mapping = cast("dict[str, Any]", data)
    for key in [key for key in mapping if key not in value]:
        del mapping[key]
    for key, item in value.items():
        if key not in mapping or plain(mapping[key]) != item or type(plain(mapping[key])) is not type(item):
            mapping[key] = styled(item)


def plain(data: object) -> JsonValue:
    """A value as JSON has it."""
    if isinstance(data, dict):
        return {str(key): plain(item) for key, item in cast("dict[object, object]", data).items()}
    if isinstance(data, list):
        return [plain(item) for item in cast("list[object]", data)]
    if isinstance(data, bool) or data is None:
        return data
    for kind in (str, int, float):
        if isinstance(data, kind):
            return kind(data)
    return str(data)
