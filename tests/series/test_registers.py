"""Registers of two periods that do not fit: no figure of another area is taken for a change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from helpers.command import run
from helpers.places import SAMPLES
from helpers.returns import write_csv
from helpers.series_page import Section

FORM = """
[form]
id = "ho"
version = "1"
title = { vi = "Số hộ", en = "Households" }

[[table]]
code = "01"
level = "LEVEL"
title = { vi = "Biểu 01", en = "Table 01" }

[[measure]]
code = "ho"
label = { vi = "Số hộ", en = "Households" }
unit = { vi = "hộ", en = "households" }
"""
HEAD = "code,name,type,level,parent"
PROVINCE = "07,Hà Trung,tỉnh,province,"
AN_BINH, MINH_QUAN = "0701,An Bình,xã,commune,07", "0702,Minh Quân,xã,commune,07"
VILLAGES = (
    "0701001,Thôn Cả,thôn,village,0701", "0701002,Thôn Hạ,thôn,village,0701",
    "0702001,Thôn Đông,thôn,village,0702",
)  # fmt: skip

MERGER = "event,date,kind,from,to\nx,2024-01-01,merge,0701,0701\nx,2024-01-01,merge,0702,0701\n"


def _period(folder: Path, level: str, *units: str) -> Path:
    """Write a period whose units of a level have 10, 20, 30 … households in the order of the register."""
    folder.mkdir(parents=True)
    (folder / "form.toml").write_text(FORM.replace("LEVEL", level), encoding="utf-8")
    (folder / "units.csv").write_text("\n".join((HEAD, PROVINCE, *units)) + "\n", encoding="utf-8")
    codes = [unit.partition(",")[0] for unit in units if f",{level}," in unit]
    rows: list[list[object]] = [[code, "", 10 * place] for place, code in enumerate(codes, 1)]
    write_csv(folder / "a.csv", [["Mã đơn vị", "Tên đơn vị", "Số hộ"], *rows])
    return folder


def _compared(first: Path, last: Path, *more: str) -> dict[str, Any]:
    done = run("compare", first, last, "--by", "commune", *more, "--format", "json")
    assert done.status == 0, done.output
    figures = {unit["unit"]: unit["measures"]["ho"] for unit in done.data["units"]}
    return {"common": done.data["common"]["measures"]["ho"], "data": done.data, **figures}


@pytest.mark.parametrize("level", ["commune", "village"])
def test_a_commune_that_the_later_register_lacks_is_not_taken_for_a_fall(tmp_path: Path, level: str) -> None:
    villages = VILLAGES if level == "village" else ()
    first = _period(tmp_path / "2023", level, AN_BINH, MINH_QUAN, *villages)
    last = _period(tmp_path / "2024", level, AN_BINH, *villages[:2])
    found = _compared(first, last)
    assert (found["07"]["basis"], found["07"]["reason"]) == ("not-comparable", "unexplained")
    assert (found["07"]["change"], found["07"]["from"]["value"]) == (None, None)
    assert found["data"]["common"]["units"] == ["0701"]
    assert (found["common"]["change"], found["common"]["basis"]) == (0, "exact")
    told = run("compare", first, last, "--by", "commune", "--lang", "vi").stdout
    assert "không rõ đã chuyển về đâu" in " ".join(told.split())
    assert "bằng nhau" not in told
    before, unknown = (30, 20) if level == "commune" else (60, 30)
    assert (
        f"Đối chiếu Số hộ năm 2023: {before} = {before - unknown} trong địa giới này + 0 ngoài địa giới này "
        f"+ {unknown} của đơn vị mà danh mục này không có"
    ) in " ".join(told.split())
    # and on the boundaries of the other period, which has it
    turned = _compared(first, last, "--on", "A")
    assert turned["0702"]["reason"] == "no-data"
    assert turned["07"]["reason"] == "part-missing"


def test_where_units_that_nobody_knows_of_gave_nothing_no_balance_is_claimed(tmp_path: Path) -> None:
    first = _period(tmp_path / "2023", "commune", AN_BINH, MINH_QUAN)
    write_csv(first / "a.csv", [["Mã đơn vị", "Tên đơn vị", "Số hộ"], ["0701", "", 10], ["0702", "", 0]])
    last = _period(tmp_path / "2024", "commune", AN_BINH)
    told = run("compare", first, last, "--lang", "en").stdout
    assert "Check" not in told
    assert "the same before and after" not in told


def test_what_an_event_explains_is_compared(tmp_path: Path) -> None:
    first = _period(tmp_path / "2023", "commune", AN_BINH, MINH_QUAN)
    last = _period(tmp_path / "2024", "commune", AN_BINH)
    (last / "changes.csv").write_text(MERGER, encoding="utf-8")
    found = _compared(first, last)
    assert [found[code]["from"]["value"] for code in ("07", "0701")] == [30, 30]
    assert {found[code]["basis"] for code in ("07", "0701", "common")} == {"exact"}


def test_villages_are_rearranged_without_events(tmp_path: Path) -> None:
    first = _period(tmp_path / "2023", "village", AN_BINH, MINH_QUAN, *VILLAGES)
    last = _period(
        tmp_path / "2024", "village", AN_BINH, MINH_QUAN, "0701003,Thôn Mới,thôn,village,0701", VILLAGES[2]
    )
    found = _compared(first, last)
    assert [found[code]["from"]["value"] for code in ("07", "0701", "0702")] == [60, 30, 30]
    assert {found[code]["basis"] for code in ("07", "0701", "0702")} == {"exact"}


def test_a_commune_whose_name_is_spelled_otherwise_is_the_same_if_its_villages_are(tmp_path: Path) -> None:
    first = _period(tmp_path / "2023", "village", AN_BINH, MINH_QUAN, *VILLAGES)
    last = _period(tmp_path / "2024", "village", AN_BINH.replace("An Bình", "Yên Bình"), MINH_QUAN, *VILLAGES)
    found = _compared(first, last)
    assert (found["0701"]["from"]["value"], found["0701"]["basis"]) == (30, "exact")
    assert (found["data"]["entered"], found["data"]["left"]) == ([], [])


@pytest.mark.slow
def test_communes_that_the_register_of_2024_spells_otherwise_are_neither_new_nor_gone() -> None:
    data = run("compare", SAMPLES / "2021", SAMPLES / "2024", "--by", "commune", "--format", "json").data
    assert [each["unit"] for each in data["entered"]] == ["04264", "04510", "04522", "04567", "04762"]
    (hat_luu,) = [each for each in data["units"] if each["unit"] == "04618"]
    assert hat_luu["measures"]["buoi_tuyen_truyen"]["basis"] == "exact"


@pytest.mark.slow
def test_communes_outside_the_earlier_area_are_not_called_new() -> None:
    told = run("compare", SAMPLES / "2021", SAMPLES / "2025", "--lang", "en", env={"COLUMNS": "5000"}).stdout
    (new,) = [line for line in told.splitlines() if line.startswith("New since 2021: ")]
    (outside,) = [line for line in told.splitlines() if line.startswith("Outside the area of 2021: ")]
    assert new.startswith("New since 2021: Tỉnh Lào Cai, Phường Yên Bái, ")
    assert new.endswith(" and 34 others.")
    assert outside.startswith("Outside the area of 2021: Phường Lào Cai, ")
    assert outside.endswith(" and 36 others.")
    assert "(51 of 99 commune-level units)" in told


def test_one_measure_is_told_as_one(tmp_path: Path) -> None:
    first = _period(tmp_path / "2023", "commune", AN_BINH, MINH_QUAN)
    last = _period(tmp_path / "2024", "commune", AN_BINH)
    (last / "changes.csv").write_text(MERGER, encoding="utf-8")
    told = run("compare", first, last, "--lang", "en").stdout
    assert "Check of Households: the sum of 2023 is the same" in " ".join(told.split())


def test_a_merger_and_a_new_name_on_one_day_cannot_be_undone(tmp_path: Path) -> None:
    first = _period(tmp_path / "2023", "commune", AN_BINH, MINH_QUAN)
    last = _period(tmp_path / "2024", "commune", AN_BINH.replace("An Bình", "Bình Minh"))
    (last / "changes.csv").write_text(MERGER + "y,2024-01-01,rename,0701,0701\n", encoding="utf-8")
    assert _compared(first, last)["0701"]["from"]["value"] == 30
    before = _compared(first, last, "--on", "A")
    for unit in ("0701", "0702"):
        figure = before[unit]["to"]
        assert (figure["value"], figure["low"], figure["high"]) == (None, 0, 10)


def test_a_day_at_the_end_of_a_month_is_told_in_words(tmp_path: Path) -> None:
    first = _period(tmp_path / "2023", "commune", AN_BINH)
    last = _period(tmp_path / "2024", "commune", AN_BINH)
    rows = "event,date,kind,from,to\nx,2024-01-01,recode,0708,0709\n"
    (last / "changes.csv").write_text(rows, encoding="utf-8")
    done = run("compare", first, last, "--lang", "vi")
    assert done.status == 2
    assert "0708 không có hiệu lực vào ngày 31/12/2023" in done.stderr


def test_periods_in_the_wrong_order_are_told(tmp_path: Path) -> None:
    first = _period(tmp_path / "2023", "commune", AN_BINH)
    last = _period(tmp_path / "2024", "commune", AN_BINH)
    assert "2024) is later than 2023" in run("compare", last, first, "--lang", "en").stderr
    assert "is later than" not in run("compare", first, last, "--lang", "en").stderr


@pytest.mark.slow
def test_a_later_period_given_as_an_earlier_one_is_told_and_stands_at_its_place(tmp_path: Path) -> None:
    told, faces = "", {}
    for suffix in ("md", "html", "xlsx"):
        target = tmp_path / f"a.{suffix}"
        done = run(
            "report", SAMPLES / "2021", "--with", SAMPLES / "2025", "--with", SAMPLES / "2020", "-o", target
        )  # fmt: skip
        assert done.status == 0, done.output
        told += done.stderr
        faces[suffix] = target
    assert told.count("2025, given by --with, is later than the reported period 2021.") == 3
    text = faces["md"].read_text("utf-8")
    assert "| Measure | 2020 | 2021 | 2025 | Note |" in text
    assert "Households (households) | 214,642 | 217,046 | 226,228 |" in text
    assert "No longer there since 2021: Tỉnh Yên Bái, Thành phố Yên Bái" in text
    assert "New since 2021: Tỉnh Lào Cai, Phường Yên Bái" in text
    assert "Outside the area of 2021: Phường Lào Cai" in text
    assert "since 2025" not in text.replace("Defined otherwise since 2025", "")
    assert "Why ratios changed since 2020" in text
    page = Section(faces["html"])
    households = page.chart("Households (")
    assert [row[:2] for row in households.rows[1:]] == [
        ["2020", "214,642"], ["2021", "217,046"], ["2025", "226,228"],
    ]  # fmt: skip
    assert "No longer there since 2021: Tỉnh Yên Bái" in page.text
    sheet = openpyxl.load_workbook(faces["xlsx"])["Over the periods"]
    [row] = [row for row in sheet.iter_rows(values_only=True) if row[1] == "Households (households)"][:1]
    assert row[2] == 214_642
    assert str(row[3]).startswith("='Summary'!")
    assert row[4] == 226_228


@pytest.mark.slow
def test_only_a_later_period_is_told_too(tmp_path: Path) -> None:
    target = tmp_path / "a.md"
    done = run("report", SAMPLES / "2021", "--with", SAMPLES / "2025", "-o", target, "--lang", "vi")
    assert done.status == 0, done.output
    assert "Kỳ 2025 nêu ở --with là kỳ sau của kỳ báo cáo 2021" in done.stderr
    assert "giảm" in target.read_text("utf-8")
    assert "so với năm 2025" in target.read_text("utf-8")
    assert "nêu ở --with" not in run("validate", SAMPLES / "2021", "--with", SAMPLES / "2020").stderr
