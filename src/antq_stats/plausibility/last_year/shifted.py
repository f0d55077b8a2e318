"""Figures that stand one column too far to the left or to the right."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from antq_stats.collection.collection import Integers, Truths
from antq_stats.plausibility import check
from antq_stats.plausibility.hits import Hits, Told, of_rows
from antq_stats.plausibility.sheets import Sheets
from antq_stats.plausibility.years import Case, TableYears

_MOST = 0.75
"""Share of the figures that must fit when moved, and must not fit where they stand."""


class _Moves(NamedTuple):
    """The k rows whose figures fit last year when they are moved."""

    rows: Integers
    fitting: Integers
    """Number of figures that fit when moved."""
    places: Integers
    """Measure in whose column one of these stands."""
    others: Integers
    """Measure whose figure of last year it fits."""


@check("shifted", needs_last_year=True)
def shifted(case: Case) -> Iterator[Hits]:
    """Report P108 where the figures of a row fit last year when moved by one column, and not as they stand.

    Only figures whose own column and the next had different figures last year can tell. The columns are
    those of the sheet, in its own order.
    """
    for years, sheets in case.both_years:
        far = years.moved >= 2
        found = [
            _moved(years, rows[far[rows]], pairs, case.limits.shifted.cells)
            for columns, rows in sheets.layouts
            for by in (1, -1)
            if (pairs := _neighbours(columns, by))
        ]
        if found:
            moves = _Moves(*(np.concatenate(columns) for columns in zip(*found, strict=True)))
            yield _hits(case, years, sheets, moves)


def _neighbours(columns: tuple[int, ...], by: int) -> list[tuple[int, int]]:
    """Return pairs of measures: where a figure stands, and where it belongs if figures were moved.

    Parameters
    ----------
    columns : column of each measure on the sheet, -1 for none.
    by : by how many columns the figures were moved to the right.
    """
    at = {column: place for place, column in enumerate(columns) if column >= 0}
    return [(place, at[column - by]) for column, place in at.items() if column - by in at]


def _moved(years: TableYears, rows: Integers, pairs: list[tuple[int, int]], least: int) -> _Moves:
    """Return those of some rows whose figures fit last year when moved."""
    telling, fitting, far = (np.zeros(len(rows), dtype=np.int64) for _ in range(3))
    places, others = np.full(len(rows), -1), np.full(len(rows), -1)
    for place, other in pairs:
        if not years.is_count[place]:
            continue
        known = years.present[rows, place] & years.known[rows, place] & years.known[rows, other]
        is_telling = known & years.differed(rows, place, other)
        fits: Truths = is_telling & years.fits(rows, place, other)
        telling += is_telling
        fitting += fits
        far += is_telling & years.is_far[rows, place]
        first = fits & (places < 0)
        places[first], others[first] = place, other
    enough = (telling >= least) & (fitting >= _MOST * telling) & (far >= _MOST * telling)
    return _Moves(rows[enough], fitting[enough], places[enough], others[enough])


def _hits(case: Case, years: TableYears, sheets: Sheets, moves: _Moves) -> Hits:
    def tell(at: int) -> Told:
        row = int(moves.rows[at])
        facts = {
            "found": years.stated([(row, int(moves.places[at]))]),
            "expected": years.stated([(row, int(moves.others[at]))], then=True),
            "count": str(int(moves.fitting[at])),
            "period": case.period,
        }
        return Told(None, facts)

    judged = int((years.compared > 0).sum())
    return of_rows("P108", years.table, moves.rows, sheets.sources[moves.rows], judged, tell)
