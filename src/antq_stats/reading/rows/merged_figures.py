"""Figures under merged cells: one figure shown for several units, or figures that nobody sees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from antq_stats.plan import MISSING
from antq_stats.reading.files.grid import Grid
from antq_stats.reading.tables.body import Body, Report
from antq_stats.reading.tables.locate import LocatedTable
from antq_stats.words.text import column_letter


class MergedBlock(NamedTuple):
    """A merged block that lies over figures: its corners, and whose figures are in doubt."""

    top: int
    left: int
    bottom: int
    right: int
    positions: tuple[int, ...]
    """Of the units' rows in the body."""
    places: tuple[int, ...]
    """Of the measures in the table."""

    @property
    def area(self) -> str:
        """The block as a spreadsheet names it: ``L11:L12``."""
        first = f"{column_letter(self.left)}{self.top + 1}"
        return f"{first}:{column_letter(self.right)}{self.bottom + 1}"


def merged_blocks(grid: Grid, located: LocatedTable, body: Body) -> list[MergedBlock]:
    """Return the merged blocks that reach over the figures of several rows or measures, or hide a figure.

    A block over one figure and cells that hold none is plain: rows that are two lines high.
    """
    if not grid.merged or not body.raw:
        return []
    return list(_blocks(grid, located, body))


def _blocks(grid: Grid, located: LocatedTable, body: Body) -> Iterator[MergedBlock]:
    position_of = {row: position for position, row in enumerate(body.raw)}
    rows_with_figures = {*body.raw, *(total.row for total in body.totals)}
    last = max(rows_with_figures)
    for top, left, bottom, right in grid.merged:
        places = [place for place, column in enumerate(located.measures) if left <= column <= right]
        if not places or top > last:
            continue
        rows = range(top, min(bottom, last) + 1)
        positions = [position_of[row] for row in rows if row in position_of]
        if not positions:
            continue
        covered = sum(row in rows_with_figures for row in rows)
        hides = any(
            _cell(grid, row, column) not in ("", None)
            for row in rows
            for column in range(left, right + 1)
            if (row, column) != (top, left)
        )
        if covered > 1 or len(places) > 1 or hides or left not in located.measures:
            yield MergedBlock(top, left, bottom, right, tuple(positions), tuple(places))


def _cell(grid: Grid, row: int, column: int) -> object:
    cells = grid.rows[row] if row < len(grid.rows) else []
    return cells[column] if column < len(cells) else ""


def forget_merged(located: LocatedTable, body: Body, blocks: list[MergedBlock]) -> None:
    """Drop the values under merged blocks: it is unclear which figure is whose."""
    width = len(located.measures)
    for block in blocks:
        for position in block.positions:
            for place in block.places:
                body.given.values[position * width + place] = MISSING


def report_merged(blocks: list[MergedBlock], body: Body, report: Report) -> None:
    """Report each block at its first cell."""
    for block in blocks:
        report(
            "T404",
            row=block.top,
            column=block.left,
            unit=body.given.units[block.positions[0]],
            facts={"found": block.area},
        )
