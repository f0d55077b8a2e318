"""Placement: where the units of one register belong in another, of another day.

A unit is placed by the events it went through. Without events it is the unit of the same code and name, or
else it belongs where the unit above it belongs. Villages of a commune that was divided are placed by their
names, where only one of the new communes has a village of that name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from antq_stats.changes.fates import Belonging, Fate, History
from antq_stats.words.text import text_key

if TYPE_CHECKING:
    import numpy.typing as npt

    from antq_stats.register.register import UnitRegister

    Integers = npt.NDArray[np.int64]
    Truths = npt.NDArray[np.bool_]

NOWHERE = -1


class Share(NamedTuple):
    """How much of a divided unit belongs to a unit of the other register."""

    unit: int
    """Position of that unit; NOWHERE if the other register does not have it."""
    low: Fraction
    high: Fraction


@dataclass(frozen=True, slots=True)
class Divided:
    """A unit that belongs to several units of the other register.

    Parameters
    ----------
    unit : its position.
    shares : how much of it belongs to each of them.
    is_estimated : whether the shares are stated; else they are only bounds.
    """

    unit: int
    shares: tuple[Share, ...]
    is_estimated: bool


class Crossing(NamedTuple):
    """A unit of the target register that has at least one part of a divided unit."""

    divided: Divided
    target: int
    inside: tuple[bool, ...]
    """For each share of the divided unit whether it is at or under the target."""

    def bounds(self, value: int) -> tuple[int, int]:
        """Return at least and at most what the target has of the unit's value, in whole steps."""
        shares = self.divided.shares
        if self.divided.is_estimated:
            parts = _by_largest_remainder(value, [share.high for share in shares])
            own = sum(part for part, is_inside in zip(parts, self.inside, strict=True) if is_inside)
            return own, own
        mine = [share for share, is_inside in zip(shares, self.inside, strict=True) if is_inside]
        rest = [share for share, is_inside in zip(shares, self.inside, strict=True) if not is_inside]
        low = max(_sum(share.low for share in mine), 1 - _sum(share.high for share in rest))
        high = min(_sum(share.high for share in mine), 1 - _sum(share.low for share in rest))
        return int(value * low // 1), int(-(-value * high // 1))


def _sum(fractions: Iterator[Fraction]) -> Fraction:
    return sum(fractions, Fraction(0))


def _by_largest_remainder(value: int, shares: list[Fraction]) -> list[int]:
    """Return whole parts of a value that add up to it, by shares that add up to 1."""
    exact = [value * share for share in shares]
    parts = [int(part // 1) for part in exact]
    order = sorted(range(len(parts)), key=lambda at: (parts[at] - exact[at], at))
    for at in order[: value - sum(parts)]:
        parts[at] += 1
    return parts


@dataclass(frozen=True, eq=False, repr=False)
class Placement:
    """Where the n units of one register belong in another."""

    source: UnitRegister
    target: UnitRegister
    whole: Integers
    """For each unit of the source the unit of the target that it belongs to; NOWHERE for none or several."""
    same: Truths
    """For each unit of the source whether the target has it as a unit of its own: one for one."""
    divided: tuple[Divided, ...]
    fates: Mapping[int, Fate]
    """The fates of the units that events changed."""
    changed: tuple[int, ...]
    """The units of the target that events changed."""
    uncovered: Truths
    """For each unit of the target whether a part of it was outside the source, or is of unknown origin."""

    def __repr__(self) -> str:
        placed = int((self.whole >= 0).sum())
        return f"<Placement: {placed} of {len(self.source)} units placed, {len(self.divided)} divided>"

    @cached_property
    def is_identity(self) -> bool:
        """Whether both registers have the same units: nothing has to be restated."""
        return bool(self.same.all()) and len(self.source) == len(self.target)

    @cached_property
    def left(self) -> Integers:
        """Units of the source that have no place in the target."""
        divided = [each.unit for each in self.divided]
        gone = self.whole == NOWHERE
        gone[divided] = False
        return np.flatnonzero(gone)

    @cached_property
    def twins(self) -> Integers:
        """For each unit of the target the unit of the source that is the same, one for one; else NOWHERE."""
        found = np.full(len(self.target), NOWHERE, dtype=np.int64)
        same = np.flatnonzero(self.same)
        found[self.whole[same]] = same
        return found

    def reached_by(self, marked: Truths) -> Truths:
        """Return the units of the target that a marked unit is the same as, or has become a part of.

        Parameters
        ----------
        marked : whether each unit of the source is marked.
        """
        reached = np.zeros(len(self.target), dtype=np.bool_)
        reached[self.whole[self.same & marked]] = True
        parts = self.whole[~self.same & marked].tolist()
        parts += [share.unit for each in self.divided if marked[each.unit] for share in each.shares]
        kept = frozenset(np.flatnonzero(self.twins != NOWHERE).tolist())
        for unit in {part for part in parts if part != NOWHERE}:
            reached[unit] = True
            reached[[above for above in self.target.units.ancestors(unit) if above not in kept]] = True
        return reached

    def crossings(self, units: Integers) -> Iterator[Crossing]:
        """Yield the targets that have a part of the divided ones among some units, and the units above them.

        Parameters
        ----------
        units : positions in the source.
        """
        wanted = set(units.tolist())
        ancestors = self.target.units.ancestors
        for each in self.divided:
            if each.unit in wanted:
                above = [() if share.unit == NOWHERE else ancestors(share.unit) for share in each.shares]
                for target in dict.fromkeys(unit for path in above for unit in path):
                    yield Crossing(each, target, tuple(target in path for path in above))

    @cached_property
    def origins(self) -> dict[int, list[int]]:
        """For each unit of the target the units of the source that were placed there, wholly or in part."""
        found: dict[int, list[int]] = {}
        for unit, target in enumerate(self.whole.tolist()):
            if target != NOWHERE:
                found.setdefault(target, []).append(unit)
        for each in self.divided:
            for share in each.shares:
                found.setdefault(share.unit, []).append(each.unit)
        return found


def place(
    source: UnitRegister, target: UnitRegister, history: History, start: date | None, end: date | None
) -> Placement:
    """Place the units of one register in another.

    Parameters
    ----------
    source, target : the registers.
    history : the events.
    start, end : the day of the source, and that of the target, which may be the earlier one. Without both
        days no event is known to lie between.
    """
    return _Placing(source, target, history, start, end).result()


class _Placing:
    def __init__(
        self,
        source: UnitRegister,
        target: UnitRegister,
        history: History,
        start: date | None,
        end: date | None,
    ) -> None:
        self.source, self.target = source, target
        self.units, self.others = source.units, target.units
        self.fates: dict[int, Fate] = {}
        self.back: dict[str, Fate] = {}
        if start is not None and end is not None:
            known = history.fates(self.units.codes, start, end)
            by_code = self.units.by_code
            self.fates = {by_code[code]: fate for code, fate in known.items() if fate.events}
            self.back = {
                code: fate
                for code, fate in history.fates(self.others.codes, end, start).items()
                if fate.events
            }
        self.whole = [NOWHERE] * len(self.units.codes)
        self.same = [False] * len(self.units.codes)
        self.divided: dict[int, Divided] = {}

    def result(self) -> Placement:
        for unit in self.source.tree_order.tolist():
            self._place(unit)
        whole = np.array(self.whole, dtype=np.int64)
        return Placement(
            self.source, self.target, whole, np.array(self.same, dtype=np.bool_),
            tuple(self.divided.values()), self.fates,
            tuple(self.others.by_code[code] for code in self.back), self._uncovered(),
        )  # fmt: skip

    def _place(self, unit: int) -> None:
        fate = self.fates.get(unit)
        if fate is not None:
            self._by_fate(unit, fate)
        elif (twin := self._twin(unit)) != NOWHERE:
            self.whole[unit], self.same[unit] = twin, True
        else:
            self._below(unit)

    def _by_fate(self, unit: int, fate: Fate) -> None:
        """Place a unit that events changed; where it went to may be outside the target."""
        places = [self.others.by_code.get(part.code, NOWHERE) for part in fate.parts]
        if len(places) == 1:
            self.whole[unit] = places[0]
            back = self.back.get(fate.parts[0].code)
            self.same[unit] = places[0] != NOWHERE and (back is None or back.whole == self.units.codes[unit])
        elif any(place != NOWHERE for place in places):
            self.divided[unit] = _divided(unit, places, fate.parts)

    def _twin(self, unit: int) -> int:
        """Return the unit of the target with the code and the name of a unit that no event changed."""
        code = self.units.codes[unit]
        other = self.others.by_code.get(code, NOWHERE)
        if other == NOWHERE or code in self.back or not self._is_alike(unit, other):
            return NOWHERE
        parent, above = self.units.parents[unit], self.others.parents[other]
        if parent < 0 or above < 0:
            return other if parent == above else NOWHERE
        return other if self._may_be_below(parent, above) else NOWHERE

    def _is_alike(self, unit: int, other: int) -> bool:
        names = self.units.name_keys(unit)
        return any(key in names for key in self.others.name_keys(other))

    def _may_be_below(self, parent: int, above: int) -> bool:
        """Return whether a unit below one of the source can be below one of the target."""
        if parent in self.divided:
            return any(share.unit == above for share in self.divided[parent].shares)
        placed = self.whole[parent]
        if placed == NOWHERE:  # a level that was abolished, or a root that became another
            return True
        return above in self.others.ancestors(placed) or placed in self.others.ancestors(above)

    def _below(self, unit: int) -> None:
        """Place a unit that is not in the target itself: where the unit above it is."""
        parent = self.units.parents[unit]
        if parent < 0:
            return
        parts = self.divided.get(parent)
        if parts is None:
            self._in_commune(unit, self.whole[parent])
            return
        by_name = [
            (share.unit, child)
            for share in parts.shares
            if share.unit != NOWHERE
            for child in self.others.children_named(share.unit, text_key(self.units.names[unit]))
        ]
        if len(by_name) == 1 and self._is_only_one(unit, by_name[0][0]):
            self.whole[unit], self.same[unit] = by_name[0][1], True
        else:
            self.divided[unit] = Divided(unit, parts.shares, parts.is_estimated)

    def _in_commune(self, unit: int, above: int) -> None:
        """Place a unit below the one that its parent belongs to: as a unit of its own if the names agree."""
        if above == NOWHERE:
            return
        is_finer = self.others.levels[above] < len(self.others.level_names) - 1
        named = self.others.children_named(above, text_key(self.units.names[unit])) if is_finer else ()
        if len(named) == 1 and self._is_only_one(unit, above):
            self.whole[unit], self.same[unit] = named[0], True
        else:
            self.whole[unit] = above

    def _is_only_one(self, unit: int, above: int) -> bool:
        """Return whether a unit's name tells it from all others that came to a unit of the target."""
        back = self.back.get(self.others.codes[above])
        if back is not None and back.whole is None and self.units.is_numbered(unit):
            return False
        return self._arrivals.get((above, text_key(self.units.names[unit])), 0) == 1

    @cached_property
    def _arrivals(self) -> Counter[tuple[int, str]]:
        """How many old units of a name came to each unit of the target, from the parents placed so far."""
        found: Counter[tuple[int, str]] = Counter()
        lowest = len(self.units.level_names) - 1
        for unit, level in enumerate(self.units.levels):
            if level != lowest:
                continue
            key = text_key(self.units.names[unit])
            for above in self._homes(self.units.parents[unit]):
                found[above, key] += 1
        return found

    def _homes(self, parent: int) -> Iterator[int]:
        """Yield the units of the target that the units below one of the source may be in, by events alone."""
        fate = self.fates.get(parent)
        codes: Sequence[str] = (
            [part.code for part in fate.parts] if fate is not None else [self.units.codes[parent]]
        )
        yield from (self.others.by_code[code] for code in codes if code in self.others.by_code)

    def _uncovered(self) -> Truths:
        """Return the units of the target that had a part outside the source or are of unknown origin."""
        others, count = self.others, len(self.others.codes)
        covered, changed = [False] * count, [False] * count
        kept = {target for target, same in zip(self.whole, self.same, strict=True) if same}
        for unit in reversed(self.target.tree_order.tolist()):
            back = self.back.get(others.codes[unit])
            if back is not None:
                changed[unit] = True
                covered[unit] = all(part.code in self.units.by_code for part in back.parts)
                continue
            below = others.children.get(unit, ())
            changed[unit] = any(changed[child] for child in below)
            by_parts = bool(below) and all(covered[child] for child in below)
            covered[unit] = by_parts or (unit in kept and not changed[unit])
        return ~np.array(covered, dtype=np.bool_)


def _divided(unit: int, places: Sequence[int], parts: Sequence[Belonging]) -> Divided:
    shares = tuple(Share(place, part.low, part.high) for place, part in zip(places, parts, strict=True))
    return Divided(unit, shares, all(part.low == part.high for part in parts))
