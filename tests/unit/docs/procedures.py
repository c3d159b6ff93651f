"""The procedures of docs/operations.md, and the tests that say which of them they prove."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"
_MARK = re.compile(r'operates\("([^"]+)"\)')
UNTESTED = "*Not under test"
"""How a procedure begins to say why no test proves it."""


def procedures() -> dict[str, str]:
    """The text of each procedure by its heading."""
    parts = re.split(r"^(#{2,3}) (.+)$", (DOCS / "operations.md").read_text(), flags=re.MULTILINE)
    levels, headings, texts = parts[1::3], parts[2::3], parts[3::3]
    return {heading: text for level, heading, text in zip(levels, headings, texts, strict=True) if level == "###"}


def proven() -> set[str]:
    """The procedures that tests are marked with."""
    return {name for file in (ROOT / "tests").rglob("test_*.py") for name in _MARK.findall(file.read_text())}


def anchor(heading: str) -> str:
    """How a link names a heading (GitHub)."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def links(text: str) -> set[tuple[str, str]]:
    """The files and headings in docs/ to which a text links."""
    return {(file, heading) for file, heading in re.findall(r"\]\(([\w-]*\.md|)#?([\w-]*)\)", text) if file or heading}


def headings(file: str) -> set[str]:
    """The headings of a file in docs/, as links name them."""
    return {anchor(line) for line in re.findall(r"^#+ (.+)$", (DOCS / file).read_text(), flags=re.MULTILINE)}
