"""Links of Markdown files, as GitHub reads them."""

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from gateway.reference import anchor

_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]*)\)")
_CODE = re.compile(r"^ *```.*?^ *```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
_FENCE = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Link:
    """A link or a picture."""

    picture: bool
    text: str
    to: str
    """The file, a URL, or nothing for a heading of the same file."""
    heading: str
    """The heading's anchor; empty for the whole file."""

    @property
    def external(self) -> bool:
        """Whether it leads out of the repository."""
        return ":" in self.to

    def path(self, source: PurePosixPath) -> PurePosixPath:
        """The file to which it leads, seen from the repository, as it stands in the file `source`."""
        return PurePosixPath(posixpath.normpath(source.parent / self.to)) if self.to else source


def links(text: str) -> list[Link]:
    """The links of a text; what stands in code is none."""
    return [_link(match) for match in _LINK.finditer(_CODE.sub("", text))]


def replaced(text: str, replace: Callable[[Link], str]) -> str:
    """The text with other links; what stands in fences stays as it is."""
    kept = [match.span() for match in _FENCE.finditer(text)]

    def each(match: re.Match[str]) -> str:
        inside = any(start <= match.start() < end for start, end in kept)
        return match.group(0) if inside else replace(_link(match))

    return _LINK.sub(each, text)


def headings(text: str) -> set[str]:
    """The anchors of a text's headings; one that stands there twice has a number the second time."""
    found: set[str] = set()
    for heading in re.findall(r"^#+ +(.+?) *$", _FENCE.sub("", text), re.MULTILINE):
        name = anchor(heading)
        again = sum(1 for each in found if re.fullmatch(rf"{re.escape(name)}(-\d+)?", each)) if name in found else 0
        found.add(f"{name}-{again}" if again else name)
    return found


def _link(match: re.Match[str]) -> Link:
    picture, text, target = match.groups()
    to, _, heading = target.partition("#")
    return Link(bool(picture), text, to, heading)
