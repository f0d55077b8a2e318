"""xls files, record by record: streams, cells, displayed values."""

# ruff: noqa: S324 - these are the hashes that Excel takes
from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable
from datetime import date, timedelta
from itertools import islice

import pytest
import xlwt

from antq_stats.plan import Limits
from antq_stats.reading.files.binary.biff_key import key_stream
from antq_stats.reading.files.cells.sheet_scan import Remark
from antq_stats.reading.files.container import FileProblem
from antq_stats.reading.files.grid import Grid
from antq_stats.reading.files.opening import open_bytes
from helpers.binary_workbooks import (
    compound,
    font,
    formula,
    locked,
    number,
    rec,
    shared,
    style,
    text8,
    workbook,
    xls,
)


def only(data: bytes) -> Grid:
    (grid,) = open_bytes(data, ".xls", Limits()).grids
    return grid


def refused(code: str, value: str | None, **facts: str) -> Remark:
    return Remark(code, value, facts, taken=False)


# -- which stream --------------------------------------------------------------------------------


@pytest.mark.parametrize("tree", [True, False])
@pytest.mark.parametrize("name", ["Workbook", "Book"])
def test_the_stream_read_is_the_root_storages(name: str, tree: bool) -> None:
    mine, other = workbook(number(0, 0, 7.0)), workbook(number(0, 0, 9.0))
    data = compound({name: mine}, {} if not tree else {"Workbook": other, "Book": other}, tree=tree)
    assert only(data).rows == [[7.0]]


def test_two_workbooks_and_no_tree_are_damage() -> None:
    stream = workbook(number(0, 0, 7.0))
    with pytest.raises(FileProblem) as caught:
        only(compound({"Workbook": stream}, {"Workbook": stream}, tree=False))
    assert caught.value.code == "F102"


def test_an_embedded_workbook_alone_is_no_return() -> None:
    data = compound({"WordDocument": b""}, {"Workbook": workbook(number(0, 0, 7.0))})
    with pytest.raises(FileProblem) as caught:
        only(data)
    assert caught.value.facts == {"found": "word"}


def test_two_entries_of_one_sheet_are_never_counted_twice() -> None:
    stream = workbook(number(0, 0, 1.0), name="AA")
    at = stream.index(b"\x85\x00")
    entry = stream[at : at + 4 + 8 + 2]
    double = stream.replace(entry, entry + entry.replace(b"AA", b"BB"))
    start = struct.pack("<I", struct.unpack_from("<I", entry, 4)[0] + len(entry))
    double = double.replace(entry[4:8], start)
    with pytest.raises(FileProblem) as caught:
        only(compound({"Workbook": double}))
    assert caught.value.facts == {"problem": "sheets-unclear"}


# -- records of cells ----------------------------------------------------------------------------

HEAD = struct.pack("<HHH", 2, 1, 0)
ATTRIBUTES = struct.pack("<HH", 2, 1) + b"\x00\x00\x00"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (number(2, 1, 12.0), 12.0),
        (rec(0x27E, HEAD + struct.pack("<I", 12 << 2 | 2)), 12.0),
        (rec(0x7E, HEAD + struct.pack("<I", 1250 << 2 | 3)), 12.5),
        (rec(0x27E, HEAD + struct.pack("<i", -3 << 2 | 2)), -3.0),
        (rec(0xBD, HEAD + struct.pack("<IH", 12 << 2 | 2, 1)), 12.0),
        (rec(0x204, HEAD + text8("Thôn Ổi")), "Thôn Ổi"),
        (rec(0xD6, HEAD + text8("Thôn Ổi") + struct.pack("<HHH", 1, 0, 0)), "Thôn Ổi"),
        (rec(0x205, HEAD + b"\x01\x00"), True),
        (rec(0x06, HEAD + struct.pack("<dHIH", 12.0, 0, 0, 0)), 12.0),
        (rec(0x206, HEAD + struct.pack("<dHH", 12.0, 0, 0)), 12.0),
        (rec(0x406, HEAD + struct.pack("<dHH", 12.0, 0, 0)), 12.0),
        (rec(0x206, HEAD + struct.pack("<dHIH", 12.0, 0, 0, 0)), 12.0),
        (rec(0x206, HEAD + b"\x00" * 6 + b"\xff\xff" + b"\x00" * 4) + rec(0x207, text8("đạt")), "đạt"),
        (rec(0x02, ATTRIBUTES + struct.pack("<H", 12)), 12.0),
        (rec(0x03, ATTRIBUTES + struct.pack("<d", 12.0)), 12.0),
        (rec(0x03, HEAD + struct.pack("<d", 12.0)), 12.0),
        (rec(0x04, ATTRIBUTES + b"\x04Thon"), "Thon"),
        (rec(0x05, ATTRIBUTES + b"\x01\x00"), True),
    ],
)
def test_every_record_of_a_cell_is_read(cell: bytes, value: object) -> None:
    grid = only(xls(cell))
    assert grid.rows[2][1] == value
    assert type(grid.rows[2][1]) is type(value)
    assert not grid.odd
    assert not grid.remarks


@pytest.mark.parametrize("sort", [0x02, 0x202, 0x402, 0x403, 0x404, 0x605, 0x47E])
def test_an_unknown_record_of_a_cell_is_not_read_and_never_blank(sort: int) -> None:
    grid = only(xls(rec(sort, HEAD + b"\x01\x02\x03\x04")))
    assert grid.remarks == {(2, 1): refused("C105", None, problem="record-unknown")}


def test_an_unknown_record_among_the_cells_is_not_read() -> None:
    strange = rec(0x4303, struct.pack("<HHHd", 0, 1, 0, 5.0))
    assert only(xls(number(0, 0, 1.0), strange, number(0, 2, 3.0))).remarks == {
        (0, 1): refused("C105", None, problem="record-unknown")
    }
    note = rec(0x1C, struct.pack("<HHHH", 0, 1, 0, 0))  # a comment: behind the cells
    window = rec(0x23E, b"\xb6\x06" + b"\x00" * 16)
    array = rec(0x221, struct.pack("<HHBBHIH", 0, 1, 0, 0, 0, 0, 0))
    assert not only(xls(number(0, 0, 1.0), array, number(0, 2, 3.0), note, window)).remarks


def test_a_shared_text_that_is_not_there_is_not_read() -> None:
    grid = only(xls(shared(2, 1, 5), texts=[text8("a")]))
    assert grid.remarks == {(2, 1): refused("C105", None, problem="written-oddly")}


@pytest.mark.parametrize(
    "second",
    [number(2, 1, 9999.0), rec(0x201, HEAD), rec(0xBE, HEAD[:2] + b"\x00\x00" + b"\x00" * 4 + b"\x01\x00")],
)
def test_a_cell_written_twice_gives_no_figure(second: bytes) -> None:
    grid = only(xls(number(2, 1, 12.0), second))
    said = "12; 9999" if second[:2] == b"\x03\x02" else "12"
    assert grid.remarks == {(2, 1): refused("C105", said, problem="cell-twice")}
    assert grid.rows[2][1] == ""
    assert not only(xls(number(2, 1, 12.0), number(2, 1, 12.0))).remarks


def test_errors_and_formulas_without_a_value() -> None:
    error = rec(0x205, struct.pack("<HHHBB", 0, 0, 0, 0x2A, 1))
    failed = formula(1, 0, b"", b"\x02\x00\x07\x00\x00\x00\xff\xff")
    empty_text = formula(2, 0, b"\x17\x00\x00", b"\x03" + b"\x00" * 5 + b"\xff\xff")
    never = formula(3, 0, b"\x1e\x01\x00", b"\x03" + b"\x00" * 5 + b"\xff\xff")
    text_lost = formula(4, 0, b"\x1e\x01\x00", b"\x00" * 6 + b"\xff\xff")
    grid = only(xls(error, failed, empty_text, never, text_lost, number(5, 0, 1.0)))
    assert grid.odd == {
        (0, 0): ("error", "#N/A"),
        (1, 0): ("error", "#DIV/0!"),
        (3, 0): ("formula", ""),
        (4, 0): ("formula", ""),
    }


def test_texts_are_continued_in_other_records() -> None:
    long = "Hộ gia đình văn hóa " * 20
    runs = [(3, 0), (5, 0)]
    content = struct.pack("<II", 3, 3) + text8("abc") + text8(long, runs) + text8("Thôn 9")
    at = 8 + 6 + 100 + 5  # inside the letters of the second
    first, rest = content[:at], content[at:]
    wide = rec(0xFC, first) + rec(0x3C, b"\x01" + rest)
    stream = workbook(shared(0, 0, 1), shared(0, 1, 2), before=wide)
    assert only(compound({"Workbook": stream})).rows == [[long, "Thôn 9"]]


def test_a_stream_that_ends_early_is_damage() -> None:
    stream = workbook(number(0, 0, 1.0), number(1, 0, 2.0))
    for cut in (4, 10, 22):
        with pytest.raises(FileProblem) as caught:
            only(compound({"Workbook": stream[:-cut]}))
        assert caught.value.code == "F102"


def test_a_record_that_swallows_others_is_damage() -> None:
    for sort, length in ((0x203, 14), (0x27E, 10), (0xFD, 10), (0x205, 8)):
        cell = rec(sort, HEAD + b"\x00" * (length - 6) + number(3, 1, 5.0))
        with pytest.raises(FileProblem) as caught:
            only(xls(cell, texts=[text8("a")]))
        assert caught.value.facts == {"problem": "record-damaged"}


def test_biff5_follows_its_code_page() -> None:
    label = rec(0x204, HEAD + struct.pack("<H", 4) + b"Th\xf4n")
    rich = rec(0xD6, struct.pack("<HHH", 3, 1, 0) + b"\x03\x00991" + b"\x01\x02\x05")
    fonts = [font(), font(), font(), font(), font(raised=1)]
    page = rec(0x42, struct.pack("<H", 1258))
    stream = workbook(label, rich, version=0x500, before=page, fonts=fonts, name="Bieu")
    grid = only(compound({"Book": stream}))
    assert grid.rows[2:] == [["", "Thôn"], ["", "99"]]
    assert grid.remarks == {(3, 1): Remark("C204", "991", {"found": "99"}, taken=True)}


@pytest.mark.parametrize("page", [1252, 1258, 874, 10000, 1200, 65001])
def test_texts_of_biff8_never_follow_a_code_page(page: int) -> None:
    texts = [text8("Thôn Ổi"), text8("Hà")]
    data = xls(shared(0, 0, 0), shared(0, 1, 1), texts=texts, before=rec(0x42, struct.pack("<H", page)))
    grid = only(data)
    assert (grid.sheet, grid.rows) == ("Biểu 01", [["Thôn Ổi", "Hà"]])


# -- what formats make of numbers ----------------------------------------------------------------


def shown(code: str | None, number_: int, value: float, before: bytes = b"") -> object:
    own = rec(0x41E, struct.pack("<H", number_) + text8(code)) if code is not None else b""
    data = xls(number(0, 0, value, style=1), styles=[style(), style(format_=number_)], before=own + before)
    return only(data).rows[0][0]


@pytest.mark.parametrize("number_", [*range(14, 23), 45, 47, *range(49, 60), 164])
@pytest.mark.parametrize(
    "code",
    [
        "#,##0",
        "0",
        '0" hộ"',
        "[Red]General",
        "General;[Red]-General",
        "@",
        '_(* #,##0_);_(* "-"??_)',
        "0.00E+00",
    ],
)
def test_a_files_own_format_wins(code: str, number_: int) -> None:
    assert shown(code, number_, 44562.0) == 44562.0


@pytest.mark.parametrize(
    ("code", "value", "says"),
    [
        ("dd/mm/yyyy", 44562.0, date(2022, 1, 1)),
        ("[$-42A]d mmmm yyyy;@", 44562.0, date(2022, 1, 1)),
        ("[h]:mm", 1.5, timedelta(days=1.5)),
        ("0%", 1.0, "100%"),
        ('0"%"', 97.0, "97%"),
        ("0.0%", 0.5, 0.5),
        ("dd/mm/yyyy", -3.0, -3.0),
    ],
)
def test_dates_spans_and_percentages_are_no_counts(code: str, value: float, says: object) -> None:
    assert shown(code, 164, value) == says


def test_the_dates_of_excel_itself() -> None:
    assert shown(None, 14, 44562.0) == date(2022, 1, 1)
    assert shown(None, 14, 43100.0, rec(0x22, b"\x01\x00")) == date(2022, 1, 1)
    assert shown(None, 9, 1.0) == "100%"
    assert shown(None, 1, 44562.0) == 44562.0


# -- parts of texts ------------------------------------------------------------------------------

FONTS = [font(), font(), font(raised=1), font(struck=True), font(raised=2)]  # numbers 0 to 3, and 5


def parted(text: str, *runs: tuple[int, int], cell_font: int = 0) -> tuple[object, Remark | None]:
    data = xls(
        shared(0, 0, 0, style=1),
        number(0, 1, 5.0),
        texts=[text8(text, runs)],
        fonts=FONTS,
        styles=[style(), style(font=cell_font)],
    )
    grid = only(data)
    return grid.rows[0][0], grid.remarks.get((0, 0))


def test_a_raised_mark_is_no_part_of_a_figure() -> None:
    mark = Remark("C204", "991", {"found": "99"}, taken=True)
    assert parted("991", (2, 2)) == ("99", mark)
    assert parted("991", (2, 5)) == ("99", mark)
    assert parted("199", (0, 2), (1, 0)) == ("99", Remark("C204", "199", {"found": "99"}, taken=True))
    assert parted("1.6911)", (5, 2)) == ("1.691", Remark("C204", "1.6911)", {"found": "1691"}, taken=True))
    assert parted("Tổng số hộ1", (10, 2)) == ("Tổng số hộ", Remark("C204", "Tổng số hộ1", {}, taken=True))
    assert parted("99", (0, 2)) == ("", refused("C105", "99", problem="written-oddly"))
    assert parted("99", (1, 1)) == ("99", None)


def test_a_struck_part_leaves_no_figure() -> None:
    assert parted("12", (0, 3), (1, 0)) == ("", refused("C109", "12"))
    assert parted("12", (1, 0), cell_font=3) == ("", refused("C109", "12"))
    assert parted("12 hộ", (0, 3), (1, 0)) == ("", refused("C109", "12 hộ"))
    assert parted("12", cell_font=3) == ("", refused("C109", "12"))
    assert parted("CóKhông", (0, 3), (2, 0)) == ("Không", refused("C109", "CóKhông"))
    assert parted("Thôn Cũ Ổi", (5, 3), (8, 0)) == ("Thôn Ổi", refused("C109", "Thôn Cũ Ổi"))


def test_a_number_in_a_struck_font_is_no_figure() -> None:
    grid = only(xls(number(0, 0, 12.0, 1), fonts=FONTS, styles=[style(), style(font=3)]))
    assert (grid.rows[0][0], grid.remarks) == ("", {(0, 0): refused("C109", "12")})


def test_runs_of_a_text_in_the_cell_itself() -> None:
    cell = rec(0xD6, HEAD + text8("991") + struct.pack("<HHH", 1, 2, 2))
    grid = only(xls(cell, fonts=FONTS))
    assert (grid.rows[2][1], grid.remarks[2, 1].code) == ("99", "C204")


# -- rows, columns, merges, other sheets ---------------------------------------------------------


def row(place: int, height: int = 255, flags: int = 0) -> bytes:
    return rec(0x208, struct.pack("<8H", place, 0, 1, height, 0, 0, flags, 0))


def test_rows_of_no_height_and_columns_of_no_width_are_hidden() -> None:
    cells = [number(place, 0, 1.0) for place in range(4)]
    columns = rec(0x7D, struct.pack("<6H", 0, 0, 0, 0, 0, 0)) + rec(
        0x7D, struct.pack("<6H", 1, 1, 9, 0, 0, 0)
    )
    grid = only(xls(columns, row(0), row(1, 0), row(2, flags=0x20), row(3), *cells, number(0, 1, 1.0)))
    assert (grid.hidden_rows, grid.hidden_columns) == ({1, 2}, {0})
    by_default = only(xls(rec(0x225, b"\x02\x00\x00\x00"), row(0), *cells))
    assert by_default.hidden_rows == {1, 2, 3}


def test_merges_and_what_lies_under_them() -> None:
    merges = rec(0xE5, struct.pack("<H8H", 2, 0, 1, 0, 0, 2, 2, 0, 1))
    grid = only(xls(number(0, 0, 204.0), number(1, 0, 105.0), merges))
    assert grid.merged == [(0, 0, 1, 0), (2, 0, 2, 1)]
    assert grid.rows == [[204.0], [105.0]]


@pytest.mark.parametrize("sort", [0x20, 0x40, 0x06])
def test_charts_and_macros_are_no_tables(sort: int) -> None:
    with pytest.raises(FileProblem) as caught:
        only(xls(number(0, 0, 1.0), sort=sort))
    assert caught.value.code == "F104"


def test_a_chart_inside_a_sheet_adds_no_cells() -> None:
    chart = rec(0x809, struct.pack("<HHHHII", 0x600, 0x20, 0, 0, 0, 0)) + number(0, 0, 9.0) + rec(0x0A)
    assert only(xls(number(0, 1, 1.0), chart, number(1, 1, 2.0))).rows == [["", 1.0], ["", 2.0]]


# -- formulas ------------------------------------------------------------------------------------


def ref(row_: int, column: int, token: int = 0x44) -> bytes:
    return struct.pack("<BHH", token, row_, 0xC000 | column)


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        (ref(1, 1) + ref(1, 2) + b"\x03", "B2+C2"),
        (b"\x25" + struct.pack("<4H", 1, 4, 0xC001, 0xC001) + b"\x22\x01\x04\x00", "SUM(B2:B5)"),
        (b"\x25" + struct.pack("<4H", 1, 4, 0xC001, 0xC001) + b"\x19\x10\x00\x00", "SUM(B2:B5)"),
        (
            ref(0, 0) + b"\x1e\x02\x00" + b"\x1f" + struct.pack("<d", 0.5) + b"\x22\x03\x04\x00",
            "SUM(A1,2,0.5)",
        ),
        (ref(0, 0) + ref(0, 1) + b"\x03\x15" + ref(0, 255) + b"\x05", "(A1+B1)*IV1"),
        (ref(0, 0) + ref(0, 1) + b"\x03" + ref(0, 2) + b"\x05", "(A1+B1)*C1"),
        (ref(0, 0) + ref(0, 1) + ref(0, 2) + b"\x04\x04", "A1-(B1-C1)"),
        (ref(0, 0) + b"\x19\x40\x00\x01" + b"\x13" + ref(0, 1) + b"\x06", "(-A1)/B1"),
        (ref(0, 0) + ref(0, 1) + b"\x08", None),
        (ref(0, 0) + b"\x41\x18\x00", None),
        (b"\x23" + b"\x00" * 4, None),
        (b"\x1f" + struct.pack("<d", 1e300), None),
        (b"\x03", None),
        (b"\x99", None),
        (b"", None),
    ],
)
def test_a_formulas_tokens_as_text(tokens: bytes, text: str | None) -> None:
    from antq_stats.reading.files.binary.xls import scan_xls

    (scan,) = scan_xls(workbook(formula(0, 3, tokens, 1.0)))
    assert scan.formulas == {(0, 3): text}


def test_a_shared_formula_is_each_cells_own() -> None:
    from antq_stats.reading.files.binary.xls import scan_xls

    here = b"\x01" + struct.pack("<HH", 4, 3)
    left = struct.pack("<BHH", 0x4C, 0, 0xC0FF)  # the same row, a column to the left
    kept = rec(0x4BC, struct.pack("<HHBBH", 4, 5, 3, 3, 2) + struct.pack("<H", 8) + left + b"\x1e\x01\x00")
    lone = formula(6, 3, b"\x01" + struct.pack("<HH", 9, 9), 1.0)
    (scan,) = scan_xls(workbook(formula(4, 3, here, 1.0), kept, formula(5, 3, here, 1.0), lone))
    assert scan.formulas == {(4, 3): None, (5, 3): None, (6, 3): None}  # two values and no sign between
    kept = rec(
        0x4BC, struct.pack("<HHBBH", 4, 5, 3, 3, 2) + struct.pack("<H", 9) + left + b"\x1e\x01\x00\x03"
    )
    (scan,) = scan_xls(workbook(formula(4, 3, here, 1.0), kept, formula(5, 3, here, 1.0)))
    assert scan.formulas == {(4, 3): "C5+1", (5, 3): "C6+1"}


def test_figures_of_other_books_are_reported() -> None:
    path = "\x01\x03Kế hoạch\x03[tong-hop.xls]Trang1"
    books = rec(0x1AE, b"\x01\x00\x01\x04") + rec(0x1AE, b"\x01\x00" + text8("\x01\x03Năm\x03tong-hop.xls"))
    books += rec(
        0x1AE, b"\x00\x00" + text8("Excel\x03D:\\Năm\\" + path.rpartition("[")[2].replace("]Trang1", ""))
    )
    named = rec(0x17, struct.pack("<H9h", 3, 0, 0, 0, 1, 0, 0, 2, -2, -2))
    cells = [
        formula(0, place, b"\x5a" + struct.pack("<HHH", place, 6, 0xC001), 12.0 + place) for place in range(3)
    ]
    from antq_stats.reading.files.binary.xls import scan_xls

    stream = workbook(*cells, before=books + named)
    (scan,) = scan_xls(stream)
    assert scan.formulas == {(0, 0): "'Biểu 01'!B7", (0, 1): None, (0, 2): None}
    found = {"found": "tong-hop.xls"}
    remarks = only(compound({"Workbook": stream})).remarks
    assert remarks == {
        (0, 0): Remark("C106", "12", {"expected": "0"}, taken=False),  # it names a blank cell of its own book
        (0, 1): Remark("C107", "13", found, taken=True),
        (0, 2): Remark("C107", "14", found, taken=True),
    }


def test_values_agree_with_what_xlwt_wrote() -> None:
    import io

    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet("Số liệu")
    values: list[list[object]] = [
        [row * 7 + column if column % 3 else f"Thôn {row} ấp {column}" for column in range(20)]
        for row in range(300)
    ]
    for place, line in enumerate(values):
        for column, value in enumerate(line):
            page.write(place, column, value)
    out = io.BytesIO()
    book.save(out)
    assert only(out.getvalue()).rows == values


def test_formulas_of_biff5_have_tokens_of_their_own() -> None:
    from antq_stats.reading.files.binary.xls import scan_xls

    cell = struct.pack("<BHB", 0x44, 0xC001, 1)
    area = struct.pack("<BHHBB", 0x25, 0xC001, 0xC004, 1, 1)
    there = struct.pack("<Bh8xhhHB", 0x5A, 1, 0, 0, 0xC006, 1)
    here = struct.pack("<Bh8xhhHB", 0x5A, -1, 0, 0, 0xC006, 1)
    left = struct.pack("<BHB", 0x4C, 0xC000, 0xFF)
    kept = rec(0x4BC, struct.pack("<HHBBHH", 4, 4, 3, 3, 1, len(left) + 4) + left + b"\x1e\x01\x00\x03")
    cells = [
        formula(0, 3, cell + b"\x1e\x02\x00\x05", 1.0),
        formula(1, 3, area + b"\x22\x01\x04\x00", 1.0),
        formula(2, 3, there, 1.0),
        formula(3, 3, here, 1.0),
        formula(4, 3, b"\x01" + struct.pack("<HH", 4, 3), 1.0) + kept,
        formula(5, 3, cell + b"\x17\x00\x08", b"\x00" * 6 + b"\xff\xff"),
        formula(6, 3, cell + b"\x17\x01a\x08", b"\x00" * 6 + b"\xff\xff"),
    ]
    books = rec(0x17, b"\x17\x01N\x03[tong-hop.xls]Trang1x") + rec(0x17, b"\x02\x03A")
    (scan,) = scan_xls(workbook(*cells, version=0x500, before=books, name="Bieu"))
    assert scan.formulas == {
        (0, 3): "B2*2",
        (1, 3): "SUM(B2:B5)",
        (2, 3): None,
        (3, 3): None,
        (4, 3): "C5+1",
        (5, 3): None,
        (6, 3): None,
    }
    assert scan.remarks == {(2, 3): Remark("C107", "1", {"found": "tong-hop.xls"}, taken=True)}
    assert scan.odd == {(6, 3): ("formula", "")}


def test_figures_of_other_books_by_a_name_are_reported() -> None:
    books = rec(0x1AE, b"\x01\x00" + text8("\x01tong-hop.xls")) + rec(0x17, struct.pack("<H3h", 1, 0, 0, 0))
    there = b"\x3a" + struct.pack("<HHH", 0, 6, 1)
    for name in ("Tong", "Tổng"):
        raw = text8(name)[2:]
        named = rec(0x18, struct.pack("<HBBHHH4x", 0, 0, len(name), len(there), 0, 0) + raw + there)
        cell = formula(0, 0, b"\x43\x01\x00\x00\x00", 12.0)
        grid = only(compound({"Workbook": workbook(cell, before=books + named)}))
        assert grid.remarks == {(0, 0): Remark("C107", "12", {"found": "tong-hop.xls"}, taken=True)}


def test_formulas_that_wait_to_be_calculated_are_reported() -> None:
    cells = [formula(0, 0, ref(0, 1) + b"\x41\x18\x00", 12.0), formula(0, 2, ref(0, 1), 12.0)]
    grid = only(xls(rec(0x5E, b"\x00\x00"), *cells))
    wrong = {(0, 2): Remark("C106", "12", {"expected": "0"}, taken=False)}  # it names a blank cell
    assert grid.remarks == {(0, 0): Remark("C108", "12", {}, taken=True), **wrong}
    assert only(xls(*cells)).remarks == wrong


@pytest.mark.parametrize(
    "cell", [rec(0x203, HEAD + b"\x00" * 7), rec(0x27E, HEAD), rec(0xFD, HEAD + b"\x00")]
)
def test_a_cell_that_is_cut_short_is_not_read(cell: bytes) -> None:
    grid = only(xls(cell, texts=[text8("a")]))
    assert grid.remarks == {(2, 1): refused("C105", None, problem="written-oddly")}


# -- Excel's own password ------------------------------------------------------------------------

OWN = "VelvetSweatshop"
SALT, CHECK = bytes(range(16)), bytes(range(100, 116))


def rc4(key_of: Callable[[int], bytes]) -> Callable[[int, int, bytes], bytes]:
    """Encryption by place: a key for each 1024 bytes."""

    def encrypt(place: int, _length: int, body: bytes) -> bytes:
        out = b""
        for at in range(place, place + len(body)):
            stream = key_stream(key_of(at // 1024))
            out += bytes([body[at - place] ^ next(islice(stream, at % 1024, None))])
        return out

    return encrypt


def simple(password: str) -> tuple[bytes, Callable[[int, int, bytes], bytes]]:
    """The first kind of RC4: MD5, 40 bits."""
    short = hashlib.md5(password.encode("utf-16-le")).digest()[:5]
    base = hashlib.md5((short + SALT) * 16).digest()[:5]

    def key_of(block: int) -> bytes:
        return hashlib.md5(base + struct.pack("<I", block)).digest()

    keys = key_stream(key_of(0))
    proof = CHECK + hashlib.md5(CHECK).digest()
    return struct.pack("<3H", 1, 1, 1) + SALT + bytes(b ^ next(keys) for b in proof), rc4(key_of)


def provider(password: str, bits: int) -> tuple[bytes, Callable[[int, int, bytes], bytes]]:
    """RC4 by a cryptographic provider: SHA-1, 40 to 128 bits."""
    base = hashlib.sha1(SALT + password.encode("utf-16-le")).digest()

    def key_of(block: int) -> bytes:
        key = hashlib.sha1(base + struct.pack("<I", block)).digest()[: bits // 8]
        return key + b"\x00" * 11 if bits == 40 else key

    keys = key_stream(key_of(0))
    proof = bytes(b ^ next(keys) for b in CHECK + hashlib.sha1(CHECK).digest())
    name = "Microsoft Enhanced Cryptographic Provider v1.0\0".encode("utf-16-le")
    header = struct.pack("<8I", 4, 0, 0x6801, 0x8004, bits, 1, 0, 0) + name
    head = struct.pack("<3HII", 1, 2, 2, 4, len(header)) + header
    return head + struct.pack("<I", 16) + SALT + proof[:16] + struct.pack("<I", 20) + proof[16:], rc4(key_of)


def mixed(_password: str) -> tuple[bytes, Callable[[int, int, bytes], bytes]]:
    """Exclusive-or with the bytes that MS-OFFCRYPTO 2.3.7.2 works out for Excel's own password."""
    array = bytes.fromhex("876b9ae21ee305621e699660986e9404")

    def encrypt(place: int, length: int, body: bytes) -> bytes:
        turned = bytes((b << 5 | b >> 3) & 255 for b in body)
        return bytes(b ^ array[(place + n + length) % 16] for n, b in enumerate(turned))

    return bytes.fromhex("000059b30a9a"), encrypt


KINDS = {
    "simple": simple,
    "40 bits": lambda password: provider(password, 40),
    "128 bits": lambda password: provider(password, 128),
    "mixed": mixed,
}


def test_rc4_gives_its_published_bytes() -> None:
    keys = key_stream(b"Key")
    assert bytes(b ^ next(keys) for b in b"Plaintext").hex() == "bbf316e8d940af0ad3"


@pytest.mark.parametrize("kind", KINDS)
def test_a_workbook_locked_with_excels_own_password_is_read(kind: str) -> None:
    rows = [number(place, 0, float(place)) for place in range(70)]  # more than one block of 1024 bytes
    stream = workbook(*rows, shared(70, 0, 0), texts=[text8("Thôn Ổi")])
    grid = only(compound({"Workbook": locked(stream, *KINDS[kind](OWN))}))
    assert (grid.sheet, grid.rows) == ("Biểu 01", [*([float(place)] for place in range(70)), ["Thôn Ổi"]])


@pytest.mark.parametrize("kind", ["simple", "40 bits", "128 bits"])
def test_any_other_password_is_a_lock(kind: str) -> None:
    data = compound({"Workbook": locked(workbook(number(0, 0, 7.0)), *KINDS[kind]("mat-khau"))})
    with pytest.raises(FileProblem) as caught:
        only(data)
    assert caught.value.code == "F103"
