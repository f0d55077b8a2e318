"""The rows below a header: unit rows, group headings, subtotals, totals, and all others.

Every row with a figure either counts for a unit, or is a total and is compared, or is reported. Rows
without figures (notes, headings, signatures) are skipped.
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
from antq_stats.reading.returns import TableReturn, UnlistedRow
from antq_stats.reading.rows.record_width import RecordWidths
from antq_stats.reading.rows.row_identity import IdentityReader, cell_at
from antq_stats.reading.rows.row_kinds import (
    adds_up,
    holds_refused,
    is_date_line,
    is_footnote,
    is_sentence,
    may_name_a_unit,
    names_a_village,
)
from antq_stats.reading.rows.unit_cells import OwnCells, UnitCells
from antq_stats.reading.tables.body import Body, TotalRow
from antq_stats.reading.tables.locate import LocatedTable, find_header, is_header_like
from antq_stats.reading.tables.numbering import Numbers, numbering
from antq_stats.reading.units.names import LONGEST_NAME, NOWHERE, is_bare_number, is_total, names_a_type
from antq_stats.reading.units.resolve import Identity, Resolver
from antq_stats.words.text import one_line, text_key

_NOT_LISTED = frozenset(("U101", "U102"))
"""Codes of findings on rows whose unit may be one that the register lacks."""


LOOK_AHEAD = 12
"""Rows below a header in which a code shows that the table has codes."""


def columns_of(located: LocatedTable) -> tuple[int, ...]:
    """Return the columns that rows of a table are read by: those of its units and of its measures."""
    return (located.table, located.code, located.name, located.parent, *located.measures)


class BodyReader:
    """Reads the rows below one header.

    Parameters
    ----------
    plan : the reading plan.
    grid, located : the sheet and its table.
    resolver : resolves rows to units.
    report : called with each finding.
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
        self.own = OwnCells(self.table, located.measures, grid.odd, grid.remarks, report)
        self.widths = RecordWidths(grid, located)
        self.flags = [c for c, m in zip(located.measures, self.table.measures, strict=True) if m.flag]
        self.first = next(iter(located.columns), -1)
        self.identities = IdentityReader(plan.units, located)
        below = grid.rows[located.body : located.body + LOOK_AHEAD]
        self.coded = any(cell_at(row, located.code) not in ("", None) for row in below)
        """Every row with figures so far had a code, so a row without one is not looked up by name."""
        self.skipped: list[Identity] = []
        """Rows without code or figures, skipped while every row had a code. They may be group headings."""
        self.header_keys = {
            c: text_key(str(cell))
            for c in located.columns
            for cell in [cell_at(grid.rows[located.body - 1], c)]
            if isinstance(cell, str) and text_key(cell)
        }
        self.body = Body(TableReturn(located.table, grid.sheet, tuple(located.measures)))

    def read(self) -> Body:
        """Read to the next header or the end of the sheet.

        Raises
        ------
        NeedsFullReader
            Rows that were read by columns do not fit the rows above them.
        """
        rows = self.grid.rows
        pending: tuple[int, Numbers] | None = None
        is_fresh = True  # only header rows above: a row of column numbers may follow
        has_text = False  # there is a text between the last figures and this row
        row_number = self.located.body
        refused = {at for at, column in self.grid.remarks if column in self.located.measures}
        runs = self._runs()
        run = next(runs, None)
        while row_number < len(rows):
            row = rows[row_number]
            if run is not None and row_number == run.first:
                if is_fresh:
                    raise NeedsFullReader  # the header or its column numbers could continue here
                self._take(run)
                self.body.last = row_number = run.end - 1
                has_text = False
                run = next(runs, None)
            elif row and (row_number in refused or any(cell not in ("", None) for cell in row)):
                if is_fresh and (numbers := numbering(row, self.located.columns)) is not None:
                    self.body.others.append(row_number)
                    pending = self._first_numbering(pending, row_number, numbers)
                    is_fresh = pending is not None and pending[0] == row_number
                elif (
                    not self._is_plainly_data(row)
                    and (header := self._next_header(row_number, row)) is not None
                ):
                    if has_text or not header.is_like(self.located):
                        break
                    self.body.others.extend(range(row_number, header.body))
                    row_number = header.body - 1  # the same header, printed again at the top of a page
                    is_fresh = True
                elif not self._is_plainly_data(row) and self._repeats_header(row):
                    self.body.others.append(row_number)
                    is_fresh = True
                elif (end := self._foreign_block(row_number, row)) > row_number:
                    row_number = end - 1
                    has_text = True
                elif self._row(row_number, row):
                    is_fresh = has_text = False
                    self.body.last = row_number
                else:
                    has_text = True
            row_number += 1
        self.body.end = row_number
        if pending is not None:
            self._settle_numbering(*pending)
        return self.body

    def _runs(self) -> Iterator[Run]:
        """Return the runs below the header: rows that were read by columns."""
        if self.grid.runs:
            self.body.given.values = array("i")
        return self.grid.runs.of_table(columns_of(self.located), self.located.body)

    def _take(self, run: Run) -> None:
        """Add the rows of a run to the body, whose values are 32-bit integers too if there are runs."""
        given = self.body.given
        if len(run.values) > len(given.values):  # nearly all rows of a long text are of one run
            run.values[:0] = given.values
            given.values = run.values
        else:
            given.values += run.values
        given.units += run.units
        given.rows.extend(range(run.first + 1, run.end + 1))
        self.body.raw.extend(range(run.first, run.end))

    def _first_numbering(
        self, pending: tuple[int, Numbers] | None, row_number: int, numbers: Numbers
    ) -> tuple[int, Numbers] | None:
        """Keep the first row of column numbers, and settle others unless they repeat it on a later page."""
        if pending is None or self.grid.rows[pending[0]] == self.grid.rows[row_number]:
            return pending or (row_number, numbers)
        self._settle_numbering(row_number, numbers)
        return pending

    def _settle_numbering(self, row_number: int, numbers: Numbers) -> None:
        """Take a row for one of column numbers, unless it is the only row of a unit of the table's level."""
        row = self.grid.rows[row_number]
        identity, _ = self.identities.read(row)
        if self.coded or identity.parent.isdigit():  # a name alone is the column's letter or number
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
        """Return cheaply whether a row is no header: its first figure is a number other than a year."""
        cell = cell_at(row, self.first)
        return type(cell) is float and not 1900 <= cell <= 2100

    def _next_header(self, row_number: int, row: list[object]) -> LocatedTable | None:
        """Return the header that begins at a row, or None."""
        cells = [cell_at(row, column) for column in self.located.columns]
        texts = sum(isinstance(cell, str) and len(cell) > 3 and any(map(str.isalpha, cell)) for cell in cells)
        if texts == 0 and not (is_header_like(row) and not self._has_figure(row)):
            return None
        found = find_header(self.plan, self.grid, row_number)
        return found if found is not None and found.top == row_number else None

    def _foreign_block(self, top: int, row: list[object]) -> int:
        """Return the row below a table of the sender's own that begins here; ``top`` if none does.

        Such a table is separated from the rows read so far, and has a header of its own. None of its rows may
        name a unit or begin a header of the form. Its figures count for no unit and are reported later.
        """
        above = self.grid.rows[top - 1]
        if (
            not self.body.raw
            or self._is_plainly_data(row)
            or not is_header_like(row)
            or self._has_figure(row)
        ):
            return top
        if any(cell_at(above, column) not in ("", None) for column in self.located.columns):
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
        """Return whether a row repeats the header's last row, as printed at the top of each page."""
        cells = [(cell_at(row, column), key) for column, key in self.header_keys.items()]
        same = sum(isinstance(cell, str) and text_key(cell) == key for cell, key in cells)
        return same > 0 and 2 * same >= len(self.header_keys)

    def _has_figure(self, row: list[object]) -> bool:
        return any(coerce.is_figure(cell_at(row, column)) for column in self.located.measures)

    def _row(self, row_number: int, row: list[object]) -> bool:
        """Read one row; return False if it has no figures and names no unit of the table's level."""
        identity, label_column = self.identities.read(row)
        figures = self._has_figure(row) or any(coerce.is_flag(cell_at(row, c)) for c in self.flags)
        figures |= holds_refused(self.grid, row_number, self.located.measures, named=bool(identity.label))
        if self.coded and not identity.code:
            if not figures:
                self.skipped.append(identity)
                return False
            if is_total(self.plan.units, identity.label):
                self.body.totals.append(TotalRow(row_number, NOWHERE, len(self.body.raw)))
                return True
            self._enter_skipped_groups()
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
            # 15 is the code of a province, or the name of Tổ 15
            self._stray(row_number, row, identity, label_column, "U102", None)
            return True
        if unit != NOWHERE and self.plan.units.levels[unit] < self.table.level:
            # A subtotal below its rows begins no group: the rows below it belong to another unit.
            if not figures or self.resolver.groups or not (self.body.raw or self.body.strays):
                self._enter_group(unit)
            if figures:
                self.body.totals.append(TotalRow(row_number, unit, len(self.body.raw)))
                self.body.given.own += self.own.figures(row_number, row, unit)
            return figures
        if names_a_type(identity.name) and not is_total(self.plan.units, identity.label):
            self._enter_group(NOWHERE)
        if not figures:
            if resolved.code in _NOT_LISTED and names_a_village(row, self.located.name, identity.name):
                self._unlisted(row_number, identity, [MISSING] * len(self.table.measures))
            return False
        if is_total(self.plan.units, identity.label):
            self.body.totals.append(TotalRow(row_number, NOWHERE, len(self.body.raw)))
            return True
        if is_footnote(identity.label) or is_sentence(row) or is_date_line(row):
            return False
        self._stray(row_number, row, identity, label_column, resolved.code or "U101", resolved.suggestion)
        return True

    def _says_no_units(self) -> bool:
        """Return whether a table has no columns for units, and its title names a unit of its level."""
        located = self.located
        return max(located.code, located.name, located.parent) < 0 and self.resolver.is_of(self.table.level)

    def _enter_skipped_groups(self) -> None:
        """Enter the groups of the headings skipped so far: this row has no code, and is looked up by name."""
        self.coded = False
        for identity in self.skipped:
            unit = self.resolver.resolve(identity).unit
            is_above = unit != NOWHERE and self.plan.units.levels[unit] < self.table.level
            if is_above or (unit == NOWHERE and names_a_type(identity.name)):
                self._enter_group(unit)

    def _enter_group(self, unit: int) -> None:
        """Enter the group of a heading's unit; NOWHERE if the heading names an unknown unit."""
        self.resolver.enter_group(unit)
        self.identities.enter_group()

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
        values = [coerce.read(cell_at(row, at), m).value if at >= 0 else MISSING for m, at in places]
        label = identity.label
        personal = privacy.is_personal(label) or privacy.is_personal(identity.code)
        self.body.strays.append((len(self.body.raw), values))
        if code in _NOT_LISTED and label and not personal and self._unlisted(row_number, identity, values):
            return
        facts = {"suggestion": suggestion} if suggestion else {}
        if code == "U103":
            column = self.located.name
            facts["found"] = identity.code
        if column < 0 and not label:
            column = self.first
        value = identity.code if identity.code and code != "U103" else label
        self.report(
            code, row=row_number, column=column if column >= 0 else None,
            value=None if personal or not label else one_line(value, 60),
            facts=facts,
        )  # fmt: skip

    def _unlisted(self, row_number: int, identity: Identity, values: list[int]) -> bool:
        """Keep the row of a unit that the register lacks; return whether its parent has no units at all."""
        parent = self.resolver.parent_of_unlisted(identity)
        if parent == NOWHERE:
            return False
        unlisted = UnlistedRow(
            self.located.table, self.grid.sheet, row_number + 1, parent,
            identity.code, one_line(identity.name, LONGEST_NAME), tuple(values),
        )  # fmt: skip
        if not unlisted.is_blank or parent not in self.plan.units.children:
            self.body.unlisted.append(unlisted)
        return parent not in self.plan.units.children

    def _is_sum(self, row: list[object]) -> bool:
        since = max((total.above for total in self.body.totals), default=0)
        own = self.body.given.values
        width = len(self.located.measures)
        blocks = [own[since * width :], own, [v for body in self.before for v in body.given.values] + [*own]]
        return any(adds_up(row, self.table, self.located.measures, values) for values in blocks)
