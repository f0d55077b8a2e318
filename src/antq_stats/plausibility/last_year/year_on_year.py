"""Unusual changes on last year, by the method of Hidiroglou and Berthelot.

M. A. Hidiroglou and J.-M. Berthelot, "Statistical editing and imputation for periodic business surveys",
Survey Methodology 12 (1986), pp. 73 to 83; with the parameters and the rule for unchanged units of Statistics
Norway, which checks the figures of municipalities with it (KOSTRA): function ``Hb`` of the R package Kostra,
github.com/statisticsnorway/Kostra.

For the units of a stratum, *r* is the ratio of this year's value to last year's. The ratio is made symmetric
about its median *m*: *s* = 1 - *m*/*r* where *r* < *m*, else *r*/*m* - 1. The effect *E* = *s* · max(now,
then)^U lets a change of a large unit count for more. With the median and the quartiles of the effects,
*d1* = max(*E50* - *E25*, |A · *E50*|) and *d3* = max(*E75* - *E50*, |A · *E50*|), a change is unusual if *E*
is below *E50* - C · *d1* or above *E50* + C · *d3*. Units that did not change count towards median
and quartiles only if they are under half of the stratum: else both would be nought, and every change unusual.

A stratum is a kind of unit: the type word of the unit (thôn, bản, tổ dân phố), or of the unit above it where
the register has none. Kinds with too few units are one stratum together.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from antq_stats.collection.collection import Integers, Truths
from antq_stats.form.plausibility import YearOnYear
from antq_stats.plausibility import check
from antq_stats.plausibility.hits import Hits, Told, of_cells
from antq_stats.plausibility.surprise import Reals
from antq_stats.plausibility.years import Case, TableYears
from antq_stats.words.text import text_key


@check("year_on_year", needs_last_year=True)
def year_on_year(case: Case) -> Iterator[Hits]:
    """Report P106 where a value changed unusually, compared with the other units of the same kind."""
    words = _words(case)
    for years, parents in zip(case.years, case.parents, strict=False):
        kinds, above = words[years.table.units], words[parents]
        kinds = np.where((kinds == 0) & (parents >= 0), above, kinds)
        found = [
            (rows, np.full(len(rows), place), expected)
            for place in np.flatnonzero(years.is_count).tolist()
            for rows, expected in _of_measure(years, place, kinds, case.limits.year_on_year)
        ]
        if found:
            rows, places, expected = (np.concatenate(columns) for columns in zip(*found, strict=True))
            yield _hits(case, years, rows, places, expected)


def _words(case: Case) -> Integers:
    """Return for each unit of the register a number for its type word, 0 for none."""
    units = case.collection.register.units
    keys = {word: text_key(word) for word in set(units.kinds)}
    numbers = {key: number for number, key in enumerate(sorted(set(keys.values()) | {""}))}  # none is 0
    number_of = {word: numbers[key] for word, key in keys.items()}
    return np.fromiter(map(number_of.__getitem__, units.kinds), dtype=np.int64, count=len(units.kinds))


def _of_measure(
    years: TableYears, place: int, kinds: Integers, limits: YearOnYear
) -> Iterator[tuple[Integers, Reals]]:
    """Yield the units whose value of a measure changed unusually, with the value that was expected."""
    rows = np.flatnonzero(years.both[:, place] & (years.now[:, place] > 0) & (years.then[:, place] > 0))
    strata = kinds[rows]
    sizes = np.bincount(strata, minlength=1)
    strata = np.where(sizes[strata] >= limits.units, strata, -1)
    for stratum in (-1, *np.flatnonzero(sizes >= limits.units).tolist()):
        members = rows[strata == stratum]
        if len(members) < limits.units:
            continue
        scale = years.scales[place]
        now, then = years.now[members, place] / scale, years.then[members, place] / scale
        unusual, median = unusual_changes(now, then, limits)
        unusual &= years.is_large[members, place]
        yield members[unusual], then[unusual] * median


def unusual_changes(now: Reals, then: Reals, limits: YearOnYear) -> tuple[Truths, float]:
    """Return which changes of the units of a stratum are unusual, and the median ratio.

    Parameters
    ----------
    now, then : the values of the units in both years, all above 0, n.
    limits : the parameters of the method.
    """
    unusual = np.zeros(len(now), dtype=np.bool_)
    changed = now != then
    if not changed.any():
        return unusual, 1.0
    counted = np.flatnonzero(changed) if 2 * int(changed.sum()) <= len(now) else np.arange(len(now))
    ratio = now[counted] / then[counted]
    median = float(np.median(ratio))
    moved = np.where(ratio < median, 1 - median / ratio, ratio / median - 1)
    effect = moved * np.maximum(now, then)[counted] ** limits.u
    low, middle, high = np.quantile(effect, (0.25, 0.5, 0.75))
    least = abs(limits.a * middle)
    far = effect < middle - limits.c * max(middle - low, least)
    far |= effect > middle + limits.c * max(high - middle, least)
    unusual[counted[far]] = True
    return unusual & changed, median


def _hits(case: Case, years: TableYears, rows: Integers, places: Integers, expected: Reals) -> Hits:
    def tell(at: int) -> Told:
        row, place = int(rows[at]), int(places[at])
        facts = {
            "found": "up" if years.now[row, place] > years.then[row, place] else "down",
            "given": years.text_then(row, place),
            "expected": f"{expected[at]:.{years.table.measures[place].decimals}f}",
            "period": case.period,
        }
        return Told(years.text_now(row, place), facts)

    return of_cells("P106", years.table, rows, places, years.both.sum(axis=0), tell)
