"""Sums over the subtrees of a register.

In tree order the units of a subtree stand together, so a sum is the difference of two running totals. The
running totals are taken over runs of units that no subtree divides, which are far fewer than the units.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from antq_stats.register.register import UnitRegister

Integers = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]
Addends = npt.NDArray[np.integer] | Truths


def units_at(register: UnitRegister, level: int) -> Integers:
    """Return the positions of a level's units, in tree order."""
    order = register.tree_order
    units: Integers = order[np.array(register.units.levels, dtype=np.int64)[order] == level]
    return units


class _Structure(NamedTuple):
    """How the n units stand under the k units above them."""

    counts: Integers
    above: Integers
    starts: Integers
    """Where in the n units each run begins: no subtree begins or ends inside a run."""
    first: Integers
    """First run of each of the k units."""
    last: Integers
    """Run after the last of each of the k units."""


@dataclass(frozen=True, eq=False)
class TreeSums:
    """Adds up numbers that are given at some units, for all units that stand above them.

    Sums are exact where they are at least -2**63 and below 2**63: 64 bits wrap around in a running total, and
    back in the difference of two.

    Parameters
    ----------
    register : register of the units.
    units : positions of the n units at which numbers are given, each once, in tree order. A unit may stand
        under another.
    """

    register: UnitRegister
    units: Integers

    @cached_property
    def _structure(self) -> _Structure:
        start, stop = self.register.ranges(self.units)
        counts = stop - start
        is_above = counts > 0
        is_above[self.units] = counts[self.units] > 1
        above = np.flatnonzero(is_above)
        start, stop = start[above], stop[above]
        is_start = np.zeros(len(self.units) + 1, dtype=np.bool_)
        is_start[start] = is_start[stop] = True
        run_at = np.cumsum(is_start, dtype=np.int64) - 1
        return _Structure(counts, above, np.flatnonzero(is_start[:-1]), run_at[start], run_at[stop])

    @property
    def counts(self) -> Integers:
        """Number of the n units under each unit of the register, itself included."""
        return self._structure.counts

    @property
    def above(self) -> Integers:
        """Positions of the k units under which others of the n units stand, in the order of the register."""
        return self._structure.above

    @cached_property
    def _places(self) -> npt.NDArray[np.int32]:
        """For each unit its place in the n units, -2 - its place in the k units above, or -1 for neither."""
        places = np.full(len(self.register), -1, dtype=np.int32)
        places[self.units] = np.arange(len(self.units))
        places[self.above] = -2 - np.arange(len(self.above))
        return places

    def place(self, unit: int) -> tuple[int | None, int | None]:
        """Return where the sum of a unit is found: its place in the n units, or in the k units above.

        One of the two is None; both are where nothing is given under the unit.
        """
        place = int(self._places[unit])
        return (place if place >= 0 else None, -2 - place if place < -1 else None)

    def sums(self, numbers: Addends) -> Integers:
        """Return the sums at the k units above.

        Parameters
        ----------
        numbers : shape (n,), or (n, m) to add up m columns.

        Returns
        -------
        Integers
            Shape (k,) or (k, m).
        """
        if not len(self.above):
            return np.zeros((0, *numbers.shape[1:]), dtype=np.int64)
        _, _, starts, first, last = self._structure
        running = np.zeros((len(starts) + 1, *numbers.shape[1:]), dtype=np.int64, order="F")
        np.cumsum(np.add.reduceat(numbers, starts, axis=0, dtype=np.int64), axis=0, out=running[1:])
        sums: Integers = running[last] - running[first]
        return sums

    def spread(self, numbers: Addends, sums: Integers) -> Integers:
        """Return the numbers and their sums for every unit of the register, 0 where nothing is given.

        Parameters
        ----------
        numbers : shape (n,) or (n, m).
        sums : `sums` of these numbers.
        """
        spread = np.zeros((len(self.register), *numbers.shape[1:]), dtype=np.int64, order="F")
        spread[self.units] = numbers
        spread[self.above] = sums
        return spread

    def everywhere(self, numbers: Addends) -> Integers:
        """Return the sums at every unit of the register, itself included.

        Parameters
        ----------
        numbers : shape (n,), or (n, m) to add up m columns.

        Returns
        -------
        Integers
            Shape (units of the register,) or (units of the register, m).
        """
        return self.spread(numbers, self.sums(numbers))
