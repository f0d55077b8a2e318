"""The checks of a table, each with the question whether it could find something in rows of a fast reading.

Each check is named here once, for every way of reading. A check without an answer to that question is
assumed to find something always: then the table is read and checked by the full reader.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from antq_stats.plan import ReadingPlan
from antq_stats.reading.checks import printed_checks
from antq_stats.reading.checks.matched_rows import MatchedRows
from antq_stats.reading.checks.merged_figures import merged_may_be_wrong, report_merged
from antq_stats.reading.checks.shape import report_shape, shape_may_be_wrong
from antq_stats.reading.checks.verdict import Verdict
from antq_stats.reading.files.grid import Grid
from antq_stats.reading.reporter import Report
from antq_stats.reading.tables.body import Body
from antq_stats.reading.tables.locate import LocatedTable
from antq_stats.reading.tables.table_unit import TableUnit


@dataclass(frozen=True, slots=True)
class CheckedTable:
    """A table as the full reader read it, and where its findings go."""

    plan: ReadingPlan
    grid: Grid
    located: LocatedTable
    body: Body
    scope: TableUnit
    report: Report
    is_made: bool = False
    """The workbook was made for a known unit, and its rows were compared with that unit already."""
    before: Sequence[Body] = ()
    after: Sequence[Body] = ()
    """The blocks of the same table above and below on the sheet, in order; known once all were read."""


def _never(_: MatchedRows) -> bool:
    return False


def _always(_: MatchedRows) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class TableCheck:
    """One check of a table.

    Parameters
    ----------
    run : reports what is wrong with a table, and returns what must not be taken from it, if anything.
    may_find : returns whether the check could find something in rows of a fast way of reading.
    needs_cells : True if the check looks at cells of rows, which are blank in a text read by columns.
    """

    run: Callable[[CheckedTable], Verdict | None]
    may_find: Callable[[MatchedRows], bool] = _always
    needs_cells: bool = True


def _of_rows(
    check: Callable[[ReadingPlan, Grid, LocatedTable, Body, Report], Verdict | None],
) -> Callable[[CheckedTable], Verdict | None]:
    return lambda table: check(table.plan, table.grid, table.located, table.body, table.report)


def _check_scope(table: CheckedTable) -> None:
    if not table.is_made:
        table.scope.check(table.body, table.report)


def _check_totals(table: CheckedTable) -> None:
    printed_checks.check_totals(
        table.plan, table.grid, table.located, table.body, table.report, table.before, table.after
    )


def _check_listed(table: CheckedTable) -> None:
    """Report U110 for each unit whose units the register does not have at all."""
    children = table.plan.units.children
    rows = [row for row in table.body.unlisted if row.parent not in children and not row.is_blank]
    for parent in dict.fromkeys(row.parent for row in rows):
        numbers = [row.row - 1 for row in rows if row.parent == parent]
        facts = {"count": str(len(numbers))}
        table.report(
            "U110", row=numbers[0], column=table.located.name, unit=parent, about=parent, facts=facts
        )


TABLE_CHECKS: tuple[TableCheck, ...] = (
    TableCheck(_check_scope, lambda rows: rows.scope.may_differ(rows.units), needs_cells=False),
    TableCheck(_check_listed, _never, needs_cells=False),  # fast ways read known units only
    TableCheck(_of_rows(report_shape), shape_may_be_wrong),
    TableCheck(_of_rows(report_merged), merged_may_be_wrong),
)
"""Run as soon as a table is read, in the order in which their findings are listed."""
CLAIM_CHECKS: tuple[TableCheck, ...] = (
    TableCheck(_check_totals, printed_checks.totals_may_differ, needs_cells=False),
    TableCheck(_of_rows(printed_checks.check_ratios), printed_checks.ratios_may_differ),
    TableCheck(_of_rows(printed_checks.check_header_arithmetic), printed_checks.arithmetic_may_differ),
)
"""Checks of what a table states about itself, run once all tables of its sheet are read."""


def run_checks(checks: Iterable[TableCheck], table: CheckedTable) -> Verdict:
    """Run checks on a table that the full reader read, and return what must not be taken from it."""
    return Verdict.union(verdict for check in checks if (verdict := check.run(table)) is not None)


def matched_needs_full_reader(rows: MatchedRows) -> bool:
    """Return whether any check could find something in rows of a known layout."""
    return any(check.may_find(rows) for check in (*TABLE_CHECKS, *CLAIM_CHECKS))


def runs_need_full_reader(rows: MatchedRows) -> bool:
    """Return whether any check that needs cells could find something in rows read by columns.

    The other checks see these rows in the table itself.
    """
    return any(check.may_find(rows) for check in (*TABLE_CHECKS, *CLAIM_CHECKS) if check.needs_cells)
