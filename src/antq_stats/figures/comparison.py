"""Comparison with an earlier period: its figures on the current units, for the same measures.

A code alone does not identify a unit: `changes.placement` says where the earlier units belong. Two measures
are the same if their codes agree, or if the form names the earlier code (``was``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

import numpy as np

from antq_stats.changes.composition import not_composed
from antq_stats.changes.divisions import NOWHERE
from antq_stats.changes.fates import History
from antq_stats.changes.placement import Placement, place
from antq_stats.collection.collection import Integers, Truths
from antq_stats.collection.period_name import day_of
from antq_stats.figures.aggregation import Aggregate
from antq_stats.figures.figure import Basis, Figure, RatioFigure, RestatedFigure, no_figure
from antq_stats.figures.restated import Restated
from antq_stats.form import Form, SeriesBreak
from antq_stats.register.register import UnitRegister


@dataclass(frozen=True, eq=False, repr=False)
class Prior:
    """The figures of an earlier period, looked up by the units and measures of the current one.

    Units that were merged since have the sums of the old ones. A figure that is not exact on the current
    boundaries is None: what was divided, what was only partly in the earlier period.
    """

    _restated: Restated
    _form: Form
    """The current form."""
    _codes: dict[str, str]
    """Code of a measure or ratio in the current form -> its code in the earlier one."""
    _withholds: Callable[[str], Truths] | None = None
    """Takes a code of the earlier form, returns for each earlier unit whether its figure is withheld.

    None if nothing is withheld.
    """
    _breaks: Mapping[str, SeriesBreak] = field(default_factory=dict)
    """Current codes of measures and ratios whose definition changed between the periods."""

    def __repr__(self) -> str:
        placed = int((self._restated.placement.whole != NOWHERE).sum())
        return f"<Prior {self.period}: {placed} units, {len(self._codes)} measures and ratios>"

    @property
    def period(self) -> str:
        """Name of the earlier period."""
        return self._restated.aggregate.period

    @property
    def protected(self) -> frozenset[str]:
        """Current codes of the measures and ratios that were protected in the earlier period."""
        then = self._restated.form.protected
        return frozenset(now for now, code in self._codes.items() if code in then)

    def series_break(self, code: str) -> SeriesBreak | None:
        """Return the change in the definition of a measure or ratio between the periods, or None.

        Across it no change of a figure is computed.
        """
        return self._breaks.get(code)

    def place(self, unit: int) -> int | None:
        """Return the position of the same unit in the earlier register; None if it has none there."""
        twin = int(self._restated.placement.twins[unit])
        return None if twin == NOWHERE else twin

    @property
    def placement(self) -> Placement:
        """Where the earlier units belong in the current register."""
        return self._restated.placement

    def restated(self, units: int | Sequence[int], code: str) -> RestatedFigure:
        """Return an earlier figure of a current unit, or of several together, with what it rests on.

        Parameters
        ----------
        units : position of the unit; or of several, of which none is under another.
        code : current code of a measure or ratio.
        """
        earlier_code = self._codes.get(code)
        if earlier_code is None:
            return no_figure("not-asked")
        several = [units] if isinstance(units, int) else list(units)
        if self._withholds is not None and self._withheld(earlier_code)[several].any():
            return no_figure("withheld")
        return self._restated.of(units, earlier_code)

    def figure(self, unit: int, measure: str) -> Figure | None:
        """Return a measure's earlier sum; None if it is not comparable, or withheld."""
        code = self._codes.get(measure)
        if code is None or self._is_withheld(unit, code):
            return None
        restated = self._restated.figure(unit, code)
        if restated.basis != Basis.EXACT:
            return None
        assert not isinstance(restated.value, Fraction)  # noqa: S101 - only ratios are fractions
        marks = restated.given, restated.expected, restated.provisional
        return Figure(restated.value, *marks, decided=restated.decided)

    def ratio(self, unit: int, code: str) -> RatioFigure | None:
        """Return an earlier ratio; None if it is not comparable, or withheld."""
        earlier_code = self._codes.get(code)
        if earlier_code is None or self._is_withheld(unit, earlier_code):
            return None
        return self._restated.exact_ratio(unit, earlier_code)

    def withheld_then(self, unit: int, code: str) -> bool:
        """Return whether a figure was withheld in the earlier period.

        Parameters
        ----------
        unit : position in the earlier register.
        code : code of a measure or ratio in the earlier form.
        """
        return self._withholds is not None and bool(self._withholds(code)[unit])

    def _is_withheld(self, unit: int, code: str) -> bool:
        return self._withholds is not None and bool(self._withheld(code)[unit])

    def _withheld(self, code: str) -> Truths:
        """Return for each current unit whether an earlier figure is withheld.

        So is a sum over one that is, and one from which a withheld figure could be worked out.
        """
        assert self._withholds is not None  # noqa: S101 - asked only where figures may be withheld
        if code not in self._hidden:
            withheld = self._withholds(code) & self._told(code)
            hidden = self._restated.placement.reached_by(withheld)
            if withheld.any():
                hidden |= self._untold(code, withheld)
            self._hidden[code] = hidden
        return self._hidden[code]

    def _told(self, code: str) -> bool:
        """Return whether any unit gave the earlier figure: what nobody gave is missing, not withheld."""
        figures = self._restated.aggregate
        measured = any(each.code == code for each in self._restated.form.measures)
        given = figures.column(code)[1] if measured else figures.ratio_column(code)[2]
        return bool(given.any())

    def _untold(self, code: str, withheld: Truths) -> Truths:
        """Return for each current unit whether its sum would tell more than the earlier sums that are shown.

        It would if the sum is not made of them. What is not summed stands at the units of one level alone.
        """
        figures, placement = self._restated.aggregate, self._restated.placement
        form = self._restated.form
        if any(each.code == code for each in form.measures):
            if form.measure(code).up == "none":
                return np.zeros(len(placement.target), dtype=np.bool_)
            given, shown = figures.column(code)[1], ~(withheld | figures.not_summed(code))
        else:
            given, shown = figures.ratio_column(code)[2], ~withheld
        units = figures.units_of(code)
        return not_composed(placement, units[given[units] > 0], shown)

    @cached_property
    def _hidden(self) -> dict[str, Truths]:
        return {}

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
        between the periods, where it is not exact on the current boundaries, where a value under the unit
        was missing in the earlier period, and where it is withheld. The sums are in the steps of the earlier
        measure, whose number of decimals is returned too.
        """
        code = self._codes.get(measure)
        if code is None or measure in self._breaks:
            count = len(self._restated.register)
            nothing = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.bool_)
            return *nothing, self._form.measure(measure).decimals
        sums, known = self._restated.complete_column(code)
        if self._withholds is not None:
            known = known & ~self._withheld(code)
        return np.where(known, sums, 0), known, self._restated.form.measure(code).decimals


def prior(
    form: Form,
    register: UnitRegister,
    earlier: Aggregate,
    withholds: Callable[[str], Truths] | None = None,
    *,
    period: str | None = None,
    placement: Placement | None = None,
    decided: Callable[[str], Truths] | None = None,
) -> Prior:
    """Return an earlier period's figures, looked up by the units and measures of the current one.

    Parameters
    ----------
    form, register : of the current period.
    earlier : the earlier period's figures.
    withholds : takes a code of the earlier form and returns for each earlier unit whether its figure is
        withheld (`Disclosure.withholds`); None if nothing is withheld.
    period : name of the current period, by which changes of definitions between the periods are found.
    placement : where the earlier units belong in the current register; None if no event lies between, so
        that units are the same by code, name, type and the units above.
    decided : which earlier figures are marked as resting on a decision; see `Restated`.
    """
    if placement is None:
        placement = place(earlier.register, register, History(()), None, None)
    codes = same_columns(form, earlier.form)
    breaks = {} if period is None else breaks_between(form, period, earlier, codes)
    return Prior(Restated(earlier, placement, decided), form, codes, withholds, breaks)


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
