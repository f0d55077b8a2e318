"""A collection added up: exact sums up the tree, ratios of sums, and how much stands behind each.

Missing is not zero: a sum is over what was given and comes only with its coverage.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from antq_stats.collection import Collection, Integers, Truths, units_at
from antq_stats.findings import Finding
from antq_stats.form import Form, Measure, Ratio
from antq_stats.register import UnitRegister

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


class RatioFigure(NamedTuple):
    """A ratio of two sums over the units that gave both; ``value`` is exact and multiplied by ``per``."""

    value: Fraction | None
    numerator: int
    denominator: int
    given: int
    expected: int
    provisional: bool


@dataclass(frozen=True, eq=False)
class Aggregate:
    """Sums and ratios for every unit of the register.

    There is no way to a value without its coverage: `figure` and `ratio` give both.
    """

    form: Form
    register: UnitRegister
    period: str
    _sums: Integers
    _given: Integers
    _expected: Integers
    _provisional: Truths
    _ratios: Integers
    """units x ratios x (numerator, denominator, given, expected)"""

    @cached_property
    def _measure_at(self) -> dict[str, int]:
        return {measure.code: place for place, measure in enumerate(self.form.measures)}

    @cached_property
    def _ratio_at(self) -> dict[str, int]:
        return {ratio.code: place for place, ratio in enumerate(self.form.ratios)}

    def figure(self, unit: int, measure: str) -> Figure:
        """Return the sum of a measure under a unit (its position); KeyError for an unknown code."""
        place = self._measure_at[measure]
        given = int(self._given[unit, place])
        value = int(self._sums[unit, place]) if given else None
        return Figure(value, given, int(self._expected[unit, place]), bool(self._provisional[unit, place]))

    def ratio(self, unit: int, code: str) -> RatioFigure:
        """Return a ratio for a unit (its position); KeyError for an unknown code."""
        ratio = self.form.ratio(code)
        numerator, denominator, given, expected = map(int, self._ratios[unit, self._ratio_at[code]])
        sides = [
            self._measure_at[side]
            for side in (ratio.numerator, ratio.denominator)
            if side in self._measure_at
        ]
        provisional = given < expected or bool(self._provisional[unit, sides].any())
        value = Fraction(numerator * ratio.per, denominator) if denominator else None
        return RatioFigure(value, numerator, denominator, given, expected, provisional)

    def column(self, measure: str) -> tuple[Integers, Integers, Integers, Truths]:
        """Return a measure's sums, given, expected and provisional marks, one element per unit each."""
        place = self._measure_at[measure]
        arrays = (self._sums, self._given, self._expected)
        sums, given, expected = (array[:, place] for array in arrays)
        return sums, given, expected, self._provisional[:, place]

    def ratio_column(self, code: str) -> tuple[Integers, Integers, Integers, Integers, Truths]:
        """Return a ratio's numerators, denominators, given, expected and provisional marks, a unit each."""
        ratio = self.form.ratio(code)
        numerators, denominators, given, expected = self._ratios[:, self._ratio_at[code]].T
        sides = [self._measure_at[s] for s in (ratio.numerator, ratio.denominator) if s in self._measure_at]
        provisional = (given < expected) | self._provisional[:, sides].any(axis=1)
        return numerators, denominators, given, expected, provisional

    def tells_a_part(self, code: str) -> Truths:
        """Tell for all units whether a ratio tells what only some gave of a sensitive side.

        A ratio is over the units that gave both sides. Where of a sensitive side others gave too, the sum
        and the ratio's own differ by what those few gave.
        """
        ratio = self.form.ratio(code)
        found: Truths = np.zeros(len(self.register), dtype=np.bool_)
        for side, part in zip((ratio.numerator, ratio.denominator), self.ratio_column(code)[:2], strict=True):
            if side in self._measure_at and self.form.measure(side).sensitive != "no":
                found |= self.column(side)[0] != part
        return found

    def is_given(self, column: Measure | Ratio) -> bool:
        """Tell whether any unit of the register gave what the column is made of."""
        codes = [column.code] if isinstance(column, Measure) else [column.numerator, column.denominator]
        return all(
            bool(self._given[:, self._measure_at[code]].any()) for code in codes if code in self._measure_at
        )

    def frame(self) -> pd.DataFrame:
        """Return sums with their coverage: a row per unit (code), columns (measure, value/given/expected)."""
        import pandas as pd

        columns: dict[tuple[str, str], object] = {}
        for place, measure in enumerate(self.form.measures):
            given = self._given[:, place]
            columns[measure.code, "value"] = pd.arrays.IntegerArray(self._sums[:, place].copy(), given == 0)
            columns[measure.code, "given"] = given
            columns[measure.code, "expected"] = self._expected[:, place]
        index = pd.Index(self.register.units.codes, name="unit")
        return pd.DataFrame(columns, index=index).iloc[self.register.tree_order]


def aggregate(collection: Collection, findings: Iterable[Finding] = ()) -> Aggregate:
    """Add a collection up.

    Parameters
    ----------
    collection : what was read.
    findings : all that was found, edit rules included; a hard finding makes the figures above it provisional.
    """
    form, register = collection.form, collection.register
    shape = (len(register), len(form.measures))
    sums, given, expected = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    for place, measure in enumerate(form.measures):
        sums[:, place], given[:, place] = collection.sums(measure.code)
        expected[:, place] = register.expected(collection.tables[collection.place_of[measure.code][0]].level)
    ratios = np.zeros((len(register), len(form.ratios), 4), dtype=np.int64)
    for place, ratio in enumerate(form.ratios):
        ratios[:, place] = _ratio(collection, ratio)
    provisional = (given < expected) | _doubtful(collection, findings)
    return Aggregate(form, register, collection.period, sums, given, expected, provisional, ratios)


def _ratio(collection: Collection, ratio: Ratio) -> Integers:
    """Return numerator, denominator, given and expected of a ratio for every unit.

    Only units that gave both sides count; sides of two levels are compared at the higher one.
    """
    register = collection.register
    sides = [side for side in (ratio.numerator, ratio.denominator) if side in collection.place_of]
    tables = [collection.place_of[side][0] for side in sides]
    level = min(collection.tables[table].level for table in tables)
    if len(set(tables)) == 1:
        heads = collection.tables[tables[0]].units
        columns = [collection.tables[tables[0]].column(side) for side in sides]
    else:
        heads = units_at(register, level)
        columns = [collection.at_level(side, level) for side in sides]
    both = np.logical_and.reduce([given for _, given in columns])
    numerator = np.where(both, columns[0][0], 0)
    denominator = np.where(both, columns[1][0], 0) if len(columns) == 2 else both.astype(np.int64)
    summed = register.sums(heads, np.stack([numerator, denominator, both.astype(np.int64)], axis=1))
    return np.concatenate([summed, register.expected(level)[:, None]], axis=1)


class Doubt(NamedTuple):
    """What a hard finding bears on."""

    unit: int | None
    """Position of the unit; None where the finding knows none."""
    measures: tuple[int, ...] | None
    """Places of the measures it names in the form; None where it names none."""
    is_of_sender: bool
    """Whether the unit is only the one that the finding's file is of."""


def doubts(form: Form, register: UnitRegister, findings: Iterable[Finding]) -> Iterator[Doubt]:
    """Yield what each hard finding bears on: its unit, and its measure or those of its edit rule."""
    from antq_stats.catalogue import severity

    codes = register.units.by_code
    measures = {measure.code: place for place, measure in enumerate(form.measures)}
    names = {rule.code: rule.expression.names for rule in form.rules}
    for finding in findings:
        if severity(finding) != "hard":
            continue
        where = [codes[code] for code in (finding.unit, finding.about) if code in codes]
        named = names.get(finding.rule or "", (finding.measure,) if finding.measure in measures else ())
        what = tuple(measures[name] for name in named if name in measures)
        yield Doubt(where[0] if where else None, what or None, finding.unit not in codes)


def doubted(collection: Collection, findings: Iterable[Finding]) -> Truths:
    """Return units x measures: the units' own values that a hard finding makes uncertain.

    A finding that names a measure doubts it at its unit and at all below; one that names a unit alone
    doubts the unit's own row. One that knows only whose file it is in (a row of an unknown village, a
    damaged file), or not even that, doubts nothing that was given: what it kept from being read is missing.
    """
    register = collection.register
    marks = np.zeros((len(register), len(collection.form.measures)), dtype=np.bool_)
    for doubt in doubts(collection.form, register, findings):
        if doubt.unit is None:
            continue
        if doubt.measures is None:
            marks[doubt.unit] |= not doubt.is_of_sender
        else:
            marks[np.ix_(register.under(doubt.unit), np.array(doubt.measures))] = True
    return marks


def _doubtful(collection: Collection, findings: Iterable[Finding]) -> Truths:
    """Return units x measures: whether a hard finding lies at or below."""
    form, register = collection.form, collection.register
    marks = np.zeros((len(register), len(form.measures)), dtype=np.int64)
    roots = [position for position, parent in enumerate(register.units.parents) if parent < 0]
    for doubt in doubts(form, register, findings):
        marks[
            np.ix_(roots if doubt.unit is None else [doubt.unit], doubt.measures or range(marks.shape[1]))
        ] = 1
    return register.sums(np.arange(len(register)), marks) > 0
