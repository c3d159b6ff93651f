"""SVG that is read in light and in dark, whatever page it stands on: a canvas with a few kinds of shapes and texts."""

from collections.abc import Mapping, Sequence
from typing import Final
from xml.sax.saxutils import escape

SANS: Final = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif"
MONO: Final = "ui-monospace, SFMono-Regular, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace"
MARGIN: Final = 28
"""Around everything, in pixels as all lengths here."""

# A colour by what it means: in light and in dark.
_COLOURS: Final[Mapping[str, tuple[str, str]]] = {
    "ground": ("#ffffff", "#0d1117"),
    "panel": ("#f6f8fa", "#151b23"),
    "card": ("#ffffff", "#212830"),
    "frame": ("#d1d9e0", "#3d444d"),
    "ink": ("#1f2328", "#f0f6fc"),
    "quiet": ("#59636e", "#9198a1"),
    "blue": ("#3538cd", "#a4bcfd"),
    "blue-wash": ("#eef2ff", "#1d2442"),
    "green": ("#0b7a5b", "#5fe0b7"),
    "green-wash": ("#e9f8f2", "#12322a"),
    "amber": ("#a15c07", "#f5c05c"),
    "red": ("#c01f2e", "#ff8f87"),
    "red-wash": ("#fdecec", "#3b1d20"),
}
_RULES: Final = (
    ".ground{fill:%(ground)s;stroke:%(frame)s}",
    ".panel{fill:%(panel)s;stroke:%(frame)s}",
    ".card{fill:%(card)s;stroke:%(frame)s}",
    ".blue-card{fill:%(blue-wash)s;stroke:%(blue)s}",
    ".green-card{fill:%(green-wash)s;stroke:%(green)s}",
    ".red-card{fill:%(red-wash)s;stroke:%(red)s}",
    ".rule{stroke:%(frame)s}",
    ".arrow{stroke:%(quiet)s;fill:none;stroke-width:1.5}",
    ".head{fill:%(quiet)s}",
    ".blue-line{stroke:%(blue)s;fill:none}.green-line{stroke:%(green)s;fill:none}",
    ".blue-dot{fill:%(ground)s;stroke:%(blue)s}.green-dot{fill:%(ground)s;stroke:%(green)s}",
    ".ink{fill:%(ink)s}.quiet{fill:%(quiet)s}.blue{fill:%(blue)s}.green{fill:%(green)s}",
    ".amber{fill:%(amber)s}.red{fill:%(red)s}",
)
_FONTS: Final = (
    f"text{{font-family:{SANS};font-size:13px}}"
    f".mono{{font-family:{MONO};font-size:12px}}"
    ".title{font-size:20px;font-weight:600}.strong{font-weight:600}.small{font-size:11.5px}"
    ".mono.small{font-size:11px}"
)


def style(rules: Sequence[str], colours: Mapping[str, tuple[str, str]] = _COLOURS) -> str:
    """Rules of CSS, in light and in dark; `%(name)s` stands for a colour."""
    light, dark = (
        "".join(rule % {name: pair[at] for name, pair in colours.items()} for rule in rules) for at in (0, 1)
    )
    return f"{light}@media (prefers-color-scheme:dark){{{dark}}}"


class Canvas:
    """A picture in the making; what is drawn later lies above."""

    def __init__(self, width: int, title: str, description: str) -> None:
        """`title` and `description` are for those who cannot see it."""
        self.width = width
        self._title, self._description = title, description
        self._parts: list[str] = []

    def box(self, x: float, y: float, width: float, height: float, kind: str = "card", *, radius: float = 8) -> None:
        """A rectangle."""
        place = f'x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}"'
        self._parts.append(f'<rect class="{kind}" {place} rx="{_n(radius)}"/>')

    def text(self, x: float, y: float, text: str, kind: str = "ink", anchor: str = "start") -> None:
        """A line of text, whose baseline begins, has its middle or ends at a point."""
        at = "" if anchor == "start" else f' text-anchor="{anchor}"'
        self._parts.append(f'<text class="{kind}" x="{_n(x)}" y="{_n(y)}"{at}>{escape(text)}</text>')

    def dot(self, x: float, y: float, kind: str, radius: float = 6) -> None:
        """A circle."""
        self._parts.append(f'<circle class="{kind}" cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}" stroke-width="3"/>')

    def line(self, path: str, kind: str = "arrow", width: float = 1.5) -> None:
        """A line along an SVG path."""
        self._parts.append(f'<path class="{kind}" d="{path}" stroke-width="{_n(width)}" stroke-linecap="round"/>')

    def arrow(self, path: str) -> None:
        """A line along an SVG path, with a head at its end."""
        self._parts.append(f'<path class="arrow" d="{path}" marker-end="url(#head)"/>')

    def rule(self, x: float, y: float, width: float) -> None:
        """A thin line from left to right."""
        self._parts.append(f'<path class="rule" d="M{_n(x)} {_n(y)}h{_n(width)}"/>')

    def document(self, height: float) -> str:
        """The picture as a file."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}" height="{_n(height)}" '
            f'viewBox="0 0 {self.width} {_n(height)}" role="img" aria-labelledby="title description">\n'
            f'<title id="title">{escape(self._title)}</title>\n'
            f'<desc id="description">{escape(self._description)}</desc>\n'
            f"<style>{_FONTS}{style(_RULES)}</style>\n"
            '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
            'orient="auto"><path class="head" d="M0 0L8 4L0 8z"/></marker></defs>\n'
            f'<rect class="ground" x=".5" y=".5" width="{self.width - 1}" height="{_n(height - 1)}" rx="12"/>\n'
            + "\n".join(self._parts)
            + "\n</svg>\n"
        )


def mono_width(text: str, size: float = 12) -> float:
    """How wide a text is in a font whose letters are all of one width."""
    return len(text) * size * 0.602


def clipped(text: str, width: float, size: float = 12) -> str:
    """A text in such a font, cut to fit a width."""
    fits = int(width / (size * 0.602))
    return text if len(text) <= fits else f"{text[: max(fits - 1, 0)]}…"


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
