"""How the part of one worksheet is written, as expressions that account for every byte of it.

A sheet is cut in three: the head down to the rows of units, these rows, and the tail from below them to the
end. Only what cannot matter is left open: where the cursor stood, how high a row is, the text of a formula
whose value stands beside it. What is figure, text or row number is caught, everything else is the same byte
for byte, or the sheet is not matched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

Caught = tuple[bytes | None, ...]


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
    tail: re.Pattern[bytes]
    shifts: list[int | None]
    """Of each group of the tail: how far below the last unit's row it stands; None where it is a value."""
    opening: bytes
    """How the first row of a unit begins."""
    heads: dict[bytes, tuple[int, ...]] = field(default_factory=dict)
    """Heads that were met and fit: most are the same byte for byte."""

    def match(self, part: bytes) -> Matched | None:
        """Return what a sheet's part holds, if it is written in this pattern to the last byte."""
        at = part.find(self.opening)
        head = self._head(part[:at]) if at >= 0 else None
        if head is None:
            return None
        rows: list[Caught] = []
        expression = self.rows[0].match
        while True:
            found = expression(part, at)
            if found is None:
                for other in self.rows:
                    if (found := other.match(part, at)) is not None:
                        expression = other.match
                        break
                else:
                    break
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
        for caught, shift in zip(below.groups(), self.shifts, strict=True):
            if shift is None:
                values.append(caught)
            elif caught != b"%d" % (number + shift):
                return None
        return Matched(head, rows, tuple(values))

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
