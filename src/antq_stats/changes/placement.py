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
from functools import cached_property
from itertools import compress, count
from operator import not_
from typing import TYPE_CHECKING

import numpy as np

from antq_stats.changes.divisions import NOWHERE, Crossings, Divided, Share, crossings
from antq_stats.changes.fates import Belonging, Fate, History
from antq_stats.words.level_names import usual_level
from antq_stats.words.text import text_key

if TYPE_CHECKING:
    import numpy.typing as npt

    from antq_stats.plan import Units
    from antq_stats.register.register import UnitRegister

    Integers = npt.NDArray[np.int64]
    Truths = npt.NDArray[np.bool_]


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
    strayed: Truths
    """For each unit of the target whether it was given a unit above the villages that no event explains."""
    astray: Truths
    """For each unit of the source whether nobody knows where it went: it, or the unit it was in, is such."""

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

    @cached_property
    def crossings(self) -> Crossings:
        """The units of the target that have a part of a divided unit, and the units above them."""
        return crossings(self.divided, self.target.units)

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
    start, end : the days of the source and of the target, in any order. Without both no event is between.
    """
    for register in (source, target):
        register.units.hold_texts()  # most units are looked up more than once
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
            by_code = self.units.by_code
            known = history.changed(self.units.codes, start, end)
            self.fates = {by_code[code]: fate for code, fate in known.items()}
            self.back = history.changed(self.others.codes, end, start)
        self.whole = [NOWHERE] * len(self.units.codes)
        self.same = [False] * len(self.units.codes)
        self.divided: dict[int, Divided] = {}
        self.arrivals: dict[int, Counter[str]] = {}

    def result(self) -> Placement:
        for parent in (-1, *self._above):
            if parent >= 0 and parent not in self._changed_below:
                self._place_alike(parent)
                self._place_moved(parent)
            for unit in self.units.children[parent]:
                if self.whole[unit] == NOWHERE:
                    self._place(unit)
        self._join_respelled()
        whole = np.array(self.whole, dtype=np.int64)
        return Placement(
            self.source, self.target, whole, np.array(self.same, dtype=np.bool_),
            tuple(self.divided.values()), self.fates,
            tuple(self.others.by_code[code] for code in self.back), self._uncovered(), *self._strayed(),
        )  # fmt: skip

    @cached_property
    def _above(self) -> list[int]:
        """The units of the source that have units below them, in tree order."""
        is_above = np.zeros(len(self.whole), dtype=np.bool_)
        is_above[[unit for unit in self.units.children if unit >= 0]] = True
        order = self.source.tree_order
        return list(order[is_above[order]].tolist())

    def _place(self, unit: int) -> None:
        fate = self.fates.get(unit)
        if fate is not None:
            self._by_fate(unit, fate)
        elif (twin := self._twin(unit)) != NOWHERE:
            self.whole[unit], self.same[unit] = twin, True
        else:
            self._below(unit)

    def _place_alike(self, unit: int) -> None:
        """Place all units below one at once, if no event changed them and the target has them just so."""
        own, others = self.units.children[unit], self.others.children.get(self.whole[unit])
        if not isinstance(own, range) or not isinstance(others, range):
            return
        mine, theirs = slice(own.start, own.stop), slice(others.start, others.start + len(own))
        is_alike = self.units.codes[mine] == self.others.codes[theirs]
        if is_alike and self.units.names[mine] == self.others.names[theirs]:
            self.whole[mine] = range(theirs.start, theirs.stop)
            self.same[mine] = [True] * len(own)

    def _place_moved(self, unit: int) -> None:
        """Place all units below one at once, if their codes are not in the target: by their names."""
        own, above, others = self.units.children[unit], self.whole[unit], self.others.by_code
        codes = self.units.codes
        if above != NOWHERE and not any(codes[child] in others for child in own):
            self._in_commune(own, above)

    @cached_property
    def _changed_below(self) -> frozenset[int]:
        """The units of the source with a unit right below whose code an event has to do with."""
        back = (self.units.by_code.get(code) for code in self.back)
        changed = {*self.fates, *(unit for unit in back if unit is not None)}
        return frozenset(self.units.parents[unit] for unit in changed)

    def _join_respelled(self) -> None:
        """Take a unit whose name is spelled otherwise for the one of its code, if all below it agree."""
        for unit in self._above[::-1]:
            below = self.units.children[unit]
            if self.same[unit] or unit in self.fates:
                continue
            if not all(self.same[child] for child in below):
                continue
            code = self.units.codes[unit]
            other = self.others.by_code.get(code, NOWHERE)
            is_its = {self.whole[child] for child in below} == {*self.others.children.get(other, ())}
            if is_its and other != NOWHERE and code not in self.back:
                self.whole[unit], self.same[unit] = other, True
                self.divided.pop(unit, None)

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
        is_in_place = self.whole[parent] == above or self._may_be_below(parent, above)
        return other if is_in_place else NOWHERE

    def _is_alike(self, unit: int, other: int) -> bool:
        if self.units.names[unit] == self.others.names[other]:
            return True
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
            self._in_commune((unit,), self.whole[parent])
            return
        by_name = [
            (share.unit, child)
            for share in parts.shares
            if share.unit != NOWHERE
            for child in self.others.children_named(share.unit, text_key(self.units.names[unit]))
        ]
        if len(by_name) == 1 and self._only_ones((unit,), by_name[0][0]):
            self.whole[unit], self.same[unit] = by_name[0][1], True
        else:
            self.divided[unit] = Divided(unit, parts.shares, parts.is_estimated)

    def _in_commune(self, units: Sequence[int], above: int) -> None:
        """Place units where their parent belongs: as units of their own if the names agree."""
        if above == NOWHERE:
            return
        for unit in units:
            self.whole[unit] = above
        for unit, key in self._only_ones(units, above):
            named = self.others.children_named(above, key)
            if len(named) == 1:
                self.whole[unit], self.same[unit] = named[0], True

    def _only_ones(self, units: Sequence[int], above: int) -> list[tuple[int, str]]:
        """Return those of some units that alone have their name among all that came to a unit of the target.

        Each with its text key.
        """
        arrivals, names = self._arrivals(above), self.units.names
        keys = ((unit, text_key(names[unit])) for unit in units)
        found = [(unit, key) for unit, key in keys if arrivals[key] == 1]
        back = self.back.get(self.others.codes[above])
        if back is None or back.whole is not None:
            return found
        return [(unit, key) for unit, key in found if not self.units.is_numbered(unit)]

    def _arrivals(self, above: int) -> Counter[str]:
        """Return how many old units of each name came to a unit of the target."""
        found = self.arrivals.get(above)
        if found is None:
            lowest = len(self.units.level_names) - 1
            found = self.arrivals[above] = Counter(
                text_key(self.units.names[unit])
                for parent in self._parents_by_home.get(above, ())
                for unit in self.units.children[parent]
                if self.units.levels[unit] == lowest
            )
        return found

    @cached_property
    def _parents_by_home(self) -> dict[int, list[int]]:
        """For each unit of the target the old units whose lower units may be in it, by events alone."""
        found: dict[int, list[int]] = {}
        for parent in self.units.children:
            if parent >= 0:
                for above in self._homes(parent):
                    found.setdefault(above, []).append(parent)
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
        others, size = self.others, len(self.others.codes)
        covered, changed = [False] * size, [False] * size
        for target in compress(self.whole, self.same):
            covered[target] = True
        looked_at = np.zeros(size, dtype=np.bool_)  # the others are as they were, or have no origin
        free = _free_levels(others)
        looked_at[~np.isin(np.asarray(others.levels), free)] = True
        looked_at[[others.by_code[code] for code in self.back]] = True
        order = self.target.tree_order[::-1]
        for unit in order[looked_at[order]].tolist():
            back = self.back.get(others.codes[unit])
            if back is not None:
                changed[unit] = True
                covered[unit] = all(part.code in self.units.by_code for part in back.parts)
                continue
            below = others.children.get(unit, ())
            changed[unit] = any(changed[child] for child in below)
            by_parts = bool(below) and all(covered[child] for child in below)
            covered[unit] = by_parts or (covered[unit] and not changed[unit])
            # one that no event explains, and that only the target has
            changed[unit] = changed[unit] or not (covered[unit] or others.levels[unit] in free)
        return ~np.array(covered, dtype=np.bool_)

    def _strayed(self) -> tuple[Truths, Truths]:
        """Return the units of the target that were given a unit that no event explains, and those units.

        Of the target those above are marked too, of the source those below that went with it.

        Villages are rearranged without events. A commune that is in the source alone, and is in no event, is
        one that the target's register lacks, or whose event nobody has written down.
        """
        units, free = self.units, _free_levels(self.units)
        strayed = np.zeros(len(self.others.codes), dtype=np.bool_)
        astray = np.zeros(len(units.codes), dtype=np.bool_)
        for unit in compress(count(), map(not_, self.same)):
            if unit in self.fates or self.whole[unit] == NOWHERE or units.levels[unit] in free:
                continue
            below = units.children.get(unit, ())
            if not all(self.same[child] or child in self.fates for child in below or (unit,)):
                strayed[list(self.others.ancestors(self.whole[unit]))] = True
                astray[unit] = True
        for unit in self.source.tree_order.tolist() if astray.any() else ():
            parent = units.parents[unit]
            if parent >= 0 and astray[parent] and not (self.same[unit] or unit in self.fates):
                astray[unit] = True
        return strayed, astray


def _free_levels(units: Units) -> tuple[int, ...]:
    """Return the level whose units are rearranged without events: the villages, if they are the lowest."""
    lowest = len(units.level_names) - 1
    return (lowest,) if usual_level(units.level_names[lowest]) in ("village", "") else ()


def _divided(unit: int, places: Sequence[int], parts: Sequence[Belonging]) -> Divided:
    shares = tuple(Share(place, part.low, part.high) for place, part in zip(places, parts, strict=True))
    return Divided(unit, shares, all(part.low == part.high for part in parts))
