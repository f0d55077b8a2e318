"""Figures of any period that rest on decisions are marked on all boundaries, and listed with their period."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest

from helpers.browser import browser, opened, violations
from helpers.command import run
from helpers.decisions import HEADS
from helpers.report_text import text_of
from helpers.returns import RATIO, UNITS, V1, V2, V3, W1, W2, commune, setup, write_xlsx

THEN = "2021-12-01,correct,070101,trau,,,12,21,told last year,VP"
NOW = "2022-12-01,correct,070202,bo,,,2,3,told this year,VP"
DAYS = (",2022-06-30", "2022-07-01,")
"""The days of the units that were before the reform, and of those since: from, to."""
CHANGES = (
    "event,date,kind,from,to,share,act,source\n"
    "nhap,2022-07-01,merge,0701,0709,,NQ,x\nnhap,2022-07-01,merge,0702,0709,,NQ,x\n"
)
SUFFIXES = ("xlsx", "html", "docx", "md")


def decide(folder: Path, *lines: str) -> None:
    (folder / "decisions.csv").write_text("\n".join([HEADS, *lines, ""]), encoding="utf-8")


def year(folder: Path, *decisions: str) -> Path:
    setup(folder, RATIO)
    write_xlsx(folder / "a.xlsx", commune((12, 5), (3, 1), (60, 2)))
    write_xlsx(folder / "b.xlsx", commune((4, 1), (5, 2), villages=(W1, W2)))
    if decisions:
        decide(folder, *decisions)
    return folder


@pytest.fixture
def years(tmp_path: Path) -> list[Path]:
    return [year(tmp_path / "2020"), year(tmp_path / "2021", THEN), year(tmp_path / "2022", NOW)]


@pytest.fixture
def reform(tmp_path: Path) -> Path:
    """Return a folder from before two communes were merged into one, with a register of both days."""
    folder = year(tmp_path / "2021", THEN, "2021-12-02,set-aside,,,,old.xlsx,,,older,VP")
    write_xlsx(folder / "old.xlsx", commune((40, 1), (5, 2), villages=(W1, W2)))
    head, province, *units = UNITS.splitlines()
    dated = [f"{head},valid_from,valid_to", f"{province},,", *(f"{unit},{DAYS[0]}" for unit in units)]
    dated.append(f"0709,Minh Thái,xã,commune,07,{DAYS[1]}")
    dated += [f"{code},{name},,village,0709,{DAYS[1]}" for code, name in (V1, V2, V3, W1, W2)]
    (folder / "units.csv").write_text("\n".join(dated) + "\n", "utf-8")
    (folder / "changes.csv").write_text(CHANGES, "utf-8")
    return folder


def report(folders: list[Path], suffix: str, lang: str = "en") -> Path:
    target = folders[-1].parent / f"report-{lang}.{suffix}"
    beside = [part for folder in folders[:-1] for part in ("--with", folder)]
    done = run("report", folders[-1], *beside, "-o", target, "--lang", lang)
    assert done.status == 0, done.stderr
    return target


# -- two periods ------------------------------------------------------------------------------------


def test_compare_marks_the_figure_of_the_period_with_the_decision(years: list[Path]) -> None:
    done = run("compare", years[1], years[2], "--lang", "en", env={"COLUMNS": "140"})
    rows = {line.split("  ")[1]: line for line in done.stdout.splitlines() if line.startswith("  ")}
    buffaloes = next(line for name, line in rows.items() if name.startswith("Buffaloes"))
    cattle = next(line for name, line in rows.items() if name.startswith("Cattle"))
    assert re.search(r" 93† +84 ", buffaloes)
    assert re.search(r" 11 +12† ", cattle)
    told = " ".join(done.stdout.split())
    assert "† decided by this office: 2021 – 1 figure corrected. 2022 – 1 figure corrected" in told


def test_compare_tells_programs_which_figures_are_decided(years: list[Path]) -> None:
    root = run("compare", years[1], years[2], "--format", "json").data["units"][0]["measures"]
    assert [root["trau"][side].get("decided") for side in ("from", "to")] == [True, None]
    assert [root["bo"][side].get("decided") for side in ("from", "to")] == [None, True]
    rows = run("compare", years[1], years[2], "--format", "csv").stdout.splitlines()
    assert rows[0].endswith(",provisional,decided")
    assert [row.rpartition(",")[2] for row in rows if ",trau," in row][:1] == ["from"]


def test_without_decisions_compare_has_neither_mark_nor_column(years: list[Path]) -> None:
    (years[1] / "decisions.csv").unlink()
    for chosen in ("table", "json", "csv", "md"):
        text = run("compare", years[0], years[1], "--format", chosen).stdout
        assert "†" not in text
        assert "decided" not in text


def test_compare_by_unit_marks_units_and_figures(years: list[Path]) -> None:
    decide(years[1], THEN, "2021-12-02,set-aside,,,,old.xlsx,,,older,VP")
    write_xlsx(years[1] / "old.xlsx", commune((40, 1), (5, 2), villages=(W1, W2)))
    arguments = (years[1], years[2], "--by", "commune", "--measure", "trau", "--lang", "en")
    text = run("compare", *arguments, "--format", "md").stdout
    assert "Minh Quân †" in text
    assert re.search(r"Nguyễn Thái Học \| 84† \| 75 ", text)
    target = years[0].parent / "two.xlsx"
    assert run("compare", *arguments, "-o", target).status == 0
    cells = [cell for row in openpyxl.load_workbook(target).active.iter_rows() for cell in row]
    assert {cell.number_format for cell in cells if cell.value == 84} >= {'#,##0"†"'}


# -- other boundaries -------------------------------------------------------------------------------


def test_bounds_have_the_mark_of_a_corrected_figure_in_every_table(reform: Path) -> None:
    """The commune with the corrected figure is divided without shares: both parts have bounds only."""
    units = (reform / "units.csv").read_text("utf-8").replace("0709,Minh Thái", "0709,Minh Hạ")
    after = f"0710,Minh Thượng,xã,commune,07,{DAYS[1]}\n0711,Nguyễn Thái Học,xã,commune,07,{DAYS[1]}\n"
    kept = [line for line in units.splitlines() if not line.endswith(f",village,0709,{DAYS[1]}")]
    (reform / "units.csv").write_text("\n".join(kept) + "\n" + after, "utf-8")
    split = "".join(f"chia,2022-07-01,split,0701,{new},,NQ,x\n" for new in ("0709", "0710"))
    head = CHANGES.splitlines()[0]
    (reform / "changes.csv").write_text(f"{head}\n{split}ma,2022-07-01,recode,0702,0711,,NQ,x\n", "utf-8")
    arguments = ("aggregate", reform, "--on", "2022-12-31", "--measure", "trau", "--lang", "en")
    for chosen in ("table", "md"):
        text = run(*arguments, "--format", chosen, env={"COLUMNS": ""}).stdout
        lines = [line for line in text.splitlines() if "Minh Hạ" in line or "Minh Thượng" in line]
        assert [("0 to 84†" in line) for line in lines] == [True, True], text


def test_on_other_boundaries_a_merged_unit_has_the_mark(reform: Path) -> None:
    arguments = ("aggregate", reform, "--on", "2022-12-31", "--lang", "en")
    text = run(*arguments, "--format", "md").stdout
    assert re.search(r"Minh Thái † \| 93† \| 11 \|", text), text
    assert "† decided by this office: 1 figure corrected; 1 file or sheet left out" in text
    records = {each["unit"]: each for each in run(*arguments, "--format", "json").data}
    assert records["0709"]["measures"]["trau"]["decided"] is True
    assert records["0709"]["ratios"]["ty_le_bo"]["decided"] is True
    assert "decided" not in records["0709"]["measures"]["bo"]
    rows = run(*arguments, "--format", "csv").stdout.splitlines()
    assert rows[0].endswith(",basis,reason,decided")
    assert {row.rpartition(",")[2].lower() for row in rows if ",trau," in row} == {"true"}
    assert {row.rpartition(",")[2].lower() for row in rows if ",bo," in row} == {"false"}


def test_the_mark_stays_with_the_village_that_was_corrected(reform: Path) -> None:
    records = run("aggregate", reform, "--on", "2022-12-31", "--by", "village", "--format", "json").data
    marked = {each["unit"] for each in records if each["measures"]["trau"].get("decided")}
    assert marked == {"07", "0709", "070101"}


def test_a_decision_that_no_longer_fits_marks_nothing_on_other_boundaries(reform: Path) -> None:
    decide(reform, THEN.replace(",12,21,", ",13,21,"))
    (reform / "old.xlsx").unlink()
    for chosen in ("json", "csv", "md"):
        text = run("aggregate", reform, "--on", "2022-12-31", "--format", chosen).stdout
        assert "†" not in text
        assert "decided" not in text


# -- reports over several periods -------------------------------------------------------------------


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_report_lists_the_decisions_of_all_periods(years: list[Path], suffix: str, lang: str) -> None:
    text = text_of(report(years, suffix, lang))
    assert "told last year" in text
    assert "told this year" in text
    assert {"vi": "Năm 2021 – sửa 1 số liệu", "en": "2021 – 1 figure corrected"}[lang] in text


@pytest.mark.parametrize("suffix", ["html", "docx", "md"])
def test_a_series_marks_the_figures_of_each_period(years: list[Path], suffix: str) -> None:
    text = text_of(report(years, suffix))
    assert "93†" in text
    assert "12†" in text
    assert "84†" not in text


def test_the_sheet_of_a_series_marks_by_number_format(years: list[Path]) -> None:
    book = openpyxl.load_workbook(report(years, "xlsx"))
    marked = {
        (sheet.title, cell.value) for sheet in book for row in sheet.iter_rows() for cell in row
        if '"†"' in cell.number_format
    }  # fmt: skip
    assert any(value == 93 for _, value in marked)
    assert not any(value == 84 for _, value in marked)


def test_only_the_earlier_period_has_decisions(years: list[Path]) -> None:
    (years[2] / "decisions.csv").unlink()
    for suffix in SUFFIXES:
        text = text_of(report(years[1:], suffix))
        assert "told last year" in text
        assert "2021 – 1 figure corrected" in text
        assert suffix == "xlsx" or "93†" in text


@pytest.mark.browser
def test_the_page_explains_the_mark_and_breaks_no_rule(years: list[Path]) -> None:
    with browser() as running, opened(running, report(years, "html")) as page:
        assert "93†" in page.locator("body").inner_text()
        assert violations(page) == []
