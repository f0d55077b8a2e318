"""The figures in a unit's row: each cell is coerced, and what is wrong with it is reported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from antq_stats.plan import MISSING, MeasurePlan, TablePlan
from antq_stats.reading import coerce, privacy
from antq_stats.reading.reporter import Report
from antq_stats.reading.returns import OwnFigure
from antq_stats.words.text import column_letter

if TYPE_CHECKING:
    from antq_stats.reading.files.cells.sheet_scan import OddCell, Remark


class UnitCells:
    """Reads the cells of figures in the rows of one table.

    Parameters
    ----------
    table, places : the form's table, and the column of each of its measures, -1 for none.
    odd : cells of the sheet that look blank and are not, by row and column from 0.
    remarks : cells with a finding to be reported if they are read as figures, by row and column from 0.
    report : called with each finding.
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
        # no float lies between 1 and 0: every cell of a measure with decimals is coerced
        self.columns = [
            (place, column, measure, *((1, 0) if measure.decimals else (measure.minimum, measure.highest)))
            for place, (column, measure) in enumerate(zip(places, table.measures, strict=True))
            if column >= 0
        ]

    def values(self, row_number: int, row: Sequence[object], unit: int) -> list[int]:
        """Return the value of each measure of the table, `plan.MISSING` where the row has none.

        Parameters
        ----------
        row_number, row : the grid row and its cells; it may be shorter than the sheet is wide.
        unit : position of the row's unit.
        """
        values = [MISSING] * len(self.table.measures)
        blank: list[tuple[int, str]] = []
        for place, column, measure, lowest, highest in self.columns:
            cell = row[column] if column < len(row) else ""
            if self.remarks and (remark := self.remarks.get((row_number, column))) is not None:
                self._report_remark(row_number, column, remark, unit, measure.code)
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
                self._report_coerced(row_number, column, cell, read.code, read, unit, measure)
        if blank:
            self._report_blanks(row_number, blank, unit)
        return values

    def _report_blanks(self, row: int, blank: list[tuple[int, str]], unit: int) -> None:
        """Report C101 once for all blank cells of a row: a row with one blank often has several."""
        (column, measure), *others = sorted(blank)
        facts = {"place": ", ".join(column_letter(other) for other, _ in others)} if others else {}
        self.report(
            "C101", row=row, column=column, unit=unit, measure=measure, facts=facts, also=tuple(others)
        )

    def _report_remark(self, row: int, column: int, remark: Remark, unit: int, measure: str) -> None:
        value = None if remark.value is None or privacy.is_personal(remark.value) else remark.value
        self.report(
            remark.code, row=row, column=column, unit=unit, measure=measure, value=value, facts=remark.facts
        )

    def _report_coerced(
        self,
        row: int,
        column: int,
        cell: object,
        code: str,
        read: coerce.Coerced,
        unit: int,
        measure: MeasurePlan,
    ) -> None:
        """Report what coercion found in a cell; a personal number is reported as one, without its value."""
        kind = privacy.number_kind(cell)
        if kind:
            self.report(kind, row=row, column=column, unit=unit, measure=measure.code)
            return
        value = None if privacy.is_personal(cell) else coerce.shown(cell)
        facts = {"suggestion": read.suggestion} if read.suggestion else {}
        if read.value != MISSING:
            facts["found"] = measure.text(read.value)
        if code == "C305":
            bounds = f"≥ {measure.text(measure.minimum)}"
            if measure.maximum is not None:
                bounds = f"{measure.text(measure.minimum)}–{measure.text(measure.maximum)}"
            facts = {"expected": bounds}
        if code == "C308":
            facts["limit"] = str(measure.decimals)
            value = value if value is None or isinstance(cell, str) else f"{cell:.15g}"
        self.report(code, row=row, column=column, unit=unit, measure=measure.code, value=value, facts=facts)


class OwnCells:
    """Reads what a unit above the table's level reports of itself: the measures that no level adds up.

    Parameters
    ----------
    table, places, odd, remarks, report : as for `UnitCells`.
    """

    def __init__(
        self,
        table: TablePlan,
        places: Sequence[int],
        odd: Mapping[tuple[int, int], OddCell],
        remarks: Mapping[tuple[int, int], Remark],
        report: Report,
    ) -> None:
        # the measure's bounds are those of a unit of the table, and only such a unit must answer
        measures = tuple(
            measure._replace(required=False, minimum=0, maximum=None) for measure in table.measures
        )
        columns = [-1 if measure.summed else column for column, measure in zip(places, measures, strict=True)]
        self.cells = UnitCells(table._replace(measures=measures), columns, odd, remarks, report)

    def figures(self, row_number: int, row: Sequence[object], unit: int) -> Iterator[OwnFigure]:
        """Yield the figures in the row of a unit above the table's level; see `UnitCells.values`."""
        if self.cells.columns:
            for place, value in enumerate(self.cells.values(row_number, row, unit)):
                if value != MISSING:
                    yield OwnFigure(unit, place, value, row_number + 1)
