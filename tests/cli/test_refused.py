"""Figures that are not taken are reported, in rows of no unit and in rows of totals."""

from __future__ import annotations

from pathlib import Path

from helpers.reading import read_folder
from helpers.returns import commune, patch_xlsx, setup, write_xlsx


def test_a_row_whose_figures_were_all_refused_is_no_row_without_figures(tmp_path: Path) -> None:
    """The row has no unit and none of its figures was taken, and still it is reported."""
    rows = [*commune(), ["079999", "Thôn Lạ", 5, 5], [None, None, 6, 6]]
    path = write_xlsx(setup(tmp_path) / "a.xlsx", rows)
    twice = '<c r="{0}"><v>5</v></c><c r="{0}"><v>7</v></c>'
    patch_xlsx(path, {cell: twice.format(cell) for cell in ("C5", "D5", "C6", "D6")})
    outcome = read_folder(tmp_path)
    assert outcome.hard == [("U101", "A5"), ("U106", "B6")]
    assert (outcome.sum("trau"), outcome.sum("bo")) == (30, 3)


def test_the_total_of_a_workbook_that_was_not_calculated_is_reported(tmp_path: Path) -> None:
    rows = [*commune((10, 1), (20, 2), (30, 3)), ["Tổng cộng", None, "=SUM(C2:C4)", "=D2+D3+D4"]]
    path = write_xlsx(setup(tmp_path) / "a.xlsx", rows)
    patch_xlsx(
        path,
        {"C5": '<c r="C5"><f>SUM(C2:C4)</f><v>0</v></c>', "D5": '<c r="D5"><f>D2+D3+D4</f><v>6</v></c>'},
    )
    outcome = read_folder(tmp_path)
    assert outcome.hard == [("C106", "C5")]
    assert [(f.value, f.facts["expected"]) for f in outcome.findings if f.code == "C106"] == [("0", "60")]
