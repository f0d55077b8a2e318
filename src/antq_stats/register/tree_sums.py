"""Sums up the tree of columns that are given at the units of one level, a column at a time.

In tree order the units below any unit stand together. So a column is first added up over runs of units
with one parent, and what stands above is a difference of two running totals of those few runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from antq_stats.register.register import UnitRegister

Integers = npt.NDArray[np.int64]


def units_at(register: UnitRegister, level: int) -> Integers:
    """Return the positions of a level's units, in tree order."""
    order = register.tree_order
    found: Integers = order[np.array(register.units.levels, dtype=np.int64)[order] == level]
    return found


@dataclass(frozen=True, eq=False)
class LevelSums:
    """The units of a level, in tree order, and all units above them.

    Parameters
    ----------
    register : whose units they are.
    level : position of the level.
    """

    register: UnitRegister
    level: int

    @cached_property
    def heads(self) -> Integers:
        """Positions of the level's n units, in tree order."""
        return units_at(self.register, self.level)

    @property
    def expected(self) -> Integers:
        """For each unit of the register, how many of the heads stand under it, itself included."""
        return self.register.expected(self.level)

    @cached_property
    def starts(self) -> Integers:
        """Where in the heads a run of units with one parent begins."""
        parents = self.parents
        return np.flatnonzero(np.r_[True, parents[1:] != parents[:-1]]) if len(parents) else parents

    @cached_property
    def parents(self) -> Integers:
        """Positions of the heads' parents, -1 for none."""
        return np.array(self.register.units.parents, dtype=np.int64)[self.heads]

    @cached_property
    def above(self) -> Integers:
        """Positions of the k units that heads stand under, in the order of the register."""
        is_above = self.expected > 0
        is_above[self.heads] = False
        return np.flatnonzero(is_above)

    @cached_property
    def _runs(self) -> tuple[Integers, Integers]:
        """For each of the units above, its first run and the one after its last."""
        order = self.register.tree_order
        is_head = np.zeros(len(order), dtype=np.bool_)
        is_head[self.heads] = True
        before = np.cumsum(is_head[order], dtype=np.int64)
        first = np.zeros(len(order), dtype=np.int64)
        first[order[1:]] = before[:-1]
        first = first[self.above]
        last = first + self.expected[self.above]
        return np.searchsorted(self.starts, first), np.searchsorted(self.starts, last)

    @cached_property
    def _places(self) -> npt.NDArray[np.int32]:
        """For each unit its place in the heads, -2 - its place above, or -1 for neither."""
        found = np.full(len(self.register), -1, dtype=np.int32)
        found[self.heads] = np.arange(len(self.heads))
        found[self.above] = -2 - np.arange(len(self.above))
        return found

    def place(self, unit: int) -> tuple[int | None, int | None]:
        """Return a unit's place in the heads and its place above; at most one of them is not None."""
        found = int(self._places[unit])
        return (found if found >= 0 else None, -2 - found if found < -1 else None)

    def sums(self, column: npt.NDArray[np.integer]) -> Integers:
        """Return the sums of n whole numbers at the k units above; they must stay below 2**63."""
        if not len(self.heads):
            return np.zeros(0, dtype=np.int64)
        runs = np.add.reduceat(column, self.starts, dtype=np.int64)
        running = np.concatenate(([0], np.cumsum(runs)))
        first, last = self._runs
        return running[last] - running[first]

    def spread(self, column: npt.NDArray[np.integer], sums: Integers) -> Integers:
        """Return for every unit of the register its own number or its sum, 0 for those that have none."""
        found = np.zeros(len(self.register), dtype=np.int64)
        found[self.heads] = column
        found[self.above] = sums
        return found
