"""Marked copies for the senders: the wrong cells are marked, and everything else stays as sent."""

from __future__ import annotations

import io
import os
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from random import Random

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from antq_stats.findings.finding import Finding
from antq_stats.plan import Limits
from antq_stats.reading.files.opening import open_bytes
from antq_stats.render.annotated.alone import list_alone
from antq_stats.render.annotated.copy import annotated_copy
from antq_stats.render.annotated.notice import Notice, entries_of
from antq_stats.render.annotated.package import NotAnnotatable
from antq_stats.render.findings.table import FILLS
from antq_stats.render.words import FindingWording
from antq_stats.words.language import Wording
from helpers.command import CommandResult, run
from helpers.office import convert
from helpers.reading import read_folder
from helpers.returns import HEAD, V1, V2, V3, W1, W2, commune, setup, write_csv, write_xls, write_xlsx

pytestmark = pytest.mark.slow

PERSON = "0912345678"
WORDS = FindingWording(Wording("vi"), lambda _kind, _code: None)


def png() -> bytes:
    """The smallest picture: one red point."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0"))
        + chunk(b"IEND", b"")
    )


def rich(path: Path, *, wrong: object = "12 nhà", note_at: str | None = None) -> Path:
    """A return with all that an office puts into a workbook, and one cell that is no count: C3."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(path), {"in_memory": True, "strings_to_numbers": False}) as book:
        sheet = book.add_worksheet("Biểu 01")
        other = book.add_worksheet("Ghi chép")
        head = book.add_format({"bold": True, "bg_color": "#DDEEFF", "border": 1})
        count = book.add_format({"num_format": "#,##0", "border": 1, "diag_type": 1, "align": "center"})
        for column, text in enumerate(HEAD):
            sheet.write_string(0, column, text, head)
        for row, (code, name) in enumerate((V1, V2, V3), 1):
            sheet.write_string(row, 0, code)
            sheet.write_string(row, 1, name)
            sheet.write_number(row, 2, 10, count)
            sheet.write_number(row, 3, 1, count)
        if isinstance(wrong, str):
            sheet.write_string(2, 2, wrong, count)
        else:
            sheet.write_blank(2, 2, None, count)
        sheet.write_string(4, 1, "Tổng cộng")
        sheet.write_formula(4, 2, "=SUM(C2:C4)", count, 20)
        sheet.write_formula(4, 3, "=SUM(D2:D4)", count, 3)
        sheet.set_column(2, 3, 14.5)
        sheet.data_validation("D2:D4", {"validate": "integer", "criteria": ">=", "value": 0})
        sheet.conditional_format("D2:D4", {"type": "cell", "criteria": ">", "value": 5, "format": head})
        sheet.insert_image("G1", "a.png", {"image_data": io.BytesIO(png())})
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "='Biểu 01'!$D$2:$D$4"})
        sheet.insert_chart("G5", chart)
        sheet.print_area("A1:D5")
        sheet.repeat_rows(0)
        sheet.protect("", {"select_locked_cells": True})
        sheet.write_comment("A1", "Mã theo danh mục", {"author": "Phòng"})
        if note_at:
            sheet.write_comment(note_at, "Số này hỏi trưởng thôn", {"author": "Phòng"})
        other.write_string(0, 0, "=1+1")
        other.write_formula(1, 0, "='Biểu 01'!D5*2", None, 6)
        book.define_name("Tong", "='Biểu 01'!$D$5")
    return path


def parts_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert len(set(archive.namelist())) == len(archive.namelist())
        return {name: archive.read(name) for name in archive.namelist()}


def with_parts(path: Path, change: Mapping[str, bytes]) -> Path:
    """Replace or add parts of a workbook."""
    parts = {**parts_of(path), **change}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def send_back(folder: Path, out: Path, *more: object) -> CommandResult:
    ran = run("validate", folder, "--format", "xlsx", "-o", out, *more)
    assert "Traceback" not in ran.output
    assert ran.status in (0, 1), ran.output
    return ran


def texts(path: Path, sheet: int = 0) -> list[list[object]]:
    book = openpyxl.load_workbook(path)
    rows = [[cell.value for cell in row] for row in book.worksheets[sheet].iter_rows()]
    book.close()
    return rows


def said(path: Path) -> str:
    return "\n".join(str(cell) for row in texts(path) for cell in row if cell is not None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return setup(tmp_path / "2021")


# -- the marked copy -----------------------------------------------------------------------------


def test_the_wrong_cell_bears_a_colour_an_edge_and_a_note_and_the_list_stands_first(
    folder: Path, tmp_path: Path
) -> None:
    rich(folder / "xa" / "nth.xlsx")
    write_xlsx(folder / "mq.xlsx", commune(villages=(W1, W2)))
    send_back(folder, tmp_path / "out")
    assert not (tmp_path / "out" / "mq.xlsx").exists()
    before = openpyxl.load_workbook(folder / "xa" / "nth.xlsx")["Biểu 01"]
    book = openpyxl.load_workbook(tmp_path / "out" / "xa" / "nth.xlsx")
    assert book.sheetnames == ["Corrections", "Biểu 01", "Ghi chép"]
    sheet = book["Biểu 01"]
    cell = sheet["C3"]
    assert cell.fill.fill_type == "solid"
    assert cell.fill.start_color.rgb != before["C3"].fill.start_color.rgb
    assert {cell.border.left.style, cell.border.top.style} == {"medium"}
    assert cell.border.diagonal.style == before["C3"].border.diagonal.style
    assert (cell.number_format, cell.alignment.horizontal, cell.font.sz) == (
        before["C3"].number_format,
        "center",
        before["C3"].font.sz,
    )
    assert "C302" in cell.comment.text
    assert "12 nhà" in cell.comment.text
    assert "Fix:" in cell.comment.text
    assert sheet["A1"].comment.text.endswith("Mã theo danh mục")
    for row in before.iter_rows():
        for old in row:
            new = sheet[old.coordinate]
            assert new.value == old.value
            if old.coordinate != "C3":
                assert repr(new.fill) == repr(old.fill)
                assert repr(new.border) == repr(old.border)
    rows = texts(tmp_path / "out" / "xa" / "nth.xlsx")
    line = next(row for row in rows if row[0] == "1")
    assert line[1:3] == ["Biểu 01", "C3"]
    assert line[7:9] == ["12 nhà", "C302"]
    drawing = parts_of(tmp_path / "out" / "xa" / "nth.xlsx")["xl/drawings/vmlDrawing1.vml"].decode()
    boxes = dict(re.findall(r"<x:Anchor>([^<]*)</x:Anchor>.*?<x:Row>(\d+)</x:Row>", drawing, re.DOTALL))
    left, _, top, _, right, _, bottom, _ = map(
        int, next(at for at, row in boxes.items() if row == "2").split(",")
    )
    assert right - left >= 3
    assert bottom - top >= 5
    links = [cell.hyperlink.location for row in book["Corrections"] for cell in row if cell.hyperlink]
    assert links == ["'Biểu 01'!C3"]
    assert "Xã Nguyễn Thái Học" in said(tmp_path / "out" / "xa" / "nth.xlsx")


def test_nothing_else_changes(folder: Path, tmp_path: Path) -> None:
    rich(folder / "nth.xlsx")
    send_back(folder, tmp_path / "out")
    before, after = parts_of(folder / "nth.xlsx"), parts_of(tmp_path / "out" / "nth.xlsx")
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "xl/worksheets/sheet1.xml",
        "xl/comments1.xml",
        "xl/drawings/vmlDrawing1.vml",
    }
    assert set(after) - set(before) == {"xl/worksheets/sheet3.xml"}

    def plain(part: bytes) -> str:
        text = re.sub(r"^<\?xml[^>]*>\s*", "", part.decode())
        text = re.sub(r'(<c r="C3") s="\d+"', r"\1", text)
        return text.replace(' tabSelected="1"', "")

    assert plain(after["xl/worksheets/sheet1.xml"]) == plain(before["xl/worksheets/sheet1.xml"])
    styles = [re.sub(r' count="\d+"', "", part["xl/styles.xml"].decode()) for part in (before, after)]
    for name in ("fonts", "fills", "borders", "cellXfs", "dxfs"):
        old, new = (re.search(rf"<{name}>(.*?)</{name}>", text) for text in styles)
        assert old
        assert new
        assert new[1].startswith(old[1])
    names = after["xl/workbook.xml"].decode()
    assert 'localSheetId="1"' in names
    names, added = re.subn(
        r'<definedName [^>]*localSheetId="0">\'Corrections\'[^<]*</definedName>', "", names
    )
    assert added == 1, "the heads of the list, printed on each page"
    assert 'localSheetId="0"' not in names
    assert re.findall(
        r"<definedName .*?</definedName>", names.replace('localSheetId="1"', 'localSheetId="0"')
    ) == (re.findall(r"<definedName .*?</definedName>", before["xl/workbook.xml"].decode()))


def test_a_copy_that_comes_back_reads_as_the_original(folder: Path, tmp_path: Path) -> None:
    rich(folder / "nth.xlsx", wrong="")
    write_xlsx(folder / "mq.xlsx", [HEAD, [*W1, 10, 1], [*W2, None, 1.5], ["", "Thôn Lạ", 7, 8]])
    first = read_folder(folder)
    send_back(folder, tmp_path / "out")
    again = setup(tmp_path / "back" / "2021")
    for name in ("nth.xlsx", "mq.xlsx"):
        (again / name).write_bytes((tmp_path / "out" / name).read_bytes())
    second = read_folder(again)
    assert second.findings == first.findings
    assert len(first.hard) >= 4
    for measure in ("trau", "bo"):
        assert second.figure(measure) == first.figure(measure)


def test_the_marks_of_an_earlier_round_go_when_the_cell_is_corrected(folder: Path, tmp_path: Path) -> None:
    path = rich(folder / "nth.xlsx", note_at="C3")
    original = parts_of(path)["xl/worksheets/sheet1.xml"].decode()
    send_back(folder, tmp_path / "out")
    copy = tmp_path / "out" / "nth.xlsx"
    once = openpyxl.load_workbook(copy)["Biểu 01"]["C3"].comment.text
    assert once.index("Số này hỏi trưởng thôn") < once.index("C302")
    # The sender mends C3 and spoils D4, in the copy itself.
    sheet = parts_of(copy)["xl/worksheets/sheet1.xml"].decode()
    sheet = re.sub(r'(<c r="C3" s="\d+") t="s"><v>\d+</v>', r"\1><v>10</v>", sheet)
    sheet = re.sub(r'(<c r="D4" s="\d+")><v>1</v>', r"\1><v>1.5</v>", sheet)
    again = setup(tmp_path / "back" / "2021")
    (again / "nth.xlsx").write_bytes(copy.read_bytes())
    with_parts(again / "nth.xlsx", {"xl/worksheets/sheet1.xml": sheet.encode()})
    send_back(again, tmp_path / "out2")
    second = tmp_path / "out2" / "nth.xlsx"
    book = openpyxl.load_workbook(second)
    assert book.sheetnames == ["Corrections", "Biểu 01", "Ghi chép"]
    style = re.search(r'<c r="C3" s="(\d+)"', original)
    now = re.search(r'<c r="C3" s="(\d+)"', parts_of(second)["xl/worksheets/sheet1.xml"].decode())
    assert style
    assert now
    assert now[1] == style[1]
    assert book["Biểu 01"]["D4"].fill.fill_type == "solid"
    assert "C301" in book["Biểu 01"]["D4"].comment.text
    rows = [row[8] for row in texts(second) if str(row[0]).isdecimal()]
    assert sorted(rows) == ["C106", "C106", "C301"]  # the totals were not calculated again
    assert book["Biểu 01"]["C3"].comment.text.endswith("Số này hỏi trưởng thôn")


def test_the_list_prints_on_a4_with_its_heads_on_each_page_in_copies_of_copies_too(
    folder: Path, tmp_path: Path
) -> None:
    rich(folder / "nth.xlsx")
    write_xls(folder / "mq.xls", [HEAD, [*W1, "x?", 1], [*W2, 1, 1]])
    send_back(folder, tmp_path / "out", "--lang", "vi")
    again = setup(tmp_path / "back" / "2021")
    (again / "nth.xlsx").write_bytes((tmp_path / "out" / "nth.xlsx").read_bytes())
    send_back(again, tmp_path / "out2", "--lang", "vi")
    for path in (tmp_path / "out" / "nth.xlsx", tmp_path / "out" / "mq.xlsx", tmp_path / "out2" / "nth.xlsx"):
        book = openpyxl.load_workbook(path)
        sheet = book.worksheets[0]
        head = next(cell.row for cell in sheet["A"] if cell.value == "STT")
        assert sheet.print_title_rows == f"${head}:${head}"
        named = re.findall(rb"<definedName [^>]*Print_Titles[^>]*>[^<]*", parts_of(path)["xl/workbook.xml"])
        assert sum("Cần chỉnh sửa" in name.decode() for name in named) == 1
        assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.oddFooter.right.text == "Trang &P/&N"
        assert sheet.freeze_panes == f"A{head + 1}"
        severity = sheet.cell(head + 1, 5)
        assert severity.value == "Lỗi phải sửa"
        assert severity.fill.fgColor.rgb[-6:] == FILLS["hard"]
        assert all(sheet.row_dimensions[row].height for row in range(1, sheet.max_row + 1))


def test_existing_notes_stay_and_a_threaded_comment_is_left_alone(folder: Path, tmp_path: Path) -> None:
    path = rich(folder / "nth.xlsx", note_at="C3")
    comments = parts_of(path)["xl/comments1.xml"].decode()
    author = re.search(r'ref="C3" authorId="(\d+)"', comments)
    assert author
    threaded = comments.replace("</authors>", "<author>tc={0A}</author></authors>")
    threaded = threaded.replace('ref="C3" authorId="0"', 'ref="C3" authorId="1"')
    with_parts(path, {"xl/comments1.xml": threaded.encode()})
    send_back(folder, tmp_path / "out")
    sheet = openpyxl.load_workbook(tmp_path / "out" / "nth.xlsx")["Biểu 01"]
    assert "C302" not in sheet["C3"].comment.text
    assert sheet["C3"].fill.fill_type == "solid"
    assert "cannot hold cell notes" in said(tmp_path / "out" / "nth.xlsx")


def test_a_cell_that_is_not_there_is_made_in_its_place(folder: Path, tmp_path: Path) -> None:
    write_xlsx(folder / "nth.xlsx", [HEAD, [*V1, None, 1], [*V2, 10, None], [*V3, 10, 1]])
    send_back(folder, tmp_path / "out")
    sheet = parts_of(tmp_path / "out" / "nth.xlsx")["xl/worksheets/sheet1.xml"].decode()
    for row, cells in ((2, "ABCD"), (3, "ABCD")):
        found = re.search(rf'<row r="{row}".*?</row>', sheet)
        assert found
        assert re.findall(r'<c r="([A-Z]+)', found[0]) == list(cells)
    book = openpyxl.load_workbook(tmp_path / "out" / "nth.xlsx")["Biểu 01"]
    assert {"C101" in book[at].comment.text for at in ("C2", "D3")} == {True}


def test_a_finding_on_a_merged_cell_marks_the_first_of_the_range(folder: Path, tmp_path: Path) -> None:
    write_xlsx(
        folder / "nth.xlsx",
        [HEAD, [*V1, "abc", 1], [*V2, None, 1], [*V3, 10, 1]],
        merges=["C2:C3"],
    )
    send_back(folder, tmp_path / "out")
    book = openpyxl.load_workbook(tmp_path / "out" / "nth.xlsx")["Biểu 01"]
    assert book["C2"].comment is not None
    assert book["C3"].comment is None if hasattr(book["C3"], "comment") else True


def test_a_finding_on_a_row_marks_the_first_text_of_the_row(folder: Path, tmp_path: Path) -> None:
    rows = [["STT", *HEAD], [1, *V1, 10, 1], [2, *V1, 10, 1], [3, *V2, 10, 1], [4, *V3, 10, 1]]
    write_xlsx(folder / "nth.xlsx", rows)
    assert "U201" in read_folder(folder).codes
    send_back(folder, tmp_path / "out")
    book = openpyxl.load_workbook(tmp_path / "out" / "nth.xlsx")
    marked = [cell.coordinate for row in book["Biểu 01"] for cell in row if cell.comment]
    assert marked == ["B3"]
    assert "U201" in book["Biểu 01"]["B3"].comment.text
    assert book["Biểu 01"]["B3"].border.left.style == "mediumDashed"


def test_a_file_of_several_senders_is_listed_under_the_unit_above_them(folder: Path, tmp_path: Path) -> None:
    bad = [[*unit, "x", 1] for unit in (V1, V2, W1, W2)]
    write_xlsx(folder / "chung.xlsx", [["Mã thôn", "Tên thôn", "Số trâu", "Số bò"], *bad, [*V3, 1, 1]])
    send_back(folder, tmp_path / "out")
    assert "2021 · Tỉnh Hà Trung · chung.xlsx" in said(tmp_path / "out" / "chung.xlsx")


def test_macros_stay_and_the_list_of_a_workbook_with_macros_is_none(folder: Path, tmp_path: Path) -> None:
    path = rich(folder / "nth.xlsm")
    types = parts_of(path)["[Content_Types].xml"].replace(
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    with_parts(path, {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 macros", "[Content_Types].xml": types})
    send_back(folder, tmp_path / "out")
    assert parts_of(tmp_path / "out" / "nth.xlsm")["xl/vbaProject.bin"] == b"\xd0\xcf\x11\xe0 macros"
    with_parts(path, {"_xmlsignatures/origin.sigs": b""})
    send_back(folder, tmp_path / "signed")
    assert not (tmp_path / "signed" / "nth.xlsm").exists()
    assert "digital signature" in said(tmp_path / "signed" / "nth.xlsx")


def test_a_strict_workbook_is_coloured_and_listed(folder: Path, tmp_path: Path) -> None:
    path = write_xlsx(folder / "nth.xlsx", [HEAD, [*V1, "abc", 1], [*V2, 10, 1], [*V3, 10, 1]])
    strict = {
        name: content.replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        ).replace(
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        )
        for name, content in parts_of(path).items()
    }
    with_parts(path, strict)
    send_back(folder, tmp_path / "out")
    after = parts_of(tmp_path / "out" / "nth.xlsx")
    assert not any("comments" in name for name in after)
    assert b"schemas.openxmlformats.org/spreadsheetml" not in b"".join(after.values())
    found = re.search(rb'<c r="C2" t="\w+" s="([1-9]\d*)"', after["xl/worksheets/sheet1.xml"])
    assert found
    grids = open_bytes((tmp_path / "out" / "nth.xlsx").read_bytes(), ".xlsx", Limits()).grids
    assert [grid.sheet for grid in grids] == ["Corrections", "Biểu 01"]
    assert any("cannot hold cell notes" in str(cell) for row in grids[0].rows for cell in row)


def test_many_notes_each_have_their_own_box(tmp_path: Path) -> None:
    villages = [(f"07010{n:04d}", f"Thôn {n}") for n in range(1, 1300)]
    units = "code,name,type,level,parent\n07,Hà Trung,tỉnh,province,\n0701,Yên,xã,commune,07\n"
    units += "".join(f"{code},{name},,village,0701\n" for code, name in villages)
    folder = setup(tmp_path / "2021", units=units)
    write_xlsx(folder / "yen.xlsx", commune(*[("sai", 1)] * 1300, villages=villages))
    send_back(folder, tmp_path / "out")
    drawing = parts_of(tmp_path / "out" / "yen.xlsx")["xl/drawings/vmlDrawing1.vml"].decode()
    ids = re.findall(r'id="_x0000_s(\d+)"', drawing)
    assert len(ids) == len(set(ids)) == 1299
    blocks = re.search(r'idmap v:ext="edit" data="([\d,]+)"', drawing)
    assert blocks
    assert {int(number) // 1024 for number in ids} == set(map(int, blocks[1].split(",")))


# -- what goes back as a list alone --------------------------------------------------------------


def test_personal_data_never_goes_back(folder: Path, tmp_path: Path) -> None:
    rows = [[*HEAD, "Số điện thoại"], *([*v, "x1", 1, PERSON] for v in (V1, V2, V3))]
    write_xlsx(folder / "a" / "nth.xlsx", rows)
    (folder / "b.xlsx").write_bytes((folder / "a" / "nth.xlsx").read_bytes())
    write_xlsx(
        folder / "mq.xlsx",
        {
            "Biểu 01": commune(villages=(W1, W2)),
            "DS": [["Họ và tên", "Năm sinh"], *[["Trần Thị Bé", 1990]] * 5],
        },
    )
    ran = send_back(folder, tmp_path / "out")
    for path in (tmp_path / "out").rglob("*.xlsx"):
        everything = b"".join(parts_of(path).values()).decode("utf-8", "replace")
        assert PERSON not in everything
        assert "Trần Thị Bé" not in everything
    for name in ("a/nth.xlsx", "mq.xlsx", "b.xlsx"):
        assert "personal data" in said(tmp_path / "out" / name)
        assert len(openpyxl.load_workbook(tmp_path / "out" / name).sheetnames) == 1
    assert "a/nth.xlsx" in ran.stderr


def test_other_formats_get_the_list_under_names_of_their_own(folder: Path, tmp_path: Path) -> None:
    bad = [HEAD, [*V1, "abc", 1], [*V2, 10, 1], [*V3, 10, 1]]
    write_xls(folder / "nth.xls", bad)
    write_csv(folder / "nth.csv", bad)
    write_xlsx(folder / "Nth.xlsx", bad)
    (folder / "hong.xlsx").write_bytes(b"PK\x03\x04 nothing")
    write_xlsx(folder / "list.xlsx", [HEAD, [*W1, "abc", 1], [*W2, 1, 1]])
    send_back(folder, tmp_path / "out")
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"Nth.xlsx", "nth-csv.xlsx", "nth-xls.xlsx", "hong.xlsx", "list.xlsx", "list-2.xlsx"}
    assert "only .xlsx and .xlsm" in said(tmp_path / "out" / "nth-xls.xlsx")
    assert "could not be read" in said(tmp_path / "out" / "hong.xlsx")
    line = next(row for row in texts(tmp_path / "out" / "nth-xls.xlsx") if row[0] == "1")
    assert line[2] == "C2"
    # A list is no return, wherever it lands.
    (folder / "danh-sach.xlsx").write_bytes((tmp_path / "out" / "hong.xlsx").read_bytes())
    assert read_folder(folder).passed_over == 3


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("xl/styles.xml", b"<styleSheet"),
        ("xl/styles.xml", b'<!DOCTYPE x [<!ENTITY y "z">]><styleSheet/>'),
        ("xl/comments1.xml", b"<broken"),
        (
            "xl/comments1.xml",
            b'<!DOCTYPE x><comments xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>',
        ),
        ("xl/worksheets/_rels/sheet1.xml.rels", b"<x"),
        ("xl/_rels/workbook.xml.rels", b""),
    ],
)
def test_a_strange_workbook_gets_the_list_and_no_damaged_copy(
    folder: Path, tmp_path: Path, part: str, content: bytes
) -> None:
    with_parts(rich(folder / "nth.xlsx"), {part: content})
    send_back(folder, tmp_path / "out")
    assert len(openpyxl.load_workbook(tmp_path / "out" / "nth.xlsx").sheetnames) == 1
    assert "no marked copy" in said(tmp_path / "out" / "nth.xlsx")


def test_a_drawing_that_is_not_well_formed_keeps_its_notes(folder: Path, tmp_path: Path) -> None:
    path = rich(folder / "nth.xlsx")
    drawing = parts_of(path)["xl/drawings/vmlDrawing1.vml"].replace(b"</div>", b"<br></div>")
    with_parts(path, {"xl/drawings/vmlDrawing1.vml": drawing})
    send_back(folder, tmp_path / "out")
    after = parts_of(tmp_path / "out" / "nth.xlsx")["xl/drawings/vmlDrawing1.vml"]
    assert after.startswith(drawing.partition(b"<o:idmap")[0])
    assert after.count(b"<br>") == 1
    assert after.count(b'ObjectType="Note"') == 2


# -- the folder ----------------------------------------------------------------------------------


def test_the_same_input_gives_the_same_bytes_and_the_returns_are_not_touched(
    folder: Path, tmp_path: Path
) -> None:
    rich(folder / "nth.xlsx")
    before = (folder / "nth.xlsx").read_bytes()
    for out in ("one", "two"):
        send_back(folder, tmp_path / out)
    for name in ("nth.xlsx", "list.xlsx"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert (folder / "nth.xlsx").read_bytes() == before


def test_nothing_is_written_among_the_returns(folder: Path, tmp_path: Path) -> None:
    path = rich(folder / "nth.xlsx")
    before = path.read_bytes()
    for out in (folder, folder / "tra-lai", tmp_path / "x" / ".." / "2021"):
        ran = run("validate", folder, "--format", "xlsx", "-o", out)
        assert ran.status == 2
        assert "counted again" in ran.stderr
    (folder / "2021").mkdir()
    path.rename(folder / "2021" / "nth.xlsx")
    ran = run("validate", folder, "--format", "xlsx", "-o", tmp_path)  # would be 2021/2021/nth.xlsx's folder
    assert ran.status == 3
    assert (folder / "2021" / "nth.xlsx").read_bytes() == before
    assert sorted(p.name for p in folder.iterdir()) == ["2021", "form.toml", "units.csv"]
    (tmp_path / "file").write_text("x")
    assert run("validate", folder, "--format", "xlsx", "-o", tmp_path / "file").status == 3
    assert run("validate", folder, "--format", "xlsx", "-o", tmp_path / "out.ods").status == 2


def test_copies_of_an_earlier_run_are_reported(folder: Path, tmp_path: Path) -> None:
    rich(folder / "nth.xlsx")
    send_back(folder, tmp_path / "out")
    (folder / "nth.xlsx").unlink()
    write_xlsx(folder / "nth_v2.xlsx", commune(("abc", 1)))
    ran = send_back(folder, tmp_path / "out")
    assert "still contains 1 file" in ran.stderr


@settings(max_examples=25, deadline=None)
@given(text=st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=40))
def test_any_text_found_in_a_cell_is_listed_as_the_same_text(text: str) -> None:
    for value in (text, f"={text}", f"_x0041_{text}", f"{text}\x07"):
        finding = Finding(code="C302", file="a.xls", sheet="S'1", row=2, column=3, value=value)
        notice = Notice("a.xls", "2021", "Xã A", WORDS.wording, entries_of([finding], WORDS), "format")
        content = list_alone(notice, Limits())
        rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
        told = next(row for row in rows if row[0] == "1")[7]
        wanted = unicodedata.normalize("NFC", value).replace("\x07", "\ufffd")
        assert told == wanted


def test_no_bytes_in_a_part_bring_it_down(tmp_path: Path) -> None:
    rich(tmp_path / "nth.xlsx", note_at="C3")
    parts = parts_of(tmp_path / "nth.xlsx")
    random = Random(20211231)  # noqa: S311 - the same bytes are spoiled in every run
    finding = Finding(code="C302", file="nth.xlsx", sheet="Biểu 01", row=3, column=2, value="12 nhà")
    wrecked = 0
    for name in sorted(parts):
        for _ in range(12):
            content = bytearray(parts[name])
            at = random.randrange(len(content))
            content[at : at + random.randrange(6)] = random.choice([b"", b"<", b'"', b"\xff", b"9", b"&x;"])
            with_parts(tmp_path / "nth.xlsx", {**parts, name: bytes(content)})
            notice = Notice("nth.xlsx", "2021", "", WORDS.wording, entries_of([finding], WORDS))
            try:
                copy = annotated_copy((tmp_path / "nth.xlsx").read_bytes(), ".xlsx", notice, Limits())
            except NotAnnotatable:
                wrecked += 1
            else:
                assert open_bytes(copy, ".xlsx", Limits()).grids[0].sheet == "Cần chỉnh sửa"
    assert wrecked > 5


# -- other programs ------------------------------------------------------------------------------


@pytest.mark.office
def test_libreoffice_opens_the_copy_and_what_it_saves_reads_the_same(folder: Path, tmp_path: Path) -> None:
    rich(folder / "nth.xlsx")
    first = read_folder(folder)
    send_back(folder, tmp_path / "out")
    saved = convert(tmp_path / "out" / "nth.xlsx", "xlsx", tmp_path / "saved")
    book = openpyxl.load_workbook(saved)
    assert book.sheetnames == ["Corrections", "Biểu 01", "Ghi chép"]
    assert book["Biểu 01"]["C3"].fill.fill_type == "solid"
    assert "C302" in book["Biểu 01"]["C3"].comment.text
    assert "Mã theo danh mục" in book["Biểu 01"]["A1"].comment.text
    again = setup(tmp_path / "back" / "2021")
    (again / "nth.xlsx").write_bytes(saved.read_bytes())
    assert read_folder(again).findings == first.findings
    # It comes back once more, saved by another program: its marks are known again.
    fixed = openpyxl.load_workbook(again / "nth.xlsx")
    send_back(again, tmp_path / "out2")
    twice = openpyxl.load_workbook(tmp_path / "out2" / "nth.xlsx")
    assert twice.sheetnames == fixed.sheetnames
    assert twice["Biểu 01"]["C3"].comment.text.count("C302") == 1


@pytest.mark.skipif(os.name != "posix", reason="Windows counts characters")
def test_a_name_as_long_as_the_system_takes_stops_nothing(folder: Path, tmp_path: Path) -> None:
    long = "ế" * 83 + "aa"  # with .csv 255 bytes: as .xlsx it would be too long
    (folder / "other.csv").write_text("Mã thôn,Tên thôn,Số trâu,Số bò\n11101,W1,x,1\n", encoding="utf-8")
    (folder / f"{long}.csv").write_text("Mã thôn,Tên thôn,Số trâu,Số bò\n11102,W2,x,1\n", encoding="utf-8")
    send_back(folder, tmp_path / "out")
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert len([name for name in names if name.startswith("ế") and name.endswith(".xlsx")]) == 1
    assert "other.xlsx" in names
    ran = run("status", folder, "--receipts", tmp_path / "receipts")
    assert ran.status in {0, 1}
