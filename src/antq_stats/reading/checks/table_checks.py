"""The checks of a table that was read, each with what it means for rows that a quick lane matched.

One gate for all lanes: a check is named here once, and every lane asks it. A check that does not say when it
could find something in a lane's rows is taken to find something always; then the lane gives way, and the
table is read and checked by the general reader.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from antq_stats.plan import ReadingPlan
from antq_stats.reading.checks import printed_checks
from antq_stats.reading.checks.matched_rows import MatchedRows
from antq_stats.reading.checks.shape import report_shape, shape_may_be_wrong
from antq_stats.reading.files.grid import Grid
from antq_stats.reading.tables.body import Body, Report
from antq_stats.reading.tables.locate import LocatedTable
from antq_stats.reading.tables.table_unit import TableUnit


@dataclass(frozen=True, slots=True)
class CheckedTable:
    """A table as the general reader read it, and where findings go."""

    plan: ReadingPlan
    grid: Grid
    located: LocatedTable
    body: Body
    scope: TableUnit
    report: Report
    is_made: bool = False
    """The workbook says for which unit it was made: then it was asked whether its rows are that unit's."""
    before: Sequence[Body] = ()
    after: Sequence[Body] = ()
    """The blocks of the same table above and below on the sheet, in their order; known when all were read."""


def _always(_: MatchedRows) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class TableCheck:
    """One check of a table.

    Parameters
    ----------
    run : reports what is wrong with a table.
    may_find : tells whether it could find something in rows of a quick lane.
    needs_cells : it looks at cells of the rows, which are blank where a long text was read by columns.
    """

    run: Callable[[CheckedTable], None]
    may_find: Callable[[MatchedRows], bool] = _always
    needs_cells: bool = True


def _of_rows(
    check: Callable[[ReadingPlan, Grid, LocatedTable, Body, Report], None],
) -> Callable[[CheckedTable], None]:
    return lambda table: check(table.plan, table.grid, table.located, table.body, table.report)


def _check_scope(table: CheckedTable) -> None:
    if not table.is_made:
        table.scope.check(table.body, table.report)


TABLE_CHECKS: tuple[TableCheck, ...] = (
    TableCheck(_check_scope, lambda rows: rows.scope.may_differ(rows.units), needs_cells=False),
    TableCheck(_of_rows(report_shape), shape_may_be_wrong),
)
"""Of a table as soon as it was read, in the order in which their findings are told."""
CLAIM_CHECKS: tuple[TableCheck, ...] = (
    TableCheck(
        lambda table: printed_checks.check_totals(
            table.plan, table.grid, table.located, table.body, table.report, table.before, table.after
        ),
        printed_checks.totals_may_differ,
        needs_cells=False,
    ),
    TableCheck(_of_rows(printed_checks.check_ratios), printed_checks.ratios_may_differ),
    TableCheck(_of_rows(printed_checks.check_header_arithmetic), printed_checks.arithmetic_may_differ),
)
"""Of what a table says of itself, when all tables of its sheet were read."""


def run_checks(checks: Iterable[TableCheck], table: CheckedTable) -> None:
    """Run checks on a table that the general reader has read."""
    for check in checks:
        check.run(table)


def _every() -> tuple[TableCheck, ...]:
    return TABLE_CHECKS + CLAIM_CHECKS


def matched_needs_full_reader(rows: MatchedRows) -> bool:
    """Tell whether any check could find something in rows that a lane matched and no check has seen."""
    return any(check.may_find(rows) for check in _every())


def runs_need_full_reader(rows: MatchedRows) -> bool:
    """Tell likewise of rows read by columns: checks that need no cells see them in the table itself."""
    return any(check.may_find(rows) for check in _every() if check.needs_cells)
