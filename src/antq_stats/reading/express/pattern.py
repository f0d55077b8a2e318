"""How the part of one worksheet is written, as expressions that account for every byte of it.

A sheet is cut in three: the head down to the rows of units, these rows, and the tail from below them to the
end. Only what cannot matter is left open: where the cursor stood, how high a row is, the text of a formula
whose value stands beside it. What is figure, text or row number is caught, everything else is the same byte
for byte, or the sheet is not matched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

Caught = tuple[bytes | None, ...]

_CONTENT = re.compile(rb'(?: t="([sn])")?(?:/>|>(?:.*>)?<v>([^<]*)</v></c>)')
_PLAIN = re.compile(rb"[0-9]{1,12}")


class OddCell(NamedTuple):
    """A cell of a figure that is no plain number."""

    is_text: bool
    """It holds the number of a shared string."""
    written: bytes
    """That, or a number; empty where the cell is blank."""


@dataclass(frozen=True)
class Roles:
    """What the columns of the rows of units hold, and where these rows and the printed total stand."""

    code: int
    name: int
    measures: tuple[int, ...]
    """Columns of the measures, in the order of the sheet."""
    optional: frozenset[int]
    """Those that may be blank without a finding."""
    ratios: frozenset[int]
    first: int
    """The first row of a unit, from 1, and the last."""
    last: int
    total: int
    """The printed total's row, from 1; 0 where there is none."""


@dataclass(frozen=True)
class Matched:
    """What was caught of a sheet that fits."""

    head: tuple[int, ...]
    """Numbers of the shared strings above the rows of units, in the order of `SheetPattern.head_cells`."""
    rows: list[Caught]
    """Of each row of a unit: its number, then its figures and texts in the order of `SheetPattern.fields`."""
    tail: Caught
    """Likewise of `SheetPattern.tail_cells`."""
    odd: dict[int, dict[int, OddCell]]
    """Place in ``rows`` -> column -> the cell, where figures are none: not caught in that row."""


@dataclass
class SheetPattern:
    """The expressions of one sheet's part."""

    roles: Roles
    head_cells: list[tuple[int, int]]
    """Row and column, from 0, of the texts above the rows of units."""
    tail_cells: list[tuple[int, int]]
    """Row below the last unit's, and column, of the texts and of the printed totals below them."""
    fields: tuple[int, ...]
    """Columns that are caught in a row of a unit, all rows alike."""
    columns: int
    """How many columns the sheet has."""
    head: re.Pattern[bytes]
    rows: list[re.Pattern[bytes]]
    odd_rows: list[re.Pattern[bytes]]
    """The same, but that cells of figures may hold anything; of each, all behind its style is caught."""
    tail: re.Pattern[bytes]
    shifts: list[int | None]
    """Of each group of the tail: how far below the last unit's row it stands; None where it is a value."""
    opening: bytes
    """How the first row of a unit begins."""
    summed: frozenset[int]
    """Columns whose printed total is a formula: the sum of the rows of units."""
    heads: dict[bytes, tuple[int, ...]] = field(default_factory=dict)
    """Heads that were met and fit: most are the same byte for byte."""

    def match(self, part: bytes) -> Matched | None:
        """Return what a sheet's part holds, if it is written in this pattern to the last byte."""
        at = part.find(self.opening)
        head = self._head(part[:at]) if at >= 0 else None
        if head is None:
            return None
        rows: list[Caught] = []
        odd: dict[int, dict[int, OddCell]] = {}
        expression = self.rows[0].match
        while True:
            found = expression(part, at)
            if found is None:
                for other in self.rows:
                    if (found := other.match(part, at)) is not None:
                        expression = other.match
                        break
                else:
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
        if [row[0] for row in rows] != [b"%d" % n for n in range(roles.first, number + 1)]:
            return None
        below = self.tail.fullmatch(part, at)
        if below is None:
            return None
        values: list[bytes | None] = []
        for written, shift in zip(below.groups(), self.shifts, strict=True):
            if shift is None:
                values.append(written)
            elif written != b"%d" % (number + shift):
                return None
        return Matched(head, rows, tuple(values), odd)

    def _odd_cells(self, written: Caught) -> tuple[Caught, dict[int, OddCell]]:
        """Return what a row holds as if its plain figures had been caught alone, and its other figures."""
        caught = list(written)
        odd: dict[int, OddCell] = {}
        for place, column in enumerate(self.fields, 1):
            if column in self.roles.measures:
                content = _CONTENT.fullmatch(written[place] or b"")
                kind, value = (content[1], content[2] or b"") if content is not None else (None, b"")
                is_plain = kind != b"s" and _PLAIN.fullmatch(value) is not None
                caught[place] = value if is_plain else None
                if not is_plain:
                    odd[column] = OddCell(kind == b"s", value)
        return tuple(caught), odd

    def _head(self, written: bytes) -> tuple[int, ...] | None:
        known = self.heads.get(written)
        if known is None:
            found = self.head.fullmatch(written)
            if found is None:
                return None
            known = tuple(map(int, found.groups()))
            if len(self.heads) < 256:
                self.heads[written] = known
        return known
