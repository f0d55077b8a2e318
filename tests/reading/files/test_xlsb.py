"""xlsb files, record by record: parts, cells, displayed values."""

from __future__ import annotations

import struct
from datetime import date

import pytest

from antq_stats.plan import Limits
from antq_stats.reading.files.cells.sheet_scan import Remark
from antq_stats.reading.files.container import FileProblem
from antq_stats.reading.files.grid import Grid
from antq_stats.reading.files.opening import open_bytes
from helpers.binary_workbooks import (
    brt,
    brt_font,
    brt_row,
    brt_style,
    bundle,
    relations,
    rich,
    sheet_part,
    styles_part,
    wide,
    xlsb,
)

CELL = struct.pack("<II", 1, 0)
STYLE = struct.pack("<I", 0)


def only(data: bytes) -> Grid:
    (grid,) = open_bytes(data, ".xlsb", Limits()).grids
    return grid


def number(column: int, value: float, style: int = 0) -> bytes:
    return brt(5, struct.pack("<IId", column, style, value))


def refused(code: str, value: str | None, **facts: str) -> Remark:
    return Remark(code, value, facts, taken=False)


# -- cells ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (brt(2, CELL + struct.pack("<I", 12 << 2 | 2)), 12.0),
        (brt(4, CELL + b"\x01"), True),
        (number(1, 12.5), 12.5),
        (brt(6, CELL + wide("Thôn Ổi")), "Thôn Ổi"),
        (brt(7, CELL + struct.pack("<I", 1)), "đạt"),
        (brt(62, CELL + rich("Thôn Ổi")), "Thôn Ổi"),
        (brt(62, CELL + rich("Thôn Ổi", (0, 0))), "Thôn Ổi"),
        (brt(8, CELL + wide("đạt") + b"\x00" * 10), "đạt"),
        (brt(9, CELL + struct.pack("<d", 12.0) + b"\x00" * 10), 12.0),
        (brt(10, CELL + b"\x00" + b"\x00" * 10), False),
        (brt(12, STYLE) + brt(13, STYLE + struct.pack("<I", 12 << 2 | 2)), 12.0),
        (brt(1, CELL[:1].replace(b"\x01", b"\x00") + CELL[1:]) + brt(15, STYLE + b"\x01"), True),
        (brt(12, STYLE) + brt(16, STYLE + struct.pack("<d", 12.5)), 12.5),
        (brt(12, STYLE) + brt(17, STYLE + wide("Thôn Ổi")), "Thôn Ổi"),
        (brt(12, STYLE) + brt(18, STYLE + struct.pack("<I", 1)), "đạt"),
    ],
)
def test_every_record_of_a_cell_is_read(cell: bytes, value: object) -> None:
    grid = only(xlsb(sheet_part(brt_row(2), cell), texts=[rich("a"), rich("đạt")]))
    assert grid.rows == [[], [], ["", value]]
    assert type(grid.rows[2][1]) is type(value)
    assert not grid.odd
    assert not grid.remarks


def test_short_errors_are_errors_and_rows_begin_anew() -> None:
    cells = [
        brt_row(0),
        number(4, 1.0),
        brt(14, STYLE + b"\x2a"),
        brt_row(1),
        brt(16, STYLE + struct.pack("<d", 2.0)),
    ]
    grid = only(xlsb(sheet_part(*cells)))
    assert grid.odd == {(0, 5): ("error", "#N/A")}
    assert grid.rows[1] == [2.0]


@pytest.mark.parametrize("sort", [19, 25, 34, 63, 700])
def test_an_unknown_record_of_a_cell_is_not_read_and_never_blank(sort: int) -> None:
    grid = only(xlsb(sheet_part(brt_row(2), number(0, 1.0), brt(sort, CELL + b"\x01\x02"))))
    assert grid.remarks == {(2, 1): refused("C105", None, problem="record-unknown")}


@pytest.mark.parametrize(
    "cell",
    [brt(5, CELL + b"\x00" * 7), brt(2, CELL), brt(7, CELL + struct.pack("<I", 7)), brt(6, CELL + b"\x01")],
)
def test_a_cell_that_is_cut_short_is_not_read(cell: bytes) -> None:
    grid = only(xlsb(sheet_part(brt_row(2), cell), texts=[rich("a")]))
    assert grid.remarks == {(2, 1): refused("C105", None, problem="written-oddly")}


def test_a_cell_written_twice_gives_no_figure() -> None:
    grid = only(xlsb(sheet_part(brt_row(2), number(1, 12.0), number(1, 9999.0))))
    assert grid.remarks == {(2, 1): refused("C105", "12; 9999", problem="cell-twice")}
    assert grid.rows[2] == ["", ""]


@pytest.mark.parametrize(
    "part",
    [
        sheet_part(brt_row(0), number(0, 1.0))[:-8],
        brt(129) + brt(145) + brt_row(0) + number(0, 1.0),
        sheet_part(brt_row(0), number(16384, 1.0)),
        sheet_part(brt_row(0), brt(5, CELL + struct.pack("<d", 1.0) + number(2, 5.0))),
        sheet_part(brt_row(0), brt(2, CELL + b"\x00" * 4 + number(2, 5.0))),
    ],
)
def test_a_part_that_does_not_hold_together_is_damage(part: bytes) -> None:
    with pytest.raises(FileProblem) as caught:
        only(xlsb(part))
    assert caught.value.code == "F102"


# -- what formats and fonts make of cells --------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "number_", "value", "says"),
    [
        ("#,##0", 50, 44562.0, 44562.0),
        ("[Red]General", 164, 44562.0, 44562.0),
        ("dd/mm/yyyy", 164, 44562.0, date(2022, 1, 1)),
        (None, 14, 44562.0, date(2022, 1, 1)),
        ("0%", 164, 1.0, "100%"),
        (None, 9, 1.0, "100%"),
        (None, 3, 44562.0, 44562.0),
    ],
)
def test_what_a_number_shows(code: str | None, number_: int, value: float, says: object) -> None:
    formats = [brt(44, struct.pack("<H", number_) + wide(code))] if code else []
    styles = styles_part([brt_font()], [brt_style(), brt_style(format_=number_)], formats)
    rk = brt(2, struct.pack("<III", 0, 1, int(value) << 2 | 2))
    grid = only(xlsb(sheet_part(brt_row(0), rk, number(1, value, 1)), styles=styles))
    assert grid.rows == [[says, says]]


FONTS = styles_part(
    [
        brt_font(),
        brt_font(raised=1),
        brt_font(struck=True),
        brt_font(raised=2),
        brt_font(),
        brt_font(raised=1),
    ],
    [brt_style(), brt_style(font=2)],
)


@pytest.mark.parametrize("inline", [True, False])
@pytest.mark.parametrize(
    ("text", "runs", "says", "remark"),
    [
        ("991", [(2, 1)], "99", Remark("C204", "991", {"found": "99"}, taken=True)),
        ("991", [(2, 5)], "99", Remark("C204", "991", {"found": "99"}, taken=True)),
        ("991", [(2, 4)], "991", None),
        ("12", [(0, 2), (1, 0)], "", refused("C109", "12")),
        ("Số hộ1", [(5, 3)], "Số hộ", Remark("C204", "Số hộ1", {}, taken=True)),
    ],
)
def test_parts_of_texts(
    inline: bool, text: str, runs: list[tuple[int, int]], says: str, remark: Remark | None
) -> None:
    cell = brt(62, CELL + rich(text, *runs)) if inline else brt(7, CELL + struct.pack("<I", 0))
    grid = only(xlsb(sheet_part(brt_row(0), cell), texts=[rich(text, *runs)], styles=FONTS))
    assert (grid.rows[0][1], grid.remarks.get((0, 1))) == (says, remark)


def test_a_number_in_a_struck_font_is_no_figure() -> None:
    grid = only(xlsb(sheet_part(brt_row(0), number(0, 12.0, 1)), styles=FONTS))
    assert (grid.rows[0], grid.remarks) == ([""], {(0, 0): refused("C109", "12")})


# -- rows, columns, merges -----------------------------------------------------------------------


def test_rows_of_no_height_and_columns_of_no_width_are_hidden() -> None:
    columns = brt(60, struct.pack("<IIIIH", 0, 0, 0, 0, 0)) + brt(60, struct.pack("<IIIIH", 1, 1, 2304, 0, 0))
    rows = [
        brt_row(0),
        number(0, 1.0),
        number(1, 1.0),
        brt_row(1, 0),
        number(0, 1.0),
        brt_row(2, 300, 0x10),
        number(0, 1.0),
    ]
    grid = only(xlsb(sheet_part(*rows, before=columns)))
    assert (grid.hidden_rows, grid.hidden_columns) == ({1, 2}, {0})


def test_merges_and_what_lies_under_them() -> None:
    rows = [brt_row(0), number(0, 204.0), brt_row(1), number(0, 105.0)]
    grid = only(xlsb(sheet_part(*rows, after=brt(176, struct.pack("<4I", 0, 1, 0, 0)))))
    assert (grid.merged, grid.rows) == ([(0, 0, 1, 0)], [[204.0], [105.0]])


# -- which parts ---------------------------------------------------------------------------------

SHEET = sheet_part(brt_row(0), number(0, 7.0))


@pytest.mark.parametrize(
    "names",
    [
        {"prefix": "r"},
        {"name": "sổ.bin"},
        {"folder": "office/parts"},
        {"folder": "office", "name": "book1.bin", "prefix": "rel"},
        {"slash": "\\"},
    ],
)
def test_relations_lead_to_the_parts(names: dict[str, str]) -> None:
    book = open_bytes(xlsb(SHEET, **names), ".xlsb", Limits())  # type: ignore[arg-type]
    assert (book.kind, book.findings, book.grids[0].rows) == ("xlsb", [], [[7.0]])


@pytest.mark.parametrize("sort", ["chartsheet", "dialogsheet", "xlMacrosheet", "xlIntlMacrosheet"])
def test_other_sheets_are_passed_over(sort: str) -> None:
    bundles = bundle("Bìa", "rId9") + bundle("Biểu 01") + bundle("Trống", "")
    other = sheet_part(brt_row(0), number(0, 9.0))
    data = xlsb(SHEET, bundles=bundles, leads=[("rId9", sort, "other/1.bin")], more={"xl/other/1.bin": other})
    grid = only(data)
    assert (grid.sheet, grid.rows) == ("Biểu 01", [[7.0]])


@pytest.mark.parametrize(
    ("bundles", "facts"),
    [
        (bundle("A", "rId8"), {"problem": "part-missing", "place": "A"}),
        (bundle("A") + bundle("B"), {"problem": "sheets-unclear"}),
        (bundle("A") + bundle("A", "rId9"), {"problem": "sheets-unclear"}),
    ],
)
def test_sheets_that_are_lost_or_would_count_twice(bundles: bytes, facts: dict[str, str]) -> None:
    data = xlsb(SHEET, bundles=bundles, leads=[("rId9", "worksheet", "2.bin")], more={"xl/2.bin": SHEET})
    with pytest.raises(FileProblem) as caught:
        only(data)
    assert (caught.value.code, caught.value.facts) == ("F102", facts)


def test_hidden_sheets() -> None:
    bundles = bundle("A", state=1) + bundle("B", "rId9", state=2)
    data = xlsb(SHEET, bundles=bundles, leads=[("rId9", "worksheet", "2.bin")], more={"xl/2.bin": SHEET})
    assert [grid.hidden for grid in open_bytes(data, ".xlsb", Limits()).grids] == [True, True]


# -- formulas ------------------------------------------------------------------------------------


def formula(column: int, tokens: bytes, extra: bytes = b"", value: float = 12.0) -> bytes:
    head = struct.pack("<IIdHI", column, 0, value, 0, len(tokens))
    return brt(9, head + tokens + struct.pack("<I", len(extra)) + extra)


def ref(row: int, column: int, token: int = 0x44) -> bytes:
    return struct.pack("<BIH", token, row, 0xC000 | column)


def formulas_of(data: bytes) -> dict[tuple[int, int], str | None]:
    from antq_stats.reading.files.binary.xlsb import scan_xlsb
    from antq_stats.reading.files.container import Package

    (scan,) = scan_xlsb(Package(data, Limits()))
    return scan.formulas


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        (ref(1, 1) + ref(1, 2) + b"\x03", "B2+C2"),
        (b"\x25" + struct.pack("<IIHH", 1, 4, 0xC001, 0xC001) + b"\x42\x01\x04\x00", "SUM(B2:B5)"),
        (
            b"\x25" + struct.pack("<IIHH", 1, 100000, 0xC01A, 0xC01A) + b"\x19\x10\x00\x00",
            "SUM(AA2:AA100001)",
        ),
        (ref(0, 0) + b"\x17\x01\x00A\x00" + b"\x08", None),
        (ref(0, 0) + b"\x41\x18\x00", None),
    ],
)
def test_a_formulas_tokens_as_text(tokens: bytes, text: str | None) -> None:
    assert formulas_of(xlsb(sheet_part(brt_row(0), formula(3, tokens)))) == {(0, 3): text}


def test_a_shared_formula_is_each_cells_own() -> None:
    here = b"\x01" + struct.pack("<I", 4)
    left = struct.pack("<BIH", 0x4C, 0, 0xC000 | 0x3FFF) + b"\x1e\x01\x00\x03"
    kept = brt(427, struct.pack("<4II", 4, 5, 3, 3, len(left)) + left)
    column = struct.pack("<I", 3)
    rows = [brt_row(4), formula(3, here, column), kept, brt_row(5), formula(3, here, column)]
    assert formulas_of(xlsb(sheet_part(*rows))) == {(4, 3): "C5+1", (5, 3): "C6+1"}


def test_figures_of_other_books_are_reported() -> None:
    sheets = struct.pack("<I", 3) + struct.pack("<9i", 0, 0, 0, 1, 0, 0, 2, -2, -2)
    before = (
        brt(353) + brt(357) + brt(355, wide("rId7")) + brt(355, wide("rId8")) + brt(362, sheets) + brt(354)
    )
    link = brt(360, struct.pack("<H", 0) + wide("rId1") + struct.pack("<I", 0xFFFFFFFF)) + brt(588)
    dde = brt(360, struct.pack("<H", 1) + wide("Excel") + wide("D:\\Năm\\tong-hop.xls")) + brt(588)
    more = {
        "xl/externalLinks/1.bin": link,
        "xl/externalLinks/2.bin": dde,
        "xl/externalLinks/_rels/1.bin.rels": relations(
            ("rId1", "externalLinkPath", "file:///D:/Năm/tong-hop.xlsx")
        ),
    }
    leads = [("rId7", "externalLink", "externalLinks/1.bin"), ("rId8", "externalLink", "externalLinks/2.bin")]
    there = b"\x3a" + struct.pack("<HIH", 1, 6, 1)
    name = struct.pack("<IBI", 0, 0, 0xFFFFFFFF) + wide("Tổng") + struct.pack("<I", len(there)) + there
    before += brt(39, name + struct.pack("<II", 0, 0xFFFFFFFF))
    cells = [formula(place, b"\x5a" + struct.pack("<HIH", place, 6, 0xC001)) for place in range(3)]
    cells.append(formula(3, b"\x43\x01\x00\x00\x00"))
    data = xlsb(sheet_part(brt_row(0), *cells), before=before, leads=leads, more=more)
    assert formulas_of(data) == {(0, 0): "'Biểu 01'!B7", (0, 1): None, (0, 2): None, (0, 3): None}
    assert only(data).remarks == {
        (0, 0): Remark("C106", "12", {"expected": "0"}, taken=False),  # it names a blank cell of its own book
        (0, 1): Remark("C107", "12", {"found": "tong-hop.xlsx"}, taken=True),
        (0, 2): Remark("C107", "12", {"found": "tong-hop.xls"}, taken=True),
        (0, 3): Remark("C107", "12", {"found": "tong-hop.xlsx"}, taken=True),
    }


def test_formulas_that_wait_to_be_calculated_are_reported() -> None:
    waits = brt(157, struct.pack("<IIIdIH", 0, 1, 100, 0.001, 1, 1))
    cells = [formula(0, ref(0, 1) + b"\x41\x18\x00"), formula(2, ref(0, 1))]
    grid = only(xlsb(sheet_part(brt_row(0), *cells), before=waits))
    wrong = {(0, 2): Remark("C106", "12", {"expected": "0"}, taken=False)}  # it names a blank cell
    assert grid.remarks == {(0, 0): Remark("C108", "12", {}, taken=True), **wrong}
    assert only(xlsb(sheet_part(brt_row(0), *cells))).remarks == wrong
