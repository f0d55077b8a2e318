"""The cells of a ratio in the sheet of a level."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import repeat

import numpy as np
import numpy.typing as npt

from antq_stats.collection.collection import Truths
from antq_stats.figures.status import Statuses
from antq_stats.form import Ratio
from antq_stats.render.book.formulas import divisions, plain_division
from antq_stats.render.book.layout import LevelSheet
from antq_stats.render.book.levels.cells import key_parts, keys_of, sign_cell
from antq_stats.render.book.rows import BodyColumn, Cells, Run, within
from antq_stats.render.book.values import (
    BLANK,
    CONSTANT,
    DECIDED,
    FAILS,
    FIGURE,
    LIVE,
    MISSING,
    Shown,
    put_signs,
)
from antq_stats.render.writing.table import UNICODE
from antq_stats.words.amounts import plain

_KEPT = 1 << 14
"""Most texts of quotients that are kept."""


@dataclass(eq=False)
class RatioCells:
    """The cells of a ratio. A cell is the quotient of the cells of its two sides wherever that is the figure.

    Parameters
    ----------
    layout : the layout of the sheet.
    looks : array of shape (rows,): the look of each row.
    shown : the ratio.
    style : returns the format of a cell by its code and look.
    """

    layout: LevelSheet
    looks: Statuses
    shown: Shown
    style: Callable[[int, int], int]

    def column(self, letter: str) -> BodyColumn:
        """Return the column with a letter."""
        return BodyColumn(letter, self.codes, self.style, self._begin)

    @cached_property
    def sides(self) -> tuple[Shown | None, Shown | None]:
        """Numerator and denominator; None if the sheet has no such column."""
        column = self.shown.column
        assert isinstance(column, Ratio)  # noqa: S101
        by_code = {each.column.code: each for each in self.layout.columns}
        return by_code.get(column.numerator), by_code.get(column.denominator)

    @cached_property
    def kinds(self) -> Statuses:
        """Array of shape (rows,): the status of each ratio."""
        return self.shown.kinds[self.layout.units]

    @cached_property
    def is_plain(self) -> Truths:
        """Array of shape (rows,): whether the cell is the quotient of two others."""
        return plain_division(self.shown, *self.sides)[self.layout.units]

    @cached_property
    def is_whole(self) -> Truths:
        """Array of shape (rows,): whether the cell divides that of the numerator by a number."""
        above, below = self.sides
        if above is None or below is not None:
            return np.zeros(len(self.looks), dtype=np.bool_)
        same = (above.kinds == FIGURE) & (above.values == self.shown.numerators)
        return np.asarray(same[self.layout.units] & (self.kinds == FIGURE))

    @cached_property
    def codes(self) -> Statuses:
        """Array of shape (rows,): the code of each cell."""
        units, is_plain, kinds = self.layout.units, self.is_plain, self.kinds
        codes = np.where(is_plain, CONSTANT, LIVE).astype(np.uint8) + self.shown.provisional[units]
        codes += DECIDED * self.shown.decided[units].astype(np.uint8)
        put_signs(codes, kinds)
        codes[is_plain & (kinds == MISSING)] = FAILS
        codes[is_plain & (kinds == BLANK)] = FAILS + 1
        return codes

    @cached_property
    def quotients(self) -> npt.NDArray[np.float64]:
        """Array of shape (rows,): the numbers in the cells, without a zero that is negative."""
        return self.shown.quotients[self.layout.units] + 0.0

    @cached_property
    def factor(self) -> str:
        """What multiplies the quotient."""
        return "" if self.shown.factor == 1 else f"{self.shown.factor}*"

    def _formula(self, otherwise: str) -> list[str]:
        """Return the formula of a quotient of two cells around their two rows.

        Parameters
        ----------
        otherwise : what the cell shows if the division fails.
        """
        above, below = (self.layout.letters[side.column.code] if side else "" for side in self.sides)
        return [f"<f>IFERROR({self.factor}{above}", f"/{below}", f',"{otherwise}")</f>']

    def _pattern(self, key: int) -> str:
        """Return the pattern of a cell, which rows, formula and figure fill."""
        is_whole, code, look = key_parts(key)
        shape, kind = self.style(code, look), code % DECIDED
        if kind in (FAILS, FAILS + 1):
            sign = UNICODE.missing if kind == FAILS else ""
            return f'" s="{shape}" t="str">{"%d".join(self._formula(sign))}<v>{sign}</v></c>'
        if kind > LIVE + 1:
            return sign_cell(shape, code)
        formula = "<f>%b</f>" if kind >= LIVE else "%d".join(self._formula(""))
        if is_whole:
            above, _ = self.sides
            letter = self.layout.letters[above.column.code] if above else ""
            formula = f"<f>{self.factor}{letter}%d/%b</f>"
        return f'" s="{shape}">{formula}<v>%b</v></c>'

    def _base(self, key: tuple[int, float]) -> str:
        """Return the end of a cell that divides another by a number."""
        base, figure = key
        return f"/{plain(base, self.shown.decimals[1])}</f><v>{figure!r}</v></c>"

    def _begin(self, after: str) -> Run:
        known = Cells(self._pattern, after)
        keys = keys_of(self.looks, self.codes, self.is_whole.astype(np.int64))
        _, between, behind = self._formula("")
        is_divided = self.is_plain & (self.kinds == FIGURE)
        openings = Cells[int](lambda key: self._pattern(key).partition("%d")[0], "")
        endings = Cells[float](lambda value: f"{behind}<v>{value!r}</v></c>", after)
        bases = Cells[tuple[int, float]](self._base, after)
        denominators = self.shown.denominators[self.layout.units]
        fill = self._filling()

        def cells(start: int, stop: int) -> Sequence[Iterable[bytes]]:
            kinds = keys[start:stop].tolist()
            figures = self.quotients[start:stop].tolist()
            # mostly all are of one kind: then in parts, which are made once for each figure
            if is_divided[start:stop].all():
                opened, ended = map(openings.__getitem__, kinds), map(endings.__getitem__, figures)
                return opened, repeat(between.encode(), stop - start), ended
            if self.is_whole[start:stop].all():
                divided = zip(denominators[start:stop].tolist(), figures, strict=True)
                return map(openings.__getitem__, kinds), map(bases.__getitem__, divided)
            filling = fill(start, stop)
            return [[known[kind] % filled for kind, filled in zip(kinds, filling, strict=True)]]

        return cells

    def _filling(self) -> Callable[[int, int], list[tuple[object, ...]]]:
        """Return the function that returns what fills the patterns of some rows."""
        units, shown, first = self.layout.units, self.shown, self.layout.first + 1
        is_figure = self.kinds == FIGURE
        divided = np.flatnonzero(self.is_plain & is_figure)
        fails = np.flatnonzero(self.is_plain & ~is_figure)
        whole = np.flatnonzero(self.is_whole)
        written = np.flatnonzero(is_figure & ~self.is_plain & ~self.is_whole)
        text = lru_cache(_KEPT)(lambda value: repr(value).encode())

        def fill(start: int, stop: int) -> list[tuple[object, ...]]:
            figures = [*map(text, self.quotients[start:stop].tolist())]
            filling: list[tuple[object, ...]] = [()] * len(figures)
            for row in within(divided, start, stop):
                filling[row - start] = first + row, first + row, figures[row - start]
            for row in within(fails, start, stop):
                filling[row - start] = first + row, first + row
            rows = within(whole, start, stop)
            for row, base in zip(rows, shown.bases(units[rows]), strict=True):
                filling[row - start] = first + row, base.encode(), figures[row - start]
            rows = within(written, start, stop)
            for row, formula in zip(rows, divisions(shown, units[rows]), strict=True):
                filling[row - start] = formula.encode(), figures[row - start]
            return filling

        return fill
