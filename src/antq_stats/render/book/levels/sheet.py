"""The sheet of a level: its heads, its marks, and what stands around its body."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from antq_stats.collection.collection import Truths
from antq_stats.figures.status import Statuses
from antq_stats.form import Measure
from antq_stats.render.book.context import Book
from antq_stats.render.book.heading import Paper, level_heads, page_spans, section_lines, sheet_widths
from antq_stats.render.book.layout import STUB, LevelSheet, column_numbers, numbering
from antq_stats.render.book.levels.body import LevelBody
from antq_stats.render.book.rows import RowSheet
from antq_stats.render.book.styles import (
    ABSENT,
    HEAD,
    KEPT,
    LOW,
    across,
    set_page,
)
from antq_stats.render.book.values import (
    FIGURE,
    MISSING,
    NOT_SUMMED,
    WITHHELD,
)
from antq_stats.render.words import level_word, unit_names
from antq_stats.render.writing.paper import pages
from antq_stats.render.writing.table import UNICODE, Column, clean, spans
from antq_stats.words.amounts import Amount
from antq_stats.words.text import column_letter

_DECILE = 10
_FOLDED_FROM = 200
"""Rows from which a sheet is folded, so that it prints on a few pages."""
_MOST_UNFOLDED = 40
"""Most rows of the first level that stay in view; more are folded too: their own sheet prints them."""


@dataclass(eq=False)
class LevelWriter:
    """Writes the sheet of a level.

    Parameters
    ----------
    book : the workbook.
    layout : the layout of the sheet.
    sheet : the sheet.
    number : number of the table.
    """

    book: Book
    layout: LevelSheet
    sheet: RowSheet
    number: int

    @cached_property
    def looks(self) -> Statuses:
        """Array of shape (rows,): the look of each row, 0 for the total, then by level from the top down."""
        levels = np.array(self.book.publication.register.units.levels)[self.layout.units]
        looks = np.zeros(len(levels), dtype=np.uint8)
        for place, level in enumerate(self.layout.levels, start=1):
            looks[levels == level] = place
        looks[self.layout.units == self.book.publication.root] = 0
        return looks

    @cached_property
    def leaf(self) -> int:
        """The look of the level's own rows."""
        return len(self.layout.levels)

    @property
    def is_folded(self) -> bool:
        """Whether rows of lower levels are folded up: at a click on the screen, but not in print."""
        return self.leaf > 1 and len(self.layout.units) > _FOLDED_FROM

    @cached_property
    def hidden(self) -> Truths:
        """Array of shape (rows,): whether a row is folded up."""
        return self.looks > self.unfolded if self.is_folded else np.zeros(len(self.looks), dtype=np.bool_)

    @cached_property
    def unfolded(self) -> int:
        """The lowest look of the rows that stay in view where the sheet is folded."""
        return int((self.looks == 1).sum() <= _MOST_UNFOLDED)

    def write(self) -> None:
        """Write the whole sheet."""
        layout, sheet = self.layout, self.sheet
        register, root = self.book.publication.register, self.book.publication.root
        names = unit_names(register, layout.units.tolist())
        names[layout.units.tolist().index(root)] = self.book.wording.phrase("book.total")
        widths = self._widths(names)
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)
        breaks = [STUB + start for _, start, _ in spans(self._heads)]
        starts = pages(widths, STUB, breaks)
        paper = Paper(sheet, self.book, widths[: starts[0] if starts else None], STUB if starts else 0)
        row = paper.attachment(self.number)
        words = level_word(register, layout.level, self.book.wording)
        row = paper.titles(row, self.book.wording.phrase("book.by-level", level=words))
        row = paper.unit_line(row)
        assert row == layout.head_row  # noqa: S101 - the formulas rely on it
        self._write_heads(widths, [start - STUB for start in starts])
        self._write_body(names)
        self._mark()
        row = paper.legend(layout.last + 2, self._legend())
        last = paper.signatures(row)
        sheet.freeze_panes(layout.first, STUB)
        sheet.outline_settings(symbols_below=False)
        kept = max(layout.first, layout.last + 1 - KEPT)
        set_page(sheet, widths, starts, (layout.head_row, layout.first - 1), (kept, last - 1))
        sheet.print_area(0, 0, last, len(widths) - 1)

    @cached_property
    def _heads(self) -> tuple[Column, ...]:
        return level_heads(self.book, self.layout)

    def _widths(self, names: Sequence[str]) -> list[float]:
        figures = []
        for shown in self.layout.columns:
            greatest: Amount = 1000
            if isinstance(shown.column, Measure):
                greatest = shown.column.amount(int(shown.values.max(initial=0)))
            figures.append(len(f"{greatest:,}"))
        return sheet_widths(self._heads, figures, names, self.numbers)

    def _write_heads(self, widths: Sequence[float], starts: Sequence[int]) -> None:
        """Write three rows: sections, measures with their units of measure, numbers of the columns."""
        sheet, top = self.sheet, self.layout.head_row
        style = self.book.formats(**HEAD, font_size=11)
        heads = self._heads
        sheet.merge_range(top, 0, top + 1, 0, self.book.wording.phrase("book.row-number"), style)
        sheet.merge_range(top, 1, top + 1, 1, self.book.wording.phrase("column.unit"), style)
        lines = 1
        for section, start, end in page_spans(heads, starts):
            for place in range(start, end):
                head = heads[place]
                text = clean(head.label) + (f"\n({clean(head.unit)})" if head.unit else "")
                wrapped = textwrap.wrap(clean(head.label), max(5, int(widths[place + STUB] - 1)))
                lines = max(lines, len(wrapped) + bool(head.unit))
                if section:
                    sheet.write_string(top + 1, place + STUB, text, style)
                else:
                    sheet.merge_range(top, place + STUB, top + 1, place + STUB, text, style)
            if section:
                across(sheet, top, start + STUB, end - 1 + STUB, section, style)
        sheet.set_row(top, 16.0 * min(5, section_lines(heads, widths, starts)) + 2)
        sheet.set_row(top + 1, min(15.0 * lines + 4, 400.0))
        small = self.book.formats(border=1, align="center", italic=True, font_size=10)
        for place, text in enumerate(["A", "B", *column_numbers(self.layout.columns)]):
            sheet.write_string(top + 2, place, text, small)

    # -- the body --------------------------------------------------------------------------------

    def _write_body(self, names: Sequence[str]) -> None:
        layout = self.layout
        first = self.unfolded if self.is_folded else 1
        levels = [max(0, look - first) for look in range(self.leaf + 1)]
        openings = [f' outlineLevel="{min(level, 7)}"' if level else "" for level in levels]
        if self.is_folded:
            openings = [opening + ' hidden="1"' * bool(opening) for opening in openings]
            for look in range(first, self.leaf):  # rows of heads, which stand above what is folded
                openings[look] += ' collapsed="1"'
        self.sheet.outline_row_level = min(max(levels), 7)
        lines = LevelBody(self.book, layout, self.looks, self.leaf).lines(self.numbers, names, openings)
        width = STUB + len(layout.columns)
        heights = np.where(self.hidden, 0.0, self.sheet.default_height)
        self.sheet.put_body(layout.first, width, heights, lines, self.book.package)

    @cached_property
    def numbers(self) -> list[int | str]:
        """The number of each row, or an empty text."""
        return numbering(self.book.publication.register, self.layout.units.tolist(), self.layout.level)

    # -- marks and what they mean ----------------------------------------------------------------

    def _mark(self) -> None:
        """Mark missing cells, and the lowest tenth of each ratio among the rows of the level."""
        layout, sheet = self.layout, self.sheet
        last = STUB + len(layout.columns) - 1
        made = self.book.workbook.add_format
        if self._has(MISSING):
            rule = {"type": "cell", "criteria": "==", "value": f'"{UNICODE.missing}"', "format": made(ABSENT)}
            sheet.conditional_format(layout.first, STUB, layout.last, last, rule)
        for place, limit in self._lowest.items():
            cell = f"{column_letter(place)}{layout.first + 1}"
            low = f"=AND(ISNUMBER($A{layout.first + 1}),ISNUMBER({cell}),{cell}<={limit!r})"
            rule = {"type": "formula", "criteria": low, "format": made(LOW)}
            sheet.conditional_format(layout.first, place, layout.last, place, rule)

    @cached_property
    def _lowest(self) -> dict[int, float]:
        """The greatest ratio within the lowest tenth, by column.

        A column has none with fewer than ten figures, or if ties put more than a fifth into the tenth.
        """
        limits = {}
        units = self.layout.units[self.looks == self.leaf]
        for place, shown in enumerate(self.layout.columns, start=STUB):
            if isinstance(shown.column, Measure):
                continue
            values = np.sort(shown.quotients[units[shown.kinds[units] == FIGURE]])
            if len(values) < _DECILE:
                continue
            limit = float(values[len(values) // _DECILE - 1])
            if int((values <= limit).sum()) * 5 <= len(values):
                limits[place] = limit
        return limits

    def _has(self, kind: int) -> bool:
        return any(bool((shown.kinds[self.layout.units] == kind).any()) for shown in self.layout.columns)

    def _legend(self) -> list[str]:
        wording = self.book.wording
        lines = [wording.phrase("book.folded")] if self.is_folded else []
        if any(bool(shown.provisional[self.layout.units].any()) for shown in self.layout.columns):
            lines.append(f"{UNICODE.provisional} {wording.phrase('sign.provisional')}")
        if self.book.decided:
            lines.append(f"{UNICODE.decided} {self.book.decided}")
        if self._has(MISSING):
            words = map(wording.phrase, ("sign.missing", "book.shaded"))
            lines.append(f"{UNICODE.missing} {'; '.join(words)}")
        if self._has(WITHHELD):
            lines.append(f"{UNICODE.suppressed} {wording.phrase('sign.suppressed')}")
        if self._has(NOT_SUMMED):
            lines.append(f"{UNICODE.not_summed} {wording.phrase('sign.not-summed')}")
        if self._lowest:
            lines.append(wording.phrase("book.lowest"))
        if self.layout.withheld:
            names = "; ".join(wording.say(shown.column.label) for shown in self.layout.withheld)
            lines.append(wording.phrase("book.left-out", names=names))
        return lines
