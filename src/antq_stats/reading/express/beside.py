"""Sheets beside the tables of a blank return that the tool made: the instructions, and the provenance record.

Both hold texts only. The instructions name the unit, so some of their texts may differ; the record is read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from antq_stats.plan import ReadingPlan, Units
from antq_stats.reading import privacy
from antq_stats.reading.coerce import is_figure, plain
from antq_stats.reading.express.pattern_builder import literal, texts_expression
from antq_stats.reading.express.sheet_part import Unfit, rows_of, text_at
from antq_stats.reading.files.grid import Grid
from antq_stats.reading.files.row_runs import NeedsFullReader
from antq_stats.reading.returns import TableReturn
from antq_stats.reading.tables.locate import may_begin_header
from antq_stats.reading.tables.provenance import find_provenance
from antq_stats.reading.units.names import NOWHERE
from antq_stats.words.legacy import is_modern
from antq_stats.words.text import column_letter, text_key

_HEADER_REACH = 3
"""Rows from a possible header in which no text may differ."""
_LONGEST_HEADER = 60
_OF_ONE_UNIT = frozenset(("unit", "name", "tool", "row"))
"""Records that may differ between the blank returns of a form."""
_MOST = 256
_ROW = re.compile(
    rb'<row r="([1-9][0-9]{0,6})"(?: [A-Za-z0-9:]+="[^"<>&]*")*>'
    rb'((?:<c r="[A-I][0-9]{1,7}"(?: s="[0-9]{1,5}")? t="s"><v>[0-9]{1,7}</v></c>)+)</row>'
)
_CELL = re.compile(rb'<c r="([A-I][0-9]{1,7})"[^<>]*><v>([0-9]{1,7})')
_LETTERS = tuple(column_letter(column).encode() for column in range(9))


@dataclass(frozen=True)
class KnownTexts:
    """A sheet of texts that is no table, as learned."""

    pattern: re.Pattern[bytes]
    places: list[tuple[int, int]]
    """Row and column of each text."""
    texts: tuple[str, ...]
    loose: frozenset[int]
    """Positions of the texts that may differ."""
    seen: dict[bytes, tuple[int, ...]] = field(default_factory=dict)
    """Cache of parts that matched: the indices of their texts. Most are the same byte for byte."""

    @classmethod
    def learn(cls, plan: ReadingPlan, part: bytes, grid: Grid) -> KnownTexts:
        """Return a sheet in which the full reader found nothing.

        Parameters
        ----------
        plan : the reading plan.
        part, grid : the sheet's part and its cells.

        Raises
        ------
        Unfit
            The sheet has a number or a formula, or a header of personal data.
        """
        before, rows, after = rows_of(part)
        expression, places = texts_expression(before, rows)
        texts = tuple(text_at(grid.rows, row, column) for row, column in places)
        filled = sum(cell not in ("", None) for row in grid.rows for cell in row)
        if filled != len(places) or any(map(_is_personal, texts)):
            raise Unfit
        if not all(map(is_modern, texts)):
            raise Unfit
        opening = [at for at, row in enumerate(grid.rows) if may_begin_header(plan, row)]
        loose = frozenset(
            place
            for place, (row, _) in enumerate(places)
            if row > 0 and all(abs(row - at) > _HEADER_REACH for at in opening)
        )
        return cls(re.compile(expression + literal(after)), places, texts, loose)

    def check(self, plan: ReadingPlan, part: bytes, texts: Sequence[str]) -> None:
        """Check a sheet; raise `NeedsFullReader` unless nothing can be found in it.

        Parameters
        ----------
        plan : the reading plan.
        part, texts : the sheet's part, and the workbook's shared strings.
        """
        places = self.seen.get(part)
        if places is None:
            found = self.pattern.fullmatch(part)
            if found is None:
                raise NeedsFullReader
            places = tuple(map(int, found.groups()))
            if len(self.seen) < _MOST:
                self.seen[part] = places
        if max(places, default=-1) >= len(texts):
            raise NeedsFullReader
        said = tuple([texts[place] for place in places])
        if said == self.texts:
            return
        for place, (text, known) in enumerate(zip(said, self.texts, strict=True)):
            if text != known and (place not in self.loose or not _is_plain(plan, text)):
                raise NeedsFullReader


def _is_personal(text: str) -> bool:
    """Return whether a text could be a header of personal data, as `privacy.persons_header` finds it."""
    return len(text) <= _LONGEST_HEADER and bool(privacy.header_kind(text_key(text)))


def _is_plain(plan: ReadingPlan, text: str) -> bool:
    """Return whether a text means nothing to any reader: no figure, no header, no personal data."""
    return (
        bool(text.strip())
        and is_modern(text)
        and not is_figure(text)
        and not privacy.is_personal(text)
        and not _is_personal(text)
        and not may_begin_header(plan, [text])
    )


class Made(NamedTuple):
    """What the record of one workbook says."""

    unit: int
    """Position of the unit that the workbook was made for."""
    rows: dict[str, list[list[str]]]
    """Sheet -> for each of its unit rows the row, from 0, and the unit's code, both as written."""

    def lists(self, units: Units, table: TableReturn) -> bool:
        """Return whether a table has just the rows that were made for it, all of the workbook's unit.

        Parameters
        ----------
        units : the units in force.
        table : the rows of one sheet, as read.
        """
        codes = units.codes
        read = [[str(row - 1), codes[unit]] for row, unit in zip(table.rows, table.units, strict=True)]
        return read == self.rows.get(table.sheet or "") and all(
            self.unit in units.ancestors(unit) for unit in table.units
        )


@dataclass(frozen=True)
class KnownRecord:
    """The sheet with the provenance record, as learned."""

    before: re.Pattern[bytes]
    after: re.Pattern[bytes]
    records: list[list[str]]
    """All records but those of rows, and of the unit, its name and the tool's version."""
    seen: dict[bytes, list[list[int]]] = field(default_factory=dict)
    """Cache of parts: the indices of their texts. Most with as many units are the same byte for byte."""

    @classmethod
    def learn(cls, part: bytes, grid: Grid) -> KnownRecord:
        """Return the record of a workbook that was read by it.

        Parameters
        ----------
        part, grid : the sheet's part and its cells.

        Raises
        ------
        Unfit
            The sheet holds no record, or anything else beside it.
        """
        found = find_provenance([grid])
        before, _, after = rows_of(part)
        rows = [[str(cell) for cell in row if cell not in ("", None)] for row in grid.rows]
        if found is None or [list(map(plain, row)) for row in rows] != found[0].records():
            raise Unfit
        same = [row for row in rows if row[0] not in _OF_ONE_UNIT]
        return cls(re.compile(literal(before)), re.compile(literal(after)), same)

    def read(self, plan: ReadingPlan, part: bytes, texts: Sequence[str]) -> Made:
        """Return what a workbook's record says.

        Parameters
        ----------
        plan : the reading plan.
        part, texts : the sheet's part, and the workbook's shared strings.

        Raises
        ------
        NeedsFullReader
            The record is written in another way, of another form, period or layout, or of a unit that is
            unknown or has another name.
        """
        known = iter(self.records)
        about = {"unit": "", "name": ""}
        rows: dict[str, list[list[str]]] = {}
        here: list[list[str]] = []
        for record in self._records(part, texts):
            kind = record[0]
            if kind == "row":
                here.append(record[1:])
            elif kind in _OF_ONE_UNIT:
                about[kind] = record[-1]
            else:
                if record != next(known, None):
                    raise NeedsFullReader
                if kind == "table":
                    here = rows.setdefault(record[2], [])
        if next(known, None) is not None:
            raise NeedsFullReader
        unit = plan.units.by_code.get(about["unit"], NOWHERE)
        if unit == NOWHERE or text_key(about["name"]) not in plan.units.name_keys(unit):
            raise NeedsFullReader
        return Made(unit, rows)

    def _records(self, part: bytes, texts: Sequence[str]) -> list[list[str]]:
        indices = self.seen.get(part)
        if indices is None:
            indices = self._indices(part)
            if len(self.seen) < _MOST:
                self.seen[part] = indices
        try:
            return [[texts[index] for index in record] for record in indices]
        except IndexError:
            raise NeedsFullReader from None

    def _indices(self, part: bytes) -> list[list[int]]:
        """Return the indices of the records' texts."""
        head = self.before.match(part)
        if head is None:
            raise NeedsFullReader
        records: list[list[int]] = []
        at = head.end()
        while (found := _ROW.match(part, at)) is not None:
            at = found.end()
            number, cells = found[1], _CELL.findall(found[2])
            references = [letter + number for letter in _LETTERS[: len(cells)]]
            if int(number) != len(records) + 1 or [place for place, _ in cells] != references:
                raise NeedsFullReader
            records.append([int(index) for _, index in cells])
        if self.after.fullmatch(part, at) is None:
            raise NeedsFullReader
        return records
