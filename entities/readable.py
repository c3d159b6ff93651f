"""YAML for people: long texts, such as Lua and PEM, stand as blocks, and nothing refers to a place above."""

from typing import Any

import yaml
from typing_extensions import override


def readable_yaml(document: Any) -> str:  # noqa: ANN401 (JSON)
    """A document as text. The same document always gives the same bytes."""
    return yaml.dump(document, Dumper=_Readable, sort_keys=False, allow_unicode=True, width=120)


def compact_yaml(document: Any) -> str:  # noqa: ANN401 (JSON)
    """A document as text, with short lists of words on one line, as people write them."""
    return yaml.dump(document, Dumper=_Compact, sort_keys=False, allow_unicode=True, width=120)


class _Readable(yaml.SafeDumper):
    @override
    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)  # pyright: ignore[reportUnknownMemberType]


_Readable.add_representer(str, _text)


class _Compact(_Readable):
    @override
    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> yaml.SequenceNode:
        plain = all(isinstance(item, str | int | float) and "\n" not in str(item) for item in sequence)
        short = plain and sum(len(str(item)) + 2 for item in sequence) <= 80
        return super().represent_sequence(tag, sequence, flow_style=True if short else flow_style)
