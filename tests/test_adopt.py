"""`adopt`: villages of returns are proposed with their evidence; those confirmed enter the register, once."""

from __future__ import annotations

import csv
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest

from helpers.command import CommandResult, run
from helpers.returns import setup, write_csv, write_xlsx

FORM_OF_HOUSEHOLDS = """
[form]
id = "ho"
version = "1"
title = { vi = "Số hộ", en = "Households" }

[[table]]
code = "01"
level = "village"
title = { vi = "Biểu 01: Số hộ", en = "Table 01: households" }

[[measure]]
code = "ho"
label = { vi = "Số hộ", en = "Households" }
kind = "count"

[[measure]]
code = "dat"
label = { vi = "Hộ đạt", en = "Households that achieved it" }
kind = "count"

[[ratio]]
code = "ty_le"
label = { vi = "Tỷ lệ", en = "Share" }
numerator = "dat"
denominator = "ho"
"""
UNITS = """\
code,name,type,level,parent,valid_from,valid_to,households
07,Hà Trung,tỉnh,province,,,,
0701,Nguyễn Thái Học,xã,commune,07,,,
0702,Minh Quân,xã,commune,07,,,
0702001,Thôn 1,,village,0702,,,100
0702002,Nà Kèn,,village,0702,,,60
0702003,Năm Trọ,,village,0702,,,45
0702004,Thôn Bản Lý,,village,0702,,,80
0702005,Thôn Tân Tiến,,village,0702,,,70
0702006,Thôn Cũ,,village,0702,,2024-12-31,10
"""
HEADS = ["Tên thôn", "Số hộ", "Hộ đạt"]
MINH_QUAN: list[list[object]] = [
    ["Xã Minh Quân"],
    HEADS,
    ["Thôn 1", 101, 90],
    ["Nà Kèn - Năm Trọ", 107, 100],
    ["Thôn Bản Lí", 81, 70],
    ["Thôn Đoàn Kết", 70, 60],
    ["Thôn Mới", 33, 30],
    ["Tổng cộng", 392, 350],
]
NGUYEN_THAI_HOC: list[list[object]] = [
    ["Xã Nguyễn Thái Học"], HEADS, ["Thôn 1", 50, 40], ["Thôn 2", 60, 50], ["Cộng", 110, 90],
]  # fmt: skip
DECISIONS = {
    "Nà Kèn - Năm Trọ": "sáp nhập",
    "Thôn Bản Lí": "đổi tên",
    "Thôn Đoàn Kết": "Đổi tên",
    "Thôn Mới": "mới",
}


def folder_of(place: Path, units: str = UNITS) -> Path:
    folder = setup(place / "2025", form=FORM_OF_HOUSEHOLDS, units=units)
    write_csv(folder / "minh-quan.csv", MINH_QUAN)
    write_xlsx(folder / "nth.xlsx", {"Biểu": NGUYEN_THAI_HOC})
    return folder


def proposals_of(path: Path) -> list[dict[str, str]]:
    sheet = openpyxl.load_workbook(path).active
    rows = [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    head = next(row for row in rows if row[0] in ("Mã xã", "Commune code"))
    return [dict(zip(head, row, strict=True)) for row in rows[rows.index(head) + 1 :]]


def fill_in(path: Path, decisions: Mapping[str, str], column: str = "Quyết định") -> None:
    """Write into a column, by the name in the return, as an officer does."""
    book = openpyxl.load_workbook(path)
    rows = list(book.active.iter_rows())
    head = next(row for row in rows if row[0].value == "Mã xã")
    titles = [cell.value for cell in head]
    by_name = titles.index("Tên trong báo cáo")
    for row in rows:
        if row[by_name].value in decisions and row[0].row > head[0].row:
            row[titles.index(column)].value = decisions[row[by_name].value]
    book.save(path)


def adopt(folder: Path, *more: object) -> CommandResult:
    return run("adopt", folder, *more, "--lang", "vi")


def list_of(folder: Path) -> Path:
    return folder.with_name("2025-thon-can-xac-nhan.xlsx")


def rows_of(folder: Path) -> list[dict[str, str]]:
    with (folder / "units.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_proposals_name_the_evidence_and_nothing_is_entered(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    before = (folder / "units.csv").read_bytes()
    ran = adopt(folder)
    assert "antq-stats adopt" in ran.stderr
    found = {row["Tên trong báo cáo"]: row for row in proposals_of(list_of(folder)) if row["Mã xã"] == "0702"}
    assert {name: (row["Đề xuất"], row["Mã thôn cũ"]) for name, row in found.items()} == {
        "Nà Kèn - Năm Trọ": ("sáp nhập", "0702002, 0702003"),
        "Thôn Bản Lí": ("đổi tên", "0702004"),
        "Thôn Đoàn Kết": ("đổi tên", "0702005"),
        "Thôn Mới": ("mới", ""),
    }
    assert "70" in found["Thôn Đoàn Kết"]["Căn cứ"]
    assert found["Thôn Mới"]["Ở báo cáo"] == "minh-quan.csv · dòng 7"
    assert all(row["Quyết định"] == "" for row in found.values())
    assert (folder / "units.csv").read_bytes() == before
    assert [row["Tên trong báo cáo"] for row in proposals_of(list_of(folder)) if row["Mã xã"] == "0701"] == [
        "Thôn 1",
        "Thôn 2",
    ]


def test_confirmed_villages_enter_the_register_and_the_figures_count(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    adopt(folder)
    fill_in(list_of(folder), DECISIONS | {"Thôn 1": "mới", "Thôn 2": "mới"})
    ran = adopt(folder, list_of(folder))
    assert (ran.status, ran.stdout) == (0, "")
    assert "3 thôn mới, 2 thôn đổi tên, 1 thôn sáp nhập" in ran.stderr
    rows = rows_of(folder)
    new = {(row["code"], row["name"], row["valid_from"]) for row in rows if row["source"]}
    assert new == {
        ("0702007", "Nà Kèn - Năm Trọ", "2025-01-01"),
        ("0702004", "Thôn Bản Lí", "2025-01-01"),
        ("0702005", "Thôn Đoàn Kết", "2025-01-01"),
        ("0702008", "Thôn Mới", "2025-01-01"),
        ("0701001", "Thôn 1", "2025-01-01"),
        ("0701002", "Thôn 2", "2025-01-01"),
    }
    ended = {row["code"]: row["valid_to"] for row in rows if row["valid_to"] and not row["source"]}
    assert ended == dict.fromkeys(("0702002", "0702003", "0702004", "0702005"), "2024-12-31") | {
        "0702006": "2024-12-31"
    }
    assert {row["code"]: row["aliases"] for row in rows if row["aliases"]} == {
        "0702004": "Thôn Bản Lý",
        "0702005": "Thôn Tân Tiến",
    }
    checked = run("validate", folder, "--format", "json").data
    assert (checked["summary"]["hard"], checked["summary"]["units_read"]) == (0, 7)
    (province, *_) = run("aggregate", folder, "--format", "json").data
    assert province["measures"]["ho"]["value"] == 392 + 110
    assert "danh mục đã có đủ" in adopt(folder).stderr.casefold()


def test_only_rows_with_a_decision_enter_and_none_enters_twice(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    adopt(folder)
    fill_in(list_of(folder), {"Thôn Mới": "mới", "Thôn Đoàn Kết": "bỏ qua"})
    first = adopt(folder, list_of(folder))
    assert "1 thôn mới" in first.stderr
    assert "4 dòng chưa quyết định" in first.stderr
    once = rows_of(folder)
    again = adopt(folder, list_of(folder))
    assert "1 dòng đã có trong danh mục" in again.stderr
    assert rows_of(folder) == once
    assert [row["name"] for row in once if row["source"]] == ["Thôn Mới"]


@pytest.mark.parametrize(
    ("column", "value", "cell"),
    [
        ("Quyết định", "đồng ý", "I9"),
        ("Mã thôn cũ", "", "H9"),
        ("Mã thôn cũ", "0702002", "H9"),
        ("Mã thôn cũ", "0702002, 0799999", "H9"),
        ("Mã thôn cũ", "0702002, 0702004", "H10"),  # given in another row too
        ("Từ ngày", "hôm nay", "J9"),
        ("Từ ngày", "01/01/2026", "J9"),  # after the cut-off
        ("Mã xã", "0709", "A9"),
        ("Mã xã", "07", "A9"),
        ("Tên đưa vào danh mục", "…", "D9"),
        ("Tên đưa vào danh mục", "Thôn Mới", "D12"),  # given in another row too
    ],
)
def test_a_bad_row_is_named_with_its_cell_and_the_others_enter(
    tmp_path: Path, column: str, value: str, cell: str
) -> None:
    folder = folder_of(tmp_path)
    adopt(folder)
    order = {"Thôn Mới": "mới", "Thôn Bản Lí": "đổi tên", "Nà Kèn - Năm Trọ": "sáp nhập"}
    fill_in(list_of(folder), order)
    fill_in(list_of(folder), {"Nà Kèn - Năm Trọ": value}, column)
    ran = adopt(folder, list_of(folder))
    assert ran.status == 1
    entered = [row["name"] for row in rows_of(folder) if row["source"]]
    assert len(entered) == 2
    assert f"S210 lỗi phải sửa  {list_of(folder).name} · {cell}\n" in ran.stderr
    assert f"Kiểm tra lại bảng đề xuất ở ô {cell} rồi chạy lại lệnh" in " ".join(ran.stderr.split())


def turn(path: Path, *columns: str) -> None:
    """Move the cells of some columns one row down, and the last ones up, as sorting them alone does."""
    book = openpyxl.load_workbook(path)
    rows = list(book.active.iter_rows())
    head = next(row for row in rows if row[0].value == "Mã xã")
    titles = [cell.value for cell in head]
    for column in map(titles.index, columns):
        cells = [row[column] for row in rows if row[0].row > head[0].row]
        values = [cell.value for cell in cells]
        for cell, value in zip(cells, values[-1:] + values[:-1], strict=True):
            cell.value = value
    book.save(path)


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        (["Mã xã"], "tên ghi bên cạnh mã là của xã khác"),
        (["Mã xã", "Xã, phường, đặc khu"], "các ô ở dòng này là của nhiều dòng"),
        (["Ở báo cáo"], "các ô ở dòng này là của nhiều dòng"),
    ],
)
def test_rows_of_which_one_column_was_sorted_alone_do_not_enter(
    tmp_path: Path, columns: list[str], told: str
) -> None:
    folder = folder_of(tmp_path)
    adopt(folder)
    fill_in(list_of(folder), {"Thôn 1": "mới", "Thôn 2": "mới", "Thôn Mới": "mới"})
    turn(list_of(folder), *columns)
    before = (folder / "units.csv").read_bytes()
    ran = adopt(folder, list_of(folder))
    assert ran.status == 1
    assert told in " ".join(ran.stderr.split())
    assert " · A7\n" in ran.stderr
    mixed = {row["name"]: row["parent"] for row in rows_of(folder) if row.get("source")}
    assert mixed.items() <= {("Thôn 2", "0701"), ("Thôn Mới", "0702")}
    assert columns != ["Ở báo cáo"] or (folder / "units.csv").read_bytes() == before


def test_a_list_that_was_sorted_whole_enters_as_before(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    adopt(folder)
    fill_in(list_of(folder), {"Thôn 1": "mới", "Thôn 2": "mới", "Thôn Mới": "mới"})
    titles = [cell for row in proposals_of(list_of(folder))[:1] for cell in row]
    turn(list_of(folder), *titles[:-1])  # the hidden column of keys is easily left out of a selection
    assert adopt(folder, list_of(folder)).status == 0
    entered = {(row["name"], row["parent"]) for row in rows_of(folder) if row["source"]}
    assert entered == {("Thôn 1", "0701"), ("Thôn 2", "0701"), ("Thôn Mới", "0702")}


def test_a_village_that_the_officer_adds_to_the_list_enters_too(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    adopt(folder)
    book = openpyxl.load_workbook(list_of(folder))
    titles = [cell.value for cell in book.active[6]]
    row = {"Mã xã": "0702", "Tên đưa vào danh mục": "Thôn Quên", "Quyết định": "mới"}
    book.active.append([row.get(title) for title in titles])
    book.save(list_of(folder))
    assert adopt(folder, list_of(folder)).status == 0
    assert [(row["name"], row["parent"]) for row in rows_of(folder)][-1] == ("Thôn Quên", "0702")


def test_a_date_after_the_period_is_refused_with_the_cut_off(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    adopt(folder)
    fill_in(list_of(folder), {"Thôn Mới": "mới"})
    fill_in(list_of(folder), {"Thôn Mới": "2030-01-01"}, "Từ ngày")
    ran = adopt(folder, list_of(folder))
    assert ran.status == 1
    told = " ".join(ran.stderr.split())
    assert "sau ngày chốt số liệu của kỳ báo cáo; muộn nhất là 31/12/2025" in told
    assert f"rồi chạy lại antq-stats adopt {folder} {list_of(folder)}" in told
    assert "antq-stats validate" not in told
    assert len(rows_of(folder)) == len(UNITS.splitlines()) - 1


def test_a_village_that_the_register_has_from_a_later_day_does_not_enter_again(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, UNITS + "0702009,Tổ dân phố Mới,,village,0702,2030-01-01,,33\n")
    adopt(folder)
    fill_in(list_of(folder), {"Thôn Mới": "mới"})
    fill_in(list_of(folder), {"Thôn Mới": "TDP Mới"}, "Tên đưa vào danh mục")
    before = (folder / "units.csv").read_bytes()
    ran = adopt(folder, list_of(folder))
    assert "1 dòng đã có trong danh mục" in ran.stderr
    assert (folder / "units.csv").read_bytes() == before


def test_folder_and_list_are_named_as_the_user_named_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = folder_of(tmp_path)
    (tmp_path / "so lieu 2025").mkdir()
    folder.rename(tmp_path / "so lieu 2025" / "2025")
    monkeypatch.chdir(tmp_path)
    ran = adopt(Path("so lieu 2025/2025"))
    listed = Path("so lieu 2025/2025-thon-can-xac-nhan.xlsx")
    command = f'antq-stats adopt "so lieu 2025{os.sep}2025" "{listed}"'
    assert f"rồi chạy {command}\n" in ran.stderr
    assert openpyxl.load_workbook(listed).active["A4"].value == f"Xong thì lưu lại rồi chạy: {command}"
    monkeypatch.chdir("so lieu 2025/2025")
    assert f"antq-stats adopt . {Path('../2025-thon-can-xac-nhan.xlsx')}" in adopt(Path()).stderr


def test_usual_rows_of_the_list_are_one_line_high(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    (folder / "nth.xlsx").rename(folder / "nguyen-thai-hoc.xlsx")
    adopt(folder)
    sheet = openpyxl.load_workbook(list_of(folder)).active
    heights = {sheet[f"C{row}"].value: sheet.row_dimensions[row].height for row in (7, 8, 12)}
    assert heights == {"Thôn 1": None, "Thôn 2": None, "Thôn Mới": None}


def test_rows_that_are_all_skipped_are_decisions(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    adopt(folder)
    names = {row["Tên trong báo cáo"] for row in proposals_of(list_of(folder))}
    fill_in(list_of(folder), dict.fromkeys(names, "bỏ qua"))
    ran = adopt(folder, list_of(folder))
    assert ran.status == 0
    assert "6 dòng đã chọn bỏ qua, không đưa vào danh mục." in ran.stderr
    assert "Chưa có dòng nào" not in ran.stderr
    assert adopt(folder).status == 2  # the list with its decisions is not written over


@pytest.mark.parametrize("content", [None, b"no workbook", b""])
def test_a_list_that_cannot_be_read_is_told_without_a_cell(tmp_path: Path, content: bytes | None) -> None:
    folder = folder_of(tmp_path)
    if content is not None:
        (tmp_path / "list.xlsx").write_bytes(content)
    ran = adopt(folder, tmp_path / "list.xlsx")
    assert ran.status == 2
    assert "S210 lỗi phải sửa  list.xlsx\n" in ran.stderr
    assert "Cách sửa: Kiểm tra lại bảng đề xuất rồi chạy lại lệnh" in " ".join(ran.stderr.split())


def test_a_workbook_without_the_heads_of_the_list_is_told_which_they_are(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    write_xlsx(tmp_path / "list.xlsx", [["Thôn", "Số hộ"], ["Thôn 1", 5]])
    ran = adopt(folder, tmp_path / "list.xlsx")
    assert ran.status == 2
    told = " ".join(ran.stderr.split())
    assert "không có dòng tên cột với các cột Mã xã, Tên đưa vào danh mục, Quyết định" in told


def test_a_corrected_name_keeps_the_one_of_the_return_as_another_name(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    adopt(folder)
    fill_in(list_of(folder), {"Thôn Mới": "mới"})
    fill_in(list_of(folder), {"Thôn Mới": "Thôn Mới Lập"}, "Tên đưa vào danh mục")
    fill_in(list_of(folder), {"Thôn Mới": "15/08/2025"}, "Từ ngày")
    adopt(folder, list_of(folder))
    (row,) = [row for row in rows_of(folder) if row["source"]]
    assert (row["name"], row["aliases"], row["valid_from"]) == ("Thôn Mới Lập", "Thôn Mới", "2025-08-15")


def test_a_list_with_decisions_is_not_written_over(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    adopt(folder)
    assert adopt(folder).status == 1  # nothing decided yet: made anew
    fill_in(list_of(folder), {"Thôn Mới": "mới"})
    refused = adopt(folder)
    assert refused.status == 2
    assert list_of(folder).name in refused.stderr
    assert adopt(folder, "-o", tmp_path / "khac.xlsx").status == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_the_register_keeps_its_rows_whatever_its_format(tmp_path: Path, encoding: str) -> None:
    units = UNITS.replace(",", ";")
    folder = folder_of(tmp_path)
    (folder / "units.csv").write_bytes(units.encode(encoding))
    adopt(folder)
    fill_in(list_of(folder), {"Thôn Mới": "mới"})
    assert adopt(folder, list_of(folder)).status == 0
    text = (folder / "units.csv").read_text(encoding="utf-8-sig")
    lines = text.splitlines()
    assert lines[0] == "code;name;type;level;parent;valid_from;valid_to;households;source"
    assert len(lines) == len(UNITS.splitlines()) + 1
    assert lines[-1].startswith("0702007;Thôn Mới;thôn;village;0702;2025-01-01;;33;")


def test_the_register_may_be_a_workbook(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    (folder / "units.csv").unlink()
    write_xlsx(
        folder / "units.xlsx",
        {"Ghi chú": [["x"]], "Danh mục": [line.split(",") for line in UNITS.splitlines()]},
    )
    adopt(folder)
    fill_in(list_of(folder), DECISIONS | {"Thôn 1": "mới", "Thôn 2": "mới"})
    assert adopt(folder, list_of(folder)).status == 0
    assert run("validate", folder, "--format", "json").data["summary"]["hard"] == 0
    assert openpyxl.load_workbook(folder / "units.xlsx").sheetnames == ["Ghi chú", "Danh mục"]


def test_what_is_no_list_is_told(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    other = write_xlsx(tmp_path / "khac.xlsx", [["a", "b"], [1, 2]])
    for path in (other, tmp_path / "not-there.xlsx"):
        refused = adopt(folder, path)
        assert refused.status == 2
        assert path.name in refused.stderr
    shutil.copy(folder / "units.csv", tmp_path / "text.xlsx")
    assert adopt(folder, tmp_path / "text.xlsx").status == 2


def test_a_commune_without_villages_names_them_in_its_blank_return_and_they_are_adopted(
    tmp_path: Path,
) -> None:
    units = "\n".join(line for line in UNITS.splitlines() if ",village," not in line) + "\n"
    folder = setup(tmp_path / "2025", form=FORM_OF_HOUSEHOLDS, units=units)
    blanks = tmp_path / "blank"
    assert run("template", folder, "-o", blanks, "--lang", "vi").status == 0
    assert run("template", folder, "-o", blanks, "--lang", "vi").status == 0

    shutil.copy(blanks / "nguyen-thai-hoc.xlsx", folder)
    book = openpyxl.load_workbook(blanks / "minh-quan.xlsx")
    sheet = book["Biểu 01"]
    for row, cells in enumerate((("Thôn 1", 101, 90), ("Thôn Mới", 33, 30)), start=9):
        for column, value in enumerate(cells, start=3):
            sheet.cell(row, column).value = value
    book.save(folder / "minh-quan.xlsx")

    found = json.loads(run("validate", folder, "--format", "json").stdout)["findings"]
    of_file = {file: [f["code"] for f in found if f["file"] == file] for file in {f["file"] for f in found}}
    assert of_file["minh-quan.xlsx"] == ["U110"]
    assert of_file["nguyen-thai-hoc.xlsx"] == ["F209"]

    adopt(folder)
    fill_in(list_of(folder), {"Thôn 1": "mới", "Thôn Mới": "mới"})
    assert adopt(folder, list_of(folder)).status == 0
    added = run("aggregate", folder, "--by", "commune", "--format", "json").stdout
    sums = {unit["unit"]: unit["measures"]["ho"]["value"] for unit in json.loads(added)}
    assert sums["0702"] == 134


def test_a_blank_return_in_which_only_a_name_was_written_is_not_overwritten(tmp_path: Path) -> None:
    units = "\n".join(line for line in UNITS.splitlines() if ",village," not in line) + "\n"
    folder = setup(tmp_path / "2025", form=FORM_OF_HOUSEHOLDS, units=units)
    blanks = tmp_path / "blank"
    run("template", folder, "-o", blanks, "--lang", "vi")
    book = openpyxl.load_workbook(blanks / "minh-quan.xlsx")
    book["Biểu 01"]["C9"] = "Thôn Mới"
    book.save(blanks / "minh-quan.xlsx")
    assert run("template", folder, "-o", blanks, "--lang", "vi").status == 3


def test_a_village_begins_after_those_it_replaces_and_not_before_its_commune(tmp_path: Path) -> None:
    since = "2025-07-01"
    units = UNITS.replace("xã,commune,07,,,", f"xã,commune,07,{since},,").replace(
        "village,0702,,,", f"village,0702,{since},,"
    )
    folder = folder_of(tmp_path, units)
    adopt(folder)
    fill_in(list_of(folder), {"Thôn Mới": "mới", "Thôn Bản Lí": "đổi tên", "Thôn Đoàn Kết": "đổi tên"})
    fill_in(list_of(folder), {"Thôn Đoàn Kết": "01/07/2025"}, "Từ ngày")
    ran = adopt(folder, list_of(folder))
    assert ran.status == 1
    assert "S210" in ran.stderr
    assert "sớm nhất là 02/07/2025" in " ".join(ran.stderr.split())
    entered = {row["name"]: row["valid_from"] for row in rows_of(folder) if row["source"]}
    assert entered == {"Thôn Mới": since, "Thôn Bản Lí": "2025-07-02"}
    assert run("validate", folder).status == 1  # the register can be read; two villages are still unknown


def test_names_like_formulas_stay_text_in_the_register(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    rows = [["=1+1 thôn" if cell == "Thôn Mới" else cell for cell in row] for row in MINH_QUAN]
    write_csv(folder / "minh-quan.csv", rows)
    (folder / "units.csv").unlink()
    write_xlsx(folder / "units.xlsx", [line.split(",") for line in UNITS.splitlines()])
    adopt(folder)
    fill_in(list_of(folder), {"=1+1 thôn": "mới"})
    fill_in(list_of(folder), {"=1+1 thôn": "Thôn Mới"}, "Tên đưa vào danh mục")
    assert adopt(folder, list_of(folder)).status == 0
    sheet = openpyxl.load_workbook(folder / "units.xlsx").active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value == "=1+1 thôn"]
    assert [cell.data_type for cell in cells] == ["s"]


def test_rows_of_communes_are_not_proposed_as_villages(tmp_path: Path) -> None:
    folder = setup(
        tmp_path / "2025",
        form=FORM_OF_HOUSEHOLDS.replace('level = "village"', 'level = "commune"'),
        units=UNITS,
    )
    write_csv(folder / "xa.csv", [["Tên xã", "Số hộ", "Hộ đạt"], ["Minh Quân", 1, 1], ["Xã Lạ", 2, 2]])
    adopt(folder)
    assert not list_of(folder).exists()
