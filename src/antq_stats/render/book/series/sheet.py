"""The sheet with the figures of all periods: of the root, and of the part of it that all periods have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

from antq_stats.form import Measure, Ratio
from antq_stats.render.book.context import Book
from antq_stats.render.book.heading import Paper, row_height, text_width
from antq_stats.render.book.layout import STUB, quoted, roman
from antq_stats.render.book.rows import RowSheet
from antq_stats.render.book.styles import HEAD, KEPT, across, look_of, set_page
from antq_stats.render.over_years.series_table import areas, boundary_lines, series_tables, shown_columns
from antq_stats.render.writing.paper import pages
from antq_stats.render.writing.table import (
    Align,
    PresentationTable,
    Row,
    cell_text,
    clean,
    is_provisional,
    marks_among,
    sign_legend,
)
from antq_stats.render.writing.workbook import CellWriter
from antq_stats.series.over_time import Series
from antq_stats.words.amounts import Amount
from antq_stats.words.text import column_letter

_NUMBER, _NAME = 6.0, 58.0
_NARROWEST = 13.0
_TOTAL, _GROUP, _PLAIN = (look_of(depth, 2) for depth in range(3))


class Place(NamedTuple):
    """A figure in a cell."""

    cell: str
    """The address of the cell, with the name of its sheet."""
    value: Amount | float


@dataclass(eq=False)
class SeriesWriter:
    """Writes the sheet with the figures of all periods.

    Parameters
    ----------
    book : the workbook.
    series : the periods.
    sheet : the sheet.
    name : name of the sheet.
    number : number of the table.
    totals : by code the cell of the latest period's figure on the sheet of the summary, if it is a number.
    cells : by code the figures of a measure or ratio of the last of the `areas`, a period each; None for what
        is not written as a number. They are filled when they are written.
    """

    book: Book
    series: Series
    sheet: RowSheet
    name: str
    number: int
    totals: Mapping[str, str]
    cells: dict[str, list[Place | None]] = field(default_factory=dict)

    @cached_property
    def tables(self) -> list[PresentationTable]:
        """The tables, an area each, all with the same heads."""
        return series_tables(self.series, self.book.wording)

    @cached_property
    def widths(self) -> list[float]:
        """The widths of the columns, in characters."""
        wording = self.book.wording
        rows = [row for table in self.tables for row in table.rows]
        figures = [
            max([_NARROWEST, *(text_width(cell_text(row.cells[place], wording), {}) + 3 for row in rows)])
            for place in range(len(self.tables[0].columns))
        ]
        return [_NUMBER, _NAME, *figures]

    @cached_property
    def starts(self) -> list[int]:
        """The columns at which a page begins; none if the table is as wide as one page."""
        return pages(self.widths, STUB, [])

    def write(self) -> None:
        """Write the whole sheet."""
        sheet, book, wording = self.sheet, self.book, self.book.wording
        for place, width in enumerate(self.widths):
            sheet.set_column(place, place, width)
        starts, last = self.starts, len(self.widths) - 1
        paper = Paper(sheet, book, self.widths[: starts[0] if starts else None], STUB if starts else 0)
        head = paper.titles(paper.attachment(self.number), self.tables[0].title) + 1
        row = first = write_heads(book, sheet, head, self.tables[0], self.widths)
        parts: list[int] = []
        for table, units in zip(self.tables, areas(self.series), strict=True):
            if row > first:
                parts.append(row)
            row = self._area(row, table, units)
            row = paper.legend(row + 1, [*sign_legend(table, wording), *table.legend]) + 1
        row = paper.legend(row, list(boundary_lines(self.series, wording)))
        end = paper.signatures(row)
        sheet.freeze_panes(first, STUB)
        kept = max([first, *parts, row - KEPT])
        set_page(sheet, self.widths, starts, (head, first - 1), (kept, end - 1), parts=parts)
        sheet.print_area(0, 0, end, last)

    def _area(self, row: int, table: PresentationTable, units: Sequence[int]) -> int:
        """Write the rows of an area; return the row after them."""
        book, last = self.book, len(self.widths) - 1
        if len(self.tables) > 1:
            self._band(row, "", table.subtitle, _TOTAL)
            row += 1
        if not table.rows:
            words = book.wording.phrase("table.empty")
            across(self.sheet, row, 0, last, words, book.formats(**_PLAIN, align="left"))
            return row + 1
        columns = iter(shown_columns(self.series, units))
        is_root = tuple(units) == (self.series.publication.root,)
        marked = [marks_among(each.cells[at] for each in table.rows) for at in range(last - 1)]
        section = place = 0
        for each in table.rows:
            if each.kind == "group":
                section, place = section + 1, 0
                self._band(row, roman(section), each.stub, _GROUP)
            else:
                place += 1
                self._row(row, place, each, next(columns), marked, is_root=is_root)
            row += 1
        return row

    def _band(self, row: int, number: str, text: str, look: dict[str, Any]) -> None:
        """Write a row of words; cells that are merged beyond a page would be cut off."""
        style = self.book.formats(**look, align="left", valign="vcenter", text_wrap=True)
        self.sheet.write(row, 0, number or None, self.book.formats(**look, align="center", valign="vcenter"))
        last = len(self.widths) - 1
        if not self.starts:
            across(self.sheet, row, 1, last, text, style)
            return
        self.sheet.write_string(row, 1, clean(text), style)
        self.sheet.set_row(row, row_height(text, _NAME - 1, look))
        for first, end in pairwise([STUB, *self.starts, last + 1]):
            across(self.sheet, row, first, end - 1, "", style)

    def _row(
        self,
        row: int,
        place: int,
        line: Row,
        column: Measure | Ratio,
        marked: Sequence[str],
        *,
        is_root: bool,
    ) -> None:
        formats, code = self.book.formats, column.code
        look: dict[str, Any] = {**_PLAIN, "valign": "vcenter"}
        writer = CellWriter(self.sheet, formats, self.book.wording, is_exact=True)
        self.sheet.write_number(row, 0, place, formats(**look, align="center"))
        words = {**look, "italic": True, "indent": 1} if isinstance(column, Ratio) else look
        self.sheet.write_string(row, 1, clean(line.stub), formats(**words, text_wrap=True))
        self.sheet.set_row(row, max(18.0, row_height(line.stub, _NAME - 1, {})))
        own_place, periods = self.series.place, len(self.series.periods)
        for at, cell in enumerate(line.cells):
            formula = f"={self.totals[code]}" if is_root and at == own_place and code in self.totals else None
            own = {**look, "italic": True} if is_provisional(cell) else look
            align: Align = "center" if at >= periods else "right"
            writer.put((row, at + STUB), cell, own, align=align, marked=marked[at], formula=formula)
        self.cells[code] = [
            Place(f"{quoted(self.name)}{column_letter(at + STUB)}{row + 1}", figure[0]) if figure else None
            for at, figure in enumerate(map(writer.figure, line.cells[:periods]))
        ]


def write_heads(
    book: Book, sheet: RowSheet, row: int, table: PresentationTable, widths: Sequence[float]
) -> int:
    """Write the heads of a table and the row of their numbers; return the row after them.

    Parameters
    ----------
    book : the workbook.
    sheet : the sheet.
    row : the row of the heads, counted from 0.
    table : the table.
    widths : the widths of the columns, in characters.
    """
    style, small = book.formats(**HEAD), book.formats(border=1, align="center", italic=True, font_size=10)
    labels = [
        book.wording.phrase("book.row-number"),
        table.stub_head,
        *(head.label for head in table.columns),
    ]
    texts = iter("CDEF")
    codes = ["A", "B"]
    for place, head in enumerate(table.columns, start=1):
        codes.append(next(texts) if head.align == "left" else str(place))
    for place, (label, code) in enumerate(zip(labels, codes, strict=True)):
        sheet.write_string(row, place, clean(label), style)
        sheet.write_string(row + 1, place, code, small)
    heights = (row_height(label, width - 1, HEAD) for label, width in zip(labels, widths, strict=False))
    sheet.set_row(row, max(heights) + 8)
    return row + 2
