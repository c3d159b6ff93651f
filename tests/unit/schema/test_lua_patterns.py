"""Lua patterns match here what they match in Lua."""

from __future__ import annotations

import json
from typing import Any, cast

import lupa.luajit21 as lupa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entities.schema.kong import FACTS_FILE
from entities.schema.lua_patterns import matches

_lua = cast("Any", lupa.LuaRuntime())
_found_by_lua = _lua.eval("function(text, pattern) return text:match(pattern) ~= nil end")


def _patterns(spec: Any) -> set[str]:
    """Every pattern in the facts: under `match`, `pattern` and `patterns`."""
    if isinstance(spec, list):
        return {pattern for part in cast("list[Any]", spec) for pattern in _patterns(part)}
    if not isinstance(spec, dict):
        return set()
    parts = cast("dict[str, Any]", spec)
    own: list[Any] = [parts.get("match"), parts.get("pattern"), *parts.get("patterns", [])]
    return {pattern for pattern in own if isinstance(pattern, str)} | _patterns(list(parts.values()))


PATTERNS = sorted(_patterns(json.loads(FACTS_FILE.read_text())))
TEXTS = st.text(alphabet="aBz09/~*.:-_%&`\\@ \nHOSTost", max_size=12) | st.sampled_from(
    ["Host", "content-length", "Content-Type", "*.a.b", "a.*", "/a//b", "~/x", "a@b.c", "RS256", "1-2", "x:y", "GET"]
)


def test_the_facts_have_patterns() -> None:
    assert "^%u+$" in PATTERNS


@given(pattern=st.sampled_from(PATTERNS), text=TEXTS)
def test_a_pattern_of_the_facts_matches_what_lua_says(pattern: str, text: str) -> None:
    assert matches(pattern, text) == _found_by_lua(text, pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "%a%d%l%s%u%w%x%p",
        "^%A",
        "%D-x",
        "[%w_-]+$",
        "[^%s]",
        "a%.b",
        "(a)b",
        "[]a]",
        "[a-]",
        "%%",
        "^$",
        "%$",
        "*a",
        "a--",
        "[0-9]+-%d",
    ],
)
@given(text=st.text(alphabet="aB9 _-.]x%$\n!~", max_size=10))
def test_every_supported_item_means_what_it_means_in_lua(pattern: str, text: str) -> None:
    assert matches(pattern, text) == _found_by_lua(text, pattern)


@pytest.mark.parametrize("pattern", ["%b()", "%f[a]", "(a)%1", "[%W]"])
def test_what_is_not_supported_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="is not supported"):
        matches(pattern, "a")
