"""One sheet, read from the top down: each table with its titles, its rows and its checks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from antq_stats.plan import ReadingPlan
from antq_stats.reading import privacy
from antq_stats.reading.checks import table_checks
from antq_stats.reading.checks.absence import is_blank, sender_of
from antq_stats.reading.checks.matched_rows import MatchedRows
from antq_stats.reading.checks.outside import ReadTable, report_outside
from antq_stats.reading.checks.shape import columns_in_use
from antq_stats.reading.checks.table_checks import CheckedTable, run_checks, runs_need_full_reader
from antq_stats.reading.files.grid import Grid
from antq_stats.reading.files.row_runs import NeedsFullReader
from antq_stats.reading.reporter import Report, Reporter, no_report
from antq_stats.reading.rows.body_reader import BodyReader
from antq_stats.reading.ruled_headers import Located, Meanings, locate_ruled, placed_ruled
from antq_stats.reading.tables.locate import LocatedTable, locate
from antq_stats.reading.tables.made_for import SheetsToRead
from antq_stats.reading.tables.periods import other_year, states_year
from antq_stats.reading.tables.table_unit import TITLE_ROWS, TableUnit, titles_above
from antq_stats.reading.units.names import NOWHERE, code_text
from antq_stats.reading.units.resolve import Resolver
from antq_stats.reading.verdicts import apply_verdict, drop_rows, use_columns
from antq_stats.words.text import text_key


@dataclass
class BookTables:
    """The tables of a workbook."""

    has_header: bool = False
    """A visible sheet has a header of the form, whether or not its table was read."""
    examined: list[CheckedTable] = field(default_factory=list)
    """The tables that were read, with or without rows."""
    taken: list[CheckedTable] = field(default_factory=list)
    """Those of them whose rows are in the return."""
    blank: list[CheckedTable] = field(default_factory=list)
    """Those of them that have no required measure and are blank."""


@dataclass
class _TablesAbove:
    """What the tables read so far on a sheet mean for the next one."""

    last: int = 0
    """The row below the last figures; the next table's titles begin here at the earliest."""
    scope: TableUnit | None = None
    """The unit of the last table that was read."""
    is_other: bool = False
    """The tables are of another period. The next one is too, unless a title says otherwise."""
    has_read: bool = False
    blocks: list[CheckedTable] = field(default_factory=list)
    """The tables that were taken; what they state about themselves is checked once all are known."""
    passed: list[ReadTable] = field(default_factory=list)
    """All tables of the sheet, including those that were skipped."""
    found: Located | None = None
    """The next table, if decisions concern the headers of the sheet; else None."""


class SheetReader:
    """Reads the sheets of one workbook.

    Parameters
    ----------
    plan : the reading plan.
    reporter : receives the findings; its return receives the tables.
    to_read : the workbook's provenance: the unit it was made for, and the places of its tables.
    """

    def __init__(self, plan: ReadingPlan, reporter: Reporter, to_read: SheetsToRead) -> None:
        self.plan = plan
        self.reporter = reporter
        self.return_ = reporter.return_
        self.made_for = to_read.unit
        self.placed = to_read.placed
        self.tables = BookTables()

    def read(self, grid: Grid) -> bool:
        """Read one sheet; return False if it is visible and has neither a table nor a list of persons."""
        report = self.reporter.report
        above = _TablesAbove()
        located = self._next(grid, 0, above)
        if located is None:
            persons = privacy.persons_header(grid.rows)
            if persons is not None:
                report("D101", sheet=grid.sheet, row=persons[0], column=persons[1])
            return persons is not None or grid.hidden
        if grid.hidden:
            report("T401", sheet=grid.sheet)
            return True
        self.tables.has_header = True
        if grid.legacy:
            report("C203", sheet=grid.sheet, facts={"encoding": grid.legacy})
        while located is not None:
            end = self._table(grid, located, above)
            located = self._next(grid, end, above) if end < len(grid.rows) else None
        _check_claims(above)
        report_outside(grid, above.passed, self.plan.units, self._report_of(grid, above.scope))
        return True

    def _next(self, grid: Grid, start: int, above: _TablesAbove) -> LocatedTable | None:
        """Return the next table of a sheet, with its headers read as was decided."""
        placed = self.placed.get(grid.sheet) if start == 0 else None
        if not self.plan.ruled.headers:
            return placed or locate(self.plan, grid, start)
        certain = self._meanings(grid.sheet)
        if placed is not None:
            above.found = placed_ruled(self.plan, placed, certain)
            if (made := above.found.table) is not None:
                self.placed[grid.sheet] = made
            return made

        def is_of(table: LocatedTable, unit: int) -> bool:
            titles = titles_above(grid, table, above.last)
            return unit in self._ancestors(self._scope(grid, table, titles, above).unit)

        above.found = locate_ruled(self.plan, grid, start, certain, is_of)
        return above.found.table

    def _meanings(self, sheet: str | None) -> Meanings:
        """Return what was decided on the headers of a sheet whatever its tables are."""
        ruled, stated = self.plan.ruled, self._unit_ruled(sheet)
        above = {*self._ancestors(self.made_for), *self._ancestors(stated)}
        if stated == NOWHERE:
            above.update(self._ancestors(self.reporter.file_unit))
        of_unit = (each for each in ruled.headers_of_units if each.unit in above)
        return (*ruled.headers_in(self.return_.file, sheet), *of_unit)

    def _ancestors(self, unit: int) -> tuple[int, ...]:
        return () if unit == NOWHERE else self.plan.units.ancestors(unit)

    def _unit_ruled(self, sheet: str | None) -> int:
        """Return the unit that a sheet, or its file, was decided to be of; NOWHERE for none."""
        ruled = self.plan.ruled.unit_of(self.return_.file, sheet)
        return NOWHERE if ruled is None else ruled.unit

    def _scope(self, grid: Grid, located: LocatedTable, titles: list[str], above: _TablesAbove) -> TableUnit:
        ruled = self._unit_ruled(grid.sheet)
        if ruled != NOWHERE:
            return TableUnit(self.plan, grid, located, titles, ruled, None, is_ruled=True)
        return TableUnit(self.plan, grid, located, titles, self.reporter.file_unit, above.scope)

    def _tell_ruled(self, sheet: str | None, above: _TablesAbove) -> None:
        """Note which decisions changed how a table is read, and which could not be applied."""
        told = []
        if (ruled := self.plan.ruled.unit_of(self.return_.file, sheet)) is not None:
            whole = self.plan.ruled.unit_of(self.return_.file)
            told.append((ruled.number, None if whole == ruled else sheet, ""))
        if above.found is not None:
            told += [(each.number, sheet, "") for each in above.found.used]
            told += [(each.number, sheet, "has-column") for each in above.found.refused]
        self.return_.ruled = tuple(dict.fromkeys((*self.return_.ruled, *told)))

    def is_placed(self, located: LocatedTable) -> bool:
        """Return whether a table is at the place that the workbook's provenance records."""
        return any(located is placed for placed in self.placed.values())

    def _report_of(self, grid: Grid, scope: TableUnit | None) -> Report:
        """Return the `Report` of a sheet, whose findings without a unit are about the unit of ``scope``."""
        if scope is None:
            return self.reporter.of_sheet(grid.sheet)
        return self.reporter.of_sheet(grid.sheet, lambda: scope.unit)

    def _table(self, grid: Grid, located: LocatedTable, above: _TablesAbove) -> int:
        """Read or skip one table; return the row from which to look for the next."""
        titles = titles_above(grid, located, above.last)
        self._check_year(grid, located, titles, above)
        chosen = _choose(self.plan, grid, located, titles)
        if chosen is None and not above.is_other:
            codes = [self.plan.tables[table.table].code for table in (located, *located.rivals)]
            facts = {"first": codes[0], "second": ", ".join(codes[1:])}
            self.reporter.report("T102", sheet=grid.sheet, row=located.body - 1, facts=facts)
        if chosen is None or above.is_other:
            return self._skip(grid, located, above)
        table, is_taken = self._read_table(grid, chosen, titles, above)
        self.tables.examined.append(table)
        if is_taken:
            above.blocks.append(table)
            self.return_.unlisted.extend(table.body.unlisted)
            if table.body.given.units or table.body.given.own:
                self.return_.tables.append(table.body.given)
                self.tables.taken.append(table)
        return max(table.body.end, chosen.body)

    def _check_year(self, grid: Grid, located: LocatedTable, titles: list[str], above: _TablesAbove) -> None:
        """Report F203 if the titles state another year, and note whether the table is of another period."""
        if located is self.placed.get(grid.sheet):
            year = None  # the workbook was made for this period, whatever years its titles name
        else:
            first = max(above.last, located.top - TITLE_ROWS)
            year = other_year(self.plan.period, grid, first, located.top)
        if year is not None and (year[1] is not None or not above.has_read):
            row, column = year[1] or (None, None)
            facts = {"found": year[0], "period": self.plan.period}
            self.reporter.report("F203", sheet=grid.sheet, row=row, column=column, facts=facts)
            above.is_other = True
        elif states_year(titles):
            above.is_other = False

    def _read_table(
        self, grid: Grid, located: LocatedTable, titles: list[str], above: _TablesAbove
    ) -> tuple[CheckedTable, bool]:
        """Read the rows of a table and check them; return the table, and whether its rows are to be taken."""
        plan = self.plan if above.found is None else above.found.plan
        scope = self._scope(grid, located, titles, above)
        self._tell_ruled(grid.sheet, above)
        report = self._report_of(grid, scope)
        first_finding = len(self.return_.findings)
        use_columns(located, columns_in_use(grid, located))
        resolver = Resolver(self.plan.units, self.plan.tables[located.table].level, lambda: scope.unit)
        before = [block.body for block in above.blocks if block.located.table == located.table]
        body = BodyReader(plan, grid, located, resolver, report, before).read()
        is_made = self.made_for != NOWHERE and bool(body.raw)
        table = CheckedTable(plan, grid, located, body, scope, report, is_made=is_made)
        above.passed.append((located, body))
        above.scope, above.has_read = scope, True
        above.last = max(body.last + 1, located.body)
        made_for = self.made_for if not scope.is_ruled else scope.unit
        foreign = scope.check_made_for(body, report, made_for) if is_made else []
        drop_rows(body, foreign or ())
        is_taken = foreign is not None
        self._check(table)
        if is_taken and is_blank(self.plan, grid, located, body):
            is_taken = self._may_be_blank(table, first_finding)
        return table, is_taken

    def _check(self, table: CheckedTable) -> None:
        """Check a table, and remove what must not be taken from it."""
        if runs := table.grid.runs:
            rows = MatchedRows(
                self.plan, table.located, table.scope, runs.units, runs.largest, table.body.formulas
            )
            if runs_need_full_reader(rows):
                raise NeedsFullReader
        verdict = run_checks(table_checks.TABLE_CHECKS, table)
        apply_verdict(verdict, table.located, table.body)

    def _may_be_blank(self, table: CheckedTable, first_finding: int) -> bool:
        """Return whether a blank table has no required measure; if it has one, report F209.

        F209 replaces the findings on the table's blank cells, those from ``first_finding`` on.
        """
        if not any(measure.required for measure in self.plan.tables[table.located.table].measures):
            self.tables.blank.append(table)
            return True
        kept = [finding for finding in self.return_.findings[first_finding:] if finding.code[0] in "DF"]
        self.return_.findings[first_finding:] = kept
        sender = sender_of(self.plan.units, table.body.given)
        table.report("F209", facts={"count": str(len(table.body.raw))}, about=sender)
        return False

    def _skip(self, grid: Grid, located: LocatedTable, above: _TablesAbove) -> int:
        """Find the end of a table that is not read; return the row from which to look for the next."""
        resolver = Resolver(self.plan.units, self.plan.tables[located.table].level, lambda: NOWHERE)
        body = BodyReader(self.plan, grid, located, resolver, no_report).read()
        above.passed.append((located, body))
        above.last = max(body.last + 1, located.body)
        return max(body.end, located.body)


def _choose(plan: ReadingPlan, grid: Grid, located: LocatedTable, titles: list[str]) -> LocatedTable | None:
    """Return which of the tables that fit a header is meant, by its title or else the level of its codes.

    None if neither decides.
    """
    if not located.rivals:
        return located
    candidates = [located, *located.rivals]
    texts = [f" {text_key(text)} " for text in (*titles, grid.sheet or "")]
    tables = plan.tables
    named = [
        candidate
        for candidate in candidates
        if any(f" {title} " in text for title in tables[candidate.table].titles for text in texts)
    ]
    if len(named) == 1:
        return named[0]
    levels = {
        plan.units.levels[position]
        for row in grid.rows[located.body :]
        if 0 <= located.code < len(row)
        for position in [plan.units.by_code.get(code_text(row[located.code]))]
        if position is not None
    }
    fitting = [candidate for candidate in candidates if tables[candidate.table].level in levels]
    return fitting[0] if len(fitting) == 1 else None


def _check_claims(above: _TablesAbove) -> None:
    """Compare what the tables of a sheet state about themselves with their rows."""
    for at, block in enumerate(above.blocks):
        before, after = (
            [other.body for other in blocks if other.located.table == block.located.table]
            for blocks in (above.blocks[:at], above.blocks[at + 1 :])
        )
        run_checks(table_checks.CLAIM_CHECKS, replace(block, before=before, after=after))
