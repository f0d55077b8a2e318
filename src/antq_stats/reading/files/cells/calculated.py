"""What a workbook stores of its formulas, held against what they give; told in the looks of its sheets."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from antq_stats.reading.files.cells.formulas import Calculation, Sheet, differs
from antq_stats.reading.files.cells.look import Look, Remark


def check_formulas(looks: Sequence[Look]) -> None:
    """Note the cells whose stored value their formula does not give, or may not give.

    Parameters
    ----------
    looks : of all sheets of one workbook that were read whole; others are passed by.
    """
    sheets = {look.name: _sheet(look) for look in looks if look.cells is not None}
    if not any(sheet.formulas for sheet in sheets.values()):
        return
    work = Calculation(sheets)
    for look in looks:
        if look.name in sheets:
            _check(look, work)


def _sheet(look: Look) -> Sheet:
    assert look.cells is not None  # noqa: S101 - asked before
    refused = {at for at, remark in look.remarks.items() if not remark.taken}
    return Sheet(look.cells.by_row, look.formulas, frozenset((*refused, *look.odd)))


def _check(look: Look, work: Calculation) -> None:
    cells = look.cells.by_row if look.cells is not None else {}
    for row, column in look.formulas:
        at = (row, column)
        if at in look.odd or at in look.remarks:
            continue
        stored = cells.get(row, {}).get(column, "")
        if stored == "":
            continue  # told as a blank, where one is not enough
        if isinstance(stored, bool) or not isinstance(stored, int | float | str):
            continue  # a date: how it is written is not how it is counted
        expected = work.value(look.name, row, column)
        if expected is None:
            if look.pending or work.is_spent:
                look.remarks[at] = Remark("C108", _said(stored) or None, {}, taken=True)
        elif isinstance(stored, str):
            if not stored.endswith("%"):  # a number shown as a percentage
                look.remarks[at] = Remark(
                    "C106", stored or None, {"expected": _figure(expected)}, taken=False
                )
        elif differs(stored, expected):
            facts = {"expected": _figure(expected)}
            look.remarks[at] = Remark("C106", _said(stored), facts, taken=False)


def _said(value: object) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _figure(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.10g}"
