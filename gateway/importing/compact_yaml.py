"""YAML as people write stack files: short lists of words on one line, texts of several lines as blocks."""

from collections.abc import Mapping
from typing import Any

import yaml
from typing_extensions import override

_ONE_LINE = 80
"""So many characters a list may have to stand on one line."""


def compact_yaml(document: Mapping[str, Any]) -> str:
    """A document as text. The same document always gives the same bytes."""
    return yaml.dump(document, Dumper=_Compact, sort_keys=False, allow_unicode=True, width=120)


class _Compact(yaml.SafeDumper):
    @override
    def ignore_aliases(self, data: object) -> bool:
        return True

    @override
    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> yaml.SequenceNode:
        plain = all(isinstance(item, str | int | float) and "\n" not in str(item) for item in sequence)
        short = plain and sum(len(str(item)) + 2 for item in sequence) <= _ONE_LINE
        return super().represent_sequence(tag, sequence, flow_style=True if short else flow_style)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)  # pyright: ignore[reportUnknownMemberType]


_Compact.add_representer(str, _text)
