"""Changes beyond what the form allows for a measure (``max_change``)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import numpy as np

from antq_stats.collection.collection import Integers
from antq_stats.plausibility import check
from antq_stats.plausibility.hits import Hits, Told, of_cells
from antq_stats.plausibility.years import Case, TableYears
from antq_stats.words.language import rounded

_NEAR = 1e-9
"""Relative distance from the limit within which floats do not decide."""
_ENOUGH = 1e30
"""A share that no change is beyond, and that stays a number when it is multiplied."""


@check("large_change", needs_last_year=True)
def large_change(case: Case) -> Iterator[Hits]:
    """Report P101 where a unit's value changed by more than its measure's ``max_change`` allows.

    Only units and measures that are the same in both periods are compared, by their true values even if the
    measure had other decimals.
    """
    for years in case.years:
        rows, places = [], []
        for place, measure in enumerate(years.table.measures):
            if measure.max_change is not None:
                far = _beyond(years, place, measure.max_change)
                rows.append(far)
                places.append(np.full(len(far), place))
        if rows:
            yield _hits(case, years, np.concatenate(rows), np.concatenate(places))


def _beyond(years: TableYears, place: int, limit: Decimal) -> Integers:
    """Return the places of the units whose value of a measure changed by more than a share of last year's."""
    now, then = years.now[:, place], years.then[:, place]
    wide = np.flatnonzero(years.is_large[:, place])
    moved, allowed = np.abs(now[wide] - then[wide]), min(float(limit), _ENOUGH) * then[wide]
    far = moved > allowed
    over, under = limit.as_integer_ratio()
    for at in np.flatnonzero(np.abs(moved - allowed) <= _NEAR * allowed).tolist():
        # Python integers: a share with many digits, times a count, may need more than 64 bits
        far[at] = int(moved[at]) * under > over * int(then[wide[at]])
    found: Integers = wide[far]
    return found


def _hits(case: Case, years: TableYears, rows: Integers, places: Integers) -> Hits:
    def tell(at: int) -> Told:
        row, place = int(rows[at]), int(places[at])
        now, then = int(years.now[row, place]), int(years.then[row, place])
        limit = years.table.measures[place].max_change or Decimal(0)
        facts = {
            "found": "up" if now > then else "down",
            **change_in_per_cent(now, then),
            "expected": years.text_then(row, place),
            "period": case.period,
            "limit": f"{(limit * 100).normalize():f}",
        }
        return Told(years.text_now(row, place), facts)

    return of_cells("P101", years.table, rows, places, years.both.sum(axis=0), tell)


def change_in_per_cent(now: int, then: int) -> dict[str, str]:
    """Return the fact ``given``: a change in per cent, without its sign; none if it is from 0."""
    return {"given": str(rounded(Fraction(abs(now - then) * 100, then), 1))} if then else {}
