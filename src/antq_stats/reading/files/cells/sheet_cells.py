"""The filled cells of one sheet, collected while a file is read."""

from __future__ import annotations

from operator import itemgetter
from typing import NamedTuple

_FIRST = [*range(256)]
"""The columns of a row from which no cell is left out."""


class Block(NamedTuple):
    """A rectangle of cells that all hold the same value; rows and columns are counted from 0."""

    row: int
    column: int
    rows: int
    columns: int
    value: object


class SheetCells:
    """Values by row and column, counted from 0. A cell may hold ``""``, which makes it part of the sheet.

    The rows are not laid out before `table` is called, so a cell far away costs nothing until the size of
    the rectangle was checked.
    """

    def __init__(self) -> None:
        self.by_row: dict[int, dict[int, object]] = {}
        self.blocks: list[Block] = []

    def farthest(self) -> tuple[int, int, tuple[int, int] | None]:
        """Return the size of the rectangle around all cells.

        Returns
        -------
        tuple
            Number of rows and of columns from the top left corner of the sheet, and the cell in the last
            row or in the last column, whichever has the higher index; 0, 0 and None without cells.
        """
        ends = [(row, max(cells)) for row, cells in self.by_row.items() if cells]
        ends += [(b.row + b.rows - 1, b.column + b.columns - 1) for b in self.blocks]
        if not ends:
            return 0, 0, None
        lowest, widest = max(ends), max(ends, key=lambda end: end[1])
        far = lowest if lowest[0] >= widest[1] else widest
        return lowest[0] + 1, widest[1] + 1, far

    def remove_farthest(self) -> tuple[int, int]:
        """Remove the last cell of the last row or the one in the last column, whichever is farther.

        Blocks are not looked at. There must be at least one cell outside blocks.

        Returns
        -------
        tuple
            Row and column of the cell removed.
        """
        ends = [(row, max(cells)) for row, cells in self.by_row.items() if cells]
        (lowest, _), (widest, column) = max(ends), max(ends, key=itemgetter(1))
        if lowest >= column:
            widest, column = lowest, max(self.by_row[lowest])
        del self.by_row[widest][column]
        return widest, column

    def table(self) -> list[list[object]]:
        """Return all rows from the top of the sheet, each up to its last cell; gaps are ``""``."""
        last = self.farthest()[0]
        table: list[list[object]] = [[] for _ in range(last)]
        for row, cells in self.by_row.items():
            if not cells:
                continue
            if [*cells] == _FIRST[: len(cells)]:
                table[row] = [*cells.values()]
                continue
            line: list[object] = [""] * (max(cells) + 1)
            for column, value in cells.items():
                line[column] = value
            table[row] = line
        for block in self.blocks:
            end = block.column + block.columns
            for row in range(block.row, block.row + block.rows):
                line = table[row]
                line.extend("" for _ in range(end - len(line)))
                line[block.column : end] = [block.value] * block.columns
        return table
