"""The print of a table's sheet: widths of columns, where pages begin, the scale.

Programs ignore page breaks on a sheet that is fitted to pages, so a sheet with breaks states its scale.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from antq_stats.render.blank.layout import FIRST_ROW, HEADS_ROW, SheetLayout
from antq_stats.render.writing.paper import SLACK, inches, pages, print_scale

MARGINS = {"left": 0.6, "right": 0.4, "top": 0.6, "bottom": 0.6}
LINE = 16.0
"""Height of a line of 12 points, in points; also that of a row whose height is not set."""
_PAPER = 11.69 - MARGINS["left"] - MARGINS["right"]
_HEIGHT = 8.27 - MARGINS["top"] - MARGINS["bottom"]
_LEAST = 75
"""Smallest scale in per cent: the 11 points of the heads are printed with more than 8."""
_LARGEST = 80
"""Largest scale of a table on several pages: larger print takes more of them."""
_NARROWEST = 52.0
"""Least width of the measures of a page, in characters: the motto and the signature have room."""
_STRETCH = 2.0
"""Most by which columns are widened to fill a page."""
_KEPT = 3
"""Rows that stay on one page with the signatures."""


@dataclass(frozen=True)
class TablePages:
    """The pages of a table from left to right. Columns are counted from 0."""

    layout: SheetLayout
    widths: tuple[float, ...]
    """In characters."""
    spans: tuple[tuple[int, int], ...]
    """First and last column of each page, without the columns of units, which are repeated."""

    @property
    def is_one(self) -> bool:
        """Whether the table is as wide as one page."""
        return len(self.spans) == 1

    @property
    def starts(self) -> list[int]:
        """The first column of each page but the first."""
        return [first for first, _ in self.spans[1:]]

    @property
    def widest_scale(self) -> int:
        """Largest scale at which the widest page fits, in per cent."""
        return print_scale(self.widths, self.layout.first, self.starts, _PAPER)

    def width(self, first: int, last: int) -> float:
        """Return the width of neighbouring columns, in characters."""
        return sum(self.widths[first : last + 1])

    def sections(self) -> list[tuple[str, int, int]]:
        """Return the sections as `SheetLayout.sections` does, parted at the ends of pages."""
        return [
            (label, max(first, begin), min(last, end))
            for label, first, last in self.layout.sections()
            for begin, end in self.spans
            if begin <= last and end >= first
        ]

    def fits_one(self, heights: Mapping[int, float], end: int) -> bool:
        """Return whether a single page takes the table and the signatures; see `parted`."""
        return self.is_one and not self._row_breaks(heights, end, self.widest_scale)

    def parted(self, heights: Mapping[int, float], end: int) -> tuple[int, list[int]]:
        """Return the scale in per cent at which pages are fewest, and the rows at which they begin.

        Parameters
        ----------
        heights : the heights of rows, in points.
        end : the row after the last of the signatures, which stay on one page with some rows.
        """
        largest = min(_LARGEST, self.widest_scale)
        scales = range(largest, min(_LEAST, largest) - 1, -1)
        parted = [(scale, self._row_breaks(heights, end, scale)) for scale in scales]
        return min(parted, key=lambda found: len(found[1]))  # the first, so the largest, of those

    def _row_breaks(self, heights: Mapping[int, float], end: int, scale: int) -> list[int]:
        """Return the rows at which a new page begins from top to bottom."""

        def height(first: int, after: int) -> float:
            return sum(heights.get(row, LINE) for row in range(first, after))

        room = 72 * _HEIGHT * SLACK * 100 / scale
        kept = max(FIRST_ROW, self.layout.last_row + 1 - _KEPT)
        repeated = height(HEADS_ROW - 1, FIRST_ROW)
        breaks: list[int] = []
        filled = height(0, FIRST_ROW)
        for first, after in pairwise([*range(FIRST_ROW, kept + 1), end]):
            if filled + height(first, after) > room and first > FIRST_ROW:
                breaks.append(first)
                filled = repeated
            filled += height(first, after)
        return breaks


def table_pages(layout: SheetLayout) -> TablePages:
    """Return the pages of a table: as few as can be read, with a section parted only if it is wider than one.

    Parameters
    ----------
    layout : the sheet.
    """
    stub = layout.first
    widths = [5.0, 10.0, *[20.0] * (stub - 2)]
    widths += [_width_of(layout.words.head(measure)) for measure in layout.measures]
    breaks = [first for _, first, _ in layout.sections()]
    starts = pages(widths, stub, breaks, SLACK * _PAPER, _LEAST / 100)
    spans = [(first, after - 1) for first, after in pairwise([stub, *starts, layout.width])]
    scale = min(_LARGEST, print_scale(widths, stub, starts, _PAPER))
    room = 100 * SLACK * _PAPER / scale - sum(map(inches, widths[:stub]))
    for first, last in spans:
        page = widths[first : last + 1]
        factor = min(room / sum(map(inches, page)), _STRETCH) if starts else 1.0
        factor = max(factor, _NARROWEST / sum(page))
        widths[first : last + 1] = [_stretched(width, factor) for width in page]
    return TablePages(layout, tuple(widths), tuple(spans))


def _stretched(width: float, factor: float) -> float:
    """Return the width of a column whose printed size is multiplied, rounded down."""
    return math.floor((inches(width) * factor - inches(0)) / (inches(1) - inches(0)) * 10) / 10


def _width_of(head: str) -> float:
    """Return the width of a column, such that its head has about seven lines."""
    longest = max(map(len, head.split()), default=1)
    return float(min(max(7, 1.1 * longest, -(-len(head) // 7) + 1), 13))
