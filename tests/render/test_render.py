"""One presentation table in every format: terminal, CSV, JSON, Markdown, workbook."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
import warnings
import zipfile
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from rich.cells import cell_len

from antq_stats.render.writing.delimited import BOM, encode, to_csv, to_json, to_markdown
from antq_stats.render.writing.output import OutputError, write_beside
from antq_stats.render.writing.table import (
    ASCII,
    UNICODE,
    Cell,
    Column,
    Count,
    Coverage,
    Missing,
    NotApplicable,
    Percent,
    PresentationTable,
    Row,
    Suppressed,
    Text,
)
from antq_stats.render.writing.terminal import colour_wanted, render_table, signs_for, terminal_width
from antq_stats.render.writing.workbook import CREATED, sheet_names, to_xlsx
from antq_stats.words.language import LANGUAGES, Language, Wording, number, percent
from helpers.places import GOLDEN

SECTIONS = ("Tổ tự quản", "Gia đình văn hóa", None)
COLUMNS = (
    Column("to_tu_quan_antt", "Tổ tự quản về an ninh trật tự", "tổ", SECTIONS[0]),
    Column("tv_to_tu_quan", "Thành viên tổ tự quản", "người", SECTIONS[0]),
    Column("ho_dang_ky_gdvh", "Hộ đăng ký xây dựng gia đình văn hóa", "hộ", SECTIONS[1]),
    Column("ho_dat_gdvh", "Hộ đạt gia đình văn hóa không có tội phạm, ma túy", "hộ", SECTIONS[1]),
    Column("ty_le_ho_dat", "Tỷ lệ hộ gia đình văn hóa không có các tệ nạn", "", SECTIONS[1]),
    Column("nguoi_nghien", "Người nghiện ma túy", "người", SECTIONS[1]),
    Column("bao_cao", "Đã báo cáo", "thôn", None),
    Column("ghi_chu", "Ghi chú", "", None, "left"),
)
TABLE = PresentationTable(
    title="Kết quả phong trào Toàn dân bảo vệ an ninh Tổ quốc năm 2021",
    subtitle="Tỉnh Yên Bái",
    stub_head="Đơn vị",
    columns=COLUMNS,
    rows=(
        Row(
            "Tỉnh Yên Bái",
            0,
            (
                Count(1691),
                Count(46912, provisional=True),
                Count(206318),
                Count(176245, provisional=True),
                Percent(Fraction(176245, 217654), 1, provisional=True),
                Suppressed(),
                Coverage(1364, 1365),
                Text(""),
            ),
            "total",
        ),
        Row(
            "Huyện Lục Yên",
            1,
            (
                Count(312),
                Count(8120),
                Count(26011),
                Count(21970),
                Percent(Fraction(4, 5), 1),
                Suppressed(),
                Coverage(220, 220),
                Text("đã kiểm tra đủ các xã"),
            ),
            "group",
        ),
        Row(
            "Xã Mường Lai",
            2,
            (
                Count(0),
                Missing(),
                Count(1204),
                Missing(),
                NotApplicable(),
                Count(7),
                Coverage(11, 12),
                Text("=SUM(A1)"),
            ),
        ),
        Row(
            "Xã Minh Quân",
            2,
            (
                Count(17),
                Count(391),
                Count(1033, provisional=True),
                Count(980),
                Percent(Fraction(980, 1033), 1),
                NotApplicable(),
                Coverage(8, 8),
                Text(""),
            ),
        ),
    ),
    legend=("Số liệu tính đến ngày 30/11/2021",),
    source_notes=("Nguồn: báo cáo của các xã, phường, thị trấn",),
)


@pytest.mark.parametrize(
    ("name", "width", "lang", "signs"),
    [
        ("140", 140, "vi", {}),
        ("80", 80, "vi", {}),
        ("80-en", 80, "en", {}),
        ("40-ascii", 40, "vi", {"signs": ASCII}),
        ("pipe", None, "vi", {}),
    ],
)
def test_terminal_pictures(name: str, width: int | None, lang: Language, signs: dict[str, object]) -> None:
    """Set ANTQ_UPDATE_GOLDEN=1 to write the pictures anew, then read the difference with git."""
    drawn = render_table(TABLE, lang, width=width, **signs)  # type: ignore[arg-type]
    golden = GOLDEN / f"table-{name}.txt"
    if os.environ.get("ANTQ_UPDATE_GOLDEN") == "1":
        golden.write_text(drawn, encoding="utf-8", newline="\n")
    assert drawn == golden.read_text(encoding="utf-8")
    if width is not None:
        assert max(map(cell_len, drawn.splitlines())) <= width


def test_ascii_signs_need_no_other_characters() -> None:
    plain = PresentationTable("t", "", "s", (Column("a", "A", "b", "S"),), (Row("r", 0, (Missing(),)),))
    legend_free = render_table(plain, "en", width=80, signs=ASCII)
    assert legend_free.isascii()
    assert signs_for(io.TextIOWrapper(io.BytesIO(), encoding="cp1258")) == ASCII
    assert signs_for(io.TextIOWrapper(io.BytesIO(), encoding="utf-8")) == UNICODE


NUMBERS = st.integers(0, 10**12)
WORDS = st.text(st.sampled_from("abc ắẢđ|=@\n\t\x1b\u202e\u0301漢…"), max_size=30)
CELLS: st.SearchStrategy[Cell] = st.one_of(
    st.builds(Count, NUMBERS, st.booleans()),
    st.builds(
        Percent, st.fractions(0, 1000, max_denominator=999), st.integers(0, 3), st.just(100), st.booleans()
    ),
    st.builds(Coverage, st.integers(0, 99999), st.integers(0, 99999)),
    st.builds(Text, WORDS),
    st.just(Missing()),
    st.just(NotApplicable()),
    st.just(Suppressed()),
)


@st.composite
def tables(draw: st.DrawFn) -> PresentationTable:
    columns = draw(
        st.lists(
            st.builds(
                Column,
                st.just("c"),
                WORDS,
                st.sampled_from(["", "hộ", "một đơn vị tính rất dài dòng"]),
                st.sampled_from([None, "Mục một", "Mục hai có tên khá dài"]),
                st.sampled_from(["left", "right", "center"]),
            ),
            max_size=9,
        )
    )
    width = len(columns)
    row = st.builds(
        Row,
        WORDS,
        st.integers(0, 5),
        st.lists(CELLS, min_size=width, max_size=width).map(tuple),
        st.sampled_from(["total", "group", "plain"]),
    )
    rows = draw(st.lists(row, max_size=5))
    legend = draw(st.lists(WORDS, max_size=2))
    return PresentationTable(
        draw(WORDS), draw(WORDS), draw(WORDS), tuple(columns), tuple(rows), tuple(legend)
    )


def figures(table: PresentationTable, lang: Language) -> list[str]:
    found = []
    for row in table.rows:
        for cell in row.cells:
            if isinstance(cell, Count):
                found.append(number(cell.value, lang) + "*" * cell.provisional)
            elif isinstance(cell, Percent):
                found.append(percent(cell.value, cell.decimals, lang) + "*" * cell.provisional)
            elif isinstance(cell, Coverage):
                found.append(f"{number(cell.given, lang)}/{number(cell.expected, lang)}")
    return sorted(found)


FIGURE = re.compile(r"\d[\d.,]*(?:/\d[\d.,]*)?(?: ?%)?\*?")


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables(), st.one_of(st.none(), st.integers(30, 200)), st.sampled_from(LANGUAGES))
def test_every_figure_is_whole_and_there_once(
    table: PresentationTable, width: int | None, lang: Language
) -> None:
    drawn = render_table(table, lang, width=width)
    assert sorted(FIGURE.findall(drawn)) == figures(table, lang)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", drawn)
    if width is not None:
        assert max(map(cell_len, drawn.splitlines()), default=0) <= width


@settings(max_examples=50, deadline=None)
@given(tables(), st.integers(30, 200))
def test_colour_changes_nothing_that_is_read(table: PresentationTable, width: int) -> None:
    plain = render_table(table, "vi", width=width)
    coloured = render_table(table, "vi", width=width, colour=True)
    bare = re.sub("\x1b\\[[0-9;]*m", "", coloured)
    assert [line.rstrip() for line in bare.splitlines()] == plain.splitlines()


def test_every_block_names_every_row() -> None:
    drawn = render_table(TABLE, "vi", width=40)
    blocks = drawn.count("Đơn vị")
    assert blocks > 2
    assert drawn.count("Xã Mường Lai") == drawn.count("Xã Minh Quân") == blocks


def test_the_legend_explains_only_signs_that_occur() -> None:
    columns = (Column("a", "A"),)

    def legend(cell: Cell) -> str:
        drawn = render_table(PresentationTable("", "", "", columns, (Row("r", 0, (cell,)),)), "vi", width=80)
        return drawn.partition("\n\n")[2]

    assert legend(Count(1)) == ""
    assert "tạm tính" in legend(Count(1, provisional=True))
    assert "chưa có số liệu" in legend(Missing())
    assert "tạm tính" not in legend(Missing())
    assert "không công bố" in legend(Suppressed())


def test_a_ragged_table_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="1 cells for 2 columns"):
        PresentationTable("", "", "", (Column("a", "A"), Column("b", "B")), (Row("r", 0, (Count(1),)),))


def test_width_and_colour_of_streams(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w", encoding="utf-8") as stream:
        assert terminal_width(stream, {}) is None
        assert terminal_width(stream, {"COLUMNS": "100"}) == 100
        assert terminal_width(stream, {"COLUMNS": "²"}) is None
        assert not colour_wanted(stream, {})
    assert terminal_width(io.StringIO(), {}) is None
    with pytest.raises(ValueError, match="closed file"):  # so the next line is the guard's doing
        stream.isatty()
    assert not colour_wanted(stream, {})


@pytest.mark.skipif(os.name != "posix", reason="POSIX: pseudo-terminals")
def test_the_width_of_a_terminal_is_used_and_it_may_be_coloured() -> None:
    import fcntl
    import pty
    import struct
    import termios

    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 93, 0, 0))
    with os.fdopen(follower, "w") as stream:
        assert terminal_width(stream, {}) == 93
        assert terminal_width(stream, {"COLUMNS": "50"}) == 50
        assert colour_wanted(stream, {})
        assert colour_wanted(stream, {"NO_COLOR": ""})
        assert not colour_wanted(stream, {"NO_COLOR": "1"})
        assert not colour_wanted(stream, {"TERM": "dumb"})
    os.close(leader)


def test_plain_rendering_loads_no_console() -> None:
    code = (
        "import sys; from antq_stats.render.writing.table import *\n"
        "from antq_stats.render.writing.terminal import render_table\n"
        "t = PresentationTable('Tổng', '', '', (Column('a', 'A'),), (Row('r', 0, (Count(1),)),))\n"
        "render_table(t, 'vi', width=80)\n"
        "print(sorted({'rich.console', 'rich.table', 'pandas', 'xlsxwriter'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


# Delimited text


TEXTS = st.text(
    st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\u061c\u200e\u200f\ufffe\uffff")
)
TEXTS = TEXTS.filter(lambda text: not re.search("[\u2028-\u202e\u2066-\u2069]", text))


@given(st.lists(st.tuples(TEXTS, st.integers(-(10**18), 10**18), st.none()), max_size=5))
def test_csv_comes_back_as_it_went(rows: list[tuple[str, int, None]]) -> None:
    header = ["name", "count", "none"]
    written = to_csv([dict(zip(header, row, strict=True)) for row in rows], header)
    back = list(csv.reader(io.StringIO(written)))
    assert back[0] == header
    for (name, count, _), line in zip(rows, back[1:], strict=True):
        guarded = "'" + name if name[:1] and name[0] in "=+-@＝＋－＠" else name
        assert line == [guarded, str(count), ""]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_csv_text_is_never_a_formula(start: str) -> None:
    (line,) = list(csv.reader(io.StringIO(to_csv([{"a": f"{start}1+1"}]))))[1:]
    assert line[0].startswith("'")


def test_csv_values() -> None:
    record = {
        "whole": -5,
        "numpy": np.int64(7),
        "exact": Decimal("81.0"),
        "small": Decimal("0.0000001"),
        "truth": True,
        "text": "dòng\nmới; \x1b[31m",
    }
    written = to_csv([record])
    assert "\x1b" not in written
    assert list(csv.DictReader(io.StringIO(written))) == [
        {
            "whole": "-5",
            "numpy": "7",
            "exact": "81.0",
            "small": "0.0000001",
            "truth": "true",
            "text": "dòng\nmới; \ufffd[31m",
        }
    ]
    assert to_csv([], ["a", "b"]) == "a,b\n"
    assert encode("ắ", bom=True) == BOM + "ắ".encode()
    with pytest.raises(TypeError):
        to_csv([{"a": Fraction(1, 3)}])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_json_comes_back_as_it_went(value: object) -> None:
    written = to_json(value)
    assert written.endswith("\n")
    written.encode()
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", written)
    assert json.loads(written) == value


def test_json_keeps_letters_and_exact_figures() -> None:
    written = to_json({"tên": "Tổ \ud800", "value": Decimal("81.05"), "n": np.int64(10**15)})
    assert "Tổ \\ud800" in written
    assert json.loads(written, parse_float=Decimal) == {
        "tên": "Tổ \ud800",
        "value": Decimal("81.05"),
        "n": 10**15,
    }
    long = Decimal("1234567890123456789.125")
    assert json.loads(to_json([long, -long]), parse_float=Decimal) == [long, -long]
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json(float("nan"))


def pipe_rows(markdown: str) -> list[list[str]]:
    rows = [line for line in markdown.splitlines() if line.startswith("| ")]
    split = [re.split(r"(?<!\\)(?:\\\\)*\|", row)[1:-1] for row in rows]
    return [[re.sub(r"\\(.)", r"\1", cell.strip(" ")) for cell in row] for row in split]


@settings(max_examples=100, deadline=None)
@given(tables(), st.sampled_from(LANGUAGES))
def test_markdown_keeps_rows_columns_and_figures(table: PresentationTable, lang: Language) -> None:
    head, rules, *body = pipe_rows(to_markdown(table, lang))
    assert len(head) == len(rules) == len(table.columns) + 1
    assert len(body) == len(table.rows)
    for row, line in zip(table.rows, body, strict=True):
        assert len(line) == len(row.cells) + 1
        bold = row.kind == "total"
        for cell, text in zip(row.cells, line[1:], strict=True):
            if isinstance(cell, Count):
                shown = number(cell.value, lang) + "*" * cell.provisional
                assert text == (f"**{shown}**" if bold else shown)


def test_markdown_tells_twins_apart_by_section() -> None:
    columns = (Column("a", "Đạt", "hộ", "Hộ"), Column("b", "Đạt", "thôn", "Thôn"))
    text = to_markdown(
        PresentationTable("T|", "", "Đơn vị", columns, (Row("a|b", 1, (Count(1), Count(2))),)), "vi"
    )
    assert "| Đơn vị | Hộ: Đạt (hộ) | Thôn: Đạt (thôn) |" in text
    assert "| \u2003a\\|b | 1 | 2 |" in text
    assert text.startswith("## T\\|\n\n")


# Workbook


def workbook(*tables: PresentationTable, lang: Language = "vi") -> bytes:
    stream = io.BytesIO()
    to_xlsx([("Biểu 01", table) for table in tables], stream, lang, {"title": "Kết quả", "author": "MTTQ"})
    return stream.getvalue()


def test_workbook_figures_are_numbers() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(TABLE)))
    sheet = book["Biểu 01"]
    names = {cell.value: cell.row for cell in sheet["A"] if cell.value}
    total, commune = names["Tỉnh Yên Bái"], names["Xã Mường Lai"]
    assert [cell.value for cell in sheet[total]] == [
        "Tỉnh Yên Bái",
        1691,
        46912,
        206318,
        176245,
        81.0,
        "×",
        "1.364/1.365",
        None,
    ]
    assert [cell.number_format for cell in sheet[total]][1:6] == [
        "#,##0",
        '#,##0"*"',
        "#,##0_*",
        '#,##0"*"',
        '#,##0.0"%""*"',
    ]
    assert [cell.value for cell in sheet[commune]][1:] == [0, "…", 1204, "…", None, 7, "11/12", "=SUM(A1)"]
    assert sheet.cell(commune, 9).data_type == "s"
    assert sheet.cell(commune, 1).alignment.indent == 2
    assert {cell.font.name for row in sheet.iter_rows() for cell in row if cell.value} == {"Times New Roman"}
    assert sheet.freeze_panes == f"B{total}"
    assert sheet.print_title_rows == f"${total - 2}:${total - 1}"
    assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "9")
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (None, 0)
    merged = {str(block) for block in sheet.merged_cells.ranges}
    assert merged == {
        f"{a}{total - 2}:{b}{total - c}"
        for a, b, c in [("A", "A", 1), ("B", "C", 2), ("D", "G", 2), ("H", "H", 1), ("I", "I", 1)]
    }
    assert sheet.cell(total - 1, 2).value == "Tổ tự quản về an ninh trật tự\n(tổ)"
    assert (
        names["* số tạm tính: còn đơn vị chưa báo cáo số liệu này, hoặc còn số liệu phải chỉnh sửa"]
        > names["Xã Minh Quân"]
    )
    assert book.properties.title == "Kết quả"
    assert book.properties.created == book.properties.modified == CREATED  # no clock in the bytes


def test_workbook_is_the_same_to_another_reader() -> None:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(workbook(TABLE))).get_sheet_by_name("Biểu 01")
    rows = {row[0]: row[1:] for row in sheet.to_python(skip_empty_area=False)}
    assert rows["Tỉnh Yên Bái"] == [1691, 46912, 206318, 176245, 81.0, "×", "1.364/1.365", ""]
    assert rows["Xã Minh Quân"] == [17, 391, 1033, 980, 94.9, "", "8/8", ""]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables(), st.sampled_from(LANGUAGES))
def test_workbook_holds_every_figure(table: PresentationTable, lang: Language) -> None:
    content = workbook(table, lang=lang)
    assert content == workbook(table, lang=lang)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    first = int(str(sheet.freeze_panes)[1:]) if sheet.freeze_panes else 1
    for index, row in enumerate(table.rows):
        for position, cell in enumerate(row.cells):
            found = sheet.cell(first + index, position + 2)
            if isinstance(cell, Count):
                assert found.value == cell.value
                assert ('"*"' in found.number_format) == cell.provisional
            elif isinstance(cell, Missing):
                assert found.value == "…"
            elif isinstance(cell, Text):
                assert found.value is None or found.data_type == "s"


def test_workbook_numbers_beyond_excels_digits_stay_whole() -> None:
    table = PresentationTable(
        "T", "", "s", (Column("a", "A"),), (Row("r", 0, (Count(1234567890123456789, provisional=True),)),)
    )
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(table))).active
    assert sheet is not None
    assert "1.234.567.890.123.456.789*" in [cell.value for cell in sheet["B"]]


def test_workbook_never_holds_formulas_links_or_what_xml_cannot() -> None:
    bad = ["=1+1", "http://example.org", "@x", "a\x00b\x1bc", "\ud800\ufffe", "x" * 40_000, "{=A1}", "  "]
    columns = (Column("a", "=A", "=u", "=s", "left"), Column("b", "http://b", "", "=t"))
    rows = tuple(Row(text, 99, (Text(text), Count(1))) for text in bad)
    table = PresentationTable("=T", "=S", "=H", columns, rows, tuple(bad), ("=N",))
    content = workbook(table, table)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if "worksheets/sheet" in name]
        assert len(sheets) == 2
        assert not any(b"<f>" in sheet or b"hyperlink" in sheet for sheet in sheets)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Biểu 01", "Biểu 01 (2)"]
    assert "a�b�c" in [cell.value for cell in book.worksheets[0]["B"]]


def test_sheet_names_follow_excels_rules() -> None:
    wanted = ["a/b:c", "A/B:C", "", "''", "History", "x" * 40, "x" * 31, "𝒳" * 31, "\x07"]
    names = sheet_names(wanted, Wording("vi"))
    assert len({name.casefold() for name in names}) == len(wanted)
    for name in names:
        assert 0 < len(name.encode("utf-16-le")) // 2 <= 31
        assert not set(name) & set("[]:*?/\\")
        assert name.strip("'") == name
        assert name.casefold() != "history"
    table = PresentationTable("T", "", "", (), ())
    stream = io.BytesIO()
    to_xlsx([(name, table) for name in wanted], stream, "vi")
    assert openpyxl.load_workbook(stream).sheetnames == names


def test_a_table_too_large_for_a_sheet_is_refused_whole(tmp_path: Path) -> None:
    columns = tuple(Column(f"c{index}", "C") for index in range(16_384))
    table = PresentationTable("T", "", "", columns, ())
    target = tmp_path / "out.xlsx"
    target.write_bytes(b"old")
    with pytest.raises(OutputError) as caught:
        write_beside(target, lambda stream: to_xlsx([("T", table)], stream, "vi"))
    assert caught.value.reason == "sheet-full"
    assert target.read_bytes() == b"old"


def test_workbook_goes_through_the_safe_writer(tmp_path: Path) -> None:
    target = tmp_path / "kết quả.xlsx"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        write_beside(target, lambda stream: to_xlsx([("Biểu", TABLE)], stream, "en"))
    assert openpyxl.load_workbook(target).sheetnames == ["Biểu"]
