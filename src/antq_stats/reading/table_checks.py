"""The checks of a table that was read, each with what it means for rows that a quick lane matched.

One gate for all lanes: a check is named here once, and every lane asks it. A check that does not say when it
could find something in a lane's rows is taken to find something always; then the lane gives way, and the
table is read and checked by the general reader.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from antq_stats.plan import ReadingPlan
from antq_stats.reading import claims
from antq_stats.reading.body import Body, Report
from antq_stats.reading.grid import Grid
from antq_stats.reading.lane_rows import LaneRows
from antq_stats.reading.locate import LocatedTable
from antq_stats.reading.scope import Scope
from antq_stats.reading.shape import report_shape, shape_may_be_wrong


@dataclass(frozen=True, slots=True)
class CheckedTable:
    """A table as the general reader read it, and where findings go."""

    plan: ReadingPlan
    grid: Grid
    located: LocatedTable
    body: Body
    scope: Scope
    report: Report


def _always(_: LaneRows) -> bool:
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
    may_find: Callable[[LaneRows], bool] = _always
    needs_cells: bool = True


def _of_rows(
    check: Callable[[ReadingPlan, Grid, LocatedTable, Body, Report], None],
) -> Callable[[CheckedTable], None]:
    return lambda table: check(table.plan, table.grid, table.located, table.body, table.report)


CHECKS = (
    TableCheck(
        lambda table: table.scope.check(table.body, table.report),
        lambda rows: rows.scope.may_differ(rows.units),
        needs_cells=False,
    ),
    TableCheck(_of_rows(report_shape), shape_may_be_wrong),
    TableCheck(_of_rows(claims.check_totals), claims.totals_may_differ, needs_cells=False),
    TableCheck(_of_rows(claims.check_ratios), claims.ratios_may_differ),
    TableCheck(_of_rows(claims.check_header_arithmetic), claims.arithmetic_may_differ),
)
"""In the order in which their findings are told."""


def run_checks(table: CheckedTable) -> None:
    """Run every check on a table that the general reader has read."""
    for check in CHECKS:
        check.run(table)


def lane_gives_way(rows: LaneRows) -> bool:
    """Tell whether any check could find something in rows that a lane matched and no check has seen."""
    return any(check.may_find(rows) for check in CHECKS)


def columns_give_way(rows: LaneRows) -> bool:
    """Tell likewise of rows read by columns: checks that need no cells see them in the table itself."""
    return any(check.may_find(rows) for check in CHECKS if check.needs_cells)
