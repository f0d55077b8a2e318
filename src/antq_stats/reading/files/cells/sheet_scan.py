"""What is known of a sheet besides the values of its cells.

The fast reader gives ``""`` for an error cell, for a formula without a stored value and for a blank alike,
knows no hidden rows and columns, and builds the whole rectangle up to the last cell. So each sheet's own
bytes are asked first; where anything about them is unusual, the scan reads all of the sheet.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from antq_stats.reading.files.cells.sheet_cells import SheetCells

OddCell = tuple[Literal["error", "formula"], str]
"""What a cell is that looks blank and is not.

``("error", "#REF!")``, or ``("formula", "")`` for a formula without a stored value. A value written in
a way the fast reader passes over is told as an error with that value.
"""

Merge = tuple[int, int, int, int]


class Remark(NamedTuple):
    """What is to be told of one cell wherever it is read as a figure."""

    code: str
    """Of the catalogue, family C."""
    value: str | None
    """What the cell says, as found."""
    facts: dict[str, str]
    taken: bool
    """The cell's figure counts all the same; else the cell gives none."""


@dataclass(slots=True)
class SheetScan:
    """What the second scan saw of one sheet; rows and columns count from 0."""

    name: str = ""
    """Name of the sheet."""
    rows: int = 0
    """Rows from the top down to the last cell that holds something."""
    columns: int = 0
    far: tuple[int, int] | None = None
    """The cell that reaches farthest."""
    odd: dict[tuple[int, int], OddCell] = field(default_factory=dict)
    shown: dict[tuple[int, int], str] = field(default_factory=dict)
    """Cells that say something else than the fast reader makes of them, with their text."""
    remarks: dict[tuple[int, int], Remark] = field(default_factory=dict)
    """Cells of which something is to be told; where it is not taken, the grid holds a blank."""
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[Merge] | None = None
    """None where the fast reader knows them."""
    formulas: dict[tuple[int, int], str | None] = field(default_factory=dict)
    """Cells with a formula, written as in A1 without the sign of equality; None for one of other kinds."""
    cells: SheetCells | None = None
    """All that the sheet holds; None where the fast reader reads it."""
    hidden: bool = False
    """The sheet is hidden; of use where the scan reads all of it."""
    is_table: bool = True
    """It is no chart and no macro sheet; likewise."""
    recalculates_on_load: bool = False
    """The workbook asks for its formulas to be calculated when it is opened."""

    def reach(self, row: int, column: int, rows: int = 1, columns: int = 1) -> None:
        """Take note of a cell (or a block of equal cells) that holds something."""
        if row + rows > self.rows or column + columns > self.columns:
            self.rows = max(self.rows, row + rows)
            self.columns = max(self.columns, column + columns)
            self.far = (row + rows - 1, column + columns - 1)

    def reach_cells(self) -> None:
        """Take note of all the cells the scan has read."""
        if self.cells is not None:
            self.rows, self.columns, self.far = self.cells.farthest()
