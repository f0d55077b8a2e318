"""The rows below a header: units, group headings, subtotals and totals, and what is none of these.

Every row that holds a figure either counts for a unit, or is a total and is compared, or is a
finding. Rows without figures (notes, headings, signatures) are passed by.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from antq_stats.plan import MISSING, ReadingPlan
from antq_stats.reading import coerce, privacy
from antq_stats.reading.grid import Grid
from antq_stats.reading.locate import LocatedTable, find_header, is_header_like, numbering
from antq_stats.reading.resolve import NOWHERE, Identity, Resolver, code_text
from antq_stats.reading.returns import TableReturn
from antq_stats.text import one_line, text_key

Report = Callable[..., None]
"""Called with a code and the place (row, column …) to report a finding in this sheet."""

_TOTAL = re.compile(
    r"(?:[ivxlc\d]+ )?(?:tổng|cộng|toàn|total|sum)(?: (?:tổng|cộng|số|toàn|chung|total|tỉnh|huyện|xã|phường|thị|trấn|"
    r"thành|phố|tp|thôn|bản|khu|đơn|vị|trang|mang|sang|chuyển|hàng|cả|của|các|grand|này|dưới|trên|năm|i+|[a-d]|\d+))*"
)

_FIGURE = re.compile(r"[-+−]?[0-9][0-9.,\s]*(?:%|[^\W\d_][^0-9]{0,16})?")

_LOOK_AHEAD = 12


@dataclass(slots=True)
class TotalRow:
    """A printed total: its row, the unit it names (or NOWHERE), and how many rows stood above it."""

    row: int
    scope: int
    above: int


@dataclass(slots=True)
class Body:
    """The rows of a located table, as read."""

    given: TableReturn
    raw: list[int] = field(default_factory=list)
    """Grid rows of the units' rows."""
    strays: list[tuple[int, list[int]]] = field(default_factory=list)
    """Rows with figures that belong to no known unit: how many rows stood above, and their values."""
    totals: list[TotalRow] = field(default_factory=list)
    formulas: dict[int, tuple[int, str]] = field(default_factory=dict)
    end: int = 0
    """Where the next header begins, or the sheet ends."""
    last: int = 0
    """The last row that held figures of the table."""


class BodyReader:
    """Reads the rows below one header.

    Parameters
    ----------
    plan, grid, located : what is looked for, where, and the columns found.
    resolver : resolves rows to units.
    report : called for every finding, with grid rows and columns counted from 0.
    """

    def __init__(self, plan: ReadingPlan, grid: Grid, located: LocatedTable, resolver: Resolver, report: Report) -> None:
        self.plan = plan
        self.grid = grid
        self.located = located
        self.resolver = resolver
        self.report = report
        self.table = plan.tables[located.table]
        self.columns = [(c, m) for c, m in zip(located.measures, self.table.measures, strict=True) if c >= 0]
        self.places = [p for p, c in enumerate(located.measures) if c >= 0]
        self.simple = [(c, m.minimum, 1 if m.flag else m.maximum) for c, m in self.columns]
        self.group = NOWHERE
        below = grid.rows[located.body : located.body + _LOOK_AHEAD]
        self.coded = any(self._cell(row, located.code) not in ("", None) for row in below)
        """Every row with figures so far had a code: one without is no unit's row, and needs no search by its name."""
        self.header_keys = {
            c: text_key(str(cell))
            for c in located.columns
            for cell in [self._cell(grid.rows[located.body - 1], c)]
            if isinstance(cell, str)
        }
        self.body = Body(TableReturn(located.table, grid.sheet, tuple(located.measures)))

    @staticmethod
    def _cell(row: list[object], column: int) -> object:
        return row[column] if 0 <= column < len(row) else ""

    def read(self) -> Body:
        """Read to the next header or the end of the sheet."""
        rows = self.grid.rows
        pending: tuple[int, dict[int, tuple[int, str]]] | None = None
        first = True
        row_number = self.located.body
        while row_number < len(rows):
            row = rows[row_number]
            if row and any(cell not in ("", None) for cell in row):
                if first and (numbers := numbering(row, self.located)) is not None:
                    pending = (row_number, numbers)
                elif self._is_next_header(row_number, row):
                    break
                elif self._repeats_header(row):
                    pass
                else:
                    if self._row(row_number, row):
                        first = False
                        self.body.last = row_number
            row_number += 1
        self.body.end = row_number
        if pending is not None:
            self._settle_numbering(*pending)
        return self.body

    def _settle_numbering(self, row_number: int, numbers: dict[int, tuple[int, str]]) -> None:
        """Take the row for a numbering row, unless its code is a unit's and that unit is nowhere else."""
        row = self.grid.rows[row_number]
        code = code_text(self._cell(row, self.located.code))
        unit = self.plan.units.by_code.get(code, NOWHERE)
        if unit != NOWHERE and unit not in self.body.given.units and self.plan.units.levels[unit] == self.table.level:
            self._row(row_number, row)
        else:
            self.body.formulas = numbers

    def _is_next_header(self, row_number: int, row: list[object]) -> bool:
        texts = sum(
            type(cell := self._cell(row, c)) is str and any(map(str.isalpha, cell)) and len(cell) > 3  # type: ignore[arg-type]
            for c in self.located.columns
        )
        if texts == 0 and not (is_header_like(row) and not self._has_figure(row)):
            return False
        if self._repeats_header(row):
            return False
        found = find_header(self.plan, self.grid, row_number)
        return found is not None and found.top == row_number

    def _repeats_header(self, row: list[object]) -> bool:
        """Tell whether a row is the header's last row again, as printed at the top of each page."""
        same = sum(
            type(cell := self._cell(row, c)) is str and text_key(cell) == key  # type: ignore[arg-type]
            for c, key in self.header_keys.items()
        )
        return same > 0 and 2 * same >= len(self.header_keys)

    def _has_figure(self, row: list[object]) -> bool:
        for column in self.located.measures:
            cell = self._cell(row, column)
            if type(cell) is float or type(cell) is int:
                return True
            if type(cell) is str and cell and _FIGURE.fullmatch(coerce.plain(cell)):
                return True
        return False

    def _identity(self, row: list[object]) -> Identity:
        located = self.located
        name, parent = self._cell(row, located.name), self._cell(row, located.parent)
        code = self._cell(row, located.code)
        return Identity(
            code_text(code) if code else "",
            coerce.plain(name) if isinstance(name, str) else code_text(name),
            coerce.plain(parent) if isinstance(parent, str) else code_text(parent),
        )

    def _row(self, row_number: int, row: list[object]) -> bool:
        """Read one row; False if it held no figures and named no unit of the table."""
        identity = self._identity(row)
        if not identity.code and not identity.name:
            identity = self._label_elsewhere(row, identity)
        figures = self._has_figure(row)
        if self.coded and not identity.code:
            if not figures:
                return False
            if self._is_total(identity):
                self.body.totals.append(TotalRow(row_number, NOWHERE, len(self.body.raw)))
                return True
            self.coded = False
        resolved = self.resolver.resolve(identity, self.group)
        unit = resolved.unit
        if unit != NOWHERE and self.plan.units.levels[unit] == self.table.level:
            if resolved.code:
                column = self.located.code if resolved.code == "U104" else self.located.name
                self.report(resolved.code, row=row_number, column=column, unit=unit, value=identity.code if resolved.code == "U104" else identity.name)
            self._unit_row(row_number, row, unit)
            return True
        if unit != NOWHERE and self.plan.units.levels[unit] < self.table.level:
            # a subtotal below its rows heads nothing: what follows belongs to another unit
            if not figures or self.group != NOWHERE or not (self.body.raw or self.body.strays):
                self.group = unit
            if figures:
                self.body.totals.append(TotalRow(row_number, unit, len(self.body.raw)))
            return figures
        if not figures:
            return False
        if self._is_total(identity):
            self.body.totals.append(TotalRow(row_number, NOWHERE, len(self.body.raw)))
            return True
        self._stray(row_number, row, identity, resolved.code or "U101", resolved.suggestion)
        return True

    def _label_elsewhere(self, row: list[object], identity: Identity) -> Identity:
        """Return the row's label from another column: a total's stands often under the ordinal."""
        figures = set(self.located.columns)
        for column, cell in enumerate(row):
            if column not in figures and isinstance(cell, str) and any(map(str.isalpha, cell)):
                return identity if len(cell) > 200 else Identity("", coerce.plain(cell), identity.parent)
        return identity

    def _is_total(self, identity: Identity) -> bool:
        label = identity.name or identity.code
        if not label:
            return False
        key = text_key(label.partition(":")[0])
        if _TOTAL.fullmatch(key):
            return True
        head, _, rest = key.partition(" ")
        above = self.plan.units.by_name_above_leaves
        while head in {"tổng", "cộng", "số", "toàn"} and rest:
            if rest in above:
                return True
            head, _, rest = rest.partition(" ")
        return False

    def _values(self, row_number: int, row: list[object], unit: int) -> list[int]:
        values = [MISSING] * len(self.table.measures)
        for place, (column, measure) in zip(self.places, self.columns, strict=True):
            cell = self._cell(row, column)
            odd = self.grid.odd.get((row_number, column)) if cell == "" and self.grid.odd else None
            if odd is not None:
                self.report("C103" if odd[0] == "error" else "C104", row=row_number, column=column, unit=unit, measure=measure.code, value=None if privacy.is_personal(odd[1]) else odd[1] or None)
                continue
            read = coerce.read(cell, measure)
            if read.code == coerce.BLANK:
                if measure.blank_is_zero:
                    values[place] = 0
                elif measure.required:
                    self.report("C101", row=row_number, column=column, unit=unit, measure=measure.code)
                continue
            values[place] = read.value
            if read.code:
                self._cell_finding(row_number, column, cell, read, unit, measure.code)
        return values

    def _cell_finding(self, row: int, column: int, cell: object, read: coerce.Coerced, unit: int, measure: str) -> None:
        kind = privacy.number_kind(cell)
        if kind:
            self.report(kind, row=row, column=column, unit=unit, measure=measure)
            return
        value = None if privacy.is_personal(cell) else coerce.shown(cell)
        facts = {"suggestion": read.suggestion} if read.suggestion else {}
        if read.code == "C305":
            plan = next(m for m in self.table.measures if m.code == measure)
            facts = {"expected": f"{plan.minimum}–{plan.maximum}" if plan.maximum is not None else f"≥ {plan.minimum}"}
        self.report(read.code, row=row, column=column, unit=unit, measure=measure, value=value, facts=facts)

    def _unit_row(self, row_number: int, row: list[object], unit: int) -> None:
        values = [MISSING] * len(self.table.measures)
        for place, (column, lowest, highest) in zip(self.places, self.simple, strict=True):
            cell = row[column] if column < len(row) else ""
            if type(cell) is float and cell.is_integer() and lowest <= cell <= (highest if highest is not None else 1e9):
                values[place] = int(cell)
            else:
                values = self._values(row_number, row, unit)
                break
        given = self.body.given
        given.units.append(unit)
        given.rows.append(row_number + 1)
        given.values.extend(values)
        self.body.raw.append(row_number)

    def _stray(self, row_number: int, row: list[object], identity: Identity, code: str, suggestion: str | None) -> None:
        values = []
        for place, column in enumerate(self.located.measures):
            cell = self._cell(row, column)
            values.append(coerce.read(cell, self.table.measures[place]).value if column >= 0 else MISSING)
        if not identity.code and not identity.name and self._is_sum(values):
            self.body.totals.append(TotalRow(row_number, NOWHERE, len(self.body.raw)))
            return
        label = identity.name or identity.code
        column = self.located.code if identity.code and self.located.code >= 0 else self.located.name
        personal = privacy.is_personal(label) or privacy.is_personal(identity.code)
        self.report(
            code, row=row_number, column=column if column >= 0 and label else None,
            value=None if personal or not label else one_line(identity.code if identity.code and code != "U103" else label, 60),
            facts={"suggestion": suggestion} if suggestion else {},
        )  # fmt: skip
        self.body.strays.append((len(self.body.raw), values))

    def _is_sum(self, values: list[int]) -> bool:
        """Tell whether an unlabelled row is the exact sum of the rows above it: a total nobody named."""
        width = len(values)
        above = self.body.given.values
        if not above:
            return False
        for place, value in enumerate(values):
            if value != MISSING and value != sum(v for v in above[place::width] if v != MISSING):
                return False
        return any(value != MISSING for value in values)


def title_texts(grid: Grid, located: LocatedTable) -> list[str]:
    """Return the texts above a table: where a sheet says whose figures it holds, and of when."""
    first = max(0, located.top - 40)
    return [cell for row in grid.rows[first : located.top] for cell in row if isinstance(cell, str) and 2 < len(cell) <= 400]

