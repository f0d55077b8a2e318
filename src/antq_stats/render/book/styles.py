"""Formats of cells and figures, and page setup."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from antq_stats.form import Measure, Ratio
from antq_stats.render.writing.table import UNICODE, clean
from antq_stats.render.writing.workbook import amount_format, print_scale

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

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
        sheet.set_print_scale(print_scale(widths, 2, starts))
    else:
        sheet.fit_to_pages(1, high)


def page(sheet: Worksheet) -> None:
    """Set paper size, margins and page numbers."""
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(left=1.2, right=0.67, top=0.85, bottom=0.8)  # inches: 30, 17, 22, 20 mm
    sheet.set_header('&C&"Times New Roman,Regular"&13&P', {"margin": 0.4})
    sheet.hide_gridlines(2)
