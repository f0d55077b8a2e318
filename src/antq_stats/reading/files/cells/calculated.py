"""Comparing the stored results of formulas with recalculated ones; differences become remarks."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from antq_stats.reading.files.cells.formulas import Calculation, Sheet, differs
from antq_stats.reading.files.cells.sheet_scan import Remark, SheetScan


def check_formulas(scans: Sequence[SheetScan]) -> None:
    """Add remarks for cells whose stored value differs, or may differ, from the result of their formula.

    Parameters
    ----------
    scans : scans of all sheets of one workbook. Sheets without `SheetScan.cells` are skipped.
    """
    sheets = {scan.name: _sheet(scan) for scan in scans if scan.cells is not None}
    if not any(sheet.formulas for sheet in sheets.values()):
        return
    calculation = Calculation(sheets)
    for scan in scans:
        if scan.name in sheets:
            _check(scan, calculation)


def _sheet(scan: SheetScan) -> Sheet:
    assert scan.cells is not None  # noqa: S101 - checked by the caller
    refused = {at for at, remark in scan.remarks.items() if not remark.taken}
    return Sheet(scan.cells.by_row, scan.formulas, frozenset((*refused, *scan.odd)))


def _check(scan: SheetScan, calculation: Calculation) -> None:
    cells = scan.cells.by_row if scan.cells is not None else {}
    for row, column in scan.formulas:
        at = (row, column)
        if at in scan.odd or at in scan.remarks:
            continue
        stored = cells.get(row, {}).get(column, "")
        if stored == "":
            continue  # a blank is reported where a value is required
        if isinstance(stored, bool) or not isinstance(stored, int | float | str):
            continue  # a date is stored as a number, and cannot be compared here
        expected = calculation.value(scan.name, row, column)
        if expected is None:
            if scan.recalculates_on_load or calculation.is_exhausted:
                scan.remarks[at] = Remark("C108", _as_found(stored) or None, {}, taken=True)
        elif isinstance(stored, str):
            if not stored.endswith("%"):  # else a number displayed as a percentage
                scan.remarks[at] = Remark(
                    "C106", stored or None, {"expected": _figure(expected)}, taken=False
                )
        elif differs(stored, expected):
            facts = {"expected": _figure(expected)}
            scan.remarks[at] = Remark("C106", _as_found(stored), facts, taken=False)


def _as_found(value: object) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _figure(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.10g}"
