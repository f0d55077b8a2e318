"""What a reader knows, as linear constraints over whole unknown numbers.

The unknowns are the withheld values. Each shown sum, rule and ratio is a row. Rows that share no unknown say
nothing of each other, so a system falls apart into components, each small.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

OPEN = 2**53
"""Stands for no limit: more than any sum of counts."""

Terms = Mapping[int, int]
"""Unknown -> factor."""


class Row(NamedTuple):
    """A constraint: the sum of factor times unknown is at least ``low`` and at most ``high``."""

    terms: Terms
    low: int
    """``-OPEN`` without a limit."""
    high: int
    """`OPEN` without a limit."""

    def keeps(self, values: Sequence[int]) -> bool:
        """Return whether values of all unknowns satisfy the row."""
        return self.low <= sum(factor * values[at] for at, factor in self.terms.items()) <= self.high


class Cell(NamedTuple):
    """A withheld figure, and what must stay possible of it."""

    name: tuple[str, str, str]
    """The period, the measure and the unit."""
    unknowns: tuple[int, ...]
    """The unknowns that it is the sum of."""
    offset: int
    """What is known of it: it is the sum of the unknowns and this."""
    kept: tuple[int, ...]
    """The values that must stay possible."""
    free_from: int
    """If it is known to be at least so large, nothing else must stay possible."""
    value: int | None = None
    """The withheld value itself, which its unit knows; None if it is not at hand."""
    release: int = 0
    """Number of the release that withholds it."""
    above: frozenset[str] = frozenset()
    """The units above its unit, which have its returns in any case."""

    @property
    def unit(self) -> str:
        """The unit whose figure it is."""
        return self.name[2]


@dataclass(frozen=True, eq=False)
class Component:
    """A part of a system that shares no unknown with the rest; unknowns are numbered from 0."""

    low: list[int]
    high: list[int]
    rows: list[Row]
    choices: list[tuple[Row, ...]]
    """Of the rows of a choice at least one holds."""
    cells: list[Cell]
    members: list[int]
    """The places of the unknowns in the system."""

    def keeps(self, values: Sequence[int]) -> bool:
        """Return whether values of all unknowns are possible."""
        return (
            all(low <= value <= high for low, value, high in zip(self.low, values, self.high, strict=True))
            and all(row.keeps(values) for row in self.rows)
            and all(any(row.keeps(values) for row in choice) for choice in self.choices)
        )


@dataclass(eq=False)
class System:
    """All that a reader knows."""

    low: list[int] = field(default_factory=list)
    """Least value of each unknown."""
    high: list[int] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    choices: list[tuple[Row, ...]] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    broken: set[int] = field(default_factory=set)
    """Unknowns of rows that cannot hold."""

    def unknown(self, low: int, high: int) -> int:
        """Add an unknown number between limits, and return its place."""
        self.low.append(low)
        self.high.append(high)
        return len(self.low) - 1

    def state(self, terms: Iterable[tuple[int, int]], low: int, high: int) -> None:
        """Add a row, or narrow the limits of an unknown if the row has no other.

        Parameters
        ----------
        terms : pairs of an unknown and its factor; an unknown may come several times.
        low, high : limits of the sum.
        """
        row = row_of(terms, low, high)
        if len(row.terms) == 1:
            ((at, factor),) = row.terms.items()
            least, most = (low, high) if factor > 0 else (-high, -low)
            if least > -OPEN:
                self.low[at] = max(self.low[at], -(-least // abs(factor)))
            if most < OPEN:
                self.high[at] = min(self.high[at], most // abs(factor))
        elif row.terms:
            self.rows.append(row)

    def contradicted(self) -> list[int]:
        """Return the unknowns that no value is left for: what is known contradicts itself."""
        return [*self.broken, *(at for at, low in enumerate(self.low) if low > self.high[at])]

    def settle(self) -> None:
        """Replace each unknown that can have only one value by that value, in all rows and cells."""
        while True:
            fixed = {at: low for at, low in enumerate(self.low) if low == self.high[at]}
            rows, self.rows = self.rows, []
            for row in rows:
                if fixed.keys().isdisjoint(row.terms):
                    self.rows.append(row)
                else:
                    rest = _without(row, fixed)
                    if not rest.terms and not _is_kept(rest):
                        self.broken |= row.terms.keys()
                    self.state(rest.terms.items(), rest.low, rest.high)
            if all(low < self.high[at] or at in fixed for at, low in enumerate(self.low)):
                break
            if self.contradicted():
                break
        self.rows = _merged(self.rows)
        self.choices = [tuple(_without(row, fixed) for row in choice) for choice in self.choices]
        self.choices = [choice for choice in self.choices if not any(_is_kept(row) for row in choice)]
        self.choices = [tuple(row for row in choice if row.terms) for choice in self.choices]
        for choice in self.choices:
            if len(choice) == 1:
                self.state(choice[0].terms.items(), choice[0].low, choice[0].high)
        self.choices = [choice for choice in self.choices if len(choice) > 1]
        self.cells = [
            cell._replace(
                unknowns=tuple(at for at in cell.unknowns if at not in fixed),
                offset=cell.offset + sum(fixed.get(at, 0) for at in cell.unknowns),
            )
            for cell in self.cells
        ]

    def components(self) -> Iterator[Component]:
        """Yield the parts in which there are cells."""
        groups = _Groups(len(self.low))
        for row in self.rows:
            groups.join(row.terms)
        for choice in self.choices:
            groups.join(at for row in choice for at in row.terms)
        for cell in self.cells:
            groups.join(cell.unknowns)
        known = [cell for cell in self.cells if not cell.unknowns]
        if known:
            yield Component([], [], [], [], known, [])
        inside: dict[int, list[Cell]] = defaultdict(list)
        for cell in self.cells:
            if cell.unknowns:
                inside[groups.root(cell.unknowns[0])].append(cell)
        members: dict[int, list[int]] = defaultdict(list)
        rows: dict[int, list[Row]] = defaultdict(list)
        choices: dict[int, list[tuple[Row, ...]]] = defaultdict(list)
        for at in range(len(self.low)):
            members[groups.root(at)].append(at)
        for row in self.rows:
            rows[groups.root(next(iter(row.terms)))].append(row)
        for choice in self.choices:
            choices[groups.root(next(iter(choice[0].terms)))].append(choice)
        for root, cells in inside.items():
            yield self._part(members[root], rows[root], choices[root], cells)

    def _part(
        self, members: list[int], rows: list[Row], choices: list[tuple[Row, ...]], cells: list[Cell]
    ) -> Component:
        place = {at: new for new, at in enumerate(members)}

        def moved(row: Row) -> Row:
            return row._replace(terms={place[at]: factor for at, factor in row.terms.items()})

        return Component(
            [self.low[at] for at in members],
            [self.high[at] for at in members],
            [moved(row) for row in rows],
            [tuple(moved(row) for row in choice) for choice in choices],
            [cell._replace(unknowns=tuple(place[at] for at in cell.unknowns)) for cell in cells],
            members,
        )


def _merged(rows: Iterable[Row]) -> list[Row]:
    """Return rows with each sum once, as two releases may show it: with the narrower of its limits."""
    found: dict[frozenset[tuple[int, int]], Row] = {}
    for row in rows:
        key = frozenset(row.terms.items())
        other = found.get(key, row)
        found[key] = row._replace(low=max(row.low, other.low), high=min(row.high, other.high))
    return list(found.values())


def _without(row: Row, fixed: Mapping[int, int]) -> Row:
    """Return what a row says of the other unknowns."""
    known = sum(factor * fixed[at] for at, factor in row.terms.items() if at in fixed)
    return Row(
        {at: factor for at, factor in row.terms.items() if at not in fixed},
        row.low if row.low <= -OPEN else row.low - known,
        row.high if row.high >= OPEN else row.high - known,
    )


def _is_kept(row: Row) -> bool:
    """Return whether a row holds whatever the unknowns are: it has none, and 0 is within its limits."""
    return not row.terms and row.low <= 0 <= row.high


def row_of(terms: Iterable[tuple[int, int]], low: int, high: int) -> Row:
    """Return a row with each unknown once, and none whose factor is 0."""
    factors: Counter[int] = Counter()
    for at, factor in terms:
        factors[at] += factor
    return Row({at: factor for at, factor in factors.items() if factor}, low, high)


class _Groups:
    """Which unknowns belong together."""

    def __init__(self, count: int) -> None:
        self._above = list(range(count))

    def root(self, at: int) -> int:
        above = self._above
        while above[at] != at:
            above[at] = above[above[at]]
            at = above[at]
        return at

    def join(self, members: Iterable[int]) -> None:
        first = None
        for at in members:
            if first is None:
                first = self.root(at)
            else:
                self._above[self.root(at)] = first
