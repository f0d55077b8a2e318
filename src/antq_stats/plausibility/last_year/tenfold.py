"""A nought too many or too few: values ten or a hundred times last year's, or a tenth or a hundredth."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from antq_stats.plausibility import check
from antq_stats.plausibility.hits import Hits, Told, of_cells
from antq_stats.plausibility.years import Case, TableYears


@check("tenfold", needs_last_year=True)
def tenfold(case: Case) -> Iterator[Hits]:
    """Report P107 where a value is about ten or a hundred times last year's, or a tenth or a hundredth of it.

    Most other values of the unit must fit last year: a village that took in others grows in all of them.
    """
    for years in case.years:
        yield _of_table(case, years)


def _of_table(case: Case, years: TableYears) -> Hits:
    far = years.is_far & (years.now > 0) & (years.then > 0)
    is_alone = 2 * (years.moved - 1) <= years.compared - 1
    places, rows = np.nonzero((far & is_alone[:, None]).T)
    logs = np.log10(years.now[rows, places] / years.then[rows, places])
    powers = np.rint(logs).astype(np.int64)
    right = (np.abs(powers) >= 1) & (np.abs(powers) <= 2)
    right &= np.abs(logs - powers) <= case.limits.tenfold.band
    rows, places, powers = rows[right], places[right], powers[right]

    def tell(at: int) -> Told:
        row, place, power = int(rows[at]), int(places[at]), int(powers[at])
        facts = {
            "found": f"digits-{'more' if power > 0 else 'fewer'}-{abs(power)}",
            "expected": years.text_then(row, place),
            "period": case.period,
        }
        return Told(years.text_now(row, place), facts)

    return of_cells("P107", years.table, rows, places, years.both.sum(axis=0), tell)
