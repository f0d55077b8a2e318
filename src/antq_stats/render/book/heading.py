"""The words above and below the table of a sheet: letterhead, titles, legend and signatures."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from antq_stats.render.book.context import Book
from antq_stats.render.book.styles import across
from antq_stats.render.writing.table import Column, spans

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet


class Paper:
    """Writes the words above and below the table of a sheet.

    Parameters
    ----------
    sheet : the sheet.
    book : the workbook.
    widths : the widths of the columns on the first page, in characters.
    first : first column of centred words: the one behind the columns that every page repeats, since merged
        cells across that edge are cut off.
    """

    def __init__(
        self,
        sheet: Worksheet,
        book: Book,
        widths: Sequence[float],
        first: int = 0,
    ) -> None:
        self.sheet = sheet
        self.formats = book.formats
        self.head = book.head
        self.wording = book.wording
        self.last = len(widths) - 1
        self.first = first if self.last > first + 1 else 0
        self.left = min(self.first + _split(widths[self.first :]), self.last - 1)
        sheet.set_default_row(17.25)
        self.characters = max(40, int(sum(widths[self.first :])))

    def line(self, row: int, text: str, **look: object) -> int:
        """Write a centred line over the whole width; return the next row."""
        style = self.formats(align="center", valign="vcenter", text_wrap=True, **look)
        across(self.sheet, row, self.first, self.last, text, style)
        return row + 1

    def sides(
        self, row: int, left: str, right: str, look: dict[str, object], other: dict[str, object]
    ) -> int:
        """Write a line of two blocks, each centred in its half; return the next row.

        A text that is wider than its half is shrunk to fit.

        Parameters
        ----------
        row : the row, counted from 0.
        left, right : the texts.
        look, other : properties of the formats of the left and the right block.
        """
        base = {"align": "center", "valign": "vcenter", "shrink": True}
        across(self.sheet, row, self.first, self.left, left, self.formats(**base, **look))
        across(self.sheet, row, self.left + 1, self.last, right, self.formats(**base, **other))
        return row + 1

    def letterhead(self, number: int) -> int:
        """Write the letterhead of the table with a number; return the next row."""
        head = self.head
        row = self.sides(0, head.parent, head.country, {"font_size": 12}, {"font_size": 12, "bold": True})
        row = self.sides(
            row, head.issuer, head.motto, {"font_size": 12, "bold": True, "underline": 1},
            {"font_size": 13, "bold": True, "underline": 1},
        )  # fmt: skip
        number_line = self.wording.phrase("book.number", number=f"{number:02d}")
        return self.sides(row, number_line, head.place_and_date, {}, {"font_size": 13, "italic": True}) + 1

    def attachment(self, number: int) -> int:
        """Write the head of a further table, by its number; return the next row."""
        number_line = self.wording.phrase("book.number", number=f"{number:02d}")
        row = self.sides(0, self.head.parent, number_line, {"font_size": 12}, {"bold": True})
        return self.sides(
            row, self.head.issuer, self.wording.phrase("book.attached"),
            {"font_size": 12, "bold": True, "underline": 1}, {"italic": True},
        )  # fmt: skip

    def titles(self, row: int, subtitle: str) -> int:
        """Write title, subtitle, period, and a note if figures are provisional; return the next row."""
        row = self.line(row, self.head.title, bold=True, font_size=14)
        if subtitle:
            row = self.line(row, subtitle, bold=True, font_size=13)
        row = self.line(row, self.head.period, italic=True, font_size=13)
        if self.head.provisional:
            row = self.line(row, self.head.provisional, bold=True, font_size=13)
        return row

    def unit_line(self, row: int) -> int:
        """Write the line on units of measure; return the next row."""
        style = self.formats(italic=True, align="right")
        across(self.sheet, row, 0, self.last, self.wording.phrase("book.unit-of-measure"), style)
        return row + 1

    def legend(self, row: int, lines: Sequence[str]) -> int:
        """Write footnotes; return the next row."""
        style = self.formats(italic=True, font_size=11, align="left", valign="top", text_wrap=True)
        for text in lines:
            across(self.sheet, row, self.first, self.last, text, style)
            self.sheet.set_row(row, 15.0 * -(-len(text) // self.characters) + 1)
            row += 1
        return row

    def signatures(self, row: int, *, dated: bool = True) -> int:
        """Write the blocks of signatures; return the next row.

        Parameters
        ----------
        row : the row, counted from 0.
        dated : whether to write place and date above; not on a sheet whose letterhead has them.
        """
        head = self.head
        row += 1
        if dated:
            row = self.sides(row, "", head.place_and_date, {}, {"italic": True, "font_size": 13})
        row = self.sides(row, head.drawn_up, head.signed_for, {"bold": True}, {"bold": True})
        row = self.sides(row, head.sign_here, head.signed_as, {"italic": True}, {"bold": True})
        return self.sides(row, "", head.sign_here, {}, {"italic": True}) + 4


def _split(widths: Sequence[float]) -> int:
    """Return the last column of the left half."""
    half, used = 0.46 * sum(widths), 0.0
    for place, width in enumerate(widths[:-1]):
        used += width
        if used >= half:
            return place
    return max(0, len(widths) - 2)


def section_lines(heads: tuple[Column, ...], widths: Sequence[float]) -> int:
    """Return the most lines that the head of a section takes.

    Parameters
    ----------
    heads : the columns of figures.
    widths : the widths of all columns, in characters.
    """
    stub = len(widths) - len(heads)
    lines = [
        len(textwrap.wrap(section, max(5, int(sum(widths[start + stub : end + stub]) - 1))))
        for section, start, end in spans(heads)
        if section
    ]
    return max(lines, default=1)
