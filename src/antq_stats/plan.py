"""The reading plan: everything a worker needs of the form and the register.

Form and register are validated models. For workers they are compiled once into plain tuples that can be
pickled. Measures, ratios, tables and units are identified by their position.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import Any, NamedTuple

from antq_stats.ruled_reading import NOTHING_RULED, RuledReading
from antq_stats.words.amounts import plain
from antq_stats.words.level_names import usual_level
from antq_stats.words.long_columns import CodeIndex, ShortCodes, all_at
from antq_stats.words.name_index import NameIndex
from antq_stats.words.text import ascii_key, text_key
from antq_stats.words.unit_names import ABBREVIATIONS, NameKeys, is_number, name_keys, name_keys_of_many

MISSING = -1
"""A missing value in arrays of counts, which are never negative."""

COUNT_LIMIT = 10**12
"""Counts are lower than this, so the sum over a million units is exact in 64 bits.

The values of a measure with decimals are counts of its steps (`words.amounts`).
"""

VERY_LONG = 1 << 18
"""Number of units from which long columns are kept as they are."""


class Limits(NamedTuple):
    """Limits on reading one file."""

    seconds: float = 60.0
    """Time for reading it."""
    memory_mib: int = 1024
    """Memory of the process that reads it."""
    file_mib: int = 64
    """Size of the file."""
    expanded_mib: int = 512
    """Size of all parts of a zip package, expanded."""
    cells: int = 5_000_000
    """Number of cells in the rectangle of a sheet."""


class MeasurePlan(NamedTuple):
    """A measure as the reader needs it."""

    code: str
    flag: bool
    """True for a flag, False for a count."""
    required: bool
    blank_is_zero: bool
    """True if a blank counts as 0, False if it is a missing value."""
    minimum: int
    """In steps, as all its values."""
    maximum: int | None
    """None for no maximum."""
    unit_keys: frozenset[str]
    """Text keys of its unit of measure in every language: ``hộ``, ``households``."""
    decimals: int = 0
    """Number of decimals of its values, which are held in steps of 10**-decimals."""
    summed: bool = True
    """False if every level is asked for it: the row of a unit above the table's level is that unit's own."""

    @property
    def highest(self) -> int:
        """The greatest value accepted."""
        if self.flag:
            return 1
        return COUNT_LIMIT - 1 if self.maximum is None else min(self.maximum, COUNT_LIMIT - 1)

    def text(self, steps: int) -> str:
        """Return a value in digits with a point, as findings hold it: ``12.5``."""
        return plain(steps, self.decimals)


class RatioPlan(NamedTuple):
    """A ratio as the reader needs it."""

    code: str
    numerator: int
    """Position of a measure in the table."""
    denominator: int
    """Position of a measure in the table; -1 if the denominator is the number of units."""
    per: int
    """Factor of the quotient, 100 for a percentage."""
    decimals: int
    """Number of decimals the ratio is published with."""


class TablePlan(NamedTuple):
    """A table of the form as the reader needs it."""

    code: str
    level: int
    """Index of the level in `Units.level_names`."""
    measures: tuple[MeasurePlan, ...]
    ratios: tuple[RatioPlan, ...]
    keys: dict[str, int]
    """Text key of a header -> position of a measure, or ``~position`` of a ratio."""
    sections: frozenset[str]
    """Text keys of section labels, which may span columns above the headers."""
    titles: frozenset[str]
    """Text keys that name the table: its code, its title and the title's words before a colon."""
    forbidden: dict[str, str]
    """Text key -> code of a sensitive measure that may only be given at a higher level."""
    ambiguous: dict[str, tuple[str, ...]]
    """Text key of a header that may mean several measures -> their codes."""


class IdentityPlan(NamedTuple):
    """Text keys of the headers of the identity columns: unit code, unit name and parent name."""

    code: frozenset[str]
    name: frozenset[str]
    parent: frozenset[str]


Mentions = tuple[list[set[int]], list[set[int]]]
"""The units that a text names with their type word, and those it names without: one set a name."""


@dataclass(slots=False)
class Units:
    """The units in force in register order, as parallel columns. Indexes are built when first used."""

    level_names: tuple[str, ...]
    """Names of the levels from the top down, in the register's own words."""
    codes: Sequence[str]
    names: Sequence[str]
    kinds: Sequence[str]
    """The type word before the name (``xã``, ``phường``); may be empty."""
    aliases: Sequence[tuple[str, ...]]
    """Other names of each unit."""
    levels: Sequence[int]
    """Index of each unit's level in `level_names`."""
    parents: Sequence[int]
    """Position of the parent, which may come before or after its children; -1 for the root."""
    former: frozenset[str] = field(default=frozenset())
    """Codes in the register that are not in force in the period."""

    def __getstate__(self) -> dict[str, Any]:
        """Pickle only the columns, the codes as one text: indexes are faster to rebuild than to send."""
        state = {name: getattr(self, name) for name in self.__dataclass_fields__}
        if isinstance(self.codes, ShortCodes):
            return state
        joined = "\n".join(self.codes)
        return state | {"codes": joined} if joined.count("\n") == len(self.codes) - 1 else state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__ |= state
        if isinstance(self.codes, str):
            self.codes = tuple(self.codes.split("\n"))
        self.hold_texts()

    def hold_texts(self) -> None:
        """Hold long columns as plain texts, which are looked up faster, if they are not very long."""
        if isinstance(self.codes, ShortCodes) and len(self.codes) < VERY_LONG:
            self.codes, self.names = tuple(self.codes), tuple(self.names)
            vars(self).pop("by_code", None)  # the cached property

    def level(self, name: str) -> int | None:
        """Return the index of a level by its name (compared by text key), else by its usual one; or None."""
        usual = usual_level(name)
        return self._levels.get(text_key(name), self._usual_levels.get(usual) if usual else None)

    @cached_property
    def _levels(self) -> dict[str, int]:
        return {text_key(name): index for index, name in enumerate(self.level_names)}

    @cached_property
    def _usual_levels(self) -> dict[str, int]:
        """Index of each of the country's usual levels that exactly one level of the register is."""
        usual = list(map(usual_level, self.level_names))
        return {level: usual.index(level) for level in usual if usual.count(level) == 1}

    @cached_property
    def by_code(self) -> Mapping[str, int]:
        """Position of each code."""
        if isinstance(self.codes, ShortCodes):
            return CodeIndex(self.codes)
        return dict(zip(self.codes, range(len(self.codes)), strict=True))

    @cached_property
    def _code_lengths(self) -> tuple[int, ...]:
        return tuple(sorted(set(map(len, self.codes))))

    def by_significant_digits(self, bare: str) -> tuple[int, ...]:
        """Return the positions of the units whose code is ``bare`` with any number of leading zeros.

        Parameters
        ----------
        bare : digits without leading zeros.
        """
        codes = [bare.zfill(length) for length in self._code_lengths if length >= len(bare)]
        return tuple(sorted(self.by_code[code] for code in codes if code in self.by_code))

    @cached_property
    def children(self) -> dict[int, Sequence[int]]:
        """Positions of the children of each unit, in register order; the root is the child of -1."""
        found: dict[int, Sequence[int]] = {}
        scattered: dict[int, list[int]] = {}
        start = 0
        for parent, run in groupby(self.parents):
            end = start + len(list(run))
            if parent not in found:
                found[parent] = range(start, end)  # siblings are usually adjacent
            else:
                scattered.setdefault(parent, list(found[parent])).extend(range(start, end))
            start = end
        return found | {parent: tuple(members) for parent, members in scattered.items()}

    def are_related(self, first: int, second: int) -> bool:
        """Return whether one unit is the other, or above it; both by their positions."""
        return first in self.ancestors(second) or second in self.ancestors(first)

    def ancestors(self, position: int) -> tuple[int, ...]:
        """Return the unit itself and the units above it, up to the root."""
        path = [position]
        while (position := self.parents[position]) >= 0:
            path.append(position)
        return tuple(path)

    def name_keys(self, position: int) -> frozenset[str]:
        """Return all text keys by which a unit may be named, with and without its type word."""
        return self._keys(position).all

    def kind_key(self, position: int) -> str:
        """Return the text key of a unit's type, else of the type word its name begins with, else ``""``."""
        kind = text_key(self.kinds[position])
        if kind:
            return kind
        key = text_key(self.names[position])
        words = HIGHER_TYPES if position in self.children else (*HIGHER_TYPES, *VILLAGE_TYPES)
        return next((word for word in words if key.startswith(f"{word} ")), "")

    def is_numbered(self, position: int) -> bool:
        """Return whether a unit's name is its type and a number: ``Thôn 3``, ``Tổ dân phố số 3``."""
        kind, key = self.kind_key(position), text_key(self.names[position])
        words = (kind, *ABBREVIATIONS.get(kind, ()))
        bare = next((key.removeprefix(f"{word} ") for word in words if key.startswith(f"{word} ")), key)
        return is_number(bare)

    def _keys(self, position: int) -> NameKeys:
        return name_keys(self.kind_key(position), (self.names[position], *self.aliases[position]))

    def _name_keys_of(self, positions: Sequence[int]) -> list[AbstractSet[str]]:
        """Return the text keys of many units, as `name_keys` does."""
        found: dict[int, AbstractSet[str]] = {}
        by_kind: dict[str, list[int]] = {}
        for position in positions:
            kind = text_key(self.kinds[position])
            if kind and not self.aliases[position]:
                by_kind.setdefault(kind, []).append(position)
            else:
                found[position] = self.name_keys(position)
        for kind, members in by_kind.items():
            found |= zip(members, name_keys_of_many(kind, all_at(self.names, members)), strict=True)
        return [found[position] for position in positions]

    @cached_property
    def mentions(self) -> dict[str, Mentions]:
        """Cache of the units that titles mention, by the titles' text keys."""
        return {}

    @cached_property
    def _by_own_name(self) -> dict[int, dict[str, tuple[int, ...]]]:
        return {}

    @cached_property
    def _by_variant(self) -> dict[int, dict[str, tuple[int, ...]]]:
        return {}

    def children_named(self, parent: int, key: str) -> tuple[int, ...]:
        """Return the children of a unit that have a name.

        Children with exactly this name take precedence over those of whose name it is a variant.

        Parameters
        ----------
        parent : position of the unit.
        key : text key of the name.
        """
        own = self._by_own_name.get(parent)
        if own is None:
            own = self._by_own_name[parent] = self._children_by(parent, lambda keys: keys.own)
        if key in own:
            return own[key]
        variants = self._by_variant.get(parent)
        if variants is None:
            variants = self._by_variant[parent] = self._children_by(parent, lambda keys: keys.others)
        return variants.get(key, ())

    def _children_by(
        self, parent: int, names: Callable[[NameKeys], frozenset[str]]
    ) -> dict[str, tuple[int, ...]]:
        found: dict[str, tuple[int, ...]] = {}
        for position in self.children.get(parent, ()):
            for name in names(self._keys(position)):
                known = found.get(name)
                found[name] = (position,) if known is None else (*known, position)
        return found

    @cached_property
    def by_name_above_leaves(self) -> NameIndex:
        """Positions, by text key of the name, of the units with children, which titles and files may name."""
        return NameIndex(self._names_above_leaves, self.name_keys, str, self._name_keys_of)

    @cached_property
    def by_slug(self) -> NameIndex:
        """Positions of the units with children, by name without diacritics; often ambiguous."""
        return NameIndex(
            self._names_above_leaves,
            lambda position: {ascii_key(key) for key in self.name_keys(position)},
            ascii_key,
        )

    @cached_property
    def _childless(self) -> frozenset[int]:
        """Positions of the units above the lowest level that have no children: communes without villages."""
        lowest = len(self.level_names) - 1
        if len(self.codes) - self.levels.count(lowest) == len(self.children) - 1:
            return frozenset()
        return frozenset(
            p for p, level in enumerate(self.levels) if level < lowest and p not in self.children
        )

    def is_above_leaves(self, position: int) -> bool:
        """Return whether a unit has children, or could have some: it is of a level above the lowest."""
        return position in self.children or position in self._childless

    @cached_property
    def _names_above_leaves(self) -> list[tuple[int, str]]:
        positions = [each for each in (*self.children, *sorted(self._childless)) if each >= 0]
        names, aliases = all_at(self.names, positions), all_at(self.aliases, positions)
        if not any(aliases):
            return list(zip(positions, names, strict=True))
        rows = zip(positions, names, aliases, strict=True)
        return [(position, each) for position, name, others in rows for each in (name, *others)]

    @cached_property
    def higher_leaves(self) -> dict[str, tuple[int, ...]]:
        """Positions, by text key, of the units without children whose type is above the village: communes."""
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
"""Text keys of the type words of units above the village."""

VILLAGE_TYPES = tuple(map(text_key, (
    "tổ dân phố", "tổ nhân dân", "khu dân cư", "khu phố", "khối phố", "tiểu khu", "thôn", "bản", "làng", "ấp",
    "xóm", "buôn", "bon", "plei", "sóc", "phum", "khóm", "khối", "khu", "tổ", "cụm",
)))  # fmt: skip
"""Text keys of the type words of villages; a longer one comes before those it begins with."""


@dataclass(frozen=True, eq=False)
class ReadingPlan:
    """Everything a worker needs. Plans are compared by identity, so they can be keys of caches."""

    form: str
    version: str
    period: str
    tables: tuple[TablePlan, ...]
    identity: IdentityPlan
    units: Units
    limits: Limits
    openings: frozenset[str]
    """The first word, and the first two words, of all header keys.

    A row in which no label begins with one of them does not begin a header.
    """
    ruled: RuledReading = NOTHING_RULED
    """What was decided on how files are read."""

    def __getstate__(self) -> dict[str, Any]:
        """Pickle what was decided only if there is something."""
        state = dict(vars(self))
        if self.ruled == NOTHING_RULED:
            del state["ruled"]
        return state
