"""Formulas of the workbook: which cells are sums of other cells, and which must be constants.

A formula is written only if its result is the published figure. A sum over cells of which one is withheld
would be wrong, and would disclose the withheld figure; such a figure is a constant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

import numpy as np

from antq_stats.collection.collection import Truths
from antq_stats.form import Measure
from antq_stats.register.register import UnitRegister
from antq_stats.render.book.layout import LevelSheet
from antq_stats.render.book.values import FIGURE, LARGE, MISSING, WITHHELD, Shown

_MOST_RANGES = 60


@dataclass(eq=False)
class Formulas:
    """The formulas of a workbook.

    Parameters
    ----------
    register : the register.
    sheets : the sheets of levels, from the top down.
    root : position of the unit that the report is on.
    """

    register: UnitRegister
    sheets: Sequence[LevelSheet]
    root: int
    _by_level: dict[int, LevelSheet] = field(default_factory=dict)
    _sums: dict[str, Truths] = field(default_factory=dict)
    _ranges: dict[int, tuple[tuple[int, int, int], ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Index the sheets by level."""
        self._by_level = {sheet.level: sheet for sheet in self.sheets}

    def home(self, unit: int) -> LevelSheet | None:
        """Return the sheet with a unit's own row; for the root, the first sheet."""
        if unit == self.root:
            return self.sheets[0] if self.sheets else None
        return self._by_level.get(self.register.units.levels[unit])

    def ranges(self, unit: int) -> tuple[tuple[int, int, int], ...]:
        """Return the rows of the units directly under a unit, as runs of level, first row and last row."""
        known = self._ranges.get(unit)
        if known is not None:
            return known
        runs: list[tuple[int, int, int]] = []
        levels = self.register.units.levels
        for child in self.register.units.children.get(unit, ()):
            sheet = self._by_level.get(levels[child])
            if sheet is None:
                continue
            row = int(sheet.row[child])
            if runs and runs[-1][0] == levels[child] and runs[-1][2] == row - 1:
                runs[-1] = (levels[child], runs[-1][1], row)
            else:
                runs.append((levels[child], row, row))
        self._ranges[unit] = tuple(runs)
        return self._ranges[unit]

    def is_sum(self, column: Shown) -> Truths:
        """Return, per unit, whether its cell is the sum of the cells of the units directly under it."""
        code = column.column.code
        if code not in self._sums:
            self._sums[code] = self._check_sums(column)
        return self._sums[code]

    def _check_sums(self, column: Shown) -> Truths:
        code = column.column.code
        if isinstance(column.column, Measure) and column.column.up == "none":
            return np.zeros(len(column.kinds), dtype=np.bool_)  # a figure like the sum is none all the same
        kinds = column.kinds.copy()
        levels = np.array(self.register.units.levels)
        for level in range(len(self.register.levels)):
            sheet = self._by_level.get(level)
            if sheet is None or code not in sheet.letters:
                there = levels == level
                kinds[there] = np.where(kinds[there] == FIGURE, LARGE, kinds[there])
        parents = np.array(self.register.units.parents)
        below = parents >= 0
        sums, figures, others = (np.zeros(len(parents), dtype=np.int64) for _ in range(3))
        np.add.at(sums, parents[below], np.where(kinds == FIGURE, column.values, 0)[below])
        np.add.at(figures, parents[below], (kinds == FIGURE)[below])
        np.add.at(others, parents[below], ((kinds == WITHHELD) | (kinds == LARGE))[below])
        right: Truths = (column.kinds == FIGURE) & (figures > 0) & (others == 0) & (sums == column.values)
        for unit in np.flatnonzero(right & (figures > _MOST_RANGES)).tolist():
            right[unit] = len(self.ranges(unit)) <= _MOST_RANGES
        return right

    def total(self, unit: int, code: str, at: LevelSheet | None) -> str:
        """Return the formula of a sum over the units directly under a unit, as XML.

        Parameters
        ----------
        unit : position of the unit.
        code : code of the measure.
        at : the sheet that the formula is written into; None for another than the level sheets.
        """
        parts = []
        for level, first, last in self.ranges(unit):
            sheet = self._by_level[level]
            if code not in sheet.letters:
                continue
            letter = sheet.letters[code]
            ref = "" if sheet is at else escape(sheet.ref)
            parts.append(f"{ref}{letter}{first}:{letter}{last}")
        return f"SUM({','.join(parts)})"

    def cell(self, unit: int, column: Shown, at: LevelSheet) -> str | None:
        """Return the formula of a measure's cell in a sheet, as XML; None if the cell must be a constant.

        In the unit's own sheet, the formula is the sum over the units under it. In the sheet of a lower
        level, it is the sum of the rows below it, or a reference to the cell in the unit's own sheet.

        Parameters
        ----------
        unit : position of the unit.
        column : the measure.
        at : the sheet that the formula is written into.
        """
        home, code = self.home(unit), column.column.code
        if column.kinds[unit] != FIGURE:
            return None
        right = bool(self.is_sum(column)[unit])
        if right and (at is home or all(level == at.level for level, _, _ in self.ranges(unit))):
            return self.total(unit, code, at)
        if at is home or home is None or code not in home.letters:
            return None
        return f"{escape(home.ref)}{home.letters[code]}{home.row[unit]}"


def plain_division(ratio: Shown, above: Shown | None, below: Shown | None) -> Truths:
    """Return whether a ratio is the quotient of the cells of its two sides, for each unit.

    It is if every unit that gave one side gave both. If a side is missing, the division fails, and the
    formula shows the ratio as missing, which is right.

    Parameters
    ----------
    ratio : the ratio.
    above, below : numerator and denominator; None if the sheet has no such column.

    Returns
    -------
    Truths
        Array of shape (units,).
    """
    never = np.zeros(len(ratio.kinds), dtype=np.bool_)
    if above is None or below is None:
        return never
    both = (above.kinds == FIGURE) & (below.kinds == FIGURE)
    same: Truths = both & (above.values == ratio.numerators) & (below.values == ratio.denominators)
    missing = (above.kinds == MISSING) | (below.kinds == MISSING)
    open_sides = ~np.isin(above.kinds, (WITHHELD, LARGE)) & ~np.isin(below.kinds, (WITHHELD, LARGE))
    figure = (ratio.kinds == FIGURE) & same
    nothing = (ratio.kinds == 0) & same & (below.values == 0)
    unknown = (ratio.kinds == MISSING) & missing & open_sides
    return np.asarray(figure | nothing | unknown)


def division(ratio: Shown, unit: int, above: str | None) -> str:
    """Return the formula of a ratio that is not the quotient of two cells, as a division of numbers.

    Parameters
    ----------
    ratio : the ratio.
    unit : position of the unit.
    above : the cell of the numerator, if the ratio covers all units that gave it; else None.
    """
    factor = "" if ratio.factor == 1 else f"{ratio.factor}*"
    numerator, denominator = ratio.sides(unit)
    return f"{factor}{above or numerator}/{denominator}"
