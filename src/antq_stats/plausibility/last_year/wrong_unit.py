"""Values in another unit of measure, such as persons where households are asked for."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from antq_stats.collection.collection import Truths
from antq_stats.form import Measure
from antq_stats.plausibility import check
from antq_stats.plausibility.hits import Hits, Told, of_cells, of_columns
from antq_stats.plausibility.sheets import Sheets
from antq_stats.plausibility.years import Case, TableYears

_STEADY = 1.25
"""Two measures count the same in two units if the upper quartile of their ratio is at most this many times
the lower one."""
_UNLIKE = 1.5
"""Least ratio of two such measures, or of the second to the first."""
_LOOKED_AT = 2000
"""About how many units the ratio of two measures is taken from."""
_MOST = 0.8
"""Share of the units of a sheet whose values must be in the other unit."""


@check("wrong_unit", needs_last_year=True)
def wrong_unit(case: Case) -> Iterator[Hits]:
    """Report P110 where values seem to be in another unit of measure of the form.

    Two things tell. A value fits what the unit reported last year for another measure, in another unit, which
    is a steady multiple of its own (persons to households). Or all values of a measure on one sheet are a few
    times last year's while the other columns did not change.
    """
    for years, sheets in case.both_years:
        columns = _of_columns(case, years, sheets)
        yield columns
        yield _of_cells(case, years)


def _other_unit(first: Measure, second: Measure) -> bool:
    return first.unit is not None and second.unit is not None and first.unit != second.unit


def _of_cells(case: Case, years: TableYears) -> Hits:
    rows_of, places_of, others_of = [], [], []
    measures, counts = years.table.measures, np.flatnonzero(years.is_count).tolist()
    for place in counts:
        far = np.flatnonzero(years.is_far[:, place])
        if not len(far):
            continue
        for other in counts:
            if not _other_unit(measures[place], measures[other]):
                continue
            rows = far[years.fits(far, place, other) & ~years.is_far[far, other]]
            least = years.limits.small * years.scales[other]  # among small counts any two fit
            rows = rows[(years.now[rows, place] > 0) & (years.then[rows, other] > least)]
            if not len(rows) or not _is_steady(years, place, other):
                continue
            rows_of.append(rows)
            places_of.append(np.full(len(rows), place))
            others_of.append(np.full(len(rows), other))
    empty = [np.zeros(0, dtype=np.int64)]
    rows, places, others = (np.concatenate(empty + parts) for parts in (rows_of, places_of, others_of))

    def tell(at: int) -> Told:
        row, place, other = int(rows[at]), int(places[at]), int(others[at])
        facts = {
            "expected": years.stated([(row, place)], then=True),
            "found": years.stated([(row, other)], then=True),
            "period": case.period,
        }
        return Told(years.text_now(row, place), facts)

    return of_cells("P110", years.table, rows, places, years.both.sum(axis=0), tell)


def _is_steady(years: TableYears, place: int, other: int) -> bool:
    """Return whether one measure was a steady multiple of another last year, as persons are of households."""
    step = 1 + len(years.then) // _LOOKED_AT
    known = years.known[::step, place] & years.known[::step, other]
    then, others = years.then[::step, place], years.then[::step, other]
    known &= (then > 0) & (others > 0)
    if known.sum() < years.limits.enough:
        return False
    ratios = (others[known] / years.scales[other]) / (then[known] / years.scales[place])
    low, middle, high = np.quantile(ratios, (0.25, 0.5, 0.75))
    return bool(high <= _STEADY * low) and not 1 / _UNLIKE < middle < _UNLIKE


def _of_columns(case: Case, years: TableYears, sheets: Sheets) -> Hits:
    """Return findings on columns of sheets that are a few times last year's."""
    limits, measures = case.limits.wrong_unit, years.table.measures
    far = years.is_far
    moved, compared = sheets.sums(years.moved), sheets.sums(years.compared)
    parts_of, places_of = [], []
    for place, measure in enumerate(measures):
        if not far[:, place].any() or not any(_other_unit(measure, other) for other in measures):
            continue
        now, then = years.now[:, place], years.then[:, place]
        inside: Truths = far[:, place] & (now >= limits.least * then) & (now <= limits.most * then)
        within = sheets.counts(inside)
        own = sheets.counts(years.both[:, place])
        steady = 2 * (moved - sheets.counts(far[:, place])) <= compared - own
        parts = np.flatnonzero((own >= limits.units) & (within >= _MOST * own) & steady)
        parts_of.append(parts)
        places_of.append(np.full(len(parts), place))
    empty = [np.zeros(0, dtype=np.int64)]
    parts, places = np.concatenate(empty + parts_of), np.concatenate(empty + places_of)
    sums = years.by_sheet(sheets) if len(parts) else years
    units = sheets.counts(years.compared > 0)

    def tell(at: int) -> Told:
        part, place = int(parts[at]), int(places[at])
        times = sums.now[part, place] / max(int(sums.then[part, place]), 1)
        facts = {
            "expected": sums.stated([(part, place)], then=True),
            "given": f"{times:.1f}",
            "count": str(int(units[part])),
            "period": case.period,
        }
        return Told(None, facts)

    return of_columns("P110", sheets, case.collection.register, parts, places, years.both.sum(axis=0), tell)
