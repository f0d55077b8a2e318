"""The tree of a trace as rows: units with their sums down to some depth, leaves with their cells, folds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from antq_stats.collection.collection import Integers
from antq_stats.register.register import UnitRegister
from antq_stats.render.words import unit_name
from antq_stats.trace.figure_trace import Trace
from antq_stats.trace.leaves import Leaf
from antq_stats.words.amounts import Amount

_ALL = 30
"""Most members of a unit that are all shown."""
_SHOWN = 20
"""Members that are shown where there are more."""

Bounds = tuple[Amount, Amount]


@dataclass(frozen=True)
class UnitRow:
    """A unit with what counts under it, for each side; None where a side has nothing under it."""

    depth: int
    unit: int
    """Position in the register that the figure is stated on."""
    sums: tuple[Bounds | None, ...]
    missing: int
    """Units under it of which a value is missing."""
    hard: int
    """Hard findings at or under it."""


@dataclass(frozen=True)
class LeafRow:
    """A unit with its own values, for each side; None for a side that it does not give."""

    depth: int
    unit: int
    """Position in the register of the period."""
    leaves: tuple[Leaf | None, ...]


@dataclass(frozen=True)
class FoldRow:
    """Members of a unit that are not shown, with what counts under them."""

    depth: int
    count: int
    level: int | None
    """Level of the units; None for leaves."""
    sums: tuple[Bounds | None, ...]
    missing: int
    hard: int


Row = UnitRow | LeafRow | FoldRow


@dataclass(frozen=True)
class _Member:
    """A unit below another, or a leaf of it: a slice of each side's leaves."""

    unit: int
    slices: tuple[slice, ...]
    is_leaf: bool


class TraceTree:
    """Walks down the tree of a trace.

    Parameters
    ----------
    trace : the trace.
    depth : number of levels below the unit that are shown.
    """

    def __init__(self, trace: Trace, depth: int) -> None:
        self.trace, self.depth = trace, depth
        self.register = trace.register

    def rows(self) -> Iterator[Row]:
        """Yield the rows, from the unit down."""
        slices = tuple(self.trace.under(at, self.trace.unit) for at in range(len(self.trace.sides)))
        yield from self._rows(_Member(self.trace.unit, slices, is_leaf=False), 0)

    @property
    def is_cut(self) -> bool:
        """Whether there are units below those that are shown."""
        levels = np.asarray(self.register.units.levels)
        lowest = max((int(levels[side.homes].max(initial=0)) for side in self.trace.sides), default=0)
        return lowest - int(levels[self.trace.unit]) > self.depth

    def _rows(self, member: _Member, depth: int) -> Iterator[Row]:
        if member.is_leaf or self._is_single(member):
            yield self._leaf_row(member, depth)
            return
        sums, missing, hard = self._totals([member])
        yield UnitRow(depth, member.unit, sums, missing, hard)
        if depth >= self.depth:
            return
        members = list(self._members(member))
        shown = self._chosen(members)
        for at, below in enumerate(members):
            if at in shown:
                yield from self._rows(below, depth + 1)
        folded = [below for at, below in enumerate(members) if at not in shown]
        if folded:
            levels = {self.register.units.levels[below.unit] for below in folded if not below.is_leaf}
            level = levels.pop() if len(levels) == 1 else None
            yield FoldRow(depth + 1, len(folded), level, *self._totals(folded))

    def _is_single(self, member: _Member) -> bool:
        """Return whether a unit has only its own values: one leaf a side at most, and none below."""
        pairs = list(zip(self.trace.sides, member.slices, strict=True))
        return all(
            part.stop - part.start <= 1 and bool((side.homes[part] == member.unit).all())
            for side, part in pairs
        )

    def _members(self, member: _Member) -> Iterator[_Member]:
        """Yield the leaves that count at a unit itself, then the units below it that have any."""
        own: dict[int, list[slice]] = {}
        for at, (side, part) in enumerate(zip(self.trace.sides, member.slices, strict=True)):
            here = part.start + np.flatnonzero(side.homes[part] == member.unit)
            for place, unit in zip(here.tolist(), side.units[here].tolist(), strict=True):
                slices = own.setdefault(unit, [slice(0, 0)] * len(self.trace.sides))
                slices[at] = slice(place, place + 1)
        yield from (_Member(unit, tuple(slices), is_leaf=True) for unit, slices in own.items())
        for unit in self.register.units.children.get(member.unit, ()):
            slices_below = tuple(self.trace.under(at, unit) for at in range(len(self.trace.sides)))
            if any(part.stop > part.start for part in slices_below):
                yield _Member(unit, slices_below, is_leaf=False)

    def _chosen(self, members: Sequence[_Member]) -> set[int]:
        """Return which members are shown: all of a few, else those in doubt and the largest."""
        if len(members) <= _ALL:
            return set(range(len(members)))

        def rank(at: int) -> tuple[bool, float]:
            sums, missing, hard = self._totals([members[at]])
            first = sums[0]
            return not (missing or hard), -float(first[0]) if first else 0.0

        return set(sorted(range(len(members)), key=rank)[:_SHOWN])

    def _totals(self, members: Sequence[_Member]) -> tuple[tuple[Bounds | None, ...], int, int]:
        """Return what counts under members for each side, how many units lack a value, and hard findings."""
        sums: list[Bounds | None] = []
        lacking: set[int] = set()
        for at, side in enumerate(self.trace.sides):
            parts = [member.slices[at] for member in members]
            if not any(side.counted[part].any() for part in parts):
                sums.append(None)
            else:
                low = sum(sum(side.low[part].tolist()) for part in parts)
                high = sum(sum(side.high[part].tolist()) for part in parts)
                sums.append((side.measure.amount(low), side.measure.amount(high)))
            lacking.update(unit for part in parts for unit in side.units[part][side.missing[part]].tolist())
        hard = sum(int(self.trace.findings.hard[self._sources(member)].sum()) for member in members)
        return tuple(sums), len(lacking), hard

    def _sources(self, member: _Member) -> Integers:
        """Return the units of the period under a member."""
        if self.trace.boundaries is None and not member.is_leaf:
            return self.register.under(member.unit)
        pairs = zip(self.trace.sides, member.slices, strict=True)
        return np.unique(np.concatenate([side.units[part] for side, part in pairs]))

    def _leaf_row(self, member: _Member, depth: int) -> LeafRow:
        leaves = tuple(
            next(side.each(part), None) for side, part in zip(self.trace.sides, member.slices, strict=True)
        )
        unit = next((leaf.unit for leaf in leaves if leaf is not None), member.unit)
        return LeafRow(depth, unit, leaves)

    def name(self, row: UnitRow | LeafRow) -> str:
        """Return the name of a unit; that of a former unit says where it was."""
        if isinstance(row, UnitRow) or self.trace.boundaries is None:
            return unit_name(self.register if isinstance(row, UnitRow) else self.source, row.unit)
        units = self.source.units
        name, parent = unit_name(self.source, row.unit), units.parents[row.unit]
        is_lowest = units.levels[row.unit] == len(units.level_names) - 1
        return f"{name}, {unit_name(self.source, parent)}" if is_lowest and parent >= 0 else name

    @property
    def source(self) -> UnitRegister:
        """The register of the period."""
        return self.trace.collection.register
