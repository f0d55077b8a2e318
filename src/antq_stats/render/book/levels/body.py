"""The cells of the sheet of a level: one row per unit, one column per measure and ratio."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from antq_stats.collection.collection import Integers
from antq_stats.figures.status import Statuses
from antq_stats.form import Measure, Ratio
from antq_stats.render.book.context import Book
from antq_stats.render.book.formulas import Parents, divisions, plain_division
from antq_stats.render.book.layout import STUB, LevelSheet
from antq_stats.render.book.rows import (
    BodyColumn,
    Cells,
    Run,
    body,
    cells_by,
    format_index,
    text_cell,
    within,
)
from antq_stats.render.book.styles import look_of, number_format
from antq_stats.render.book.values import (
    BLANK,
    CONSTANT,
    DECIDED,
    FAILS,
    FIGURE,
    LARGE,
    LIVE,
    MISSING,
    SIGNS,
    TEXT,
    Shown,
    put_signs,
)
from antq_stats.render.writing.table import UNICODE
from antq_stats.words.amounts import plain
from antq_stats.words.text import column_letter

_CODES = 2 * DECIDED
"""More than any code of a cell."""
_LOOKS = 1 << 7
"""More than any look. A figure of `EXACT` steps, a look and a code are one number of 64 bits."""


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
            made = self._measure if isinstance(shown.column, Measure) else self._ratio
            columns.append(made(column_letter(place), shown))
        return body(columns, self.looks, openings, self.layout.first + 1)

    def _style(self, look: int, **more: Any) -> int:  # noqa: ANN401 - XlsxWriter's own properties
        return format_index(self.book.formats(**look_of(look, self.leaf), **more))

    def _numbers(self, numbers: Sequence[int | str]) -> BodyColumn:
        codes = np.zeros(len(numbers), dtype=np.uint8)

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

        def style(code: int, look: int) -> int:
            mark = {"num_format": f'@"{UNICODE.decided}"'} if code else {}
            return self._style(look, align="left", indent=max(0, look - 1), **mark)

        def make(key: tuple[int, str]) -> str:
            look, code = divmod(key[0], _CODES)
            return text_cell(style(code, look), key[1])

        return BodyColumn("B", codes, style, cells_by(make, self._keys(codes), names))

    # -- figures ---------------------------------------------------------------------------------

    def _styles(self, shown: Shown) -> Callable[[int, int], int]:
        """Return the function that gives the format of a cell of a measure or ratio by its code and look."""
        marked = shown.marked(self.layout.units)

        def style(code: int, look: int) -> int:
            kind = code % DECIDED
            if kind > LIVE + 1:
                return self._style(look, align="right")
            marks = UNICODE.provisional * (kind & 1) + UNICODE.decided * (code >= DECIDED)
            shape = number_format(shown.column, marks, marked)
            return self._style(look, num_format=shape, **({"italic": True} if kind & 1 else {}))

        return style

    def _keys(self, codes: Statuses, figures: Integers | int = 0) -> Integers:
        """Return a number for each row that says its figure, its look and its code."""
        return np.asarray((figures * _LOOKS + self.looks.astype(np.int64)) * _CODES + codes)

    @cached_property
    def _parents(self) -> Parents:
        return self.book.formulas.parents(self.layout)

    def _measure(self, letter: str, shown: Shown) -> BodyColumn:
        units = self.layout.units
        kinds, decimals = shown.kinds[units], shown.decimals[0]
        live = self.book.formulas.live(shown, self.layout, self._parents)
        codes = np.full(len(units), CONSTANT, dtype=np.uint8)
        codes[live.rows] = LIVE
        codes[kinds == LARGE] = TEXT
        codes += shown.provisional[units] + DECIDED * shown.decided[units].astype(np.uint8)
        put_signs(codes, kinds)
        keys = self._keys(codes, np.where(kinds == FIGURE, shown.values[units], 0))
        large = np.flatnonzero(kinds == LARGE)
        style = self._styles(shown)

        def make(key: int) -> str:
            value, code, look = _parts(key)
            if code % DECIDED > LIVE + 1:
                return _sign(style(code, look), code)
            formula = "<f>%b</f>" if code % DECIDED >= LIVE else ""
            return f'" s="{style(code, look)}">{formula}<v>{plain(value, decimals)}</v></c>'

        def text(row: int) -> str:
            number = self.book.wording.number(shown.amount(int(units[row])))
            return text_cell(style(int(codes[row]), int(self.looks[row])), number)

        def begin(after: str) -> Run:
            known = Cells(make, after)

            def cells(start: int, stop: int) -> list[bytes]:
                found = [*map(known.__getitem__, keys[start:stop].tolist())]
                first, last = live.rows.searchsorted((start, stop)).tolist()
                for row, formula in zip(live.rows[first:last].tolist(), live.texts(first, last), strict=True):
                    found[row - start] %= formula
                for row in within(large, start, stop):
                    found[row - start] = (text(row) + after).encode()
                return found

            return cells

        return BodyColumn(letter, codes, style, begin)

    def _ratio(self, letter: str, shown: Shown) -> BodyColumn:
        assert isinstance(shown.column, Ratio)  # noqa: S101
        units, letters = self.layout.units, self.layout.letters
        kinds = shown.kinds[units]
        by_code = {column.column.code: column for column in self.layout.columns}
        above, below = (by_code.get(side) for side in (shown.column.numerator, shown.column.denominator))
        is_plain = plain_division(shown, above, below)[units]
        codes = np.where(is_plain, CONSTANT, LIVE).astype(np.uint8) + shown.provisional[units]
        codes += DECIDED * shown.decided[units].astype(np.uint8)
        put_signs(codes, kinds)
        codes[is_plain & (kinds == MISSING)] = FAILS
        codes[is_plain & (kinds == BLANK)] = FAILS + 1
        keys, style = self._keys(codes), self._styles(shown)
        factor = "" if shown.factor == 1 else f"{shown.factor}*"
        cells_of = f"{letters[above.column.code]}%d/{letters[below.column.code]}%d" if above and below else ""
        live = f"<f>IFERROR({factor}{cells_of},{{}})</f>"
        texts = self._divisions(shown, above, below)

        def make(key: int) -> str:
            _, code, look = _parts(key)
            shape, kind = style(code, look), code % DECIDED
            if kind in (FAILS, FAILS + 1):
                sign = UNICODE.missing if kind == FAILS else ""
                quoted = live.format(f'"{sign}"')
                return f'" s="{shape}" t="str">{quoted}<v>{sign}</v></c>'
            if kind > LIVE + 1:
                return _sign(shape, code)
            formula = live.format('""') if kind < LIVE else "<f>%b</f>"
            return f'" s="{shape}">{formula}<v>%a</v></c>'

        is_figure = kinds == FIGURE
        fails = np.flatnonzero(is_plain & ~is_figure)
        divided, written = np.flatnonzero(is_plain & is_figure), np.flatnonzero(is_figure & ~is_plain)
        values, first = shown.quotients[units], self.layout.first + 1

        def begin(after: str) -> Run:
            known = Cells(make, after)

            def cells(start: int, stop: int) -> list[bytes]:
                found = [*map(known.__getitem__, keys[start:stop].tolist())]
                quotients = values[start:stop].tolist()
                for row in within(divided, start, stop):
                    found[row - start] %= (first + row, first + row, quotients[row - start])
                for row in within(fails, start, stop):
                    found[row - start] %= (first + row, first + row)
                rows = within(written, start, stop)
                for row, text in zip(rows, texts(rows), strict=True):
                    found[row - start] %= (text.encode(), quotients[row - start])
                return found

            return cells

        return BodyColumn(letter, codes, style, begin)

    def _divisions(
        self, shown: Shown, above: Shown | None, below: Shown | None
    ) -> Callable[[list[int]], list[str]]:
        """Return the function that gives the formulas of a ratio in rows where no two cells divide to it.

        Parameters
        ----------
        shown : the ratio.
        above, below : numerator and denominator; None if the sheet has no such column.
        """
        whole = np.zeros(len(self.looks), dtype=np.bool_)
        letter = ""
        if above is not None and below is None:
            same = (above.kinds == FIGURE) & (above.values == shown.numerators)
            whole, letter = same[self.layout.units], self.layout.letters[above.column.code]
        first = self.layout.first + 1

        def texts(rows: list[int]) -> list[str]:
            cells = [
                f"{letter}{first + row}" if is_whole else None
                for row, is_whole in zip(rows, whole[rows].tolist(), strict=True)
            ]
            return divisions(shown, self.layout.units[rows], cells)

        return texts


def _parts(key: int) -> tuple[int, int, int]:
    """Return figure, code and look of a cell; see `LevelBody._keys`."""
    figure, rest = divmod(key, _LOOKS * _CODES)
    look, code = divmod(rest, _CODES)
    return figure, code, look


def _sign(style: int, code: int) -> str:
    """Return a cell without a figure; one of a figure with too many digits is put in its place."""
    sign = SIGNS.get(code % DECIDED)
    return f'" s="{style}"/>' if sign is None else text_cell(style, sign)
