"""The units that the rows of a long text name, and whether each row has its unit's own name."""

from __future__ import annotations

from itertools import repeat
from operator import eq
from typing import Protocol

import numpy as np

from antq_stats.delimited_columns import WORD, Bytes, Integers, Truths, Words, texts_of, words_of
from antq_stats.plan import Units
from antq_stats.words.legacy import is_modern
from antq_stats.words.long_columns import CodeIndex, Numbered, ShortCodes

UNKNOWN = -1
_WORDS = 3
"""Names of up to so many times eight bytes are compared without making a text of them."""


class RowUnits(Protocol):
    """Finds the units of rows, chunk after chunk; fields begin so many bytes behind the chunk's first.

    A copy may look at other chunks at the same time.
    """

    @property
    def is_modern(self) -> bool:
        """No name so far can be text for a font from before Unicode."""

    def found(self, padded: Bytes, starts: Integers, lengths: Integers) -> tuple[Integers, Truths] | None:
        """Return the units of codes, `UNKNOWN` for none, and whether codes are plain; None if no UTF-8.

        Parameters
        ----------
        padded : a chunk, and at least eight bytes behind it.
        starts, lengths : where its codes begin, and their lengths in bytes.
        """

    def named(self, padded: Bytes, starts: Integers, lengths: Integers, units: Integers) -> Truths | None:
        """Return whether each name is exactly that of a unit, alone or after its type; None if no UTF-8.

        Parameters
        ----------
        padded : a chunk, and at least eight bytes behind it.
        starts, lengths : where its names begin, and their lengths in bytes.
        units : the unit of each row, `UNKNOWN` for none.
        """


def row_units(units: Units) -> RowUnits:
    """Return what finds the units of rows in a register."""
    if isinstance(units.codes, ShortCodes) and isinstance(units.names, Numbered):
        return _ByKey(units, units.codes, units.names)
    return _ByText(units)


class _ByText:
    """By the texts of codes and names."""

    def __init__(self, units: Units) -> None:
        self.units = units
        self.is_modern = True
        self._seen: set[str] = set()
        self._next = 0
        """The unit that the next row is likely to be of."""

    def found(self, padded: Bytes, starts: Integers, lengths: Integers) -> tuple[Integers, Truths] | None:
        codes = texts_of(padded, starts, lengths)
        if codes is None:
            return None
        if "".join(codes).isalnum():
            return self._units(codes), np.ones(len(codes), dtype=np.bool_)
        return self._units(codes), np.fromiter(map(str.isalnum, codes), dtype=np.bool_, count=len(codes))

    def _units(self, codes: list[str]) -> Integers:
        """Return the units of codes. Rows mostly follow the order of the register, which saves look-ups."""
        if not codes:
            return np.empty(0, dtype=np.int64)
        following = self.units.codes[self._next : self._next + len(codes)]
        if not following or following[0] != codes[0]:
            self._next = self.units.by_code.get(codes[0], 0)
            following = self.units.codes[self._next : self._next + len(codes)]
        if list(following) == codes:
            self._next += len(codes)
            return np.arange(self._next - len(codes), self._next)
        found = map(self.units.by_code.get, codes, repeat(UNKNOWN))
        units = np.fromiter(found, dtype=np.int64, count=len(codes))
        self._next = int(units[-1]) + 1
        return units

    def named(self, padded: Bytes, starts: Integers, lengths: Integers, units: Integers) -> Truths | None:
        names = texts_of(padded, starts, lengths)
        if names is None:
            return None
        own = [*map(self.units.names.__getitem__, units.tolist())]
        same = np.fromiter(map(eq, own, names), dtype=np.bool_, count=len(names))
        for row in np.flatnonzero(~same & (units != UNKNOWN)).tolist():
            same[row] = self.is_with_type(int(units[row]), names[row])
        self.look_at(set(names))
        return same

    def is_with_type(self, unit: int, name: str) -> bool:
        """Return whether a name is a unit's type and name."""
        kind = self.units.kinds[unit]
        return bool(kind) and name.casefold() == f"{kind} {self.units.names[unit]}".casefold()

    def look_at(self, names: set[str]) -> None:
        """Note whether any of some names could be text for a font from before Unicode."""
        if not all(map(is_modern, names - self._seen)):
            self.is_modern = False
        self._seen |= names


class _ByKey:
    """By the bytes of codes and names, of which no texts are made unless they differ from the register's."""

    def __init__(self, units: Units, codes: ShortCodes, names: Numbered[str]) -> None:
        self._by_text = _ByText(units)
        self._index = units.by_code
        self._keys = np.frombuffer(codes.keys, dtype=np.uint64)
        self._ids = np.asarray(names.ids)
        self._values = names.values
        written = [name.encode() for name in names.values]
        self._lengths = np.fromiter(map(len, written), dtype=np.int64, count=len(written))
        self._lengths[self._lengths > _WORDS * WORD] = -1  # of no row: these names are compared as texts
        at = np.arange(len(written), dtype=np.int64) * WORD * _WORDS
        joined = b"".join(name[: WORD * _WORDS].ljust(WORD * _WORDS, b"\0") for name in written)
        self._words = _name_words(np.frombuffer(joined, dtype=np.uint8), at, np.full_like(at, WORD * _WORDS))
        self._seen = np.zeros(len(written), dtype=np.bool_)
        self._next = 0

    @property
    def is_modern(self) -> bool:
        return self._by_text.is_modern

    def found(self, padded: Bytes, starts: Integers, lengths: Integers) -> tuple[Integers, Truths] | None:
        keys = words_of(padded, starts, lengths)
        is_short = lengths <= WORD
        following = self._keys[self._next : self._next + len(keys)]
        if not (len(following) == len(keys) and is_short.all() and (following == keys).all()):
            assert isinstance(self._index, CodeIndex)  # noqa: S101 - that of `ShortCodes`
            units = np.where(is_short, self._index.positions(keys), UNKNOWN)
        else:
            units = np.arange(self._next, self._next + len(keys))
        if len(units):
            self._next = int(units[-1]) + 1
        return units, np.ones(len(units), dtype=np.bool_)  # the register has plain codes only

    def named(self, padded: Bytes, starts: Integers, lengths: Integers, units: Integers) -> Truths | None:
        ids = self._ids[units]
        same: Truths = lengths == self._lengths[ids]
        for words, own in zip(_name_words(padded, starts, lengths), self._words, strict=True):
            same &= words == own[ids]
        known = ids[same]
        if new := set(known[~self._seen[known]].tolist()):
            self._seen[list(new)] = True
            self._by_text.look_at({self._values[number] for number in new})
        others = np.flatnonzero(~same)
        if len(others):
            found = self._by_text.named(padded, starts[others], lengths[others], units[others])
            if found is None:
                return None
            same[others] = found
        return same


def _name_words(padded: Bytes, starts: Integers, lengths: Integers) -> list[Words]:
    """Return the first three times eight bytes of some fields, 0 behind their ends."""
    last = padded.size - WORD
    return [
        words_of(padded, np.minimum(starts + first, last), np.maximum(lengths - first, 0))
        for first in range(0, WORD * _WORDS, WORD)
    ]
