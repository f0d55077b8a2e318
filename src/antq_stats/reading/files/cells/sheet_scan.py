"""The scan of a sheet: what its bytes tell besides what the fast reader returns.

The fast reader (python-calamine) returns ``""`` for an error cell, for a formula without a stored value
and for a blank. It does not report hidden rows and columns, and it allocates the whole rectangle up to the
last cell. So each sheet's bytes are scanned first. If anything in them is unusual, the scan reads the
whole sheet, and the fast reader is not used.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from antq_stats.reading.files.cells.sheet_cells import SheetCells

OddCell = tuple[Literal["error", "formula"], str]
"""What a cell is that looks blank and is not.

``("error", "#REF!")``, or ``("formula", "")`` for a formula without a stored value.
"""

Merge = tuple[int, int, int, int]
"""A merged range: first row, first column, last row, last column, each counted from 0."""


class Remark(NamedTuple):
    """A finding about a cell, reported if the cell is read as a figure."""

    code: str
    """Code of the finding, of family C."""
    value: str | None
    """The cell's content as found."""
    facts: dict[str, str]
    """Values for the finding's message."""
    taken: bool
    """True if the cell's figure counts all the same; False if the cell gives no figure."""


@dataclass(slots=True)
class SheetScan:
    """The result of scanning one sheet. Rows and columns are counted from 0; cells are (row, column)."""

    name: str = ""
    """Name of the sheet."""
    rows: int = 0
    """Number of rows from the top of the sheet down to the last filled cell."""
    columns: int = 0
    """Number of columns from the left of the sheet to the last filled cell."""
    far: tuple[int, int] | None = None
    """The filled cell that determines the size of the rectangle."""
    odd: dict[tuple[int, int], OddCell] = field(default_factory=dict)
    """Cells that look blank and are not."""
    replacements: dict[tuple[int, int], str] = field(default_factory=dict)
    """Texts that replace the values of cells: a percentage as displayed, a text without note marks."""
    remarks: dict[tuple[int, int], Remark] = field(default_factory=dict)
    """Findings about cells. If not taken, the grid holds a blank, or the text in `replacements`."""
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[Merge] | None = None
    """Merged ranges; None if the fast reader reports them."""
    formulas: dict[tuple[int, int], str | None] = field(default_factory=dict)
    """Formulas in A1 notation without ``=``; None for a formula that is not evaluated again."""
    cells: SheetCells | None = None
    """The cells of the sheet; None if the fast reader reads them."""
    hidden: bool = False
    """True if the sheet is hidden. Set only if the scan reads the whole sheet."""
    is_table: bool = True
    """False for a chart or macro sheet. Set only if the scan reads the whole sheet."""
    recalculates_on_load: bool = False
    """True if the workbook asks for its formulas to be calculated when it is opened."""

    def reach(self, row: int, column: int, rows: int = 1, columns: int = 1) -> None:
        """Extend the rectangle to a filled cell, or to a block of them.

        Parameters
        ----------
        row, column : the cell, or the first of the block.
        rows, columns : size of the block.
        """
        if row + rows > self.rows or column + columns > self.columns:
            self.rows = max(self.rows, row + rows)
            self.columns = max(self.columns, column + columns)
            self.far = (row + rows - 1, column + columns - 1)

    def reach_cells(self) -> None:
        """Set the rectangle to that of `cells`, if the scan read them."""
        if self.cells is not None:
            self.rows, self.columns, self.far = self.cells.farthest()
