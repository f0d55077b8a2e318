"""What of an aggregate may be published: figures that would tell of persons are withheld.

A measure that is ``sensitive = "small"`` is published from the level above the finest up; one that is
``"yes"`` likewise, and a sum of 1 to 4 is withheld wherever it stands, with as many others as keep it
from being worked out from the totals that are shown.

The method is cell suppression as tabular data protection knows it: a threshold rule for the primary
cells, complementary (secondary) cells so that no withheld one can be recovered from the additive
relations of the table (Hundepool et al., *Statistical Disclosure Control*, Wiley 2012, chapter 4;
Eurostat, *Handbook on Statistical Disclosure Control*). Here the only relations are those of the tree, a
unit being the sum of the units under it, so no linear program is needed: messages from below and from
above give exactly the interval that a reader can work out for each withheld cell.

The reader from whom the figures are kept is taken to know the whole method, that a nought of a count is
never withheld (every withheld sum is 1 at least), and that a flag's sum is at most the units that have it.
A flag's noughts are withheld with its ones: were they shown, what is withheld would be a one. Of any such
sum at least two values stay possible. Among the cells that would serve, the smallest is
withheld, for it costs least; of equals the first in the register. A total is withheld only where the
units under it leave no other way.

What this does not see: relations between measures that the form's rules state, and last year's figures.
At the finest level nothing is published, so a unit with a single unit under it tells that one's figure:
that is meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from antq_stats.aggregation import Aggregate
from antq_stats.collection import Integers, Truths

THRESHOLD = 5
"""Sums from 1 up to below this are withheld of a measure that is sensitive everywhere."""


@dataclass(frozen=True, eq=False)
class Disclosure:
    """Which figures of an aggregate are withheld: units x measures, as register and form have them."""

    aggregate: Aggregate
    withheld: Truths

    def withholds(self, code: str) -> Truths:
        """Tell for all units whether a measure or ratio may not be shown.

        Of a ratio a side may not, or it tells a part of one.
        """
        found = self._known.get(code)
        if found is None:
            places = {measure.code: place for place, measure in enumerate(self.aggregate.form.measures)}
            if code in places:
                return np.asarray(self.withheld[:, places[code]], dtype=np.bool_)
            ratio = self.aggregate.form.ratio(code)
            sides = [places[side] for side in (ratio.numerator, ratio.denominator) if side in places]
            found = self.withheld[:, sides].any(axis=1) | self.aggregate.tells_a_part(code)
            self._known[code] = found
        return found

    @cached_property
    def _known(self) -> dict[str, Truths]:
        return {}


def disclosure(aggregate: Aggregate) -> Disclosure:
    """Return what of an aggregate may not be published."""
    register, form = aggregate.register, aggregate.form
    withheld = np.zeros((len(register), len(form.measures)), dtype=np.bool_)
    sensitive = [place for place, measure in enumerate(form.measures) if measure.sensitive != "no"]
    if not sensitive:
        return Disclosure(aggregate, withheld)
    levels = np.array(register.units.levels, dtype=np.int64)
    finest = levels == len(register.levels) - 1
    parents = np.array(register.units.parents, dtype=np.int64)
    for place in sensitive:
        measure = form.measures[place]
        sums, given, expected, _ = aggregate.column(measure.code)
        hidden = finest & (expected > 0)
        withheld[:, place] = hidden
        if measure.sensitive == "yes":
            is_flag = measure.kind == "flag"
            least = 0 if is_flag else 1  # of a flag a nought that is shown would say what the others are
            small = ~finest & (given > 0) & (sums >= least) & (sums < THRESHOLD)
            if is_flag:
                small |= ~finest & (given > 0) & (sums == given)  # it is true of every unit below
            if small.any():
                most = np.where(is_flag, given, np.iinfo(np.int64).max // 4)
                shown = register.tree_order[~finest[register.tree_order]]
                tree = _Tree(parents, shown, hidden, np.where(given > 0, sums, -1), most, least)
                withheld[tree.protected(small), place] = True
    return Disclosure(aggregate, withheld)


class _Tree:
    """The published units whose figure may be withheld, and what a reader can work out of them.

    Parameters
    ----------
    parents : position of the unit above, -1 at the root.
    order : positions of the units whose level is published, each before those under it.
    hidden : units with a figure whose level is not published: what they add is not known.
    sums : a figure per unit, each the sum of those under it; -1 where there is none.
    most : what a unit's figure can be at most, as every reader knows: a flag's, as many as have it.
    floor : the least that a withheld figure can be.
    """

    def __init__(
        self,
        parents: Integers,
        order: Integers,
        hidden: Truths,
        sums: Integers,
        most: Integers,
        floor: int,
    ) -> None:
        self._floor = floor
        self._sums = sums
        self._most = most
        self._children: dict[int, list[int]] = {}
        self._order: list[int] = order[sums[order] >= floor].tolist()
        self._has_hidden = frozenset(parents[hidden].tolist())
        for unit in self._order:
            self._children.setdefault(int(parents[unit]), []).append(unit)
        self._children.pop(-1, None)

    def protected(self, primary: Truths) -> list[int]:
        """Return the cells to withhold: the primary ones and those that keep them."""
        withheld: set[int] = set(np.flatnonzero(primary).tolist())
        while True:
            self._go_down(withheld)
            weak = self._weak(withheld)
            if not weak:
                return sorted(withheld)
            for head in weak:
                sibling = self._smallest(head, withheld)
                withheld.add(head if sibling is None else sibling)

    def _smallest(self, head: int, withheld: set[int]) -> int | None:
        """Return the smallest unit shown under another, the first of equals; None where there is none."""
        open_ = [unit for unit in self._children.get(head, ()) if unit not in withheld]
        return min(open_, key=lambda unit: int(self._sums[unit]), default=None)

    def _go_down(self, withheld: set[int]) -> None:
        """Withhold something under each withheld unit, from which it could else be added up."""
        for head in self._order:
            if head not in withheld or head in self._has_hidden:
                continue
            if withheld.isdisjoint(self._children.get(head, ())):
                smallest = self._smallest(head, withheld)
                withheld |= set() if smallest is None else {smallest}

    def _weak(self, withheld: set[int]) -> list[int]:
        """Return the shown units whose total gives a withheld unit under them away."""
        least = self._least(withheld)
        found = []
        for head, children in self._children.items():
            if head in withheld:
                continue
            within = [unit for unit in children if unit in withheld]
            if not within:
                continue
            rest = int(self._sums[head]) - sum(
                int(self._sums[unit]) for unit in children if unit not in withheld
            )
            alone = len(within) == 1 and head not in self._has_hidden
            full = head not in self._has_hidden and rest == sum(int(self._most[unit]) for unit in within)
            if alone or full or rest == sum(least[unit] for unit in within):
                found.append(head)
        return found

    def _least(self, withheld: set[int]) -> dict[int, int]:
        """Return the least that a reader knows of each withheld unit from what is shown under it."""
        least: dict[int, int] = {}
        for head in reversed(self._order):
            if head in withheld:
                known = sum(
                    least[unit] if unit in withheld else int(self._sums[unit])
                    for unit in self._children.get(head, ())
                )
                least[head] = max(known, self._floor)
        return least
