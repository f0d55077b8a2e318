"""The values of a table in two years, side by side, and how far they usually differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from antq_stats.collection.collection import Collection, Integers, Truths
from antq_stats.collection.table_values import TableValues
from antq_stats.form.plausibility import Plausibility
from antq_stats.plausibility.sheets import Sheets
from antq_stats.plausibility.surprise import Reals, Senders
from antq_stats.words.amounts import plain

if TYPE_CHECKING:
    from antq_stats.figures.comparison import Prior

_LEAST_USUAL, _MOST_USUAL = 0.02, 0.3
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
    _given_typical: tuple[Reals, Reals] | None = None
    """Typical changes, if not those of the values themselves."""

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
    def _one_more(self) -> tuple[Reals, Reals]:
        """The values of both years and one more, n x m each."""
        return _one_more(self.now, self.scales), _one_more(self.then, self.scales)

    @cached_property
    def _logs(self) -> tuple[Reals, Reals]:
        now, then = self._one_more
        return np.log(now), np.log(then)

    @cached_property
    def _typical(self) -> tuple[Reals, Reals]:
        """The median change of each measure, and how far a change usually is from it, as logarithms, m each.

        Usual is up to three times the median distance among the units that changed at all, within bounds.
        """
        if self._given_typical is not None:
            return self._given_typical
        trend, usual = np.zeros(len(self.decimals)), np.full(len(self.decimals), _MOST_USUAL / 2)
        for place in self._compared_places:
            rows = np.flatnonzero(self.both[:, place])
            changes = self._logs[0][rows, place] - self._logs[1][rows, place]
            if changes.any():
                trend[place] = np.median(changes)
                moved = np.abs(changes[changes != 0] - trend[place])
                usual[place] = _USUAL_MEDIANS * float(np.median(moved))
        return trend, np.clip(usual, _LEAST_USUAL, _MOST_USUAL)

    def distance(self, rows: Integers | slice, place: int, other: int) -> Reals:
        """Return how far values are from what last year's values of the same or another measure let expect.

        Expected is last year's value, changed as the median unit's. The unit is the usual change of the other
        measure, to which as much is added as one more or less makes: among small counts a difference of one
        is usual. Infinite where a value is not known.

        Parameters
        ----------
        rows : places of the units.
        place : place of the measure whose values of this year are judged.
        other : place of the measure whose values of last year they are compared with.
        """
        trend, usual = self._typical
        expected = self._logs[1][rows, other] + trend[other]
        distance: Reals = np.abs(self._logs[0][rows, place] - expected)
        distance /= usual[other] + 1 / self._one_more[1][rows, other]
        distance[~(self.present[rows, place] & self.known[rows, other])] = np.inf
        return distance

    @cached_property
    def distances(self) -> Reals:
        """Return how far each value is from last year's, n x m; see `distance`."""
        distances = np.full(self.now.shape, np.inf, order="F")
        for place in self._compared_places:
            distances[:, place] = self.distance(slice(None), place, place)
        return distances

    @cached_property
    def compared(self) -> Integers:
        """Number of counts of each unit that are known in both years, n."""
        return _row_sums(self.both & self.is_count)

    @cached_property
    def moved(self) -> Integers:
        """Number of counts of each unit that do not fit last year's, n."""
        return _row_sums(self.is_far)

    @cached_property
    def is_large(self) -> Truths:
        """Whether each value differs from last year's by more than a small number of ones, n x m."""
        large = np.zeros(self.both.shape, dtype=np.bool_, order="F")
        for place in self._compared_places:
            moved = np.abs(self.now[:, place] - self.then[:, place])
            large[:, place] = self.both[:, place] & (moved > self.limits.small * self.scales[place])
        return large

    @cached_property
    def is_unlike(self) -> Truths:
        """Whether each value is a count that changed more than is usual, n x m."""
        return self._counts_from(self.limits.fits)

    @cached_property
    def is_far(self) -> Truths:
        """Whether each value is a count that does not fit last year's, n x m."""
        return self._counts_from(self.limits.differs)

    def _counts_from(self, distance: float) -> Truths:
        marks = np.zeros(self.both.shape, dtype=np.bool_, order="F")
        for place in self._compared_places:
            if self.is_count[place]:
                marks[:, place] = self.is_large[:, place] & (self.distances[:, place] >= distance)
        return marks

    @cached_property
    def _compared_places(self) -> list[int]:
        """Measures of which any value is known in both years: whole matrices cost more than their columns."""
        return [place for place, column in enumerate(self.both.T) if column.any()]

    def differed(self, rows: Integers, place: int, other: int) -> Truths:
        """Return whether the values of two measures differed last year; see `distance`."""
        logs = self._logs[1]
        apart = np.abs(logs[rows, place] - logs[rows, other])
        usual = self._typical[1][other] + 1 / self._one_more[1][rows, other]
        differed: Truths = apart >= self.limits.differs * usual
        return differed

    def fits(self, rows: Integers, place: int, other: int) -> Truths:
        """Return whether values fit last year's values of the same or of another measure; see `distance`."""
        fitting: Truths = self.distance(rows, place, other) <= self.limits.fits
        return fitting

    def by_sheet(self, sheets: Sheets) -> TableYears:
        """Return the sums of each sheet, as if the p sheets were the units.

        A sum is over the units whose values of both years are known.
        """
        count, both = len(sheets), self.both
        now, then = (np.zeros((count, self.now.shape[1]), dtype=np.int64) for _ in range(2))
        is_given = np.zeros(now.shape, dtype=np.bool_)
        for place in self._compared_places:
            now[:, place] = sheets.sums(np.where(both[:, place], self.now[:, place], 0))
            then[:, place] = sheets.sums(np.where(both[:, place], self.then[:, place], 0))
            is_given[:, place] = sheets.counts(both[:, place]) > 0
        typical = None if count >= self.limits.enough else self._typical
        decimals = self.decimals, self.decimals_then
        return TableYears(self.table, now, is_given, then, is_given, *decimals, self.limits, typical)

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


def _one_more(values: Integers, scales: Integers) -> Reals:
    more = np.empty(values.shape, order="F")
    for place, scale in enumerate(scales.tolist()):
        np.divide(values[:, place] + scale, scale, out=more[:, place])
    return more


def _row_sums(marks: Truths) -> Integers:
    """Return how many of the columns of each row are marked; the columns are those that stand together."""
    sums = np.zeros(len(marks), dtype=np.int64)
    for column in marks.T:
        sums += column
    return sums


def table_years(table: TableValues, before: Prior, limits: Plausibility) -> TableYears:
    """Return the values of a table in two years.

    Parameters
    ----------
    table : the table, of this year.
    before : the figures of last year.
    limits : the thresholds of the form.
    """
    present, now = table.present, np.maximum(table.values.astype(np.int64, copy=False), 0)
    then, known = np.zeros_like(now), np.zeros_like(present)
    finest, earlier = [], []
    for place, measure in enumerate(table.measures):
        sums, is_known, decimals = before.exact_column(measure.code)
        finest.append(max(measure.decimals, decimals))
        earlier.append(decimals)
        known[:, place] = is_known[table.units]
        if known[:, place].any():
            then[:, place] = sums[table.units] * 10 ** (finest[-1] - decimals)
        if finest[-1] > measure.decimals:
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
    def parents(self) -> tuple[Integers, ...]:
        """For each table, the position of the parent of each of its units; -1 at the root."""
        every = np.array(self.collection.register.units.parents, dtype=np.int64)
        return tuple(every[table.units] for table in self.collection.tables)

    @cached_property
    def sheets(self) -> tuple[Sheets, ...]:
        """The sheets of each table of the collection."""
        return tuple(Sheets(table) for table in self.collection.tables)

    @cached_property
    def senders(self) -> tuple[Senders, ...]:
        """The senders of each table of the collection."""
        return tuple(Senders(table, self.collection.register) for table in self.collection.tables)

    @property
    def both_years(self) -> Iterator[tuple[TableYears, Sheets]]:
        """Each table beside last year, with its sheets."""
        return zip(self.years, self.sheets, strict=False)

    @property
    def period(self) -> str:
        """Name of the earlier period."""
        return self.before.period if self.before is not None else ""
