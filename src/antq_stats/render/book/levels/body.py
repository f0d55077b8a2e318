"""The cells of the sheet of a level: one row per unit, one column per measure and ratio."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np

from antq_stats.figures.status import Statuses
from antq_stats.form import Measure
from antq_stats.render.book.context import Book
from antq_stats.render.book.formulas import Parents
from antq_stats.render.book.layout import STUB, LevelSheet
from antq_stats.render.book.levels.cells import key_parts, keys_of, sign_cell
from antq_stats.render.book.levels.ratios import RatioCells
from antq_stats.render.book.rows import (
    BodyColumn,
    Cells,
    Run,
    body,
    cells_by,
    format_index,
    span,
    text_cell,
    within,
)
from antq_stats.render.book.styles import look_of, number_format
from antq_stats.render.book.values import (
    CONSTANT,
    DECIDED,
    FIGURE,
    LARGE,
    LIVE,
    TEXT,
    Shown,
    put_signs,
)
from antq_stats.render.writing.table import UNICODE
from antq_stats.words.amounts import plain
from antq_stats.words.text import column_letter


@dataclass(eq=False)
class LevelBody:
    """The rows of units of a level's sheet.

    Parameters
    ----------
    book : the workbook.
    layout : the layout of the sheet.
    looks : array of shape (rows,): the look of each row, 0 for the total, then by level from the top down.
    leaf : the look of the level's own rows.
    """

    book: Book
    layout: LevelSheet
    looks: Statuses
    leaf: int

    def lines(
        self, numbers: Sequence[int | str], names: Sequence[str], openings: Sequence[str]
    ) -> Iterator[bytes]:
        """Yield the rows as XML.

        Parameters
        ----------
        numbers, names : number and name of each row.
        openings : the attributes of a row for each look; see `body`.
        """
        columns = [self._numbers(numbers), self._names(names)]
        for place, shown in enumerate(self.layout.columns, start=STUB):
            letter, style = column_letter(place), self._styles(shown)
            if isinstance(shown.column, Measure):
                columns.append(self._measure(letter, shown, style))
            else:
                columns.append(RatioCells(self.layout, self.looks, shown, style).column(letter))
        return body(columns, self.looks, openings, self.layout.first + 1)

    def _style(self, look: int, **more: Any) -> int:  # noqa: ANN401 - XlsxWriter's own properties
        return format_index(self.book.formats(**look_of(look, self.leaf), **more))

    def _numbers(self, numbers: Sequence[int | str]) -> BodyColumn:
        codes = np.zeros(len(numbers), dtype=np.uint8)

        @cache
        def style(_code: int, look: int) -> int:
            return self._style(look, align="center")

        def make(key: tuple[int, int | str]) -> str:
            look, value = key
            if value == "":
                return f'" s="{style(0, look)}"/>'
            if isinstance(value, str):
                return text_cell(style(0, look), value)
            return f'" s="{style(0, look)}"><v>{value}</v></c>'

        return BodyColumn("A", codes, style, cells_by(make, self.looks, numbers))

    def _names(self, names: Sequence[str]) -> BodyColumn:
        codes = np.isin(self.layout.units, [*self.book.publication.concerned]).astype(np.uint8)

        @cache
        def style(code: int, look: int) -> int:
            mark = {"num_format": f'@"{UNICODE.decided}"'} if code else {}
            return self._style(look, align="left", indent=max(0, look - 1), **mark)

        def make(key: tuple[int, str]) -> str:
            _, code, look = key_parts(key[0])
            return text_cell(style(code, look), key[1])

        return BodyColumn("B", codes, style, cells_by(make, keys_of(self.looks, codes), names))

    # -- figures ---------------------------------------------------------------------------------

    def _styles(self, shown: Shown) -> Callable[[int, int], int]:
        """Return the function that gives the format of a cell of a measure or ratio by its code and look."""
        marked = shown.marked(self.layout.units)

        @cache
        def style(code: int, look: int) -> int:
            kind = code % DECIDED
            if kind > LIVE + 1:
                return self._style(look, align="right")
            marks = UNICODE.provisional * (kind & 1) + UNICODE.decided * (code >= DECIDED)
            shape = number_format(shown.column, marks, marked)
            return self._style(look, num_format=shape, **({"italic": True} if kind & 1 else {}))

        return style

    @cached_property
    def _parents(self) -> Parents:
        return self.book.formulas.parents(self.layout)

    def _measure(self, letter: str, shown: Shown, style: Callable[[int, int], int]) -> BodyColumn:
        units = self.layout.units
        kinds, decimals = shown.kinds[units], shown.decimals[0]
        live = self.book.formulas.live(shown, self.layout, self._parents)
        codes = np.full(len(units), CONSTANT, dtype=np.uint8)
        codes[live.rows] = LIVE
        codes[kinds == LARGE] = TEXT
        codes += shown.provisional[units] + DECIDED * shown.decided[units].astype(np.uint8)
        put_signs(codes, kinds)
        values = shown.values[units]
        constants = np.where(kinds == FIGURE, values, 0)
        constants[live.rows] = live.shapes
        keys = keys_of(self.looks, codes, constants)
        large = np.flatnonzero(kinds == LARGE)

        def make(key: int) -> str:
            value, code, look = key_parts(key)
            if code % DECIDED > LIVE + 1:
                return sign_cell(style(code, look), code)
            if code % DECIDED >= LIVE:  # the value is a place among the patterns
                content = f"<f>{live.patterns[value]}</f><v>{'%b' if decimals else '%d'}</v>"
            else:
                content = f"<v>{plain(value, decimals)}</v>"
            return f'" s="{style(code, look)}">{content}</c>'

        def text(row: int) -> str:
            number = self.book.wording.number(shown.amount(int(units[row])))
            return text_cell(style(int(codes[row]), int(self.looks[row])), number)

        def begin(after: str) -> Run:
            known = Cells(make, after)

            def cells(start: int, stop: int) -> Sequence[Iterable[bytes]]:
                found = [*map(known.__getitem__, keys[start:stop].tolist())]
                part = span(live.rows, start, stop)
                rows = live.rows[part]
                figures = values[rows].tolist()
                if decimals:
                    figures = [plain(value, decimals).encode() for value in figures]
                each = zip((rows - start).tolist(), live.filling[part], figures, strict=True)
                for place, filling, figure in each:
                    found[place] %= (*filling, figure)
                for row in within(large, start, stop):
                    found[row - start] = (text(row) + after).encode()
                return [found]

            return cells

        return BodyColumn(letter, codes, style, begin)
