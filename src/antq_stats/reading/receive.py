"""One file, from bytes to a return: open, locate, resolve, coerce, check what the sheet says of itself."""

from __future__ import annotations

import traceback
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from posixpath import splitext

from antq_stats.findings.finding import Finding
from antq_stats.plan import ReadingPlan
from antq_stats.reading import privacy
from antq_stats.reading.checks import table_checks
from antq_stats.reading.checks.absence import (
    blank_once,
    gave_values,
    is_blank,
    is_explained,
    scattered_header,
    sender_of,
)
from antq_stats.reading.checks.matched_rows import MatchedRows
from antq_stats.reading.checks.outside import pass_over_examples, report_outside
from antq_stats.reading.checks.shape import forget_double_columns, settle_twins
from antq_stats.reading.checks.table_checks import CheckedTable, run_checks, runs_need_full_reader
from antq_stats.reading.coerce import is_figure
from antq_stats.reading.express.layout_cache import LayoutCache
from antq_stats.reading.files.container import FileProblem
from antq_stats.reading.files.enclosures import Enclosed, open_container
from antq_stats.reading.files.file_bytes import read_bytes
from antq_stats.reading.files.grid import Grid, Workbook
from antq_stats.reading.files.opening import is_spreadsheet, open_bytes
from antq_stats.reading.files.own_output import is_own_sheet
from antq_stats.reading.files.remote import RemoteFile
from antq_stats.reading.files.row_runs import NeedsFullReader
from antq_stats.reading.long_text.reader import LONG, open_long_text
from antq_stats.reading.reporter import Reporter
from antq_stats.reading.returns import Return, TableReturn
from antq_stats.reading.rows.body_reader import BodyReader
from antq_stats.reading.rows.merged_figures import forget_merged, merged_blocks, report_merged
from antq_stats.reading.tables.body import Body, Report
from antq_stats.reading.tables.locate import LocatedTable, locate
from antq_stats.reading.tables.made_for import sheets_to_read
from antq_stats.reading.tables.periods import other_year, states_year
from antq_stats.reading.tables.table_unit import TITLE_ROWS, TableUnit, titles_above
from antq_stats.reading.units.names import NOWHERE, code_text
from antq_stats.reading.units.resolve import Resolver
from antq_stats.words.text import one_line, text_key

_SOME_FIGURES = 3


def receive(
    plan: ReadingPlan,
    path: str | Path | RemoteFile | Enclosed,
    file: str,
    layouts: LayoutCache | None = None,
    *,
    long_from: int | None = LONG,
) -> Return:
    """Read one file.

    Parameters
    ----------
    plan : what is asked, and of whom.
    path : where the file is.
    file : its path relative to the folder, with ``/``, as findings name it.
    layouts : what was learned of workbooks read before; changes how fast the file is read, and nothing else.
    long_from : bytes from which on a delimited text is read by columns, None for never; likewise.

    Returns
    -------
    Return
        Always: whatever is wrong with the file stands in the findings. A fault of the program
        itself stands in ``fault``, with a finding that the file was not read.
    """
    given = Return(file)
    receiver = _Receiver(plan, given)
    try:
        receiver.read(path, layouts, long_from)
    except FileProblem as problem:
        row, column = problem.at or (None, None)
        receiver.report(problem.code, sheet=problem.sheet, row=row, column=column, facts=problem.facts)
    except MemoryError:
        receiver.abandon("memory")
    except RecursionError:
        receiver.abandon("too-deep")
    except Exception:  # noqa: BLE001 - whatever happened, the other files must not pay for it
        given.fault = traceback.format_exc()
        receiver.abandon("internal-error")
    receiver.reporter.finish()
    return given


@dataclass
class _Above:
    """What the tables above on the same sheet leave to the next: its titles begin below them."""

    last: int = 0
    """The row below the last figures."""
    scope: TableUnit | None = None
    is_other: bool = False
    """They are of another period; what follows is too, until a title says otherwise."""
    has_read: bool = False
    blocks: list[CheckedTable] = field(default_factory=list)
    """What was read; what the tables claim is checked when all are known."""
    passed: list[tuple[LocatedTable, Body]] = field(default_factory=list)
    """All tables of the sheet, those that were not read too."""


class _Receiver:
    def __init__(self, plan: ReadingPlan, given: Return) -> None:
        self.plan = plan
        self.given = given
        self.found_tables = False
        self.read_tables: list[tuple[Grid, LocatedTable, Body]] = []
        self.reporter = Reporter(plan, given)
        self.report = self.reporter.report
        self.found: list[CheckedTable] = []
        """The tables that were looked into, whatever they gave."""
        self.blank: list[tuple[TableReturn, Report]] = []
        """Tables of which nothing must come, and nothing was filled in."""
        self.made_for = NOWHERE
        """The unit for which the workbook says that it was made."""
        self.placed: dict[str | None, LocatedTable] = {}
        """Sheet -> its table, where the workbook itself says where it stands, and is right."""

    def abandon(self, problem: str) -> None:
        """Give the file up: nothing half read is kept."""
        self.given.tables.clear()
        self.report("F107", facts={"problem": problem})

    def read(
        self,
        path: str | Path | RemoteFile | Enclosed,
        layouts: LayoutCache | None = None,
        long_from: int | None = None,
    ) -> None:
        """Read the file into the return."""
        data, suffix = read_bytes(path, self.plan.limits), splitext(self.given.file)[1].lower()
        if layouts is not None and layouts.recall(data, suffix, self.given):
            return
        if not is_spreadsheet(suffix) and (container := open_container(data)) is not None:
            self.given.enclosed = container.files()
            if container.is_truncated:
                self.report("F102", facts={"problem": "archive-damaged"})
            elif not self.given.enclosed:
                self.report("F212")
            return
        if long_from is not None and len(data) >= long_from and self._by_columns(data, suffix):
            return
        book = open_bytes(data, suffix, self.plan.limits)
        self._read_book(book)
        if layouts is not None and not book.own_output:
            layouts.learn(data, book, self.given, self.read_tables)

    def _by_columns(self, data: bytes, suffix: str) -> bool:
        """Read a long text by whole columns where that can be done; False leaves the return as it was."""
        book = open_long_text(self.plan, data, suffix)
        if book is None:
            return False
        again = _Receiver(self.plan, Return(self.given.file))
        try:
            again._read_book(book)
            again.reporter.finish()
        except (NeedsFullReader, OverflowError):
            return False
        for one in fields(Return):
            setattr(self.given, one.name, getattr(again.given, one.name))
        self.given.by_columns = True
        return True

    def _read_book(self, book: Workbook) -> None:
        self.given.sha256 = book.sha256
        self.given.passed_over = book.own_output
        for finding in book.findings:
            if not book.own_output or finding.code == "F211":
                row = None if finding.row is None else finding.row - 1
                self.report(
                    finding.code, sheet=finding.sheet, row=row, column=finding.column, facts=finding.facts
                )
        if book.own_output:
            return
        # The list that went back with a return to be mended is no sheet of the sender's.
        grids = [grid for grid in book.grids if not self._is_own(grid)] or book.grids
        grids, self.made_for, self.placed = sheets_to_read(self.plan, grids, self.reporter)
        without_table = [grid for grid in grids if not self._sheet(grid)]
        if len(grids) > 1:
            pass_over_examples(self.given, [(table.located, table.body) for table in self.found], self.report)
        self._drop_answered()
        if self.found_tables:
            for grid in without_table:
                if _figures(grid) >= _SOME_FIGURES:
                    self.report("T104", sheet=grid.sheet)
            self._report_empty()
        elif without_table and not any(finding.code == "D101" for finding in self.given.findings):
            self._report_no_table(without_table)
        if not gave_values(self.given) and not is_explained(self.given.findings):
            self.report("F210")

    def _is_own(self, grid: Grid) -> bool:
        return is_own_sheet(grid.rows) and locate(self.plan, grid) is None

    def _report_no_table(self, grids: list[Grid]) -> None:
        """Report T103 where heads of the form stand about, else T101."""
        for grid in grids:
            if (scattered := scattered_header(self.plan, grid)) is not None:
                row, column, heads = scattered
                facts = {} if any(map(privacy.is_personal, heads)) else {"found": one_line("; ".join(heads))}
                self.report("T103", sheet=grid.sheet, row=row, column=column, facts=facts)
                return
        looked_for = "; ".join(next(iter(table.keys), "") for table in self.plan.tables)
        self.report("T101", sheet=grids[0].sheet if len(grids) == 1 else None, facts={"expected": looked_for})

    def _report_empty(self) -> None:
        """Report the tables that gave nothing: no row (T106), or nothing in the rows they have (F209)."""
        blank = [part for part, _ in self.blank]
        others = [part for part in self.given.tables if not any(part is one for one in blank)]
        nothing = not gave_values(replace(self.given, tables=others))
        if nothing and blank:
            self.given.tables[:] = others
            for part, report in self.blank:
                report("F209", facts={"count": str(len(part.units))}, **sender_of(self.plan.units, part))
        if nothing:
            self.given.findings[:] = blank_once(self.given.findings)
        filled = {table.located.table for table in self.found if table.body.raw or table.body.strays}
        told: set[int] = set()
        for found in self.found:
            located = found.located
            table = self.plan.tables[located.table]
            must_come = nothing or any(measure.required for measure in table.measures)
            if must_come and located.table not in filled | told:
                found.report("T106", row=located.body - 1, facts={"title": table.code})
                told.add(located.table)

    def _drop_answered(self) -> None:
        """Forget the columns missing on one sheet that another sheet of the file gives for the same units."""
        codes = {
            m.code: (t, p) for t, table in enumerate(self.plan.tables) for p, m in enumerate(table.measures)
        }

        def is_answered(finding: Finding) -> bool:
            table, place = codes[finding.measure or ""]
            parts = [part for part in self.given.tables if part.table == table]
            asked = {unit for part in parts if part.sheet == finding.sheet for unit in part.units}
            answered = {unit for part in parts if part.columns[place] >= 0 for unit in part.units}
            return bool(asked) and asked <= answered

        if len(self.given.tables) > 1:
            kept = [
                finding
                for finding in self.given.findings
                if finding.code != "T201" or not is_answered(finding)
            ]
            self.given.findings[:] = kept

    def _sheet(self, grid: Grid) -> bool:
        """Read one sheet; False if it is visible and holds no table."""
        located = self.placed.get(grid.sheet) or locate(self.plan, grid)
        if located is None:
            persons = privacy.persons_header(grid.rows)
            if persons is not None:
                self.report("D101", sheet=grid.sheet, row=persons[0], column=persons[1])
            return persons is not None or grid.hidden
        if grid.hidden:
            self.report("T401", sheet=grid.sheet)
            return True
        self.found_tables = True
        if grid.legacy:
            self.report("C203", sheet=grid.sheet, facts={"encoding": grid.legacy})
        above = _Above()
        while located is not None:
            end = self._table(grid, located, above)
            located = locate(self.plan, grid, end) if end < len(grid.rows) else None
        _check_claims(above)
        report_outside(grid, above.passed, self.plan.units, self._reporter_of(grid, above.scope))
        return True

    def _reporter_of(self, grid: Grid, scope: TableUnit | None) -> Report:
        """Return what reports of a sheet; a finding without a unit is about the sheet's."""

        def report(code: str, **place: object) -> None:
            if place.get("unit") is None and "about" not in place and scope is not None:
                place["about"] = scope.unit
            self.report(code, sheet=grid.sheet, **place)  # type: ignore[arg-type]

        return report

    def _table(self, grid: Grid, located: LocatedTable, above: _Above) -> int:
        """Read one table; return the row where the next may begin."""
        titles = titles_above(grid, located, above.last)
        first = max(above.last, located.top - TITLE_ROWS)
        stated = located is self.placed.get(grid.sheet)  # then it is of this period, whatever its titles name
        year = None if stated else other_year(self.plan.period, grid, first, located.top)
        if year is not None and (year[1] is not None or not above.has_read):
            row, column = year[1] or (None, None)
            facts = {"found": year[0], "period": self.plan.period}
            self.report("F203", sheet=grid.sheet, row=row, column=column, facts=facts)
            above.is_other = True
        elif states_year(titles):
            above.is_other = False
        chosen = self._choose(grid, located, titles)
        if chosen is None and not above.is_other:
            codes = [self.plan.tables[table.table].code for table in (located, *located.rivals)]
            facts = {"first": codes[0], "second": ", ".join(codes[1:])}
            self.report("T102", sheet=grid.sheet, row=located.body - 1, facts=facts)
        if chosen is None or above.is_other:
            return self._pass_by(grid, located, above)
        scope = TableUnit(self.plan, grid, chosen, titles, self.reporter.file_unit, above.scope)
        report = self._reporter_of(grid, scope)
        told = len(self.given.findings)
        settle_twins(grid, chosen)
        resolver = Resolver(self.plan.units, self.plan.tables[chosen.table].level, lambda: scope.unit)
        before = [block.body for block in above.blocks if block.located.table == chosen.table]
        body = BodyReader(self.plan, grid, chosen, resolver, report, before).read()
        is_made = self.made_for != NOWHERE and bool(body.raw)
        table = CheckedTable(self.plan, grid, chosen, body, scope, report, is_made=is_made)
        self.found.append(table)
        above.passed.append((chosen, body))
        above.scope, above.has_read = scope, True
        above.last = max(body.last + 1, chosen.body)
        is_taken = not is_made or scope.check_made_for(body, report, self.made_for)
        self._settle(table)
        if is_taken and is_blank(self.plan, grid, chosen, body):
            is_taken = self._is_blank_but_may_be(chosen, body, report, told)
        if is_taken:
            above.blocks.append(table)
            if body.given.units:
                self.given.tables.append(body.given)
                self.read_tables.append((grid, chosen, body))
        return max(body.end, chosen.body)

    def _settle(self, table: CheckedTable) -> None:
        """Check a table as it was read, and drop the values of which nobody can tell whose they are."""
        grid, located, body = table.grid, table.located, table.body
        if runs := grid.runs:
            rows = MatchedRows(self.plan, located, table.scope, runs.positions, runs.largest, body.formulas)
            if runs_need_full_reader(rows):
                raise NeedsFullReader
        run_checks(table_checks.TABLE_CHECKS, table)
        forget_double_columns(located, body)
        merged = merged_blocks(grid, located, body)
        forget_merged(located, body, merged)
        report_merged(merged, body, table.report)

    def _is_blank_but_may_be(self, located: LocatedTable, body: Body, report: Report, told: int) -> bool:
        """Tell whether nothing of a table must be filled in; else that nothing was is one finding, F209."""
        measures = self.plan.tables[located.table].measures
        if not any(measure.required for measure in measures):
            self.blank.append((body.given, report))
            return True
        kept = [finding for finding in self.given.findings[told:] if finding.code[0] in "DF"]
        self.given.findings[told:] = kept
        report("F209", facts={"count": str(len(body.raw))}, **sender_of(self.plan.units, body.given))
        return False

    def _pass_by(self, grid: Grid, located: LocatedTable, above: _Above) -> int:
        """Find the end of a table that is not read."""
        resolver = Resolver(self.plan.units, self.plan.tables[located.table].level, lambda: NOWHERE)
        body = BodyReader(self.plan, grid, located, resolver, lambda _code, **_place: None).read()
        above.passed.append((located, body))
        above.last = max(body.last + 1, located.body)
        return max(body.end, located.body)

    def _choose(self, grid: Grid, located: LocatedTable, titles: list[str]) -> LocatedTable | None:
        """Choose between tables that fit a header equally: by the title, else by the level of its codes."""
        if not located.rivals:
            return located
        candidates = [located, *located.rivals]
        texts = [f" {text_key(text)} " for text in (*titles, grid.sheet or "")]
        tables = self.plan.tables
        named = [
            c
            for c in candidates
            if any(f" {title} " in text for title in tables[c.table].titles for text in texts)
        ]
        if len(named) == 1:
            return named[0]
        levels = {
            self.plan.units.levels[position]
            for row in grid.rows[located.body :]
            if 0 <= located.code < len(row)
            for position in [self.plan.units.by_code.get(code_text(row[located.code]))]
            if position is not None
        }
        fitting = [c for c in candidates if tables[c.table].level in levels]
        return fitting[0] if len(fitting) == 1 else None


def _check_claims(above: _Above) -> None:
    """Compare what the tables of a sheet say of themselves with their rows."""
    for at, block in enumerate(above.blocks):
        before, after = (
            [other.body for other in blocks if other.located.table == block.located.table]
            for blocks in (above.blocks[:at], above.blocks[at + 1 :])
        )
        run_checks(table_checks.CLAIM_CHECKS, replace(block, before=before, after=after))


def _figures(grid: Grid) -> int:
    return sum(is_figure(cell) for row in grid.rows[:200] for cell in row[:60])
