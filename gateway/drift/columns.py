"""Columns of text: as wide as their cells need, or as there is room for."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Final

from rich.cells import cell_len, chop_cells
from rich.text import Text

GAP: Final = 2
"""Spaces between columns."""


def widths(rows: Sequence[Sequence[str]], room: int | None) -> list[int]:
    """The widths of the columns of some rows. Where there is no room for all, the wide ones share what is left."""
    needed = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    if room is None:
        return needed
    left = room - GAP * (len(needed) - 1)
    given = needed.copy()
    narrow_first = sorted(range(len(needed)), key=needed.__getitem__)
    for done, index in enumerate(narrow_first):
        given[index] = max(1, min(needed[index], left // (len(needed) - done)))
        left -= given[index]
    return given


def lines(cells: Sequence[str], sizes: Sequence[int], styles: Sequence[str]) -> Iterator[Text]:
    """The lines of a row: cells that are too long go on below."""
    folded = [chop_cells(cell, size) if cell else [""] for cell, size in zip(cells, sizes, strict=True)]
    for parts in zip_longest(*folded, fillvalue=""):
        line = Text()
        for part, size, style in zip(parts, sizes, styles, strict=True):
            line.append(part, style)
            line.append(" " * (size - cell_len(part) + GAP))
        line.rstrip()
        yield line
