"""Formats of cells and figures, and page setup."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from antq_stats.form import Measure, Ratio
from antq_stats.render.writing.table import UNICODE, clean
from antq_stats.render.writing.workbook import amount_format

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

PAGE_INCHES = 9.7
"""Width between the margins: A4 landscape minus 30 and 17 mm."""
_SMALLEST = 0.6
"""Smallest scale at which 11 points are legible; wider tables are spread over several pages."""
_SLACK = 0.96
"""Share of the width that is used, because some programs draw columns wider than Excel does."""
_GROUP = "#EDEDED"
_TOTAL = "#D9E2EC"
LOW = {"bg_color": "#FCE4D6", "bold": True}
ABSENT = {"bg_color": "#FFF2CC"}
HEAD = {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True}


def number_format(
    column: Measure | Ratio, *, provisional: bool, marked: bool, decimals: int | None = None
) -> str:
    """Return the number format of a figure, in which the provisional mark is part of the format.

    Parameters
    ----------
    column : the measure or ratio.
    provisional : whether the figure has the mark.
    marked : whether any figure of the column has it; the others then leave a space as wide.
    decimals : number of decimals; None for those of the column.
    """
    end = f'"{UNICODE.provisional}"' if provisional else f"_{UNICODE.provisional}" if marked else ""
    sign = "" if isinstance(column, Measure) else {100: "%", 1000: '"‰"'}.get(column.per, "")
    return f"{amount_format(column.decimals if decimals is None else decimals)}{sign}{end}"


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


def inches(width: float) -> float:
    """Return the width in inches of a column of a width in characters: a digit of the font has 8 pixels."""
    return (width + 0.71) * 8 / 96


def pages(widths: Sequence[float], stub: int, breaks: Sequence[int]) -> list[int]:
    """Return the columns at which a new page begins; an empty list if the table fits one page.

    Parameters
    ----------
    widths : the widths of the columns, in characters.
    stub : number of columns that are repeated on each page.
    breaks : the first columns of sections, before which pages should end.
    """
    room = PAGE_INCHES / _SMALLEST
    if sum(map(inches, widths)) <= room:
        return []
    room -= sum(map(inches, widths[:stub]))
    most = _page_starts(widths, stub, breaks, room)
    even = sum(map(inches, widths[stub:])) / (len(most) + 1)
    for tenths in range(10, 20):  # the narrowest pages of the same number: none is nearly empty
        starts = _page_starts(widths, stub, breaks, min(room, even * tenths / 10))
        if len(starts) <= len(most):
            return starts
    return most


def _page_starts(widths: Sequence[float], stub: int, breaks: Sequence[int], room: float) -> list[int]:
    """Return the first columns of pages; a page begins within a section only if that is wider than a page."""
    starts: list[int] = []
    begin = stub
    for place in range(stub, len(widths)):
        if sum(map(inches, widths[begin : place + 1])) > room and place > begin:
            begin = max((at for at in breaks if begin < at <= place), default=place)
            starts.append(begin)
    return starts


def set_page(
    sheet: Worksheet, widths: Sequence[float], starts: Sequence[int], heads: tuple[int, int], high: int = 0
) -> None:
    """Set paper size, margins (Decree 30/2020/NĐ-CP), repeated heads, scale and page numbers.

    Parameters
    ----------
    sheet : the sheet.
    widths : the widths of the columns, in characters.
    starts : the first columns of pages; see `pages`.
    heads : first and last row of the heads, counted from 0.
    high : most pages from top to bottom; 0 for no limit.
    """
    page(sheet)
    sheet.repeat_rows(*heads)
    if starts:
        sheet.repeat_columns(0, 1)
        sheet.set_v_pagebreaks(list(starts))
        edges = [2, *starts, len(widths)]
        stub = sum(map(inches, widths[:2]))
        widest = max(stub + sum(map(inches, widths[first:last])) for first, last in pairwise(edges))
        sheet.set_print_scale(max(10, min(100, int(100 * _SLACK * PAGE_INCHES / widest))))
    else:
        sheet.fit_to_pages(1, high)


def page(sheet: Worksheet) -> None:
    """Set paper size, margins and page numbers."""
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(left=1.2, right=0.67, top=0.85, bottom=0.8)  # inches: 30, 17, 22, 20 mm
    sheet.set_header('&C&"Times New Roman,Regular"&13&P', {"margin": 0.4})
    sheet.hide_gridlines(2)
