"""Which unit a row, a title or a file name speaks of.

By code; without a code by name within the parent, exactly by text key. A near miss is never taken,
only suggested, and a name that fits several units fits none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import NamedTuple

from antq_stats.plan import ABBREVIATIONS, HIGHER_TYPES, VILLAGE_TYPES, Units, loose_key
from antq_stats.reading.coerce import plain
from antq_stats.text import ascii_key, text_key

NOWHERE = -1

_ORDINAL = re.compile(r"^\s*(?:\d{1,3}(?:\.\d{1,3})*|[IVXLC]{1,6}|[A-Za-z])\s*[.)/-]\s*(?=\D)|^\s*[-+•*]\s*")
_COUNTED = re.compile(r"(?:\d{1,3}|[ivxlc]{1,6}) (.+)")
_TYPES = (*HIGHER_TYPES, *VILLAGE_TYPES)
_LONGEST_NAME = 9
_LONGEST_TEXT = 60
"""Words of a title that are looked at."""
_NAME_IN_FILE = re.compile(r"[_\W]+")


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


def code_text(cell: object) -> str:
    """Return a cell of a code column as text: 4342001.0 is ``4342001``."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return "" if isinstance(cell, bool) or cell is None else plain(cell).lstrip("'")


def _by_code(units: Units, code: str, level: int, name: str = "", *, is_parent: bool = False) -> Resolved:
    """Return the unit of a code, its leading zeros restored where that is unambiguous: by the level, and by the name beside it."""
    position = units.by_code.get(code)
    if position is None:  # written in groups, or a number that some program wrote as text
        code = code.replace(" ", "").removesuffix(".0")
        position = units.by_code.get(code)
    if position is not None and (units.levels[position] == level or not code.isdigit()):
        return Resolved(position)
    bare = code.lstrip("0") if code.isdigit() else ""
    alike = units.by_bare_code.get(bare, ()) if bare else ()
    at_level = [p for p in alike if units.levels[p] == level]
    if position is not None:  # of another level: 15 may be a province, or village 015 without its zero
        if not at_level or (name and any(key in units.name_keys(position) for key in name_keys(name))):
            return Resolved(position)
        return Resolved(at_level[0], "U104") if len(at_level) == 1 and (name or is_parent) else Resolved(NOWHERE, "U102")
    fitting = at_level or list(alike)
    if len(fitting) == 1:
        return Resolved(fitting[0], "U104")
    if fitting:
        return Resolved(NOWHERE, "U102")
    return Resolved(NOWHERE, "U105" if code in units.former else "U101")


@lru_cache(maxsize=4096)
def name_keys(name: str) -> tuple[str, ...]:
    """Return the text keys a written name may be known by: as it is, without its ordinal, without what is written at will."""
    keys = [text_key(name)]
    bare = text_key(_ORDINAL.sub("", name))
    if bare:
        keys.append(bare)
    counted = _COUNTED.fullmatch(keys[0])
    if counted and counted[1].startswith(tuple(f"{word} " for word in _TYPES)):
        keys.append(counted[1])
    return tuple(dict.fromkeys([*keys, *map(loose_key, keys)]))


def _untyped(key: str, types: Iterable[str]) -> str:
    """Return a name's key without the type word before it; empty where there is none."""
    return next((key.removeprefix(f"{word} ") for word in types if key.startswith(f"{word} ")), "")


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
        """The units whose headings stand above the row, the highest first; NOWHERE for one that nobody knows."""

    @property
    def context(self) -> int:
        """The unit the sheet is about, or NOWHERE."""
        return self._context()

    def is_of(self, level: int) -> bool:
        """Tell whether the sheet is about one unit of a level."""
        return self.context != NOWHERE and self.units.levels[self.context] == level

    def head(self, unit: int) -> None:
        """Note the heading of a group of rows: a unit under those of the headings above it, or NOWHERE if nobody knows it."""
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
        code = self.units.by_code.get(row.name, NOWHERE) if found.unit == NOWHERE else NOWHERE
        return Resolved(code) if code != NOWHERE else found

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
        return next((found for key in keys if (found := self.units.named(parent, key))), ())

    def _named_by_any_type(self, parents: tuple[int, ...], keys: tuple[str, ...]) -> dict[int, None]:
        """Return the units that bear a name whose type word the register does not know."""
        found: dict[int, None] = {}
        for key in keys:
            bare = _untyped(key, _TYPES)
            for parent in parents if bare else ():
                if bare in self.units.name_keys(parent) and self._may_be(parent, key):
                    return {parent: None}
                found.update(dict.fromkeys(p for p in self.units.named(parent, bare) if self._may_be(p, key)))
        return found

    def _may_be(self, unit: int, key: str) -> bool:
        """Tell whether the type word a name is written with does not contradict the register."""
        kind = self.units.kind_key(unit)
        return not kind or (kind in VILLAGE_TYPES and key.startswith(tuple(f"{word} " for word in HIGHER_TYPES)))

    def _parents(self, row: Identity) -> tuple[int, ...]:
        """Return the units in which the row's name is looked up: the row's own parent, else what the sheet says."""
        scope = self.heads[-1] if self.heads else self.context
        if not row.parent:
            return (scope,) if scope != NOWHERE else ()
        code = _by_code(self.units, code_text(row.parent), self.level - 1, is_parent=True)
        if code.unit != NOWHERE:
            return (code.unit,)
        named = [p for p in self._bearing(name_keys(row.parent)) if self.units.levels[p] < self.level]
        for within in (*reversed(self.heads), self.context):
            if within != NOWHERE and len(named) > 1:
                named = [p for p in named if within in self.units.ancestors(p)] or named
        return tuple(named)

    def _bearing(self, keys: tuple[str, ...]) -> list[int]:
        """Return the units with children that bear one of the keys, wherever they stand."""
        above = self.units.by_name_above_leaves
        found = next((above[key] for key in keys if key in above), ())
        if not found:
            bare = [_untyped(key, HIGHER_TYPES) for key in keys]
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
        near_enough = any(self.units.levels[child] == self.level for p in parents for child in self.units.children.get(p, ())[:1])
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
            typed = any(_is_full(self.units, p, key, introduced=bool(_untyped(key, HIGHER_TYPES))) for p in named for key in keys)
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
        near = get_close_matches(_arabic(key), names, 1, 0.75)
        return self.units.codes[names[near[0]]] if near else None


_ROMAN = {numeral: str(number) for number, numeral in enumerate(["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"], 1)}


def _arabic(key: str) -> str:
    """Return a name's key with roman numbers in figures: good enough to suggest a unit, never to take it."""
    head, *rest = key.split() or [""]
    return " ".join([head, *(_ROMAN.get(word, word) for word in rest)])


def names_a_type(name: str) -> bool:
    """Tell whether a text begins as the name of a unit above the villages: ``Xã …``, ``II. Phường …``."""
    return len(name) < 60 and any(_untyped(key, HIGHER_TYPES) for key in name_keys(name))


def common_parent(units: Units, level: int, names: Iterable[str]) -> int:
    """Return the only unit whose children bear all these names; NOWHERE if none or several do."""
    wanted = [name_keys(name) for name in names]
    if not wanted:
        return NOWHERE
    fits = [
        parent
        for parent, members in units.children.items()
        if parent != NOWHERE
        and units.levels[members[0]] == level
        and all(any(units.named(parent, key) for key in keys) for keys in wanted)
    ]
    return fits[0] if len(fits) == 1 else NOWHERE


def _windows(key: str) -> Iterable[tuple[int, int, str]]:
    words = key.split()[:_LONGEST_TEXT]
    for length in range(min(_LONGEST_NAME, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            yield start, start + length, " ".join(words[start : start + length])


def _mentioned(units: Units, key: str) -> tuple[list[set[int]], list[set[int]]]:
    """Return the units a text names with their type, and those it names bare; longest names first."""
    typed: list[set[int]] = []
    bare: list[set[int]] = []
    taken: set[int] = set()
    words = key.split()[:_LONGEST_TEXT]
    for start, end, window in _windows(key):
        named = units.by_name_above_leaves.get(window)
        if named is None or taken.intersection(range(start, end)):
            continue
        taken.update(range(start, end))
        before = " ".join(words[max(0, start - 2) : start])
        introduced = any(f" {before}".endswith(f" {word}") for word in HIGHER_TYPES)
        full = {p for p in named if _is_full(units, p, window, introduced=introduced) or end - start == len(words)}
        (typed if full else bare).append(full or set(named))
    return typed, bare


def _is_full(units: Units, position: int, window: str, *, introduced: bool) -> bool:
    """Tell whether a text names a unit with its type, or with any type where the register gives none."""
    kind = units.kind_key(position)
    if not kind:
        return introduced or len(window.split()) > 3
    return window.startswith((f"{kind} ", *(f"{word} " for word in ABBREVIATIONS.get(kind, ())))) or len(window.split()) > 3


def _agree(units: Units, mentions: list[set[int]], within: int) -> int:
    """Return the lowest unit on which all mentions agree; NOWHERE where they do not."""
    candidates = {p for mention in mentions for p in mention}
    if within != NOWHERE:
        candidates = {p for p in candidates if within in units.ancestors(p)} or candidates
    lines = {p: set(units.ancestors(p)) for p in candidates}
    fitting = {
        p for p in candidates if all(any(q in lines[p] or p in lines[q] for q in mention & candidates) for mention in mentions
                                     if mention & candidates)
    }  # fmt: skip
    lowest = {p for p in fitting if not any(p != q and p in lines[q] for q in fitting)}
    return lowest.pop() if len(lowest) == 1 else NOWHERE


def unit_of_texts(units: Units, texts: Iterable[str], within: int = NOWHERE) -> int:
    """Return the unit that the title lines of a sheet name, the lowest if they name several in one line of descent."""
    typed: list[set[int]] = []
    bare: list[set[int]] = []
    for text in texts:
        one, two = _mentioned(units, text_key(text))
        typed += one
        bare += two
    found = _agree(units, typed, within) if typed else NOWHERE
    return found if found != NOWHERE or typed else _agree(units, bare, within) if bare else NOWHERE


def unit_of_path(units: Units, parts: Iterable[str]) -> int:
    """Return the unit that folders and file name speak of, the file name last; NOWHERE where unclear.

    Names without diacritics count here only where they fit one unit of the folder they stand in.
    """
    context = NOWHERE
    for part in parts:
        words = [word for word in _NAME_IN_FILE.split(part) if word]
        codes = {units.by_code[word] for word in words if word in units.by_code}
        codes = {p for p in codes if p in units.children and (context == NOWHERE or context in units.ancestors(p))}
        found = codes.pop() if len(codes) == 1 else NOWHERE
        text = " ".join(words)
        if found == NOWHERE:
            found = unit_of_texts(units, (text,), context)
        if found == NOWHERE:
            found = _by_slug(units, ascii_key(text), context)
        if found != NOWHERE and (context == NOWHERE or context in units.ancestors(found)):
            context = found
    return context


def _by_slug(units: Units, slug: str, within: int) -> int:
    for _, _, window in _windows(slug):
        named = set(units.by_slug.get(window, ()))
        if within != NOWHERE:
            named = {p for p in named if within in units.ancestors(p) and p != within}
        if len(named) == 1:
            return named.pop()
        if named:
            return NOWHERE
    return NOWHERE
