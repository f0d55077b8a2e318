"""The list of findings as a workbook: to be telephoned from, filtered, and printed on A4 landscape."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from antq_stats.render.findings.table import FILLS
from antq_stats.render.writing.text_lines import line_count
from helpers.command import run
from helpers.office import PDFTOPPM, convert, needs_pdftoppm
from helpers.places import SAMPLES
from helpers.returns import HEAD, V1, V2, W1, W2, commune, setup, write_xlsx

pytestmark = pytest.mark.slow

MESSY = SAMPLES / "2021-messy"
SEVERITIES = {"Lỗi phải sửa": "hard", "Điểm cần kiểm tra": "soft", "Ghi chú": "note"}


def list_of(folder: Path, out: Path, lang: str = "vi") -> Worksheet:
    ran = run("validate", folder, "-o", out, "--lang", lang)
    assert ran.status in (0, 1), ran.output
    sheet = openpyxl.load_workbook(out).active
    assert isinstance(sheet, Worksheet)
    return sheet


def head_of(sheet: Worksheet) -> int:
    return next(row for row in range(1, 20) if sheet.cell(row, 2).value in ("Mức độ", "Severity"))


def rows_of(sheet: Worksheet) -> list[dict[str, str]]:
    head = head_of(sheet)
    names = [str(cell.value) for cell in sheet[head]]
    rows = sheet.iter_rows(min_row=head + 1, values_only=True)
    return [dict(zip(names, (str(cell or "") for cell in row), strict=True)) for row in rows]


@pytest.fixture(scope="module")
def messy(tmp_path_factory: pytest.TempPathFactory) -> Worksheet:
    return list_of(MESSY, tmp_path_factory.mktemp("list") / "list.xlsx")


def test_the_page_is_a4_landscape_one_page_wide_with_heads_and_numbers_on_each(messy: Worksheet) -> None:
    head = head_of(messy)
    assert (messy.page_setup.orientation, int(messy.page_setup.paperSize)) == ("landscape", 9)
    assert messy.sheet_properties.pageSetUpPr.fitToPage
    assert (messy.page_setup.fitToWidth or 1, messy.page_setup.fitToHeight) == (1, 0)
    assert messy.print_title_rows == f"${head}:${head}"
    assert messy.freeze_panes == f"D{head + 1}"
    assert messy.oddFooter.right.text == "Trang &P/&N"
    assert "Tỉnh Yên Bái" in messy.oddFooter.left.text
    assert messy.print_area.startswith("'Cần chỉnh sửa'!$A$1:")


def test_letters_are_eight_points_high_on_paper(messy: Worksheet) -> None:
    head = head_of(messy)
    printed = openpyxl.utils.range_boundaries(messy.print_area.partition("!")[2])[2]
    shown = [at for at in messy.column_dimensions.values() if at.max <= printed]
    pixels = sum((at.max - at.min + 1) * (at.width * 8) for at in shown)  # openpyxl's widths hold the padding
    room = 297 / 25.4 - messy.page_margins.left - messy.page_margins.right
    scale = min(1, room / (pixels / 96))
    assert all(cell.font.sz * scale >= 7.95 for cell in messy[head + 1][:13])


def test_the_lines_above_say_what_it_is_of_whom_and_how_much(messy: Worksheet) -> None:
    above = [messy.cell(row, 1).value for row in range(1, head_of(messy))]
    assert above[:3] == [
        "CÁC NỘI DUNG CẦN CHỈNH SỬA",
        "Năm 2021 · Tỉnh Yên Bái",
        "19 lỗi phải sửa; 5 điểm cần kiểm tra; 13 ghi chú; ở 15 đơn vị gửi báo cáo",
    ]


def test_severity_stands_in_words_and_in_a_colour_of_its_own(messy: Worksheet) -> None:
    seen = set()
    for row in messy.iter_rows(min_row=head_of(messy) + 1):
        severity = SEVERITIES[str(row[1].value)]
        assert row[1].fill.fgColor.rgb[-6:] == FILLS[severity]  # type: ignore[index]
        seen.add(severity)
    assert seen == set(SEVERITIES.values())


def test_senders_stand_together_in_order_the_worst_first_and_each_row_names_its_sender(
    messy: Worksheet,
) -> None:
    rows = rows_of(messy)
    senders = [(row["Huyện"], row["Xã, thị trấn"]) for row in rows]
    runs = [sender for place, sender in enumerate(senders) if not place or senders[place - 1] != sender]
    assert len(runs) == len(set(runs)), "no sender stands in two places"
    assert all(name for _, name in senders)
    assert senders[-1][1] == "Cả kỳ báo cáo"
    weights = [list(SEVERITIES).index(row["Mức độ"]) for row in rows]
    for place in range(1, len(rows)):
        assert senders[place] != senders[place - 1] or weights[place] >= weights[place - 1]


def test_the_first_row_of_a_sender_has_a_heavier_line_and_its_name_in_bold(messy: Worksheet) -> None:
    rows = list(messy.iter_rows(min_row=head_of(messy) + 1))
    for before, row in pairwise(rows):
        is_first = (before[2].value, before[3].value) != (row[2].value, row[3].value)
        assert row[2].font.b == is_first
        assert (row[0].border.top.style == "medium") == is_first


def test_every_finding_is_in_the_list_and_its_keys_are_in_hidden_columns(messy: Worksheet) -> None:
    told = run("validate", MESSY, "--format", "json", "--lang", "vi").data["findings"]
    rows = rows_of(messy)
    keys = ("Mã", "Tệp", "Trang tính", "Mã đơn vị", "Mã chỉ tiêu", "Nội dung", "Cách sửa")
    listed = sorted(tuple(row[key] for key in keys) for row in rows if row["Mã"] != "R201")
    names = ("code", "file", "sheet", "unit", "measure", "message", "hint")
    assert listed == sorted(
        tuple(str(finding[name] or "") for name in names) for finding in told if finding["code"] != "R201"
    )
    head = head_of(messy)
    hidden = {cell.value for cell in messy[head] if messy.column_dimensions[cell.column_letter].hidden}
    assert {"Mã đơn vị"} <= hidden  # openpyxl gives a run of columns to the first of them
    filtered = messy.auto_filter.ref
    assert filtered is not None
    assert filtered.startswith(f"A{head}:")
    assert openpyxl.utils.range_boundaries(filtered)[2:] == (messy.max_column, messy.max_row)


def test_the_rules_that_could_not_be_judged_are_one_row_with_their_number(messy: Worksheet) -> None:
    (row,) = (row for row in rows_of(messy) if row["Mã"] == "R201")
    assert row["Mức độ"] == "Ghi chú"
    assert row["Nội dung"].startswith("Có 10 quy tắc chưa kiểm tra được hết vì thiếu số liệu")
    told = json.loads(run("validate", MESSY, "--format", "json").stdout)["findings"]
    assert sum(finding["code"] == "R201" for finding in told) == 10
    text = run("validate", MESSY, "--lang", "vi", "--verbose").stdout
    assert text.count("R201") == 1


def test_a_finding_on_several_cells_names_them(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    write_xlsx(folder / "a.xlsx", [HEAD, [*V1, None, None], [*V2, 10, 1]])
    cells = [row["Ô"] for row in rows_of(list_of(folder, tmp_path / "list.xlsx")) if row["Mã"] == "C101"]
    assert cells == ["C2, D2"]


def test_the_list_in_the_folder_of_copies_is_the_same(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    write_xlsx(folder / "a.xlsx", [HEAD, [*W1, "=1", 1], [*W2, 10, 1]])
    write_xlsx(folder / "b.xlsx", [HEAD, [*V1, "abc", 1], [*V2, 10, 1]])
    sheet = list_of(folder, tmp_path / "all.xlsx", "en")
    run("validate", folder, "--format", "xlsx", "-o", tmp_path / "out", "--lang", "en")
    assert (tmp_path / "all.xlsx").read_bytes() == (tmp_path / "out" / "list.xlsx").read_bytes()
    head = [cell.value for cell in sheet[head_of(sheet)]]
    assert {"Code", "File", "Severity", "Message", "How to fix it"} <= set(head)
    rows = rows_of(sheet)
    senders = [row[str(head[2])] for row in rows if row["Code"] != "R201"]
    assert senders == ["Xã Nguyễn Thái Học"] * 2 + ["Xã Minh Quân"]
    assert {row["Code"] for row in rows[:2]} == {"C302", "U301"}


def test_the_list_has_a_column_for_each_level_between(tmp_path: Path) -> None:
    units = "code,name,type,level,parent\n1,T,tỉnh,province,\n11,Lục,huyện,district,1\n"
    units += "111,Yên,xã,commune,11\n1111,Một,thôn,village,111\n"
    folder = setup(tmp_path / "2021", units=units)
    write_xlsx(folder / "a.xlsx", commune(("x", 1), villages=(("1111", "Một"),)))
    row = rows_of(list_of(folder, tmp_path / "all.xlsx"))[0]
    assert (row["Xã"], row["Huyện"]) == ("Xã Yên", "Huyện Lục")


def test_a_folder_without_findings_has_a_list_that_says_so(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    write_xlsx(folder / "a.xlsx", commune((10, 1), (20, 1), (30, 1)))
    write_xlsx(folder / "b.xlsx", [HEAD, [*W1, 10, 1], [*W2, 10, 1]])
    sheet = list_of(folder, tmp_path / "all.xlsx")
    assert "Không có lỗi nào." in [cell.value for row in sheet.iter_rows() for cell in row]


def test_text_like_a_formula_stays_text(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    write_xlsx(folder / "a.xlsx", commune(("@SUM(A1)", 1), (20, 1), (30, 1)))
    sheet = list_of(folder, tmp_path / "all.xlsx")
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value == "@SUM(A1)"]
    assert cells
    assert all(cell.data_type == "s" for cell in cells)


@pytest.mark.office
@needs_pdftoppm
def test_in_print_each_page_has_the_heads_and_its_number(tmp_path: Path) -> None:
    list_of(MESSY, tmp_path / "list.xlsx")
    pdf = convert(tmp_path / "list.xlsx", "pdf", tmp_path / "pdf")
    assert PDFTOPPM is not None
    told = subprocess.run(
        [str(Path(PDFTOPPM).with_name("pdftotext")), "-raw", pdf, "-"], capture_output=True, check=True
    ).stdout.decode()
    pages = told.split("\f")[:-1]
    assert len(pages) >= 2
    assert all("STT" in page for page in pages), "the heads are on each page"
    assert [re.findall(r"Trang \d+/\d+", page) for page in pages] == [
        [f"Trang {place}/{len(pages)}"] for place in range(1, len(pages) + 1)
    ]


@given(text=st.text(st.sampled_from("ảbÔ mW-/.1đ"), max_size=80), room=st.floats(20, 400))
def test_a_narrower_column_and_a_longer_text_never_take_fewer_lines(text: str, room: float) -> None:
    lines = line_count(text, room, 11)
    assert lines >= 1
    assert line_count(text, room / 2, 11) >= lines
    assert line_count(text + " mở", room, 11) >= lines


@pytest.mark.parametrize("at", range(3))
def test_a_row_is_high_enough_for_each_of_its_texts(messy: Worksheet, at: int) -> None:
    rows = [row for row in messy.iter_rows(min_row=head_of(messy) + 1) if row[0].value]
    for row in rows[at::3]:
        height = messy.row_dimensions[row[0].row].height
        for cell in row[:13]:
            width = next(
                dimension.width
                for dimension in messy.column_dimensions.values()
                if dimension.min <= cell.column <= dimension.max
            )
            # A letter of Times New Roman takes 0.42 em on average, a line 1.15 em.
            lines = len(str(cell.value or "")) * 0.42 * 11 / (width * 6 - 6)
            assert height is not None
            assert height >= 1.15 * 11 * lines


def test_many_communes_without_a_return_are_a_sheet_of_names(tmp_path: Path) -> None:
    folder = tmp_path / "2021"
    shutil.copytree(SAMPLES / "2021-messy", folder)
    shutil.rmtree(folder / "tran-yen")
    run("year-end", folder, env={"ANTQ_STATS_LANG": "vi"})
    book = openpyxl.load_workbook(tmp_path / "2021-ket-qua" / "2-can-sua.xlsx")
    findings, silent = book.worksheets
    texts = [str(cell.value) for row in findings.iter_rows() for cell in row if cell.value]
    assert "9 xã chưa gửi báo cáo: xem trang tính “Chưa gửi”" in texts
    assert "U302" not in texts
    assert silent.title == "Chưa gửi"
    assert silent["A1"].value == "9 xã chưa gửi báo cáo"
    rows = [[cell.value for cell in row] for row in silent.iter_rows(min_row=4)]
    assert [row[0] for row in rows] == list(range(1, 10))
    assert {row[1] for row in rows} == {"Huyện Trấn Yên"}
    assert {"Xã Minh Quán", "Thị trấn Cổ Phúc"} <= {row[2] for row in rows}
