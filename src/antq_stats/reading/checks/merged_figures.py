"""Figures under merged cells: one figure shown for several units, or figures that are hidden."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from antq_stats.plan import ReadingPlan
from antq_stats.reading.checks.matched_rows import MatchedRows
from antq_stats.reading.checks.verdict import Verdict
from antq_stats.reading.files.grid import Grid
from antq_stats.reading.reporter import Report
from antq_stats.reading.tables.body import Body
from antq_stats.reading.tables.locate import LocatedTable
from antq_stats.words.text import column_letter


class _MergedBlock(NamedTuple):
    """A merged block over figures: its corners, and the figures that it puts in doubt."""

    top: int
    left: int
    bottom: int
    right: int
    positions: tuple[int, ...]
    """Positions of the units' rows in the body."""
    places: tuple[int, ...]
    """Places of the measures in the table."""

    @property
    def area(self) -> str:
        """The block in the notation of spreadsheets: ``L11:L12``."""
        first = f"{column_letter(self.left)}{self.top + 1}"
        return f"{first}:{column_letter(self.right)}{self.bottom + 1}"


def report_merged(
    _plan: ReadingPlan, grid: Grid, located: LocatedTable, body: Body, report: Report
) -> Verdict | None:
    """Report T404 for merged blocks that span figures of several rows or measures, or hide a figure.

    A block over one figure and empty cells is plain: its row is two lines high.

    Returns
    -------
    Verdict or None
        The figures under these blocks: it is unclear which unit or measure each belongs to.
    """
    if not grid.merged or not body.raw:
        return None
    cells: set[tuple[int, int]] = set()
    for block in _blocks(grid, located, body):
        report(
            "T404",
            row=block.top,
            column=block.left,
            unit=body.given.units[block.positions[0]],
            facts={"found": block.area},
        )
        cells.update((position, place) for position in block.positions for place in block.places)
    return Verdict(cells=frozenset(cells))


def merged_may_be_wrong(_rows: MatchedRows) -> bool:
    """Return whether `report_merged` could find something in rows of a fast way of reading: never.

    A layout with such a block is not learned, and a delimited text has no merged cells.
    """
    return False


def _blocks(grid: Grid, located: LocatedTable, body: Body) -> Iterator[_MergedBlock]:
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
            yield _MergedBlock(top, left, bottom, right, tuple(positions), tuple(places))


def _cell(grid: Grid, row: int, column: int) -> object:
    cells = grid.rows[row] if row < len(grid.rows) else []
    return cells[column] if column < len(cells) else ""
