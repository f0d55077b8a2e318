"""One sheet with one table, as learned: what may differ in another file of the sender is read and checked.

Header, column numbers and the columns in which nothing was found must be the same. Rows of units, printed
totals, titles and texts below are read anew. Where the full reader could find more than was found when the
sheet was learned, `NeedsFullReader` is raised.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple, Self

from antq_stats.findings.finding import Finding
from antq_stats.plan import MISSING, RatioPlan, ReadingPlan, TablePlan
from antq_stats.reading import coerce
from antq_stats.reading.checks import printed_checks
from antq_stats.reading.checks.matched_rows import MatchedRows
from antq_stats.reading.checks.table_checks import matched_needs_full_reader
from antq_stats.reading.files.cells.sheet_scan import Merge
from antq_stats.reading.files.grid import Grid
from antq_stats.reading.files.row_runs import NeedsFullReader
from antq_stats.reading.known_sheets.bounds import FigureBounds
from antq_stats.reading.known_sheets.plain_figures import PlainFigures
from antq_stats.reading.known_sheets.text_checks import (
    HeadText,
    check_below,
    check_first,
    check_titles,
    is_of_unit,
)
from antq_stats.reading.reporter import Report
from antq_stats.reading.returns import TableReturn
from antq_stats.reading.steps import NEXT, Steps
from antq_stats.reading.tables.locate import LocatedTable
from antq_stats.reading.tables.numbering import numbering
from antq_stats.reading.tables.table_unit import TableUnit, titles_above

Row = list[object]
Label = tuple[tuple[int, object], ...]
"""What stands in a row beside its figures: column and cell."""

_HIGHEST_ORDINAL = 10_000


class _Rows(NamedTuple):
    """The rows below a header."""

    units: list[Row]
    """The unit rows, longer than the header by one cell."""
    totals: list[tuple[int, Row]]
    """The rows of printed totals, each with the number of unit rows above."""
    numbers: list[int]
    """Numbers of the unit rows, from 1."""
    end: int
    """Grid row below the last of them all."""


@dataclass
class KnownSheet:
    """One sheet with one table, as learned."""

    asked: TablePlan
    """The table as the form has it."""
    located: LocatedTable
    sheet: str | None
    columns: tuple[int, ...]
    """The column of each of the table's m measures, -1 for none."""
    ordinal: int
    """The column that holds nothing but ordinal numbers, -1 for none."""
    head: list[Row]
    """All rows above the first unit row: titles, header, column numbers."""
    merged: frozenset[Merge]
    """Merged ranges that begin there."""
    loose: int
    """Number of these rows, from the top, whose titles may differ."""
    totals: set[Label]
    """What rows of printed totals are called."""
    below: set[Label]
    """Texts below the table."""
    findings: tuple[Finding, ...]
    """What is found in the header: columns that the form does not know."""
    header_keys: frozenset[str]
    bounds: FigureBounds = field(init=False)
    ratios: list[tuple[RatioPlan, int]] = field(init=False)
    """Ratios with a column whose printed values are compared, and that column."""
    calm: LocatedTable = field(init=False)
    """The table without its unknown columns, whose finding is known."""
    recalled: int = 0
    """How many sheets with its header came; one that could not be read by it counts as many."""
    offers: int = 0
    """How often the full reader was given such a sheet so that the bytes of its file could be learned."""

    def __post_init__(self) -> None:
        self.calm = replace(self.located, unknown={})
        self.bounds = FigureBounds(self.asked, self.columns)
        self.ratios = [
            (ratio, column)
            for ratio, column in zip(self.asked.ratios, self.located.ratios, strict=True)
            if column >= 0 and ratio.denominator >= 0
        ]

    def parts(self) -> dict[str, Any]:
        """Return what `of` makes the same sheet of: all but what the plan says, and how often it came."""
        return {name: getattr(self, name) for name in _PARTS}

    @classmethod
    def of(cls, plan: ReadingPlan, parts: Mapping[str, Any]) -> Self:
        """Return a sheet that was learned with the same plan.

        Parameters
        ----------
        plan : the reading plan.
        parts : as returned by `parts`.
        """
        return cls(plan.tables[parts["located"].table], **parts)

    @cached_property
    def width(self) -> int:
        """Number of columns up to the last one that the header has."""
        return max(len(row) for row in self.head[self.located.top : self.located.body])

    @cached_property
    def typed(self) -> list[tuple[int, list[type]]]:
        """Rows above the first unit row that hold anything but texts, and the types of their cells."""
        types = [list(map(type, row)) for row in self.head]
        return [(at, here) for at, here in enumerate(types) if not {str}.issuperset(here)]

    @cached_property
    def padding(self) -> list[list[object]]:
        """Blanks that make a row longer than the header by one, by its length."""
        return [[""] * (self.width + 1 - length) for length in range(self.width + 1)]

    @cached_property
    def figures(self) -> frozenset[int]:
        """Columns of measures and ratios."""
        return frozenset(self.located.columns)

    @cached_property
    def pick(self) -> Callable[[Row], tuple[object, ...]]:
        """Return the cells of a row that are of measures, in the order of the table; at least two cells."""
        return itemgetter(*(column if column >= 0 else self.width for column in self.columns), self.width)

    @cached_property
    def pick_others(self) -> Callable[[Row], tuple[object, ...]]:
        """Return the cells of a row in columns that must be blank."""
        located = self.located
        known = {*self.figures, located.code, located.name, located.parent, self.ordinal}
        others = [column for column in range(self.width) if column not in known]
        return itemgetter(*others, self.width, self.width)  # two at least, so that it gives a tuple

    @cached_property
    def beside(self) -> list[int]:
        """Columns beside the figures."""
        return [column for column in range(self.width) if column not in self.figures]

    @cached_property
    def all_summed(self) -> bool:
        """Whether every measure is added up."""
        return all(measure.summed for measure in self.asked.measures)

    def read(
        self, plan: ReadingPlan, grid: Grid, file_unit: int, figures: PlainFigures, report: Report
    ) -> Steps[TableReturn]:
        """Read a sheet.

        Parameters
        ----------
        plan : the reading plan.
        grid : its cells, without anything odd or hidden.
        file_unit : the unit that folders and file name mention, or NOWHERE.
        figures : cache of numbers, for the grid's kind of cells.
        report : called with each finding. The findings are void if `NeedsFullReader` is raised.

        Raises
        ------
        NeedsFullReader
            The sheet differs in more than rows and titles, or something is in doubt.
        """
        yield NEXT
        self._check_head(plan, grid.rows)
        yield NEXT
        rows, totals, numbers, end = self._rows(plan, grid.rows)
        if grid.merged_above(len(self.head)) != self.merged:
            raise NeedsFullReader
        if grid.has_merged(self.located.body, end, self.located.measures):
            raise NeedsFullReader
        yield NEXT
        cells = list(chain.from_iterable([self.pick(row)[:-1] for row in rows]))
        if not figures.types.issuperset(map(type, cells)):
            raise NeedsFullReader
        values = self.bounds.checked(list(map(figures.__getitem__, cells)))
        yield NEXT
        units = self._units(plan, rows, values)
        self._check_others(rows, figures)
        self._check_ratios(rows, values)
        yield NEXT
        self._check_totals(totals, values, figures)
        yield NEXT
        file = TableUnit(plan, grid, self.located, titles_above(grid, self.located, 0), file_unit, None)
        matched = MatchedRows(
            plan, self.calm, file, units, max(values), {}, totals_compared=True, ratios_compared=True
        )
        if file.stated is None or matched_needs_full_reader(matched):
            raise NeedsFullReader
        for finding in self.findings:
            row = None if finding.row is None else finding.row - 1
            report(finding.code, row=row, column=finding.column, facts=finding.facts, about=file.stated)
        table = TableReturn(self.located.table, self.sheet, self.columns, units)
        table.rows = array("i", numbers)
        table.values = array("q", values)
        return table

    def _check_head(self, plan: ReadingPlan, rows: list[Row]) -> None:
        """Check that the rows above the first unit row are the same but for titles."""
        head = self.head
        if any(list(map(type, rows[at])) != types for at, types in self.typed if at < len(rows)):
            raise NeedsFullReader  # a truth value equals 1
        if rows[: len(head)] == head:
            return
        if len(rows) <= len(head) or rows[self.loose : len(head)] != head[self.loose :]:
            raise NeedsFullReader
        texts: list[HeadText] = []
        for number in range(self.loose):
            row, known = rows[number], head[number]
            if len(row) != len(known):
                raise NeedsFullReader
            for column, (cell, before) in enumerate(zip(row, known, strict=True)):
                if cell == before == "":
                    continue
                if type(cell) is not type(before) or "" in (cell, before):
                    raise NeedsFullReader
                if isinstance(cell, str) and isinstance(before, str):
                    texts.append(HeadText(number, column, cell, before))
                elif cell != before:
                    raise NeedsFullReader
        check_titles(plan, self.sheet, self.located, texts)

    def _rows(self, plan: ReadingPlan, rows: list[Row]) -> _Rows:
        """Sort the rows below the header."""
        width, code_at, by_code = self.width, self.located.code, plan.units.by_code
        units: list[Row] = []
        totals: list[tuple[int, Row]] = []
        numbers: list[int] = []
        lengths: set[int] = set()
        is_below, end = False, 0
        for number, row in enumerate(rows[len(self.head) :], len(self.head) + 1):
            if len(row) > width and row.count("") - row[:width].count("") != len(row) - width:
                raise NeedsFullReader
            line = row[:width] + self.padding[min(width, len(row))]
            if line[code_at] in by_code and not is_below:
                units.append(line)
                numbers.append(number)
                end = number
                lengths.add(len(row))
            elif line.count("") == len(line):
                is_below = True
            else:
                label = self.label_of(line)
                if label in self.totals and not is_below and units:
                    totals.append((len(units), line))
                    end = number
                    lengths.add(len(row))
                else:
                    self._check_below(plan, line)
                    is_below = True
        if not units or (self.sheet is None and len(lengths) > 1):
            raise NeedsFullReader  # a longer record of a delimited text may hold a figure that was cut
        return _Rows(units, totals, numbers, end)

    def label_of(self, row: Row) -> Label:
        """Return what stands in a row beside its figures, by column; the row is as long as the header."""
        return tuple([(column, row[column]) for column in self.beside if row[column] != ""])

    def _check_below(self, plan: ReadingPlan, row: Row) -> None:
        """Check a row below the table: it must hold texts only, none of which means anything."""
        texts = tuple([(column, cell) for column, cell in enumerate(row) if cell != ""])
        if texts in self.below:
            return
        for column, text in texts:
            if not isinstance(text, str) or column == self.located.code:
                raise NeedsFullReader
            check_below(plan, text, self.header_keys)

    def _units(self, plan: ReadingPlan, rows: list[Row], values: list[int]) -> array[int]:
        """Return the units of the rows, each with a known code and its own name."""
        units, located = plan.units, self.located
        level = plan.tables[located.table].level
        found = array("i")
        for row in rows:
            code, name = row[located.code], row[located.name]
            parent = row[located.parent] if located.parent >= 0 else ""
            if not (isinstance(code, str) and isinstance(name, str) and isinstance(parent, str)):
                raise NeedsFullReader
            unit = units.by_code[code]
            if units.levels[unit] != level or not (code.isascii() and code.isalnum()):
                raise NeedsFullReader
            if name != units.names[unit] and not is_of_unit(plan, unit, name):
                raise NeedsFullReader
            if located.parent >= 0 and not parent.strip():
                raise NeedsFullReader
            found.append(unit)
        width = len(self.columns)
        code, name = str(rows[0][located.code]), str(rows[0][located.name])
        check_first(code, name, values[:width], is_made=False)
        if numbering(rows[0], located.columns) is not None:
            raise NeedsFullReader
        return found

    def _check_others(self, rows: list[Row], figures: PlainFigures) -> None:
        """Check the columns that are none of the form's: blank, or an ordinal number."""
        others = list(chain.from_iterable(map(self.pick_others, rows)))
        if others.count("") != len(others):
            raise NeedsFullReader
        if self.ordinal >= 0:
            cells = [row[self.ordinal] for row in rows]
            if not figures.types.issuperset(map(type, cells)):
                raise NeedsFullReader
            if max(figures[cell] for cell in cells) >= _HIGHEST_ORDINAL:
                raise NeedsFullReader

    def _check_ratios(self, rows: list[Row], values: list[int]) -> None:
        """Check that printed ratios agree with their figures."""
        width = len(self.columns)
        for ratio, column in self.ratios:
            for at, row in enumerate(rows):
                cell = row[column]
                if cell == "":
                    continue
                printed = coerce.ratio(cell)
                numerator, denominator = (
                    values[at * width + ratio.numerator], values[at * width + ratio.denominator]
                )  # fmt: skip
                if printed is None:
                    raise NeedsFullReader
                if numerator == MISSING or denominator in (MISSING, 0):
                    continue
                if not printed_checks.is_near(
                    printed, numerator, denominator, ratio
                ) and not printed_checks.is_printed(printed, numerator, denominator, ratio):
                    raise NeedsFullReader

    def _check_totals(
        self, totals: Sequence[tuple[int, Row]], values: list[int], figures: PlainFigures
    ) -> None:
        """Check that every printed total is the sum of all rows, of those above it, or of its own block."""
        width = len(self.columns)
        last = 0
        for above, row in totals:
            cells = self.pick(row)[:-1]
            if not figures.types.issuperset(map(type, cells)):
                raise NeedsFullReader
            printed = [figures[cell] for cell in cells]
            if max(printed) == MISSING:
                raise NeedsFullReader
            spans = (values[last * width : above * width], values, values[: above * width])
            if not any(self._are_sums(printed, span) for span in spans):
                raise NeedsFullReader
            last = above

    def _are_sums(self, printed: list[int], values: list[int]) -> bool:
        """Return whether all printed totals are the sums of the values that are given; n x m values."""
        width = len(printed)
        columns = [values[place::width] for place in range(width)]
        if self.all_summed and MISSING not in values:
            return printed == list(map(sum, columns)) or (MISSING in printed and self._fit(printed, columns))
        return self._fit(printed, columns)

    def _fit(self, printed: list[int], columns: list[list[int]]) -> bool:
        return all(
            number == MISSING
            or (measure.summed and number == sum(value for value in values if value != MISSING))
            for number, values, measure in zip(printed, columns, self.asked.measures, strict=True)
        )


_PARTS = tuple(
    part.name for part in fields(KnownSheet) if part.init and part.name not in ("asked", "recalled", "offers")
)
"""Names of what makes a sheet that was learned."""
