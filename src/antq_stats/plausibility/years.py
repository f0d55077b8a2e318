"""The values of a table in two years, side by side, and how far they usually differ."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from antq_stats.collection.collection import Collection, Integers, TableValues, Truths
from antq_stats.figures.comparison import Prior
from antq_stats.form.plausibility import Plausibility
from antq_stats.words.amounts import plain

Reals = npt.NDArray[np.float64]

_LEAST_USUAL, _MOST_USUAL = 0.03, 0.3
"""Bounds of the usual change: what is steady for a year may move in the next, and if most units change
beyond recognition, no change is usual."""
_USUAL_MEDIANS = 3.0
"""Usual is a change of up to three medians: about nine of ten units that change, change by less."""


@dataclass(frozen=True, eq=False)
class TableYears:
    """The values of a table's n units and m measures, now and last year.

    Both are in steps of the finer of the two years, so differences are exact.
    """

    table: TableValues
    now: Integers
    """n x m, 0 where ``present`` is false."""
    present: Truths
    """Whether the value of this year was given, n x m."""
    then: Integers
    """n x m, 0 where ``known`` is false."""
    known: Truths
    """Whether the value of last year is known, and nothing changed in what is measured, n x m."""
    decimals: tuple[int, ...]
    """Decimals of the steps of each measure."""
    decimals_then: tuple[int, ...]
    """Decimals of each measure last year."""

    @cached_property
    def both(self) -> Truths:
        """Whether both values are known, n x m."""
        return self.present & self.known

    @cached_property
    def scales(self) -> Integers:
        """Number of steps in one, m."""
        return np.array([10**decimals for decimals in self.decimals], dtype=np.int64)

    @cached_property
    def is_count(self) -> Truths:
        """Whether each measure is a count, m; a flag tells too little to compare."""
        return np.array([measure.kind == "count" for measure in self.table.measures], dtype=np.bool_)

    @cached_property
    def _now_log(self) -> Reals:
        """Logarithm of the values and one more, n x m."""
        return _logs(self.now, self.scales)

    @cached_property
    def _then_log(self) -> Reals:
        return _logs(self.then, self.scales)

    @cached_property
    def usual(self) -> Reals:
        """By how much each measure usually changes, as a logarithm, m.

        Three times the median of the changes of the units that changed at all, within bounds.
        """
        usual = np.full(len(self.decimals), _MOST_USUAL / 2)
        for place in range(len(usual)):
            moved = self.both[:, place] & (self.now[:, place] != self.then[:, place])
            if moved.any():
                change = np.abs(self._now_log[moved, place] - self._then_log[moved, place])
                usual[place] = _USUAL_MEDIANS * float(np.median(change))
        bounded: Reals = np.clip(usual, _LEAST_USUAL, _MOST_USUAL)
        return bounded

    def distance(self, rows: Integers | slice, place: int, other: int) -> Reals:
        """Return how far values are from last year's values of the same or of another measure.

        The unit is the usual change of the other measure, to which as much is added as one more or less
        makes: among small counts a difference of one is usual. NaN where a value is not known.

        Parameters
        ----------
        rows : places of the units.
        place : place of the measure whose values of this year are judged.
        other : place of the measure whose values of last year they are compared with.
        """
        then = self._then_log[rows, other]
        usual = self.usual[other] + np.exp(-then)
        distance: Reals = np.abs(self._now_log[rows, place] - then) / usual
        distance[~(self.present[rows, place] & self.known[rows, other])] = np.nan
        return distance

    @cached_property
    def distances(self) -> Reals:
        """Return how far each value is from last year's, n x m; see `distance`."""
        columns = [self.distance(slice(None), place, place) for place in range(len(self.decimals))]
        return np.stack(columns, axis=1) if columns else np.zeros(self.now.shape)

    def is_large(self, rows: Integers, place: int, small: int) -> Truths:
        """Return whether values differ by more than a number of ones from last year's."""
        moved = np.abs(self.now[rows, place] - self.then[rows, place])
        large: Truths = moved > small * self.scales[place]
        return large

    def text_now(self, row: int, place: int) -> str:
        """Return a value of this year in digits with a point."""
        return self.table.measures[place].text(int(self.table.values[row, place]))

    def text_then(self, row: int, place: int) -> str:
        """Return a value of last year in digits with a point, with the decimals that it had."""
        finer = self.decimals[place] - self.decimals_then[place]
        return plain(int(self.then[row, place]) // 10**finer, self.decimals_then[place])


def _logs(values: Integers, scales: Integers) -> Reals:
    logs: Reals = np.log1p(np.maximum(values, 0) / scales)
    return logs


def table_years(table: TableValues, before: Prior) -> TableYears:
    """Return the values of a table in two years."""
    present = table.present
    now = np.where(present, table.values, 0)
    then, known = np.zeros_like(now), np.zeros_like(present)
    finest, earlier = [], []
    for place, measure in enumerate(table.measures):
        sums, is_known, decimals = before.exact_column(measure.code)
        finest.append(max(measure.decimals, decimals))
        earlier.append(decimals)
        then[:, place] = sums[table.units] * 10 ** (finest[-1] - decimals)
        known[:, place] = is_known[table.units]
        now[:, place] *= 10 ** (finest[-1] - measure.decimals)
    return TableYears(table, now, present, then, known, tuple(finest), tuple(earlier))


@dataclass(frozen=True, eq=False)
class Case:
    """What is checked: a collection, and the figures of last year if there are any."""

    collection: Collection
    before: Prior | None

    @property
    def limits(self) -> Plausibility:
        """The thresholds of the form."""
        return self.collection.form.plausibility

    @cached_property
    def years(self) -> tuple[TableYears, ...]:
        """The tables of the collection beside last year; none without its figures."""
        if self.before is None:
            return ()
        return tuple(table_years(table, self.before) for table in self.collection.tables)

    @property
    def period(self) -> str:
        """Name of the earlier period."""
        return self.before.period if self.before is not None else ""
