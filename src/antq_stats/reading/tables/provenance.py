"""The provenance record in a return made by the tool: its form, period and unit, and where its tables are.

The record is written as rows of text on a very hidden sheet, which office programs keep in every format.
The sheet is recognised by its content, not by its name or by being hidden. A table is read at its recorded
place only if the codes and column heads there agree with the record.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from antq_stats.plan import ReadingPlan, Units
from antq_stats.reading.files.grid import Grid
from antq_stats.reading.tables.locate import LocatedTable
from antq_stats.reading.units.names import NOWHERE, code_text
from antq_stats.words.text import text_key

SHEET = "_antq_stats"
"""Name the sheet is written under. Readers recognise the sheet by its content."""
_MARK = ("antq-stats", "return", "1")
_ABOUT = ("form", "version", "period", "unit", "name", "level", "tool")
_MOST_RECORDS = 200_000
_WIDTH = 9
"""Maximum number of cells after a record's keyword; numbers have fewer digits than this."""


@dataclass(frozen=True, slots=True)
class TableLayout:
    """Where one table of the form stands; rows and columns are counted from 0."""

    table: str
    sheet: str
    top: int
    heads: int
    """Row of the column heads, the last row of the header."""
    code: int
    """Column of the unit codes; likewise ``name`` and ``parent``. -1 if there is none."""
    name: int
    parent: int
    width: int
    """Number of columns written; columns to the right were added by the sender."""
    measures: tuple[tuple[str, int, str], ...]
    """Code, column and head of each measure."""
    units: tuple[tuple[int, str], ...]
    """Row and code of each unit; the code is empty where the sender writes the name of the unit."""

    def cells(self) -> Iterable[tuple[int, int]]:
        """Return an iterator over row and column of every cell to be filled in."""
        for row, code in self.units:
            if not code:
                yield row, self.name
            yield from ((row, column) for _, column, _ in self.measures)


@dataclass(frozen=True, slots=True)
class Provenance:
    """The form, period and unit a blank return was made for, and the tool version that made it."""

    form: str
    version: str
    period: str
    unit: str
    """Code of the unit that has to send the return."""
    name: str
    """Name of that unit: after a reform the same code may belong to another unit."""
    level: str
    tool: str
    tables: tuple[TableLayout, ...] = ()

    def foreign_unit(self, units: Units, unit: int) -> int:
        """Return a unit in the tables that is not under the unit the return was made for.

        Parameters
        ----------
        units : the units in force.
        unit : position of the unit the return was made for.

        Returns
        -------
        int
            Position of the first such unit; NOWHERE if there is none. Unknown codes are ignored.
        """
        rows = (units.by_code.get(code, NOWHERE) for table in self.tables for _, code in table.units)
        return next((row for row in rows if row != NOWHERE and unit not in units.ancestors(row)), NOWHERE)

    def records(self) -> list[list[str]]:
        """Return the record as rows of text, as they are written to the sheet."""
        rows = [list(_MARK), *([word, getattr(self, word)] for word in _ABOUT)]
        for table in self.tables:
            places = (table.top, table.heads, table.code, table.name, table.parent, table.width)
            rows.append(["table", table.table, table.sheet, *map(str, places)])
            rows += [["measure", code, str(column), head] for code, column, head in table.measures]
            rows += [["row", str(row), code] for row, code in table.units]
        return rows


def find_provenance(grids: Iterable[Grid]) -> tuple[Provenance, Grid] | None:
    """Return a workbook's provenance and the sheet that holds it; None if it has none.

    Damaged records are left out. A table without a valid place is then located like any other table.
    """
    for grid in grids:
        if grid.rows and tuple(map(code_text, grid.rows[0][:3])) == _MARK:
            return _parse_records(grid.rows[1:_MOST_RECORDS]), grid
    return None


def _parse_records(rows: list[list[object]]) -> Provenance:
    about = dict.fromkeys(_ABOUT, "")
    tables: list[tuple[list[str], list[tuple[str, int, str]], list[tuple[int, str]]]] = []
    for cells in rows:
        kind, *rest = [*map(code_text, cells), *[""] * _WIDTH]
        if kind in about:
            about[kind] = rest[0]
        elif kind == "table":
            tables.append((rest, [], []))
        elif tables and kind == "measure":
            tables[-1][1].append((rest[0], _index(rest[1]), rest[2]))
        elif tables and kind == "row":
            tables[-1][2].append((_index(rest[0]), rest[1]))
    layouts = []
    for fields, measures, units in tables:
        top, heads, code, name, parent, width = map(_index, fields[2:8])
        layouts.append(
            TableLayout(
                fields[0], fields[1], top, heads, code, name, parent, width, tuple(measures), tuple(units)
            )
        )
    return Provenance(**about, tables=tuple(layouts))


def _index(text: str) -> int:
    """Return the number of a row or column; NOWHERE if the text is none."""
    return int(text) if text.isdecimal() and len(text) < _WIDTH else NOWHERE


def table_at(plan: ReadingPlan, grid: Grid, layout: TableLayout) -> LocatedTable | None:
    """Return the table at its recorded place; None if the sheet does not agree with the record.

    Every column head and every unit code must be at its recorded place.

    Parameters
    ----------
    plan : the reading plan.
    grid : the sheet.
    layout : the recorded place.
    """
    number = next((n for n, table in enumerate(plan.tables) if table.code == layout.table), NOWHERE)
    if number == NOWHERE or not layout.units or not 0 <= layout.top <= layout.heads < len(grid.rows):
        return None
    keys = plan.tables[number].keys
    places = {measure.code: place for place, measure in enumerate(plan.tables[number].measures)}
    columns = [-1] * len(places)
    for code, column, head in layout.measures:
        key = text_key(head)
        if code not in places or column in columns or text_key(_at(grid, layout.heads, column)) != key:
            return None
        if keys.get(key, places[code]) != places[code]:
            return None  # the head belongs to another measure
        columns[places[code]] = column
    if any(_at(grid, row, layout.code) != code for row, code in layout.units):
        return None
    added = range(layout.width, len(grid.rows[layout.heads]))
    return LocatedTable(
        number,
        layout.top,
        layout.heads + 1,
        columns,
        [-1] * len(plan.tables[number].ratios),
        code=layout.code,
        name=layout.name,
        parent=layout.parent,
        unknown={column: head for column in added if (head := _at(grid, layout.heads, column))},
    )


def _at(grid: Grid, row: int, column: int) -> str:
    """Return the text of a cell; empty if the grid has no such cell."""
    cells = grid.rows[row] if 0 <= row < len(grid.rows) else []
    return code_text(cells[column]) if 0 <= column < len(cells) else ""


def is_untouched(grids: Iterable[Grid], made: Provenance) -> bool:
    """Return whether all cells to be filled in are still blank, so that the file may be overwritten.

    Parameters
    ----------
    grids : the sheets of the workbook.
    made : its provenance. Without tables the answer is False.
    """
    sheets = {grid.sheet: grid for grid in grids}
    return bool(made.tables) and all(
        layout.sheet in sheets
        and not any(_at(sheets[layout.sheet], row, column) for row, column in layout.cells())
        for layout in made.tables
    )
