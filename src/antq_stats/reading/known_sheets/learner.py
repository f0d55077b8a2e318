"""Learning a sheet that the full reader read, so that others with the same header are read by it."""

from __future__ import annotations

from collections.abc import Sequence

from antq_stats.findings.finding import Finding
from antq_stats.plan import ReadingPlan
from antq_stats.reading.checks.table_checks import CheckedTable
from antq_stats.reading.files.grid import Grid
from antq_stats.reading.known_sheets.known_sheet import KnownSheet, Label
from antq_stats.reading.known_sheets.text_checks import HEADER_REACH
from antq_stats.reading.ruled_headers import may_mean_otherwise
from antq_stats.reading.tables.body import Body
from antq_stats.reading.tables.locate import LocatedTable, is_header_like, may_begin_header
from antq_stats.reading.tables.numbering import numbering
from antq_stats.reading.units.names import NOWHERE, code_text
from antq_stats.reading.units.resolve import Identity, Resolver
from antq_stats.words.text import text_key

_UNKNOWN_COLUMN = "T203"


def learn_sheet(plan: ReadingPlan, table: CheckedTable, findings: Sequence[Finding]) -> KnownSheet | None:
    """Return what is known of a sheet that was read without a doubt; None if it is not plain enough.

    Parameters
    ----------
    plan : the reading plan.
    table : the sheet's only table, as read.
    findings : what was found on the sheet.
    """
    grid, located, body = table.grid, table.located, table.body
    if not (is_plain_grid(grid, located) and _is_plain_table(plan, located, body)):
        return None
    if any(finding.code != _UNKNOWN_COLUMN or finding.measure is not None for finding in findings):
        return None
    if table.is_made or may_mean_otherwise(plan, grid) or not numbers_are_safe(plan, grid, located, body):
        return None
    rows, top, first = grid.rows, located.top, body.raw[0]
    last = max(body.raw[-1], *(total.row for total in body.totals), 0)
    if {*body.raw, *(total.row for total in body.totals)} != set(range(first, last + 1)):
        return None
    if grid.has_merged(located.body, last + 1, located.measures):
        return None
    outside = (*rows[:top], *rows[last + 1 :])
    if any(may_begin_header(plan, row) for row in outside):
        return None
    near = any(map(is_header_like, rows[max(0, top - 2 * HEADER_REACH) : top]))
    header = rows[located.body - 1]
    found = KnownSheet(
        plan.tables[located.table],
        located,
        grid.sheet,
        body.given.columns,
        _ordinal(grid, located, body),
        [row.copy() for row in rows[:first]],
        grid.merged_above(first),
        max(0, top - HEADER_REACH) if near else top,
        totals=set(),
        below={_texts(row) for row in rows[last + 1 :]},
        findings=tuple(findings),
        header_keys=frozenset(text_key(cell) for cell in header if isinstance(cell, str)) - {""},
    )
    blank: list[object] = [""] * found.width
    found.totals |= {found.label_of(rows[total.row] + blank) for total in body.totals}
    if not all(isinstance(cell, str) for label in found.totals for _, cell in label):
        return None
    return found


def is_plain_grid(grid: Grid, located: LocatedTable) -> bool:
    """Return whether nothing in a sheet is odd or hidden, and no figure has a remark."""
    return not (
        grid.hidden
        or grid.hidden_rows
        or grid.hidden_columns
        or grid.odd
        or any(column in located.measures for _, column in grid.remarks)
        or grid.legacy
        or grid.runs
    )


def _is_plain_table(plan: ReadingPlan, located: LocatedTable, body: Body) -> bool:
    odd = (located.twice, located.forbidden, located.ambiguous, located.rivals, located.higher)
    return not (
        any(odd)
        or min(located.code, located.name) < 0
        or any(measure.decimals for measure in plan.tables[located.table].measures)
        or not body.raw
        or body.strays
        or body.unlisted
        or body.given.own
        or any(total.unit != NOWHERE or not total.is_named for total in body.totals)
        or any(text and column not in located.ratios for column, (_, text) in body.formulas.items())
    )


def numbers_are_safe(plan: ReadingPlan, grid: Grid, located: LocatedTable, body: Body) -> bool:
    """Return whether the rows between header and first unit row hold column numbers in any other file, too.

    Parameters
    ----------
    plan : the reading plan.
    grid, located, body : the sheet, its table and its rows.
    """
    table = plan.tables[located.table]
    resolver = Resolver(plan.units, table.level, lambda: NOWHERE)
    for row in grid.rows[located.body : body.raw[0]]:
        if any(cell not in ("", None) for cell in row):
            code = code_text(row[located.code]) if located.code < len(row) else ""
            unit = resolver.resolve(Identity(code, "", "")).unit
            is_unit = unit != NOWHERE and plan.units.levels[unit] == table.level
            if is_unit or numbering(row, located.columns) is None:
                return False
    return True


def _ordinal(grid: Grid, located: LocatedTable, body: Body) -> int:
    """Return the column of ordinal numbers: the only one besides those of the form that is not blank."""
    known = {*located.columns, located.code, located.name, located.parent, *located.unknown}
    filled = {
        column
        for number in body.raw
        for column, cell in enumerate(grid.rows[number])
        if cell not in ("", None) and column not in known
    }
    return filled.pop() if len(filled) == 1 else -1


def _texts(row: list[object]) -> Label:
    return tuple((column, str(cell)) for column, cell in enumerate(row) if cell not in ("", None))
