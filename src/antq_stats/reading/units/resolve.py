"""Resolving the rows of a table to units of the register.

A row is resolved by its code; without a code by its name within the parent, exactly by text key. A near
miss is never taken, only suggested, and a name that fits several units fits none.
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

_SERIAL = 3
"""Digits of a village's code after those of its commune."""


class Resolved(NamedTuple):
    """The unit of a row."""

    unit: int
    """Position of the unit, or NOWHERE."""
    code: str | None = None
    """Code of the finding, of family U, if there is one."""
    suggestion: str | None = None
    """Code of the unit that is probably meant."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What a row says of its unit, as text; empty if it has no such column or the cell is blank."""

    code: str
    name: str
    parent: str
    higher: tuple[str, ...] = ()
    """The cells that name units above the parent."""

    @property
    def label(self) -> str:
        """The name, or the code if there is no name."""
        return self.name or self.code


def _by_code(units: Units, code: str, level: int, name: str = "", *, is_parent: bool = False) -> Resolved:
    """Return the unit of a code; restore leading zeros if that is unambiguous.

    Parameters
    ----------
    units : the units in force.
    code : the code as written.
    level : the level the unit should have.
    name : the name beside the code, empty if there is none.
    is_parent : whether the code is that of the parent unit, which needs no name to have zeros restored.
    """
    position = units.by_code.get(code)
    if position is None:  # digits in groups, or a float that a program wrote as text
        code = code.replace(" ", "").removesuffix(".0")
        position = units.by_code.get(code)
    if position is not None and (units.levels[position] == level or not code.isdigit()):
        return Resolved(position)
    bare = code.lstrip("0") if code.isdigit() else ""
    alike = units.by_significant_digits(bare) if bare else ()
    at_level = [p for p in alike if units.levels[p] == level]
    if position is not None:  # on another level: 15 may be a province, or village 015 without its zero
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
    """Resolves the rows of one table.

    Parameters
    ----------
    units : the units in force.
    level : the table's level.
    context : returns the position of the unit the table is about, or NOWHERE. It is called only if a
        row cannot be resolved by code alone, because reading titles takes long.
    """

    def __init__(self, units: Units, level: int, context: Callable[[], int]) -> None:
        self.units = units
        self.level = level
        self._context = context
        self.groups: tuple[int, ...] = ()
        """The units whose group headings are above the row, the highest first; NOWHERE for an unknown one."""

    @property
    def context(self) -> int:
        """Position of the unit the table is about, or NOWHERE."""
        return self._context()

    def is_of(self, level: int) -> bool:
        """Return whether the table is about a unit of a level."""
        return self.context != NOWHERE and self.units.levels[self.context] == level

    def enter_group(self, unit: int) -> None:
        """Enter the group of rows below a heading; leave groups whose unit is not above the heading's.

        Parameters
        ----------
        unit : position of the unit that the heading names; NOWHERE if it is unknown.
        """
        ancestors = self.units.ancestors(unit) if unit != NOWHERE else self.groups[:-1]
        self.groups = (*(group for group in self.groups if group in ancestors and group != unit), unit)

    def resolve(self, row: Identity) -> Resolved:
        """Return the unit of a row."""
        if not row.code:
            return self._without_code(row)
        by_code = _by_code(self.units, row.code, self.level, row.name)
        if by_code.unit == NOWHERE:
            near = self._by_name(row.name, self._parents(row)) if row.name else by_code
            suggestion = self.units.codes[near.unit] if near.unit != NOWHERE else near.suggestion
            return by_code._replace(suggestion=suggestion)
        if not row.name or self._has_name(by_code.unit, row.name):
            return by_code
        if self.units.levels[by_code.unit] < self.level:  # the commune's code beside the village's name
            below = self._by_name(row.name, (by_code.unit,))
            if below.unit != NOWHERE and self.units.levels[below.unit] == self.level:
                return below
        siblings = self.units.parents[by_code.unit]
        others = self._children_named(siblings, name_keys(row.name))
        if others:
            return Resolved(NOWHERE, "U103", self.units.codes[others[0]])
        return by_code._replace(code="U107")

    def _without_code(self, row: Identity) -> Resolved:
        """Return the unit of a row by its name, or by a code in the name's column."""
        if not row.name:
            return Resolved(NOWHERE, "U106")
        found = self._by_name(row.name, self._parents(row))
        if found.unit != NOWHERE:
            return found
        unit = self.units.by_code.get(row.name, NOWHERE)
        if unit != NOWHERE and is_bare_number(row.name) and not self._is_expected(unit):
            return found  # 15 is the province's code, or short for the village Tổ 15
        return found if unit == NOWHERE else Resolved(unit)

    def _is_expected(self, unit: int) -> bool:
        """Return whether a unit is of the table's level, and below the unit the table is about."""
        is_below = self.context == NOWHERE or self.context in self.units.ancestors(unit)
        return is_below and self.units.levels[unit] == self.level

    def _has_name(self, unit: int, name: str) -> bool:
        if self.units.names[unit] == name:
            return True
        keys = self.units.name_keys(unit)
        return any(key in keys for key in name_keys(name))

    def suggest(self, row: Identity, parent: int) -> str | None:
        """Return the code of the unit under a parent whose name is nearest to the row's."""
        return self._closest(name_keys(row.name)[-1], (parent,)) if row.name else None

    def parent_of_unlisted(self, row: Identity) -> int:
        """Return the unit that a row is below whose own unit the register lacks; NOWHERE if it is not known.

        A code of its own is read as the parent's code and three digits, which villages have by convention.
        """
        level = self.level - 1
        above = self.units.by_code.get(row.code[:-_SERIAL], NOWHERE) if row.code else NOWHERE
        parents = (above,) if above != NOWHERE else self._parents(row)
        fitting = [parent for parent in parents if parent != NOWHERE and self.units.levels[parent] == level]
        return fitting[0] if len(fitting) == 1 else NOWHERE

    def _children_named(self, parent: int, keys: Iterable[str]) -> tuple[int, ...]:
        """Return the children of a unit that have the first of the keys that any of them has."""
        return next((found for key in keys if (found := self.units.children_named(parent, key))), ())

    def _named_by_any_type(self, parents: tuple[int, ...], keys: tuple[str, ...]) -> dict[int, None]:
        """Return the units with a name, whatever type word is written before it.

        Parents themselves count too. The result is a dict for its order.
        """
        found: dict[int, None] = {}
        for key in keys:
            bare = untyped(key, TYPES)
            for parent in parents if bare else ():
                if bare in self.units.name_keys(parent) and self._type_fits(parent, key):
                    return {parent: None}
                found.update(
                    dict.fromkeys(
                        p for p in self.units.children_named(parent, bare) if self._type_fits(p, key)
                    )
                )
        return found

    def _type_fits(self, unit: int, key: str) -> bool:
        """Return whether the type word at the beginning of a key is compatible with the unit's type.

        A unit without a type accepts any type word. A village accepts that of a higher unit.
        """
        kind = self.units.kind_key(unit)
        return not kind or (
            kind in VILLAGE_TYPES and key.startswith(tuple(f"{word} " for word in HIGHER_TYPES))
        )

    def _parents(self, row: Identity) -> tuple[int, ...]:
        """Return the units in which to look up the row's name: the row's parent, else its group or table."""
        group = self.groups[-1] if self.groups else self.context
        if not row.parent:
            higher = self._higher(row)
            lowest = [p for p in higher if not any(p != q and p in self.units.ancestors(q) for q in higher)]
            return tuple(lowest) if lowest else (group,) if group != NOWHERE else ()
        code = _by_code(self.units, code_text(row.parent), self.level - 1, is_parent=True)
        if code.unit != NOWHERE:
            return (code.unit,)
        named = [p for p in self._units_named(name_keys(row.parent)) if self.units.levels[p] < self.level]
        for within in (*self._higher(row), *reversed(self.groups), self.context) if len(named) > 1 else ():
            if within != NOWHERE:
                named = [p for p in named if within in self.units.ancestors(p)] or named
        return tuple(named)

    def _higher(self, row: Identity) -> list[int]:
        """Return the units that a row's columns of higher units name unambiguously, by code or name."""
        found = [self._units_named(name_keys(name)) for name in row.higher if name]
        codes = [self.units.by_code[name] for name in row.higher if name in self.units.by_code]
        return [*codes, *(units[0] for units in found if len(units) == 1)]

    def _units_named(self, keys: tuple[str, ...]) -> list[int]:
        """Return the units with children that have one of the keys as a name, anywhere in the register."""
        above = self.units.by_name_above_leaves
        found = next((above[key] for key in keys if key in above), ())
        if not found:
            bare = [untyped(key, HIGHER_TYPES) for key in keys]
            found = tuple(p for key in bare if key for p in above.get(key, ()) if self._type_fits(p, keys[0]))
        return list(dict.fromkeys(found))

    def _by_name(self, name: str, parents: Iterable[int]) -> Resolved:
        """Return the unit with a name: a parent, a child of one, or a higher unit that a subtotal names."""
        parents = tuple(parents)
        keys = name_keys(name)
        found: dict[int, None] = {}
        for parent in parents:
            if any(key in self.units.name_keys(parent) for key in keys):
                found[parent] = None
            found.update(dict.fromkeys(self._children_named(parent, keys)))
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
        # A village's name proves nothing if only the district is known: it repeats in many communes.
        are_children_of_level = any(
            self.units.levels[child] == self.level
            for p in parents
            for child in self.units.children.get(p, ())[:1]
        )
        return Resolved(
            NOWHERE, "U101" if are_children_of_level else "U102", self._closest(keys[-1], parents)
        )

    def _further_down(self, head: int, keys: tuple[str, ...]) -> list[int]:
        """Return the units of the table's level with a name, anywhere under a higher unit.

        Villages are left out: their names repeat, and are known only within their commune.
        """
        units = self.units
        below = [p for p in self._units_named(keys) if units.levels[p] == self.level]
        leaves = units.higher_leaves
        below = below or list(next((leaves[key] for key in keys if key in leaves), ()))
        return [p for p in below if units.levels[p] == self.level and head in units.ancestors(p)]

    def _above(self, keys: tuple[str, ...]) -> int:
        """Return the unit above the table's level that a group heading or a subtotal names, or NOWHERE.

        A unit that is not related to the table's unit is taken only if it is named with its type word.
        """
        named = {p for p in self._units_named(keys) if self.units.levels[p] < self.level}
        if self.context != NOWHERE:
            ancestors = set(self.units.ancestors(self.context))
            related = {p for p in named if p in ancestors or self.context in self.units.ancestors(p)}
            typed = any(
                names_with_type(self.units, p, key, introduced=bool(untyped(key, HIGHER_TYPES)))
                for p in named
                for key in keys
            )
            named = related or (named if typed else set())
        for group in reversed(self.groups) if len(named) > 1 else ():
            if within := {p for p in named if group in self.units.ancestors(p)[1:]}:
                named = within
                break
        return named.pop() if len(named) == 1 else NOWHERE

    def _closest(self, key: str, parents: tuple[int, ...]) -> str | None:
        """Return the code of the child whose name is most similar; None if none is similar enough.

        At most four parents and 2,000 children of each are compared.
        """
        names = {
            name: child
            for parent in parents[:4]
            for child in self.units.children.get(parent, ())[:2000]
            for name in self.units.name_keys(child)
        }
        if key.isdecimal():  # a bare 15 for Tổ 15
            numbered = {child for name, child in names.items() if name.endswith(f" {key}")}
            return self.units.codes[numbered.pop()] if len(numbered) == 1 else None
        near = get_close_matches(arabic(key), names, 1, 0.75)
        return self.units.codes[names[near[0]]] if near else None
