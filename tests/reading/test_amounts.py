"""What a cell of a measure with decimals may say, and what becomes of it: exact, or refused."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from antq_stats.plan import COUNT_LIMIT
from helpers.reading import Outcome, read_folder
from helpers.returns import FORM, V1, V2, V3, setup, write_csv, write_xlsx

KM = """
[[measure]]
code = "duong"
label = {{ vi = "Chiều dài đường", en = "Length of roads" }}
unit = {{ vi = "km", en = "km" }}
decimals = {decimals}
"""
ONE_TABLE = FORM[: FORM.index("[[measure]]")]
HEAD = ["Mã thôn", "Tên thôn", "Chiều dài đường"]


def read_cells(folder: Path, decimals: int, *cells: object, limits: str = "") -> Outcome:
    """Read cells of a measure with decimals from the rows of a workbook, one for each village."""
    setup(folder, form=ONE_TABLE + KM.format(decimals=decimals) + limits)
    rows = [[*unit, cell] for unit, cell in zip((V1, V2, V3), cells, strict=False)]
    write_xlsx(folder / "a.xlsx", [HEAD, *rows])
    return read_folder(folder)


@pytest.mark.parametrize(
    ("cell", "one", "three", "code"),
    [
        (12.5, "12.5", "12.500", None),
        (12, "12.0", "12.000", None),
        ("12", "12.0", "12.000", None),
        ("12,5", "12.5", "12.500", None),
        ("12,50", "12.5", "12.500", None),
        ("0,5", "0.5", "0.500", None),
        ("1.691", "1691.0", "1691.000", None),
        ("1.691,5", "1691.5", "1691.500", None),
        ("1 691,5", "1691.5", "1691.500", None),
        ("1.691.234,5", "1691234.5", "1691234.500", None),
        ("１２,５", "12.5", "12.500", None),
        ("'12,5", "12.5", "12.500", None),
        ("-", "0.0", "0.000", None),
        (0.1 + 0.2, "0.3", "0.300", None),
        (1000.3 - 1000, None, None, "C308"),  # Excel displays 0.299999999999955
        ("12.5", "12.5", "12.500", "C205"),
        ("1,691.5", "1691.5", "1691.500", "C205"),
        ("1,691,000", "1691000.0", "1691000.000", "C201"),
        ("12,5 km", "12.5", "12.500", "C202"),
        ("…", None, None, "C102"),
        ("-12,5", None, None, "C304"),
        (-0.1, None, None, "C304"),
        ("12,5678", None, None, "C308"),
        ("0.1234", None, None, "C308"),
        (12.34567, None, None, "C308"),
        (0.00001, None, None, "C308"),
        (1e12, None, None, "C305"),
        (str(10**12), None, None, "C305"),
        ("12,5%", None, None, "C302"),
        ("1.2.3", None, None, "C303"),
        ("12,", None, None, "C302"),
        (",5", None, None, "C302"),
        ("-" * 3000, None, None, "C302"),
        (True, None, None, "C306"),
    ],
)
def test_a_cell_is_read_exactly_or_refused(
    tmp_path: Path, cell: object, one: str | None, three: str | None, code: str | None
) -> None:
    for decimals, expected in ((1, one), (3, three)):
        outcome = read_cells(tmp_path, decimals, cell, 1, 1)
        value = outcome.figure("duong", V1[0])[0]
        assert (None if value is None else str(value)) == expected
        assert outcome.codes == ([] if code is None else [code])


@pytest.mark.parametrize(
    ("cell", "decimals", "suggestion"),
    [("1,500", 1, "1500"), ("1,691", 2, "1691"), (1.691, 1, "1691"), ("12,34", 1, None), (12.34, 1, None)],
)
def test_a_number_with_too_many_decimals_is_never_rounded(
    tmp_path: Path, cell: object, decimals: int, suggestion: str | None
) -> None:
    outcome = read_cells(tmp_path, decimals, cell, 1, 1)
    (finding,) = [finding for finding in outcome.findings if finding.code[0] == "C"]
    assert (finding.code, finding.cell, finding.facts.get("suggestion")) == ("C308", "C2", suggestion)
    assert finding.facts["limit"] == str(decimals)
    assert outcome.figure("duong", V1[0])[0] is None


def test_a_point_before_three_digits_stays_the_thousands_mark(tmp_path: Path) -> None:
    outcome = read_cells(tmp_path, 3, "1.691", "1,691", 1.691)
    assert [str(outcome.figure("duong", unit)[0]) for unit, _ in (V1, V2, V3)] == [
        "1691.000",
        "1.691",
        "1.691",
    ]
    assert outcome.codes == []


def test_limits_may_have_decimals_and_the_message_writes_them_in_the_notation_of_the_language(
    tmp_path: Path,
) -> None:
    outcome = read_cells(tmp_path, 1, 0.4, 2500.6, 2500.5, limits="min = 0.5\nmax = 2500.5\n")
    assert outcome.codes == ["C305", "C305"]
    assert str(outcome.figure("duong", V3[0])[0]) == "2500.5"
    text = outcome.all_text()
    assert "(0,5–2.500,5)" in text
    assert "(0.5–2,500.5)" in text


def test_totals_and_repeated_rows_are_compared_exactly(tmp_path: Path) -> None:
    setup(tmp_path, form=ONE_TABLE + KM.format(decimals=1))
    rows = [[*V1, 0.1], [*V2, 0.2], [*V3, "0,3"]]
    write_xlsx(tmp_path / "a.xlsx", [HEAD, *rows, [None, "Cộng", 0.1 + 0.2 + 0.3]])
    write_csv(tmp_path / "b.csv", [HEAD, [*V1, "0,1"]], delimiter=";")
    outcome = read_folder(tmp_path)
    assert outcome.codes == ["U201"]
    assert str(outcome.sum("duong")) == "0.6"
    write_csv(tmp_path / "b.csv", [HEAD, [*V1, "0,2"]], delimiter=";")
    outcome = read_folder(tmp_path)
    values = {finding.file: finding.value for finding in outcome.findings if finding.code == "U202"}
    assert values == {"a.xlsx": "0.1", "b.csv": "0.2"}


def test_a_wrong_total_is_told_with_its_decimals(tmp_path: Path) -> None:
    setup(tmp_path, form=ONE_TABLE + KM.format(decimals=1))
    rows = [[*V1, 0.1], [*V2, 0.2], [*V3, "1.690,3"]]
    write_xlsx(tmp_path / "a.xlsx", [HEAD, *rows, [None, "Cộng", 1690.7]])
    outcome = read_folder(tmp_path)
    assert outcome.codes == ["T301"]
    assert "ghi 1.690,7, tổng các dòng là 1.690,6" in outcome.all_text()


def _written(steps: int, decimals: int, way: str) -> object:
    """Return a value as a sender may write it."""
    value = Decimal(steps).scaleb(-decimals)
    if way == "number":
        return float(value)
    if way == "calculated":  # the last binary digits differ, as in the results of formulas
        return float(value) * 3 - float(value) * 2 if steps < 10**9 else float(value)
    text = f"{value:,f}" if way == "grouped" else f"{value:f}"
    return text.translate({ord(","): ".", ord("."): ","})


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    decimals=st.integers(1, 3),
    figures=st.lists(
        st.tuples(
            st.one_of(st.integers(0, 99_999), st.integers(0, COUNT_LIMIT - 1)),
            st.sampled_from(("number", "calculated", "grouped", "plain")),
        ),
        min_size=3,
        max_size=3,
    ),
)
@example(1, [(3, "calculated"), (1, "number"), (16_915, "grouped")])
def test_whatever_is_written_is_added_up_exactly(
    tmp_path: Path, decimals: int, figures: Sequence[tuple[int, str]]
) -> None:
    cells = [_written(steps, decimals, way) for steps, way in figures]
    outcome = read_cells(tmp_path, decimals, *cells)
    assert outcome.codes == []
    total = outcome.sum("duong")
    assert Fraction(total or 0) == sum(Fraction(steps, 10**decimals) for steps, _ in figures)
    assert isinstance(total, Decimal)
    assert total.as_tuple().exponent == -decimals
