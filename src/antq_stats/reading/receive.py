"""One file, from bytes to a return: open, locate, resolve, coerce, and check what the sheet says of itself."""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from antq_stats.findings import Finding
from antq_stats.plan import MISSING, ReadingPlan
from antq_stats.reading import claims, privacy
from antq_stats.reading.body import Body, BodyReader
from antq_stats.reading.grid import FileProblem, Grid, open_file
from antq_stats.reading.locate import LocatedTable, locate
from antq_stats.reading.resolve import NOWHERE, Resolver, code_text, unit_of_path
from antq_stats.reading.returns import Return
from antq_stats.reading.scope import Scope, titles_above
from antq_stats.reading.shape import report_shape
from antq_stats.text import text_key

_YEAR = re.compile(r"(?:năm|year)\s*:?\s*((?:19|20)\d\d)(?!\d)", re.IGNORECASE)
_PERIOD_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_SOME_FIGURES = 3


def receive(plan: ReadingPlan, path: Path, file: str) -> Return:
    """Read one file.

    Parameters
    ----------
    plan : what is asked, and of whom.
    path : where the file is.
    file : its path relative to the folder, with ``/``, as findings name it.

    Returns
    -------
    Return
        Always: whatever is wrong with the file stands in the findings. A fault of the program
        itself stands in ``fault``, with a finding that the file was not read.
    """
    given = Return(file)
    receiver = _Receiver(plan, given)
    try:
        receiver.read(path)
    except FileProblem as problem:
        receiver.report(problem.code, facts=problem.facts)
    except MemoryError:
        receiver.abandon("memory")
    except RecursionError:
        receiver.abandon("too-deep")
    except Exception:  # noqa: BLE001 - whatever the file made the program do, the other files must not pay for it
        given.fault = traceback.format_exc()
        receiver.abandon("internal-error")
    return given


class _Receiver:
    def __init__(self, plan: ReadingPlan, given: Return) -> None:
        self.plan = plan
        self.given = given
        self.found_tables = False

    @cached_property
    def file_unit(self) -> int:
        """The unit that folders and file name speak of."""
        return unit_of_path(self.plan.units, self.given.file.split("/"))

    def abandon(self, problem: str) -> None:
        """Give the file up: nothing half read is kept."""
        self.given.tables.clear()
        self.report("F107", facts={"problem": problem})

    def report(
        self,
        code: str,
        *,
        sheet: str | None = None,
        row: int | None = None,
        column: int | None = None,
        unit: int | None = None,
        measure: str | None = None,
        value: str | None = None,
        facts: Mapping[str, str] | None = None,
        about: int | None = None,
    ) -> None:
        """Note a finding; rows and columns counted from 0 as in the grid, units by position."""
        codes = self.plan.units.codes
        if unit is None and about is None:
            about = self.file_unit
        self.given.findings.append(
            Finding(
                code=code,
                file=self.given.file,
                sheet=sheet,
                row=None if row is None else row + 1,
                column=None if column is None or column < 0 else column,
                unit=None if unit is None else codes[unit],
                measure=measure,
                value=value,
                facts=facts or {},
                about=None if unit is not None or about in (None, NOWHERE) else codes[about],
            )
        )

    def read(self, path: Path) -> None:
        """Read the file into the return."""
        book = open_file(path, self.plan.limits)
        self.given.sha256 = book.sha256
        for finding in book.findings:
            self.report(finding.code, facts=finding.facts)
        without_table = [grid for grid in book.grids if not self._sheet(grid)]
        if self.found_tables:
            for grid in without_table:
                if _figures(grid) >= _SOME_FIGURES:
                    self.report("T104", sheet=grid.sheet)
        elif without_table and not any(finding.code == "D101" for finding in self.given.findings):
            looked_for = "; ".join(next(iter(table.keys), "") for table in self.plan.tables)
            self.report("T101", facts={"expected": looked_for})

    def _sheet(self, grid: Grid) -> bool:
        """Read one sheet; False if it is visible and holds no table."""
        located = locate(self.plan, grid)
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
        since = 0
        while located is not None:
            end, since = self._table(grid, located, since)
            located = locate(self.plan, grid, end) if end < len(grid.rows) else None
        return True

    def _table(self, grid: Grid, located: LocatedTable, since: int) -> tuple[int, int]:
        """Read one table; return the row where the next may begin, and the row below its last figures."""
        titles = titles_above(grid, located, since)
        years = [year for text in titles for year in _YEAR.findall(text)]
        period = set(_PERIOD_YEAR.findall(self.plan.period))
        if years and period and period.isdisjoint(years):
            self.report("F203", sheet=grid.sheet, facts={"found": years[0], "period": self.plan.period})
            return len(grid.rows), 0
        chosen = self._choose(grid, located, titles)
        if chosen is None:
            codes = [self.plan.tables[table.table].code for table in (located, *located.rivals)]
            facts = {"first": codes[0], "second": ", ".join(codes[1:])}
            self.report("T102", sheet=grid.sheet, row=located.body - 1, facts=facts)
            return len(grid.rows), 0
        scope = Scope(self.plan, grid, chosen, titles, self.file_unit)

        def report(code: str, **place: object) -> None:
            if place.get("unit") is None:
                place["about"] = scope.unit
            self.report(code, sheet=grid.sheet, **place)  # type: ignore[arg-type]

        resolver = Resolver(self.plan.units, self.plan.tables[chosen.table].level, lambda: scope.unit)
        body = BodyReader(self.plan, grid, chosen, resolver, report).read()
        scope.check(body, report)
        report_shape(self.plan, grid, chosen, body, report)
        _forget_double_columns(chosen, body)
        for check in (claims.check_totals, claims.check_ratios, claims.check_header_arithmetic):
            check(self.plan, grid, chosen, body, report)
        if body.given.units:
            self.given.tables.append(body.given)
        return max(body.end, chosen.body), max(body.last, chosen.body)

    def _choose(self, grid: Grid, located: LocatedTable, titles: list[str]) -> LocatedTable | None:
        """Choose between tables that fit a header equally: by the title, else by the level its codes are of."""
        if not located.rivals:
            return located
        candidates = [located, *located.rivals]
        texts = [f" {text_key(text)} " for text in (*titles, grid.sheet or "")]
        tables = self.plan.tables
        named = [c for c in candidates if any(f" {title} " in text for title in tables[c.table].titles for text in texts)]
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


def _forget_double_columns(located: LocatedTable, body: Body) -> None:
    """Drop the values of a measure that two columns claim to be: neither is taken."""
    width = len(located.measures)
    for place in located.twice:
        if place >= 0:
            for position in range(place, len(body.given.values), width):
                body.given.values[position] = MISSING
            body.given.columns = tuple(-1 if p == place else c for p, c in enumerate(body.given.columns))


def _figures(grid: Grid) -> int:
    return sum(type(cell) is float for row in grid.rows[:200] for cell in row[:60])
