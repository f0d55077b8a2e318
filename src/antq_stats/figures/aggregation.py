"""A collection added up: exact sums up the tree, ratios of sums, and how much stands behind each.

Missing is not zero: a sum is over what was given and comes only with its coverage.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from antq_stats.collection.collection import Collection, Integers, Truths
from antq_stats.figures.doubts import doubted_figures
from antq_stats.figures.status import Status, status_of
from antq_stats.findings.finding import Finding
from antq_stats.form import Form, Measure, Ratio
from antq_stats.plan import MISSING
from antq_stats.register.register import UnitRegister
from antq_stats.register.tree_sums import TreeSums
from antq_stats.words.language import Language
from antq_stats.words.unknown_code import UnknownCodeError

if TYPE_CHECKING:
    import pandas as pd


class Figure(NamedTuple):
    """A sum with its coverage; ``value`` is None where no unit gave one."""

    value: int | None
    given: int
    """Units that gave a value."""
    expected: int
    """Units of the measure's level under the unit."""
    provisional: bool

    @property
    def status(self) -> Status:
        """What stands in its place."""
        return status_of(self.given, self.expected)


class RatioFigure(NamedTuple):
    """A ratio of two sums over the units that gave both; ``value`` is exact and multiplied by ``per``."""

    value: Fraction | None
    numerator: int
    denominator: int
    given: int
    expected: int
    provisional: bool

    @property
    def status(self) -> Status:
        """What stands in its place."""
        return status_of(self.given, self.expected, self.denominator)


@dataclass(frozen=True, eq=False)
class _Added:
    """One or two columns added up: only units count that gave all of them.

    What the n units gave is not copied; kept are the sums at the k units above.
    """

    tree: TreeSums
    columns: tuple[Integers, ...]
    """n each, `plan.MISSING` where none was given."""
    sums: tuple[Integers, ...]
    given: Integers

    @classmethod
    def up(cls, tree: TreeSums, columns: tuple[Integers, ...]) -> _Added:
        """Add columns up the tree."""
        given = _given(columns)
        if given.all():
            return cls(tree, columns, tuple(map(tree.sums, columns)), tree.counts[tree.above])
        sums = tuple(tree.sums(np.where(given, column, 0)) for column in columns)
        return cls(tree, columns, sums, tree.sums(given))

    @property
    def has_values(self) -> bool:
        """Whether any unit gave all columns."""
        return bool(_given(self.columns).any())

    def at(self, unit: int) -> tuple[list[int], int, int]:
        """Return for a unit the sum of each column, how many gave them, and how many were to."""
        own, above = self.tree.place(unit)
        expected = int(self.tree.counts[unit])
        if own is not None:
            values = [int(column[own]) for column in self.columns]
            return (values, 1, expected) if MISSING not in values else ([0] * len(values), 0, expected)
        if above is not None:
            return [int(column[above]) for column in self.sums], int(self.given[above]), expected
        return [0] * len(self.columns), 0, expected

    def everywhere(self) -> tuple[list[Integers], Integers, Integers]:
        """Return the same for all units of the register, an element each."""
        given = _given(self.columns)
        sums = [
            self.tree.spread(np.where(given, column, 0), above)
            for column, above in zip(self.columns, self.sums, strict=True)
        ]
        return sums, self.tree.spread(given, self.given), self.tree.counts


def _given(columns: tuple[Integers, ...]) -> Truths:
    given: Truths = np.logical_and.reduce([column != MISSING for column in columns])
    return given


@dataclass(frozen=True, eq=False, repr=False)
class Aggregate:
    """Sums and ratios for every unit of the register.

    There is no way to a value without its coverage: `figure` and `ratio` give both.
    """

    form: Form
    register: UnitRegister
    period: str
    _measures: Mapping[str, _Added]
    _ratios: Mapping[str, _Added]
    _doubtful: Truths
    """units x measures: whether a hard finding lies at or below"""

    @cached_property
    def _measure_at(self) -> dict[str, int]:
        return {measure.code: place for place, measure in enumerate(self.form.measures)}

    def _sides(self, code: str) -> list[str]:
        """Return the measures that a ratio is made of."""
        ratio = self.form.ratio(code)
        return [side for side in (ratio.numerator, ratio.denominator) if side in self._measure_at]

    def figure(self, unit: int | str, measure: str) -> Figure:
        """Return the sum of a measure under a unit.

        Parameters
        ----------
        unit : the unit's code, or its position in the register.
        measure : the measure's code.

        Raises
        ------
        UnknownCodeError
            The register has no such unit, or the form no such measure.
        """
        if measure not in self._measures:
            raise UnknownCodeError("measure", measure, self._measures.keys())
        unit = self.register.position(unit)
        (value,), given, expected = self._measures[measure].at(unit)
        provisional = given < expected or bool(self._doubtful[unit, self._measure_at[measure]])
        return Figure(value if given else None, given, expected, provisional)

    def ratio(self, unit: int | str, code: str) -> RatioFigure:
        """Return a ratio for a unit.

        Parameters
        ----------
        unit : the unit's code, or its position in the register.
        code : the ratio's code.

        Raises
        ------
        UnknownCodeError
            The register has no such unit, or the form no such ratio.
        """
        if code not in self._ratios:
            raise UnknownCodeError("ratio", code, self._ratios.keys())
        ratio, unit = self.form.ratio(code), self.register.position(unit)
        (numerator, *under), given, expected = self._ratios[code].at(unit)
        denominator = under[0] if under else given
        provisional = given < expected or any(
            self.figure(unit, side).provisional for side in self._sides(code)
        )
        value = Fraction(numerator * ratio.per, denominator) if denominator else None
        return RatioFigure(value, numerator, denominator, given, expected, provisional)

    def column(self, measure: str) -> tuple[Integers, Integers, Integers, Truths]:
        """Return a measure's sums, given, expected and provisional marks, one element per unit each."""
        (sums,), given, expected = self._measures[measure].everywhere()
        return sums, given, expected, (given < expected) | self._doubtful[:, self._measure_at[measure]]

    def ratio_column(self, code: str) -> tuple[Integers, Integers, Integers, Integers, Truths]:
        """Return a ratio's numerators, denominators, given, expected and provisional marks, a unit each."""
        (numerators, *under), given, expected = self._ratios[code].everywhere()
        provisional = given < expected
        for side in self._sides(code):
            provisional |= self.column(side)[3]
        return numerators, under[0] if under else given, given, expected, provisional

    def discloses_remainder(self, code: str) -> Truths:
        """Return for each unit whether a ratio would disclose what some units gave of a sensitive measure.

        A ratio is over the units that gave both sides. Where further units gave a sensitive side, the ratio's
        sum of it differs from the published sum, and the difference is the remainder: what those few units
        gave. The answer depends on which units gave a value, never on the values.
        """
        discloses: Truths = np.zeros(len(self.register), dtype=np.bool_)
        sides = [side for side in self._sides(code) if side in self.form.protected]
        if not sides:
            return discloses
        _, _, given_both, expected_both, _ = self.ratio_column(code)
        for side in sides:
            _, given, expected, _ = self.column(side)
            if np.array_equal(expected, expected_both):
                is_same = given == given_both
            else:  # of two levels: counts cannot show who gave only one side, so both must be complete
                is_same = (given == expected) & (given_both == expected_both)
            discloses |= (given > 0) & ~is_same
        return discloses

    def has_values(self, column: Measure | Ratio) -> bool:
        """Return whether any unit gave the measure, or, of a ratio, whether each of its measures was given."""
        codes = [column.code] if isinstance(column, Measure) else self._sides(column.code)
        return all(self._measures[code].has_values for code in codes)

    def frame(
        self,
        under: int | str | None = None,
        *,
        level: str | None = None,
        names: bool = False,
        ratios: bool = False,
        coverage: bool = True,
        provisional: bool = False,
        labels: Language | None = None,
    ) -> pd.DataFrame:
        """Return the figures as a frame: a row for each unit in tree order, with its code as index.

        The columns have two levels: the code of the measure or ratio, and ``value``, ``given``, ``expected``,
        ``provisional``, of a ratio ``numerator`` and ``denominator`` too. A ratio's value is a float, already
        multiplied by ``per``; its sides are exact.

        Parameters
        ----------
        under : unit (code or position) whose units are wanted, itself included; None for all.
        level : level whose units are wanted, in the register's own word; None for all.
        names : whether the index holds the unit's name too.
        ratios : whether ratios follow the measures.
        coverage : whether the units that gave a value, and those expected to, are among the columns.
        provisional : whether the provisional marks are among the columns.
        labels : language in which a further header level names the columns; None for none.

        Raises
        ------
        UnknownCodeError
            The register has no such unit or no such level.
        """
        from antq_stats.figures.frames import figures_frame

        rows = self._rows(under, level)
        wanted = {"coverage": coverage, "provisional": provisional}
        return figures_frame(self, rows, names=names, ratios=ratios, labels=labels, **wanted)

    def _rows(self, under: int | str | None, level: str | None) -> Integers:
        """Return the positions of the units under one and of a level, in tree order."""
        register = self.register
        rows = register.tree_order if under is None else register.under(register.position(under))
        if level is None:
            return rows
        place = register.level(level)
        if place is None:
            raise UnknownCodeError("level", level, register.levels)
        found: Integers = rows[np.array(register.units.levels)[rows] == place]
        return found

    def __repr__(self) -> str:
        form = self.form
        sizes = f"{len(self.register)} units, {len(form.measures)} measures, {len(form.ratios)} ratios"
        return f"<Aggregate {self.period}: {sizes}>"

    def _repr_html_(self) -> str:
        from antq_stats.figures.frames import figures_html

        return figures_html(self)


def aggregate(collection: Collection, findings: Iterable[Finding] = ()) -> Aggregate:
    """Add a collection up.

    Parameters
    ----------
    collection : what was read.
    findings : all that was found, edit rules included; a hard finding makes the figures above it provisional.
    """
    form, register = collection.form, collection.register
    measures = {measure.code: _measure(collection, measure.code) for measure in form.measures}
    ratios = {ratio.code: _ratio(collection, ratio) for ratio in form.ratios}
    return Aggregate(
        form, register, collection.period, measures, ratios, doubted_figures(collection, findings)
    )


def _measure(collection: Collection, code: str) -> _Added:
    table = collection.tables[collection.place_of[code][0]]
    return _Added.up(collection.level_sums(table.level), (table.column(code)[0],))


def _ratio(collection: Collection, ratio: Ratio) -> _Added:
    """Add the sides of a ratio up; sides of two levels are compared at the higher one."""
    sides = [side for side in (ratio.numerator, ratio.denominator) if side in collection.place_of]
    tables = {collection.place_of[side][0] for side in sides}
    level = min(collection.tables[table].level for table in tables)
    if len(tables) == 1:
        columns = [collection.tables[min(tables)].column(side)[0] for side in sides]
    else:
        both = [collection.at_level(side, level) for side in sides]
        columns = [np.where(given, values, MISSING) for values, given in both]
    return _Added.up(collection.level_sums(level), tuple(columns))
