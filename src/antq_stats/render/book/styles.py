"""Formats of cells and figures, and page setup."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from antq_stats.form import Measure, Ratio
from antq_stats.render.writing.paper import SMALLEST, print_scale
from antq_stats.render.writing.table import clean
from antq_stats.render.writing.workbook import amount_format, mark_format

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from antq_stats.render.book.rows import RowSheet

_GROUP = "#EDEDED"
_TOTAL = "#D9E2EC"
LOW = {"bg_color": "#FCE4D6", "bold": True}
ABSENT = {"bg_color": "#FFF2CC"}
PAGE_POINTS = 455.0
"""Height between the margins of A4 in landscape, less a slack for programs that draw higher rows."""
KEPT = 6
"""Rows of a table that are kept on the page of the signatures."""
_MOST_BREAKS = 1000  # Excel allows 1,026
HEAD = {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True}


def number_format(
    column: Measure | Ratio, marks: str = "", marked: str = "", *, decimals: int | None = None
) -> str:
    """Return the number format of a figure, in which its marks are part of the format.

    Parameters
    ----------
    column : the measure or ratio.
    marks : the marks of the figure.
    marked : the marks that figures of the column have; the others leave a space as wide.
    decimals : number of decimals; None for those of the column.
    """
    sign = "" if isinstance(column, Measure) else {100: "%", 1000: '"‰"'}.get(column.per, "")
    shape = amount_format(column.decimals if decimals is None else decimals)
    return f"{shape}{sign}{mark_format(marks, marked)}"


def look_of(depth: int, leaf: int) -> dict[str, Any]:
    """Return the properties of a row's format.

    Parameters
    ----------
    depth : level of the row below the total, which is 0.
    leaf : depth of the lowest level; rows above it head a group.
    """
    if depth == 0:
        return {"border": 1, "bold": True, "bg_color": _TOTAL}
    if depth == leaf:
        return {"border": 1}
    return {"border": 1, "bold": True, **({"bg_color": _GROUP} if depth == 1 else {})}


def across(sheet: Worksheet, row: int, first: int, last: int, text: str, style: Format) -> None:
    """Write a text over several columns of a row, which are merged.

    Parameters
    ----------
    sheet : the sheet.
    row : the row, counted from 0.
    first, last : the columns, counted from 0.
    text : the text.
    style : the format.
    """
    shown = clean(text)
    if first == last:
        sheet.write_string(row, first, shown, style)
    else:
        sheet.merge_range(row, first, row, last, "", style)
        sheet.write_string(row, first, shown, style)


def set_page(
    sheet: RowSheet,
    widths: Sequence[float],
    starts: Sequence[int],
    heads: tuple[int, int],
    end: tuple[int, int] | None = None,
    most: int = 0,
    parts: Sequence[int] | None = None,
) -> None:
    """Set paper size, margins (Decree 30/2020/NĐ-CP), repeated heads, scale, breaks and page numbers.

    Excel ignores breaks on a sheet that is fitted to pages. So a sheet of several pages from top to bottom
    has a scale and all its breaks, the last of which keeps the end of the table with the signatures. A sheet
    that fits one page on a legible scale has none.

    Parameters
    ----------
    sheet : the sheet, with all its rows.
    widths : the widths of the columns, in characters.
    starts : the first columns of pages; see `pages`.
    heads : first and last row of the heads, counted from 0.
    end : the first of the rows that stay on the page of the signatures, and the last row of all; None for a
        sheet without signatures.
    most : most rows that are fitted to one page.
    parts : first rows of further parts of a short sheet, which begin a page each; its scale is the largest
        at which it has the fewest pages. None for a sheet without parts.
    """
    page(sheet)
    sheet.repeat_rows(*heads)
    scale = print_scale(widths, 2, starts)
    breaks: list[int] = []
    if end is not None and parts is not None:
        heights = sheet.heights(end[1])
        scales = [scale, *range(scale - 1, int(100 * SMALLEST) - 1, -1)]
        found = [
            (page_rows(heights, heads, 100 * PAGE_POINTS / each, end[0], parts), each) for each in scales
        ]
        breaks, scale = min(found, key=lambda tried: len(tried[0]))  # the first, if several have as few
    elif end is not None and end[1] >= most:
        heights = sheet.heights(end[1])
        if heights.sum() <= PAGE_POINTS / SMALLEST:
            scale = min(scale, int(100 * PAGE_POINTS / heights.sum()))
        breaks = page_rows(heights, heads, 100 * PAGE_POINTS / scale, end[0])
    if starts:
        sheet.repeat_columns(0, 1)
        sheet.set_v_pagebreaks(list(starts))
    if starts or breaks:
        sheet.set_print_scale(scale)
        sheet.set_h_pagebreaks(breaks)
    else:
        sheet.fit_to_pages(1, 0 if end is None else 1)


def page_rows(
    heights: npt.NDArray[np.float64],
    heads: tuple[int, int],
    room: float,
    kept: int,
    parts: Sequence[int] = (),
) -> list[int]:
    """Return the rows at which a new page begins; an empty list if all rows fit one page.

    Parameters
    ----------
    heights : array of shape (rows,): the heights, in points.
    heads : first and last row of the heads, which each page repeats.
    room : the height between the margins, in points of the sheet.
    kept : the first of the rows that stay on the last page.
    parts : rows at which a page begins in any case.
    """
    ends = np.cumsum(heights)
    repeated = float(heights[heads[0] : heads[1] + 1].sum())
    breaks: list[int] = []
    used = 0.0
    waiting = list(parts)
    while waiting or ends[-1] > used + room:
        start = int(np.searchsorted(ends, used + room, side="right"))
        start = max(start, heads[1] + 1, breaks[-1] + 1 if breaks else 1)
        if waiting and waiting[0] <= start:
            start = waiting.pop(0)
        elif start > kept:
            return [*breaks, kept] if kept > max([heads[1], *breaks]) else breaks
        breaks.append(start)
        used = float(ends[start - 1]) - repeated
    return breaks if len(breaks) <= _MOST_BREAKS else [kept]


def page(sheet: Worksheet) -> None:
    """Set paper size, margins and page numbers."""
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(left=1.2, right=0.67, top=0.85, bottom=0.8)  # inches: 30, 17, 22, 20 mm
    sheet.set_header('&C&"Times New Roman,Regular"&13&P', {"margin": 0.4})
    sheet.hide_gridlines(2)
