"""Composition: which units of a target register are made of source units whose figures are shown.

A figure on other boundaries that is a sum of shown ones tells nothing that they do not tell. Any other one
would: a commune that moves to the next district is the difference of what the district had, and has now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from antq_stats.changes.divisions import NOWHERE
from antq_stats.changes.homes import Homes

if TYPE_CHECKING:
    from antq_stats.changes.homes import Integers, Truths
    from antq_stats.changes.placement import Placement


def not_composed(placement: Placement, units: Integers, shown: Truths) -> Truths:
    """Return for each unit of the target whether its sum is not one of shown sums of the source.

    Parameters
    ----------
    placement : where the units of the source belong in the target.
    units : positions of the n units of the source that gave a value, of one level.
    shown : whether a unit's sum is shown, for each unit of the source.
    """
    found = np.zeros(len(placement.target), dtype=np.bool_)
    parents = np.asarray(placement.source.units.parents, dtype=np.int64)
    nearest = _nearest(units, parents, shown)
    hidden = nearest != units
    if not hidden.any():
        return found
    place, target, is_whole = _memberships(placement, units)
    heads = np.unique(nearest[hidden & (nearest != NOWHERE)])
    is_head = np.zeros(len(parents), dtype=np.bool_)
    is_head[heads] = True
    size, count = np.zeros(len(parents), dtype=np.int64), len(placement.target)
    keys = []
    at = units.copy()
    while (at != NOWHERE).any():  # each unit counts for all heads above it
        inside = (at != NOWHERE) & is_head[at]
        np.add.at(size, at[inside], 1)
        of = at[place[is_whole]]
        kept = inside[place[is_whole]]
        keys.append(of[kept] * count + target[is_whole][kept])
        at = np.where(at == NOWHERE, NOWHERE, parents[at])
    held, numbers = np.unique(np.concatenate(keys), return_counts=True)
    complete = held[numbers == size[held // count]]
    asked = hidden[place]
    head = nearest[place[asked]]
    is_complete = (head != NOWHERE) & np.isin(head * count + target[asked], complete)
    found[target[asked][~is_complete]] = True
    return found


def _nearest(units: Integers, parents: Integers, shown: Truths) -> Integers:
    """Return for each unit the nearest one at or above it whose sum is shown; NOWHERE for none."""
    at = units.copy()
    while (wanting := (at != NOWHERE) & ~shown[at]).any():
        at[wanting] = parents[at[wanting]]
    return at


def _memberships(placement: Placement, units: Integers) -> tuple[Integers, Integers, Truths]:
    """Return which of some units belong to which units of the target, at every level, and whether wholly."""
    homes = Homes(placement, units)
    place, at = np.flatnonzero(homes.is_placed), homes.targets
    parents = np.asarray(placement.target.units.parents, dtype=np.int64)
    places, targets = [homes.row], [homes.divided.target]
    wholes = [np.asarray(homes.divided.is_whole, dtype=np.bool_)]
    while len(at):
        places.append(place)
        targets.append(at)
        wholes.append(np.ones(len(at), dtype=np.bool_))
        kept = parents[at] != NOWHERE
        place, at = place[kept], parents[at][kept]
    return np.concatenate(places), np.concatenate(targets), np.concatenate(wholes)
