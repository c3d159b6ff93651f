"""Lua patterns, which Kong's schemas match strings with, as Python's regular expressions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

_CLASSES = {
    "a": "A-Za-z",
    "c": r"\x00-\x1f\x7f",
    "d": "0-9",
    "l": "a-z",
    "p": r"!-/:-@\[-`{-~",
    "s": r" \t-\r",
    "u": "A-Z",
    "w": "A-Za-z0-9",
    "x": "A-Fa-f0-9",
}
_UNSUPPORTED = "bfz0123456789"
_REPETITIONS = {"*": "*", "+": "+", "-": "*?", "?": "?"}


def matches(pattern: str, text: str) -> bool:
    """Whether Lua's `text:match(pattern)` finds anything.

    Raises:
        ValueError: the pattern uses `%b`, `%f`, `%z` or a back reference, which no schema of Kong 3.9 does.

    """
    return _translated(pattern).search(text) is not None


@cache
def _translated(pattern: str) -> re.Pattern[str]:
    body = pattern.removeprefix("^")
    anchored = body != pattern
    ends = body.endswith("$") and not body.endswith("%$")
    if ends:
        body = body[:-1]
    expression = "".join(_tokens(body))
    return re.compile(("^" if anchored else "") + expression + (r"\Z" if ends else ""), re.DOTALL)


def _tokens(body: str) -> Iterator[str]:
    """Each item of the pattern with what repeats it; a `*`, `+`, `-` or `?` that follows no item is itself."""
    position = 0
    while position < len(body):
        character = body[position]
        if character in "()":
            yield character
            position += 1
            continue
        item, position = _item(body, position)
        repetition = _REPETITIONS.get(body[position : position + 1], "")
        yield item + repetition
        position += bool(repetition)


def _item(body: str, position: int) -> tuple[str, int]:
    """What one character is matched with, and where the pattern goes on."""
    character = body[position]
    if character == "%":
        return _escaped(body[position + 1], inside_set=False), position + 2
    if character == "[":
        return _set(body, position + 1)
    return "." if character == "." else re.escape(character), position + 1


def _set(body: str, position: int) -> tuple[str, int]:
    """The character set that starts after `[` at `position`, and where the pattern goes on."""
    parts = ["["]
    if body[position] == "^":
        parts.append("^")
        position += 1
    first = True
    while first or body[position] != "]":
        first = False
        if body[position] == "%":
            parts.append(_escaped(body[position + 1], inside_set=True))
            position += 2
        elif body[position] == "-":
            parts.append("-")
            position += 1
        else:
            parts.append(re.escape(body[position]))
            position += 1
    return "".join([*parts, "]"]), position + 1


def _escaped(letter: str, *, inside_set: bool) -> str:
    if letter in _UNSUPPORTED:
        message = f"the Lua pattern item %{letter} is not supported"
        raise ValueError(message)
    members = _CLASSES.get(letter.lower()) if letter.isalpha() else None
    if members is None:
        return re.escape(letter)
    if letter.islower():
        return members if inside_set else f"[{members}]"
    if inside_set:
        message = f"the Lua pattern item %{letter} inside a set is not supported"
        raise ValueError(message)
    return f"[^{members}]"
