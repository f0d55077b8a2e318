"""The reading plan: all a worker may know of the form and the register.

Form and register are rich and validated; a worker gets this, compiled once, as plain picklable
tuples. Measures, ratios, tables and units are known by their position.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import groupby
from typing import Any, NamedTuple

from antq_stats.words.name_index import NameIndex, loose_key
from antq_stats.words.text import ascii_key, text_key

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

    @property
    def highest(self) -> int:
        """The greatest value that is taken."""
        if self.flag:
            return 1
        return COUNT_LIMIT - 1 if self.maximum is None else min(self.maximum, COUNT_LIMIT - 1)


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


Mentions = tuple[list[set[int]], list[set[int]]]
"""Positions of units that a text names with their type, and of those it names bare: a set to each name."""


@dataclass(slots=False)
class Units:
    """The units in force, in register order, as parallel columns; look-ups are built when first used."""

    level_names: tuple[str, ...]
    """Levels from the top down, in the register's own words."""
    codes: tuple[str, ...]
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    """The type word that may stand before the name (``xã``, ``phường``); may be empty."""
    aliases: tuple[tuple[str, ...], ...]
    levels: Sequence[int]
    parents: Sequence[int]
    """Position of the parent; -1 at the root. A parent stands before its children or after."""
    former: frozenset[str] = field(default=frozenset())
    """Codes that the register knows but that are not in force in the period."""

    def __getstate__(self) -> dict[str, Any]:
        """Send only the columns to workers, the codes as one text; look-ups are cheaper built than sent."""
        state = {name: getattr(self, name) for name in self.__dataclass_fields__}
        joined = "\n".join(self.codes)
        return state | {"codes": joined} if joined.count("\n") == len(self.codes) - 1 else state

    def __setstate__(self, state: dict[str, Any]) -> None:
        codes = state["codes"]
        self.__dict__ |= state | {"codes": tuple(codes.split("\n")) if isinstance(codes, str) else codes}

    @cached_property
    def by_code(self) -> dict[str, int]:
        """Position of each code."""
        return dict(zip(self.codes, range(len(self.codes)), strict=True))

    @cached_property
    def _code_lengths(self) -> tuple[int, ...]:
        return tuple(sorted(set(map(len, self.codes))))

    def by_significant_digits(self, bare: str) -> tuple[int, ...]:
        """Return the positions of the codes of digits that are this one but for leading zeros.

        Parameters
        ----------
        bare : digits, the first no zero.
        """
        codes = [bare.zfill(length) for length in self._code_lengths if length >= len(bare)]
        return tuple(sorted(self.by_code[code] for code in codes if code in self.by_code))

    @cached_property
    def children(self) -> dict[int, Sequence[int]]:
        """Positions of the children of each unit, in register order; the root's parent is -1."""
        found: dict[int, Sequence[int]] = {}
        scattered: dict[int, list[int]] = {}
        start = 0
        for parent, run in groupby(self.parents):
            end = start + len(list(run))
            if parent not in found:
                found[parent] = range(start, end)  # as a rule siblings stand together
            else:
                scattered.setdefault(parent, list(found[parent])).extend(range(start, end))
            start = end
        return found | {parent: tuple(members) for parent, members in scattered.items()}

    def ancestors(self, position: int) -> tuple[int, ...]:
        """Return the unit and those above it, from itself to the root."""
        path = [position]
        while (position := self.parents[position]) >= 0:
            path.append(position)
        return tuple(path)

    def name_keys(self, position: int) -> frozenset[str]:
        """Return the text keys under which a unit may be named: with its type and without."""
        return self._keys(position).all

    def kind_key(self, position: int) -> str:
        """Return the text key of a unit's type: stated, or the word its name begins with, or nothing."""
        kind = text_key(self.kinds[position])
        if kind:
            return kind
        key = text_key(self.names[position])
        words = HIGHER_TYPES if position in self.children else (*HIGHER_TYPES, *VILLAGE_TYPES)
        return next((word for word in words if key.startswith(f"{word} ")), "")

    def _keys(self, position: int) -> NameKeys:
        return _name_keys(self.kind_key(position), (self.names[position], *self.aliases[position]))

    @cached_property
    def mentions(self) -> dict[str, Mentions]:
        """What titles were found to mention, by their keys."""
        return {}

    @cached_property
    def _by_name(self) -> dict[int, tuple[dict[str, tuple[int, ...]], dict[str, tuple[int, ...]]]]:
        return {}

    def children_named(self, parent: int, key: str) -> tuple[int, ...]:
        """Return the children of a unit that bear a name (a text key): none, one, or several.

        Another way to write one unit's name never hides a unit whose name it is.
        """
        tables = self._by_name.get(parent)
        if tables is None:
            tables = ({}, {})
            for position in self.children.get(parent, ()):
                keys = self._keys(position)
                for table, names in zip(tables, (keys.own, keys.others), strict=True):
                    for name in names:
                        table[name] = (*table.get(name, ()), position)
            self._by_name[parent] = tables
        return tables[0].get(key) or tables[1].get(key, ())

    @cached_property
    def by_name_above_leaves(self) -> Mapping[str, tuple[int, ...]]:
        """Positions by name of all units that have children: those a title or a file may name."""
        return NameIndex(self._names_above_leaves(), self.name_keys, str)

    @cached_property
    def by_slug(self) -> Mapping[str, tuple[int, ...]]:
        """The same by name without diacritics, for file and folder names; often ambiguous."""
        return NameIndex(
            self._names_above_leaves(),
            lambda position: {ascii_key(key) for key in self.name_keys(position)},
            ascii_key,
        )

    def _names_above_leaves(self) -> Iterator[tuple[int, str]]:
        for position in self.children:
            if position >= 0:
                yield position, self.names[position]
                for alias in self.aliases[position]:
                    yield position, alias

    @cached_property
    def higher_leaves(self) -> dict[str, tuple[int, ...]]:
        """Positions by name of units without children that are no villages by their type: communes."""
        found: dict[str, tuple[int, ...]] = {}
        likely = {kind for kind in set(self.kinds) if text_key(kind) in ("", *HIGHER_TYPES)}
        for position, kind in enumerate(self.kinds):
            if kind in likely and position not in self.children and self.kind_key(position) in HIGHER_TYPES:
                for key in self.name_keys(position):
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


class NameKeys(NamedTuple):
    """The text keys under which a unit may be named."""

    own: frozenset[str]
    """Its names as they stand."""
    others: frozenset[str]
    """Other ways to write them."""
    all: frozenset[str]


@lru_cache(maxsize=16384)
def _name_keys(kind: str, names: tuple[str, ...]) -> NameKeys:
    """Return the keys of a unit's names, its type known by its key: many a village is called Thôn 1."""
    own: set[str] = set()
    others: set[str] = set()
    for key in map(text_key, names):
        own.add(key)
        if not kind:
            continue
        bare = key.removeprefix(f"{kind} ")
        own.add(f"{kind} {bare}")
        others.update(f"{word} {bare}" for word in ABBREVIATIONS.get(kind, ()))
        if not all(map(_COUNTS.fullmatch, loose_key(bare).split())):
            others.add(bare)
    others.update([loose_key(key) for key in own | others])
    own -= {""}
    others -= own | {""}
    return NameKeys(frozenset(own), frozenset(others), frozenset(own | others))


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
