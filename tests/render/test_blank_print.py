"""Blank returns on paper: what stands on which page, at which scale, and who sends it to whom."""

from __future__ import annotations

import re
import shutil
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from helpers.blank_returns import fill, provenance_of
from helpers.command import run
from helpers.office import convert
from helpers.places import SAMPLES
from helpers.reading import read_folder
from helpers.returns import setup

pytestmark = pytest.mark.slow

LARGE, PAPER, HEIGHT = "04711", 10.69, 7.07
"""A commune of 26 villages; the width and the height of a landscape page between the margins, in inches."""
HEADS = 7
"""The row of the heads of columns; sections stand above, numbers below, the first unit in the row after."""


def many(count: int, section: str = "s") -> str:
    """Return measures of the village table that stand in one section."""
    return f'[[section]]\ncode = "{section}"\nlabel = {{ vi = "Mục {section}" }}\n' + "".join(
        f'[[measure]]\ncode = "{section}{place}"\nrequired = false\nsection = "{section}"\n'
        f'label = {{ vi = "Chỉ tiêu số {place} của mục {section}" }}\n'
        for place in range(count)
    )


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for 2025 as `init` writes it, with the villages of the sample."""
    folder = tmp_path_factory.mktemp("year") / "2025"
    assert run("init", folder, "--province", "Lào Cai", "--deadline", "2026-01-08").status == 0
    shutil.copy(SAMPLES / "2025" / "units.csv", folder)
    return folder


@pytest.fixture(scope="module")
def blank(year: Path) -> Path:
    """The blank return of a commune with more villages than a page takes."""
    out = year.parent / "out"
    assert run("template", year, "-o", out, "--under", LARGE, "--lang", "vi").status == 0
    return out / "nghia-tam.xlsx"


def starts_of(sheet: Worksheet, first: int = 3) -> list[int]:
    """Return the first column of each page, counted from 0, and the column after the last."""
    end = openpyxl.utils.cell.range_boundaries(sheet.print_area.partition("!")[2])[2]
    return [first, *(edge.id for edge in sheet.col_breaks.brk), end]


def width(sheet: Worksheet, first: int, after: int) -> float:
    """Return the width of columns, counted from 0, in inches at full scale: a digit has 8 pixels of 96."""
    return sum(
        group.width * 8 / 96 * max(0, min(group.max, after) - max(group.min, first + 1) + 1)
        for group in sheet.column_dimensions.values()
    )


def height(sheet: Worksheet, first: int, after: int) -> float:
    """Return the height of rows, counted from 0, in inches at full scale."""
    return sum((sheet.row_dimensions[row + 1].height or 16) / 72 for row in range(first, after))


def tables(path: Path) -> list[Worksheet]:
    return openpyxl.load_workbook(path).worksheets[1:-1]


# -- pages ---------------------------------------------------------------------------------------


def test_a_wide_form_is_parted_between_its_sections_and_read_at_eight_points(blank: Path) -> None:
    first, second, third = tables(blank)
    for sheet in (first, second):
        assert not sheet.sheet_properties.pageSetUpPr.fitToPage  # breaks would be ignored
        assert 75 <= sheet.page_setup.scale <= 100
        assert (sheet.print_title_rows, sheet.print_title_cols) == ("$6:$8", "$A:$C")
        sections = {cell.column - 1 for cell in sheet[HEADS - 1] if cell.value and cell.column > 3}
        starts = starts_of(sheet)
        assert len(starts) > 2
        assert set(starts[:-1]) <= sections
        stub = width(sheet, 0, 3)
        for begin, end in pairwise(starts):
            printed = (stub + width(sheet, begin, end)) * sheet.page_setup.scale / 100
            assert 0.85 * PAPER < printed < 0.97 * PAPER  # full, but some programs draw wider columns
    assert third.sheet_properties.pageSetUpPr.fitToPage
    assert (third.page_setup.fitToHeight, third.col_breaks.brk, third.row_breaks.brk) == (0, [], [])


def test_every_text_is_printed_with_eight_points_or_more(blank: Path) -> None:
    for sheet in openpyxl.load_workbook(blank).worksheets[:-1]:
        scale = (sheet.page_setup.scale or 75) / 100
        area = (sheet.print_area or sheet.dimensions).rpartition("!")[2].replace("$", "")
        sizes = {cell.font.sz for row in sheet[area] for cell in row if isinstance(cell.value, str)}
        assert min(sizes) * scale >= 8, sheet.title


def test_each_page_names_the_table_and_the_signatures_stand_on_the_last(blank: Path) -> None:
    sheet = tables(blank)[0]
    starts = starts_of(sheet)
    titles = [sheet.cell(3, start + 1).value for start in starts[:-1]]
    assert titles[0] == "BIỂU 01: KẾT QUẢ THEO THÔN, BẢN, TỔ DÂN PHỐ"
    assert titles[1:] == [f"{titles[0]} (tiếp theo)"] * (len(titles) - 1)
    places = {
        cell.value: cell.column - 1
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str)
    }
    assert starts[-2] <= places["NGƯỜI LẬP BIỂU"] < places["TM. BAN THƯỜNG TRỰC"] < starts[-1]
    for area in sheet.merged_cells.ranges:
        crossed = [start for start in starts[:-1] if area.min_col - 1 < start < area.max_col]
        assert crossed == [], area.coord


def test_rows_fit_their_pages_and_the_signatures_have_rows_above_them(blank: Path) -> None:
    sheet = tables(blank)[0]
    scale = sheet.page_setup.scale / 100
    edges = [HEADS + 1, *(edge.id for edge in sheet.row_breaks.brk), HEADS + 1 + 26]
    assert len(edges) == 3
    assert edges[-1] - edges[-2] >= 3
    assert height(sheet, 0, edges[1]) * scale < HEIGHT
    end = openpyxl.utils.cell.range_boundaries(sheet.print_area.partition("!")[2])[3]
    assert (height(sheet, HEADS - 2, HEADS + 1) + height(sheet, edges[1], end)) * scale < HEIGHT


def test_a_form_that_fits_one_page_stays_on_one(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    run("template", folder, "-o", tmp_path / "out", "--under", "0701")
    sheet = tables(tmp_path / "out" / "nguyen-thai-hoc.xlsx")[0]
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToHeight, sheet.print_title_cols) == (0, None)
    assert (sheet.col_breaks.brk, sheet.row_breaks.brk) == ([], [])
    assert sheet.print_area.endswith("$A$1:$E$21")  # without the column of checks


def test_only_a_section_wider_than_a_page_is_parted_and_evenly(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021", many(40, "lon"), many(4, "nho"))
    run("template", folder, "-o", tmp_path / "out", "--under", "0701", "--lang", "vi")
    sheet = tables(tmp_path / "out" / "nguyen-thai-hoc.xlsx")[0]
    heads = [str(cell.value) for cell in sheet[HEADS]]
    starts = starts_of(sheet)
    pages = [heads[begin:end] for begin, end in pairwise(starts)]
    small = next(page for page in pages if any("mục nho" in head for head in page))
    assert sum("mục nho" in head for head in small) == 4
    large = [sum("mục lon" in head for head in page) for page in pages]
    shares = [count for count in large if count]
    assert sum(shares) == 40
    assert max(shares) - min(shares) <= 2
    labels = [sheet.cell(HEADS - 1, begin + 1).value for begin, end in pairwise(starts)]
    assert labels.count("Mục lon") == len(shares)  # the label stands on each of its pages


@pytest.mark.office
def test_the_printed_pages_are_those_that_the_breaks_make(blank: Path, tmp_path: Path) -> None:
    pdf = convert(blank, "pdf", tmp_path).read_bytes()
    pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
    expected = 0
    for sheet in openpyxl.load_workbook(blank).worksheets[:-1]:
        expected += (len(sheet.col_breaks.brk) + 1) * (len(sheet.row_breaks.brk) + 1)
    assert pages == expected


# -- sender, recipient, deadline -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("sender", "file", "head"),
    [
        ("02647", "lao-cai", "ỦY BAN MTTQ VIỆT NAM\nPHƯỜNG LÀO CAI"),
        (LARGE, "nghia-tam", "ỦY BAN MTTQ VIỆT NAM\nXÃ NGHĨA TÂM"),
    ],
)
def test_it_is_headed_by_the_committee_that_sends_it(
    year: Path, tmp_path: Path, sender: str, file: str, head: str
) -> None:
    run("template", year, "-o", tmp_path, "--under", sender, "--lang", "vi")
    first, second, third = tables(tmp_path / f"{file}.xlsx")
    assert (first["A1"].value, first["A2"].value) == (head, "Tỉnh Lào Cai")
    assert second["A1"].value == head
    assert third["A1"].value == head.replace("\n", " ")  # one page has room for one line
    assert head.replace("\n", " ").casefold() in str(first.oddFooter.left.text).casefold()


def test_a_special_zone_and_a_district_have_their_committees_too(tmp_path: Path) -> None:
    assert run("init", tmp_path / "2025", "--province", "Hải Phòng").status == 0
    run("template", tmp_path / "2025", "-o", tmp_path / "out", "--lang", "vi", "--under", "11948")
    sheet = tables(tmp_path / "out" / "bach-long-vi.xlsx")[0]
    assert sheet["A1"].value == "ỦY BAN MTTQ VIỆT NAM\nĐẶC KHU BẠCH LONG VĨ"
    old = SAMPLES / "2021"
    run("template", old, "-o", tmp_path / "old", "--level", "huyện", "--under", "135", "--lang", "vi")
    sheet = tables(tmp_path / "old" / "luc-yen.xlsx")[0]
    assert (sheet["A1"].value, sheet["A2"].value) == ("ỦY BAN MTTQ VIỆT NAM HUYỆN LỤC YÊN", "Tỉnh Yên Bái")


def test_deadline_and_recipient_of_the_form_stand_on_each_sheet(blank: Path) -> None:
    book = openpyxl.load_workbook(blank)
    facts = {row[0]: row[1] for row in book["Hướng dẫn"].iter_rows(max_col=2, values_only=True)}
    committee = "Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh Lào Cai"
    assert (facts["Hạn gửi"], facts["Nơi nhận"]) == ("08/01/2026", committee)
    for sheet in book.worksheets[1:-1]:
        texts = [str(cell.value) for cell in sheet[5] if cell.value]
        assert texts[0].startswith(f"Nơi nhận: {committee}. Hạn gửi: 08/01/2026.\n")


# -- meanings ------------------------------------------------------------------------------------

MEANING = """
[[measure]]
code = "de"
label = { vi = "Số dê", en = "Goats" }
unit = { vi = "con", en = "head" }
meaning = { vi = "Số dê của các hộ trong thôn.", en = "Goats of the households of the village." }
source = { vi = "Luật Chăn nuôi", en = "the Livestock Act" }
required = false
"""


def test_the_sheet_of_instructions_says_what_each_measure_means(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021", MEANING)
    run("template", folder, "-o", tmp_path / "out", "--under", "0702", "--lang", "vi")
    sheet = openpyxl.load_workbook(tmp_path / "out" / "minh-quan.xlsx")["Hướng dẫn"]
    rows = [[cell for cell in row if cell] for row in sheet.iter_rows(values_only=True)]
    start = rows.index(["Chỉ tiêu", "Đơn vị tính", "Nội dung", "Căn cứ"])
    assert rows[start + 1 : start + 3] == [
        ["(3) Số dê", "con", "Số dê của các hộ trong thôn.", "Luật Chăn nuôi"],
        [],  # the others have no meaning
    ]
    entries = rows.index(["Chỉ tiêu", "Đơn vị tính", "Loại số liệu", "Giá trị được nhập", "Để trống"])
    assert [row[0] for row in rows[entries + 1 :]] == ["(1) Số trâu", "(2) Số bò", "(3) Số dê"]


def test_a_form_without_meanings_has_no_table_of_them(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    run("template", folder, "-o", tmp_path / "out", "--under", "0702", "--lang", "vi")
    sheet = openpyxl.load_workbook(tmp_path / "out" / "minh-quan.xlsx")["Hướng dẫn"]
    assert "Nội dung" not in [cell for row in sheet.iter_rows(values_only=True) for cell in row]


def test_the_meanings_of_the_edition_are_on_pages_with_their_heads(blank: Path) -> None:
    sheet = openpyxl.load_workbook(blank)["Hướng dẫn"]
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("portrait", 9)
    texts = [row[0] for row in sheet.iter_rows(max_col=1, values_only=True)]
    assert [text for text in texts if str(text).startswith("Nội dung từng chỉ tiêu")] == [
        f"Nội dung từng chỉ tiêu – trang tính “{title.partition(':')[0]}” ({title})"
        for title in (
            "Biểu 01: Kết quả theo thôn, bản, tổ dân phố",
            "Biểu 02: Kết quả của xã, phường, đặc khu",
            "Biểu 03: Số liệu lưu hành nội bộ của xã, phường, đặc khu",
        )
    ]
    for edge in sheet.row_breaks.brk:
        assert texts[edge.id] in ("Chỉ tiêu", None)  # the heads again, or the line above a heading
    edges = [0, *(edge.id for edge in sheet.row_breaks.brk), len(texts)]
    for first, after in pairwise(edges):
        assert height(sheet, first, after) * sheet.page_setup.scale / 100 < 11.69 - 1.4


def test_filled_in_it_is_read_without_a_finding(year: Path, blank: Path, tmp_path: Path) -> None:
    """Neither the meanings nor a deadline in the next year are taken for figures or another period."""
    folder = tmp_path / "2025"
    folder.mkdir()
    for name in ("form.toml", "units.csv"):
        shutil.copy(year / name, folder)
    made = provenance_of(blank)
    figures: dict[tuple[str, str], object] = {
        (unit, "tong_ho"): 100 for layout in made.tables if layout.table == "01" for _, unit in layout.units
    }
    path = fill(blank, folder / blank.name, figures)
    outcome = read_folder(folder, "2025")
    about = [finding for finding in outcome.findings if finding.file == path.name]
    assert {finding.code for finding in about} == {
        "F209",
        "C101",
        "P103",
    }  # blank tables, cells, equal figures
    assert outcome.sum("tong_ho", LARGE) == 2600


# -- the next command ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lang", "said"), [("vi", "báo cáo gửi về thì chép vào"), ("en", "put the returns that come back into")]
)
def test_the_command_ends_with_the_next_one(tmp_path: Path, lang: str, said: str) -> None:
    folder = setup(tmp_path / "năm 2021")
    ran = run("template", folder, "-o", tmp_path / "out", "--lang", lang)
    last = ran.stderr.splitlines()[-1]
    assert f'{said} "{folder}"' in last
    assert last.endswith(f'antq-stats status "{folder}"')
    quiet = run("template", folder, "-o", tmp_path / "out", "--lang", lang, "--quiet")
    assert (quiet.status, quiet.output) == (0, "")
