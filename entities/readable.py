"""YAML for people: long texts, such as Lua and PEM, stand as blocks, and nothing refers to a place above."""

import io
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, cast

import yaml
from yaml.representer import SafeRepresenter
from yaml.resolver import Resolver

_Emitter: Final = cast("type[yaml.SafeDumper]", getattr(yaml, "CSafeDumper", yaml.SafeDumper))
"""libyaml where PyYAML was built with it, as its wheels are. Without it characters beyond U+FFFF are not escaped."""
_RESOLVER: Final = Resolver()
_TEXT: Final = "tag:yaml.org,2002:str"
_START: Final = (yaml.StreamStartEvent(), yaml.DocumentStartEvent(explicit=False))
_END: Final = (yaml.DocumentEndEvent(explicit=False), yaml.StreamEndEvent())
_MAPPING: Final = (yaml.MappingStartEvent(None, None, implicit=True, flow_style=False), yaml.MappingEndEvent())
_SEQUENCE: Final = (yaml.SequenceStartEvent(None, None, implicit=True, flow_style=False), yaml.SequenceEndEvent())


def readable_yaml(document: Mapping[str, Any]) -> str:
    """A document as text. The same document always gives the same bytes."""
    stream = io.StringIO()
    _Writer(_Emitter(stream, allow_unicode=True, width=120)).write(document)
    return stream.getvalue()


@lru_cache(maxsize=4096)
def _text(text: str) -> yaml.Event:
    """As a block where it has lines; else plain, or quoted where something else would be read of it."""
    tag = cast("str", _RESOLVER.resolve(yaml.ScalarNode, text, (True, False)))  # pyright: ignore[reportUnknownMemberType] (PyYAML is untyped here)
    return yaml.ScalarEvent(None, None, (tag == _TEXT, True), text, style="|" if "\n" in text else None)


@lru_cache(maxsize=4096)
def _word(kind: type[object], value: int | None) -> yaml.Event:
    """An integer, `true`, `false` or `null`. Python takes 1 and true for the same, so the type tells them apart."""
    del kind
    return yaml.ScalarEvent(None, None, (True, False), json.dumps(value))


def _number(value: float) -> yaml.Event:
    return yaml.ScalarEvent(None, None, (True, False), SafeRepresenter().represent_float(value).value)


class _Writer:
    """Gives the emitter its events. PyYAML would make a tree of nodes first, which takes several times as long."""

    def __init__(self, emitter: yaml.SafeDumper) -> None:
        self._emit = emitter.emit

    def write(self, document: Mapping[str, Any]) -> None:
        for event in _START:
            self._emit(event)
        self._value(document)
        for event in _END:
            self._emit(event)

    def _value(self, value: Any) -> None:  # noqa: ANN401 (JSON)
        if isinstance(value, str):
            self._emit(_text(value))
        elif isinstance(value, dict):
            self._emit(_MAPPING[0])
            for key, item in cast("Mapping[str, Any]", value).items():
                self._emit(_text(key))
                self._value(item)
            self._emit(_MAPPING[1])
        elif isinstance(value, list):
            self._emit(_SEQUENCE[0])
            for item in cast("Sequence[Any]", value):
                self._value(item)
            self._emit(_SEQUENCE[1])
        else:
            self._emit(_number(value) if isinstance(value, float) else _word(cast("type[object]", type(value)), value))
