"""Figures on a sheet outside the form's tables: a second block above, below or between them.

Their unit and measure are unknown, so they are added to nothing and reported with their place. Ordinals of
blank rows, years, dates and column numbers are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import compress
from typing import NamedTuple

from antq_stats.plan import Units
from antq_stats.reading import privacy
from antq_stats.reading.coerce import plain
from antq_stats.reading.files.grid import Grid
from antq_stats.reading.reporter import Report
from antq_stats.reading.rows.row_kinds import is_date_line
from antq_stats.reading.tables.body import Body
from antq_stats.reading.tables.labels import is_year
from antq_stats.reading.tables.locate import LocatedTable
from antq_stats.reading.tables.numbering import numbering
from antq_stats.reading.units.names import is_total
from antq_stats.words.text import ascii_key, column_letter

ReadTable = tuple[LocatedTable, Body]
"""A table that was read: its place and its rows."""

_NUMBER = re.compile(r"[-+−]?[0-9][0-9.,\s]*%?")
_LONGEST = 16
_LARGEST = 100_000_000
"""Larger numbers are telephones, accounts and the like."""
_GAP = 3
"""Greatest distance between two successive rows of one block."""
_MOST = 5
"""Blocks of a sheet that are reported one by one; the last of them includes all that follow."""


class _Row(NamedTuple):
    number: int
    columns: list[int]
    """Columns of its figures."""


def report_outside(grid: Grid, tables: Sequence[ReadTable], units: Units, report: Report) -> None:
    """Report T405 for each block of figures that no table of the form accounts for.

    Parameters
    ----------
    grid, tables : a sheet, and the tables found in it from the top down; at least one.
    units : the units in force.
    report : called with each finding.
    """
    known: set[int] = set()
    for located, body in tables:
        known.update(range(located.top, located.body), body.looked_at, body.others)
        known.update(total.row for total in body.totals)
    loose = []
    at = 0
    for number in compress(range(len(grid.rows)), grid.rows):  # rows that were read by columns are blank
        if number in known:
            continue
        row = grid.rows[number]
        while at + 1 < len(tables) and tables[at + 1][0].top <= number:
            at += 1
        columns = _figures(row, units, tables[at][0], is_below=number >= tables[at][0].body)
        if columns:
            loose.append(_Row(number, columns))
    first = tables[0][0].top
    for block in _blocks(loose):
        if block[0].number < first and sum(len(row.columns) for row in block) < 2:
            continue  # a number among the titles
        columns = sorted({column for row in block for column in row.columns})
        upper, lower = block[0].number, block[-1].number
        place = f"{column_letter(columns[0])}{upper + 1}:{column_letter(columns[-1])}{lower + 1}"
        count = sum(len(row.columns) for row in block)
        report("T405", row=upper, column=block[0].columns[0], facts={"place": place, "count": str(count)})


def _blocks(rows: Iterable[_Row]) -> list[list[_Row]]:
    blocks: list[list[_Row]] = []
    for row in rows:
        if blocks and (len(blocks) == _MOST or row.number - blocks[-1][-1].number <= _GAP):
            blocks[-1].append(row)
        else:
            blocks.append([row])
    return blocks


def _figures(row: list[object], units: Units, located: LocatedTable, *, is_below: bool) -> list[int]:
    """Return the columns with figures of a row outside all tables; none if the row may have such figures."""
    columns = [column for column, cell in enumerate(row) if cell != "" and _is_figure(cell)]
    if not columns or numbering(row, located.columns) is not None:
        return []
    texts = [
        (column, cell)
        for column, cell in enumerate(row)
        if isinstance(cell, str) and any(map(str.isalpha, cell))
    ]
    if is_date_line(row) or any(is_total(units, text) for _, text in texts):
        return []
    is_left = columns[-1] < min(located.columns, default=0)
    if is_below and is_left and all(column == located.name for column, _ in texts):
        return []  # the ordinal or the code of a row that is otherwise blank
    return columns


def _is_figure(cell: object) -> bool:
    if isinstance(cell, str):
        text = plain(cell) if len(cell) <= _LONGEST else ""
        return bool(_NUMBER.fullmatch(text)) and not is_year(text) and not privacy.number_kind(text)
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return False
    return abs(cell) < _LARGEST and not is_year(cell)


_INSTRUCTIONS = re.compile(r"\b(?:huong dan|hd(?:sd)?|vi du|instructions?|guide|examples?)\b")
_SPECIMEN = re.compile(r"\b(?:mau|sample|specimen)\b")
"""Matches sheet names without diacritics. Forms are called specimens too, so this alone proves little."""


def may_be_example(sheet: str | None) -> bool:
    """Return whether a sheet has the name of one that shows how to fill in others."""
    key = ascii_key(sheet or "")
    return bool(_INSTRUCTIONS.search(key) or _SPECIMEN.search(key))


def example_sheets(tables: Sequence[ReadTable]) -> list[tuple[str | None, int]]:
    """Return the sheets that only show how to fill in the others, each with the last row of its header.

    Such a sheet has the name of one, and another sheet holds the same table. None of its own rows is that of
    a known unit; or, on a sheet of instructions, the other sheets have every unit it has.
    """
    examples: list[tuple[str | None, int]] = []
    for sheet in dict.fromkeys(body.given.sheet for _, body in tables):
        if not may_be_example(sheet):
            continue
        is_instruction = _INSTRUCTIONS.search(ascii_key(sheet or "")) is not None
        here = [(located, body) for located, body in tables if body.given.sheet == sheet]
        others = [body for _, body in tables if body.given.sheet != sheet]
        units, units_elsewhere = _units_of(body for _, body in here), _units_of(others)
        is_example = units <= units_elsewhere if is_instruction else not units
        holds_rows = bool(units) or any(body.strays for _, body in here)
        elsewhere = {table for table, _ in units_elsewhere}
        if holds_rows and is_example and elsewhere.issuperset(located.table for located, _ in here):
            examples.append((sheet, here[0][0].body - 1))
    return examples


def _units_of(bodies: Iterable[Body]) -> set[tuple[int, int]]:
    return {(body.given.table, unit) for body in bodies for unit in body.given.units}
