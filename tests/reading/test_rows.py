"""What a row or a block of rows is (of a unit, a total, or neither), and what is reported of it."""

# ruff: noqa: E501 - a case is best read on one line

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import docx
import openpyxl
import pytest
import xlsxwriter
import xlwt

from antq_stats.collection.intake import Intake
from antq_stats.reading.express.layout_cache import LayoutCache
from antq_stats.reading.receive import receive
from helpers.command import run
from helpers.reading import Outcome, read_folder
from helpers.returns import setup, sheet, write_csv, write_xlsx

FORM = """
[form]
id = "t"
version = "1"
title = { vi = "T" }

[[table]]
code = "01"
level = "village"
title = { vi = "Biểu 01" }

[[measure]]
code = "m"
label = { vi = "Số hộ dùng nước" }
required = false

[[measure]]
code = "n"
label = { vi = "Số cây" }
required = false
"""
UNITS = """\
code,name,type,level,parent
15,Yên Bái,tỉnh,province,
11,Yên Ninh,phường,commune,15
12,An Lạc,xã,commune,15
11014,Tổ 14,tổ,village,11
11015,Tổ 15,tổ,village,11
11016,Tổ 16,tổ,village,11
12001,Thôn 1,thôn,village,12
"""
HEAD = "PHƯỜNG YÊN NINH NĂM 2021\nTên đơn vị | Số hộ dùng nước | Số cây\n"


def read(folder: Path, text: str, kind: str = "csv") -> Outcome:
    """Read a folder with one return of the ward."""
    setup(folder, form=FORM, units=UNITS)
    write = write_csv if kind == "csv" else write_xlsx
    write(folder / f"a.{kind}", sheet(text))
    return read_folder(folder)


KINDS = pytest.mark.parametrize("kind", ["csv", "xlsx"])

UNNAMED = {
    "the-row-above-again": ("Tổ 14|101|5\n~|101|5", [("U106", "A4")], 101),
    "one-row-above-has-a-figure": ("Tổ 14|101|~\nTổ 15|~|5\n~|101|5", [("U106", "A5")], 101),
    "one-row-above-is-not-nil": ("Tổ 14|101|5\nTổ 15|0|0\n~|101|5", [("U106", "A5")], 101),
    "the-sum-but-for-one-figure": ("Tổ 14|101|5\nTổ 15|9|5\n~|110|11", [("U106", "A5")], 110),
    "the-sum-of-two-rows": ("Tổ 14|101|5\nTổ 15|9|5\n~|110|10", [], 110),
    "the-sum-since-the-last-total": (
        "Tổ 14|101|5\nCộng|101|5\nTổ 15|9|5\nTổ 16|2|1\n~|11|6\nTổng cộng|112|11", [], 112,
    ),
    "nothing-but-noughts": ("Tổ 14|0|0\nTổ 15|0|0\n~|0|0", [("U106", "A5")], 0),
}  # fmt: skip


@KINDS
@pytest.mark.parametrize("case", UNNAMED.values(), ids=UNNAMED)
def test_a_row_without_a_name_is_a_total_only_if_it_adds_up_rows(
    tmp_path: Path, case: tuple[str, list[tuple[str, str]], int], kind: str
) -> None:
    rows, hard, total = case
    outcome = read(tmp_path, HEAD + rows, kind)
    assert (outcome.hard, outcome.sum("m")) == (hard, total)


@KINDS
def test_a_number_in_place_of_a_name_is_not_the_provinces_code(tmp_path: Path, kind: str) -> None:
    outcome = read(tmp_path, HEAD + "Tổ 14|101|~\n15|118|6", kind)
    assert (outcome.hard, outcome.codes, outcome.sum("m")) == ([("U101", "A4")], ["U101"], 101)
    assert next(f for f in outcome.findings if f.code == "U101").facts["suggestion"] == "11015"


@KINDS
def test_a_short_code_alone_heads_no_subtotal_that_adds_up_nothing(tmp_path: Path, kind: str) -> None:
    head = "Mã | Tên đơn vị | Số hộ dùng nước | Số cây\n"
    outcome = read(tmp_path, head + "11014|Tổ 14|101|~\n15|~|118|6", kind)
    assert (outcome.hard, outcome.sum("m")) == ([("U102", "A3")], 101)
    outcome = read(tmp_path, head + "11014|Tổ 14|101|1\n11015|Tổ 15|17|5\n15|~|118|6", kind)
    assert (outcome.codes, outcome.sum("m")) == ([], 118)


# -- totals over several blocks ------------------------------------------------------------------

BLOCKS = (
    HEAD + "Tổ 14|101|5\nTổ 15|9|5\nCộng|110|10\n~\n(tiếp theo)\n"
    "Tên đơn vị | Số hộ dùng nước | Số cây\nTổ 16|2|1\nCộng|2|1\nTổng cộng|{}|{}"
)


@KINDS
def test_a_grand_total_is_of_all_blocks_of_the_sheet(tmp_path: Path, kind: str) -> None:
    outcome = read(tmp_path, BLOCKS.format(112, 11), kind)
    assert (outcome.codes, outcome.sum("m"), outcome.sum("n")) == ([], 112, 11)


@KINDS
def test_a_wrong_grand_total_is_compared_with_all_blocks(tmp_path: Path, kind: str) -> None:
    outcome = read(tmp_path, BLOCKS.format(113, 11), kind)
    found = [f for f in outcome.findings if f.code == "T301"]
    assert [(f.cell, f.facts["expected"]) for f in found] == [("B11", "112")]


@KINDS
def test_a_grand_total_may_stand_above_the_blocks(tmp_path: Path, kind: str) -> None:
    text = (
        HEAD + "Tổng cộng|112|11\nTổ 14|101|5\nTổ 15|9|5\n~\n(tiếp theo)\n"
        "Tên đơn vị | Số hộ dùng nước | Số cây\nTổ 16|2|1"
    )
    assert read(tmp_path, text, kind).codes == []


@KINDS
def test_figures_of_a_unit_above_without_rows_below_are_no_total(tmp_path: Path, kind: str) -> None:
    outcome = read(tmp_path, HEAD + "Tổ 14|101|5\nXã An Lạc|50|2", kind)
    assert (outcome.hard, outcome.sum("m")) == ([("U108", "A4")], 101)


# -- figures that no table accounts for ----------------------------------------------------------

OUTSIDE = {
    "below-in-other-columns": (
        "Tổ 14|101|5\nTổ 15|9|5\n~\nTình hình khác\n~|~|~|Hội viên|120\n~|~|~|Buổi họp|12", "E7", "E7:E8", "2",
    ),
    "below-beside-a-label": ("Tổ 14|101|5\nTổ 15|9|5\n~\n~|~|~|120", "D6", "D6:D6", "1"),
    "below-under-a-header-of-its-own": (
        "Tổ 14|101|5\nTổ 15|9|5\n~\nNội dung|Số lượng|Ghi chú\nHội viên|120|~\nBuổi họp|12|~", "B7", "B7:B8", "2",
    ),
    "beside-and-longer": (
        "Tổ 14|101|5\nTổ 15|9|5\n~|~|~|~|7\n~|~|~|~|8", "E5", "E5:E6", "2",
    ),
    "a-note-with-figures-of-its-own": ("Tổ 14|101|5\nTổ 15|9|5\nTrong đó hộ nghèo|12|~", "B5", "B5:B5", "1"),
}  # fmt: skip


@KINDS
@pytest.mark.parametrize("case", OUTSIDE.values(), ids=OUTSIDE)
def test_figures_outside_the_table_are_reported_with_their_place(
    tmp_path: Path, case: tuple[str, str, str, str], kind: str
) -> None:
    rows, cell, place, count = case
    outcome = read(tmp_path, HEAD + rows, kind)
    assert (outcome.hard, outcome.sum("m")) == ([], 110)
    told = [f for f in outcome.findings if f.code == "T405"]
    assert [(f.cell, f.facts["place"], f.facts["count"]) for f in told] == [(cell, place, count)]


@KINDS
def test_a_table_above_the_forms_is_reported(tmp_path: Path, kind: str) -> None:
    text = "Tóm tắt|Năm trước|Năm nay\nHội viên|120|130\nBuổi họp|12|13\n~\n" + HEAD + "Tổ 14|101|5"
    outcome = read(tmp_path, text, kind)
    assert [f.facts["place"] for f in outcome.findings if f.code == "T405"] == ["B2:C3"]


QUIET = {
    "signature-and-date-in-cells": (
        "Tổ 14|101|5\nTổ 15|9|5\nTổng cộng|110|10\n~\n~|Ngày|30|tháng|11|năm|2021\nNgười lập biểu|~|Chủ tịch"
    ),
    "footnote-that-begins-with-a-figure": "Tổ 14|101|5\nTổ 15|9|5\n~|12 hộ chưa có điện",
    "footnotes": (
        "Tổ 14|101|5\nTổ 15|9|5\n(1) Số liệu tính đến ngày 30/11: 110 hộ\n* Ghi chú: 5 hộ mới chuyển đến\n"
        "Chú thích: 12 hộ ở tạm, 3 hộ vắng"
    ),
    "ordinals-of-rows-left-blank": "Tổ 14|101|5\nTổ 15|9|5\n16|~|~\n17|~|~",
    "a-year-and-a-number-of-the-paper": "Tổ 14|101|5\nTổ 15|9|5\n~\nSố: 12/BC-UBND|~|~|2021",
}


@KINDS
@pytest.mark.parametrize("rows", QUIET.values(), ids=QUIET)
def test_notes_dates_and_signatures_are_no_rows(tmp_path: Path, rows: str, kind: str) -> None:
    outcome = read(tmp_path, HEAD + rows, kind)
    assert (outcome.codes, outcome.sum("m")) == ([], 110)


@KINDS
def test_a_misspelt_unit_with_an_ordinal_in_brackets_is_no_footnote(tmp_path: Path, kind: str) -> None:
    outcome = read(tmp_path, HEAD + "Tổ 14|101|5\n(2) Tổ Mười Lăm ở gần cầu treo cũ|9|5", kind)
    assert outcome.hard == [("U101", "A4")]


def sheets(folder: Path, **more: str) -> Outcome:
    """Read one workbook of several sheets, the return first; ``_`` in a name is a blank."""
    setup(folder, form=FORM, units=UNITS)
    texts = {"Biểu 01": HEAD + "Tổ 14|101|5\nTổ 15|9|5\nTổ 16|2|1"}
    texts |= {name.replace("_", " "): text for name, text in more.items()}
    write_xlsx(folder / "a.xlsx", {name: sheet(text) for name, text in texts.items()})
    return read_folder(folder)


@pytest.mark.parametrize("name", ["Hướng_dẫn", "Ví_dụ", "Mẫu_điền", "HUONG_DAN"])
def test_an_example_on_a_sheet_of_instructions_is_passed_over_and_reported(tmp_path: Path, name: str) -> None:
    outcome = sheets(tmp_path, **{name: HEAD + "Tổ dân phố X|50|7\nTổ dân phố Y|60|8"})
    assert (outcome.hard, outcome.sum("m")) == ([], 112)
    assert [f.sheet for f in outcome.findings if f.code == "T405"] == [name.replace("_", " ")]


def test_an_example_with_names_of_real_units_is_passed_over_where_they_are_given_elsewhere(
    tmp_path: Path,
) -> None:
    outcome = sheets(tmp_path, Hướng_dẫn=HEAD + "Tổ 14|50|7\nTổ 15|60|8")
    assert (outcome.hard, outcome.sum("m")) == ([], 112)


@pytest.mark.parametrize("name", ["Biểu_khác", "Mẫu_01"])
def test_unknown_units_and_other_figures_of_known_ones_stay_hard(tmp_path: Path, name: str) -> None:
    outcome = sheets(tmp_path / "1", Biểu_khác=HEAD + "Tổ dân phố X|50|7")
    assert outcome.hard == [("U101", "A3")]
    outcome = sheets(tmp_path / "2", **{name: HEAD + "Tổ 14|50|7\nTổ 15|60|8"})
    assert {code for code, _ in outcome.hard} == {"U202"}


def test_an_example_that_alone_gives_the_table_is_a_return(tmp_path: Path) -> None:
    setup(tmp_path, form=FORM, units=UNITS)
    write_xlsx(tmp_path / "a.xlsx", {"Mẫu": sheet(HEAD + "Tổ dân phố X|50|7"), "Khác": sheet("ghi chép")})
    assert read_folder(tmp_path).hard == [("U101", "A3")]


# -- files that came and gave nothing -------------------------------------------------------------

REQUIRED = FORM.replace("required = false\n", "")
ZERO = FORM.replace("required = false\n", 'required = false\nblank = "zero"\n')
BLANK = HEAD + "Tổ 14|~|~\nTổ 15|~|~\nTổ 16|~|~"


@KINDS
@pytest.mark.parametrize("form", [FORM, REQUIRED, ZERO], ids=["optional", "required", "blank-is-zero"])
def test_a_return_left_blank_is_one_finding_and_no_answer(tmp_path: Path, form: str, kind: str) -> None:
    setup(tmp_path, form=form, units=UNITS)
    (write_csv if kind == "csv" else write_xlsx)(tmp_path / f"a.{kind}", sheet(BLANK))
    outcome = read_folder(tmp_path)
    assert (outcome.codes, outcome.sum("m")) == (["F209"], None)
    assert not outcome.collection.tables[0].read.any()
    silent = [f for f in outcome.findings if f.code == "U302" and f.unit == "11"]
    assert [f.facts["other"] for f in silent] == ([f"a.{kind}"] if form == REQUIRED else [])


def test_a_blank_version_takes_the_place_of_nothing(tmp_path: Path) -> None:
    setup(tmp_path, form=REQUIRED, units=UNITS)
    write_csv(tmp_path / "a.csv", sheet(HEAD + "Tổ 14|101|5\nTổ 15|9|5\nTổ 16|2|1"))
    write_csv(tmp_path / "a_v2.csv", sheet(BLANK))
    outcome = read_folder(tmp_path)
    assert (outcome.codes, outcome.sum("m")) == (["F209"], 112)


@KINDS
def test_one_figure_makes_an_answer_of_a_return(tmp_path: Path, kind: str) -> None:
    setup(tmp_path, form=REQUIRED, units=UNITS)
    rows = sheet(HEAD + "Tổ 14|~|~\nTổ 15|0|~\nTổ 16|~|~")
    (write_csv if kind == "csv" else write_xlsx)(tmp_path / f"a.{kind}", rows)
    outcome = read_folder(tmp_path)
    assert set(outcome.codes) == {"C101"}
    assert outcome.collection.tables[0].read.sum() == 3


NOTHING = {
    "headers-alone": ({"B": HEAD}, "T106"),
    "headers-and-units-nobody-knows": ({"B": HEAD + "Tổ X|~|~"}, "T106"),
    "headers-and-a-total-alone": ({"B": HEAD + "Tổng cộng|112|11"}, "T106"),
    "heads-below-one-another": ({"B": "Số hộ dùng nước|120\nSố cây|12"}, "T103"),
    "no-table": ({"B": "Hội viên|120\nBuổi họp|12"}, "T101"),
}


@KINDS
@pytest.mark.parametrize("case", NOTHING.values(), ids=NOTHING)
def test_a_file_that_gave_nothing_says_why(
    tmp_path: Path, case: tuple[dict[str, str], str], kind: str
) -> None:
    texts, code = case
    outcome = read(tmp_path, texts["B"], kind)
    assert (outcome.codes, outcome.status) == ([code], 1)


def test_a_workbook_whose_only_sheet_is_hidden_says_why_it_gave_nothing(tmp_path: Path) -> None:
    setup(tmp_path, form=FORM, units=UNITS)
    book = xlwt.Workbook()
    page = book.add_sheet("B")
    page.write(0, 0, "ghi chép")
    page.visibility = 1
    book.save(str(tmp_path / "a.xls"))
    outcome = read_folder(tmp_path)
    assert (outcome.codes, outcome.status) == (["F210"], 1)


# -- blanks of one row ----------------------------------------------------------------------------


@KINDS
def test_the_blanks_of_a_row_are_one_finding_with_the_columns(tmp_path: Path, kind: str) -> None:
    setup(tmp_path, form=REQUIRED, units=UNITS)
    rows = sheet(HEAD + "Tổ 14|~|~\nTổ 15|9|~\nTổ 16|2|1")
    (write_csv if kind == "csv" else write_xlsx)(tmp_path / f"a.{kind}", rows)
    outcome = read_folder(tmp_path)
    blank = [f for f in outcome.findings if f.code == "C101"]
    assert [(f.cell, f.measures, f.facts.get("place")) for f in blank] == [
        ("B3", ("m", "n"), "C"),
        ("C4", ("n",), None),
    ]
    assert [[(one.cell, one.measure) for one in f.each()] for f in blank] == [
        [("B3", "m"), ("C3", "n")],
        [("C4", "n")],
    ]
    figures = outcome.figure("m", "11"), outcome.figure("n", "11")
    assert figures == ((11, 2, 3, True, 0, False), (1, 1, 3, True, 0, False))


def test_every_blank_of_a_row_is_named_to_programs_and_marked_for_the_sender(tmp_path: Path) -> None:
    setup(tmp_path / "2021", form=REQUIRED, units=UNITS)
    write_xlsx(tmp_path / "2021" / "a.xlsx", sheet(HEAD + "Tổ 14|~|~\nTổ 15|9|5\nTổ 16|2|1"))
    told = run("validate", tmp_path / "2021", "--format", "json").data
    found = [f for f in told["findings"] if f["code"] == "C101"]
    assert [(f["cell"], f["measure"], f["also"]) for f in found] == [
        ("B3", "m", [{"cell": "C3", "column": "C", "measure": "n"}])
    ]
    run("validate", tmp_path / "2021", "--format", "xlsx", "-o", tmp_path / "out")
    book = openpyxl.load_workbook(tmp_path / "out" / "a.xlsx")
    assert all(book["Biểu 01"][cell].comment is not None for cell in ("B3", "C3"))


# -- who has answered -----------------------------------------------------------------------------


def test_a_blank_return_beside_a_filled_one_needs_no_correction(tmp_path: Path) -> None:
    setup(tmp_path, form=REQUIRED, units=UNITS)
    write_csv(tmp_path / "a.csv", sheet(HEAD + "Tổ 14|101|5\nTổ 15|9|5\nTổ 16|2|1"))
    write_csv(tmp_path / "mau.csv", sheet(BLANK))
    outcome = read_folder(tmp_path)
    assert (outcome.codes, outcome.hard) == (["F209"], [])
    assert outcome.figure("m", "11") == (112, 3, 3, False, 0, False)


def test_a_file_that_was_used_is_not_said_to_be_another_units(tmp_path: Path) -> None:
    setup(tmp_path, form=REQUIRED, units=UNITS)
    head = "XÃ AN LẠC NĂM 2021\nMã | Tên đơn vị | Số hộ dùng nước | Số cây\n"
    write_csv(tmp_path / "a.csv", sheet(head + "11014|Tổ 14|101|5\n11015|Tổ 15|9|5\n11016|Tổ 16|2|1"))
    outcome = read_folder(tmp_path)
    assert "F205" in outcome.codes
    silent = next(f for f in outcome.findings if f.code == "U302" and f.unit == "12")
    assert "other" not in silent.facts


# -- files and sheets that claim to be the program's own ------------------------------------------


def claiming(path: Path, rows: str, *, category: bool) -> Path:
    """Write a return whose properties, or else whose first cell, say that the program made it."""
    book = openpyxl.Workbook()
    for row in sheet(("" if category else "antq-stats · mẫu\n") + rows):
        book.active.append([None if cell == "" else cell for cell in row])
    if category:
        book.properties.category = "antq-stats"
    book.save(path)
    return path


def test_a_return_whose_properties_claim_to_be_ours_is_named(tmp_path: Path) -> None:
    setup(tmp_path, form=REQUIRED, units=UNITS)
    claiming(tmp_path / "phuong-yen-ninh.xlsx", HEAD + "Tổ 14|101|5\nTổ 15|9|5\nTổ 16|2|1", category=True)
    outcome = read_folder(tmp_path)
    assert outcome.at("F211") == [("phuong-yen-ninh.xlsx", None, None)]
    silent = next(f for f in outcome.findings if f.code == "U302" and f.unit == "11")
    assert silent.facts["other"] == "phuong-yen-ninh.xlsx"


def test_a_report_in_word_that_was_saved_again_is_named(tmp_path: Path) -> None:
    setup(tmp_path, form=REQUIRED, units=UNITS)
    report = tmp_path / "bao-cao.docx"
    claiming(tmp_path / "phuong-yen-ninh.xlsx", HEAD + "Tổ 14|101|5", category=False)
    run("report", tmp_path, "-o", report)
    assert "F211" not in read_folder(tmp_path).codes
    document = docx.Document(str(report))
    document.core_properties.modified = datetime(2022, 1, 5, tzinfo=UTC)
    document.save(str(report))
    assert read_folder(tmp_path).at("F211") == [("bao-cao.docx", None, None)]


def test_a_sheet_whose_first_cell_claims_to_be_ours_is_read_where_it_holds_the_table(tmp_path: Path) -> None:
    setup(tmp_path, form=REQUIRED, units=UNITS)
    claiming(tmp_path / "a.xlsx", HEAD + "Tổ 14|101|5\nTổ 15|9|5\nTổ 16|2|1", category=False)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    book.create_sheet("ghi chép")["A1"] = "x"
    book.save(tmp_path / "a.xlsx")
    outcome = read_folder(tmp_path)
    assert (outcome.codes, outcome.sum("m")) == ([], 112)
    texts = {"A": sheet("antq-stats · mẫu\n" + HEAD + "Tổ 14|'101|'5"), "B": [["x"]]}
    write_xlsx(tmp_path / "a.xlsx", texts)
    assert read_folder(tmp_path).sum("m") == 101


def stamped(
    folder: Path, change: Callable[[openpyxl.Workbook], None], name: str = "phuong-yen-ninh"
) -> Outcome:
    """Fill in the ward's blank return, change it, save it under a name, and read it."""
    setup(folder / "2021", form=REQUIRED, units=UNITS)
    run("template", folder / "2021", "-o", folder / "out")
    book = openpyxl.load_workbook(folder / "out" / "yen-ninh.xlsx")
    for row in book["01"].iter_rows(min_row=9, max_row=11, min_col=4, max_col=5):
        for cell in row:
            cell.value = 7
    change(book)
    book.save(folder / "2021" / f"{name}.xlsx")
    return read_folder(folder / "2021")


def test_an_unchanged_stamped_return_is_read(tmp_path: Path) -> None:
    outcome = stamped(tmp_path, lambda _book: None)
    assert (outcome.codes, outcome.sum("m")) == ([], 21)


def test_a_stamp_of_another_unit_than_the_rows_is_refused(tmp_path: Path) -> None:
    def other(book: openpyxl.Workbook) -> None:
        book["_antq_stats"]["B5"], book["_antq_stats"]["B6"] = "12", "An Lạc"

    outcome = stamped(tmp_path, other)
    assert (outcome.hard, outcome.sum("m")) == ([("F205", None)], None)


def test_rows_of_another_unit_typed_into_a_stamped_return_are_refused(tmp_path: Path) -> None:
    def all_rows(book: openpyxl.Workbook) -> None:
        book["01"]["B9"], book["01"]["C9"] = "12001", "Thôn 1"
        for row in book["01"].iter_rows(min_row=10, max_row=11, min_col=2, max_col=5):
            for cell in row:
                cell.value = None

    outcome = stamped(tmp_path / "all", all_rows)
    assert (outcome.hard, outcome.sum("m")) == ([("F205", None)], None)

    def one_row(book: openpyxl.Workbook) -> None:
        book["01"]["B11"], book["01"]["C11"] = "12001", "Thôn 1"

    outcome = stamped(tmp_path / "one", one_row)
    assert (outcome.hard, outcome.sum("m")) == ([("U203", "C11")], 14)


def test_a_stamped_return_under_the_name_of_another_unit_is_reported(tmp_path: Path) -> None:
    outcome = stamped(tmp_path, lambda _book: None, "xa-an-lac")
    assert outcome.hard == [("F205", None)]


# -- rows put out of line -------------------------------------------------------------------------

CODED = "Mã | Tên đơn vị | Số hộ dùng nước | Số cây\n"


@KINDS
def test_a_row_shifted_by_a_column_is_reported(tmp_path: Path, kind: str) -> None:
    outcome = read(tmp_path, CODED + "11014|Tổ 14|101|5\n~|11015|~|9|5\n11016|Tổ 16|2|1", kind)
    wider = [("T406", None)] if kind == "csv" else []
    assert outcome.hard == [*wider, ("U109", "E3")]
    assert outcome.figure("n", "11")[3]


@KINDS
@pytest.mark.parametrize(
    "rows",
    [
        "11014|Tổ 14|101|5\n11015|Tổ 15|9|5|~|3\n11016|Tổ 16|2|1",
        "11014|Tổ 14|101|5\n11015|Tổ 15|9|5|3\n11016|Tổ 16|2|1",
    ],
    ids=["further-off", "nothing-left-blank"],
)
def test_a_figure_beside_a_full_row_is_no_shift(tmp_path: Path, rows: str, kind: str) -> None:
    outcome = read(tmp_path, CODED + rows, kind)
    if kind == "csv":  # there a figure too many may be one that a comma has cut in two
        assert (outcome.hard, outcome.sum("m")) == ([("T406", None)], 103)
    else:
        assert (outcome.hard, outcome.codes, outcome.sum("m")) == ([], ["T203"], 112)


@KINDS
def test_a_remark_with_figures_is_no_shift(tmp_path: Path, kind: str) -> None:
    head = "Tên đơn vị | Số hộ dùng nước | Số cây | Ghi chú\n"
    outcome = read(tmp_path, head + "Tổ 14|101|5|đủ\nTổ 15|9|~|12 hộ\nTổ 16|2|1|~", kind)
    assert outcome.hard == []


@KINDS
def test_an_unnamed_grand_total_may_add_up_several_blocks(tmp_path: Path, kind: str) -> None:
    rows = BLOCKS.format(112, 11).replace("Tổng cộng|", "~|")
    outcome = read(tmp_path, rows, kind)
    assert (outcome.codes, outcome.sum("m")) == ([], 112)


# -- the quick lane says the same -----------------------------------------------------------------


@pytest.mark.parametrize("label", ["Tổng cộng", None])
@pytest.mark.parametrize("last", ["blank", "one-row-blank", "other-total"])
def test_a_workbook_laid_out_like_others_is_judged_alike(
    tmp_path: Path, label: str | None, last: str
) -> None:
    folder = setup(tmp_path, form=REQUIRED, units=UNITS)
    plan = Intake.open(folder, period="2021").plan
    layouts = LayoutCache(plan, after=0)

    def write(name: str, figures: list[int | None], total: int) -> Path:
        book = xlsxwriter.Workbook(str(folder / name))
        page, plain = book.add_worksheet("Biểu 01"), book.add_format()
        for column, head in enumerate(["Mã", "Tên đơn vị", "Số hộ dùng nước", "Số cây"]):
            page.write(0, column, head)
        for row, figure in enumerate(figures, 1):
            page.write(row, 0, f"1101{row + 3}")
            page.write(row, 1, f"Tổ {row + 13}")
            for column in (2, 3):
                page.write(row, column, figure, plain)
        if label:
            page.write(4, 1, label)
        for column in (2, 3):
            page.write(4, column, total)
        book.close()
        return folder / name

    for number in range(4):
        path = write(f"{number}.xlsx", [number, 5, 6], number + 11)
        assert receive(plan, path, path.name, layouts) == receive(plan, path, path.name)
    figures, total = {
        "blank": ([None, None, None], 0), "one-row-blank": ([1, None, 6], 7), "other-total": ([1, 5, 6], 13),
    }[last]  # fmt: skip
    path = write("last.xlsx", figures, total)
    given = receive(plan, path, path.name, layouts)
    assert given == receive(plan, path, path.name)
    assert [finding.code for finding in given.findings] == {
        "blank": ["F209"],
        "one-row-blank": ["C101"],
        "other-total": ["T301", "T301"] if label else ["U106"],
    }[last]
    assert bool(layouts.recalled) == bool(label)


def test_headers_without_rows_need_no_correction_once_all_have_answered(tmp_path: Path) -> None:
    setup(tmp_path, form=REQUIRED, units=UNITS)
    write_csv(tmp_path / "b.csv", sheet(HEAD))
    write_csv(tmp_path / "a.csv", sheet(HEAD + "Tổ 14|101|5\nTổ 15|9|5\nTổ 16|2|1"))
    assert read_folder(tmp_path).hard == []
    write_csv(tmp_path / "a.csv", sheet(HEAD + "Tổ 14|101|5\nTổ 15|9|5"))
    assert read_folder(tmp_path).hard == [("T106", None)]
