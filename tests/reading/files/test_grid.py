"""Bytes become cells: real files of every format, with the traps of each format."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import os
import pickle
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st

from antq_stats.plan import Limits
from antq_stats.reading.files.container import FileProblem
from antq_stats.reading.files.grid import Grid, Workbook
from antq_stats.reading.files.opening import open_bytes, open_file

LIMITS = Limits()

CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def package(parts: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in parts.items():
            # the time of day would stand in the bytes, and in the names of tests made of them
            archive.writestr(zipfile.ZipInfo(name, (2021, 12, 1, 0, 0, 0)), content, method)
    return out.getvalue()


def hand_made(*sheets: str | bytes, names: tuple[str, ...] = ()) -> bytes:
    """An xlsx of the given sheet parts; text that is only the inside of sheetData is wrapped."""
    names = names or tuple(f"S{n}" for n in range(1, len(sheets) + 1))
    listed = "".join(f'<sheet name="{s}" sheetId="{n}" r:id="rId{n}"/>' for n, s in enumerate(names, 1))
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" '
        f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{listed}</sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">{related}</Relationships>',
    }
    for number, sheet in enumerate(sheets, 1):
        whole = isinstance(sheet, bytes) or sheet.startswith(("<?xml", "<work", "<x:", "<!"))
        body = sheet if whole else f'<worksheet xmlns="{MAIN}"><sheetData>{sheet}</sheetData></worksheet>'
        parts[f"xl/worksheets/sheet{number}.xml"] = body
    return package(parts)


def only(data: bytes, suffix: str = ".xlsx", limits: Limits = LIMITS) -> Grid:
    (grid,) = open_bytes(data, suffix, limits).grids
    return grid


def problem(data: bytes, suffix: str = ".xlsx", limits: Limits = LIMITS) -> FileProblem:
    with pytest.raises(FileProblem) as caught:
        open_bytes(data, suffix, limits)
    return caught.value


def written(write: object, **options: object) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, **options})
    write(book)  # type: ignore[operator]
    book.close()
    return out.getvalue()


# -- xlsx ----------------------------------------------------------------------------------------


def padded(grid: Grid) -> list[list[object]]:
    width = max(map(len, grid.rows), default=0)
    return [[*row, *[""] * (width - len(row))] for row in grid.rows]


def test_positions_are_true_addresses() -> None:
    def write(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("Biểu 01")
        sheet.write("C5", 12)
        sheet.write("D6", "Thôn 1")
        sheet.write("C7", "1.691")
        sheet.write_boolean("D7", True)
        sheet.merge_range("E5:F6", "Số hộ")

    data = written(write)
    grid = only(data)
    assert grid.sheet == "Biểu 01"
    assert padded(grid)[4][2] == 12
    assert padded(grid)[5][3] == "Thôn 1"
    assert padded(grid)[6][2:4] == ["1.691", True]
    assert padded(grid)[0] == ["", "", "", "", ""]
    assert grid.merged == [(4, 4, 5, 5)]
    assert (grid.odd, grid.hidden, grid.hidden_rows, grid.legacy) == ({}, False, frozenset(), None)
    assert open_bytes(data, ".xlsx", LIMITS).sha256 == hashlib.sha256(data).hexdigest()


def test_dates_come_as_dates() -> None:
    def write(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_datetime("A1", dt.datetime(2021, 11, 30), day)  # noqa: DTZ001
        sheet.write_number("A2", 1691, day)

    rows = only(written(write)).rows
    assert rows[0][0] == dt.date(2021, 11, 30)
    assert isinstance(rows[1][0], dt.date)


def test_errors_and_formulas_without_value_are_no_blanks() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["B2"], sheet["C3"], sheet["D4"] = 1, "=SUM(A1:A1)", "#REF!", 2
    out = io.BytesIO()
    book.save(out)
    grid = only(out.getvalue())
    assert grid.odd == {(1, 1): ("formula", ""), (2, 2): ("error", "#REF!")}
    assert grid.rows[1][1] == grid.rows[2][2] == ""
    assert grid.rows[3][3] == 2


def test_formulas_with_a_value_are_values() -> None:
    def write(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write_formula("A1", "=1+1", None, 2)
        sheet.write_formula("A3", "=1/0", None, "#DIV/0!")
        sheet.write_formula("A4", '="x"', None, "x")
        sheet.write("A5", 5)

    grid = only(written(write))
    assert grid.rows == [[2], [], [""], ["x"], [5]]
    assert grid.odd == {(2, 0): ("error", "#DIV/0!")}


@pytest.mark.parametrize(
    ("cell", "odd"),
    [
        ('<c r="B2" t="e"><v>#N/A</v></c>', ("error", "#N/A")),
        ("<c r='B2' t='e'><v>#N/A</v></c>", ("error", "#N/A")),
        ('<c r="B2" t = "e"><v>#N/A</v></c>', ("error", "#N/A")),
        ('<c r="B2" t="e"/>', ("error", "#N/A")),
        ('<c r="B2"><f>A1+1</f></c>', ("formula", "")),
        ('<c r="B2"><f>A1+1</f><v/></c>', ("formula", "")),
        ('<c r="B2"><f>A1+1</f><v></v></c>', ("formula", "")),
        ('<c r="B2"><f>A1+1</f>\n <v> </v></c>', ("formula", "")),
        ('<c r="B2"><f t="shared" si="0"/></c>', ("formula", "")),
        ('<c r="B2" t="str"><f>T(A1)</f></c>', ("formula", "")),
        ('<c r="B2" t="str"><f>T(A1)</f><v></v></c>', None),
        ('<c r="B2" s="0"/>', None),
        ('<c r="B2"><v></v></c>', None),
    ],
)
def test_what_looks_blank(cell: str, odd: tuple[str, str] | None) -> None:
    around = (
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="2">{}</row><row r="3"><c r="C3"><v>3</v></c></row>'
    )
    for body in (around.format(cell), _prefixed(around.format(cell))):
        grid = only(hand_made(body))
        found = {at: what for at, what in grid.odd.items() if grid.rows[at[0]][at[1]] == ""}
        assert found == ({} if odd is None else {(1, 1): odd})
        assert [*grid.rows[1], "", ""][1] == ""
        assert (grid.rows[0][0], grid.rows[2][2]) == (1, 3)


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="B2"><v>8<![CDATA[4]]></v></c>',
        '<c r="B2"><v><![CDATA[84]]></v></c>',
        '<c r="B2"><v>8<!-- x -->4</v></c>',
        '<c r="B2"><v>8&#52;</v></c>',
        '<c r="B2"><v>8<?x y?>4</v></c>',
        '<c r="B2"><v>84</v><f>80+4</f></c>',
        '<c r="B2"><v> 84 </v></c>',
    ],
)
def test_a_value_in_pieces_is_read_whole(cell: str) -> None:
    for body in (f'<row r="2">{cell}</row>', _prefixed(f'<row r="2">{cell}</row>')):
        grid = only(hand_made(body))
        assert (grid.rows, grid.odd, grid.remarks) == ([[], ["", 84]], {}, {})


@pytest.mark.parametrize(
    ("cells", "problem_"),
    [
        ('<c r="B2"><v>12</v></c><c r="B2"><v>9999</v></c>', "cell-twice"),
        ('<c r="B2"><v>12</v></c><c r="B2"/>', "cell-twice"),
        ('<c r="B2"/><c r="C2"><v>1</v></c><c r="B2"><v>12</v></c><c r="B2"><v>13</v></c>', "cell-twice"),
        ('<c r="B2"><v>12</v><v>13</v></c>', "written-oddly"),
        ('<c r="B2" t="inlineStr"><v>5</v></c>', "written-oddly"),
        ('<c r="B2" t="inlineStr"><is><t>1</t></is><v>2</v></c>', "written-oddly"),
        ('<c r="B2"><is><t>1</t></is></c>', "written-oddly"),
        ('<c r="B2" t="x"><v>12</v></c>', "written-oddly"),
        ('<c r="B2"><v>1_000</v></c>', "written-oddly"),
        ('<c r="B2"><v>1,691</v></c>', "written-oddly"),
        ('<c r="B2"><v>NaN</v></c>', "written-oddly"),
        ('<c r="B2"><v>1E400</v></c>', "written-oddly"),
        ('<c r="B2" t="s"><v>99</v></c>', "written-oddly"),
    ],
)
def test_a_cell_that_contradicts_itself_is_not_read(cells: str, problem_: str) -> None:
    grid = only(hand_made(f'<row r="2">{cells}</row>'))
    told = {at: (remark.code, remark.facts.get("problem")) for at, remark in grid.remarks.items()}
    assert told == {(1, 1): ("C105", problem_)}
    assert grid.rows[1][1] == ""


def test_a_row_says_its_number_or_its_cells_say_it() -> None:
    silent = only(hand_made('<row><c r="B5"><v>7</v></c></row><row><c r="B6"><v>8</v></c></row>'))
    assert ([row[1:] for row in silent.rows[4:]], silent.remarks) == ([[7], [8]], {})
    other = only(hand_made('<row r="2"><c r="B5"><v>7</v></c></row>'))
    assert {at: remark.code for at, remark in other.remarks.items()} == {(4, 1): "C105"}


@pytest.mark.parametrize("error", ["#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!"])
def test_errors_of_newer_excels_are_no_damage(error: str) -> None:
    data = hand_made(f'<row r="1"><c r="A1" t="e"><f>X()</f><v>{error}</v></c><c r="B1"><v>1</v></c></row>')
    book = open_bytes(data, ".xlsx", LIMITS)
    assert book.grids[0].odd == {(0, 0): ("error", error)}
    assert book.grids[0].rows == [["", 1]]
    assert book.sha256 == hashlib.sha256(data).hexdigest()


def test_a_row_of_errors_only_is_there() -> None:
    body = '<row r="1"><c r="A1"><v>1</v></c></row><row r="3"><c r="C3" t="e"><v>#N/A</v></c></row>'
    grid = only(hand_made(body))
    assert (grid.rows, grid.odd) == ([[1], [], ["", "", ""]], {(2, 2): ("error", "#N/A")})


def _prefixed(body: str) -> str:
    for tag in ("row", "c", "v", "f"):
        body = body.replace(f"<{tag} ", f"<x:{tag} ").replace(f"<{tag}>", f"<x:{tag}>")
        body = body.replace(f"<{tag}/>", f"<x:{tag}/>").replace(f"</{tag}>", f"</x:{tag}>")
    return f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{body}</x:sheetData></x:worksheet>'


def test_cells_without_references_stand_in_order() -> None:
    body = '<row><c><v>1</v></c><c t="e"><v>#REF!</v></c></row><row><c><f>A1</f></c><c><v>4</v></c></row>'
    grid = only(hand_made(body))
    assert grid.odd == {(0, 1): ("error", "#REF!"), (1, 0): ("formula", "")}
    assert grid.rows[1][1] == 4


def test_hidden_rows_columns_and_sheets() -> None:
    def write(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("A")
        for row in range(5):
            sheet.write_row(row, 0, [1, 2, 3, 4])
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_column("C:XFD", None, None, {"hidden": True})
        book.add_worksheet("B").hide()
        book.add_worksheet("C").very_hidden()

    grids = open_bytes(written(write), ".xlsx", LIMITS).grids
    assert [(grid.sheet, grid.hidden) for grid in grids] == [("A", False), ("B", True), ("C", True)]
    assert grids[0].hidden_rows == {2}
    assert grids[0].hidden_columns == {2, 3}
    assert grids[1].rows == []


def test_chart_sheets_are_passed_over_and_names_are_composed() -> None:
    def write(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet("Bie\u0302\u0309u").write(0, 0, 7)
        chart = book.add_chart({"type": "bar"})
        chart.add_series({"values": ["Bie\u0302\u0309u", 0, 0, 0, 0]})
        book.add_chartsheet("Đồ thị").set_chart(chart)
        book.add_worksheet("Sau").write(0, 0, 8)

    grids = open_bytes(written(write), ".xlsx", LIMITS).grids
    assert [(grid.sheet, grid.rows) for grid in grids] == [("Biểu", [[7]]), ("Sau", [[8]])]


def test_control_characters_do_no_harm() -> None:
    body = '<row r="1"><c r="A1" t="inlineStr"><is><t>Thôn&#9;_x001B_[31m</t></is></c></row>'
    assert "Thôn" in str(only(hand_made(body)).rows[0][0])


def test_two_sheets_of_one_name_are_never_counted_twice() -> None:
    one = '<row r="1"><c r="A1"><v>1</v></c></row>'
    assert problem(hand_made(one, one, names=("A", "A"))).code == "F102"


# -- how far a sheet reaches ---------------------------------------------------------------------


def strays(book: Workbook) -> list[str | None]:
    return [finding.cell for finding in book.findings if finding.code == "T407"]


def test_a_stray_cell_at_the_far_corner_is_reported_and_costs_nothing() -> None:
    def write(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("Biểu 01")
        sheet.write(0, 0, 1)
        sheet.write(1048575, 16383, "x")

    book = open_bytes(written(write), ".xlsx", LIMITS)
    assert (book.grids[0].rows, strays(book)) == ([[1]], ["XFD1048576"])


@pytest.mark.parametrize(
    ("body", "cell"),
    [
        ("<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>", "XFD1048576"),
        ('<row r="1048576"><c r="xfd1048576"><v>1</v></c></row>', "XFD1048576"),
        ('<row r="1048576"><c s="0"\tr="XFD1048576"><v>1</v></c></row>', "XFD1048576"),
        ("<row/>" * 1048574 + "<row>" + "<c/>" * 400 + "<c><v>1</v></c></row>", "OK"),
        ('<row r="900000">' + '<c s="0"/>' * 16000 + '<c s="0"><v>1</v></c></row>', "WQK900000"),
    ],
)
def test_far_cells_in_unusual_writing(body: str, cell: str) -> None:
    for wrapped in (body, _prefixed(body)):
        first = '<row r="1"><c r="A1"><v>1</v></c></row>' if wrapped is body else ""
        book = open_bytes(hand_made(first + wrapped), ".xlsx", LIMITS)
        assert [found[: len(cell)] for found in strays(book) if found] == [cell]


def test_a_sheet_with_many_cells_far_away_is_refused() -> None:
    rows = "".join(f'<row r="{row}"><c r="XFD{row}"><v>1</v></c></row>' for row in range(900000, 900100))
    found = problem(hand_made(rows))
    assert (found.code, found.facts["problem"]) == ("F106", "too-many-cells")


@pytest.mark.slow
def test_a_million_formatted_rows_cost_nothing() -> None:
    rows = "".join(f'<row r="{n}" s="1"><c r="A{n}" s="1"/></row>' for n in range(3, 1048577))
    body = '<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="inlineStr"><is><t>x</t></is></c></row>' + rows
    grid = only(hand_made(body))
    assert grid.rows == [[1, "x"]]


def test_a_sheet_of_all_columns_is_read() -> None:
    def write(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        for row in range(20):
            sheet.write(row, 16383, row)
            sheet.write(row, 0, row)

    grid = only(written(write))
    assert len(grid.rows[19]) == 16384
    assert grid.rows[19][16383] == grid.rows[19][0] == 19


def test_the_limit_of_cells_is_the_callers() -> None:
    data = hand_made('<row r="1"><c r="A1"><v>1</v></c></row><row r="9"><c r="C9"><v>1</v></c></row>')
    assert len(only(data, limits=Limits(cells=27)).rows) == 9
    assert strays(open_bytes(data, ".xlsx", Limits(cells=26))) == ["C9"]
    assert problem(b"a,b,c\n" * 20, ".csv", Limits(cells=26)).code == "F106"


# -- xls -----------------------------------------------------------------------------------------


def xls(write: object) -> bytes:
    book = xlwt.Workbook()
    write(book)  # type: ignore[operator]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_xls() -> None:
    def write(book: xlwt.Workbook) -> None:
        sheet = book.add_sheet("Biểu 01")
        sheet.write(4, 2, 12)
        sheet.write(5, 3, "Thôn 1")
        sheet.write(6, 2, xlwt.Formula("C5+1"))
        sheet.write(6, 3, xlwt.Formula('IF(C5=1,"","")'))
        sheet.row(7).set_cell_error(2, "#REF!")
        sheet.write(8, 2, 5)
        sheet.write_merge(0, 1, 0, 3, "Tiêu đề")
        sheet.row(5).hidden = True
        sheet.col(3).hidden = True
        hidden = book.add_sheet("Ẩn")
        hidden.visibility = 1
        hidden.write(0, 0, 1)

    book = open_bytes(xls(write), ".xls", LIMITS)
    first, second = book.grids
    assert book.kind == "xls"
    assert book.findings == []
    assert (first.sheet, first.hidden, second.sheet, second.hidden) == ("Biểu 01", False, "Ẩn", True)
    assert (first.rows[4][2], first.rows[5][3], first.rows[8][2]) == (12, "Thôn 1", 5)
    assert first.odd == {(6, 2): ("formula", ""), (7, 2): ("error", "#REF!")}
    assert first.merged == [(0, 0, 1, 3)]
    assert (first.hidden_rows, first.hidden_columns) == ({5}, {3})


def test_xls_with_a_stray_cell() -> None:
    def write(book: xlwt.Workbook) -> None:
        sheet = book.add_sheet("X")
        sheet.write(0, 0, 1)
        sheet.write(65535, 255, 1)

    book = open_bytes(xls(write), ".xls", LIMITS)
    assert (book.grids[0].rows, strays(book)) == ([[1]], ["IV65536"])


def ole2(*streams: str) -> bytes:
    """A compound file whose streams are empty."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIIIIIIII", header, 40, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    struct.pack_into("<109I", header, 76, 0, *[0xFFFFFFFF] * 108)
    table = struct.pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, *[0xFFFFFFFF] * 126)
    directory = b""
    for name, sort in (("Root Entry", 5), *((stream, 2) for stream in streams)):
        entry = bytearray(128)
        raw = name.encode("utf-16-le") + b"\x00\x00"
        entry[: len(raw)] = raw
        struct.pack_into("<HBB", entry, 64, len(raw), sort, 1)
        struct.pack_into("<III", entry, 68, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF)
        struct.pack_into("<II", entry, 116, 0xFFFFFFFE, 0)
        directory += entry
    return bytes(header) + table + directory.ljust(512, b"\x00")


def test_compound_files() -> None:
    assert problem(ole2("EncryptionInfo", "EncryptedPackage")).code == "F103"
    assert problem(ole2("EncryptedPackage"), ".docx").code == "F204"
    assert problem(ole2("WordDocument"), ".xls").facts == {"found": "word"}
    assert problem(ole2("WordDocument"), ".doc").code == "F204"
    assert problem(ole2(), ".xls").code == "F105"
    assert problem(ole2("Workbook"), ".xls").code in ("F102", "F104")
    assert problem(ole2()[:700], ".xls").code == "F102"


def test_xls_with_a_password() -> None:
    data = xls(lambda book: book.add_sheet("A").write(0, 0, 1))
    bof = data.index(b"\x09\x08\x10\x00")
    locked = data[: bof + 20] + b"\x2f\x00\x36\x00" + data[bof + 24 :]
    assert problem(locked, ".xls").code == "F103"


# -- xlsb ----------------------------------------------------------------------------------------


def record(sort: int, body: bytes = b"") -> bytes:
    kind = bytes([sort]) if sort < 0x80 else bytes([sort & 0x7F | 0x80, sort >> 7])
    return kind + bytes([len(body)]) + body


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb(sheet: bytes) -> bytes:
    bundle = struct.pack("<II", 0, 1) + wide("rId1") + wide("Biểu 01")
    book = record(131) + record(143) + record(156, bundle) + record(144) + record(132)
    relation = f'<Relationship Id="rId1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.bin"/>'
    return package(
        {
            "[Content_Types].xml": CONTENT_TYPES,
            "xl/workbook.bin": book,
            "xl/_rels/workbook.bin.rels": f'<Relationships xmlns="{PACKAGE}">{relation}</Relationships>',
            "xl/worksheets/sheet1.bin": sheet,
        }
    )


def xlsb_row(number: int, *, hidden: bool = False) -> bytes:
    return record(0, struct.pack("<IIHBBBI", number, 0, 300, 0, 0x10 if hidden else 0, 0, 0))


def xlsb_sheet(*rows: bytes) -> bytes:
    columns = record(390) + record(60, struct.pack("<IIIIH", 1, 1, 2304, 0, 1)) + record(391)
    merged = record(177, struct.pack("<I", 1)) + record(176, struct.pack("<4I", 0, 1, 0, 2)) + record(178)
    size = record(148, struct.pack("<4I", 0, 9, 0, 3))
    return record(129) + size + columns + record(145) + b"".join(rows) + record(146) + merged + record(130)


def number(column: int, value: float) -> bytes:
    return record(5, struct.pack("<IId", column, 0, value))


def test_xlsb() -> None:
    rows = (
        xlsb_row(0),
        number(0, 12.0),
        record(3, struct.pack("<IIB", 1, 0, 0x17)),
        record(6, struct.pack("<II", 2, 0) + wide("Thôn 1")),
        xlsb_row(3, hidden=True),
        record(11, struct.pack("<IIB", 0, 0, 0x2A) + b"\x00" * 10),
        record(1, struct.pack("<II", 1, 0)),
        number(2, 5.0),
    )
    grid = only(xlsb(xlsb_sheet(*rows)), ".xlsb")
    assert grid.sheet == "Biểu 01"
    assert grid.rows[0] == [12, "", "Thôn 1"]
    assert grid.rows[3] == ["", "", 5]
    assert grid.odd == {(0, 1): ("error", "#REF!"), (3, 0): ("error", "#N/A")}
    assert (grid.hidden_rows, grid.hidden_columns) == ({3}, {1})
    assert grid.merged == [(0, 0, 1, 2)]


def test_xlsb_traps() -> None:
    far = xlsb_sheet(xlsb_row(0), number(0, 1.0), xlsb_row(1048575), number(16383, 1.0))
    book = open_bytes(xlsb(far), ".xlsb", LIMITS)
    assert (book.grids[0].rows, strays(book)) == ([[1]], ["XFD1048576"])
    cut = xlsb_sheet(xlsb_row(0), number(0, 1.0))[:-30]
    assert problem(xlsb(cut + b"\x05\x7f"), ".xlsb").code == "F102"


# -- ods -----------------------------------------------------------------------------------------

ODS_NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
)


def ods(tables: str, manifest: str = "", styles: str = "") -> bytes:
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {ODS_NAMES}>'
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    return package(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content,
            "META-INF/manifest.xml": manifest or "<manifest/>",
        },
        zipfile.ZIP_STORED,
    )


def value(number: float) -> str:
    return (
        f'<table:table-cell office:value-type="float" office:value="{number}">'
        f"<text:p>{number}</text:p></table:table-cell>"
    )


def test_ods() -> None:
    rows = (
        '<table:table-column/><table:table-column table:visibility="collapse"/>'
        '<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
        f'<table:table-row><table:table-cell table:number-columns-repeated="2"/>{value(12)}</table:table-row>'
        f'<table:table-row table:visibility="collapse">{value(1)}'
        '<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value="" '
        'calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>'
        '<table:table-cell table:formula="of:=[.A1]"/></table:table-row>'
        '<table:table-row><table:table-cell table:number-columns-spanned="3" table:number-rows-spanned="2" '
        'office:value-type="string"><office:annotation><text:p>bỏ qua</text:p></office:annotation>'
        "<text:p>Thôn 1</text:p></table:table-cell>"
        '<table:covered-table-cell table:number-columns-repeated="2"/></table:table-row>'
        '<table:table-row table:number-rows-repeated="1048000">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    hidden = (
        '<style:style style:name="h" style:family="table"><style:table-properties table:display="false"/>'
        "</style:style>"
    )
    tables = (
        f'<table:table table:name="Biểu 01">{rows}</table:table>'
        f'<table:table table:name="Ẩn" table:style-name="h"><table:table-row>{value(1)}</table:table-row>'
        "</table:table>"
    )
    book = open_bytes(ods(tables, styles=hidden), ".ods", LIMITS)
    first, second = book.grids
    assert book.kind == "ods"
    assert (first.sheet, first.hidden, second.sheet, second.hidden) == ("Biểu 01", False, "Ẩn", True)
    assert first.rows[3] == ["", "", 12]
    assert first.rows[4] == [1, "", ""]
    assert "Thôn 1" in str(first.rows[5][0])
    assert first.odd == {(4, 1): ("error", "#DIV/0!"), (4, 2): ("formula", "")}
    assert (first.hidden_rows, first.hidden_columns) == ({4}, {1})
    assert first.merged == [(5, 0, 6, 2)]


def test_ods_traps() -> None:
    repeated = value(1).replace(
        "<table:table-cell ", '<table:table-cell table:number-columns-repeated="16384" '
    )
    bomb = f'<table:table table:name="A"><table:table-row table:number-rows-repeated="1048576">{repeated}'
    found = problem(ods(bomb + "</table:table-row></table:table>"), ".ods")
    assert (found.code, found.sheet, found.at) == ("F106", "A", (1048575, 16383))
    assert problem(ods("", "<manifest:encryption-data/>"), ".ods").code == "F103"
    assert problem(ods(""), ".ods").code == "F104"
    assert problem(ods("<table:table>"), ".ods").code == "F102"


# -- text ----------------------------------------------------------------------------------------


def test_csv() -> None:
    book = open_bytes("STT;Tên;Số hộ\n1;Thôn 1;12\n\n2;Thôn 2;8,5\n".encode(), ".csv", LIMITS)
    (grid,) = book.grids
    assert (book.kind, book.encoding, book.findings, grid.sheet) == ("csv", "utf-8", [], None)
    assert grid.rows == [["STT", "Tên", "Số hộ"], ["1", "Thôn 1", "12"], [], ["2", "Thôn 2", "8,5"]]


def test_an_encoding_other_than_utf8_is_reported() -> None:
    data = "Teân thoân,Soá hoä\nThoân Ñoàng Taâm,12\n".encode("latin-1")
    book = open_bytes(data, ".csv", LIMITS)
    assert [(f.code, dict(f.facts)) for f in book.findings] == [("F110", {"encoding": "VNI"})]
    assert book.grids[0].rows[1] == ["Thôn Đồng Tâm", "12"]


def test_an_unclosed_quote_is_reported() -> None:
    book = open_bytes(b'a,b,c\n1,"x,3\n2,y,4\n', ".csv", LIMITS)
    assert [f.code for f in book.findings] == ["F206"]
    assert book.grids[0].rows[2] == ["2", "y", "4"]


@pytest.mark.parametrize(
    ("data", "suffix", "code"),
    [
        ("村,数字\n中文,12\n".encode("gbk"), ".csv", "F108"),
        (b"<html><table><tr><td>1</td></tr></table></html>", ".xls", "F105"),
        (b"\xef\xbb\xbf\n<!DOCTYPE html><p>x", ".xls", "F105"),
        ("<html><table></table></html>".encode("utf-16"), ".xls", "F105"),
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
            ".xls",
            "F105",
        ),
        (b"%PDF-1.7 ...", ".xlsx", "F105"),
        (b"%PDF-1.7 ...", ".pdf", "F204"),
        (b"\xff\xd8\xff\xe0\x00", ".jpg", "F204"),
        (b"\x00\x01\x02\x03", ".csv", "F105"),
        (b"\x00\x01\x02\x03", ".bin", "F204"),
        ("Kính gửi các xã,\nđề nghị nộp báo cáo.\n".encode(), ".txt", "F204"),
        (b"[form]\nid = 1\n", ".toml", "F204"),
        (b" \r\n", ".csv", "F104"),
        (package({"word/document.xml": "<w/>"}), ".docx", "F204"),
        (package({"word/document.xml": "<w/>"}), ".xlsx", "F105"),
        (package({"a.txt": "x"}), ".zip", "F204"),
        (package({"a.txt": "x"})[:30], ".zip", "F204"),
        (package({"a.txt": "x"})[:30], ".xlsx", "F102"),
    ],
)
def test_what_is_no_spreadsheet(data: bytes, suffix: str, code: str) -> None:
    assert problem(data, suffix).code == code


def test_content_decides_and_a_wrong_suffix_is_reported() -> None:
    def told(book: Workbook) -> list[tuple[str, str, str]]:
        return [(f.code, f.facts["expected"], f.facts["found"]) for f in book.findings]

    xlsx = hand_made('<row r="1"><c r="A1"><v>1</v></c></row>')
    assert told(open_bytes(xlsx, ".xls", LIMITS)) == [("F109", "xls", "xlsx")]
    assert told(open_bytes(xlsx, ".csv", LIMITS)) == [("F109", "csv", "xlsx")]
    assert told(open_bytes(xlsx, ".xlsm", LIMITS)) == []
    assert told(open_bytes(b"a\tb\tc\n1\t2\t3\n", ".xls", LIMITS)) == [("F109", "xls", "csv")]
    assert told(open_bytes(b"a\tb\tc\n1\t2\t3\n", ".txt", LIMITS)) == [("F109", ".txt", "csv")]


# -- old fonts -----------------------------------------------------------------------------------


def texts(*cells: str) -> bytes:
    def write(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet("A").write_column(0, 0, cells)

    return written(write)


def test_a_sheet_in_an_old_font_is_converted_as_a_whole() -> None:
    grid = only(texts("Tªn th«n", "Sè hé", "hé", "Th«n 1", "Yên"))
    assert grid.legacy == "TCVN3"
    assert [row[0] for row in grid.rows][:4] == ["Tên thôn", "Số hộ", "hộ", "Thôn 1"]
    assert only(texts("Teân thoân", "Soá hoä")).legacy == "VNI"


def test_a_mixed_sheet_is_decided_cell_by_cell() -> None:
    grid = only(texts("Tổng số hộ", "Xã Phúc", "Thôn 3", "HuyÖn TrÊn Yªn", "hé", "Huyeän Vaên Yeân"))
    assert [row[0] for row in grid.rows] == [
        "Tổng số hộ", "Xã Phúc", "Thôn 3", "Huyện Trấn Yên", "hé", "Huyện Văn Yên"
    ]  # fmt: skip
    assert grid.legacy is not None


def test_unicode_sheets_are_left_alone() -> None:
    cells = ("Tổng số hộ", "Xã Phúc", "Thôn 3", "m²", "±", "café", "Hoà Bình", "Quý", "«x»")
    grid = only(texts(*cells))
    assert ([row[0] for row in grid.rows], grid.legacy) == (list(cells), None)
    assert only(texts("Xã Phúc", "Thôn 3", "Hà", "Hoà")).legacy is None


# -- files ---------------------------------------------------------------------------------------


def file_problem(path: Path, limits: Limits = LIMITS) -> FileProblem:
    with pytest.raises(FileProblem) as caught:
        open_file(path, limits)
    return caught.value


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_named_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    pipe = tmp_path / "a.xlsx"
    os.mkfifo(pipe)
    script = (
        "import sys; from antq_stats.plan import Limits; from antq_stats.reading.files.opening import *\n"
        "try: open_file(sys.argv[1], Limits())\n"
        "except FileProblem as problem: print(problem.code)"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", script, str(pipe)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=600, env=env, check=True)
    assert run.stdout.strip() == "F101"


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "empty.xlsx").touch()
    loop = tmp_path / "loop.xlsx"
    loop.symlink_to(loop)
    assert file_problem(tmp_path).code == "F101"
    assert file_problem(tmp_path / "none.xlsx").code == "F101"
    assert file_problem(Path("a\x00b.xlsx")).code == "F101"
    assert file_problem(loop).code == "F101"
    assert file_problem(tmp_path / "empty.xlsx").code == "F104"
    big = tmp_path / "big.csv"
    big.write_bytes(b"a,b\n" * 300_000)
    assert file_problem(big, Limits(file_mib=1)).code == "F106"
    assert open_file(big, LIMITS).grids[0].rows[299_999] == ["a", "b"]


def test_zip_bombs() -> None:
    bomb = hand_made(b"<worksheet>" + b" " * 30_000_000)
    assert len(bomb) < 100_000
    assert problem(bomb, limits=Limits(expanded_mib=8)).facts["problem"] == "expands-too-far"
    # The same, with a directory that lies about the size.
    lying = bomb.replace(struct.pack("<I", 30_000_011), struct.pack("<I", 2_000))
    assert lying != bomb
    assert problem(lying, limits=Limits(expanded_mib=8)).facts["problem"] == "expands-too-far"
    assert problem(lying).code == "F102"
    many = package({f"p{n}": "" for n in range(10_001)}, zipfile.ZIP_STORED)
    assert problem(many).facts["problem"] == "too-many-parts"


def test_document_types_and_entities_are_refused() -> None:
    cell = '<row r="1"><c r="A1"><v>&a;</v></c></row>'
    sheet = f'<!DOCTYPE x [<!ENTITY a "1">]><worksheet><sheetData>{cell}</sheetData></worksheet>'
    assert problem(hand_made(sheet)).code == "F102"
    assert problem(hand_made("<?xml version='1.0'?>" + sheet)).code == "F102"


def test_parts_of_one_name_are_refused() -> None:
    data = hand_made('<row r="1"><c r="A1"><v>1</v></c></row>', '<row r="1"><c r="A1"><v>2</v></c></row>')
    assert problem(data.replace(b"sheet2.xml", b"sheet1.xml")).code == "F102"


def test_missing_parts_are_damage() -> None:
    data = hand_made('<row r="1"><c r="A1"><v>1</v></c></row>')
    assert problem(data.replace(b"sheet1.xml", b"sheet9.xml")).code == "F102"


def test_a_locked_zip_is_locked() -> None:
    data = bytearray(hand_made('<row r="1"><c r="A1"><v>1</v></c></row>'))
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    assert problem(bytes(data)).code == "F103"


SOUND = {
    ".xlsx": written(lambda book: book.add_worksheet().write_row(0, 0, [1, "Thôn", 3])),
    ".xls": xls(lambda book: book.add_sheet("A").write(0, 0, "Thôn")),
    ".xlsb": xlsb(xlsb_sheet(xlsb_row(0), number(0, 1.0))),
    ".ods": ods(f'<table:table table:name="A"><table:table-row>{value(1)}</table:table-row></table:table>'),
}


@pytest.mark.parametrize("suffix", sorted(SOUND))
@settings(max_examples=60, deadline=None)
@given(share=st.floats(0.01, 0.99))
def test_a_truncated_file_is_a_finding(suffix: str, share: float) -> None:
    data = SOUND[suffix]
    cut = data[: max(10, int(len(data) * share))]
    try:
        book = open_bytes(cut, suffix, LIMITS)
    except FileProblem as found:
        assert found.code in ("F102", "F104", "F105")  # noqa: PT017
    else:
        assert suffix == ".xls"  # only its padding was cut
        assert book.grids[0].rows == [["Thôn"]]


@pytest.mark.parametrize("suffix", sorted(SOUND))
@settings(max_examples=80, deadline=None)
@given(at=st.floats(0, 0.999), junk=st.binary(min_size=1, max_size=6))
def test_a_mangled_file_never_escapes(suffix: str, at: float, junk: bytes) -> None:
    data = bytearray(SOUND[suffix])
    start = int(len(data) * at)
    data[start : start + len(junk)] = junk
    try:
        book = open_bytes(bytes(data), suffix, Limits(cells=100_000, expanded_mib=16))
    except FileProblem as found:
        assert found.code.startswith("F")  # noqa: PT017
    else:
        assert all(isinstance(row, list) for grid in book.grids for row in grid.rows)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b""]),
    st.binary(max_size=700),
)
def test_hostile_beginnings_never_escape(head: bytes, rest: bytes) -> None:
    data = head + rest
    try:
        open_bytes(data or b" ", ".xlsx", LIMITS)
    except FileProblem as found:
        assert found.finding("a.xlsx").file == "a.xlsx"  # noqa: PT017


_VALUE = st.one_of(
    st.integers(-(10**9), 10**9), st.booleans(),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn", "Co"]), min_size=1, max_size=8)
    .filter(lambda text: text.strip() == text and "_x" not in text and text[0] not in "=#{"),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.tuples(st.integers(0, 30), st.integers(0, 30)), _VALUE, min_size=1, max_size=12))
def test_what_is_written_stands_at_its_address(cells: dict[tuple[int, int], object]) -> None:
    def write(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("A")
        for (row, column), item in cells.items():
            sheet.write(row, column, item)

    grid = only(written(write, strings_to_urls=False, strings_to_numbers=False))
    read = {(r, c): item for r, row in enumerate(grid.rows) for c, item in enumerate(row) if item != ""}
    if grid.legacy is None:
        assert read == cells
    assert read.keys() == cells.keys()
    assert grid.odd == {}


def test_problems_travel_between_processes() -> None:
    found = FileProblem("F106", "Biểu", (4, 2), problem="too-many-cells", limit="5")
    again = pickle.loads(pickle.dumps(found))  # noqa: S301
    assert again.finding("a.xlsx") == found.finding("a.xlsx")


def test_reading_imports_nothing_heavy() -> None:
    heavy = {"pandas", "numpy", "openpyxl", "pydantic", "rich", "typer", "xlrd"}
    script = (
        "import sys; from antq_stats.plan import Limits\n"
        "from antq_stats.reading.files.opening import open_bytes\n"
        "open_bytes(sys.stdin.buffer.read(), '.xlsx', Limits())\n"
        f"print(sorted({heavy!r} & set(sys.modules)))"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", script]
    run = subprocess.run(command, input=SOUND[".xlsx"], capture_output=True, timeout=600, env=env, check=True)
    assert (run.stdout.strip(), run.stderr) == (b"[]", b"")
