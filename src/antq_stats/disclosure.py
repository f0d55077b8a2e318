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
knows that it is no larger than those that are shown.) So secondary cells are chosen by their place:

- Under a withheld unit everything is withheld, noughts too: nothing below says how large it is.
- The units under one that is shown go in pairs, in the order of the register, noughts left out, a last odd
  one with the pair before it. A pair with a primary cell in it is withheld whole.
- What is withheld under a unit has a sum that every reader can work out. Where that sum leaves one of them
  not all its values, the next pair goes too; where no pair is left, the unit itself is withheld.

Then any of the withheld units can have any value below the threshold: another of its pair makes up the sum,
and with one primary cell in each pair the same figures are withheld. A test enumerates all tables of small
trees.

A nought of a count is shown, for it tells of nobody. Of a flag it is withheld like a one, for of few units it
says what each of them is; so is a flag true of every unit below.

What this does not see: relations between measures that the form's rules state, and last year's figures.
At the finest level nothing is published, so a unit with a single unit under it tells that one's figure:
that is meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np

from antq_stats.aggregation import Aggregate
from antq_stats.collection import Integers, Truths
from antq_stats.form import Measure
from antq_stats.register import UnitRegister


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
    """The published figures of a measure.

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
        self._given = given
        self._asked: Truths = (given > 0) & ~tree.is_finest
        self._open: Truths = self._asked if self._is_flag else self._asked & (sums > 0)
        """Figures that can be primary; a nought of a count is shown."""
        self._has_hidden = np.zeros(len(sums), dtype=np.bool_)
        self._has_hidden[tree.parents[hidden & (tree.parents >= 0)]] = True
        self._primary = self._find_primary()

    def _find_primary(self) -> Truths:
        """Return the cells that are withheld for what they are, or because of all that is under them."""
        parents, sums, given = self._tree.parents, self._sums, self._given
        below = self._open & (parents >= 0)
        count = np.bincount(parents[below], minlength=len(sums))
        if self._is_flag:
            widest = np.zeros(len(sums), dtype=np.int64)
            np.maximum.at(widest, parents[below], given[below])
            primary = (sums < self._below) | (sums == given)
            several = count + self._has_hidden > 1
            primary |= several & (count > 0) & (sums > given - widest)
        else:
            primary = sums < self._below + np.maximum(count - 2, 0)
        primary = np.asarray(primary & self._open, dtype=np.bool_)
        alone = below & (count[parents] == 1) & ~self._has_hidden[parents]
        for level in reversed(self._tree.levels):  # one that is all there is under another is that other
            told = level[alone[level] & primary[level]]
            primary[parents[told]] = True
        return primary

    def withheld(self) -> Truths:
        """Tell of each unit whether its figure is withheld."""
        parents, primary = self._tree.parents, self._primary
        found = np.zeros(len(primary), dtype=np.bool_)
        if not primary.any():
            return found
        is_root = parents < 0
        found[is_root] = primary[is_root]
        under = primary & ~is_root
        has_primary = np.zeros(len(primary), dtype=np.bool_)
        has_primary[parents[under]] = True
        for level in self._tree.levels:
            inner = level[~is_root[level]]
            found[inner] |= found[parents[inner]] & self._asked[inner]
            for head in level[has_primary[level] & ~found[level]].tolist():
                found[self._under(head)] = True
        return found

    def _under(self, head: int) -> list[int]:
        """Return what is withheld of the units under one that is shown, some of which are primary."""
        cells = [unit for unit in self._tree.children[head] if self._open[unit]]
        groups = [*_in_pairs(cells, alone=bool(self._has_hidden[head]))]
        chosen = [group for group in groups if self._primary[group].any()]
        others = iter([group for group in groups if group not in chosen])
        while not self._is_safe(head, cells, found := [*chain.from_iterable(chosen)]):
            chosen.append(next(others))
        return found

    def _is_safe(self, head: int, cells: Sequence[int], withheld: Sequence[int]) -> bool:
        """Tell whether each of some cells can have every value to be kept, whatever is worked out."""
        rest = int(self._sums[head]) - sum(int(self._sums[unit]) for unit in set(cells) - set(withheld))
        if not self._is_flag:
            return rest >= self._below + len(withheld) - 2
        shown = sum(int(self._given[unit]) for unit in set(cells) - set(withheld))
        widest = max(int(self._given[unit]) for unit in withheld)
        return min(self._below - 1, widest) <= rest <= int(self._given[head]) - shown - widest


def _in_pairs(cells: Sequence[int], *, alone: bool) -> Iterator[list[int]]:
    """Yield cells in pairs, a last odd one with the pair before it; ``alone`` gives each for itself."""
    size = 1 if alone else 2
    for at in range(0, len(cells), size):
        left = len(cells) - at
        if left == 3 and not alone:
            yield list(cells[at:])
            return
        yield list(cells[at : at + size])


def thresholds(measures: Iterable[Measure]) -> list[int]:
    """Return the thresholds that measures are protected by, each once, the lowest first."""
    return sorted({measure.below for measure in measures if measure.below})
