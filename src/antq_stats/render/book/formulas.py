"""Formulas of the workbook: which cells are sums of other cells, and which must be constants.

A formula is written only if its result is the published figure. A sum over cells of which one is withheld
would be wrong, and would disclose the withheld figure; such a figure is a constant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple
from xml.sax.saxutils import escape

import numpy as np

from antq_stats.collection.collection import Integers, Truths
from antq_stats.form import Measure
from antq_stats.register.register import UnitRegister
from antq_stats.render.book.layout import LevelSheet
from antq_stats.render.book.values import FIGURE, LARGE, MISSING, WITHHELD, Shown

_MOST_RANGES = 60


class Shape(NamedTuple):
    """What formulas have in common but for the column and the rows."""

    level: int
    """Level of the sheet whose cells they name; -1 for several."""
    texts: tuple[str, ...]
    """The XML around the letters of the column, with a place-holder for each row."""


@dataclass(frozen=True, eq=False)
class Parents:
    """The rows of a sheet whose units have units under them, with formulas for any column.

    Parameters
    ----------
    rows : array of shape (parents,): the rows, counted from the first one of the body.
    units : array of shape (parents,): the positions of the units.
    homes : array of shape (parents,): the level of the sheet with the unit's own row; -1 without one.
    below : array of shape (parents,): the level of all units directly under it; -1 if they have several.
    shapes : the shapes of the formulas.
    sums : array of shape (parents,): place of the shape of the sum over the units directly under it.
    refs : array of shape (parents,): place of the shape of the reference to the unit's own row.
    added, named : the rows in the formula, for the sum and for the reference.
    """

    rows: Integers
    units: Integers
    homes: Integers
    below: Integers
    shapes: Sequence[Shape]
    sums: Integers
    refs: Integers
    added: Sequence[tuple[int, ...]]
    named: Sequence[tuple[int, ...]]
    _chosen: dict[bytes, list[tuple[int, ...]]] = field(default_factory=dict)

    def choose(self, is_live: Truths, is_sum: Truths) -> list[tuple[int, ...]]:
        """Return the rows in the formulas of some parents; they are the same in most columns.

        Parameters
        ----------
        is_live : array of shape (parents,): whether it is one of them.
        is_sum : array of shape (parents,): whether the formula is the sum, or else the reference.
        """
        key = is_live.tobytes() + is_sum.tobytes()
        if key not in self._chosen:
            places = np.flatnonzero(is_live)
            self._chosen[key] = [
                (self.added if one else self.named)[place]
                for place, one in zip(places.tolist(), is_sum[places].tolist(), strict=True)
            ]
        return self._chosen[key]


@dataclass(frozen=True, eq=False)
class LiveCells:
    """The cells of a column of a sheet that are formulas.

    Parameters
    ----------
    rows : array of shape (cells,): their rows, counted from the first one of the body.
    shapes : array of shape (cells,): place of the pattern of each.
    patterns : the formulas as XML, with place-holders.
    filling : what fills the place-holders of each cell.
    """

    rows: Integers
    shapes: Integers
    patterns: Sequence[str]
    filling: Sequence[tuple[object, ...]]


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

    @cached_property
    def _levels(self) -> Integers:
        return np.array(self.register.units.levels, dtype=np.int64)

    @cached_property
    def _rows(self) -> dict[int, list[int]]:
        """The row of each unit in the sheet of a level, by level."""
        return {level: sheet.row.tolist() for level, sheet in self._by_level.items()}

    @cached_property
    def _families(self) -> tuple[Integers, Integers, Integers]:
        """All units with a parent, sorted by it; where each family begins; and the parents."""
        parents = np.array(self.register.units.parents, dtype=np.int64)
        units = np.argsort(parents, kind="stable")
        units = units[np.count_nonzero(parents < 0) :]
        found, starts = np.unique(parents[units], return_index=True)
        return units, starts, found

    def ranges(self, unit: int) -> tuple[tuple[int, int, int], ...]:
        """Return the rows of the units directly under a unit, as runs of level, first row and last row."""
        known = self._ranges.get(unit)
        if known is not None:
            return known
        runs: list[tuple[int, int, int]] = []
        levels = self.register.units.levels
        for child in self.register.units.children.get(unit, ()):
            level = levels[child]
            if level not in self._rows:
                continue
            row = self._rows[level][child]
            if runs and runs[-1][0] == level and runs[-1][2] == row - 1:
                runs[-1] = (level, runs[-1][1], row)
            else:
                runs.append((level, row, row))
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
        right = np.zeros(len(column.kinds), dtype=np.bool_)
        units, starts, parents = self._families
        if (isinstance(column.column, Measure) and column.column.up == "none") or not len(units):
            return right  # a figure like the sum is none all the same
        kinds = column.kinds.copy()
        for level in range(len(self.register.levels)):
            sheet = self._by_level.get(level)
            if sheet is None or code not in sheet.letters:
                kinds[(self._levels == level) & (kinds == FIGURE)] = LARGE
        kinds = kinds[units]
        is_figure = kinds == FIGURE
        sums = np.add.reduceat(np.where(is_figure, column.values[units], 0), starts)
        figures = np.add.reduceat(is_figure, starts, dtype=np.int64)
        others = np.logical_or.reduceat((kinds == WITHHELD) | (kinds == LARGE), starts)
        same = (column.kinds[parents] == FIGURE) & (sums == column.values[parents])
        right[parents] = same & (figures > 0) & ~others
        for unit in parents[right[parents] & (figures > _MOST_RANGES)].tolist():
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

    def live(self, column: Shown, at: LevelSheet, parents: Parents) -> LiveCells:
        """Return the formulas of a measure's cells in a sheet; the other cells must be constants.

        In the unit's own sheet, a formula is the sum over the units under it. In the sheet of a lower level,
        it is the sum of the rows below it, or a reference to the cell in the unit's own sheet.

        Parameters
        ----------
        column : the measure.
        at : the sheet that the formulas are written into.
        parents : its rows with units under them; see `parents`.
        """
        code = column.column.code
        letters = {
            level: sheet.letters[code] for level, sheet in self._by_level.items() if code in sheet.letters
        }
        is_figure = column.kinds[parents.units] == FIGURE
        is_home = parents.homes == at.level
        sums = is_figure & self.is_sum(column)[parents.units] & (is_home | (parents.below == at.level))
        live = sums | (is_figure & ~is_home & np.isin(parents.homes, [*letters]))
        filling: list[tuple[object, ...]] = [*parents.choose(live, sums)]
        units = parents.units[live].tolist()
        for place in np.flatnonzero((sums & (parents.below < 0))[live]).tolist():
            filling[place] = (self.total(units[place], code, at).encode(),)
        patterns = [letters.get(shape.level, "").join(shape.texts) for shape in parents.shapes]
        shapes = np.where(sums, parents.sums, parents.refs)[live]
        return LiveCells(parents.rows[live], shapes, patterns, filling)

    def parents(self, at: LevelSheet) -> Parents:
        """Return the rows of a sheet with units under them."""
        children = self.register.units.children
        rows = [row for row, unit in enumerate(at.units.tolist()) if unit in children]
        units = at.units[np.array(rows, dtype=np.int64)]
        names = {
            level: "" if sheet is at else escape(sheet.ref).replace("%", "%%")
            for level, sheet in self._by_level.items()
        }
        shapes: dict[Shape, int] = {}
        places, added, named = [], [], []
        for row, unit in zip(rows, units.tolist(), strict=True):
            home, ranges = self._home(unit), self.ranges(unit)
            levels = {level for level, _, _ in ranges}
            below = levels.pop() if len(levels) == 1 else -1
            total = shapes.setdefault(_sum(below, names, len(ranges)), len(shapes))
            ref = shapes.setdefault(Shape(home, (names.get(home, ""), "%d")), len(shapes))
            places.append((row, home, below, total, ref))
            added.append(tuple(at for _, *ends in ranges for at in ends))
            named.append((self._rows[home][unit] if home >= 0 else 0,))
        at_rows, homes, belows, sums, refs = np.array(places, dtype=np.int64).reshape(-1, 5).T
        return Parents(at_rows, units, homes, belows, [*shapes], sums, refs, added, named)

    def _home(self, unit: int) -> int:
        """Return the level of the sheet with a unit's own row, or -1; the root's is in the first sheet."""
        if unit == self.root:
            return self.sheets[0].level
        level = self.register.units.levels[unit]
        return level if level in self._by_level else -1


def _sum(level: int, names: Mapping[int, str], ranges: int) -> Shape:
    """Return the shape of a sum.

    Parameters
    ----------
    level : the level of the cells; -1 for several, whose formula is one place-holder.
    names : the sheet of each level as formulas name it.
    ranges : the number of ranges.
    """
    if level < 0:
        return Shape(level, ("%b",))
    texts = [f"SUM({names[level]}", *["%d:", f"%d,{names[level]}"] * ranges]
    return Shape(level, (*texts[:-1], "%d)"))


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


def divisions(ratio: Shown, units: Integers) -> list[str]:
    """Return the formulas of a ratio where it is not the quotient of two cells, as divisions of numbers.

    Parameters
    ----------
    ratio : the ratio.
    units : array of shape (formulas,): positions of the units.
    """
    factor = "" if ratio.factor == 1 else f"{ratio.factor}*"
    sides = zip(ratio.counts(units), ratio.bases(units), strict=True)
    return [f"{factor}{numerator}/{denominator}" for numerator, denominator in sides]
