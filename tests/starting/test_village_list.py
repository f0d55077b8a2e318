"""A list of villages: recognised by its headers, refused whole with every fault."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from antq_stats.country import CountryUnit, country
from antq_stats.starting.list_faults import ListProblem, Place
from antq_stats.starting.village_list import villages_of
from antq_stats.starting.villages import Village
from helpers.returns import write_csv, write_xlsx

DAY = date(2025, 12, 31)


@pytest.fixture(scope="module")
def communes() -> list[CountryUnit]:
    land = country()
    return [unit for unit in land.units_of(land.province("Lào Cai"), DAY) if unit.level == "commune"]


def read(folder: Path, text: str, communes: list[CountryUnit]) -> list[Village]:
    path = folder / "danh-sach.csv"
    path.write_text(text, encoding="utf-8")
    return villages_of(path, communes).villages


def faults(folder: Path, text: str, communes: list[CountryUnit]) -> list[tuple[str, str]]:
    with pytest.raises(ListProblem) as caught:
        read(folder, text, communes)
    return [(fault.key, str(fault.place.row) if fault.place else "") for fault in caught.value.faults]


def test_villages_get_the_code_of_their_commune_and_three_digits(
    tmp_path: Path, communes: list[CountryUnit]
) -> None:
    text = """\
DANH SÁCH THÔN
STT;Xã, phường;Tên thôn, bản, tổ dân phố;Số hộ
1;phường Cam Đường;Tổ 2;1.200
2;Lào Cai;TDP 3;
;;;
3;P. Cam Đường;Tổ 1;98
"""
    found = read(tmp_path, text, communes)
    assert [(v.code, v.name, v.kind, v.parent, v.households) for v in found] == [
        ("02647001", "TDP 3", "tổ dân phố", "02647", ""),
        ("02671001", "Tổ 2", "tổ", "02671", "1200"),
        ("02671002", "Tổ 1", "tổ", "02671", "98"),
    ]
    assert found[0].aliases == ("Tổ dân phố 3",)


def test_codes_of_a_list_are_kept_and_the_others_come_after_them(
    tmp_path: Path, communes: list[CountryUnit]
) -> None:
    text = "commune code,village,code\n2671,Thôn A,2671004\n02671,Thôn B,\n2671,Thôn C,02671001\n"
    found = {village.name: village.code for village in read(tmp_path, text, communes)}
    assert found == {"Thôn A": "02671004", "Thôn B": "02671005", "Thôn C": "02671001"}


def test_a_workbook_is_read_like_a_text(tmp_path: Path, communes: list[CountryUnit]) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["Ghi chú"])
    sheet = book.create_sheet("Thôn")
    sheet.append(["Danh sách"])
    sheet.append(["Mã xã", "Tên xã", "Thôn", "Số hộ"])
    sheet.append([2746, "Cốc San", "Thôn 1", 120])
    sheet.append(["02746", "xã Cốc San", "Thôn 2", None])
    path = tmp_path / "thon.xlsx"
    book.save(path)
    assert [(v.code, v.name, v.households) for v in villages_of(path, communes).villages] == [
        ("02746001", "Thôn 1", "120"),
        ("02746002", "Thôn 2", ""),
    ]


def test_all_faults_are_told_by_their_rows(tmp_path: Path, communes: list[CountryUnit]) -> None:
    text = """\
Mã xã,Xã,Thôn,Mã thôn,Số hộ
,Coc San,Thôn 1,,
,Không có,Thôn 1,,
,,Thôn 1,,
,Cốc San,,,
02671,Cốc San,Thôn 1,,
,Cốc San,Thôn 2,,nhiều
,Cốc San,Thôn 3,02746001,
,Cốc San,thôn 03,,
,Cốc San,Thôn 4,02746001,
,Cốc San,Thôn 5,02671,
"""
    assert faults(tmp_path, text, communes) == [
        ("unknown-commune-near", "2"),
        ("unknown-commune", "3"),
        ("no-commune", "4"),
        ("no-village", "5"),
        ("code-of-another", "6"),
        ("not-a-count", "7"),
        ("village-twice", "9"),
        ("code-twice", "10"),
        ("code-of-a-commune", "11"),
    ]


def test_a_name_that_two_communes_have_needs_the_code(tmp_path: Path) -> None:
    land, on = country(), date(2021, 12, 31)
    units = [unit for unit in land.units_of(land.province("15", on), on) if unit.level == "commune"]
    text = "Xã,Thôn\nTân Thịnh,Thôn 1\nMinh Quán,Thôn 1\nMinh Quân,Thôn 1\n"
    assert faults(tmp_path, text, units) == [("several-communes", "2")]
    found = read(tmp_path, text.replace("Tân Thịnh", "04279"), units)
    assert sorted(village.parent for village in found) == ["04279", "04516", "04567"]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "no-header"),
        ("Xã,Ghi chú\nCốc San,x\n", "no-header"),
        ("Xã,Thôn\n", "no-rows"),
        ("Xã,Thôn\n,\n", "no-rows"),
    ],
)
def test_a_list_without_villages_is_refused(
    tmp_path: Path, communes: list[CountryUnit], text: str, key: str
) -> None:
    assert faults(tmp_path, text, communes) == [(key, "")]


def test_a_file_that_is_no_list_is_refused(tmp_path: Path, communes: list[CountryUnit]) -> None:
    for name, data, key in (("a.xlsx", b"PK", "not-readable"), ("b.csv", b"\0\1\2" * 9, "not-readable")):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(ListProblem) as caught:
            villages_of(tmp_path / name, communes)
        assert [fault.key for fault in caught.value.faults] == [key]
    with pytest.raises(ListProblem) as caught:
        villages_of(tmp_path / "nowhere.csv", communes)
    assert [fault.key for fault in caught.value.faults] == ["not-there"]


def book_of(folder: Path, sheets: dict[str, list[list[object]]], *merged: str) -> Path:
    """Write a workbook; ranges are merged on its first sheet."""
    path = write_xlsx(folder / "thon.xlsx", sheets)
    book = openpyxl.load_workbook(path)
    for cells in merged:
        book.worksheets[0].merge_cells(cells)
    book.save(path)
    return path


def test_all_sheets_with_a_header_are_read_and_the_others_are_named(
    tmp_path: Path, communes: list[CountryUnit]
) -> None:
    sheets: dict[str, list[list[object]]] = {
        "Cốc San": [["Xã", "Thôn"], ["Cốc San", "Thôn 1"]],
        "Ghi chú": [["Người lập"], ["Nguyễn A"]],
        "Trống": [],
        "Cam Đường": [["Danh sách"], ["Số hộ", "Xã", "Tên thôn"], [12, "Cam Đường", "Tổ 1"]],
    }
    found = villages_of(book_of(tmp_path, sheets), communes)
    assert [(v.code, v.name, v.households) for v in found.villages] == [
        ("02671001", "Tổ 1", "12"),
        ("02746001", "Thôn 1", ""),
    ]
    assert [(remark.key, remark.facts) for remark in found.remarks] == [
        ("sheet-unread", {"sheet": "Ghi chú"})
    ]


def test_faults_of_a_workbook_name_sheet_and_cell(tmp_path: Path, communes: list[CountryUnit]) -> None:
    sheets: dict[str, list[list[object]]] = {
        "Một": [["Xã", "Thôn"], ["Cốc San", "Thôn 1"], ["Cốc San", "Thôn 2; Thôn 3"]],
        "Hai": [["Xã", "Thôn"], ["Cốc San", "Thôn 01"], [None, "Thôn 4"]],
    }
    with pytest.raises(ListProblem) as caught:
        villages_of(book_of(tmp_path, sheets), communes)
    several, twice, without = (fault.say("vi") for fault in caught.value.faults)
    assert several.startswith("Trang “Một”, ô B3: “Thôn 2; Thôn 3” là nhiều thôn trong một ô; ghi mỗi thôn")
    assert twice == "Trang “Hai”, dòng 2: Thôn 01 của xã Cốc San đã có ở trang “Một”, dòng 2."
    assert without.startswith("Trang “Hai”, ô A3: thiếu tên xã; ghi xã ở từng dòng, ô gộp thì tách ra")


@pytest.mark.parametrize(
    "cell", ["Thôn 1; Thôn 2", "Thôn 1, Thôn 2, Thôn 3", "Thôn 1\nThôn 2", "Tổ 1,TDP 2", "A;B"]
)
def test_several_villages_in_a_cell_are_a_fault(
    tmp_path: Path, communes: list[CountryUnit], cell: str
) -> None:
    path = book_of(tmp_path, {"T": [["Xã", "Thôn"], ["Cốc San", cell], ["Cốc San", "Thôn 9"]]})
    with pytest.raises(ListProblem) as caught:
        villages_of(path, communes)
    assert [(fault.key, fault.place) for fault in caught.value.faults] == [
        ("several-villages", Place(2, "T", 1))
    ]


def test_other_commas_are_part_of_a_name_and_told(tmp_path: Path, communes: list[CountryUnit]) -> None:
    path = book_of(
        tmp_path, {"T": [["Xã", "Thôn"], ["Cốc San", "Tổ dân phố 1, 2"], ["Cốc San", "Thôn 3;\n"]]}
    )
    found = villages_of(path, communes)
    assert [village.name for village in found.villages] == ["Tổ dân phố 1, 2", "Thôn 3"]
    (remark,) = found.remarks
    assert (remark.key, remark.facts["villages"]) == ("commas", "Tổ dân phố 1, 2 (xã Cốc San)")


def test_a_merged_commune_stands_for_its_rows_and_that_is_told(
    tmp_path: Path, communes: list[CountryUnit]
) -> None:
    rows: list[list[object]] = [
        ["STT", "Xã", "Thôn"],
        [1, "Cốc San", "Thôn 1"],
        [2, None, "Thôn 2"],
        [3, None, "Thôn 3"],
        [4, "Cam Đường", "Tổ 1"],
        [5, None, "Tổ 2"],
    ]
    found = villages_of(book_of(tmp_path, {"T": rows}, "B2:B4", "B5:B6"), communes)
    assert [(v.parent, v.name) for v in found.villages] == [
        ("02671", "Tổ 1"),
        ("02671", "Tổ 2"),
        ("02746", "Thôn 1"),
        ("02746", "Thôn 2"),
        ("02746", "Thôn 3"),
    ]
    assert [(remark.key, remark.facts) for remark in found.remarks] == [("merged", {"count": 3})]
    with pytest.raises(ListProblem) as caught:  # blank without a merge: nobody knows of which commune
        villages_of(book_of(tmp_path, {"T": rows}, "B2:B4"), communes)
    assert [(fault.key, fault.place) for fault in caught.value.faults] == [("no-commune", Place(6, "T", 1))]


def test_a_row_with_households_and_no_name_is_told(tmp_path: Path, communes: list[CountryUnit]) -> None:
    path = write_csv(
        tmp_path / "a.csv",
        [["xã", "thôn", "số hộ"], ["Xã Bát Xát", "Thôn 1", 90], ["", "", 90], ["", "", ""]],
    )
    listed = villages_of(path, communes)
    assert [village.name for village in listed.villages] == ["Thôn 1"]
    assert [(remark.key, remark.facts) for remark in listed.remarks] == [
        ("unnamed", {"count": 1, "rows": "3"})
    ]


def test_rows_of_totals_are_passed_over_and_told(tmp_path: Path, communes: list[CountryUnit]) -> None:
    rows: list[list[object]] = [
        ["STT", "Xã", "Thôn", "Số hộ"],
        [1, "Cốc San", "Thôn 1", 10],
        [None, "Cộng xã Cốc San", None, 10],
        [2, "Cam Đường", "Cộng Hòa", 5],
        ["Tổng cộng", None, None, 15],
        [None, "Tổng cộng:", "2 thôn", 15],
    ]
    found = villages_of(book_of(tmp_path, {"T": rows}), communes)
    assert [village.name for village in found.villages] == ["Cộng Hòa", "Thôn 1"]
    assert [(remark.key, remark.facts) for remark in found.remarks] == [
        ("totals", {"count": 3, "rows": "T!3, T!5, T!6"})
    ]
