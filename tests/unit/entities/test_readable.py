"""YAML for people."""

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from entities.readable import readable_yaml

_TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=40)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | _TEXTS,
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(_TEXTS, parts, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(_TEXTS, _VALUES, max_size=3))
def test_what_was_written_is_read_the_same(document: dict[str, Any]) -> None:
    assert yaml.safe_load(readable_yaml(document)) == document


@pytest.mark.parametrize("text", ["yes", "null", "~", "1", "1e5", "0o7", "2026-01-01", "1:30", "", " x", "a: b", "#x"])
def test_texts_that_look_like_something_else_stay_texts(text: str) -> None:
    assert yaml.safe_load(readable_yaml({"text": text, "list": [text]})) == {"text": text, "list": [text]}


def test_texts_with_lines_stand_as_blocks() -> None:
    assert readable_yaml({"access": ["local a = 1\nreturn a\n"]}) == "access:\n- |\n  local a = 1\n  return a\n"


def test_what_stands_twice_is_written_twice() -> None:
    tags = ["a"]
    assert readable_yaml({"one": tags, "other": tags}) == "one:\n- a\nother:\n- a\n"


def test_the_form_is_that_of_pyyaml_itself() -> None:
    document: dict[str, Any] = {
        "numbers": [0, -1, 1.5, 1e20, 0.1],
        "words": [True, False, None],
        "empty": [[], {}, ""],
        "texts": ["plain", "/a/b", "~/v\\d+", "it's", "- x", "x:", "grün", "a b " * 60],
        "nested": [{"a": [{"b": "c"}]}],
    }
    assert readable_yaml(document) == yaml.dump(document, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=120)


class _Plain(yaml.SafeDumper):
    @override
    def ignore_aliases(self, data: object) -> bool:
        return True
