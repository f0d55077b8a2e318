"""The list of findings is filled in as officers do, and `decide` takes back what fits."""

from __future__ import annotations

import csv
import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from helpers.command import CommandResult, run
from helpers.office import convert
from helpers.returns import commune, setup, write_xlsx

pytestmark = pytest.mark.slow

RULE = """
[[rule]]
code = "E01"
check = "bo <= trau"
severity = "hard"
message = { vi = "bò không quá trâu", en = "no more cattle than buffaloes" }

[[rule]]
code = "E02"
check = "trau <= 50"
severity = "soft"
message = { vi = "trâu nhiều", en = "many buffaloes" }
"""
TODAY = {"SOURCE_DATE_EPOCH": "1638921600"}  # 2021-12-08
REASON, OFFICE = "xã báo lại qua điện thoại", "VP"
GOOD = {
    "E01": {"Quyết định": "sửa ô D2: Số bò", "Số đúng": "5"},
    "E02": {"Quyết định": "chấp nhận"},
    "U302": {"Quyết định": "không phát sinh"},
    "F102": {"Quyết định": "không tính tệp này"},
}
TAKEN = [
    ("accept", "070103", "", "E02", "", "60", ""),
    ("correct", "070101", "bo", "", "", "15", "5"),
    ("nil", "0702", "", "", "", "", ""),
    ("set-aside", "", "", "", "hong.xlsx", "", ""),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = setup(tmp_path / "2021", RULE)
    write_xlsx(folder / "a.xlsx", commune((12, 15), (3, 1), (60, 2)))
    (folder / "hong.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    return folder


def list_of(folder: Path, lang: str = "vi") -> Path:
    path = folder.with_name("list.xlsx")
    ran = run("validate", folder, "-o", path, "--lang", lang)
    assert ran.status == 1, ran.output
    return path


def rows_of(sheet: Worksheet) -> tuple[list[str], list[list[object]]]:
    rows = [list(row) for row in sheet.iter_rows()]
    head = next(row for row in rows if row[0].value in ("STT", "No."))
    return [str(cell.value) for cell in head], rows[head[0].row :]


def fill(path: Path, answers: Mapping[str, Mapping[str, str]], why: bool = True) -> None:
    """Fill in rows, by the code of the edit rule, else of the finding."""
    book = openpyxl.load_workbook(path)
    heads, rows = rows_of(book.active)
    for row in rows:
        cells = dict(zip(heads, row, strict=True))
        given = answers.get(cells["Quy tắc"].value or cells["Mã"].value)
        if given is not None:
            because = {"Lý do": REASON, "Bộ phận xử lý": OFFICE} if why else {}
            for head, text in (because | dict(given)).items():
                cells[head].value = text or None
    book.save(path)


def decide(folder: Path, *more: object) -> CommandResult:
    return run("decide", folder, *more, "--lang", "vi", env=TODAY)


def lines_of(folder: Path) -> list[tuple[str, ...]]:
    path = folder / "decisions.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["date"], row["reason"], row["by"]) for row in rows} <= {("2021-12-08", REASON, OFFICE)}
    keys = ("decision", "unit", "measure", "code", "file", "was", "value")
    return sorted(tuple(row[key] for key in keys) for row in rows)


def test_each_row_offers_what_may_be_decided_on_it(folder: Path) -> None:
    book = openpyxl.load_workbook(list_of(folder))
    heads, rows = rows_of(book.active)
    first = heads.index("Danh sách của") + 1
    offered, unlocked = {}, {}
    for row in rows:
        code = row[heads.index("Quy tắc")].value or row[heads.index("Mã")].value
        if row[heads.index("Mức độ")].value == "Ghi chú":
            continue
        offered[code] = [cell.value for cell in row[first:] if cell.value]
        filled = row[heads.index("Quyết định") : heads.index("Bộ phận xử lý") + 1]
        unlocked[code] = [not cell.protection.locked for cell in filled]
    assert offered == {
        "E01": ["sửa ô D2: Số bò", "sửa ô C2: Số trâu"],
        "E02": ["sửa số", "chấp nhận"],
        "U302": ["không phát sinh"],
        "F102": ["không tính tệp này"],
    }
    assert unlocked == dict.fromkeys(offered, [True] * 4)
    shown = next(each for each in book.active.data_validations.dataValidation if each.type == "list")
    assert str(shown.sqref).startswith(rows[0][heads.index("Quyết định")].coordinate)
    assert "OFFSET" in shown.formula1, "the words are those of the row, also after sorting"


def test_what_is_filled_in_is_taken_once_and_no_return_is_changed(folder: Path) -> None:
    path = list_of(folder)
    fill(path, GOOD)
    returns = {file: hashlib.sha256(file.read_bytes()).digest() for file in folder.glob("*.xlsx")}
    ran = decide(folder, path, "--yes")
    assert ran.status == 0, ran.output
    assert lines_of(folder) == TAKEN
    assert run("validate", folder).status == 0
    again = decide(folder, path, "--yes")
    assert (again.status, again.stdout) == (0, "")
    assert lines_of(folder) == TAKEN
    assert {file: hashlib.sha256(file.read_bytes()).digest() for file in returns} == returns


def test_the_table_shows_figures_and_findings_before_and_after(folder: Path) -> None:
    path = list_of(folder)
    fill(path, GOOD)
    told = {
        tuple(line.rsplit(None, 2))
        for line in decide(folder, path).stdout.replace("*", " ").replace("†", " ").splitlines()
        if len(line.split()) > 2
    }
    assert {
        ("Đã có số liệu", "3/5", "5/5"),
        ("Số bò (con)", "18", "8"),
        ("Lỗi phải sửa", "3", "0"),
        ("Cần kiểm tra", "1", "0"),
    } <= told
    assert not any(line[0] == "Số trâu (con)" for line in told), "what stays as it is, is not shown"


@pytest.mark.office
@pytest.mark.parametrize("suffix", ["xlsx", "ods", "csv"])
def test_a_list_saved_by_another_program_is_taken(folder: Path, suffix: str, tmp_path: Path) -> None:
    path = list_of(folder)
    fill(path, GOOD)
    options = "Text - txt - csv (StarCalc):44,34,76,1" if suffix == "csv" else ""
    saved = convert(path, suffix, tmp_path / "saved", options=options)
    ran = decide(folder, saved, "--yes")
    assert ran.status == 0, ran.output
    assert lines_of(folder) == TAKEN


def test_rows_may_be_sorted_and_deleted_and_columns_moved(folder: Path) -> None:
    path = list_of(folder)
    fill(path, GOOD)
    heads, rows = rows_of(openpyxl.load_workbook(path).active)
    texts = [[str(cell.value or "") for cell in row] for row in rows]  # type: ignore[attr-defined]
    gone = heads.index("Cách sửa")
    table = [heads, *sorted(texts, key=lambda row: row[heads.index("Mã dòng")])]
    moved = [[*row[:gone], *row[gone + 1 :]][::-1] for row in table if "F102" not in row]
    write_xlsx(path, {"Notes": [["my notes"]], "Sorted": moved})
    ran = decide(folder, path, "--yes")
    assert ran.status == 0, ran.output
    assert lines_of(folder) == [line for line in TAKEN if line[0] != "set-aside"]


def test_what_does_not_fit_is_refused_with_its_cell_and_the_rest_is_taken(folder: Path) -> None:
    path = list_of(folder)
    fill(
        path,
        {
            "E01": {"Quyết định": "chấp nhận"},
            "E02": {"Quyết định": "sửa số", "Số đúng": "nhiều"},
            "U302": {"Quyết định": "không biết"},
            "F102": {"Quyết định": "không tính tệp này"},
        },
    )
    ran = decide(folder, path, "--yes")
    assert ran.status == 1
    assert [line[0] for line in lines_of(folder)] == ["set-aside"]
    told = told_of(ran)
    heads, rows = rows_of(openpyxl.load_workbook(path).active)
    by_code = {row[heads.index("Quy tắc")].value or row[heads.index("Mã")].value: row for row in rows}  # type: ignore[attr-defined]
    decision, value = heads.index("Quyết định"), heads.index("Số đúng")
    assert "không chấp nhận được" in told[by_code["E01"][decision].coordinate]  # type: ignore[attr-defined]
    assert "giá trị không hợp lệ" in told[by_code["E02"][value].coordinate]  # type: ignore[attr-defined]
    assert "không phát sinh" in told[by_code["U302"][decision].coordinate]  # type: ignore[attr-defined]
    assert len(told) == 3


def told_of(ran: CommandResult) -> dict[str, str]:
    """Return the refusals by cell."""
    lines = ran.stderr.splitlines()
    return {
        line.rpartition("· ")[2]: lines[place + 1]
        for place, line in enumerate(lines)
        if line.startswith("S223")
    }


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ({"Lý do": ""}, "chưa ghi lý do"),
        ({"Bộ phận xử lý": ""}, "chưa ghi người xử lý"),
        ({"Bộ phận xử lý": "Nguyễn Văn An"}, "tên hoặc số của một người"),
        ({"Lý do": "gọi 0912345678"}, "tên hoặc số của một người"),
        ({"Quyết định": ""}, "chưa chọn quyết định"),
        ({"Số đúng": ""}, "chưa ghi giá trị đúng"),
        ({"Quyết định": "sửa số"}, "chưa rõ sửa chỉ tiêu nào"),
        ({"Số đúng": "15"}, "phiếu đã ghi đúng số này"),
        ({"Mã dòng": ""}, "thiếu mã dòng"),
        ({"Đơn vị": "Thôn 2 (070102)"}, "của nhiều dòng"),
    ],
)
def test_a_row_that_is_not_clear_is_refused(folder: Path, answer: dict[str, str], problem: str) -> None:
    path = list_of(folder)
    fill(path, {"E01": GOOD["E01"] | answer})
    ran = decide(folder, path, "--yes")
    assert ran.status == 1
    (told,) = told_of(ran).values()
    assert problem in told
    assert "Nguyễn Văn" not in ran.output
    assert "0912" not in ran.output
    assert not (folder / "decisions.csv").exists()


def test_a_row_whose_figures_changed_since_is_refused(folder: Path) -> None:
    path = list_of(folder)
    fill(path, GOOD)
    write_xlsx(folder / "a.xlsx", commune((12, 14), (3, 1), (70, 2)))
    ran = decide(folder, path, "--yes")
    assert ran.status == 1
    assert ran.stderr.count("đã thay đổi từ khi lập danh sách") == 2
    assert [line[0] for line in lines_of(folder)] == ["nil", "set-aside"]


def test_a_row_whose_finding_is_gone_is_refused(folder: Path) -> None:
    path = list_of(folder)
    fill(path, {"E01": GOOD["E01"]})
    write_xlsx(folder / "a.xlsx", commune((12, 5), (3, 1), (60, 2)))
    ran = decide(folder, path, "--yes")
    assert ran.status == 1
    assert "không còn điểm cần kiểm tra này" in ran.stderr


def test_two_rows_that_decide_the_same_differently_are_told(folder: Path) -> None:
    path = list_of(folder)
    fill(path, {"E01": GOOD["E01"]})
    book = openpyxl.load_workbook(path)
    heads, rows = rows_of(book.active)
    row = next(row for row in rows if row[heads.index("Quy tắc")].value == "E01")  # type: ignore[attr-defined]
    book.active.append([cell.value for cell in row])  # type: ignore[attr-defined]
    book.active.cell(book.active.max_row, heads.index("Số đúng") + 1).value = "6"
    book.save(path)
    ran = decide(folder, path, "--yes")
    assert ran.status == 1
    assert f"(dòng {row[0].row})" in ran.stderr  # type: ignore[attr-defined]
    assert f"(dòng {book.active.max_row})" in ran.stderr  # type: ignore[union-attr]
    assert not lines_of(folder), "which of the two is right is not known"


def test_a_number_with_decimals_is_no_thousands_and_two_columns_of_one_head_are_refused(folder: Path) -> None:
    path = list_of(folder)
    fill(path, {"E01": GOOD["E01"] | {"Số đúng": 1.691}})  # type: ignore[dict-item]
    ran = decide(folder, path, "--yes")
    assert ran.status == 1
    assert "giá trị không hợp lệ – đang ghi “1.691”" in ran.stderr
    fill(path, {"E01": GOOD["E01"]})
    book = openpyxl.load_workbook(path)
    sheet = book.active
    assert sheet is not None
    heads, _rows = rows_of(sheet)
    head_row = next(row[0].row for row in sheet.iter_rows() if row[0].value == "STT")
    sheet.cell(head_row, len(heads) + 1).value = "Số đúng"
    book.save(path)
    assert "một cột có hai lần Số đúng" in decide(folder, path, "--yes").stderr
    sheet.cell(head_row, len(heads) + 1).value = None
    sheet.cell(head_row, heads.index("Số đúng") + 1).value = "Số"
    book.save(path)
    assert "không có dòng tên cột với các cột Số đúng" in decide(folder, path, "--yes").stderr
    assert not lines_of(folder)


def test_a_list_of_another_period_and_a_file_that_is_no_list_are_refused(folder: Path) -> None:
    path = list_of(folder)
    fill(path, GOOD)
    other = folder.rename(folder.with_name("2022"))
    ran = decide(other, path, "--yes")
    assert ran.status == 2
    assert "của kỳ hoặc tỉnh khác: 2021/07" in ran.stderr
    assert decide(other, other / "a.xlsx").status == 2
    assert decide(other, other / "none.xlsx").status == 2
    assert not (other / "decisions.csv").exists()


def test_an_english_list_is_taken_in_a_vietnamese_run(folder: Path) -> None:
    path = list_of(folder, "en")
    book = openpyxl.load_workbook(path)
    heads, rows = rows_of(book.active)
    for row in rows:
        cells = dict(zip(heads, row, strict=True))
        if cells["Rule"].value == "E01":  # type: ignore[attr-defined]
            cells["Decision"].value = "correct D2: Cattle"  # type: ignore[attr-defined]
            cells["Right value"].value = 5  # type: ignore[attr-defined]
            cells["Reason"].value, cells["Office"].value = REASON, OFFICE  # type: ignore[attr-defined]
    book.save(path)
    assert decide(folder, path, "--yes").status == 0
    assert lines_of(folder) == [TAKEN[1]]


def test_a_list_that_somebody_has_begun_is_not_written_over_until_it_is_taken(folder: Path) -> None:
    path = list_of(folder)
    fill(path, GOOD)
    filled = path.read_bytes()
    refused = run("validate", folder, "-o", path, "--lang", "vi")
    assert refused.status == 2
    assert "antq-stats decide" in refused.stderr
    assert path.read_bytes() == filled
    assert decide(folder, path, "--yes").status == 0
    assert run("validate", folder, "-o", path, "--lang", "vi").status == 0
    assert path.read_bytes() != filled


def test_the_list_among_marked_copies_is_not_written_over_either(folder: Path) -> None:
    copies = folder.with_name("gui-lai")
    run("validate", folder, "--format", "xlsx", "-o", copies, "--lang", "vi")
    fill(copies / "danh-sach.xlsx", GOOD)
    filled = (copies / "danh-sach.xlsx").read_bytes()
    refused = run("validate", folder, "--format", "xlsx", "-o", copies, "--lang", "vi")
    assert refused.status == 2
    assert (copies / "danh-sach.xlsx").read_bytes() == filled


def test_year_end_keeps_a_list_that_somebody_has_begun(folder: Path) -> None:
    run("year-end", folder, "--lang", "vi")
    results = folder.with_name("2021-ket-qua")
    fill(results / "2-can-sua.xlsx", GOOD)
    filled = (results / "2-can-sua.xlsx").read_bytes()
    run("year-end", folder, "--lang", "vi")
    (kept,) = (path for path in results.rglob("2-can-sua*.xlsx") if path.read_bytes() == filled)
    ran = decide(folder, kept, "--yes")
    assert ran.status == 0, ran.output
    assert lines_of(folder) == TAKEN


def test_communes_that_sent_nothing_are_answered_on_the_sheet_of_their_names(tmp_path: Path) -> None:
    units = "code,name,type,level,parent\n07,Hà Trung,tỉnh,province,\n"
    units += "".join(f"07{n:02},Xã {n},xã,commune,07\n07{n:02}01,Thôn,,village,07{n:02}\n" for n in range(8))
    folder = setup(tmp_path / "2021", RULE, units=units)
    write_xlsx(folder / "a.xlsx", commune((3, 1), villages=(("070001", "Thôn"),)))
    path = list_of(folder)
    book = openpyxl.load_workbook(path)
    sheet = book["Chưa gửi"]
    heads, rows = rows_of(sheet)
    for row in rows[:2]:
        cells = dict(zip(heads, row, strict=True))
        cells["Quyết định"].value = "không phát sinh"  # type: ignore[attr-defined]
        cells["Lý do"].value, cells["Bộ phận xử lý"].value = REASON, OFFICE  # type: ignore[attr-defined]
    book.save(path)
    ran = decide(folder, path, "--yes")
    assert ran.status == 0, ran.output
    assert [line[:2] for line in lines_of(folder)] == [("nil", "0701"), ("nil", "0702")]


def test_a_doubt_beside_last_year_needs_last_year_again(tmp_path: Path) -> None:
    for year, figures in (("2020", (1000, 5)), ("2021", (100, 5))):
        setup(
            tmp_path / year,
            form=(tmp_path / "2020" / "form.toml").read_text("utf-8") if year == "2021" else MAX_CHANGE,
        )
        write_xlsx(tmp_path / year / "a.xlsx", commune(figures, (30, 1), (40, 2)))
    folder, path = tmp_path / "2021", tmp_path / "list.xlsx"
    run("validate", folder, "--with", tmp_path / "2020", "-o", path, "--lang", "vi")
    heads, rows = rows_of(openpyxl.load_workbook(path).active)
    codes = {str(row[heads.index("Mã")].value) for row in rows}  # type: ignore[attr-defined]
    code = min(code for code in codes if code[0] == "P")
    fill(path, {code: {"Quyết định": "chấp nhận"}})
    without = decide(folder, path, "--yes")
    assert without.status == 1
    assert "--with" in without.stderr
    ran = decide(folder, path, "--yes", "--with", tmp_path / "2020")
    assert ran.status == 0, ran.output
    assert [line[3] for line in lines_of(folder)] == [code]


MAX_CHANGE = """
[form]
id = "giong"
version = "3"
title = { vi = "Gieo trồng", en = "Planting" }

[[table]]
code = "01"
level = "village"
title = { vi = "Biểu 01: Gieo trồng theo thôn", en = "Table 01: planting by village" }

[[measure]]
code = "trau"
label = { vi = "Số trâu", en = "Buffaloes" }
kind = "count"
max_change = 0.5

[[measure]]
code = "bo"
label = { vi = "Số bò", en = "Cattle" }
kind = "count"
"""


def test_a_decision_can_be_revoked_in_the_next_list(folder: Path) -> None:
    path = list_of(folder)
    fill(path, GOOD)
    assert decide(folder, path, "--yes").status == 0
    shutil.move(path, path.with_name("first.xlsx"))
    run("validate", folder, "-o", path, "--lang", "vi")
    fill(path, {"C401": {"Quyết định": "hủy quyết định"}})
    ran = decide(folder, path, "--yes")
    assert ran.status == 0, ran.output
    assert ("undo", "", "", "", "", "") in {line[:6] for line in lines_of(folder)}
    assert run("validate", folder).status == 1


@pytest.mark.parametrize("named", ["0702", "Xã Minh Quân"])
@pytest.mark.parametrize("word", ["tệp này là của đơn vị", "trang này là của đơn vị"])
def test_a_file_of_an_unknown_sender_is_given_to_its_unit(folder: Path, named: str, word: str) -> None:
    for path in (folder / "hong.xlsx", folder / "a.xlsx"):
        path.unlink()
    rows = [["Tên thôn", "Số trâu", "Số bò"], ["Thôn 1", 4, 1]]  # both communes have one
    write_xlsx(folder / "x.xlsx", {"So lieu": rows})
    path = list_of(folder)
    fill(path, {"U102": {"Quyết định": word, "Số đúng": named}})
    ran = decide(folder, path, "--yes")
    assert ran.status == 0, ran.output
    place = "x.xlsx" if word.startswith("tệp") else "x.xlsx#So lieu"
    assert lines_of(folder) == [("unit", "0702", "", "", place, "", "")]
    figures = run("aggregate", folder, "--format", "json").data
    assert [each["measures"]["trau"]["value"] for each in figures] == [4, None, 4]


@pytest.mark.parametrize(
    ("named", "problem"), [("", "chưa ghi đơn vị"), ("Xã Không Có", "danh mục không có đơn vị này")]
)
def test_a_file_is_given_to_no_unknown_unit(folder: Path, named: str, problem: str) -> None:
    rows = [["Tên thôn", "Số trâu", "Số bò"], ["Thôn 1", 4, 1]]
    write_xlsx(folder / "x.xlsx", {"So lieu": rows})
    path = list_of(folder)
    fill(path, {"U102": {"Quyết định": "tệp này là của đơn vị", "Số đúng": named}})
    ran = decide(folder, path)
    assert problem in ran.output
    assert not (folder / "decisions.csv").exists()
