"""All sheets of a workbook: read each, compare them, and report why a file gave no figures."""

from __future__ import annotations

from dataclasses import replace

from antq_stats.findings.finding import Finding
from antq_stats.plan import ReadingPlan
from antq_stats.reading import privacy
from antq_stats.reading.checks.absence import (
    blank_once,
    gave_values,
    is_explained,
    scattered_header,
    sender_of,
)
from antq_stats.reading.checks.outside import example_sheets
from antq_stats.reading.checks.table_checks import CheckedTable
from antq_stats.reading.coerce import is_figure
from antq_stats.reading.files.grid import Grid, Workbook
from antq_stats.reading.files.own_output import is_own_sheet
from antq_stats.reading.reporter import Reporter
from antq_stats.reading.returns import Return
from antq_stats.reading.sheet_reader import BookTables, SheetReader
from antq_stats.reading.tables.locate import locate
from antq_stats.reading.tables.made_for import sheets_to_read
from antq_stats.reading.units.names import NOWHERE
from antq_stats.reading.verdicts import drop_sheet
from antq_stats.words.text import one_line

_SOME_FIGURES = 3
"""Figures from which a sheet without a table of the form is reported, if another sheet has one."""


def read_book(plan: ReadingPlan, book: Workbook, reporter: Reporter) -> list[CheckedTable]:
    """Read a workbook into the reporter's return.

    Parameters
    ----------
    plan : the reading plan.
    book : the workbook.
    reporter : receives the findings; its return receives the tables.

    Returns
    -------
    list of CheckedTable
        The tables whose rows were taken, from the first sheet to the last.

    Raises
    ------
    NeedsFullReader
        The workbook holds rows read by columns that the other rows put in doubt.
    """
    return_ = reporter.return_
    return_.sha256 = book.sha256
    return_.passed_over = book.own_output
    return_.saved = book.saved
    _report_book(book, reporter)
    if book.own_output:
        return []
    # The list of findings sent back with a return is not one of the sender's sheets.
    grids = [grid for grid in book.grids if not _is_own(plan, grid)] or book.grids
    to_read = sheets_to_read(plan, grids, reporter)
    if to_read.unit != NOWHERE:
        return_.made_for = plan.units.codes[to_read.unit]
    reader = SheetReader(plan, reporter, to_read)
    without_table = [grid for grid in to_read.grids if not reader.read(grid)]
    tables = reader.tables
    if len(to_read.grids) > 1:
        for sheet, row in example_sheets([(table.located, table.body) for table in tables.examined]):
            drop_sheet(return_, sheet)
            reporter.report("T405", sheet=sheet, row=row, facts={"problem": "example-sheet"})
    _drop_answered(plan, return_)
    if tables.has_header:
        for grid in without_table:
            if _figures(grid) >= _SOME_FIGURES:
                reporter.report("T104", sheet=grid.sheet)
        _report_empty(plan, tables, return_, reader)
    elif without_table and not any(finding.code == "D101" for finding in return_.findings):
        _report_no_table(plan, without_table, reporter)
    if not gave_values(return_) and not is_explained(return_.findings):
        reporter.report("F210")
    return tables.taken


def _report_book(book: Workbook, reporter: Reporter) -> None:
    """Report what was found while the file was opened; of the tool's own output only F211."""
    for finding in book.findings:
        if not book.own_output or finding.code == "F211":
            row = None if finding.row is None else finding.row - 1
            reporter.report(
                finding.code, sheet=finding.sheet, row=row, column=finding.column, facts=finding.facts
            )


def _is_own(plan: ReadingPlan, grid: Grid) -> bool:
    return is_own_sheet(grid.rows) and locate(plan, grid) is None


def _drop_answered(plan: ReadingPlan, return_: Return) -> None:
    """Drop T201 for columns that one sheet lacks and another sheet has for the same units."""
    if len(return_.tables) < 2:
        return
    places = {
        measure.code: (number, place)
        for number, table in enumerate(plan.tables)
        for place, measure in enumerate(table.measures)
    }

    def is_answered(finding: Finding) -> bool:
        number, place = places[finding.measure or ""]
        parts = [part for part in return_.tables if part.table == number]
        asked = {unit for part in parts if part.sheet == finding.sheet for unit in part.units}
        answered = {unit for part in parts if part.columns[place] >= 0 for unit in part.units}
        return bool(asked) and asked <= answered

    return_.findings[:] = [
        finding for finding in return_.findings if finding.code != "T201" or not is_answered(finding)
    ]


def _report_no_table(plan: ReadingPlan, grids: list[Grid], reporter: Reporter) -> None:
    """Report T103 if headers of the form are scattered over a sheet, else T101."""
    for grid in grids:
        if (scattered := scattered_header(plan, grid)) is not None:
            row, column, heads = scattered
            facts = {} if any(map(privacy.is_personal, heads)) else {"found": one_line("; ".join(heads))}
            reporter.report("T103", sheet=grid.sheet, row=row, column=column, facts=facts)
            return
    expected = "; ".join(next(iter(table.keys), "") for table in plan.tables)
    reporter.report("T101", sheet=grids[0].sheet if len(grids) == 1 else None, facts={"expected": expected})


def _report_empty(plan: ReadingPlan, tables: BookTables, return_: Return, reader: SheetReader) -> None:
    """Report the tables that gave nothing: without rows (T106), or with blank rows only (F209).

    Tables that may be blank are reported, and dropped, only if the whole file gave nothing. A blank return
    of the tool has rows to fill in, so it is F209 even where the register lists no units for them.
    """
    others = [part for part in return_.tables if not any(part is table.body.given for table in tables.blank)]
    nothing = all(row.is_blank for row in return_.unlisted)
    nothing = nothing and not gave_values(replace(return_, tables=others))
    if nothing and tables.blank:
        return_.tables[:] = others
        for table in tables.blank:
            part = table.body.given
            table.report("F209", facts={"count": str(len(part.units))}, about=sender_of(plan.units, part))
    if nothing:
        return_.findings[:] = blank_once(return_.findings)
    filled = {
        table.located.table
        for table in tables.examined
        if table.body.raw or table.body.strays or table.body.given.own
    }
    reported: set[int] = set()
    for table in tables.examined:
        number = table.located.table
        must_come = nothing or any(measure.required for measure in plan.tables[number].measures)
        if not must_come or number in filled | reported:
            continue
        reported.add(number)
        if nothing and reader.is_placed(table.located):
            if not any(finding.code == "F209" for finding in return_.findings):
                table.report("F209", about=reader.made_for)
        else:
            table.report("T106", row=table.located.body - 1, facts={"title": plan.tables[number].code})


def _figures(grid: Grid) -> int:
    return sum(is_figure(cell) for row in grid.rows[:200] for cell in row[:60])
