"""Which unit a row, a title or a file name speaks of.

By code; without a code by name within the parent, exactly by text key. A near miss is never taken,
only suggested, and a name that fits several units fits none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import NamedTuple

from antq_stats.plan import Units
from antq_stats.reading.coerce import plain
from antq_stats.text import ascii_key, text_key

NOWHERE = -1

_ORDINAL = re.compile(r"^\s*(?:\d{1,3}|[IVXLC]{1,6})\s*[.)/-]\s*(?=\D)|^\s*[-+•*]\s*")
_LONGEST_NAME = 9
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


def _by_code(units: Units, code: str, level: int) -> Resolved:
    position = units.by_code.get(code)
    if position is not None:
        return Resolved(position)
    alike = [p for p in units.by_bare_code.get(code.lstrip("0"), ()) if code.lstrip("0")]
    at_level = [p for p in alike if units.levels[p] == level] or alike
    if len(at_level) == 1:
        return Resolved(at_level[0], "U104")
    if at_level:
        return Resolved(NOWHERE, "U102")
    return Resolved(NOWHERE, "U105" if code in units.former else "U101")


def name_keys(name: str) -> tuple[str, ...]:
    """Return the text keys a written name may be known by: as it is, and without its ordinal."""
    bare = _ORDINAL.sub("", name)
    return (text_key(name),) if bare == name else (text_key(name), text_key(bare))


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

    @property
    def context(self) -> int:
        """The unit the sheet is about, or NOWHERE."""
        return self._context()

    def resolve(self, row: Identity, group: int = NOWHERE) -> Resolved:
        """Return the unit of a row; ``group`` is the unit whose heading stands above it."""
        if not row.code:
            return self._by_name(row.name, self._parents(row, group)) if row.name else Resolved(NOWHERE, "U106")
        by_code = _by_code(self.units, row.code, self.level)
        if by_code.unit == NOWHERE:
            near = self._by_name(row.name, self._parents(row, group)) if row.name else by_code
            suggestion = self.units.codes[near.unit] if near.unit != NOWHERE else near.suggestion
            return by_code._replace(suggestion=suggestion)
        if not row.name or self._bears(by_code.unit, row.name):
            return by_code
        siblings = self.units.parents[by_code.unit]
        others = [p for key in name_keys(row.name) for p in self.units.named(siblings, key)]
        if others:
            return Resolved(NOWHERE, "U103", self.units.codes[others[0]])
        return by_code if by_code.code else by_code._replace(code="U107")

    def _bears(self, unit: int, name: str) -> bool:
        if self.units.names[unit] == name:
            return True
        keys = self.units.name_keys(unit)
        return any(key in keys for key in name_keys(name))

    def _parents(self, row: Identity, group: int) -> tuple[int, ...]:
        """Return the units in which the row's name is looked up: the row's own parent, else what the sheet says."""
        scope = group if group != NOWHERE else self.context
        if not row.parent:
            return (scope,) if scope != NOWHERE else ()
        code = _by_code(self.units, code_text(row.parent), self.level - 1)
        if code.unit != NOWHERE:
            return (code.unit,)
        named = [p for key in name_keys(row.parent) for p in self.units.by_name_above_leaves.get(key, ())]
        if self.context != NOWHERE and len(named) > 1:
            within = [p for p in named if self.context in self.units.ancestors(p)]
            named = within or named
        return tuple(dict.fromkeys(p for p in named if self.units.levels[p] < self.level))

    def _by_name(self, name: str, parents: Iterable[int]) -> Resolved:
        parents = tuple(parents)
        keys = name_keys(name)
        found: dict[int, None] = {}
        for parent in parents:
            if any(key in self.units.name_keys(parent) for key in keys):
                found[parent] = None
            for key in keys:
                found.update(dict.fromkeys(self.units.named(parent, key)))
        at_level = [p for p in found if self.units.levels[p] == self.level] or list(found)
        if len(at_level) == 1:
            return Resolved(at_level[0])
        if at_level:
            return Resolved(NOWHERE, "U102")
        above = self._above(keys, parents)
        if above != NOWHERE:
            return Resolved(above)
        return Resolved(NOWHERE, "U101" if parents else "U102", self._near(keys[-1], parents))

    def _above(self, keys: tuple[str, ...], parents: tuple[int, ...]) -> int:
        """Return the unit above the table's level that a group heading or a subtotal names."""
        named = {p for key in keys for p in self.units.by_name_above_leaves.get(key, ())}
        named = {p for p in named if self.units.levels[p] < self.level}
        if self.context != NOWHERE:
            line = set(self.units.ancestors(self.context))
            named = {p for p in named if p in line or self.context in self.units.ancestors(p)}
        if len(named) > 1:
            within = {p for p in named if any(q in parents for q in self.units.ancestors(p)[1:])}
            named = within or named
        return named.pop() if len(named) == 1 else NOWHERE

    def _near(self, key: str, parents: tuple[int, ...]) -> str | None:
        """Suggest the child whose name is nearest, or the parent whose child bears the name."""
        names = {
            name: child
            for parent in parents[:4]
            for child in self.units.children.get(parent, ())[:2000]
            for name in self.units.name_keys(child)
        }
        near = get_close_matches(key, names, 1, 0.75)
        return self.units.codes[names[near[0]]] if near else None


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
    words = key.split()[:60]
    for length in range(min(_LONGEST_NAME, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            yield start, start + length, " ".join(words[start : start + length])


def _mentioned(units: Units, key: str) -> tuple[list[set[int]], list[set[int]]]:
    """Return the units a text names with their type, and those it names bare; longest names first."""
    typed: list[set[int]] = []
    bare: list[set[int]] = []
    taken: set[int] = set()
    for start, end, window in _windows(key):
        named = units.by_name_above_leaves.get(window)
        if named is None or taken.intersection(range(start, end)):
            continue
        taken.update(range(start, end))
        full = {p for p in named if not units.kinds[p] or window.startswith(text_key(units.kinds[p])) or end - start > 3}
        (typed if full else bare).append(full or set(named))
    return typed, bare


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
