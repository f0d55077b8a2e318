"""Figures of a sender that end in 0 or 5 too often: they were estimated, not counted.

Among figures from 10 on that were counted, about one in five ends in 0 or 5. How likely it is that at least k
of n do, is the upper tail of the binomial distribution.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from math import comb, lgamma, log

import numpy as np

from antq_stats.collection.collection import Integers
from antq_stats.collection.table_values import TableValues
from antq_stats.form.plausibility import LastDigits
from antq_stats.plausibility import check
from antq_stats.plausibility.hits import Hits, Told, of_senders
from antq_stats.plausibility.sheets import Sheets
from antq_stats.plausibility.surprise import Senders, is_first_in_row, narrow
from antq_stats.plausibility.years import Case

_LEAST = 10
"""Figures of one digit are not judged: few things are none, one or five by estimate."""
_ONE_IN = 5
_UNSURE = 1e-6
"""Difference of logarithms that floats may not decide."""
_NOTHING = 1e-18
"""A term this small beside the sum, and all after it, does not change the sum."""
_SHORT = 10_000
"""Figures of which a tail is short."""


@check("last_digits")
def last_digits(case: Case) -> Iterator[Hits]:
    """Report P115 where too many of a sender's figures in one unit of measure end in 0 or 5.

    Figures that a row repeats in other columns count once. Amounts with decimals are not judged.
    """
    for sheets, senders in zip(case.sheets, case.senders, strict=True):
        groups: dict[str, list[int]] = {}
        for place, measure in enumerate(sheets.table.measures):
            if measure.kind == "count" and not measure.decimals:
                groups.setdefault(measure.unit.vi if measure.unit else "", []).append(place)
        for places in groups.values():
            yield _of_group(sheets, senders, places, case.limits.last_digits)


def _of_group(sheets: Sheets, senders: Senders, places: list[int], limits: LastDigits) -> Hits:
    table = sheets.table
    values = narrow(table.values, places)
    judged = is_first_in_row(values, values >= _LEAST)
    rounded = judged.copy(order="F")
    for place, column in enumerate(values.T):
        rounded[:, place] &= column // _ONE_IN * _ONE_IN == column  # a quotient takes a fifth of a remainder
    counts, ends = senders.sums(judged), senders.sums(rounded)
    given, found = counts.sum(axis=1), ends.sum(axis=1)
    enough = given >= limits.values
    above = np.flatnonzero(enough & (found * _ONE_IN > given))
    numbers = zip(above.tolist(), found[above].tolist(), given[above].tolist(), strict=True)
    chosen = [sender for sender, ends_so, of in numbers if is_beyond_chance(ends_so, of, limits.chance)]

    def tell(at: int) -> Told:
        sender = chosen[at]
        return Told(
            None,
            {
                "count": str(int(found[sender])),
                "given": str(int(given[sender])),
                "expected": str(round(int(given[sender]) / _ONE_IN)),
                "found": _stated(table, places, ends[sender]),
            },
        )

    rows = [senders.rows(sender) for sender in chosen]
    return of_senders("P115", sheets, rows, senders.units[chosen], int(enough.sum()), tell)


def _stated(table: TableValues, places: list[int], ends: Integers) -> str:
    """Return how many figures of each measure end in 0 or 5: ``tong_ho = 12 · ho_dat_gdvh = 14``."""
    return " · ".join(
        f"{table.measures[place].code} = {count}"
        for place, count in zip(places, ends.tolist(), strict=True)
        if count
    )


@lru_cache(1 << 14)  # of many senders few have numbers of their own
def is_beyond_chance(found: int, given: int, chance: float) -> bool:
    """Return whether so many of some figures end in 0 or 5 with less than a probability, by chance.

    The sum of the tail is a float, which is off by far less than a millionth of it. Where that could decide,
    the tail is summed exactly, if it is short.

    Parameters
    ----------
    found : number of figures that do.
    given : number of figures.
    chance : the probability.
    """
    if found > given or (found * _ONE_IN <= given and 2 * chance <= 1):  # none, or half and more
        return found > given
    share, log_chance = 1 / _ONE_IN, log(chance)
    first = lgamma(given + 1) - lgamma(found + 1) - lgamma(given - found + 1)
    first += found * log(share) + (given - found) * log(1 - share)
    if first > log_chance + _UNSURE:
        return False  # so many, and no more, are likelier
    term = total = 1.0
    for count in range(found, given):
        term *= (given - count) / (count + 1) * (share / (1 - share))
        total += term
        if term < _NOTHING * total and count * _ONE_IN > given:
            break
    distance = first + log(total) - log_chance
    if abs(distance) > _UNSURE or given > _SHORT:
        return distance < 0
    ways = sum(comb(given, count) * (_ONE_IN - 1) ** (given - count) for count in range(found, given + 1))
    over, under = Decimal(repr(chance)).as_integer_ratio()
    return bool(ways * under < over * _ONE_IN**given)
