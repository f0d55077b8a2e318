"""Which unit a row, a title or a file name speaks of.

By code; without a code by name within the parent, exactly by text key. A near miss is never taken,
only suggested, and a name that fits several units fits none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NamedTuple

from antq_stats.plan import HIGHER_TYPES, VILLAGE_TYPES, Units
from antq_stats.reading.units.names import (
    NOWHERE,
    TYPES,
    arabic,
    code_text,
    is_bare_number,
    name_keys,
    names_with_type,
    untyped,
)


class Resolved(NamedTuple):
    """The unit of a row (its position, or NOWHERE), and the code of what was found on the way."""

    unit: int
    code: str | None = None
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """What a row says of its unit, as text; empty where it says nothing."""

    code: str
    name: str
    parent: str
    higher: tuple[str, ...] = ()
    """What the row says of units above the parent."""

    @property
    def label(self) -> str:
        """The name, or the code where there is none."""
        return self.name or self.code


def _by_code(units: Units, code: str, level: int, name: str = "", *, is_parent: bool = False) -> Resolved:
    """Return the unit of a code, its leading zeros restored where level and name leave no doubt."""
    position = units.by_code.get(code)
    if position is None:  # written in groups, or a number that some program wrote as text
        code = code.replace(" ", "").removesuffix(".0")
        position = units.by_code.get(code)
    if position is not None and (units.levels[position] == level or not code.isdigit()):
        return Resolved(position)
    bare = code.lstrip("0") if code.isdigit() else ""
    alike = units.by_significant_digits(bare) if bare else ()
    at_level = [p for p in alike if units.levels[p] == level]
    if position is not None:  # of another level: 15 may be a province, or village 015 without its zero
        if not at_level or (name and any(key in units.name_keys(position) for key in name_keys(name))):
            return Resolved(position)
        return (
            Resolved(at_level[0], "U104")
            if len(at_level) == 1 and (name or is_parent)
            else Resolved(NOWHERE, "U102")
        )
    fitting = at_level or list(alike)
    if len(fitting) == 1:
        return Resolved(fitting[0], "U104")
    if fitting:
        return Resolved(NOWHERE, "U102")
    return Resolved(NOWHERE, "U105" if code in units.former else "U101")


class Resolver:
    """Resolves the rows of one table, given the unit that the sheet or the file is about.

    Parameters
    ----------
    units : the units in force.
    level : the table's level.
    context : gives the position of the unit the sheet is about, or NOWHERE; asked only when a row
        has no code, for titles are long to read.
    """

    def __init__(self, units: Units, level: int, context: Callable[[], int]) -> None:
        self.units = units
        self.level = level
        self._context = context
        self.heads: tuple[int, ...] = ()
        """The units whose headings stand above the row, the highest first; NOWHERE for an unknown one."""

    @property
    def context(self) -> int:
        """The unit the sheet is about, or NOWHERE."""
        return self._context()

    def is_of(self, level: int) -> bool:
        """Tell whether the sheet is about one unit of a level."""
        return self.context != NOWHERE and self.units.levels[self.context] == level

    def head(self, unit: int) -> None:
        """Note the heading of a group of rows: a unit under those above it, or NOWHERE for an unknown one."""
        line = self.units.ancestors(unit) if unit != NOWHERE else self.heads[:-1]
        self.heads = (*(head for head in self.heads if head in line and head != unit), unit)

    def resolve(self, row: Identity) -> Resolved:
        """Return the unit of a row."""
        if not row.code:
            return self._without_code(row)
        by_code = _by_code(self.units, row.code, self.level, row.name)
        if by_code.unit == NOWHERE:
            near = self._by_name(row.name, self._parents(row)) if row.name else by_code
            suggestion = self.units.codes[near.unit] if near.unit != NOWHERE else near.suggestion
            return by_code._replace(suggestion=suggestion)
        if not row.name or self._bears(by_code.unit, row.name):
            return by_code
        if self.units.levels[by_code.unit] < self.level:  # the commune's code beside the village's name
            below = self._by_name(row.name, (by_code.unit,))
            if below.unit != NOWHERE and self.units.levels[below.unit] == self.level:
                return below
        siblings = self.units.parents[by_code.unit]
        others = self._named(siblings, name_keys(row.name))
        if others:
            return Resolved(NOWHERE, "U103", self.units.codes[others[0]])
        return by_code._replace(code="U107")

    def _without_code(self, row: Identity) -> Resolved:
        """Return the unit of a row by its name, or by the code that stands where the name should."""
        if not row.name:
            return Resolved(NOWHERE, "U106")
        found = self._by_name(row.name, self._parents(row))
        if found.unit != NOWHERE:
            return found
        unit = self.units.by_code.get(row.name, NOWHERE)
        if unit != NOWHERE and is_bare_number(row.name) and not self._is_own(unit):
            return found  # 15 is the province, or the village Tổ 15 as people call it
        return found if unit == NOWHERE else Resolved(unit)

    def _is_own(self, unit: int) -> bool:
        """Tell whether a unit is of the table's level, and of the unit that the sheet is about."""
        own = self.context == NOWHERE or self.context in self.units.ancestors(unit)
        return own and self.units.levels[unit] == self.level

    def _bears(self, unit: int, name: str) -> bool:
        if self.units.names[unit] == name:
            return True
        keys = self.units.name_keys(unit)
        return any(key in keys for key in name_keys(name))

    def suggest(self, row: Identity, parent: int) -> str | None:
        """Return the code of the unit under a parent whose name is nearest to the row's."""
        return self._near(name_keys(row.name)[-1], (parent,)) if row.name else None

    def _named(self, parent: int, keys: Iterable[str]) -> tuple[int, ...]:
        """Return the children of a unit that bear one of the keys, the first key that any bears."""
        return next((found for key in keys if (found := self.units.children_named(parent, key))), ())

    def _named_by_any_type(self, parents: tuple[int, ...], keys: tuple[str, ...]) -> dict[int, None]:
        """Return the units that bear a name whose type word the register does not know."""
        found: dict[int, None] = {}
        for key in keys:
            bare = untyped(key, TYPES)
            for parent in parents if bare else ():
                if bare in self.units.name_keys(parent) and self._may_be(parent, key):
                    return {parent: None}
                found.update(
                    dict.fromkeys(p for p in self.units.children_named(parent, bare) if self._may_be(p, key))
                )
        return found

    def _may_be(self, unit: int, key: str) -> bool:
        """Tell whether the type word a name is written with does not contradict the register."""
        kind = self.units.kind_key(unit)
        return not kind or (
            kind in VILLAGE_TYPES and key.startswith(tuple(f"{word} " for word in HIGHER_TYPES))
        )

    def _parents(self, row: Identity) -> tuple[int, ...]:
        """Return the units in which the row's name is looked up: its own parent, else what the sheet says."""
        scope = self.heads[-1] if self.heads else self.context
        if not row.parent:
            higher = self._higher(row)
            lowest = [p for p in higher if not any(p != q and p in self.units.ancestors(q) for q in higher)]
            return tuple(lowest) if lowest else (scope,) if scope != NOWHERE else ()
        code = _by_code(self.units, code_text(row.parent), self.level - 1, is_parent=True)
        if code.unit != NOWHERE:
            return (code.unit,)
        named = [p for p in self._bearing(name_keys(row.parent)) if self.units.levels[p] < self.level]
        for within in (*self._higher(row), *reversed(self.heads), self.context) if len(named) > 1 else ():
            if within != NOWHERE:
                named = [p for p in named if within in self.units.ancestors(p)] or named
        return tuple(named)

    def _higher(self, row: Identity) -> list[int]:
        """Return the units that a row's columns of higher units name, those that leave no doubt."""
        found = [self._bearing(name_keys(name)) for name in row.higher if name]
        codes = [self.units.by_code[name] for name in row.higher if name in self.units.by_code]
        return [*codes, *(units[0] for units in found if len(units) == 1)]

    def _bearing(self, keys: tuple[str, ...]) -> list[int]:
        """Return the units with children that bear one of the keys, wherever they stand."""
        above = self.units.by_name_above_leaves
        found = next((above[key] for key in keys if key in above), ())
        if not found:
            bare = [untyped(key, HIGHER_TYPES) for key in keys]
            found = tuple(p for key in bare if key for p in above.get(key, ()) if self._may_be(p, keys[0]))
        return list(dict.fromkeys(found))

    def _by_name(self, name: str, parents: Iterable[int]) -> Resolved:
        parents = tuple(parents)
        keys = name_keys(name)
        found: dict[int, None] = {}
        for parent in parents:
            if any(key in self.units.name_keys(parent) for key in keys):
                found[parent] = None
            found.update(dict.fromkeys(self._named(parent, keys)))
        if not found and any(untyped(key, HIGHER_TYPES) for key in keys):
            above = self._above(keys)  # the ward Phường 2 before the village Tổ 2 of another ward
            if above != NOWHERE:
                return Resolved(above)
        if not found:
            found = self._named_by_any_type(parents, keys)
        at_level = [p for p in found if self.units.levels[p] == self.level] or list(found)
        if not at_level and len(parents) == 1:
            at_level = self._further_down(parents[0], keys)
        if len(at_level) == 1:
            return Resolved(at_level[0])
        if at_level:
            return Resolved(NOWHERE, "U102")
        above = self._above(keys)
        if above != NOWHERE:
            return Resolved(above)
        # a village's name says nothing under a district: it fits some village of some commune
        near_enough = any(
            self.units.levels[child] == self.level
            for p in parents
            for child in self.units.children.get(p, ())[:1]
        )
        return Resolved(NOWHERE, "U101" if near_enough else "U102", self._near(keys[-1], parents))

    def _further_down(self, head: int, keys: tuple[str, ...]) -> list[int]:
        """Return the units of the table's level that bear a name, anywhere under a unit far above them.

        Not villages: their names repeat, and are known only within their commune.
        """
        units = self.units
        below = [p for p in self._bearing(keys) if units.levels[p] == self.level]
        leaves = units.higher_leaves
        below = below or list(next((leaves[key] for key in keys if key in leaves), ()))
        return [p for p in below if units.levels[p] == self.level and head in units.ancestors(p)]

    def _above(self, keys: tuple[str, ...]) -> int:
        """Return the unit above the table's level that a group heading or a subtotal names.

        One that has nothing to do with the sheet's unit must be named with its type to be taken.
        """
        named = {p for p in self._bearing(keys) if self.units.levels[p] < self.level}
        if self.context != NOWHERE:
            line = set(self.units.ancestors(self.context))
            own = {p for p in named if p in line or self.context in self.units.ancestors(p)}
            typed = any(
                names_with_type(self.units, p, key, introduced=bool(untyped(key, HIGHER_TYPES)))
                for p in named
                for key in keys
            )
            named = own or (named if typed else set())
        for head in reversed(self.heads) if len(named) > 1 else ():
            if within := {p for p in named if head in self.units.ancestors(p)[1:]}:
                named = within
                break
        return named.pop() if len(named) == 1 else NOWHERE

    def _near(self, key: str, parents: tuple[int, ...]) -> str | None:
        """Suggest the child whose name is nearest, or the parent whose child bears the name."""
        names = {
            name: child
            for parent in parents[:4]
            for child in self.units.children.get(parent, ())[:2000]
            for name in self.units.name_keys(child)
        }
        if key.isdecimal():  # Tổ 15 for a mere 15
            numbered = {child for name, child in names.items() if name.endswith(f" {key}")}
            return self.units.codes[numbered.pop()] if len(numbered) == 1 else None
        near = get_close_matches(arabic(key), names, 1, 0.75)
        return self.units.codes[names[near[0]]] if near else None
