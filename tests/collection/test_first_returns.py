"""A register of communes whose villages are not known yet: nothing is counted in silence."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from helpers.command import run
from helpers.returns import FORM, HEAD, UNITS, setup, write_csv, write_xlsx

COMMUNES = "\n".join(UNITS.splitlines()[:4]) + "\n"
"""The register without its villages."""

COMMUNE_TABLE = """
[[table]]
code = "02"
level = "commune"
title = { vi = "Biểu 02: Chợ của xã", en = "Table 02: markets" }

[[measure]]
code = "cho"
table = "02"
label = { vi = "Số chợ", en = "Markets" }
kind = "count"
"""
TWO_TABLES = FORM.replace('code = "trau"', 'code = "trau"\ntable = "01"').replace(
    'code = "bo"', 'code = "bo"\ntable = "01"'
)


def codes_of(folder: Path) -> list[tuple[str, str | None]]:
    found = run("validate", folder, "--format", "json").data["findings"]
    return [(finding["code"], finding["unit"]) for finding in found]


@pytest.mark.parametrize("named_by", ["title", "parent column", "code", "file"])
def test_rows_of_villages_not_listed_are_one_finding_of_their_commune(tmp_path: Path, named_by: str) -> None:
    folder = setup(tmp_path / "2025", form=FORM, units=COMMUNES)
    rows: list[list[object]] = [["", "Thôn 1", 5, 6], ["", "Bản Lý", 7, 8], ["", "Tổng cộng", 12, 14]]
    head: list[object] = [*HEAD]
    name = "thang-12.csv"
    if named_by == "code":
        rows = [["0702001", "Thôn 1", 5, 6], ["0702002", "Bản Lý", 7, 8]]
    if named_by == "parent column":
        head, rows = ["Xã", *head], [["Minh Quân", *row] for row in rows[:2]]
    if named_by == "file":
        name = "minh-quan.csv"
    titles: list[list[object]] = [["Xã Minh Quân"]] if named_by == "title" else []
    write_csv(folder / name, [*titles, head, *rows])
    assert codes_of(folder) == [("U110", "0702"), ("U303", "0701")]
    (finding, *_) = run("validate", folder, "--format", "json").data["findings"]
    assert "2" in finding["message"]
    assert finding["file"] == name
    (province, *_) = run("aggregate", folder, "--format", "json").data
    assert province["measures"]["trau"]["value"] is None


def test_a_workbook_of_two_communes_has_a_finding_for_each(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2025", form=FORM, units=COMMUNES)
    sheets = {
        name: [[f"Xã {name}"], HEAD, ["", "Thôn 1", 5, 6], ["", "Thôn 2", 7, 8]]
        for name in ("Minh Quân", "Nguyễn Thái Học")
    }
    write_xlsx(folder / "hai-xa.xlsx", sheets)
    assert sorted(codes_of(folder))[:2] == [("U110", "0701"), ("U110", "0702")]


def test_a_commune_that_answers_without_villages_leaves_the_totals_provisional(tmp_path: Path) -> None:
    units = UNITS.replace("070201,Thôn 1,,village,0702\n", "").replace("070202,Bản Lý,,village,0702\n", "")
    folder = setup(tmp_path / "2025", form=TWO_TABLES + COMMUNE_TABLE, units=units)
    write_csv(
        folder / "01.csv",
        [HEAD, ["070101", "", 1, 2], ["070102", "", 1, 2], ["070103", "", 1, 2]],
    )
    write_csv(folder / "02.csv", [["Tên xã", "Số chợ"], ["Nguyễn Thái Học", 1], ["Minh Quân", 2]])
    assert codes_of(folder) == [("U303", "0702")]
    (province, first, *_) = run("aggregate", folder, "--format", "json").data
    assert province["measures"]["trau"]["value"] == 3
    assert "trau" in province["provisional"]
    assert "trau" not in first.get("provisional", ())


def test_levels_are_understood_in_both_languages(tmp_path: Path) -> None:
    units = UNITS.replace("province", "Tỉnh").replace("commune", "Xã").replace("village", "Thôn")
    folder = setup(tmp_path / "2025", form=FORM, units=units)
    write_csv(
        folder / "a.csv",
        [HEAD, *([code, "", 1, 2] for code in ("070101", "070102", "070103", "070201", "070202"))],
    )
    for word in ("xã", "commune", "phường"):
        by = run("aggregate", folder, "--by", word, "--format", "json").data
        assert [unit["name"] for unit in by if unit["level"] == "Xã"] == [
            "Xã Nguyễn Thái Học",
            "Xã Minh Quân",
        ]


def test_a_village_named_without_figures_is_proposed_too_and_nothing_else_is(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2025", form=FORM, units=COMMUNES)
    numbered: list[list[object]] = [["TT", "Tên thôn", "Số trâu", "Số bò"]]
    rows: list[list[object]] = [
        [1, "Khe Cam", 5, 6], [2, "Đá Bia", "", ""], ["", "Vùng cao", "", ""],
        ["", "Bản Lý", "", ""], [5, "", "", ""], ["", "Tổng cộng", 5, 6],
        ["", "Ghi chú: thôn đã nộp", "", ""],
    ]  # fmt: skip
    write_csv(folder / "minh-quan.csv", [*numbered, *rows])
    assert codes_of(folder) == [("U110", "0702"), ("U303", "0701")]
    (finding, *_) = run("validate", folder, "--format", "json").data["findings"]
    assert "1 " in finding["message"]
    run("adopt", folder, "-o", tmp_path / "names.xlsx")
    listed = list(openpyxl.load_workbook(tmp_path / "names.xlsx").active.values)
    assert [row[2] for row in listed if row[0] == "0702"] == ["Khe Cam", "Đá Bia", "Bản Lý"]


def test_a_list_of_villages_without_figures_is_a_blank_return_and_a_list_to_adopt(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2025", form=FORM, units=COMMUNES)
    write_csv(folder / "minh-quan.csv", [HEAD, ["", "Thôn 1", "", ""], ["", "Thôn 2", "", ""]])
    assert ("U110", "0702") not in codes_of(folder)
    assert {code for code, _ in codes_of(folder)} <= {"F209", "T106", "U302", "U303"}
    run("adopt", folder, "-o", tmp_path / "names.xlsx")
    listed = list(openpyxl.load_workbook(tmp_path / "names.xlsx").active.values)
    assert [row[2] for row in listed if row[0] == "0702"] == ["Thôn 1", "Thôn 2"]


def test_where_villages_of_some_communes_are_not_listed_no_figure_is_called_complete(tmp_path: Path) -> None:
    units = UNITS.replace("070201,Thôn 1,,village,0702\n", "").replace("070202,Bản Lý,,village,0702\n", "")
    folder = setup(tmp_path / "2025", form=FORM, units=units)
    write_csv(folder / "a.csv", [HEAD, ["070101", "", 1, 2], ["070102", "", 1, 2], ["070103", "", 1, 2]])
    table = run("aggregate", folder, "--lang", "en").stdout
    assert "3/…" in table
    assert "3/3" in table  # of the commune whose villages are listed
    assert "the register lists no units of 1 others" in " ".join(table.split())
    text = tmp_path / "report.md"
    run("report", folder, "-o", text, "--lang", "vi")
    told = text.read_text(encoding="utf-8")
    assert "3/3" not in told.partition("Phụ lục")[0].partition("PHỤ LỤC")[0]
    assert "danh mục chưa đủ" in told
    page = tmp_path / "report.html"
    run("report", folder, "-o", page, "--lang", "vi")
    assert "còn có thể từ 3 đến 3" not in page.read_text(encoding="utf-8")
    (province,) = run("aggregate", folder, "--by", "province", "--format", "json").data
    assert province["provisional"] == ["trau", "bo"]
