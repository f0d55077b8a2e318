"""What a workbook stores of its formulas, held against what they give; told in the scans of its sheets."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from antq_stats.reading.files.cells.formulas import Calculation, Sheet, differs
from antq_stats.reading.files.cells.sheet_scan import Remark, SheetScan


def check_formulas(scans: Sequence[SheetScan]) -> None:
    """Note the cells whose stored value their formula does not give, or may not give.

    Parameters
    ----------
    scans : of all sheets of one workbook that were read whole; others are passed by.
    """
    sheets = {scan.name: _sheet(scan) for scan in scans if scan.cells is not None}
    if not any(sheet.formulas for sheet in sheets.values()):
        return
    work = Calculation(sheets)
    for scan in scans:
        if scan.name in sheets:
            _check(scan, work)


def _sheet(scan: SheetScan) -> Sheet:
    assert scan.cells is not None  # noqa: S101 - asked before
    refused = {at for at, remark in scan.remarks.items() if not remark.taken}
    return Sheet(scan.cells.by_row, scan.formulas, frozenset((*refused, *scan.odd)))


def _check(scan: SheetScan, work: Calculation) -> None:
    cells = scan.cells.by_row if scan.cells is not None else {}
    for row, column in scan.formulas:
        at = (row, column)
        if at in scan.odd or at in scan.remarks:
            continue
        stored = cells.get(row, {}).get(column, "")
        if stored == "":
            continue  # told as a blank, where one is not enough
        if isinstance(stored, bool) or not isinstance(stored, int | float | str):
            continue  # a date: how it is written is not how it is counted
        expected = work.value(scan.name, row, column)
        if expected is None:
            if scan.recalculates_on_load or work.is_exhausted:
                scan.remarks[at] = Remark("C108", _said(stored) or None, {}, taken=True)
        elif isinstance(stored, str):
            if not stored.endswith("%"):  # a number shown as a percentage
                scan.remarks[at] = Remark(
                    "C106", stored or None, {"expected": _figure(expected)}, taken=False
                )
        elif differs(stored, expected):
            facts = {"expected": _figure(expected)}
            scan.remarks[at] = Remark("C106", _said(stored), facts, taken=False)


def _said(value: object) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _figure(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.10g}"
