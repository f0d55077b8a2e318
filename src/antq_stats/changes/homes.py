"""Homes: where the units of a level belong in a target register, and the sums of what they gave there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from antq_stats.changes.divisions import NOWHERE, Crossings
from antq_stats.register.tree_sums import Addends, TreeSums

if TYPE_CHECKING:
    import numpy.typing as npt

    from antq_stats.changes.placement import Placement

    Integers = npt.NDArray[np.int64]
    Truths = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Homes:
    """Where n units of a period belong in the target of a placement: the units of one level, once for all.

    Parameters
    ----------
    placement : where the units of the period belong.
    units : positions of the n units.
    """

    placement: Placement
    units: Integers

    @cached_property
    def is_placed(self) -> Truths:
        """For each of the n units whether it belongs to one target as a whole."""
        placed: Truths = self.placement.whole[self.units] != NOWHERE
        return placed

    @cached_property
    def targets(self) -> Integers:
        """The target of each unit that belongs to one as a whole."""
        return self.placement.whole[self.units[self.is_placed]]

    @cached_property
    def divided(self) -> Crossings:
        """The crossings of those of the n units that are divided."""
        return self.placement.crossings.among(self.units)

    @cached_property
    def outside(self) -> Crossings:
        """The crossings of those of the n units of which a part is outside the target register."""
        return self.placement.crossings.outside(self.units)

    @cached_property
    def row(self) -> Integers:
        """For each crossing which of the n units it is of."""
        place = np.zeros(len(self.placement.source), dtype=np.int64)
        place[self.units] = np.arange(len(self.units))
        return place[self.divided.unit]

    @cached_property
    def expected(self) -> Integers:
        """For each target how many of the n units it has as a whole."""
        return self.sums(np.ones(len(self.units), dtype=np.int64))

    def sums(self, numbers: Addends) -> Integers:
        """Add up what units that belong to one target gave.

        Parameters
        ----------
        numbers : one for each of the n units.

        Returns
        -------
        Integers
            One for each target.
        """
        at_target = np.zeros(len(self.placement.target), dtype=np.int64)
        np.add.at(
            at_target, self.targets, numbers[self.is_placed].astype(np.int64, copy=False)
        )  # else it is slow
        return self._tree.everywhere(at_target[self._tree.units])

    @cached_property
    def _tree(self) -> TreeSums:
        return TreeSums(self.placement.target, self.placement.target.tree_order)
