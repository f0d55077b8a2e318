"""How surprising it is that figures of a return are equal to others, and which returns a sender's is beside.

The surprise of an equal figure is -log of how frequent it is; that of a return is the sum over its figures.
It is compared with the sums of as many rows drawn at random from other senders around: what columns have in
common, as households registered and achieved, is in the draws too. Draws are seeded.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.random import default_rng  # imported with the module, while the workers read

from antq_stats.collection.collection import Integers, Truths
from antq_stats.collection.table_values import Held, TableValues
from antq_stats.register.register import UnitRegister

Reals = npt.NDArray[np.float64]

Compared = npt.NDArray[np.signedinteger[Any]]
"""Values that are compared."""

_WIDTHS = (np.int16, np.int32, np.int64)
_DRAWS = 200
_BLOCK = 1 << 15
"""Rows compared at a time, whose columns fit into the processor's cache."""
_AROUND = 5
"""Least number of senders under a unit for them to be compared among themselves."""


def narrow(values: Held, places: Sequence[int]) -> Compared:
    """Return some columns of n x m values, in as few bits as hold them: half as many take half the time."""
    most = max((int(values[:, place].max(initial=0)) for place in places), default=0)
    kind = next(kind for kind in _WIDTHS if most <= np.iinfo(kind).max)
    found = np.empty((len(values), len(places)), dtype=kind, order="F")
    for at, place in enumerate(places):
        found[:, at] = values[:, place]
    return found


def is_first_in_row(values: Compared, judged: Truths) -> Truths:
    """Return whether each of n x m values is judged, and the first judged one of its kind in its row.

    Equal values of one row have one cause: they are one coincidence, not several.

    Parameters
    ----------
    values : the values; those that are judged are not negative.
    judged : which of them are judged, n x m.
    """
    first = np.array(judged, order="F")
    apart = -1 - np.arange(values.shape[1], dtype=values.dtype)
    for top in range(0, len(values), _BLOCK):
        block = slice(top, top + _BLOCK)
        columns = np.ascontiguousarray(np.where(judged[block], values[block], apart).T)
        for place in range(1, len(columns)):
            first[block, place] &= ~(columns[:place] == columns[place]).any(axis=0)
    return first


class Senders:
    """The k senders of a table's units.

    Parameters
    ----------
    table : the table.
    register : the register of the units.
    """

    def __init__(self, table: TableValues, register: UnitRegister) -> None:
        self._register = register
        whose = register.senders[table.units]
        self.units, self.of_rows = np.unique(whose, return_inverse=True)
        self._order = np.argsort(self.of_rows, kind="stable")
        self._starts = np.searchsorted(self.of_rows[self._order], np.arange(len(self.units) + 1))
        self._is_ordered = bool((np.diff(self.of_rows) >= 0).all())

    def __len__(self) -> int:
        return len(self.units)

    def rows(self, sender: int) -> Integers:
        """Return the rows of a sender, in the order of the table.

        Parameters
        ----------
        sender : number of the sender, 0 to k - 1.
        """
        rows: Integers = self._order[self._starts[sender] : self._starts[sender + 1]]
        return rows

    def sums(self, values: Integers | Truths) -> Integers:
        """Return the sums of n x m values over the rows of each sender, k x m."""
        if not len(self):
            return np.zeros((0, values.shape[1]), dtype=np.int64)
        sums = np.empty((len(self), values.shape[1]), dtype=np.int64)
        for place, column in enumerate(values.T):  # the columns are those that stand together
            ordered = column if self._is_ordered else column[self._order]
            np.add.reduceat(ordered, self._starts[:-1], dtype=np.int64, out=sums[:, place])
        return sums

    @cached_property
    def around(self) -> dict[int, Integers]:
        """Unit -> the senders under it that are compared, and of which some have no narrower such unit.

        A sender is compared with those of its district, or of the next unit above that has enough senders.
        """
        units = self._register.units
        parents = np.array(units.parents, dtype=np.int64)[self.units]
        order = np.argsort(parents, kind="stable")
        heads, starts = np.unique(parents[order], return_index=True)
        ends = np.append(starts, len(order))[1:]
        own = {
            head: order[start:end]  # parent -> its senders
            for head, start, end in zip(heads.tolist(), starts, ends, strict=True)
        }
        lines = [units.ancestors(parent) for parent in own if parent >= 0]
        above: dict[int, list[Integers]] = {}
        for line in lines:
            for unit in line:
                above.setdefault(unit, []).append(own[line[0]])
        sizes = {unit: sum(map(len, groups)) for unit, groups in above.items()}
        chosen = {next((unit for unit in line if sizes[unit] > _AROUND), line[-1]) for line in lines}
        return {unit: np.sort(np.concatenate(above[unit])) for unit in sorted(chosen)}


@lru_cache(maxsize=256)  # many districts have pools of one size
def _draws(size: int, count: int) -> npt.NDArray[np.int32]:
    """Return draws of so many places of a pool at random, one below the other: the same for the same numbers.

    They are ``count`` x `_DRAWS`.
    """
    return np.ascontiguousarray(default_rng(size).integers(size, size=(_DRAWS, count)).T.astype(np.int32))


def highest_of_draws(pool: Reals, counts: Integers) -> Reals:
    """Return the highest sum of many random draws of as many values of a pool as each count says.

    Parameters
    ----------
    pool : surprise of the rows to draw from.
    counts : numbers of rows.
    """
    if not len(pool):
        return np.full(len(counts), np.inf)
    most = int(counts.max(initial=0))
    sums = np.cumsum(pool.take(_draws(len(pool), most)), axis=0).max(axis=1, initial=0.0)
    highest: Reals = np.where(counts > 0, sums[np.maximum(counts, 1) - 1] if most else 0.0, np.inf)
    return highest
