"""Comparison with an earlier period: the figures of the same units and the same measures.

A code alone does not identify a unit. Two units are the same if code, name and type agree, and those of the
units above them too. Two measures are the same if their codes agree, or if the form names the earlier code
(``was``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from antq_stats.collection.collection import Integers, Truths
from antq_stats.collection.period_name import day_of
from antq_stats.figures.aggregation import Aggregate
from antq_stats.figures.figure import Figure, RatioFigure
from antq_stats.form import Form, SeriesBreak
from antq_stats.register.register import UnitRegister
from antq_stats.words.text import text_key


@dataclass(frozen=True, eq=False, repr=False)
class Prior:
    """The figures of an earlier period, looked up by the units and measures of the current one."""

    _aggregate: Aggregate
    _form: Form
    """The current form."""
    _now: UnitRegister
    _units: dict[int, int]
    """Position in the current register -> position in the earlier one."""
    _codes: dict[str, str]
    """Code of a measure or ratio in the current form -> its code in the earlier one."""
    _withholds: Callable[[str], Truths] | None = None
    """Takes a code of the earlier form, returns for each earlier unit whether its figure is withheld.

    None if nothing is withheld.
    """
    _breaks: Mapping[str, SeriesBreak] = field(default_factory=dict)
    """Current codes of measures and ratios whose definition changed between the periods."""

    def __repr__(self) -> str:
        return f"<Prior {self.period}: {len(self._units)} units, {len(self._codes)} measures and ratios>"

    @property
    def period(self) -> str:
        """Name of the earlier period."""
        return self._aggregate.period

    @property
    def protected(self) -> frozenset[str]:
        """Current codes of the measures and ratios that were protected in the earlier period."""
        then = self._aggregate.form.protected
        return frozenset(now for now, code in self._codes.items() if code in then)

    def series_break(self, code: str) -> SeriesBreak | None:
        """Return the change in the definition of a measure or ratio between the periods, or None.

        Across it no change of a figure is computed.
        """
        return self._breaks.get(code)

    def place(self, unit: int) -> int | None:
        """Return a unit's position in the earlier register; None if it has none there."""
        return self._units.get(unit)

    @cached_property
    def _pairs(self) -> tuple[Integers, Integers]:
        """Positions of the same units in the current register and in the earlier one."""
        count = len(self._units)
        return (
            np.fromiter(self._units.keys(), dtype=np.int64, count=count),
            np.fromiter(self._units.values(), dtype=np.int64, count=count),
        )

    def figure(self, unit: int, measure: str) -> Figure | None:
        """Return a measure's earlier sum; None if the unit or the measure is new, or the sum is withheld."""
        position, code = self._units.get(unit), self._codes.get(measure)
        if position is None or code is None or self._is_withheld(position, code):
            return None
        return self._aggregate.figure(position, code)

    def ratio(self, unit: int, code: str) -> RatioFigure | None:
        """Return an earlier ratio; None if the unit or the ratio is new, or the ratio is withheld."""
        position, earlier_code = self._units.get(unit), self._codes.get(code)
        if position is None or earlier_code is None or self._is_withheld(position, earlier_code):
            return None
        return self._aggregate.ratio(position, earlier_code)

    def _is_withheld(self, position: int, code: str) -> bool:
        return self._withholds is not None and bool(self._withholds(code)[position])

    def column(self, measure: str) -> tuple[Integers, Truths]:
        """Return a measure's earlier sums for the n units of the current register, and which are known.

        The sums are in the steps of the current measure, rounded half up if it has fewer decimals than the
        earlier one had: for weights and estimates. `exact_column` is for comparisons.
        """
        values, known, decimals = self.exact_column(measure)
        finer = decimals - self._form.measure(measure).decimals
        if finer > 0:
            return (2 * values + 10**finer) // (2 * 10**finer), known
        return values * 10**-finer, known

    def exact_column(self, measure: str) -> tuple[Integers, Truths, int]:
        """Return a measure's earlier sums for the n units of the current register, and which are known.

        A sum is unknown, and 0, where the unit or the measure is new, where the measure's definition changed
        between the periods, where a value under the unit was missing in the earlier period, and where it is
        withheld. The sums are in the steps of the earlier measure, whose number of decimals is returned too.
        """
        count = len(self._now)
        values, known = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.bool_)
        code = self._codes.get(measure)
        if code is None or not self._units or measure in self._breaks:
            return values, known, self._form.measure(measure).decimals
        sums, given, expected, _ = self._aggregate.column(code)
        complete = (given == expected) & (expected > 0) & ~self._aggregate.not_summed(code)
        if self._withholds is not None:
            complete &= ~self._withholds(code)
        here, there = self._pairs
        known[here] = complete[there]
        values[here] = np.where(known[here], sums[there], 0)
        return values, known, self._aggregate.form.measure(code).decimals


def prior(
    form: Form,
    register: UnitRegister,
    earlier: Aggregate,
    withholds: Callable[[str], Truths] | None = None,
    *,
    period: str | None = None,
) -> Prior:
    """Return an earlier period's figures, looked up by the units and measures of the current one.

    Parameters
    ----------
    form, register : of the current period.
    earlier : the earlier period's figures.
    withholds : takes a code of the earlier form and returns for each earlier unit whether its figure is
        withheld (`Disclosure.withholds`); None if nothing is withheld.
    period : name of the current period, by which changes of definitions between the periods are found.
    """
    units = _same_units(register, earlier.register)
    codes = same_columns(form, earlier.form)
    breaks = {} if period is None else breaks_between(form, period, earlier, codes)
    return Prior(earlier, form, register, units, codes, withholds, breaks)


def breaks_between(
    form: Form, period: str, earlier: Aggregate, codes: Mapping[str, str]
) -> dict[str, SeriesBreak]:
    """Return the measures and ratios whose definition changed between two periods, by their current codes.

    A change lies between them if its day is after the earlier cut-off day and not after the later one. If a
    period has no cut-off day, no change is known to lie between.

    Parameters
    ----------
    form, period : of the current period.
    earlier : the earlier period.
    codes : code of a measure or ratio in the current form -> its code in the earlier one.
    """
    days = sorted(day for day in (day_of(period, form), day_of(earlier.period, earlier.form)) if day)
    if len(days) < 2:
        return {}
    then = {measure.code: measure.series_break for measure in earlier.form.measures}
    breaks = {
        measure.code: changed
        for measure in form.measures
        for changed in (then.get(codes.get(measure.code, "")), measure.series_break)
        if changed is not None and days[0] < changed.date <= days[1]
    }
    sides = {ratio.code: (ratio.numerator, ratio.denominator) for ratio in form.ratios}
    breaks |= {
        code: breaks[side] for code, pair in sides.items() for side in reversed(pair) if side in breaks
    }
    return breaks


def _same_units(now: UnitRegister, then: UnitRegister) -> dict[int, int]:
    same: dict[int, int] = {}
    for position in now.tree_order.tolist():
        other = then.units.by_code.get(now.units.codes[position])
        if other is None or _name(now, position) != _name(then, other):
            continue
        parent, parent_then = now.units.parents[position], then.units.parents[other]
        if same.get(parent, -1) == parent_then:
            same[position] = other
    return same


def _name(register: UnitRegister, position: int) -> str:
    return text_key(register.at(position).display)


def same_columns(now: Form, then: Form) -> dict[str, str]:
    """Return the code of a measure or ratio in a form -> its code in an earlier form, where both have it.

    Parameters
    ----------
    now, then : the form, and the earlier one.
    """
    measures = {measure.code for measure in then.measures}
    codes = {
        measure.code: code
        for measure in now.measures
        for code in reversed((measure.code, *measure.was))
        if code in measures
    }
    ratios = {ratio.code: ratio for ratio in then.ratios}
    for ratio in now.ratios:
        before = ratios.get(ratio.code)
        sides = (codes.get(ratio.numerator), codes.get(ratio.denominator, ratio.denominator))
        if before is not None and sides == (before.numerator, before.denominator) and ratio.per == before.per:
            codes[ratio.code] = ratio.code
    return codes
