"""Text of others in GitHub's Markdown, so that it stays text.

Values of a stack, names and messages may come from a stranger's pull request. They may not break out of their cell,
open tags, make links or call people: whatever has a meaning stands as a numeric character reference, which is never
syntax (CommonMark 0.31, 2.5), and inside `<code>`, where GitHub looks for no names and no references.
"""

import json
import re
from typing import Final

_MEANT: Final = re.compile(r"[^A-Za-z0-9 ,/=+-]")
_FENCES: Final = re.compile(r"`+|~+")
_KEPT: Final = "\n\t"


def code(text: str) -> str:
    """A text of others on one line, as code; nothing where there is none."""
    line = "".join(map(_visible, text.replace("\n", " ↵ ")))
    return f"<code>{_MEANT.sub(_reference, line)}</code>" if text else ""


def fenced(text: str) -> str:
    """A text of others on several lines, as a block of code."""
    fence = "`" * max(3, 1 + max((len(run) for run in _FENCES.findall(text)), default=0))
    shown = "".join(each if each in _KEPT else _visible(each) for each in text).strip("\n")
    return f"{fence}text\n{shown}\n{fence}\n"


def _reference(match: re.Match[str]) -> str:
    character = match[0]
    return f"&#{ord(character)};" if character.isascii() else character


def _visible(character: str) -> str:
    """A character that steers, hides or turns text around, as its escape."""
    return character if character.isprintable() else json.dumps(character)[1:-1]
