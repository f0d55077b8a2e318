"""The pattern of one worksheet part: regular expressions that account for every byte of it.

A sheet is cut into three: the head above the unit rows, the unit rows, and the tail below them. Figures,
texts and row numbers are captured. Only what cannot matter may vary: the position of the cursor, the height
of a row, the text of a formula whose value is stored beside it. Everything else must be the same byte for
byte.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from typing import NamedTuple, TypeVar

T = TypeVar("T")
Caught = tuple[bytes | None, ...]

_CONTENT = re.compile(rb'(?: t="([sn])")?(?:/>|>(?:.*>)?<v>([^<]*)</v></c>)')
_PLAIN = re.compile(rb"[0-9]{1,12}")
_LONGEST_PLAIN = len(b"><v>123456789012</v></c>")
_CLOSING = b"</sheetData>"
_MOST = 256
IGNORED = 1 << 30
_NUMBERS = [b"%d" % number for number in range(500)]
"""The row numbers of most sheets, as written."""


class Head(NamedTuple):
    """The texts above the unit rows of a sheet."""

    last: int
    """The greatest of their indices, -1 for none."""
    pick: Callable[[Sequence[str]], tuple[str, ...]]
    """Return the texts, given all shared strings."""


class OddCell(NamedTuple):
    """A cell in a column of figures that is no plain number."""

    is_text: bool
    """It holds the index of a shared string."""
    written: bytes
    """That index, or a number; empty if the cell is blank."""


@dataclass(frozen=True)
class Roles:
    """What the columns of the unit rows hold, and where these rows and the printed total are."""

    code: int
    name: int
    measures: tuple[int, ...]
    """Columns of the measures, in the order of the sheet."""
    optional: frozenset[int]
    """Columns of measures that may be blank without a finding."""
    ratios: frozenset[int]
    flags: frozenset[int]
    """Columns of measures that are flags."""
    first: int
    """First unit row, from 1."""
    last: int
    """Last unit row."""
    total: int
    """Row of the printed totals, from 1; 0 for none."""


@dataclass(frozen=True)
class Matched:
    """The captures of a sheet that matches."""

    head: Head
    """The texts above the unit rows, in the order of `SheetPattern.head_cells`."""
    rows: list[Caught]
    """For each unit row its number, then its figures and texts in the order of `SheetPattern.fields`."""
    tail: Caught
    """Texts and printed totals below the unit rows, in the order of `SheetPattern.tail_cells`."""
    odd: dict[int, dict[int, OddCell]]
    """Position in ``rows`` -> column -> a cell that is no plain number, and None in ``rows``."""
    messages: frozenset[bytes]
    """The different texts that the checks beside the rows give."""


@dataclass
class SheetPattern:
    """The regular expressions of one sheet's part."""

    roles: Roles
    head_cells: list[tuple[int, int]]
    """Row and column, from 0, of the texts above the unit rows."""
    tail_cells: list[tuple[int, int]]
    """Distance from the last unit row, and column, of each text and printed total below the unit rows."""
    fields: tuple[int, ...]
    """Columns that are captured in every unit row; ``~column`` for the text that a formula gives."""
    columns: int
    """Number of columns of the sheet."""
    head: re.Pattern[bytes]
    rows: list[re.Pattern[bytes]]
    odd: list[bytes]
    """Their sources with any content in cells of figures; all that follows the cell's style is captured."""
    tail: re.Pattern[bytes]
    shifts: list[int | None]
    """For each capture of the tail: the distance of a row number from the last unit row; None for a value,
    `IGNORED` for what only helps to match."""
    after: re.Pattern[bytes]
    """The bytes after all rows."""
    after_shifts: list[int]
    """For each capture of them: the distance of a row number from the last unit row."""
    opening: bytes
    """The beginning of the first unit row."""
    summed: frozenset[int]
    """Columns whose printed total is a formula: the sum of the unit rows."""
    worded: frozenset[int]
    """Columns of flags that are texts: what is captured of them is the index of a shared string."""
    checks: dict[int, tuple[bytes, ...]]
    """Column of a formula whose result is a text, as the checks of our own blank returns have it -> its
    pieces, the number of the row between them. It is the same in all rows; its result is captured."""
    heads: dict[bytes, Head] = field(default_factory=dict)
    """Cache of heads that matched; most are the same byte for byte."""
    ends: set[tuple[int, bytes]] = field(default_factory=set)
    """Cache of what stood after all rows, with the number of the last unit row."""

    @cached_property
    def odd_rows(self) -> list[re.Pattern[bytes]]:
        """The expressions of `odd`, compiled when the first row needs them: that takes milliseconds."""
        return [re.compile(source) for source in self.odd]

    @cached_property
    def numbered(self) -> list[tuple[int, int]]:
        """Captures of the tail that are row numbers: place, and distance from the last unit row."""
        return [
            (place, shift)
            for place, shift in enumerate(self.shifts)
            if shift is not None and shift != IGNORED
        ]

    @cached_property
    def valued(self) -> list[int]:
        """Places of the captures of the tail that are values."""
        return [place for place, shift in enumerate(self.shifts) if shift is None]

    def match(self, part: bytes) -> Matched | None:
        """Return the captures of a sheet's part, or None if it does not match to the last byte."""
        at = part.find(self.opening)
        head = self._head(part[:at]) if at >= 0 else None
        if head is None:
            return None
        rows: list[Caught] = []
        odd: dict[int, dict[int, OddCell]] = {}
        expression = self.rows[0].match
        end = part.find(_CLOSING, at)
        below = None
        while True:
            found = expression(part, at)
            if found is None:
                for other in self.rows:
                    if (found := other.match(part, at)) is not None:
                        expression = other.match
                        break
                else:
                    below = self.tail.fullmatch(part, at, end) if end >= 0 else None
                    if below is not None:
                        break
                    found = next(filter(None, (other.match(part, at) for other in self.odd_rows)), None)
                    if found is None:
                        break
                    caught, odd[len(rows)] = self._odd_cells(found.groups())
                    rows.append(caught)
                    at = found.end()
                    continue
            rows.append(found.groups())
            at = found.end()
        roles = self.roles
        number = roles.first - 1 + len(rows)
        if not rows or (roles.first == roles.last and len(rows) != 1):
            return None
        if [row[0] for row in rows] != _numbers(roles.first, number + 1):
            return None
        messages: set[bytes | None] = set()
        for column, pieces in self.checks.items():
            place = 1 + self.fields.index(column)
            if [row[place] for row in rows] != [(row[0] or b"").join(pieces) for row in rows]:
                return None
            messages.update([row[place + 1] for row in rows])
        if below is None or not self._has_end(part[end:], number):
            return None
        captured = below.groups()
        if any(captured[place] != b"%d" % (number + shift) for place, shift in self.numbered):
            return None
        tail = tuple([captured[place] for place in self.valued])
        return Matched(head, rows, tail, odd, frozenset(filter(None, messages)))

    def _has_end(self, written: bytes, number: int) -> bool:
        """Return whether the bytes after all rows are those of a sheet whose last unit row has a number."""
        if (number, written) in self.ends:
            return True
        found = self.after.fullmatch(written)
        if found is None or list(found.groups()) != [b"%d" % (number + shift) for shift in self.after_shifts]:
            return False
        if len(self.ends) < _MOST:
            self.ends.add((number, written))
        return True

    def _odd_cells(self, written: Caught) -> tuple[Caught, dict[int, OddCell]]:
        """Return the captures of a row with None for figures that are no plain numbers, and those cells."""
        caught = list(written)
        odd: dict[int, OddCell] = {}
        for place, column in enumerate(self.fields, 1):
            if column in self.roles.measures:
                cell = written[place] or b""
                if cell.startswith(b"><v>") and cell[4:-8].isdigit() and len(cell) <= _LONGEST_PLAIN:
                    caught[place] = cell[4:-8]
                    continue
                content = _CONTENT.fullmatch(cell)
                kind, value = (content[1], content[2] or b"") if content is not None else (None, b"")
                is_plain = kind != b"s" and _PLAIN.fullmatch(value) is not None
                caught[place] = value if is_plain else None
                if not is_plain:
                    odd[column] = OddCell(kind == b"s", value)
        return tuple(caught), odd

    def _head(self, written: bytes) -> Head | None:
        known = self.heads.get(written)
        if known is None:
            found = self.head.fullmatch(written)
            if found is None:
                return None
            places = tuple(map(int, found.groups()))
            known = Head(max(places, default=-1), picker(places))
            if len(self.heads) < _MOST:
                self.heads[written] = known
        return known


def _numbers(first: int, end: int) -> list[bytes]:
    """Return row numbers as written, from 1."""
    if end <= len(_NUMBERS):
        return _NUMBERS[first:end]
    return [b"%d" % number for number in range(first, end)]


def picker(places: Sequence[int]) -> Callable[[Sequence[T]], tuple[T, ...]]:
    """Return a function that gives what stands at some places of a sequence, as fast as can be."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda sequence: tuple([sequence[place] for place in places])
