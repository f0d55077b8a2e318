"""Builds the `KnownTable` of a table that was read without a doubt, so that others are read by its layout."""

from __future__ import annotations

from itertools import chain
from typing import cast

from antq_stats.plan import ReadingPlan
from antq_stats.reading.checks.table_checks import CheckedTable
from antq_stats.reading.express.figures import KnownFigures
from antq_stats.reading.express.pattern import Roles
from antq_stats.reading.express.pattern_builder import pattern_of
from antq_stats.reading.express.sheet_part import Unfit, text_at
from antq_stats.reading.express.table import KnownTable
from antq_stats.reading.files.grid import Grid
from antq_stats.reading.known_sheets.learner import numbers_are_safe
from antq_stats.reading.known_sheets.text_checks import HEADER_REACH
from antq_stats.reading.tables.body import Body
from antq_stats.reading.tables.locate import LocatedTable, is_header_like, may_begin_header
from antq_stats.reading.tables.table_unit import TITLE_ROWS
from antq_stats.reading.units.names import NOWHERE
from antq_stats.words.legacy import is_modern, is_unicode_vietnamese
from antq_stats.words.text import text_key


def learn_table(plan: ReadingPlan, part: bytes, table: CheckedTable) -> KnownTable:
    """Return the layout of a sheet in which nothing but figures was wrong.

    Parameters
    ----------
    plan : the reading plan.
    part : the sheet's part.
    table : its table, as read.

    Raises
    ------
    Unfit
        The sheet is not plain enough, or its table has a measure with decimals.
    """
    grid, located, body = table.grid, table.located, table.body
    if any(measure.decimals for measure in plan.tables[located.table].measures):
        raise Unfit
    roles = _roles(plan, grid, located, body)
    pattern = pattern_of(part, roles)
    top = located.top
    head = tuple([text_at(grid.rows, row, column) for row, column in pattern.head_cells])
    near = any(map(is_header_like, grid.rows[max(0, top - 2 * HEADER_REACH) : top]))
    kept = max(0, top - HEADER_REACH) if near else top
    loose = sum(row < kept for row, _ in pattern.head_cells)
    rows = [[cell for cell in row if isinstance(cell, str)] for row in grid.rows]
    below = [pattern.roles.last - 1 + row for row, _ in pattern.tail_cells]
    tail = [
        None if row == roles.total - 1 and column in roles.measures else text_at(grid.rows, row, column)
        for row, (_, column) in zip(below, pattern.tail_cells, strict=True)
    ]
    if any(
        located.code == column and known is not None
        for (_, column), known in zip(pattern.tail_cells, tail, strict=True)
    ):
        raise Unfit
    if any(may_begin_header(plan, cast("list[object]", row)) for row in (*rows[:top], *rows[roles.last :])):
        raise Unfit
    if not is_unicode_vietnamese("\n".join(head[loose:])) or not all(map(is_modern, chain(*rows))):
        raise Unfit
    header = grid.rows[located.body - 1]
    return KnownTable(
        pattern,
        located.table,
        grid.sheet,
        body.given.columns,
        located,
        head,
        loose,
        titles=sum(row < top for row, _ in pattern.head_cells),
        first_title=sum(row < top - TITLE_ROWS for row, _ in pattern.head_cells),
        tail=tail,
        header_keys=frozenset(text_key(cell) for cell in header if isinstance(cell, str)) - {""},
        figures=KnownFigures(
            plan.tables[located.table],
            pattern,
            body.given.columns,
            located.ratios,
            tail,
            may_be_blank=table.is_made,
        ),
        is_made=table.is_made,
    )


def _roles(plan: ReadingPlan, grid: Grid, located: LocatedTable, body: Body) -> Roles:
    """Return the roles of a table's rows and columns; raise `Unfit` if the table is not plain enough."""
    table = plan.tables[located.table]
    raw = body.raw
    if located.has_odd_columns or located.parent >= 0 or min(located.code, located.name) < 0 or grid.odd:
        raise Unfit
    looked_at = {*body.raw, *(total.row for total in body.totals)}
    if any(row in looked_at and column in located.measures for row, column in grid.remarks):
        raise Unfit
    if any(first < located.top <= last for first, _, last, _ in grid.merged):
        raise Unfit
    if grid.hidden_rows or grid.hidden_columns or body.strays or not raw:
        raise Unfit
    if raw != list(range(raw[0], raw[-1] + 1)) or len(body.totals) > 1:
        raise Unfit
    total = next((total.row for total in body.totals), -1)
    if body.totals and (total != raw[-1] + 1 or body.totals[0].unit != NOWHERE):
        raise Unfit
    if not all(total.is_named for total in body.totals):
        raise Unfit  # with other figures the row would be no total
    if any(text and column not in located.ratios for column, (_, text) in body.formulas.items()):
        raise Unfit
    if not numbers_are_safe(plan, grid, located, body):
        raise Unfit
    places = [(column, m) for column, m in zip(located.measures, table.measures, strict=True) if column >= 0]
    return Roles(
        located.code,
        located.name,
        tuple(sorted(column for column, _ in places)),
        frozenset(column for column, measure in places if not measure.required or measure.blank_is_zero),
        frozenset(column for column in located.ratios if column >= 0),
        frozenset(column for column, measure in places if measure.flag),
        raw[0] + 1,
        raw[-1] + 1,
        total + 1,
    )
