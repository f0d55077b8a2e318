"""The values of a table in two years, side by side, and how far they usually differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from antq_stats.collection.collection import Collection, Integers, TableValues, Truths
from antq_stats.figures.comparison import Prior
from antq_stats.form.plausibility import Plausibility
from antq_stats.plausibility.sheets import Sheets
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
    limits: Plausibility
    """The thresholds of the form."""
    _usual: Reals | None = None
    """Usual changes, if not those of the values themselves."""

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
        if self._usual is not None:
            return self._usual
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

    @cached_property
    def is_large(self) -> Truths:
        """Whether each value differs from last year's by more than a small number of ones, n x m."""
        large: Truths = self.both & (np.abs(self.now - self.then) > self.limits.small * self.scales)
        return large

    @cached_property
    def is_far(self) -> Truths:
        """Whether each value is a count that does not fit last year's, n x m."""
        with np.errstate(invalid="ignore"):
            far: Truths = (self.distances >= self.limits.differs) & self.is_large & self.is_count
        return far

    def differed(self, rows: Integers, place: int, other: int) -> Truths:
        """Return whether the values of two measures differed last year; see `distance`."""
        logs = self._then_log
        apart = np.abs(logs[rows, place] - logs[rows, other])
        differed: Truths = apart >= self.limits.differs * (self.usual[other] + np.exp(-logs[rows, other]))
        return differed

    def fits(self, rows: Integers, place: int, other: int) -> Truths:
        """Return whether values fit last year's values of the same or of another measure; see `distance`."""
        with np.errstate(invalid="ignore"):
            fitting: Truths = self.distance(rows, place, other) <= self.limits.fits
        return fitting

    def by_sheet(self, sheets: Sheets) -> TableYears:
        """Return the sums of each sheet, as if the p sheets were the units.

        A sum is over the units whose values of both years are known.
        """
        both, of_rows = self.both, sheets.of_rows
        count = len(sheets)
        now = np.zeros((count, self.now.shape[1]), dtype=np.int64)
        then, given = now.copy(), now.copy()
        for place in range(now.shape[1]):
            rows = np.flatnonzero(both[:, place] & (of_rows >= 0))
            np.add.at(now[:, place], of_rows[rows], self.now[rows, place])
            np.add.at(then[:, place], of_rows[rows], self.then[rows, place])
            given[:, place] = np.bincount(of_rows[rows], minlength=count)
        is_given: Truths = given > 0
        usual = None if count >= self.limits.enough else self.usual
        decimals = self.decimals, self.decimals_then
        return TableYears(self.table, now, is_given, then, is_given, *decimals, self.limits, usual)

    def stated(self, rows: Iterable[tuple[int, int]], *, then: bool = False) -> str:
        """Return values as a finding states them: ``tong_ho = 120 · to_tu_quan_antt = 2``.

        Parameters
        ----------
        rows : row and measure of each value.
        then : whether those of last year are meant.
        """
        text = self.text_then if then else self.text_now
        measures = self.table.measures
        return " · ".join(f"{measures[place].code} = {text(row, place)}" for row, place in rows)

    def text_now(self, row: int, place: int) -> str:
        """Return a value of this year in digits with a point."""
        measure = self.table.measures[place]
        return measure.text(int(self.now[row, place]) // 10 ** (self.decimals[place] - measure.decimals))

    def text_then(self, row: int, place: int) -> str:
        """Return a value of last year in digits with a point, with the decimals that it had."""
        finer = self.decimals[place] - self.decimals_then[place]
        return plain(int(self.then[row, place]) // 10**finer, self.decimals_then[place])


def _logs(values: Integers, scales: Integers) -> Reals:
    logs: Reals = np.log1p(np.maximum(values, 0) / scales)
    return logs


def table_years(table: TableValues, before: Prior, limits: Plausibility) -> TableYears:
    """Return the values of a table in two years.

    Parameters
    ----------
    table : the table, of this year.
    before : the figures of last year.
    limits : the thresholds of the form.
    """
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
    return TableYears(table, now, present, then, known, tuple(finest), tuple(earlier), limits)


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
        return tuple(table_years(table, self.before, self.limits) for table in self.collection.tables)

    @cached_property
    def sheets(self) -> tuple[Sheets, ...]:
        """The sheets of each table of the collection."""
        return tuple(Sheets(table) for table in self.collection.tables)

    @property
    def both_years(self) -> Iterator[tuple[TableYears, Sheets]]:
        """Each table beside last year, with its sheets."""
        return zip(self.years, self.sheets, strict=False)

    @property
    def period(self) -> str:
        """Name of the earlier period."""
        return self.before.period if self.before is not None else ""
