"""The register of the units in force on a date, as a tree.

A code does not identify a unit for good: after a reform the same code may name another unit. So a register is
read for a date. Units keep the order of the file's rows.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from antq_stats.findings.finding import Finding
from antq_stats.plan import Units
from antq_stats.register.unit_file import read_units
from antq_stats.words.text import text_key
from antq_stats.words.unit_names import ABBREVIATIONS
from antq_stats.words.unknown_code import UnknownCodeError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the register on the register's date.

    Parameters
    ----------
    code : an opaque string.
    name : the name alone, ``Mường Lai``.
    kind : the type word, ``xã``; may be empty.
    level : the level in the register's own word.
    parent : code of the unit above; None at the root.
    """

    code: str
    name: str
    kind: str
    level: str
    parent: str | None

    @property
    def display(self) -> str:
        """Type and name as shown: ``Xã Mường Lai``, and ``Thôn 1``, not ``Thôn Thôn 1``."""
        return display_name(self.kind, self.name)


@lru_cache(maxsize=1 << 16)
def display_name(kind: str, name: str) -> str:
    """Return type and name, capitalised; the name alone if it begins with its type or a short form of it."""
    key, opening = text_key(kind), f"{text_key(name)} "
    has_type = any(opening.startswith(f"{word} ") for word in (key, *ABBREVIATIONS.get(key, ())))
    shown = name if not key or has_type else f"{kind} {name}"
    return shown[:1].upper() + shown[1:]


@dataclass(frozen=True, eq=False, repr=False)
class UnitRegister:
    """The units in force on a date, and their tree.

    Positions are places in ``units``, which keeps the order of the file's rows. Arrays have one
    element per unit; they are computed once, when first asked for, and must not be written to.
    """

    units: Units
    households: tuple[int, ...] = ()
    """Households of each unit as the register states them, `plan.MISSING` where it does not; empty where it
    states none: what a unit weighs in coverage while its own figure is missing."""
    notes: tuple[Finding, ...] = ()
    """Findings on the register that do not keep it from being used."""

    @property
    def levels(self) -> tuple[str, ...]:
        """Levels from the top down, in the register's own words."""
        return self.units.level_names

    def __len__(self) -> int:
        return len(self.units.parents)  # an array; codes may be made on demand

    def __repr__(self) -> str:
        units, levels = self.units, self.levels
        counts = [f"{units.levels.count(level)} {name}" for level, name in enumerate(levels)]
        return f"<UnitRegister: {', '.join(counts)}>"

    def level(self, name: str) -> int | None:
        """Return the position of a level by its name, or by another usual name of that level; else None."""
        return self.units.level(name)

    def down_to(self, levels: Iterable[str]) -> UnitRegister:
        """Return the register with further levels at the bottom, of which it has no units yet."""
        names = (*self.levels, *levels)
        return self if names == self.levels else replace(self, units=replace(self.units, level_names=names))

    def at(self, position: int) -> Unit:
        """Return the unit at a position."""
        units = self.units
        parent = units.parents[position]
        return Unit(
            code=units.codes[position],
            name=units.names[position],
            kind=units.kinds[position],
            level=units.level_names[units.levels[position]],
            parent=units.codes[parent] if parent >= 0 else None,
        )

    def unit(self, code: str) -> Unit | None:
        """Return the unit in force that has a code, or None."""
        position = self.units.by_code.get(code)
        return None if position is None else self.at(position)

    def position(self, unit: int | str) -> int:
        """Return the position of a unit given by its code or by its position.

        Raises
        ------
        UnknownCodeError
            No unit in force has the code, or there is no such position.
        """
        if isinstance(unit, str):
            found = self.units.by_code.get(unit)
            if found is not None:
                return found
        elif -1 < unit < len(self):
            return unit
        raise UnknownCodeError("unit", unit, self.units.by_code.keys())

    def named(self, parent: str, name: str) -> tuple[Unit, ...]:
        """Return the children of a unit (by its code) that have a name: none, one or several."""
        position = self.units.by_code.get(parent)
        found = () if position is None else self.units.children_named(position, text_key(name))
        return tuple(map(self.at, found))

    def ancestors(self, code: str) -> tuple[Unit, ...]:
        """Return the units above a code, from its parent to the root; empty for an unknown code."""
        position = self.units.by_code.get(code)
        return () if position is None else tuple(map(self.at, self.units.ancestors(position)[1:]))

    @cached_property
    def _tree(self) -> tuple[Positions, Positions, Positions]:
        """Positions in pre-order, and for each unit its place in that order and the size of its subtree."""
        import numpy as np

        parents = self._parents
        generations = self._generations()
        sizes = np.ones(len(parents), dtype=np.int64)
        for below in reversed(generations[1:]):
            families = np.flatnonzero(np.diff(parents[below], prepend=-1))
            sizes[parents[below[families]]] += np.add.reduceat(sizes[below], families)
        places = np.empty(len(parents), dtype=np.int64)
        for members in generations:
            sizes_here, above = sizes[members], parents[members]
            offsets = np.cumsum(sizes_here) - sizes_here  # subtrees of the generation before this one
            families = np.flatnonzero(np.diff(above, prepend=-2))
            offsets -= np.repeat(offsets[families], np.diff(families, append=len(members)))
            places[members] = offsets + np.where(above >= 0, places[above] + 1, 0)
        order = np.empty(len(parents), dtype=np.int64)
        order[places] = np.arange(len(parents), dtype=np.int64)
        arrays = (order, places, sizes)
        for array in arrays:
            array.setflags(write=False)
        return arrays

    def _generations(self) -> list[Positions]:
        """Return the roots, their children, the children of these, and so on; siblings in file order."""
        import numpy as np

        parents = self._parents
        families = np.argsort(parents, kind="stable")
        sizes = np.bincount(parents + 1, minlength=len(parents) + 1)
        starts = np.cumsum(sizes) - sizes
        found = [families[: sizes[0]]]
        while len(found[-1]):
            heads = found[-1] + 1
            counts = sizes[heads]
            found.append(families[_runs(starts[heads], counts)])
        return found[:-1]

    @property
    def tree_order(self) -> Positions:
        """Positions in pre-order: each unit before those under it, siblings as in the file."""
        return self._tree[0]

    @property
    def tree_places(self) -> Positions:
        """For each unit its place in tree order."""
        return self._tree[1]

    @cached_property
    def kinds_at(self) -> defaultdict[int, Counter[str]]:
        """Number of units of each type, by level; without those that have no type."""
        found: defaultdict[int, Counter[str]] = defaultdict(Counter)
        for (level, kind), count in Counter(zip(self.units.levels, self.units.kinds, strict=True)).items():
            if kind:
                found[level][kind] = count
        return found

    def prepare(self) -> None:
        """Compute what the figures of every period need, while others read."""
        self.units.hold_texts()
        _ = self.tree_order, self.senders

    def under(self, position: int) -> Positions:
        """Return a unit and all below it, in tree order."""
        order, places, sizes = self._tree
        start = int(places[position])
        return order[start : start + int(sizes[position])]

    @cached_property
    def _levels(self) -> Positions:
        import numpy as np

        return np.array(self.units.levels, dtype=np.int64)

    @cached_property
    def _parents(self) -> Positions:
        import numpy as np

        return np.array(self.units.parents, dtype=np.int64)

    @cached_property
    def _expected(self) -> dict[int, Positions]:
        return {}

    @cached_property
    def _unlisted(self) -> dict[int, Positions]:
        return {}

    def is_sender(self, code: str | None) -> bool:
        """Return whether a code is that of a unit of the two lowest levels, or of one with such children."""
        units, lowest = self.units, len(self.levels) - 1
        unit = units.by_code.get(code or "")
        return unit is not None and (
            units.levels[unit] >= lowest - 1
            or any(units.levels[child] == lowest for child in units.children.get(unit, ()))
        )

    @cached_property
    def senders(self) -> Positions:
        """For each unit the position of its sender: its parent if it is of the lowest level, else itself."""
        import numpy as np

        parents = self._parents
        finest = (self._levels == len(self.levels) - 1) & (parents >= 0)
        return np.where(finest, parents, np.arange(len(parents)))

    def expected(self, level: int) -> Positions:
        """Return for each unit of the register the number of units of a level under it, itself included."""
        known = self._expected.get(level)
        if known is None:
            import numpy as np

            start, stop = self.ranges(np.flatnonzero(self._levels == level))
            known = stop - start
            known.setflags(write=False)
            self._expected[level] = known
        return known

    def unlisted(self, level: int) -> Positions:
        """Return for each unit how many units at or under it should have units of a level, and list none.

        These are units of the level above. Nobody knows how many units of the level they have. It is 0
        everywhere if the register has no units of the level at all.

        Parameters
        ----------
        level : position of the level.
        """
        known = self._unlisted.get(level)
        if known is None:
            import numpy as np

            listed = self.expected(level)
            is_bare = (self._levels == level - 1) & (listed == 0) & bool(listed.any())
            start, stop = self.ranges(np.flatnonzero(is_bare))
            known = stop - start
            known.setflags(write=False)
            self._unlisted[level] = known
        return known

    def ranges(self, chosen: Positions) -> tuple[Positions, Positions]:
        """Return for each unit where the chosen units of its subtree begin and end among all chosen ones.

        In tree order the units of a subtree stand together. So ``numbers[start:stop]`` are the numbers
        under a unit, where ``numbers`` has one element per chosen unit, in tree order.

        Parameters
        ----------
        chosen : positions of different units, in any order.

        Returns
        -------
        tuple[Positions, Positions]
            ``start`` and ``stop``, one element per unit of the register.
        """
        import numpy as np

        _, places, sizes = self._tree
        before = np.zeros(len(places) + 1, dtype=np.int64)
        before[places[chosen] + 1] = 1
        np.cumsum(before, out=before)
        return before[places], before[places + sizes]


def _runs(starts: Positions, lengths: Positions) -> Positions:
    """Return consecutive integers run by run: each run from its start and of its length."""
    import numpy as np

    before = np.cumsum(lengths) - lengths
    return np.repeat(starts - before, lengths) + np.arange(int(lengths.sum()))


def load_register(path: Path, on: date | None) -> UnitRegister:
    """Read units.csv; return the register in force on a date.

    Parameters
    ----------
    path : a text file with a header row, in any encoding and with any delimiter Excel writes.
    on : the day whose units are wanted. None is enough where all rows are valid on a common day.

    Raises
    ------
    SetupError
        With every fault found at once: S201 to S207, and S302 where the date is needed and not given.
    """
    return UnitRegister(*read_units(path, on))
