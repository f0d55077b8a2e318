"""Figures leave the program with their coverage, and with a mark while they can still change."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest

from helpers.command import run
from helpers.returns import FORM, RATIO, setup, write_csv

pytestmark = pytest.mark.slow

SECTIONS = """
[[section]]
code = "a"
label = { vi = "Số đếm" }

[[section]]
code = "b"
label = { vi = "Tỷ lệ" }
"""
HEAD = ["Mã thôn", "Tên thôn", "Số trâu", "Số bò"]
ALL = [
    ("070101", "Thôn 1"), ("070102", "Thôn 2"), ("070103", "Thôn Nguyễn Phúc"), ("070201", "Thôn 1"),
    ("070202", "Bản Lý"),
]  # fmt: skip


def year(
    folder: Path, name: str = "2021", *, last: tuple[object, object] = (14, 5), form: str = FORM
) -> Path:
    """Write a year in which every village answered; ``last`` is the figure of the last one."""
    place = setup(folder / name, RATIO, form=form)
    given = [(10, 1), (11, 2), (12, 3), (13, 4), last]
    write_csv(place / "a.csv", [HEAD, *([*unit, *figures] for unit, figures in zip(ALL, given, strict=True))])
    return place


def sectioned(measures: str, ratio: str) -> str:
    """Return the form with its measures and its ratio in these sections."""
    form = FORM.replace("[[measure]]", SECTIONS + "[[measure]]", 1)
    form = form.replace('kind = "count"', f'kind = "count"\nsection = "{measures}"')
    return form + RATIO.replace("[[ratio]]", f'[[ratio]]\nsection = "{ratio}"')


@pytest.mark.parametrize(("measures", "ratio"), [("a", "b"), ("b", "a"), ("a", "a")])
@pytest.mark.parametrize("suffix", ["xlsx", "html", "docx", "md"])
def test_a_ratio_may_stand_in_any_section(measures: str, ratio: str, suffix: str, tmp_path: Path) -> None:
    place = setup(tmp_path / "2021", form=sectioned(measures, ratio))
    write_csv(place / "a.csv", [HEAD, *([*unit, 10, 1] for unit in ALL)])
    ran = run("report", place, "--final", "-o", tmp_path / f"x.{suffix}")
    assert (ran.status, (tmp_path / f"x.{suffix}").exists()) == (0, True), ran.output


def test_a_required_figure_said_to_be_not_available_is_not_final(tmp_path: Path) -> None:
    place = year(tmp_path, last=("…", 5))
    ran = run("report", place, "--final", "-o", tmp_path / "x.md")
    assert (ran.status, (tmp_path / "x.md").exists()) == (1, False)
    assert "C102" in ran.stdout
    assert run("report", place, "-o", tmp_path / "x.md").status == 0
    text = (tmp_path / "x.md").read_text(encoding="utf-8")
    assert "46\\*" in text or "46*" in text, text
    assert "4/5" in text
    assert "All units expected to report have reported" not in text


def test_an_optional_figure_keeps_its_coverage_where_all_is_final(tmp_path: Path) -> None:
    form = FORM.replace('code = "bo"', 'code = "bo"\nrequired = false')
    place = year(tmp_path, last=(14, None), form=form)
    assert run("report", place, "--final", "-o", tmp_path / "x.md").status == 0
    text = (tmp_path / "x.md").read_text(encoding="utf-8")
    assert "4/5" in text


def test_the_csv_says_what_can_still_change_and_on_request_how_much_there_is(tmp_path: Path) -> None:
    place = year(tmp_path, last=("…", 5))
    plain = run("aggregate", place, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(plain.stdout.removeprefix("\ufeff"))))
    assert list(rows[0]) == ["unit", "name", "level", "parent", "trau", "bo", "ty_le_bo", "provisional"]
    assert [row["provisional"] for row in rows] == ["trau ty_le_bo", "", "trau ty_le_bo"]
    covered = run("aggregate", place, "--format", "csv", "--coverage", "--measure", "trau")
    (first, *_) = csv.DictReader(io.StringIO(covered.stdout.removeprefix("\ufeff")))
    assert list(first)[4:] == ["trau", "provisional", "trau.given", "trau.expected"]
    assert (first["trau"], first["trau.given"], first["trau.expected"]) == ("46", "4", "5")


def test_the_workbook_compares_no_partial_year_with_a_full_one(tmp_path: Path) -> None:
    this, last = year(tmp_path, last=("…", 5)), year(tmp_path, "2020")
    run("report", this, "--with", last, "-o", tmp_path / "x.xlsx")
    page = openpyxl.load_workbook(tmp_path / "x.xlsx").worksheets[0]
    texts = [[cell.value for cell in row] for row in page.iter_rows()]
    (buffaloes,) = [row for row in texts if "Buffaloes" in row]
    (cattle,) = [row for row in texts if "Cattle" in row]
    assert (buffaloes[4], buffaloes[5], buffaloes[6]) == (60, None, None)
    assert cattle[4] == 15
    assert str(cattle[5]).startswith("=D")
