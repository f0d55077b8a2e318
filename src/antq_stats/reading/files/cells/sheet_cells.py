"""The cells of one sheet that hold something, as they are met in a file."""

from __future__ import annotations

from operator import itemgetter
from typing import NamedTuple


class Block(NamedTuple):
    """One value that stands in a block of cells."""

    row: int
    column: int
    rows: int
    columns: int
    value: object


class SheetCells:
    """Values by row and column from 0; ``""`` is a cell without one.

    Nothing is laid out before `table` is called, so that a cell far away costs nothing until its
    distance was looked at.
    """

    def __init__(self) -> None:
        self.by_row: dict[int, dict[int, object]] = {}
        self.blocks: list[Block] = []

    def farthest(self) -> tuple[int, int, tuple[int, int] | None]:
        """Return rows and columns of the rectangle all cells stand in, and the cell that reaches farthest."""
        ends = [(row, max(cells)) for row, cells in self.by_row.items() if cells]
        ends += [(b.row + b.rows - 1, b.column + b.columns - 1) for b in self.blocks]
        if not ends:
            return 0, 0, None
        lowest, widest = max(ends), max(ends, key=lambda end: end[1])
        far = lowest if lowest[0] >= widest[1] else widest
        return lowest[0] + 1, widest[1] + 1, far

    def leave_out(self) -> tuple[int, int]:
        """Drop the cell that stands farthest, in its row or its column, and return where it stood."""
        ends = [(row, max(cells)) for row, cells in self.by_row.items() if cells]
        (lowest, _), (widest, column) = max(ends), max(ends, key=itemgetter(1))
        if lowest >= column:
            widest, column = lowest, max(self.by_row[lowest])
        del self.by_row[widest][column]
        return widest, column

    def table(self) -> list[list[object]]:
        """Return the rows from the first of the sheet on, each up to its last cell."""
        last = self.farthest()[0]
        table: list[list[object]] = [[] for _ in range(last)]
        for row, cells in self.by_row.items():
            if not cells:
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
