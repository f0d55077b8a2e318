"""A sum where the value of one unit belongs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from antq_stats.collection.collection import Integers, Truths
from antq_stats.collection.table_values import Held, TableValues
from antq_stats.plausibility import check
from antq_stats.plausibility.hits import Hits, Told, of_cells
from antq_stats.plausibility.sheets import Sheets
from antq_stats.plausibility.years import Case, TableYears

_LIKELY = 20
"""Values up to this are sums of others by chance."""
_ALONE = 2
"""Measures of a row that must be sums where last year tells nothing."""


@check("sum_for_part")
def sum_for_part(case: Case) -> Iterator[Hits]:
    """Report P111 where a value is the sum of the other units of its parent, or of the rows above it.

    Where last year's value is known, the value must not fit it. Where it is not, one sum may be chance: at
    least two measures of the row must be sums.
    """
    least = case.limits.sum_for_part.parts
    for number, (table, sheets) in enumerate(zip(case.collection.tables, case.sheets, strict=True)):
        years = case.years[number] if case.years else None
        starts = np.flatnonzero(np.diff(case.parents[number], prepend=-2))
        found = [
            (rows, np.full(len(rows), place), kinds)
            for place, measure in enumerate(table.measures)
            if measure.kind == "count" and measure.up == "sum" and len(starts)
            for rows, kinds in [_sums(sheets, place, starts, least, years)]
        ]
        if found:
            rows, places, kinds = (np.concatenate(columns) for columns in zip(*found, strict=True))
            certain = np.bincount(rows, minlength=1)[rows] >= _ALONE
            if years is not None:
                certain |= years.known[rows, places]
            yield _hits(case, table, years, rows[certain], places[certain], kinds[certain])


def _sums(
    sheets: Sheets, place: int, starts: Integers, least: int, years: TableYears | None
) -> tuple[Integers, Truths]:
    """Return the rows whose value of a measure is a sum, and whether of the other units of the parent."""
    table = sheets.table
    values = table.values[:, place]
    candidates = values > _LIKELY * table.measures[place].scale
    if years is not None:
        candidates &= years.is_far[:, place] | ~years.known[:, place]
    if not candidates.any():
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.bool_)
    given = np.maximum(values, 0)
    of_parent = _others(given, starts, least)
    of_parent &= candidates
    runs_on = candidates & (given == sheets.above(given))
    if runs_on.any():
        runs_on &= sheets.above(given > 0) >= least
    rows = np.flatnonzero(of_parent | runs_on)
    return rows, of_parent[rows]


def _others(given: Held, starts: Integers, least: int) -> Truths:
    """Return which values are the sum of the others of their parent, of which more than some are not 0.

    Such a value is the greatest of its parent, whose sum it halves: most parents are excluded by that.
    """
    counts = np.diff(starts, append=len(given))  # units of one parent stand together
    greatest = np.maximum.reduceat(given, starts).astype(np.int64)
    halves = (greatest > 0) & (2 * greatest == np.add.reduceat(given, starts, dtype=np.int64))
    if halves.any():
        halves &= np.add.reduceat(given > 0, starts, dtype=np.int64) > least
    if not halves.any():
        return np.zeros(len(given), dtype=np.bool_)
    found: Truths = np.repeat(halves, counts) & (given == np.repeat(greatest, counts))
    return found


def _hits(
    case: Case, table: TableValues, years: TableYears | None, rows: Integers, places: Integers, kinds: Truths
) -> Hits:
    def tell(at: int) -> Told:
        row, place = int(rows[at]), int(places[at])
        facts = {"found": "sum-of-others" if kinds[at] else "sum-so-far"}
        if years is not None and years.known[row, place]:
            facts |= {"expected": years.text_then(row, place), "period": case.period}
        return Told(table.measures[place].text(int(table.values[row, place])), facts)

    return of_cells("P111", table, rows, places, table.given, tell)
