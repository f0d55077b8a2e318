"""Values far above those of the other units, per household.

FASTR, the rapid service-data assessments of the Global Financing Facility at the World Bank, names a monthly
count of a health facility an outlier if it is more than ten median absolute deviations (MAD) from the median,
the MAD being that of the values at or above the median, times 1.4826, or if it is over 80 % of the year's
total; and if it is above a floor (fastr-analytics.org/methodology, "Data quality assessment"). The upper half
is taken because many units may have little or nothing, which makes the deviation of all too small.

Here the units of a table stand in the place of the months, and values are taken per household, so that a
large village is not named for being large. In a commune of few villages each has a large share: the share is
asked for as well, not instead. Only values above the median are outliers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from antq_stats.collection.collection import Integers, Truths
from antq_stats.collection.table_values import Held, TableValues
from antq_stats.figures.coverage import weighing_measure
from antq_stats.form import Measure
from antq_stats.form.plausibility import Peers
from antq_stats.plausibility import check
from antq_stats.plausibility.hits import Hits, Told, of_cells
from antq_stats.plausibility.surprise import Reals
from antq_stats.plausibility.years import Case

_NORMAL = 1.4826
"""The standard deviation of normal values over their median absolute deviation."""
_LEAST = 0.05
"""Least deviation, as a share of the median: most units may have the same value."""


class _Far(NamedTuple):
    """The k values of a measure that are far above those of the other units."""

    rows: Integers
    places: Integers
    usual: Integers
    """The value, in steps, that the median ratio gives for the unit's households."""


@check("peers")
def peers(case: Case) -> Iterator[Hits]:
    """Report P114 where a value per household is far above the others, and much of its parent's sum.

    Where last year's value is known, the value must not fit it: what is large every year is no slip.
    """
    collection = case.collection
    measure = weighing_measure(collection.form)
    if measure is None:
        return
    weighed = collection.tables[collection.place_of[measure.code][0]].level
    for number, (table, parents) in enumerate(zip(collection.tables, case.parents, strict=True)):
        if table.level > weighed:
            continue
        weights, known = collection.at_level(measure.code, table.level)
        weights = np.where(known, weights, 0)
        years = case.years[number] if case.years else None
        doubted = None if years is None else years.is_far | ~years.known
        runs = np.flatnonzero(np.diff(parents, prepend=-2))  # units of one parent stand together
        found = [
            _far(table, place, weights, runs, doubted, case.limits.peers)
            for place, other in enumerate(table.measures)
            if other.code != measure.code and other.kind == "count" and other.up == "sum"
        ]
        if found:
            far = _Far(*(np.concatenate(columns) for columns in zip(*found, strict=True)))
            yield _hits(table, measure, weights, far)


def _far(
    table: TableValues, place: int, weights: Integers, runs: Integers, doubted: Truths | None, limits: Peers
) -> _Far:
    """Return the values of a measure that are outliers; ``runs`` begin with the first unit of each parent.

    All values are doubted if ``doubted`` is None.
    """
    values = table.values[:, place]
    is_judged = (values >= 0) & (weights > 0)
    rows = np.zeros(0, dtype=np.int64)
    if np.count_nonzero(is_judged) >= limits.units:
        above = limits.above * table.measures[place].scale
        rows = _large(np.where(is_judged, values, 0), runs, limits.share, above)
        rows = rows if doubted is None else rows[doubted[rows, place]]
    if not len(rows):  # few are much of a sum, and medians cost more
        return _Far(rows, rows, rows)
    judged = np.flatnonzero(is_judged)
    far, median = far_above(values[judged] / weights[judged], limits.mad)
    rows = rows[far[np.searchsorted(judged, rows)]]
    usual = np.rint(weights[rows] * median).astype(np.int64)
    return _Far(rows, np.full(len(rows), place), usual)


def _large(values: Held, runs: Integers, share: float, above: int) -> Integers:
    """Return the rows whose value is above a number and much of the sum of its run; most runs have none."""
    sums = np.add.reduceat(values, runs, dtype=np.int64)
    greatest = np.maximum.reduceat(values, runs)
    chosen = (greatest > above) & (greatest >= share * sums)
    rows = np.flatnonzero(np.repeat(chosen, np.diff(runs, append=len(values))))
    run = np.searchsorted(runs, rows, side="right") - 1
    large: Integers = rows[(values[rows] > above) & (values[rows] >= share * sums[run])]
    return large


def far_above(ratios: Reals, limit: float) -> tuple[Truths, float]:
    """Return which of n values are far above the median, and the median.

    Parameters
    ----------
    ratios : the values, n.
    limit : from how many median absolute deviations above the median a value is far.
    """
    median = _median(ratios)
    upper = ratios[ratios >= median]
    deviation = _NORMAL * _median(np.abs(upper - _median(upper)))
    far: Truths = ratios - median > limit * max(deviation, _LEAST * median)
    return far, median


def _median(values: Reals) -> float:
    """Return the median of n values, at least one and none NaN; `numpy.median` would import masked arrays."""
    half = len(values) // 2
    ordered = np.partition(values, (half - 1, half) if half else half)
    return float(ordered[half] if len(values) % 2 else (ordered[half - 1] + ordered[half]) / 2)


def _hits(table: TableValues, measure: Measure, weights: Integers, far: _Far) -> Hits:
    def tell(at: int) -> Told:
        row, place = int(far.rows[at]), int(far.places[at])
        shown = table.measures[place]
        facts = {
            "other": f"{measure.code} = {measure.text(int(weights[row]))}",
            "expected": shown.text(int(far.usual[at])),
        }
        return Told(shown.text(int(table.values[row, place])), facts)

    return of_cells("P114", table, far.rows, far.places, table.given, tell)
