"""The words above and below the table of a sheet: letterhead, titles, legend and signatures."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from antq_stats.render.book.context import Book
from antq_stats.render.book.layout import LevelSheet
from antq_stats.render.book.styles import across
from antq_stats.render.writing.table import Column, spans

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet


_NARROWEST, _WIDEST_NAME = 84.0, 42.0
"""Least width of a sheet, for its letterhead, and greatest width of the names of units, in characters."""
_SECTION_LINES = 2.5
"""Lines of the head of a section, beyond which its columns are made wider."""
_ROW = 15.75  # points
_WRAPPED = 1.08  # the end of a wrapped line stays blank
_LINE = 1.34  # height of a line, in sizes of its font


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
        sheet.set_default_row(_ROW)
        self.halves = (sum(widths[self.first : self.left + 1]), sum(widths[self.left + 1 :]))
        self.characters = max(40, int(sum(self.halves)))

    def line(self, row: int, text: str, **look: Any) -> int:  # noqa: ANN401 - XlsxWriter's own properties
        """Write a centred line over the whole width, wrapped if it is wider; return the next row."""
        style = self.formats(align="center", valign="vcenter", text_wrap=True, **look)
        across(self.sheet, row, self.first, self.last, text, style)
        self.sheet.set_row(row, row_height(text, sum(self.halves), look))
        return row + 1

    def sides(self, row: int, left: str, right: str, look: dict[str, Any], other: dict[str, Any]) -> int:
        """Write a line of two blocks, each centred in its half; return the next row.

        A text that is wider than its half is wrapped.

        Parameters
        ----------
        row : the row, counted from 0.
        left, right : the texts.
        look, other : properties of the formats of the left and the right block.
        """
        places = ((self.first, self.left), (self.left + 1, self.last))
        heights = []
        for text, width, (first, last), own in zip(
            (left, right), self.halves, places, (look, other), strict=True
        ):
            is_wide = text_width(text, own) > width
            fit = {"text_wrap": True} if is_wide else {"shrink": True}
            style = self.formats(align="center", valign="vcenter", **fit, **own)
            across(self.sheet, row, first, last, text, style)
            heights.append(row_height(text, width, own))
        self.sheet.set_row(row, max(heights))
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


def text_width(text: str, look: Mapping[str, Any]) -> float:
    """Return the width of a text of Times New Roman, about, in digits of 12 points.

    Parameters
    ----------
    text : the text.
    look : the properties of its format.
    """
    ems = sum(0.72 if letter.isupper() else 0.28 if letter in " .,:;'()-/" else 0.5 for letter in text)
    return ems * (1.05 if look.get("bold") else 1.0) * float(look.get("font_size", 12)) / 6


def row_height(text: str, width: float, look: Mapping[str, Any]) -> float:
    """Return the height of a row for a text that is wrapped within a width, in points."""
    used = text_width(text, look)
    lines = 1 if used <= width else math.ceil(_WRAPPED * used / width)
    return max(_ROW, math.ceil(4 * _LINE * lines * float(look.get("font_size", 12))) / 4)


def _split(widths: Sequence[float]) -> int:
    """Return the last column of the left half."""
    half, used = 0.46 * sum(widths), 0.0
    for place, width in enumerate(widths[:-1]):
        used += width
        if used >= half:
            return place
    return max(0, len(widths) - 2)


def level_heads(book: Book, layout: LevelSheet) -> tuple[Column, ...]:
    """Return the heads of the columns of figures of a level's sheet.

    Parameters
    ----------
    book : the workbook.
    layout : the layout of the sheet.
    """
    form, wording = book.publication.form, book.wording
    sections = {section.code: wording.say(section.label) for section in form.sections}
    return tuple(
        Column(
            shown.column.code,
            wording.say(shown.column.label),
            form.unit(shown.column.code, wording.lang),
            sections.get(shown.column.section or ""),
        )
        for shown in layout.columns
    )


def sheet_widths(
    heads: tuple[Column, ...], figures: Sequence[int], names: Sequence[str], numbers: Sequence[int | str]
) -> list[float]:
    """Return the widths of the columns of a level's sheet, in characters: wide enough for its letterhead.

    Parameters
    ----------
    heads : the columns of figures.
    figures : the characters of the longest figure of each column.
    names, numbers : names of the units, and numbers of their rows.
    """
    longest = max((len(number) for number in numbers if isinstance(number, str)), default=0)
    name = float(min(max(*map(len, names), 14) + 3, _WIDEST_NAME))
    widths = [max(5.0, longest + 2.0), name, *_head_widths(heads, figures)]
    lack = max(0.0, _NARROWEST - sum(widths))
    more = min(lack, _WIDEST_NAME - name)
    columns = (width + (lack - more) / len(heads) for width in widths[2:])
    return [widths[0], name + more, *columns]


def _head_widths(heads: tuple[Column, ...], figures: Sequence[int]) -> list[float]:
    """Return widths of the columns of figures in which neither heads nor sections get tall."""
    widths: list[float] = [
        max(8.5, figure + 3, _longest_word(head.label) + 1.5, min(18, len(head.label) / 4.2))
        for head, figure in zip(heads, figures, strict=True)
    ]
    for section, start, end in spans(heads):
        if section:
            least = max(_longest_word(section) + 1.5, len(section) / _SECTION_LINES + 3)
            more = max(0.0, least - sum(widths[start:end])) / (end - start)
            widths[start:end] = [width + more for width in widths[start:end]]
    return widths


def _longest_word(text: str) -> int:
    return max(map(len, text.replace(",", " ").split()), default=0)


def page_spans(heads: tuple[Column, ...], starts: Sequence[int]) -> Iterator[tuple[str | None, int, int]]:
    """Yield the heads of sections, once on each page: label, first column, and the column after the last.

    Parameters
    ----------
    heads : the columns of figures.
    starts : those of them that begin a page.
    """
    for section, start, end in spans(heads):
        for first, last in pairwise([start, *(at for at in starts if start < at < end), end]):
            yield section, first, last


def section_lines(heads: tuple[Column, ...], widths: Sequence[float], starts: Sequence[int]) -> int:
    """Return the most lines that the head of a section takes.

    Parameters
    ----------
    heads : the columns of figures.
    widths : the widths of all columns, in characters.
    starts : the columns of figures that begin a page.
    """
    stub = len(widths) - len(heads)
    lines = [
        len(textwrap.wrap(section, max(5, int(sum(widths[start + stub : end + stub]) - 1))))
        for section, start, end in page_spans(heads, starts)
        if section
    ]
    return max(lines, default=1)
