"""What a reader of several releases knows, as a system of constraints over the withheld values.

Releases of one period are about the same values: a unit that gave a value in both gave the same, unless a
figure that is shown says otherwise. A unit whose coverage grew has what it had, and more. Values of different
periods are independent of each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from antq_stats.disclosure.release import Bound, Leaf, Release, ShownMeasure
from antq_stats.disclosure.system import OPEN, Cell, System, row_of

BESIDE = "*"
"""Follows the code of a unit in the name of a block: what lies directly at it, beside further cells."""
_MANY = 10
"""Times the threshold: over so many units, a flag's sum that is known not to be 0 discloses nothing."""


class Knowledge:
    """A system made of releases.

    Parameters
    ----------
    releases : what is published; of one period the one that is about to be published comes last.
    corrected : periods, measures and units of which the releases contradict each other, so that each of them
        is about values of its own.
    """

    def __init__(
        self, releases: Sequence[Release], corrected: frozenset[tuple[str, str, str]] = frozenset()
    ) -> None:
        self.system = System()
        self.owners: dict[int, tuple[str, str, str]] = {}
        """For each unknown the period, the measure and the unit that it is of."""
        self._corrected = corrected
        self._unknowns: dict[tuple[object, ...], list[tuple[int, int]]] = {}
        sizes: dict[tuple[object, ...], set[int]] = defaultdict(set)
        limits: dict[tuple[object, ...], ShownMeasure] = {}
        for number, release in enumerate(releases):
            for shown in release.measures.values():
                for leaf in shown.leaves:
                    key = self._key(number, release, shown, leaf)
                    sizes[key].add(leaf.size)
                    limits[key] = shown
        for key, found in sizes.items():
            self._unknowns[key] = self._steps(limits[key], sorted(found))
            for _, at in self._unknowns[key]:
                self.owners[at] = (str(key[0]), str(key[1]), str(key[2]))
        for number, release in enumerate(releases):
            _Reading(self, number, release).take_down()

    def _key(self, number: int, release: Release, shown: ShownMeasure, leaf: Leaf) -> tuple[object, ...]:
        name = (release.period, shown.code, leaf.unit)
        return (*name, number) if name in self._corrected else name

    def _steps(self, shown: ShownMeasure, sizes: Sequence[int]) -> list[tuple[int, int]]:
        """Return a unit's unknowns: for each number of units that gave a value, what those added are."""
        steps, before = [], 0
        for size in sizes:
            more = size - before
            high = OPEN if shown.greatest >= OPEN else shown.greatest * more
            steps.append((size, self.system.unknown(shown.least * more, high)))
            before = size
        return steps

    def of_leaf(self, number: int, release: Release, shown: ShownMeasure, leaf: Leaf) -> list[int]:
        """Return the unknowns that a leaf is the sum of."""
        steps = self._unknowns[self._key(number, release, shown, leaf)]
        return [at for size, at in steps if size <= leaf.size]


class _Reading:
    """What one release says.

    Parameters
    ----------
    knowledge : to be added to.
    number : place of the release among the releases.
    release : what it shows.
    """

    def __init__(self, knowledge: Knowledge, number: int, release: Release) -> None:
        self._knowledge, self._number, self._release = knowledge, number, release
        self._system = knowledge.system
        self._under: dict[str, list[list[int]]] = {}
        """For each measure the unknowns under each unit that no shown unit below covers."""
        self._known: dict[str, list[int]] = {}
        """For each measure the sum of the shown units below that cover the rest."""
        depth = [0] * len(release.codes)
        for unit in range(len(depth)):
            above = release.parents[unit]
            while above >= 0:
                depth[unit] += 1
                above = release.parents[above]
        self._upward = sorted(range(len(depth)), key=depth.__getitem__, reverse=True)

    def take_down(self) -> None:
        """Add everything that the release says."""
        for shown in self._release.measures.values():
            self._take_sums(shown)
        for ratio in self._release.ratios:
            over, under = ratio.high.denominator, ratio.low.denominator
            most, least = ratio.high.numerator, ratio.low.numerator
            up, down = self._sum(ratio.numerator, ratio.at), self._sum(ratio.denominator, ratio.at)
            for factor, other, low, high in ((under, -least, 0, OPEN), (over, -most, -OPEN, 0)):
                known = factor * up[1] + other * down[1]
                terms = [*((at, factor) for at in up[0]), *((at, other) for at in down[0])]
                self._system.state(terms, _less(low, known), _less(high, known))
        for statement in self._release.statements:
            rows = [self._row(bound) for bound in statement]
            if len(rows) == 1:
                terms, low, high = rows[0]
                self._system.state(terms, low, high)
            else:
                self._system.choices.append(tuple(row_of(*row) for row in rows))

    def _sum(self, measure: str, unit: int) -> tuple[list[int], int]:
        """Return what a unit's figure is the sum of: unknowns, and a number."""
        shown = self._release.measures[measure]
        if shown.shown[unit]:
            return [], int(shown.values[unit])
        return self._under[measure][unit], self._known[measure][unit]

    def _row(self, bound: Bound) -> tuple[list[tuple[int, int]], int, int]:
        terms, known = [], 0
        for part in bound.parts:
            unknowns, number = self._sum(part.measure, part.at)
            terms += [(at, part.factor) for at in unknowns]
            known += part.factor * number
        return terms, _less(bound.low, known), _less(bound.high, known)

    def _take_sums(self, shown: ShownMeasure) -> None:
        release, count = self._release, len(self._release.codes)
        under: list[list[int]] = [[] for _ in range(count)]
        known = [0] * count
        truth = release.truth.get(shown.code)
        true = [0] * count
        own: list[tuple[list[int], int, int | None]] = []
        for place, leaf in enumerate(shown.leaves):
            unknowns = self._knowledge.of_leaf(self._number, release, shown, leaf)
            value = None if truth is None else int(truth[place])
            own.append((unknowns, leaf.size, value))
            under[leaf.at] += unknowns
            true[leaf.at] += value or 0
        for unit in self._upward:
            for_parent = under[unit], known[unit]
            if shown.shown[unit]:
                value = int(shown.values[unit])
                self._system.state([(at, 1) for at in under[unit]], value - known[unit], value - known[unit])
                for_parent = [], value
            elif shown.withheld[unit]:
                figure = true[unit] if truth is not None else None
                self._add(shown, unit, under[unit], known[unit], int(shown.given[unit]), figure)
            above = release.parents[unit]
            if above >= 0 and shown.summed:
                under[above] = under[above] + for_parent[0]
                known[above] += for_parent[1]
                true[above] += true[unit]
        for unit, places in shown.blocks.items():
            size = sum(own[place][1] for place in places)
            if truth is None or is_small(shown, sum(own[place][2] or 0 for place in places), size):
                unknowns = [at for place in places for at in own[place][0]]
                self._add(shown, unit, unknowns, 0, size, None, BESIDE)
        self._under[shown.code], self._known[shown.code] = under, known

    def _add(
        self, shown: ShownMeasure, unit: int, unknowns: list[int], known: int, size: int, value: int | None,
        mark: str = "",
    ) -> None:  # fmt: skip
        """Add a withheld figure."""
        if not shown.below:
            return
        kept, free_from = kept_of(shown, size)
        name = self._release.period, shown.code, self._release.codes[unit] + mark
        above = self._above(unit)
        self._system.cells.append(
            Cell(name, tuple(unknowns), known, kept, free_from, value, self._number, above)
        )

    def _above(self, unit: int) -> frozenset[str]:
        """Return the codes of the units above one."""
        release, found = self._release, set()
        while (unit := release.parents[unit]) >= 0:
            found.add(release.codes[unit])
        return frozenset(found)


def _less(limit: int, known: int) -> int:
    """Return a limit of what is left beside a known number."""
    return limit if abs(limit) >= OPEN else limit - known


def kept_of(shown: ShownMeasure, size: int) -> tuple[tuple[int, ...], int]:
    """Return the values that must stay possible of a withheld figure, and from where on it may be known.

    Parameters
    ----------
    shown : the measure.
    size : number of units that gave the figure.
    """
    below = shown.below
    most = OPEN if shown.greatest >= OPEN else shown.greatest * size
    if shown.kind != "flag":
        return tuple(range(max(1, shown.least * size), min(below - 1, most) + 1)), OPEN
    if size < 2 * below:
        return tuple(range(shown.least * size, min(size, below - 1) + 1)), OPEN
    if size < _MANY * below:
        return tuple(range(below)), below
    return (below - 1,), below


def is_small(shown: ShownMeasure, value: int, size: int) -> bool:
    """Return whether a figure of so many units is withheld whatever is shown beside it."""
    if shown.kind == "flag":
        return value < shown.below or value == size
    return 1 <= value < shown.below
