"""What a blank return made by the tool carries: for whom and when it was made, and where its cells stand.

It stands on a very hidden sheet, as rows of text. Office programs keep that sheet through every format; it
is known by what it says, not by being hidden. A table is read where it is said to stand, once the codes and
heads found there agree with it.
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
"""Name under which the sheet is written; it is not known by it."""
_MARK = ("antq-stats", "return", "1")
_ABOUT = ("form", "version", "period", "unit", "name", "level", "tool")
_MOST_RECORDS = 200_000
_WIDTH = 9
"""No record is wider, and no place has more digits."""


@dataclass(frozen=True, slots=True)
class TableLayout:
    """Where one table of the form stands; rows and columns counted from 0.

    ``measures`` gives each measure's code, column and head; ``units`` each row and its unit's code.
    """

    table: str
    sheet: str
    top: int
    heads: int
    """The row of the columns' own heads, the last of the header."""
    code: int
    name: int
    parent: int
    width: int
    """How many columns were written; what stands to the right was added."""
    measures: tuple[tuple[str, int, str], ...]
    units: tuple[tuple[int, str], ...]

    def cells(self) -> Iterable[tuple[int, int]]:
        """Yield row and column of every cell that is to be filled in."""
        return ((row, column) for row, _ in self.units for _, column, _ in self.measures)


@dataclass(frozen=True, slots=True)
class Provenance:
    """For whom, when and by what a blank return was made."""

    form: str
    version: str
    period: str
    unit: str
    """Code of the unit that is to send it."""
    name: str
    """Its name: a code is not an identity."""
    level: str
    tool: str
    tables: tuple[TableLayout, ...] = ()

    def foreign_unit(self, units: Units, unit: int) -> int:
        """Return a unit of its rows that is not under the unit it was made for; NOWHERE if all are."""
        rows = (units.by_code.get(code, NOWHERE) for table in self.tables for _, code in table.units)
        return next((row for row in rows if row != NOWHERE and unit not in units.ancestors(row)), NOWHERE)

    def records(self) -> list[list[str]]:
        """Return the rows of the sheet that carries it."""
        rows = [list(_MARK), *([word, getattr(self, word)] for word in _ABOUT)]
        for table in self.tables:
            places = (table.top, table.heads, table.code, table.name, table.parent, table.width)
            rows.append(["table", table.table, table.sheet, *map(str, places)])
            rows += [["measure", code, str(column), head] for code, column, head in table.measures]
            rows += [["row", str(row), code] for row, code in table.units]
        return rows


def find_provenance(grids: Iterable[Grid]) -> tuple[Provenance, Grid] | None:
    """Return what a workbook carries of its making, and the sheet that carries it; None if nothing.

    What somebody spoilt on that sheet is left out: a table without its place is looked for like any other.
    """
    for grid in grids:
        if grid.rows and tuple(map(code_text, grid.rows[0][:3])) == _MARK:
            return _understood(grid.rows[1:_MOST_RECORDS]), grid
    return None


def _understood(rows: list[list[object]]) -> Provenance:
    about = dict.fromkeys(_ABOUT, "")
    tables: list[tuple[list[str], list[tuple[str, int, str]], list[tuple[int, str]]]] = []
    for cells in rows:
        kind, *rest = [*map(code_text, cells), *[""] * _WIDTH]
        if kind in about:
            about[kind] = rest[0]
        elif kind == "table":
            tables.append((rest, [], []))
        elif tables and kind == "measure":
            tables[-1][1].append((rest[0], _place(rest[1]), rest[2]))
        elif tables and kind == "row":
            tables[-1][2].append((_place(rest[0]), rest[1]))
    layouts = []
    for stated, measures, units in tables:
        top, heads, code, name, parent, width = map(_place, stated[2:8])
        layouts.append(
            TableLayout(
                stated[0], stated[1], top, heads, code, name, parent, width, tuple(measures), tuple(units)
            )
        )
    return Provenance(**about, tables=tuple(layouts))


def _place(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < _WIDTH else NOWHERE


def table_at(plan: ReadingPlan, grid: Grid, layout: TableLayout) -> LocatedTable | None:
    """Return a table where its layout says that it stands; None where the sheet does not agree.

    Every head and every unit's code must be found in its place: then nothing was moved or is guessed.
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
            return None  # the head is another measure's
        columns[places[code]] = column
    if any(_at(grid, row, layout.code) != code for row, code in layout.units):
        return None
    heads = range(layout.width, len(grid.rows[layout.heads]))
    return LocatedTable(
        number,
        layout.top,
        layout.heads + 1,
        columns,
        [-1] * len(plan.tables[number].ratios),
        code=layout.code,
        name=layout.name,
        parent=layout.parent,
        unknown={column: head for column in heads if (head := _at(grid, layout.heads, column))},
    )


def _at(grid: Grid, row: int, column: int) -> str:
    """Return the text of a cell; nothing where there is none."""
    cells = grid.rows[row] if 0 <= row < len(grid.rows) else []
    return code_text(cells[column]) if 0 <= column < len(cells) else ""


def is_untouched(grids: Iterable[Grid], made: Provenance) -> bool:
    """Tell whether no cell that is to be filled in holds anything: only then may it be written over."""
    sheets = {grid.sheet: grid for grid in grids}
    return bool(made.tables) and all(
        layout.sheet in sheets
        and not any(_at(sheets[layout.sheet], row, column) for row, column in layout.cells())
        for layout in made.tables
    )
