"""The comment on a pull request, as its readers see it: docs/pull-request-comment.md, drawn as GitHub draws it."""

import re
from typing import Final

from markdown_it import MarkdownIt

from config.project import PROJECT
from documentation.pictures.svg import MARGIN, MONO, SANS, style

WIDTH: Final = 1000
COMMENT: Final = PROJECT / "docs" / "pull-request-comment.md"

_ROWS: Final = 17
"""Of the last table, that are shown."""
_ALERT: Final = re.compile(r"<blockquote>\n<p>\[!([A-Z]+)\]\n")
_MARKER: Final = re.compile(r"<!--.*?-->\n*", re.DOTALL)
# What each element takes from top to bottom: the picture's height must be known, and a font must not change it.
_HEIGHTS: Final = {"<h3>": 52, "<h4>": 48, "<p": 32, "<blockquote": 26, "<li>": 24, "<tr>": 30, "<table>": 4}
_RULES: Final = (
    "div{color:%(ink)s}h3,th,td{border-color:%(frame)s}tr:nth-child(even) td{background:%(panel)s}"
    "code{background:%(wash)s}blockquote{border-color:%(quiet)s}"
    ".caution{border-color:%(red)s}.caution .alert{color:%(red)s}"
    ".warning{border-color:%(amber)s}.warning .alert{color:%(amber)s}"
    ".ground{fill:%(ground)s;stroke:%(frame)s}",
)
_COLOURS: Final = {
    "ground": ("#ffffff", "#0d1117"),
    "panel": ("#f6f8fa", "#151b23"),
    "wash": ("#818b981f", "#656c7633"),
    "frame": ("#d1d9e0", "#3d444d"),
    "ink": ("#1f2328", "#f0f6fc"),
    "quiet": ("#59636e", "#9198a1"),
    "amber": ("#9a6700", "#d29922"),
    "red": ("#cf222e", "#f85149"),
}
_LAYOUT: Final = (
    f"div{{font:14px/24px {SANS}}}*{{margin:0;padding:0;box-sizing:border-box}}"
    "h3{font-size:20px;line-height:32px;height:40px;margin-bottom:12px;border-bottom:1px solid}"
    "h4{font-size:15px;height:24px;margin:14px 0 10px}"
    "p{height:24px;margin-bottom:8px}ul{padding-left:24px}li{height:24px}"
    "blockquote{border-left:4px solid;padding:0 14px;margin:8px 0 18px}.alert{font-weight:600}"
    "table{border-collapse:collapse;margin-bottom:4px}"
    "tr{height:30px}th,td{border:1px solid;padding:0 12px;text-align:left;max-width:420px}"
    # The last one is the widest: its columns share the width.
    "table:last-of-type{table-layout:fixed;width:100%}"
    "table:last-of-type th:nth-child(1){width:98px}table:last-of-type th:nth-child(2){width:340px}"
    "table:last-of-type th:nth-child(3){width:166px}"
    f"code{{font:12px {MONO};padding:2px 5px;border-radius:5px}}"
    "p,li,th,td{white-space:nowrap;overflow:hidden;text-overflow:ellipsis}"
    "summary{height:32px;line-height:32px}"
)


def picture() -> str:
    """The picture as SVG."""
    body = html(COMMENT.read_text("utf-8"))
    height = sum(body.count(tag) * pixels for tag, pixels in _HEIGHTS.items()) + MARGIN
    inner = WIDTH - 2 * MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
        'role="img" aria-labelledby="title">\n<title id="title">The comment on a pull request</title>\n'
        f"<style>{_LAYOUT}{style(_RULES, _COLOURS)}</style>\n"
        f'<rect class="ground" x=".5" y=".5" width="{WIDTH - 1}" height="{height - 1}" rx="12"/>\n'
        f'<foreignObject x="{MARGIN}" y="{MARGIN - 8}" width="{inner}" height="{height - MARGIN}">\n'
        f'<div xmlns="http://www.w3.org/1999/xhtml">\n{body}</div>\n</foreignObject>\n</svg>\n'
    )


def html(comment: str) -> str:
    """A comment as HTML that is XML too, with what GitHub makes of alerts; what is folded is shown as folded."""
    rendered = MarkdownIt("commonmark").enable("table").render(_MARKER.sub("", comment))
    alerts = _ALERT.sub(
        lambda match: f'<blockquote class="{match[1].lower()}">\n<p class="alert">{match[1].title()}</p>\n<p>', rendered
    )
    return _shortened(re.sub(r"(</summary>).*?(</details>)", r"\1\2", alerts, flags=re.DOTALL))


def _shortened(page: str) -> str:
    """The last table of a page without what is beyond its first rows, and how many these are."""
    start = page.rindex("<tbody>")
    rows = page[start:].split("<tr>")
    left_out = len(rows) - 1 - _ROWS
    if left_out <= 0:
        return page
    end = rows[-1][rows[-1].index("</tbody>") :]
    more = f'<td colspan="5">… and {left_out} rows more</td>\n</tr>\n'
    return page[:start] + "<tr>".join([*rows[: _ROWS + 1], more]) + end
