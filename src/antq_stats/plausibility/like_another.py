"""Returns that are those of another sender, under another name."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from math import comb
from typing import NamedTuple

import numpy as np
from numpy.random import default_rng  # imported with the module, while the workers read

from antq_stats.collection.collection import Integers
from antq_stats.collection.table_values import TableValues
from antq_stats.form.plausibility import Copy
from antq_stats.plausibility import check
from antq_stats.plausibility.hits import Hits, Told, of_senders
from antq_stats.plausibility.sheets import Sheets
from antq_stats.plausibility.surprise import (
    Compared,
    Reals,
    Senders,
    highest_of_draws,
    is_first_in_row,
    narrow,
)
from antq_stats.plausibility.years import Case, TableYears

_POOL = 4000
"""Number of pairs of rows of different senders that are drawn as a measure of what is usual."""
_AT_ONCE = 1 << 18
"""So many pairs of values are compared at a time: they fit into the processor's cache."""
_ROUNDED = 2.0**-23
"""Bound of what one addition in 32 bits rounds off, as a share of the sum."""
_FEW = 4
"""Values below so many times their number are counted in a table instead of being sorted."""


class _Pair(NamedTuple):
    """Two senders whose returns are alike."""

    surplus: float
    copy: int
    model: int
    usual: float
    """Number of equal figures that two senders usually have in so many rows."""


class _Rows(NamedTuple):
    """The rows of the k senders that are compared, in the order of their sheets: the first with the first."""

    values: Compared
    """k x n x m, -1 where there is none to compare."""
    weights: Reals
    """Surprise of an equal value, k x n x m; 0 where there is none."""
    counts: Integers
    """Number of rows of each sender, k."""
    places: Integers
    """Places of these rows among the k x n."""


@check("like_another")
def like_another(case: Case) -> Iterator[Hits]:
    """Report P113 where the figures of a sender are those of another sender nearby.

    An equal figure is as surprising as it is rare in its column, -log of the share of units that have it.
    Among many pairs some are alike by chance: the least surplus grows by the logarithm of their number.

    Rows are compared in the order of their sheets: who copies a return changes the names. Of the two the one
    whose figures fit last year's less is named, else the later in the register.
    """
    for number, sheets in enumerate(case.sheets):
        years = case.years[number] if case.years else None
        yield _of_table(case, sheets, case.senders[number], years)


def _of_table(case: Case, sheets: Sheets, senders: Senders, years: TableYears | None) -> Hits:
    table, limits = sheets.table, case.limits.like_another
    values, units_judged = _judged(table, limits)
    weights = _Weights(values)
    moved = np.zeros(len(senders)) if years is None else senders.sums(years.moved[:, None])[:, 0]
    found: dict[int, _Pair] = {}
    ordered = _in_order(senders, sheets, values)
    del values

    for members in senders.around.values():
        for pair in _pairs(_aligned(ordered, members, weights), limits):
            first, second = int(members[pair.copy]), int(members[pair.model])
            copy, model = (first, second) if moved[first] > moved[second] else (second, first)
            known = found.get(copy)
            if known is None or pair.surplus > known.surplus:
                found[copy] = _Pair(pair.surplus, copy, model, pair.usual)
    pairs = [found[copy] for copy in sorted(found)]

    def tell(at: int) -> Told:
        return _told(case, sheets, senders, ordered, pairs[at])

    of = [senders.rows(pair.copy) for pair in pairs]
    units = senders.units[[pair.copy for pair in pairs]]
    return of_senders("P113", sheets, of, units, units_judged, tell, explains=True)


def _judged(table: TableValues, limits: Copy) -> tuple[Compared, int]:
    """Return the values that are judged, -1 for others, n x m, and how many units have any.

    There are only the columns in which any value is judged, and at least one.
    """
    least = {
        place: limits.above * measure.scale
        for place, measure in enumerate(table.measures)
        if measure.kind == "count"
    }
    places = [p for p, above in least.items() if int(table.values[:, p].max(initial=0)) > above]
    values = narrow(table.values, places or [0])
    judged = np.zeros(values.shape, dtype=np.bool_, order="F")
    for at, place in enumerate(places):
        judged[:, at] = table.values[:, place] > least[place]
    judged = is_first_in_row(values, judged)
    values[~judged] = -1
    return values, int(judged.any(axis=1).sum())


class _Weights:
    """-log of how frequent each value is in its column; 0 for -1, which stands for none.

    Parameters
    ----------
    values : n x m values, -1 for none.
    """

    def __init__(self, values: Compared) -> None:
        self._sorted: dict[int, Compared] = {}
        """Column -> its values in order, where they are too many to be counted in a table."""
        weights: list[Reals] = []
        for column, of_column in enumerate(values.T):
            given = of_column[of_column >= 0]
            if int(given.max(initial=0)) < _FEW * len(given):
                counts = np.bincount(given)
            else:
                self._sorted[column], counts = np.unique(given, return_counts=True)
            counts = np.where(counts > 0, counts, len(given))
            weights += [np.zeros(1), -np.log(counts / max(len(given), 1))]
        self._weights = np.concatenate(weights)
        lengths = [1 + len(of_column) for of_column in weights[1::2]]
        self._zeros = np.cumsum([0, *lengths[:-1]])
        """Place of the weight of -1 of each column; those of its values follow."""

    def of(self, values: Compared) -> Reals:
        """Return the weights of values, k x n x m."""
        at = values + (self._zeros + 1)
        for column, known in self._sorted.items():
            of_column = values[:, :, column]
            place = np.where(of_column < 0, -1, np.searchsorted(known, of_column))
            at[:, :, column] = place + (self._zeros[column] + 1)
        weights: Reals = self._weights.take(at)
        return weights


class _Ordered(NamedTuple):
    """The rows of the k senders that have a value to compare, in the order of their sheets."""

    rows: Integers
    """Places of the rows in the table, n."""
    starts: Integers
    """Where those of each sender begin, and the end of all, k + 1."""
    values: Compared
    """n + 1 x m, row after row, -1 where there is none to compare; the last row has none."""

    def of(self, sender: int) -> slice:
        return slice(int(self.starts[sender]), int(self.starts[sender + 1]))


def _in_order(senders: Senders, sheets: Sheets, values: Compared) -> _Ordered:
    kept = np.flatnonzero((values >= 0).any(axis=1))
    kept = kept[np.lexsort((sheets.sources[kept], senders.of_rows[kept]))]
    of_kept = np.empty((len(kept) + 1, values.shape[1]), dtype=values.dtype)
    np.take(values, kept, axis=0, out=of_kept[:-1], mode="clip")  # without a copy; all places exist
    of_kept[-1] = -1
    return _Ordered(kept, np.searchsorted(senders.of_rows[kept], np.arange(len(senders) + 1)), of_kept)


def _aligned(ordered: _Ordered, members: Integers, weights: _Weights) -> _Rows:
    first = ordered.starts[members]
    counts = ordered.starts[members + 1] - first
    place = np.arange(int(counts.max(initial=0)))
    at = np.where(place < counts[:, None], first[:, None] + place, -1)
    aligned = ordered.values.take(at, axis=0)
    return _Rows(aligned, weights.of(aligned), counts, np.flatnonzero(at >= 0))


def _pairs(rows: _Rows, limits: Copy) -> Iterator[_Pair]:
    """Yield the pairs of senders that are more alike than any rows drawn at random.

    All pairs are weighed in 32 bits, and only those weighed again that may be alike: the error of a sum of so
    many addends is less than `error`, in whatever order they are added.
    """
    senders, longest, _ = rows.values.shape
    pool, equal = _drawn(rows)
    if senders < 2 or not len(pool):
        return
    highest = highest_of_draws(pool, np.arange(longest + 1))
    usual = equal / len(pool)
    least = limits.surprise + np.log(comb(senders, 2))
    flat, weights = (axis.reshape(senders, -1) for axis in (rows.values, rows.weights))
    light = weights.astype(np.float32)
    error = flat.shape[1] * _ROUNDED * float(weights.sum(axis=1).max())
    step = max(1, _AT_ONCE // flat.size)
    for top in range(0, senders - 1, step):
        block, later = slice(top, top + step), slice(top + 1, None)
        alike = flat[later] == flat[block, None]
        scores = (alike @ light[block, :, None])[:, :, 0]  # what is not compared weighs nothing
        common = np.minimum(rows.counts[later], rows.counts[block, None])
        beyond = highest[common]
        for at, other in zip(
            *(axis.tolist() for axis in np.nonzero(scores > beyond + (least - error))), strict=True
        ):
            if other < at:
                continue
            surplus = float(weights[top + at, alike[at, other]].sum() - beyond[at, other])
            if surplus > least:
                yield _Pair(surplus, top + at, top + 1 + other, usual * int(common[at, other]))


@lru_cache(maxsize=128)  # many districts have as many rows as another
def _places(count: int) -> tuple[Compared, Compared]:
    """Draw pairs of so many rows at random: the same for the same number."""
    random = default_rng(count)
    one, other = (random.integers(count, size=_POOL).astype(np.int32) for _ in range(2))
    return one, other


def _drawn(rows: _Rows) -> tuple[Reals, int]:
    """Return the surprise of random pairs of rows of different senders, and how many values are equal."""
    longest, measures = rows.values.shape[1:]
    every = rows.places
    if not len(every):
        return np.zeros(0), 0
    places, senders = _places(len(every)), every // longest
    apart = senders.take(places[0]) != senders.take(places[1])
    one, other = (drawn[apart] for drawn in places)
    values, weights = (axis.reshape(-1, measures).take(every, axis=0) for axis in (rows.values, rows.weights))
    others = np.where(values < 0, values - 1, values)  # what is not compared is equal to nothing
    is_equal = values.take(one, axis=0) == others.take(other, axis=0)
    row, place = np.divmod(np.flatnonzero(is_equal), measures)
    pool = np.bincount(row, weights=weights[one[row], place], minlength=len(one))
    return pool.astype(np.float64), len(row)


def _told(case: Case, sheets: Sheets, senders: Senders, ordered: _Ordered, pair: _Pair) -> Told:
    register, table = case.collection.register, sheets.table
    copy, model = (ordered.values[ordered.of(sender)] for sender in (pair.copy, pair.model))
    common = min(len(copy), len(model))
    equal = (copy[:common] == model[:common]) & (copy[:common] >= 0)
    facts = {
        "name": register.units.codes[int(senders.units[pair.model])],
        "count": str(int(equal.sum())),
        "given": str(int((copy >= 0).sum())),
        "expected": str(round(pair.usual)),
    }
    source = int(sheets.sources[ordered.rows[ordered.of(pair.model)]].max(initial=-1))
    return Told(None, facts | ({"other": table.origins[source].file} if source >= 0 else {}))
