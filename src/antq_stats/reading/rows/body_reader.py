"""The rows below a header: units, group headings, subtotals and totals, and what is none of these.

Every row that holds a figure either counts for a unit, or is a total and is compared, or is a
finding. Rows without figures (notes, headings, signatures) are passed by.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import replace

from antq_stats.plan import MISSING, ReadingPlan
from antq_stats.reading import coerce, privacy
from antq_stats.reading.files.grid import Grid
from antq_stats.reading.files.row_runs import NeedsFullReader, Run
from antq_stats.reading.reporter import Report
from antq_stats.reading.returns import TableReturn
from antq_stats.reading.rows.record_width import RecordWidths
from antq_stats.reading.rows.row_kinds import (
    adds_up,
    holds_refused,
    is_date_line,
    is_footnote,
    is_sentence,
    may_name_a_unit,
)
from antq_stats.reading.rows.unit_cells import UnitCells
from antq_stats.reading.tables.body import Body, TotalRow
from antq_stats.reading.tables.locate import LocatedTable, find_header, is_header_like
from antq_stats.reading.tables.numbering import Numbers, numbering
from antq_stats.reading.units.names import NOWHERE, code_text, is_bare_number, is_total, names_a_type
from antq_stats.reading.units.resolve import Identity, Resolver
from antq_stats.words.text import one_line, text_key

LOOK_AHEAD = 12
"""Rows below a header by which a table is judged to have codes."""


def columns_of(located: LocatedTable) -> tuple[int, ...]:
    """Return where a table's figures and units stand: what its rows were read by."""
    return (located.table, located.code, located.name, located.parent, *located.measures)


class BodyReader:
    """Reads the rows below one header.

    Parameters
    ----------
    plan, grid, located : what is looked for, where, and the columns found.
    resolver : resolves rows to units.
    report : called for every finding, with grid rows and columns counted from 0.
    before : the blocks of the same table above on the sheet.
    """

    def __init__(
        self,
        plan: ReadingPlan,
        grid: Grid,
        located: LocatedTable,
        resolver: Resolver,
        report: Report,
        before: Sequence[Body] = (),
    ) -> None:
        self.before = before
        self.plan = plan
        self.grid = grid
        self.located = located
        self.resolver = resolver
        self.report = report
        self.table = plan.tables[located.table]
        self.cells = UnitCells(self.table, located.measures, grid.odd, grid.remarks, report)
        self.widths = RecordWidths(grid, located)
        self.flags = [c for c, m in zip(located.measures, self.table.measures, strict=True) if m.flag]
        self.first = next(iter(located.columns), -1)
        self.parent = ""
        self.higher: tuple[str, ...] = ()
        below = grid.rows[located.body : located.body + LOOK_AHEAD]
        self.coded = any(self._cell(row, located.code) not in ("", None) for row in below)
        """Every row with figures so far had a code: one without is no unit's, and not looked up by name."""
        self.unheeded: list[Identity] = []
        """Rows without a code or figures, passed by while every row had a code; one may head a group."""
        self.header_keys = {
            c: text_key(str(cell))
            for c in located.columns
            for cell in [self._cell(grid.rows[located.body - 1], c)]
            if isinstance(cell, str) and text_key(cell)
        }
        self.body = Body(TableReturn(located.table, grid.sheet, tuple(located.measures)))

    @staticmethod
    def _cell(row: list[object], column: int) -> object:
        return row[column] if 0 <= column < len(row) else ""

    def read(self) -> Body:
        """Read to the next header or the end of the sheet."""
        rows = self.grid.rows
        pending: tuple[int, Numbers] | None = None
        fresh = True  # only headers stand above: here columns may be numbered
        said = False  # a text stands between the last figures and here
        row_number = self.located.body
        refused = {at for at, column in self.grid.remarks if column in self.located.measures}
        runs = self._runs()
        run = next(runs, None)
        while row_number < len(rows):
            row = rows[row_number]
            if run is not None and row_number == run.first:
                if fresh:
                    raise NeedsFullReader  # a header, or the numbers of its columns, could go on
                self._take(run)
                self.body.last = row_number = run.end - 1
                said = False
                run = next(runs, None)
            elif row and (row_number in refused or any(cell not in ("", None) for cell in row)):
                if fresh and (numbers := numbering(row, self.located.columns)) is not None:
                    self.body.others.append(row_number)
                    pending = self._first_numbering(pending, row_number, numbers)
                    fresh = pending is not None and pending[0] == row_number
                elif (
                    not self._is_plainly_data(row)
                    and (header := self._next_header(row_number, row)) is not None
                ):
                    if said or not header.is_like(self.located):
                        break
                    self.body.others.extend(range(row_number, header.body))
                    row_number = header.body - 1  # printed again at the top of a page
                    fresh = True
                elif not self._is_plainly_data(row) and self._repeats_header(row):
                    self.body.others.append(row_number)
                    fresh = True
                elif (end := self._foreign_block(row_number, row)) > row_number:
                    row_number = end - 1
                    said = True
                elif self._row(row_number, row):
                    fresh = said = False
                    self.body.last = row_number
                else:
                    said = True
            row_number += 1
        self.body.end = row_number
        if pending is not None:
            self._settle_numbering(*pending)
        return self.body

    def _runs(self) -> Iterator[Run]:
        """Return the runs of rows below the header that were read already."""
        if self.grid.runs:
            self.body.given.values = array("i")
        return self.grid.runs.of_table(columns_of(self.located), self.located.body)

    def _take(self, run: Run) -> None:
        """Add the rows of a run to the return; its values are 32-bit integers too."""
        given = self.body.given
        given.units.frombytes(run.units)
        given.values.frombytes(run.values)
        given.rows.extend(range(run.first + 1, run.end + 1))
        self.body.raw.extend(range(run.first, run.end))

    def _first_numbering(
        self, pending: tuple[int, Numbers] | None, row_number: int, numbers: Numbers
    ) -> tuple[int, Numbers] | None:
        """Keep the first numbering row; one that says the same on a later page says nothing new."""
        if pending is None or self.grid.rows[pending[0]] == self.grid.rows[row_number]:
            return pending or (row_number, numbers)
        self._settle_numbering(row_number, numbers)
        return pending

    def _settle_numbering(self, row_number: int, numbers: Numbers) -> None:
        """Take the row for a numbering row, unless it names a unit and that unit is nowhere else."""
        row = self.grid.rows[row_number]
        identity, _ = self._identity(row)
        if self.coded or identity.parent.isdigit():  # then a name alone is the column's letter or number
            identity = replace(identity, name="")
        unit = self.resolver.resolve(identity).unit
        if (
            unit != NOWHERE
            and unit not in self.body.given.units
            and self.plan.units.levels[unit] == self.table.level
        ):
            self._row(row_number, row)
        else:
            self.body.formulas = self.body.formulas or numbers

    def _is_plainly_data(self, row: list[object]) -> bool:
        """Tell cheaply that a row is no header: its first figure is a number, and no year."""
        cell = self._cell(row, self.first)
        return type(cell) is float and not 1900 <= cell <= 2100

    def _next_header(self, row_number: int, row: list[object]) -> LocatedTable | None:
        """Return the header that begins at a row, if one does."""
        cells = [self._cell(row, column) for column in self.located.columns]
        texts = sum(isinstance(cell, str) and len(cell) > 3 and any(map(str.isalpha, cell)) for cell in cells)
        if texts == 0 and not (is_header_like(row) and not self._has_figure(row)):
            return None
        found = find_header(self.plan, self.grid, row_number)
        return found if found is not None and found.top == row_number else None

    def _foreign_block(self, top: int, row: list[object]) -> int:
        """Return the row behind a table of the sender's own that begins here; the same row where none does.

        It stands apart below the rows read so far, under a header of its own, and none of its rows looks
        like a unit's or like a row of the form's table. Its figures are told of, and are nobody's.
        """
        above = self.grid.rows[top - 1]
        if (
            not self.body.raw
            or self._is_plainly_data(row)
            or not is_header_like(row)
            or self._has_figure(row)
        ):
            return top
        if any(self._cell(above, column) not in ("", None) for column in self.located.columns):
            return top
        end = top + 1
        has_figures = False
        for below in self.grid.rows[top + 1 :]:
            if not any(cell not in ("", None) for cell in below):
                break
            has_figures = has_figures or self._has_figure(below)
            if any(
                may_name_a_unit(self.plan.units, self.resolver, cell) for cell in below
            ) or self._next_header(end, below):
                return top
            end += 1
        return end if has_figures else top

    def _repeats_header(self, row: list[object]) -> bool:
        """Tell whether a row is the header's last row again, as printed at the top of each page."""
        cells = [(self._cell(row, column), key) for column, key in self.header_keys.items()]
        same = sum(isinstance(cell, str) and text_key(cell) == key for cell, key in cells)
        return same > 0 and 2 * same >= len(self.header_keys)

    def _has_figure(self, row: list[object]) -> bool:
        return any(coerce.is_figure(self._cell(row, column)) for column in self.located.measures)

    def _identity(self, row: list[object]) -> tuple[Identity, int]:
        """Return what a row says of its unit, and which column says it; a blank parent is the one above."""
        located = self.located
        name, parent = self._cell(row, located.name), self._cell(row, located.parent)
        code = code_text(self._cell(row, located.code))
        identity = Identity(
            code,
            coerce.plain(name) if isinstance(name, str) else code_text(name),
            coerce.plain(parent) if isinstance(parent, str) else code_text(parent),
        )
        if not identity.code and not identity.name and is_total(self.plan.units, identity.parent):
            return Identity("", identity.parent, self.parent), located.parent
        higher = tuple(coerce.plain(self._cell(row, column)) for column in located.higher)
        if identity.parent or any(higher):
            # what is left blank is as above; under another district the commune is not
            self.higher = tuple(new or old for new, old in zip(higher, self.higher or higher, strict=True))
            self.parent = identity.parent
        if identity.name and (self.parent or self.higher):
            identity = replace(identity, parent=self.parent, higher=self.higher)
        if identity.code or identity.name:
            return identity, located.code if identity.code else located.name
        return self._label_elsewhere(row, identity)

    def _row(self, row_number: int, row: list[object]) -> bool:
        """Read one row; False if it held no figures and named no unit of the table."""
        identity, label_column = self._identity(row)
        figures = self._has_figure(row) or any(coerce.is_flag(self._cell(row, c)) for c in self.flags)
        figures |= holds_refused(self.grid, row_number, self.located.measures, named=bool(identity.label))
        if self.coded and not identity.code:
            if not figures:
                self.unheeded.append(identity)
                return False
            if is_total(self.plan.units, identity.label):
                self.body.totals.append(TotalRow(row_number, NOWHERE, len(self.body.raw)))
                return True
            self._heed()
        resolved = self.resolver.resolve(identity)
        alone = resolved.code == "U106" and figures and self._says_no_units()
        unit = self.resolver.context if alone else resolved.unit
        if unit != NOWHERE and self.plan.units.levels[unit] == self.table.level:
            if resolved.code in ("U104", "U107"):
                column = label_column if resolved.code == "U104" else self.located.name
                self.report(
                    resolved.code,
                    row=row_number,
                    column=column,
                    unit=unit,
                    value=identity.code if resolved.code == "U104" else identity.name,
                )
            self._unit_row(row_number, row, unit)
            return True
        if figures and resolved.code == "U107" and not is_total(self.plan.units, identity.label):
            by_name = replace(identity, code="")
            self._stray(
                row_number, row, by_name, self.located.name, "U101", self.resolver.suggest(identity, unit)
            )
            return True
        if figures and is_bare_number(identity.label) and unit != NOWHERE and not self._is_sum(row):
            self._stray(row_number, row, identity, label_column, "U102", None)  # 15: a province, or Tổ 15
            return True
        if unit != NOWHERE and self.plan.units.levels[unit] < self.table.level:
            # a subtotal below its rows heads nothing: what follows belongs to another unit
            if not figures or self.resolver.groups or not (self.body.raw or self.body.strays):
                self._head(unit)
            if figures:
                self.body.totals.append(TotalRow(row_number, unit, len(self.body.raw)))
            return figures
        if names_a_type(identity.name) and not is_total(self.plan.units, identity.label):
            self._head(NOWHERE)
        if not figures:
            return False
        if is_total(self.plan.units, identity.label):
            self.body.totals.append(TotalRow(row_number, NOWHERE, len(self.body.raw)))
            return True
        if is_footnote(identity.label) or is_sentence(row) or is_date_line(row):
            return False
        self._stray(row_number, row, identity, label_column, resolved.code or "U101", resolved.suggestion)
        return True

    def _says_no_units(self) -> bool:
        """Tell whether a table has no columns for units, being all of one: the one its title names."""
        located = self.located
        return max(located.code, located.name, located.parent) < 0 and self.resolver.is_of(self.table.level)

    def _heed(self) -> None:
        """Go back to the group headings that were passed by: here is a row without a code."""
        self.coded = False
        for identity in self.unheeded:
            unit = self.resolver.resolve(identity).unit
            is_above = unit != NOWHERE and self.plan.units.levels[unit] < self.table.level
            if is_above or (unit == NOWHERE and names_a_type(identity.name)):
                self._head(unit)

    def _head(self, unit: int) -> None:
        """Take a unit for the one whose rows follow; NOWHERE where a heading names one that nobody knows."""
        self.resolver.enter_group(unit)
        self.parent, self.higher = "", ()

    def _label_elsewhere(self, row: list[object], identity: Identity) -> tuple[Identity, int]:
        """Return the row's label from another column: a total's stands often under the ordinal.

        Where the header says which column names the unit, a remark behind the figures is none.
        """
        figures = set(self.located.columns)
        blank = max(self.located.name, self.located.code)
        end = len(row) if blank < 0 else max(blank, min(figures, default=0))
        for column, cell in enumerate(row[:end]):
            if (
                column not in figures
                and column != self.located.parent
                and isinstance(cell, str)
                and any(map(str.isalpha, cell))
            ):
                return (
                    (identity, blank)
                    if len(cell) > 200
                    else (Identity("", coerce.plain(cell), self.parent), column)
                )
        return identity, blank

    def _unit_row(self, row_number: int, row: list[object], unit: int) -> None:
        if self.widths.is_wider(row):
            facts = {"expected": str(self.widths.titled), "found": str(len(row))}
            self.report("T406", row=row_number, unit=unit, facts=facts)
            values = [MISSING] * len(self.table.measures)
        else:
            values = self.cells.values(row_number, row, unit)
        given = self.body.given
        given.units.append(unit)
        given.rows.append(row_number + 1)
        given.values.extend(values)
        self.body.raw.append(row_number)
        self.body.looked_at.append(row_number)
        self.body.largest = max(self.body.largest, *values)

    def _stray(
        self,
        row_number: int,
        row: list[object],
        identity: Identity,
        column: int,
        code: str,
        suggestion: str | None,
    ) -> None:
        if not identity.code and not identity.name and self._is_sum(row):
            self.body.totals.append(TotalRow(row_number, NOWHERE, len(self.body.raw), is_named=False))
            return
        self.body.others.append(row_number)
        places = zip(self.table.measures, self.located.measures, strict=True)
        values = [coerce.read(self._cell(row, at), m).value if at >= 0 else MISSING for m, at in places]
        label = identity.label
        facts = {"suggestion": suggestion} if suggestion else {}
        if code == "U103":
            column = self.located.name
            facts["found"] = identity.code
        if column < 0 and not label:
            column = self.first
        value = identity.code if identity.code and code != "U103" else label
        personal = privacy.is_personal(label) or privacy.is_personal(identity.code)
        self.report(
            code, row=row_number, column=column if column >= 0 else None,
            value=None if personal or not label else one_line(value, 60),
            facts=facts,
        )  # fmt: skip
        self.body.strays.append((len(self.body.raw), values))

    def _is_sum(self, row: list[object]) -> bool:
        since = max((total.above for total in self.body.totals), default=0)
        own = self.body.given.values
        width = len(self.located.measures)
        blocks = [own[since * width :], own, [v for body in self.before for v in body.given.values] + [*own]]
        return any(adds_up(row, self.table, self.located.measures, values) for values in blocks)
