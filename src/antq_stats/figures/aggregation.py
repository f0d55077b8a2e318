"""Aggregation: exact sums up the tree and ratios of sums, each with its coverage.

Missing is not zero: a sum is over the values that were given, and is only returned with its coverage.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from antq_stats.collection.collection import Collection, Integers, Truths
from antq_stats.collection.table_values import Held
from antq_stats.figures.doubts import decided_figures, doubted_figures
from antq_stats.figures.figure import Figure, RatioFigure
from antq_stats.findings.finding import Finding
from antq_stats.form import Form, Measure, Ratio
from antq_stats.plan import MISSING
from antq_stats.register.register import UnitRegister
from antq_stats.register.tree_sums import TreeSums
from antq_stats.words.language import Language
from antq_stats.words.unknown_code import UnknownCodeError

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class _ColumnSums:
    """Sums of one or two columns up the tree, over the units that gave all of them.

    The columns of the n units are not copied; only the sums at the k units above them are stored.
    """

    tree: TreeSums
    columns: tuple[Held, ...]
    """Values of the n units; `plan.MISSING` where a unit gave none."""
    sums: tuple[Integers, ...]
    """For each column, the sums at the k units above."""
    given: Integers
    """Number of units that gave all columns, at the k units above."""
    own: Mapping[int, int] | None = None
    """What units above report of themselves; None for columns that are summed."""

    @classmethod
    def of(
        cls, tree: TreeSums, columns: tuple[Held, ...], own: Mapping[int, int] | None = None
    ) -> _ColumnSums:
        """Add columns up the tree."""
        present = _present(columns)
        if present.all():
            return cls(tree, columns, tuple(map(tree.sums, columns)), tree.counts[tree.above], own)
        sums = tuple(tree.sums(np.where(present, column, 0)) for column in columns)
        return cls(tree, columns, sums, tree.sums(present), own)

    @cached_property
    def unlisted(self) -> Integers:
        """For each unit how many units at or under it list none of those that give the values."""
        units = self.tree.units
        if not len(units):
            return np.zeros(len(self.tree.register), dtype=np.int64)
        return self.tree.register.unlisted(self.tree.register.units.levels[int(units[0])])

    @property
    def has_values(self) -> bool:
        """Whether any unit gave all columns."""
        return bool(self.own) or bool(_present(self.columns).any())

    @cached_property
    def not_summed(self) -> Truths:
        """For each unit of the register, whether units under it gave values that are not added up.

        It is False where the unit reported a figure of itself.
        """
        not_summed: Truths = np.zeros(len(self.tree.register), dtype=np.bool_)
        if self.own is not None:
            not_summed[self.tree.above] = self.given > 0
            not_summed[list(self.own)] = False
        return not_summed

    def at(self, unit: int) -> tuple[list[int], int, int]:
        """Return for a unit the sum of each column, and how many units gave them, of how many expected."""
        if self.own and unit in self.own:
            return [self.own[unit]], 1, 1
        row, above = self.tree.place(unit)
        expected = int(self.tree.counts[unit])
        if row is not None:
            values = [int(column[row]) for column in self.columns]
            return (values, 1, expected) if MISSING not in values else ([0] * len(values), 0, expected)
        if above is not None:
            return [int(column[above]) for column in self.sums], int(self.given[above]), expected
        return [0] * len(self.columns), 0, expected

    def everywhere(self) -> tuple[list[Integers], Integers, Integers]:
        """Return for all units of the register the sums of each column, and the given and expected counts."""
        present = _present(self.columns)
        sums = [
            self.tree.spread(np.where(present, column, 0), above)
            for column, above in zip(self.columns, self.sums, strict=True)
        ]
        given, expected = self.tree.spread(present, self.given), self.tree.counts
        if self.own is not None:
            units, values = list(self.own), list(self.own.values())
            sums[0][self.not_summed] = 0
            sums[0][units], given[units] = values, 1
            expected = expected.copy()
            expected[units] = 1
        return sums, given, expected


def _present(columns: tuple[Held, ...]) -> Truths:
    present: Truths = np.logical_and.reduce([column != MISSING for column in columns])
    return present


@dataclass(frozen=True, eq=False, repr=False)
class Aggregate:
    """Sums and ratios for every unit of the register.

    `figure` and `ratio` return a value together with its coverage; no method returns it alone. Nothing is
    withheld here: see `figures.publication` for what may be published.
    """

    form: Form
    register: UnitRegister
    period: str
    _measures: Mapping[str, _ColumnSums]
    _ratios: Mapping[str, _ColumnSums]
    _doubted: Truths
    """Whether a hard finding lies at or below the unit, units x measures."""
    _decided: Truths | None = None
    """Whether a decided value lies at or below the unit, units x measures; None if none does anywhere."""

    @cached_property
    def _measure_at(self) -> dict[str, int]:
        return {measure.code: place for place, measure in enumerate(self.form.measures)}

    def _sides(self, code: str) -> list[str]:
        """Return the codes of a ratio's measures: the numerator and, if it is one, the denominator."""
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
        columns = self._measures[measure]
        (value,), given, expected = columns.at(unit)
        if columns.not_summed[unit]:
            return Figure(None, given, expected, provisional=False)
        is_doubted = bool(self._doubted[unit, self._measure_at[measure]])
        own = unit in (columns.own or ())
        unlisted = 0 if own else int(columns.unlisted[unit])
        provisional = given < expected or unlisted > 0 or (is_doubted and not own)
        amount = self.form.measures[self._measure_at[measure]].amount(value) if given else None
        decided = bool(given) and self._is_decided(unit, measure)
        return Figure(amount, given, expected, provisional, unlisted, decided)

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
        sums, given, expected = self._ratios[code].at(unit)
        numerator, *denominators = (
            self.form.measure(side).amount(value) for side, value in zip(self._sides(code), sums, strict=True)
        )
        denominator = denominators[0] if denominators else given
        unlisted = int(self._ratios[code].unlisted[unit])
        provisional = given < expected or any(
            self.figure(unit, side).provisional for side in self._sides(code)
        )
        value = Fraction(numerator) / Fraction(denominator) * ratio.per if denominator else None
        decided = value is not None and any(self._is_decided(unit, side) for side in self._sides(code))
        return RatioFigure(value, numerator, denominator, given, expected, provisional, unlisted, decided)

    def _is_decided(self, unit: int, measure: str) -> bool:
        return self._decided is not None and bool(self._decided[unit, self._measure_at[measure]])

    def decided(self, code: str) -> Truths:
        """Return for the n units whether a measure, or a side of a ratio, rests on a decision."""
        marks: Truths = np.zeros(len(self.register), dtype=np.bool_)
        if self._decided is not None:
            sides = [code] if code in self._measures else self._sides(code)
            marks |= self._decided[:, [self._measure_at[side] for side in sides]].any(axis=1)
        return marks

    def units_of(self, code: str) -> Integers:
        """Return the units at which a measure, or both sides of a ratio, are given, in tree order."""
        return (self._measures.get(code) or self._ratios[code]).tree.units

    def column(self, measure: str) -> tuple[Integers, Integers, Integers, Truths]:
        """Return a measure for the n units of the register: sums, given, expected, provisional marks.

        The sums are in steps of the measure; `Measure.amount` gives the value of a number of steps.
        """
        columns = self._measures[measure]
        (sums,), given, expected = columns.everywhere()
        provisional = (given < expected) | (columns.unlisted > 0)
        provisional |= self._doubted[:, self._measure_at[measure]]
        if columns.own is not None:
            provisional[columns.not_summed] = provisional[list(columns.own)] = False
        return sums, given, expected, provisional

    def unlisted(self, code: str) -> Integers:
        """Return for the n units how many units under each list none that could give a figure."""
        return (self._measures.get(code) or self._ratios[code]).unlisted

    def not_summed(self, measure: str) -> Truths:
        """Return for the n units whether values are given under a unit that are not added up for it."""
        return self._measures[measure].not_summed

    def ratio_column(self, code: str) -> tuple[Integers, Integers, Integers, Integers, Truths]:
        """Return a ratio for the n units: numerators, denominators, given, expected, provisional marks.

        Both sides are in steps of their measures; `Form.ratio_scale` makes their quotient that of the values.
        """
        (numerators, *denominators), given, expected = self._ratios[code].everywhere()
        provisional = given < expected
        for side in self._sides(code):
            provisional |= self.column(side)[3]
        return numerators, denominators[0] if denominators else given, given, expected, provisional

    def discloses_remainder(self, code: str, linked: frozenset[str] = frozenset()) -> Truths:
        """Return for each unit whether a ratio would disclose what some units gave of a sensitive measure.

        A ratio is over the units that gave both sides. Where further units gave a sensitive side, the ratio's
        sum of it differs from the published sum, and the difference is the remainder: what those few units
        gave. The answer depends on which units gave a value, never on the values.
        """
        discloses: Truths = np.zeros(len(self.register), dtype=np.bool_)
        protected = self.form.protected | linked
        sides = [side for side in self._sides(code) if side in protected]
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
        """Return whether a measure, or each measure of a ratio, was given by any unit."""
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

        The columns have two levels: the code of the measure or ratio, and ``value``, ``given``, ``expected``
        and ``provisional``; a ratio also has ``numerator`` and ``denominator``. A measure without a value is
        ``<NA>``. A ratio's value is a float, already multiplied by ``per``, and NaN if its denominator is 0;
        its sides are exact. The values of a measure with decimals, added up exactly, are floats too, each the
        nearest to the exact decimal; `figure` returns the decimal itself.

        Parameters
        ----------
        under : code or position of a unit; only it and the units below it are returned. None for all units.
        level : name of a level, as the register has it; only its units are returned. None for all levels.
        names : whether the index also has the units' names.
        ratios : whether the ratios follow the measures.
        coverage : whether there are columns ``given`` and ``expected``.
        provisional : whether there are columns ``provisional``.
        labels : language of a further column level with the labels; None for no such level.

        Raises
        ------
        UnknownCodeError
            The register has no such unit or no such level.
        """
        from antq_stats.figures.frames import figures_frame

        rows = self._rows(under, level)
        return figures_frame(
            self, rows, names=names, ratios=ratios, coverage=coverage, provisional=provisional, labels=labels
        )

    def _rows(self, under: int | str | None, level: str | None) -> Integers:
        """Return the positions of the units under one and of a level, in tree order."""
        register = self.register
        rows = register.tree_order if under is None else register.under(register.position(under))
        if level is None:
            return rows
        place = register.level(level)
        if place is None:
            raise UnknownCodeError("level", level, register.levels)
        of_level: Integers = rows[np.array(register.units.levels)[rows] == place]
        return of_level

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
    collection : the values of the period.
    findings : all findings, those of the edit rules included. A hard one makes the figures at its unit and
        above provisional.
    """
    form, register = collection.form, collection.register
    measures = {measure.code: _measure(collection, measure.code) for measure in form.measures}
    ratios = {ratio.code: _ratio(collection, ratio) for ratio in form.ratios}
    marks = doubted_figures(collection, findings), decided_figures(collection)
    return Aggregate(form, register, collection.period, measures, ratios, *marks)


def _measure(collection: Collection, code: str) -> _ColumnSums:
    table = collection.tables[collection.place_of[code][0]]
    own = collection.own.get(code, {}) if collection.form.measure(code).up == "none" else None
    return _ColumnSums.of(collection.level_sums(table.level), (table.held(code),), own)


def _ratio(collection: Collection, ratio: Ratio) -> _ColumnSums:
    """Add up the sides of a ratio; sides of two levels are compared at the higher level."""
    sides = [side for side in (ratio.numerator, ratio.denominator) if side in collection.place_of]
    tables = {collection.place_of[side][0] for side in sides}
    level = min(collection.tables[table].level for table in tables)
    if len(tables) == 1:
        columns: list[Held] = [collection.tables[min(tables)].held(side) for side in sides]
    else:
        at_level = [collection.at_level(side, level) for side in sides]
        columns = [np.where(complete, values, MISSING) for values, complete in at_level]
    return _ColumnSums.of(collection.level_sums(level), tuple(columns))
