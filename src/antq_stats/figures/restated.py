"""Figures of one period stated on the units of another register: exact, bounded, estimated, or not at all.

Counts add over a merger. What a divided unit gave lies between nothing and the whole of it in each part,
unless shares are stated. Flags, and counts of units, are not added over a merger: two villages with a title
become one village, with the title or without it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from antq_stats.changes.divisions import NOWHERE
from antq_stats.changes.homes import Homes
from antq_stats.changes.placement import Placement
from antq_stats.collection.collection import Integers, Truths
from antq_stats.figures.aggregation import Aggregate
from antq_stats.figures.figure import Basis, Figure, RatioFigure, Reason, RestatedFigure, Value
from antq_stats.form import Form, Measure
from antq_stats.form.entries import UNITS
from antq_stats.form.inequalities import is_ruled_share
from antq_stats.register.register import UnitRegister
from antq_stats.register.tree_sums import units_at


class RestatedColumn(NamedTuple):
    """A measure, or a side of a ratio, for the n units of the target register."""

    low: Integers
    """Least sums, in steps of the measure; equal to ``high`` where they are exact or estimated."""
    high: Integers
    given: Integers
    expected: Integers
    provisional: Truths
    basis: npt.NDArray[np.int8]
    """`Basis` of each figure, as far as the boundaries decide it."""


class Balance(NamedTuple):
    """A measure's sum before and after, in steps: nothing is lost, and nothing counted twice."""

    before: int
    """The sum over all units that gave it."""
    inside: int
    """The sum that units of the target register have."""
    outside: int
    """The sum of what has no place in the target register, or may have none."""
    unknown: int
    """The sum of units that the target register lacks, and of which no event says where they went."""


@dataclass(frozen=True, eq=False, repr=False)
class Restated:
    """The figures of a period, stated on the units of a target register.

    Parameters
    ----------
    aggregate : the figures.
    placement : where the units of the period belong in the target.
    decided : takes a code and returns for each unit of the period whether its figure is marked as resting on
        a decision (`Publication.decided`); None for `Aggregate.decided`.
    """

    aggregate: Aggregate
    placement: Placement
    decided: Callable[[str], Truths] | None = None
    _columns: dict[str, list[RestatedColumn]] = field(default_factory=dict)
    _homes: dict[int, Homes] = field(default_factory=dict)
    _one_for_one: dict[str, Truths] = field(default_factory=dict)
    _shares: dict[str, bool] = field(default_factory=dict)
    _marks: dict[str, Truths] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Restated {self.aggregate.period}: {self.placement!r}>"

    @property
    def form(self) -> Form:
        """The form of the period."""
        return self.aggregate.form

    @property
    def register(self) -> UnitRegister:
        """The target register."""
        return self.placement.target

    def figure(self, units: int | Sequence[int], measure: str) -> RestatedFigure:
        """Return a measure's figure of a unit of the target register, or of several together.

        Parameters
        ----------
        units : position of the unit; or of several, of which none is under another.
        measure : the measure's code.

        Raises
        ------
        UnknownCodeError
            The form has no such measure.
        """
        own, column = self.form.measure(measure), self.column(measure)
        chosen = _positions(units)
        twin = int(self.placement.twins[chosen[0]]) if len(chosen) == 1 else NOWHERE
        if own.up == "none" and twin != NOWHERE:
            figure = _as_it_was(self.aggregate.figure(twin, measure))
            return figure._replace(
                decided=figure.low is not None and bool(self._decided_at_home(measure)[twin])
            )
        low, high = (own.amount(int(bound[chosen].sum())) for bound in (column.low, column.high))
        figure = _figure(column, chosen, self._basis(chosen, column), self._reason(chosen, [own]), low, high)
        return self._marked(figure, chosen, measure)

    def ratio(self, units: int | Sequence[int], code: str) -> RestatedFigure:
        """Return a ratio of a unit of the target register, or of several together.

        It is formed anew from its restated sides. The value and the bounds are already multiplied by ``per``.

        Parameters
        ----------
        units : as for `figure`.
        code : the ratio's code.

        Raises
        ------
        UnknownCodeError
            The form has no such ratio.
        """
        ratio, columns = self.form.ratio(code), self._sides(code)
        sides = [self.form.measure(ratio.numerator)]
        if ratio.denominator != UNITS:
            sides.append(self.form.measure(ratio.denominator))
        chosen = _positions(units)
        over, under = columns[0], columns[-1]
        scale = self.form.ratio_scale(code) * ratio.per
        low = _quotient(over.low[chosen], under.high[chosen], scale)
        high = _quotient(over.high[chosen], under.low[chosen], scale)
        reason = self._reason(chosen, sides)
        if self._is_share(code) and low is not None:
            high = Fraction(ratio.per) if high is None else min(high, Fraction(ratio.per))
        basis = self._basis(chosen, over, under)
        figure = _figure(over, chosen, basis, reason, None if reason else low, high)
        return self._marked(figure, chosen, code)

    def of(self, units: int | Sequence[int], code: str) -> RestatedFigure:
        """Return a figure: `figure` of a measure, `ratio` of a ratio.

        Parameters
        ----------
        units : as for `figure`.
        code : code of the measure or ratio.
        """
        is_ratio = any(ratio.code == code for ratio in self.form.ratios)
        return self.ratio(units, code) if is_ratio else self.figure(units, code)

    def exact_ratio(self, unit: int, code: str) -> RatioFigure | None:
        """Return a ratio with its sides; None if it is not exact on the target's boundaries.

        Parameters
        ----------
        unit : position of the unit.
        code : the ratio's code.
        """
        ratio, found = self.form.ratio(code), self.ratio(unit, code)
        if found.basis != Basis.EXACT:
            return None
        over, under = (int(side.low[unit]) for side in self._sides(code))
        numerator = self.form.measure(ratio.numerator).amount(over)
        has_side = ratio.denominator != UNITS
        denominator = self.form.measure(ratio.denominator).amount(under) if has_side else under
        value = None if not denominator else Fraction(numerator) / Fraction(denominator) * ratio.per
        marks = found.given, found.expected, found.provisional
        return RatioFigure(value, numerator, denominator, *marks, decided=found.decided)

    def _decided_at_home(self, code: str) -> Truths:
        return (self.decided or self.aggregate.decided)(code)

    def _marked(self, figure: RestatedFigure, chosen: Integers, code: str) -> RestatedFigure:
        """Return a figure with the mark of decisions, if a value in it rests on one."""
        if figure.low is None:
            return figure
        if code not in self._marks:
            marks, units = self._decided_at_home(code), self.aggregate.units_of(code)
            placement, homes = self.placement, self._homes_of(units)
            found: Truths = np.zeros(len(self.register), dtype=np.bool_)
            if marks.any():
                found |= homes.sums(marks[units]) > 0
                found[homes.divided.target[marks[homes.divided.unit]]] = True
                found[placement.whole[placement.same & marks]] = True  # whose unit is not told stays a part
            self._marks[code] = found
        return figure._replace(decided=bool(self._marks[code][chosen].any()))

    def complete_column(self, measure: str) -> tuple[Integers, Truths]:
        """Return a measure's sums for the n target units, in its steps, and which are exact and complete.

        Parameters
        ----------
        measure : the measure's code.
        """
        own, column = self.form.measure(measure), self.column(measure)
        known = (column.given == column.expected) & (column.expected > 0) & (column.basis == Basis.EXACT)
        known &= ~(self.placement.uncovered | self.placement.strayed)
        if (counted := self._counted(own)) is not None:
            known &= self._is_one_for_one(counted)
        if own.up != "none":
            return column.low, known
        sums, given, expected, _ = self.aggregate.column(measure)
        twins = self.placement.twins
        is_same = twins != NOWHERE
        complete = (given == expected) & (expected > 0) & ~self.aggregate.not_summed(measure)
        known = is_same & complete[twins]
        return np.where(known, sums[twins], 0), known

    def _is_share(self, code: str) -> bool:
        """Return whether no part of a unit can have more of a ratio's numerator than of its denominator.

        The hard rules of the form say so, and no unit contradicts them. Without a rule a part may have more,
        whatever the whole has.
        """
        if code not in self._shares:
            over, under, *_ = self.aggregate.ratio_column(code)
            scale, units = self.form.ratio_scale(code), self.aggregate.units_of(code)
            exceeds = (over[units] * scale.numerator > under[units] * scale.denominator).any()
            self._shares[code] = not exceeds and is_ruled_share(self.form, code)
        return self._shares[code]

    @staticmethod
    def _basis(chosen: Integers, *columns: RestatedColumn) -> Basis:
        return Basis(max((int(column.basis[chosen].max(initial=0)) for column in columns), default=0))

    def column(self, measure: str) -> RestatedColumn:
        """Return a measure for all units of the target register."""
        return self._sides(measure)[0]

    def balance(self, measure: str) -> Balance:
        """Return a measure's sum before and after."""
        units = self.aggregate.units_of(measure)
        sums, *_ = self.aggregate.column(measure)
        before = int(sums[units].sum())
        own = np.zeros(len(self.placement.source), dtype=np.int64)
        own[units] = sums[units]
        outside = int(own[self.placement.left].sum())
        outside += int(self._homes_of(units).outside.bounds(own)[1].sum())
        unknown = int(own[self.placement.astray].sum())
        return Balance(before, before - outside - unknown, outside, unknown)

    def _reason(self, chosen: Integers, measures: list[Measure]) -> Reason | None:
        """Return why figures of measures are not comparable because of the boundaries; None if they are."""
        levels = np.asarray(self.register.units.levels)[chosen]
        for measure in measures:
            level = self.register.level(self.form.table_of(measure).level)
            counted = self._counted(measure)
            if not self.column(measure.code).expected[chosen].any():
                return "no-data"
            if measure.up == "none" and not (len(chosen) == 1 and levels[0] == level):
                return "not-summed"
            if self.placement.strayed[chosen].any():
                return "unexplained"
            if counted and not self._is_one_for_one(counted)[chosen].all():
                return "units-merged"
        return "part-missing" if self.placement.uncovered[chosen].any() else None

    def _counted(self, measure: Measure) -> str | None:
        """Return the level whose units a measure counts; None if it counts something else."""
        return self.form.table_of(measure).level if measure.kind == "flag" else measure.counts

    def _is_one_for_one(self, level: str) -> Truths:
        """Return for each target unit whether its units of a level are those of the period, one for one."""
        if level in self._one_for_one:
            return self._one_for_one[level]
        source, target = self.placement.source, self.register
        own, wanted = source.level(level), target.level(level)
        crossed = np.zeros(len(target), dtype=np.bool_)
        if own is None:
            return crossed
        units = units_at(source, own)
        homes = self._homes_of(units)
        is_kept = np.zeros(len(units), dtype=np.bool_)
        is_kept[homes.is_placed] = self._is_kept(units[homes.is_placed], is_listed=wanted is not None)
        count = homes.sums(is_kept)
        crossed[homes.divided.target] = True
        expected = homes.expected if wanted is None else target.expected(wanted)
        is_same = (count == homes.expected) & (count == expected) & ~crossed
        return self._one_for_one.setdefault(level, is_same)

    def _homes_of(self, units: Integers) -> Homes:
        """Return where the units of a level belong."""
        level = self.placement.source.units.levels[int(units[0])] if len(units) else NOWHERE
        return self._homes.setdefault(level, Homes(self.placement, units))

    def _is_kept(self, units: Integers, *, is_listed: bool) -> Truths:
        """Return for units of the period whether the target has each one for one.

        A target that ends above their level has them if it has the unit above them, one for one.
        """
        placement, target = self.placement, self.register.units
        if is_listed:
            return placement.same[units]
        homes = placement.whole[units]
        above = np.asarray(placement.source.units.parents, dtype=np.int64)[units]
        is_lowest = np.asarray(target.levels)[homes] == len(target.level_names) - 1
        kept: Truths = is_lowest & placement.same[above] & (placement.whole[above] == homes)
        return kept

    def _sides(self, code: str) -> list[RestatedColumn]:
        """Return the restated column of a measure, or of the sides of a ratio: numerator and denominator."""
        if code not in self._columns:
            units = self.aggregate.units_of(code)
            if any(ratio.code == code for ratio in self.form.ratios):
                *sides, given, _, marks = self.aggregate.ratio_column(code)
            else:
                *sides, given, _, marks = self.aggregate.column(code)
            self._columns[code] = [
                self._restate(units, side[units], given[units] > 0, marks[units]) for side in sides
            ]
        return self._columns[code]

    def _restate(self, units: Integers, values: Integers, given: Truths, marks: Truths) -> RestatedColumn:
        """Restate values that are given at some units."""
        homes = self._homes_of(units)
        low, expected = homes.sums(values), homes.expected.copy()
        high = low.copy()
        answered = expected.copy() if given.all() else homes.sums(given)
        doubted = homes.sums(marks) if marks.any() else np.zeros_like(expected)
        basis = np.zeros(len(self.register), dtype=np.int8)
        at_unit = np.zeros(len(self.placement.source), dtype=np.int64)
        at_unit[units] = values
        divided, row = homes.divided, homes.row
        least, most = divided.bounds(at_unit)
        added = (least, most, np.ones_like(row), given[row].astype(np.int64), marks[row].astype(np.int64))
        for sums, numbers in zip((low, high, expected, answered, doubted), added, strict=True):
            np.add.at(sums, divided.target, numbers)
        is_partly = (values[row] != 0) & ~divided.is_whole
        kinds = np.where(divided.is_estimated, Basis.ESTIMATED, Basis.BETWEEN).astype(np.int8)
        np.maximum.at(basis, divided.target[is_partly], kinds[is_partly])
        return RestatedColumn(low, high, answered, expected, (answered < expected) | (doubted > 0), basis)


def _as_it_was(figure: Figure) -> RestatedFigure:
    """Return the figure of a unit that did not change."""
    marks = figure.given, figure.expected, figure.provisional
    if not figure.summed:
        return RestatedFigure(None, None, None, *marks, Basis.NOT_COMPARABLE, "not-summed")
    return RestatedFigure(figure.value, figure.value, figure.value, *marks, Basis.EXACT)


def _positions(units: int | Sequence[int]) -> Integers:
    return np.array([units] if isinstance(units, int) else units, dtype=np.int64)


def _quotient(over: Integers, under: Integers, scale: Fraction) -> Fraction | None:
    total = int(under.sum())
    return Fraction(int(over.sum()), total) * scale if total else None


def _figure(
    column: RestatedColumn, chosen: Integers, basis: Basis, reason: Reason | None,
    low: Value | None, high: Value | None,
) -> RestatedFigure:  # fmt: skip
    """Return a figure; where a part of the unit was outside the period, its least value is known."""
    given, expected = int(column.given[chosen].sum()), int(column.expected[chosen].sum())
    marks = given, expected, bool(column.provisional[chosen].any())
    if reason is not None:
        least = low if reason == "part-missing" and given else None
        return RestatedFigure(None, least, None, *marks, Basis.NOT_COMPARABLE, reason)
    if not given:
        return RestatedFigure(None, None, None, *marks, basis)
    value = low if basis in (Basis.EXACT, Basis.ESTIMATED) else None
    return RestatedFigure(value, low, high, *marks, basis)
