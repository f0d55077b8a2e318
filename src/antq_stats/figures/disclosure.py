"""What of an aggregate may be published: figures that would tell of persons are withheld.

A measure that is ``sensitive = "small"`` is published from the level above the finest up. One that is
``"yes"`` likewise, and its form protects its small figures at every level: ``protect = { below = 5 }`` says
that of a withheld figure every value from 1 to 4 must stay possible (`Measure.below`).

The method is cell suppression as tabular data protection knows it: a threshold rule for the primary cells,
complementary (secondary) cells so that no withheld one can be recovered from the additive relations of the
table (Hundepool et al., *Statistical Disclosure Control*, Wiley 2012, chapter 4; Eurostat, *Handbook on
Statistical Disclosure Control*). Here the only relations are those of the tree, a unit being the sum of
the units under it. The reader from whom the figures are kept knows this method too, so which figures are
withheld must tell no more than their sum does. (Where the secondary cell is the smallest, say, a reader
knows that it is no larger than those that are shown.) So what is withheld follows from the sum that is
shown, from the number of units, and from whether any of them is primary:

- Under a withheld unit everything is withheld, noughts too: nothing below says how large it is.
- Where the sum of a unit that is shown is large for the number of units under it, these go in pairs, in the
  order of the register, noughts left out, a last odd one with the pair before it. A pair with a primary cell
  in it is withheld whole, and the next pair too while what they add up to leaves one of them too few values.
- Else, and always for flags, all of them are withheld where any is primary, noughts too.

Then any of the withheld units can have any value below the threshold: another one makes up the sum, and the
same figures are withheld. (A flag's sum over twice the threshold of units or more may instead be known to be
no small one; over ten times as many it may be known to be one or more.) Tests enumerate all tables of small
trees.

Units of the finest level that stand directly under a unit beside others are one cell, which is never shown.

A nought of a count is shown where it may be, for it tells of nobody. Of a flag it is primary like a one, for
of few units it says what each of them is; so is a flag true of every unit below, or of so many that a unit
below which may be a small one must have it somewhere.

What this does not see: relations between measures that the form's rules state, and last year's figures.
At the finest level nothing is published, so a unit with a single unit under it tells that one's figure:
that is meant. That a report is provisional is said, though a finding that is not told may be why.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from antq_stats.collection.collection import Integers, Truths
from antq_stats.figures.aggregation import Aggregate
from antq_stats.form import Measure
from antq_stats.register.register import UnitRegister

_MANY = 10
"""Times the threshold: a flag's sum over so many units tells of none, whatever it is known to exceed."""


@dataclass(frozen=True, eq=False)
class Disclosure:
    """Which figures of an aggregate are withheld: units x measures, as register and form have them."""

    aggregate: Aggregate
    withheld: Truths

    def withholds(self, code: str) -> Truths:
        """Return for each unit whether a measure or ratio is withheld.

        A ratio is withheld where one of its sides is, or where it would disclose a remainder
        (`Aggregate.discloses_remainder`).
        """
        found = self._known.get(code)
        if found is None:
            places = {measure.code: place for place, measure in enumerate(self.aggregate.form.measures)}
            if code in places:
                return np.asarray(self.withheld[:, places[code]], dtype=np.bool_)
            ratio = self.aggregate.form.ratio(code)
            sides = [places[side] for side in (ratio.numerator, ratio.denominator) if side in places]
            found = self.withheld[:, sides].any(axis=1) | self.aggregate.discloses_remainder(code)
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
    tree = _Tree(register)
    for place in sensitive:
        measure = form.measures[place]
        sums, given, expected, _ = aggregate.column(measure.code)
        hidden = tree.is_finest & (expected > 0)
        withheld[:, place] = hidden
        if measure.below:
            withheld[:, place] |= _Cells(tree, measure, sums, given, hidden).withheld()
    return Disclosure(aggregate, withheld)


class _Tree:
    """The units of a register, by level."""

    def __init__(self, register: UnitRegister) -> None:
        levels = np.array(register.units.levels, dtype=np.int64)
        self.parents = np.array(register.units.parents, dtype=np.int64)
        self.children = register.units.children
        self.is_finest: Truths = levels == len(register.levels) - 1
        self.levels = [np.flatnonzero(levels == level) for level in range(len(register.levels) - 1)]
        """Units of each published level, from the top down."""


class _Cells:
    """The published figures of a measure, and which of them are primary.

    Parameters
    ----------
    tree : the units.
    measure : its threshold and kind.
    sums, given : a figure per unit, each the sum of those under it, and how many units gave it.
    hidden : units whose own figure is not published.
    """

    def __init__(
        self, tree: _Tree, measure: Measure, sums: Integers, given: Integers, hidden: Truths
    ) -> None:
        self._tree = tree
        self._below = measure.below
        self._is_flag = measure.kind == "flag"
        self._sums = sums
        self._asked: Truths = (given > 0) & ~tree.is_finest
        """Units that have a published figure, a nought or another."""
        blocks = hidden & (given > 0) & (tree.parents >= 0)
        self._block_sums, self._block_sizes = (np.zeros(len(sums), dtype=np.int64) for _ in range(2))
        np.add.at(self._block_sums, tree.parents[blocks], sums[blocks])
        np.add.at(self._block_sizes, tree.parents[blocks], given[blocks])
        self._primary: Truths = self._asked & self._is_small(sums, given)
        if self._is_flag:
            self._primary |= self._asked & self._corners(given)

    def _is_small(self, sums: Integers, given: Integers) -> Truths:
        if self._is_flag:
            return np.asarray((sums < self._below) | (sums == given), dtype=np.bool_)
        return np.asarray((sums >= 1) & (sums < self._below), dtype=np.bool_)

    def _corners(self, given: Integers) -> Truths:
        """Tell of which units a flag's sum says that it is true in some unit below which may be a small one.

        Were it true in all the others, that one would still need some: it could not have every small value.
        """
        found = np.zeros(len(given), dtype=np.bool_)
        parents, sizes = self._tree.parents, self._block_sizes
        has_cells = np.zeros(len(given), dtype=np.bool_)
        has_cells[parents[self._asked & (parents >= 0)]] = True
        for level in self._tree.levels:
            cells = level[self._asked[level] & (parents[level] >= 0)]
            heads = level[has_cells[level] & (sizes[level] > 0)]
            above = np.concatenate([parents[cells], heads])
            size = np.concatenate([given[cells], sizes[heads]])
            while len(above):
                needed = self._sums[above] - (given[above] - size)
                is_told = (size < 2 * self._below) | ((size < _MANY * self._below) & (needed < self._below))
                found[above[(needed > 0) & is_told]] = True
                is_under = parents[above] >= 0
                above, size = parents[above[is_under]], size[is_under]
        return found

    def withheld(self) -> Truths:
        """Tell of each unit whether its figure is withheld."""
        parents, primary = self._tree.parents, self._primary
        found = np.zeros(len(primary), dtype=np.bool_)
        is_root = parents < 0
        found[is_root] = primary[is_root]
        has_cells, has_primary = (np.zeros(len(primary), dtype=np.bool_) for _ in range(2))
        has_cells[parents[self._asked & ~is_root]] = True
        blocks = has_cells & (self._block_sizes > 0)
        has_primary[blocks] = self._is_small(self._block_sums, self._block_sizes)[blocks]
        has_primary[parents[primary & ~is_root]] = True
        for level in self._tree.levels:
            inner = level[~is_root[level]]
            found[inner] |= found[parents[inner]] & self._asked[inner]
            for head in level[has_primary[level] & ~found[level]].tolist():
                found[self._under(head)] = True
        return found

    def _under(self, head: int) -> list[int]:
        """Return what is withheld of the units under one that is shown, where something must be."""
        cells = [unit for unit in self._tree.children.get(head, ()) if self._asked[unit]]
        is_large = int(self._sums[head]) >= self._below + len(cells) - 2
        if self._is_flag or self._block_sizes[head] or not is_large:
            return cells
        pairs = list(_in_pairs([unit for unit in cells if self._sums[unit]]))
        is_chosen = [bool(self._primary[pair].any()) for pair in pairs]
        others = iter([place for place, chosen in enumerate(is_chosen) if not chosen])
        while True:
            found = [unit for pair, chosen in zip(pairs, is_chosen, strict=True) if chosen for unit in pair]
            if int(self._sums[found].sum()) >= self._below + len(found) - 2:
                return found
            is_chosen[next(others)] = True


def _in_pairs(cells: Sequence[int]) -> Iterator[list[int]]:
    """Yield cells in pairs, a last odd one with the pair before it."""
    for at in range(0, len(cells), 2):
        if len(cells) - at == 3:
            yield list(cells[at:])
            return
        yield list(cells[at : at + 2])


def thresholds(measures: Iterable[Measure]) -> list[int]:
    """Return the thresholds that measures are protected by, each once, the lowest first."""
    return sorted({measure.below for measure in measures if measure.below})
