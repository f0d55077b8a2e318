"""The figures in one unit's row: each cell coerced, and what is wrong with it reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from antq_stats.plan import MISSING, TablePlan
from antq_stats.reading import coerce, privacy
from antq_stats.reading.tables.body import Report
from antq_stats.words.text import column_letter

if TYPE_CHECKING:
    from antq_stats.reading.files.cells.sheet_scan import OddCell, Remark


class UnitCells:
    """Reads the cells of figures in the rows of one table.

    Parameters
    ----------
    table, places : the form's table, and the column of each of its measures, -1 where it has none.
    odd : cells of the sheet that look blank and are not, by row and column from 0.
    remarks : likewise cells of which something is to be told.
    report : called for every finding, with rows and columns from 0.
    """

    def __init__(
        self,
        table: TablePlan,
        places: Sequence[int],
        odd: Mapping[tuple[int, int], OddCell],
        remarks: Mapping[tuple[int, int], Remark],
        report: Report,
    ) -> None:
        self.table = table
        self.odd = odd
        self.remarks = remarks
        self.report = report
        self.columns = [
            (place, column, measure, measure.minimum, measure.highest)
            for place, (column, measure) in enumerate(zip(places, table.measures, strict=True))
            if column >= 0
        ]

    def values(self, row_number: int, row: Sequence[object], unit: int) -> list[int]:
        """Return the value of each measure of the table, MISSING where the row gives none.

        Parameters
        ----------
        row_number, row : the row and its cells, which may be fewer than the sheet has columns.
        unit : whose row it is.
        """
        values = [MISSING] * len(self.table.measures)
        blank: list[tuple[int, str]] = []
        for place, column, measure, lowest, highest in self.columns:
            cell = row[column] if column < len(row) else ""
            if self.remarks and (remark := self.remarks.get((row_number, column))) is not None:
                self._tell(row_number, column, remark, unit, measure.code)
                if not remark.taken:
                    continue
            if type(cell) is float and lowest <= cell <= highest and cell.is_integer():
                values[place] = int(cell)
                continue
            odd = self.odd.get((row_number, column)) if cell == "" and self.odd else None
            if odd is not None:
                self.report(
                    "C103" if odd[0] == "error" else "C104",
                    row=row_number,
                    column=column,
                    unit=unit,
                    measure=measure.code,
                    value=None if privacy.is_personal(odd[1]) else odd[1] or None,
                )
                continue
            read = coerce.read(cell, measure)
            if read.code == coerce.BLANK:
                if measure.blank_is_zero:
                    values[place] = 0
                elif measure.required:
                    blank.append((column, measure.code))
                continue
            values[place] = read.value
            if read.code:
                self._report(row_number, column, cell, read, unit, measure.code)
        if blank:
            self._tell_blank(row_number, blank, unit)
        return values

    def _tell_blank(self, row: int, blank: list[tuple[int, str]], unit: int) -> None:
        """Report the blank cells of a row as one finding: who left one blank often left several."""
        (column, measure), *others = sorted(blank)
        facts = {"place": ", ".join(column_letter(other) for other, _ in others)} if others else {}
        self.report(
            "C101", row=row, column=column, unit=unit, measure=measure, facts=facts, also=tuple(others)
        )

    def _tell(self, row: int, column: int, remark: Remark, unit: int, measure: str) -> None:
        value = None if remark.value is None or privacy.is_personal(remark.value) else remark.value
        self.report(
            remark.code, row=row, column=column, unit=unit, measure=measure, value=value, facts=remark.facts
        )

    def _report(
        self, row: int, column: int, cell: object, read: coerce.Coerced, unit: int, measure: str
    ) -> None:
        kind = privacy.number_kind(cell)
        if kind:
            self.report(kind, row=row, column=column, unit=unit, measure=measure)
            return
        value = None if privacy.is_personal(cell) else coerce.shown(cell)
        facts = {"suggestion": read.suggestion} if read.suggestion else {}
        if read.value != MISSING:
            facts["found"] = str(read.value)
        if read.code == "C305":
            plan = next(m for m in self.table.measures if m.code == measure)
            facts = {
                "expected": f"{plan.minimum}–{plan.maximum}"
                if plan.maximum is not None
                else f"≥ {plan.minimum}"
            }
        self.report(read.code, row=row, column=column, unit=unit, measure=measure, value=value, facts=facts)
