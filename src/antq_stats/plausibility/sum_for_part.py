"""A sum where the value of one unit belongs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from antq_stats.collection.collection import Integers, TableValues, Truths
from antq_stats.plausibility import check
from antq_stats.plausibility.hits import Hits, Told, of_cells
from antq_stats.plausibility.sheets import Sheets
from antq_stats.plausibility.years import Case, TableYears

_LIKELY = 20
"""Values up to this are sums of others by chance."""


@check("sum_for_part")
def sum_for_part(case: Case) -> Iterator[Hits]:
    """Report P111 where a value is the sum of the other units of its parent, or of the rows above it.

    Where last year's value is known, the value must not fit it.
    """
    least = case.limits.sum_for_part.parts
    for number, (table, sheets) in enumerate(zip(case.collection.tables, case.sheets, strict=True)):
        years = case.years[number] if case.years else None
        parents = np.array(case.collection.register.units.parents, dtype=np.int64)[table.units] + 1
        found = [
            (rows, np.full(len(rows), place), kinds)
            for place, measure in enumerate(table.measures)
            if measure.kind == "count" and measure.up == "sum"
            for rows, kinds in [_sums(sheets, place, parents, least, years)]
        ]
        if found:
            rows, places, kinds = (np.concatenate(columns) for columns in zip(*found, strict=True))
            yield _hits(case, table, years, rows, places, kinds)


def _sums(
    sheets: Sheets, place: int, parents: Integers, least: int, years: TableYears | None
) -> tuple[Integers, Truths]:
    """Return the rows whose value of a measure is a sum, and whether of the other units of the parent."""
    table = sheets.table
    values = table.values[:, place]
    candidates = values > _LIKELY * table.measures[place].scale
    if years is not None:
        candidates &= years.is_far[:, place] | ~years.known[:, place]
    given = np.where(values > 0, values, 0)
    size = int(parents.max(initial=0)) + 1
    totals = np.zeros(size, dtype=np.int64)
    np.add.at(totals, parents, given)
    parts = np.bincount(parents[given > 0], minlength=size)
    of_parent: Truths = candidates & (2 * given == totals[parents]) & (parts[parents] - 1 >= least)
    found: Truths = of_parent | (candidates & _runs_on(given, sheets, least))
    rows = np.flatnonzero(found)
    return rows, of_parent[rows]


def _runs_on(given: Integers, sheets: Sheets, least: int) -> Truths:
    """Return whether each value is the sum of those above it on its sheet, n."""
    order = np.argsort(sheets.sources, kind="stable")
    order = order[sheets.sources[order] >= 0]
    running, counted = np.cumsum(given[order]), np.cumsum(given[order] > 0)
    of_rows = sheets.of_rows[order]
    starts = np.searchsorted(of_rows, of_rows, side="left")  # rows of a sheet stand together
    before = np.concatenate([[0], running]), np.concatenate([[0], counted])
    place = np.arange(len(order))
    above = before[0][place] - before[0][starts]
    enough = before[1][place] - before[1][starts] >= least
    runs_on = np.zeros(len(given), dtype=np.bool_)
    runs_on[order] = (above == given[order]) & enough
    return runs_on


def _hits(
    case: Case, table: TableValues, years: TableYears | None, rows: Integers, places: Integers, kinds: Truths
) -> Hits:
    def tell(at: int) -> Told:
        row, place = int(rows[at]), int(places[at])
        facts = {"found": "sum-of-others" if kinds[at] else "sum-so-far"}
        if years is not None and years.known[row, place]:
            facts |= {"expected": years.text_then(row, place), "period": case.period}
        return Told(table.measures[place].text(int(table.values[row, place])), facts)

    return of_cells("P111", table, rows, places, table.present.sum(axis=0), tell)
