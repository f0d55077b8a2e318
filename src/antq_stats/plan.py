"""The reading plan: all a worker may know of the form and the register.

Form and register are rich and validated; a worker gets this, compiled once, as plain picklable
tuples. Measures, ratios, tables and units are known by their position.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple

from antq_stats.text import ascii_key, text_key

MISSING = -1
"""A value that is not there, in arrays of counts. Counts are never negative."""

COUNT_LIMIT = 10**12
"""No count reaches this; so a million units still add up exactly in 64 bits."""


class Limits(NamedTuple):
    """What one file may cost before its reading is stopped."""

    seconds: float = 60.0
    memory_mib: int = 1024
    file_mib: int = 64
    expanded_mib: int = 512
    cells: int = 5_000_000


class MeasurePlan(NamedTuple):
    """A measure as the reader needs it."""

    code: str
    flag: bool
    required: bool
    blank_is_zero: bool
    minimum: int
    maximum: int | None
    unit_keys: frozenset[str]
    """Text keys of its unit of measure in every language: ``hộ``, ``households``."""


class RatioPlan(NamedTuple):
    """A ratio as the reader needs it: positions of measures of the same table."""

    code: str
    numerator: int
    denominator: int
    """Position of a measure; -1 where the denominator is the units themselves."""
    per: int
    decimals: int


class TablePlan(NamedTuple):
    """A table of the form as the reader needs it."""

    code: str
    level: int
    measures: tuple[MeasurePlan, ...]
    ratios: tuple[RatioPlan, ...]
    keys: dict[str, int]
    """Text key of a header -> position of a measure, or ``~position`` of a ratio."""
    sections: frozenset[str]
    """Text keys of section labels, which may span columns above their headers."""
    titles: frozenset[str]
    """Text keys that name the table: its code, its title and the words before the colon."""
    forbidden: dict[str, str]
    """Text key -> code of a sensitive measure that may only be given at a higher level."""


class IdentityPlan(NamedTuple):
    """Text keys of the columns that say which unit a row is."""

    code: frozenset[str]
    name: frozenset[str]
    parent: frozenset[str]


@dataclass(slots=False)
class Units:
    """The units in force, in register order, as parallel tuples; look-ups are built when first used."""

    level_names: tuple[str, ...]
    """Levels from the top down, in the register's own words."""
    codes: tuple[str, ...]
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    """The type word that may stand before the name (``xã``, ``phường``); may be empty."""
    aliases: tuple[tuple[str, ...], ...]
    levels: tuple[int, ...]
    parents: tuple[int, ...]
    """Position of the parent; -1 at the root. A parent stands before its children or after."""
    former: frozenset[str] = field(default=frozenset())
    """Codes that the register knows but that are not in force in the period."""

    def __getstate__(self) -> dict[str, object]:
        """Send only the tuples to workers; look-ups are cheaper to build than to send."""
        names = self.__dataclass_fields__
        return {name: value for name, value in self.__dict__.items() if name in names}

    @cached_property
    def by_code(self) -> dict[str, int]:
        """Position of each code."""
        return {code: position for position, code in enumerate(self.codes)}

    @cached_property
    def by_bare_code(self) -> dict[str, tuple[int, ...]]:
        """Positions by code without leading zeros: what Excel leaves of a code."""
        found: dict[str, tuple[int, ...]] = {}
        for position, code in enumerate(self.codes):
            bare = code.lstrip("0") if code.isdigit() else code
            found[bare] = (*found.get(bare, ()), position)
        return found

    @cached_property
    def children(self) -> dict[int, tuple[int, ...]]:
        """Positions of the children of each unit, in register order; the root's parent is -1."""
        found: dict[int, list[int]] = {}
        for position, parent in enumerate(self.parents):
            found.setdefault(parent, []).append(position)
        return {parent: tuple(members) for parent, members in found.items()}

    def ancestors(self, position: int) -> tuple[int, ...]:
        """Return the unit and those above it, from itself to the root."""
        path = [position]
        while (position := self.parents[position]) >= 0:
            path.append(position)
        return tuple(path)

    def name_keys(self, position: int) -> frozenset[str]:
        """Return the text keys under which a unit may be named: with its type and without."""
        own, others = self._keys(position)
        return own | others

    def kind_key(self, position: int) -> str:
        """Return the text key of a unit's type: stated, or the word its name begins with, or nothing."""
        kind = text_key(self.kinds[position])
        if kind:
            return kind
        key = text_key(self.names[position])
        words = HIGHER_TYPES if position in self.children else (*HIGHER_TYPES, *VILLAGE_TYPES)
        return next((word for word in words if key.startswith(f"{word} ")), "")

    def _keys(self, position: int) -> tuple[frozenset[str], frozenset[str]]:
        """Return the keys of a unit's names as they stand, and those of other ways to write them."""
        known = self._name_keys.get(position)
        if known is None:
            known = self._name_keys[position] = self._keys_of(position)
        return known

    @cached_property
    def _name_keys(self) -> dict[int, tuple[frozenset[str], frozenset[str]]]:
        return {}

    def _keys_of(self, position: int) -> tuple[frozenset[str], frozenset[str]]:
        kind = self.kind_key(position)
        own: set[str] = set()
        others: set[str] = set()
        for name in (self.names[position], *self.aliases[position]):
            key = text_key(name)
            own.add(key)
            bare = key.removeprefix(f"{kind} ") if kind else key
            if not kind:
                continue
            own.add(f"{kind} {bare}")
            others.update(f"{word} {bare}" for word in ABBREVIATIONS.get(kind, ()))
            if not all(map(_COUNTS.fullmatch, loose_key(bare).split())):
                others.add(bare)
        others.update([loose_key(key) for key in own | others])
        return frozenset(own - {""}), frozenset(others - own - {""})

    @cached_property
    def _by_name(self) -> dict[int, tuple[dict[str, tuple[int, ...]], dict[str, tuple[int, ...]]]]:
        return {}

    def named(self, parent: int, key: str) -> tuple[int, ...]:
        """Return the children of a unit that bear a name (a text key): none, one, or several.

        Another way to write one unit's name never hides a unit whose name it is.
        """
        tables = self._by_name.get(parent)
        if tables is None:
            tables = ({}, {})
            for position in self.children.get(parent, ()):
                for table, names in zip(tables, self._keys(position), strict=True):
                    for name in names:
                        table[name] = (*table.get(name, ()), position)
            self._by_name[parent] = tables
        return tables[0].get(key) or tables[1].get(key, ())

    @cached_property
    def by_name_above_leaves(self) -> dict[str, tuple[int, ...]]:
        """Positions by name of all units that have children: those a title or a file may name."""
        return self._names_of(self.name_keys)

    @cached_property
    def higher_leaves(self) -> dict[str, tuple[int, ...]]:
        """Positions by name of units without children that are no villages by their type: communes."""
        found: dict[str, tuple[int, ...]] = {}
        for position in range(len(self.codes)):
            if position not in self.children and self.kind_key(position) in HIGHER_TYPES:
                for key in self.name_keys(position):
                    found[key] = (*found.get(key, ()), position)
        return found

    @cached_property
    def by_slug(self) -> dict[str, tuple[int, ...]]:
        """The same by name without diacritics, for file and folder names; often ambiguous."""
        return self._names_of(lambda position: {ascii_key(key) for key in self.name_keys(position)})

    def _names_of(self, keys: object) -> dict[str, tuple[int, ...]]:
        found: dict[str, tuple[int, ...]] = {}
        for position in self.children:
            if position >= 0:
                for key in keys(position):  # type: ignore[operator]
                    found[key] = (*found.get(key, ()), position)
        return found


HIGHER_TYPES = tuple(
    map(text_key, ("thành phố", "thị xã", "thị trấn", "đặc khu", "tỉnh", "huyện", "quận", "phường", "xã"))
)
"""Type words with which the names of units above the village begin."""

VILLAGE_TYPES = tuple(map(text_key, (
    "tổ dân phố", "tổ nhân dân", "khu dân cư", "khu phố", "khối phố", "tiểu khu", "thôn", "bản", "làng", "ấp",
    "xóm", "buôn", "bon", "plei", "sóc", "phum", "khóm", "khối", "khu", "tổ", "cụm",
)))  # fmt: skip
"""Type words of villages, the longer before those they begin with."""

_COUNTS = re.compile(r"\d+|[ivxlc]+|\w")
"""What alone is no name: a number, a roman number, a letter."""

_LETTER_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)")


@lru_cache(maxsize=16384)
def loose_key(key: str) -> str:
    """Return a name's key without what may be left out: ``tdp số 03`` and ``tdp3`` are ``tdp 3``."""
    if not any(map(str.isdigit, key)):
        return key
    words = _LETTER_DIGIT.sub(" ", key).split()
    kept = [
        word
        for word, after in zip(words, [*words[1:], ""], strict=True)
        if not (word == "số" and after.isdigit())
    ]
    return " ".join(word.lstrip("0") or "0" if word.isdigit() else word for word in kept)


ABBREVIATIONS: dict[str, tuple[str, ...]] = {
    "tỉnh": ("t",),
    "thành phố": ("tp",),
    "thị xã": ("tx",),
    "huyện": ("h",),
    "quận": ("q",),
    "phường": ("p",),
    "thị trấn": ("tt",),
    "xã": ("x",),
    "tổ dân phố": ("tdp", "tổ"),
    "khu phố": ("kp",),
    "khu dân cư": ("kdc",),
}
"""How officers shorten type words before a name (TP. Yên Bái, P. Yên Ninh)."""


@dataclass(frozen=True, eq=False)
class ReadingPlan:
    """Everything a worker knows. Two plans are never equal, so that a plan can be remembered by."""

    form: str
    version: str
    period: str
    tables: tuple[TablePlan, ...]
    identity: IdentityPlan
    units: Units
    limits: Limits
    openings: frozenset[str]
    """The first word, and the first two, of every key of a header: a row with none of them heads no table."""
