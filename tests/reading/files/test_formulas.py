"""Formulas of known kinds are recalculated exactly, and others not at all."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antq_stats.reading.files.cells.formulas import Calculation, Sheet, differs, shifted

NUMBERS = {0: {0: 10.0, 1: 2.5, 2: "12", 3: True}, 1: {0: 20.0, 1: "", 2: "x"}, 2: {0: float("nan"), 1: 4.0}}


def value(formula: str, **others: Sheet) -> Fraction | None:
    """Return what a formula in Z99 gives over NUMBERS."""
    own = Sheet(NUMBERS, {(98, 25): formula}, frozenset({(2, 1)}))
    return Calculation({"A": own, **others}).value("a", 98, 25)


@pytest.mark.parametrize(
    ("formula", "given"),
    [
        ("A1+A2", 30), ("SUM(A1:A2)", 30), ("sum(A1:B2)", Fraction(65, 2)), ("SUM(A1,A2,5)", 35),
        ("-A1", -10),
        ("--A1", 10), ("(A1+A2)*2-1", 59), ("A1/4", Fraction(5, 2)), ("$A$1+A$2", 30), ("SUM(A2:A1)", 30),
        ("50%", Fraction(1, 2)), ("B2+1", 1), ("SUM(C1:C2)", 0), ("SUM(A1+A2,1)", 31), ("1.5e1", 15),
        ("SUM(A:A)", None), ("A1+C1", None), ("A1+D1", None), ("A1&A2", None), ("IF(A1,1,2)", None),
        ("A1/B2", None), ("A3", None), ("SUM(A1:A3)", None), ("B3+1", None), ("SUM(B1:B3)", None),
        ("Z99+1", None), ("B!A1", None), ("SUM(A1", None), ("1 2", None), ("", None),
    ],
)  # fmt: skip
def test_what_a_formula_gives(formula: str, given: object) -> None:
    assert value(formula) == given


def test_another_sheet_of_the_book() -> None:
    other = Sheet({0: {0: 7.0}}, {(1, 0): "A1*2"}, frozenset())
    assert value("'Biểu số 2'!A2+1", **{"Biểu số 2": other}) == 15


def test_a_long_chain_and_a_circle_end() -> None:
    chain = Sheet({0: {0: 1.0}}, {(row, 0): f"A{row}+1" for row in range(1, 3000)}, frozenset())
    work = Calculation({"A": chain})
    assert [work.value("A", row, 0) for row in range(1, 3000)][-1] == 3000
    circle = Calculation({"A": Sheet({}, {(0, 0): "B1", (0, 1): "A1"}, frozenset())})
    assert circle.value("A", 0, 0) is None
    assert circle.value("A", 0, 1) is None


def test_a_workbook_of_huge_sums_is_left_in_the_end() -> None:
    cells = {row: {0: 1.0} for row in range(1000)}
    formulas = {(row, 1): "SUM(A1:A1000)" for row in range(1000)}
    work = Calculation({"A": Sheet(cells, dict(formulas), frozenset())}, max_steps=10_000)
    found = [work.value("A", row, 1) for row in range(1000)]
    assert found[0] == 1000
    assert found[-1] is None
    assert work.is_exhausted


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=30))
def test_a_sum_is_exact(numbers: list[int]) -> None:
    cells = {row: {0: float(number)} for row, number in enumerate(numbers)}
    sheet = Sheet(cells, {(0, 1): f"SUM(A1:A{len(numbers)})"}, frozenset())
    assert Calculation({"A": sheet}).value("A", 0, 1) == sum(numbers)


@pytest.mark.parametrize(
    ("formula", "rows", "columns", "moved"),
    [
        ("SUM(A1:B2)", 1, 1, "SUM(B2:C3)"), ("$A$1+A$1+$A1", 2, 2, "$A$1+C$1+$A3"), ("A1", 0, 0, "A1"),
        ('"A1"&A1', 1, 0, '"A1"&A2'), ("'A1'!A1", 1, 0, "'A1'!A2"), ("LOG10(A1)", 1, 0, "LOG10(A2)"),
        ("A1", -1, 0, "#REF!"),
    ],
)  # fmt: skip
def test_a_shared_formula_moves_with_its_cell(formula: str, rows: int, columns: int, moved: str) -> None:
    assert shifted(formula, rows, columns) == moved


def test_what_a_float_rounds_is_no_difference() -> None:
    assert not differs(0.1 + 0.2, Fraction(3, 10))
    assert differs(0.31, Fraction(3, 10))
    assert differs(float("nan"), Fraction(1))
