"""Two columns that are exchanged, in a row or in a whole sheet."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from antq_stats.collection.collection import Integers
from antq_stats.plausibility import check
from antq_stats.plausibility.hits import Cells, Hits, Told, of_columns
from antq_stats.plausibility.sheets import Sheets
from antq_stats.plausibility.years import Case, TableYears


@check("swapped", needs_last_year=True)
def swapped(case: Case) -> Iterator[Hits]:
    """Report P109 where two values each fit last year's value of the other measure and not of their own.

    All other values of the row must be near their own; at least one of the two must be far from it.

    A sheet is judged by its sums: columns as alike as households registered and achieved are told apart in
    the sum of several villages, where they cannot be in one. It has one finding.
    """
    for years, sheets in case.both_years:
        sums = years.by_sheet(sheets)
        whole = _exchanged(sums, _are_whole(years, sheets, case.limits.swapped.units))
        yield _of_sheets(case, sums, sheets, whole)
        yield _of_rows(case, years, sheets, _exchanged(years, None))


def _are_whole(years: TableYears, sheets: Sheets, least: int) -> Integers:
    """Return how many units each sheet gives of each measure, p x m; -1 where they are too few."""
    given = np.stack([sheets.counts(years.both[:, place]) for place in range(years.both.shape[1])], axis=1)
    given[given < least] = -1
    return given


def _exchanged(years: TableYears, given: Integers | None) -> Integers:
    """Return the row and the two measures of each exchange, 3 x k.

    Parameters
    ----------
    years : the values of units, or the sums of sheets.
    given : for sums, of how many units each is; sums of different numbers of units are not compared.
    """
    far, unlike, small = years.is_far, years.is_unlike, years.limits.small
    found = []
    for first, second in combinations(np.flatnonzero(unlike.any(axis=0)).tolist(), 2):
        one, other = far[:, first], far[:, second]
        rows = np.flatnonzero(unlike[:, first] & unlike[:, second] & (one | other))
        rows = rows[years.moved[rows] <= one[rows].astype(np.int64) + other[rows]]
        if given is not None:
            rows = rows[(given[rows, first] > 0) & (given[rows, first] == given[rows, second])]
        apart = np.abs(
            years.now[rows, first] / years.scales[first] - years.now[rows, second] / years.scales[second]
        )
        rows = rows[apart > small]
        rows = rows[years.fits(rows, first, second) & years.fits(rows, second, first)]
        found.append(np.stack([rows, np.full(len(rows), first), np.full(len(rows), second)]))
    if not found:
        return np.zeros((3, 0), dtype=np.int64)
    together = np.concatenate(found, axis=1)
    # a row is exchanged once: more than two columns that fit each other tell nothing
    _, first_at, times = np.unique(together[0], return_index=True, return_counts=True)
    once: Integers = together[:, first_at[times == 1]]
    return once


def _of_rows(case: Case, years: TableYears, sheets: Sheets, found: Integers) -> Hits:
    rows, first, second = found

    def tell(at: int) -> Told:
        row, pair = int(rows[at]), (int(first[at]), int(second[at]))
        cells = [(row, place) for place in pair]
        facts = {
            "found": years.stated(cells),
            "expected": years.stated(cells, then=True),
            "period": case.period,
        }
        return Told(years.text_now(row, pair[0]), facts, pair[1:])

    numbers = np.arange(len(rows))
    cells = Cells(np.tile(numbers, 2), np.tile(rows, 2), np.concatenate([first, second]))
    judged = int((years.compared > 0).sum())
    table = years.table
    return Hits("P109", table, table.units[rows], sheets.sources[rows], first, tell, judged, cells)


def _of_sheets(case: Case, sums: TableYears, sheets: Sheets, found: Integers) -> Hits:
    parts, first, second = found
    units = sheets.counts(np.ones(len(sheets.of_rows), dtype=np.bool_))

    def tell(at: int) -> Told:
        part, pair = int(parts[at]), (int(first[at]), int(second[at]))
        cells = [(part, place) for place in pair]
        facts = {
            "found": sums.stated(cells),
            "expected": sums.stated(cells, then=True),
            "period": case.period,
            "count": str(int(units[part])),
        }
        return Told(None, facts, pair[1:])

    return of_columns("P109", sheets, case.collection.register, parts, first, int(units.sum()), tell)
