"""YAML for people: long texts, such as Lua and PEM, stand as blocks, and nothing refers to a place above."""

from typing import Any

import yaml
from typing_extensions import override


def readable_yaml(document: Any) -> str:  # noqa: ANN401 (JSON)
    """A document as text. The same document always gives the same bytes."""
    return yaml.dump(document, Dumper=_Readable, sort_keys=False, allow_unicode=True, width=120)


class _Readable(yaml.SafeDumper):
    @override
    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)  # pyright: ignore[reportUnknownMemberType]


_Readable.add_representer(str, _text)
