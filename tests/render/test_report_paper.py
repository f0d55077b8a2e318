"""The report on paper: pages and sections in Word, the tables that an office attaches, sheets in print."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.enum.section import WD_ORIENT
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from helpers.command import run
from helpers.office import needs_pdftoppm, pictures
from helpers.places import SAMPLES

pytestmark = pytest.mark.slow

HEAD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}tblHeader"
WHOLE_ROW = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}cantSplit"


def report(folder: Path, target: Path, *options: object) -> Path:
    made = run("report", folder, "-o", target, "--lang", "vi", *options)
    assert target.exists(), made.output
    return target


@pytest.fixture(scope="module")
def of_2025(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return report(SAMPLES / "2025", tmp_path_factory.mktemp("2025") / "bao-cao.docx")


@pytest.fixture(scope="module")
def of_2021(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return report(SAMPLES / "2021", tmp_path_factory.mktemp("2021") / "bao-cao.docx")


def test_the_prose_stands_upright_and_the_tables_of_units_lie(of_2025: Path, of_2021: Path) -> None:
    for path in (of_2025, of_2021):
        upright, lying = docx.Document(str(path)).sections
        assert (upright.orientation, lying.orientation) == (WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE)
        assert (round(lying.page_width.mm), round(lying.page_height.mm)) == (297, 210)
        assert upright.different_first_page_header_footer
        assert not lying.different_first_page_header_footer  # its first page has its number


def test_heads_are_repeated_and_rows_stay_whole_and_legible(of_2025: Path) -> None:
    tables = docx.Document(str(of_2025)).tables[2:]
    for table in tables:
        assert next(table._tbl.iter(HEAD), None) is not None  # noqa: SLF001 - python-docx has no other way
        for row in table.rows:
            assert next(row._tr.iter(WHOLE_ROW), None) is not None  # noqa: SLF001
    sizes = {run.font.size.pt for table in tables for cell in table.rows[-1].cells
             for paragraph in cell.paragraphs for run in paragraph.runs}  # fmt: skip
    assert min(sizes) >= 8.5


def test_ninety_nine_communes_have_their_leading_figures_and_the_rest_is_said_to_be_elsewhere(
    of_2025: Path,
) -> None:
    document = docx.Document(str(of_2025))
    overall, *by_unit = document.tables[2:]
    assert len(by_unit) == 2
    for table in by_unit:
        names = [row.cells[0].text for row in table.rows if "tblHeader" not in row._tr.xml]  # noqa: SLF001
        assert (names[0], len(names)) == ("Tỉnh Lào Cai", 100)
    heads = " ".join(cell.text for table in by_unit for cell in table.rows[1].cells)
    assert "Tỷ lệ hộ gia đình văn hóa" in heads
    assert "Tỷ lệ xã, phường, đặc khu không ma túy" not in heads  # of one commune that is yes or no
    assert "Mắt camera" not in heads
    assert "Mắt camera an ninh" in {row.cells[0].text for row in overall.rows}
    notes = [paragraph.text for paragraph in document.paragraphs if "bảng tính (tệp .xlsx)" in paragraph.text]
    assert len(notes) == 1


def test_few_units_have_all_their_figures(of_2021: Path) -> None:
    document = docx.Document(str(of_2021))
    overall, *by_unit = document.tables[2:]
    measures = {row.cells[0].text for row in overall.rows if row.cells[0].text != row.cells[1].text}
    heads = {re.sub(r" \([^()]*\)$", "", cell.text) for table in by_unit for cell in table.rows[1].cells}
    assert measures - {"Chỉ tiêu"} == heads - {"Đơn vị"}
    assert not any("bảng tính" in paragraph.text for paragraph in document.paragraphs)


def test_a_template_in_portrait_gets_tables_of_its_width(tmp_path: Path) -> None:
    template = docx.Document()
    section = template.sections[0]
    template.add_paragraph("{%p for table in tables %}")
    template.add_paragraph("{{p table.body }}")
    template.add_paragraph("{%p endfor %}")
    template.save(str(tmp_path / "mau.docx"))
    made = report(SAMPLES / "2021", tmp_path / "a.docx", "--template", tmp_path / "mau.docx")
    room = section.page_width - section.left_margin - section.right_margin
    tables = docx.Document(str(made)).tables
    assert len(tables) > 3
    for table in tables:
        assert sum(column.width for column in table.columns) <= room + 10_000


def test_a_year_without_returns_is_told_in_a_few_words(tmp_path: Path) -> None:
    folder = tmp_path / "2025"
    folder.mkdir()
    (folder / "units.csv").write_bytes((SAMPLES / "2025" / "units.csv").read_bytes())
    assert run("template", folder, "-o", tmp_path / "blank", "--lang", "vi").status == 0
    blank = next((tmp_path / "blank").glob("a-mu-sung*"))
    (folder / blank.name).write_bytes(blank.read_bytes())
    text = report(folder, tmp_path / "a.md").read_text(encoding="utf-8")
    assert "chưa có số liệu năm 2025 của đơn vị nào (0/99 xã, phường" in text
    assert "Đã nhận báo cáo của xã A Mú Sung, nhưng chưa đọc được hoặc chưa điền số liệu." in text
    assert "SỐ LIỆU TẠM TÍNH" in text
    assert not re.search(r"^##|^\||Tổng số hộ", text, re.MULTILINE)
    document = docx.Document(str(report(folder, tmp_path / "a.docx")))
    assert (len(document.sections), len(document.tables)) == (1, 2)  # letterhead and signature
    assert run("check-text", tmp_path / "a.docx", folder, "--lang", "vi").status in (0, 1)


@needs_pdftoppm
@pytest.mark.office
def test_it_has_no_more_pages_than_an_office_attaches(of_2025: Path, of_2021: Path, tmp_path: Path) -> None:
    assert 10 <= len(pictures(of_2025, tmp_path / "2025")) <= 16
    assert 4 <= len(pictures(of_2021, tmp_path / "2021")) <= 6


# -- the workbook ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def book_of_2025(tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    path = report(SAMPLES / "2025", tmp_path_factory.mktemp("book") / "bao-cao.xlsx")
    return openpyxl.load_workbook(path)


@pytest.fixture(scope="module")
def book_of_2021(tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    path = report(SAMPLES / "2021", tmp_path_factory.mktemp("book") / "bao-cao.xlsx")
    return openpyxl.load_workbook(path)


def signed(sheet: Worksheet) -> int:
    """The first row of the signatures, 0 for none."""
    found = [row for row in range(1, sheet.max_row + 1) for column in range(1, 9)
             if sheet.cell(row, column).value == "NGƯỜI LẬP BIỂU"]  # fmt: skip
    return found[0] if found else 0


def test_the_signatures_have_figures_on_their_page(book_of_2025: Workbook, book_of_2021: Workbook) -> None:
    """Excel ignores breaks on a sheet fitted to pages: breaks and a fit never stand together."""
    broken = 0
    for sheet in (*book_of_2025.worksheets, *book_of_2021.worksheets):
        breaks = [mark.id for mark in sheet.row_breaks.brk]
        if not signed(sheet):
            continue
        if not breaks:
            fits = sheet.sheet_properties.pageSetUpPr
            assert sheet.col_breaks.brk or (fits is not None and fits.fitToPage), sheet.title
            continue
        broken += 1
        fitted = sheet.sheet_properties.pageSetUpPr
        assert fitted is None or not fitted.fitToPage, sheet.title
        assert sheet.page_setup.scale >= 50
        last = [sheet.cell(row, 2).value for row in range(breaks[-1] + 1, signed(sheet))]
        assert sum(value is not None for value in last) >= 5, sheet.title
    assert broken >= 4


def test_no_head_of_a_section_takes_more_than_three_lines(book_of_2025: Workbook) -> None:
    communes = book_of_2025.worksheets[1]
    row = next(row for row in range(1, 20) if communes.cell(row, 1).value == "STT")
    assert communes.row_dimensions[row].height <= 3 * 16 + 3
    for column in range(3, communes.max_column + 1):
        head = communes.cell(row, column).value
        merged = [
            each for each in communes.merged_cells.ranges if (each.min_row, each.min_col) == (row, column)
        ]
        if head and not merged:  # a section of one column
            assert communes.column_dimensions[get_column_letter(column)].width >= len(head) / 3


def test_a_section_that_goes_over_pages_has_its_head_on_each(book_of_2025: Workbook) -> None:
    communes = book_of_2025.worksheets[1]
    row = next(row for row in range(1, 20) if communes.cell(row, 1).value == "STT")
    heads = [communes.cell(row, mark.id + 1).value for mark in communes.col_breaks.brk]
    assert len(heads) >= 4
    assert all(heads)
    assert len({head for head in heads if "An toàn" in head}) == 1


def test_the_list_of_sources_is_in_the_workbook_but_not_in_print(book_of_2021: Workbook) -> None:
    method = book_of_2021["Phương pháp"]
    words = {cell.value: cell.row for column in method.iter_cols() for cell in column if cell.value}
    last = int(re.findall(r"\d+$", method.print_area)[0])
    assert last < words["Tệp nguồn"]
    assert method.max_row - words["Tệp nguồn"] == len(list((SAMPLES / "2021").rglob("*.xlsx")))
    assert any(row <= last and "không in" in str(value) for value, row in words.items())


def test_a_sheet_of_villages_prints_no_communes_that_their_own_sheet_prints(
    book_of_2025: Workbook, book_of_2021: Workbook
) -> None:
    shown = [
        [row for row in range(10, signed(sheet)) if not sheet.row_dimensions[row].hidden
         and sheet.cell(row, 2).value and sheet.cell(row, 3).value is not None]
        for sheet in (book_of_2025.worksheets[2], book_of_2021.worksheets[3])
    ]  # fmt: skip
    assert len(shown[0]) <= 2  # the total, and the numbers of the columns
    assert len(shown[1]) >= 10  # the total and nine districts
    levels = Counter(dim.outlineLevel for dim in book_of_2025.worksheets[2].row_dimensions.values())
    assert (levels[1], levels[2]) == (99, 2400)


def test_every_line_of_a_letterhead_has_its_height_and_width(tmp_path: Path) -> None:
    """A narrow table is made as wide as its letterhead needs: Excel cuts what does not fit."""
    folder = tmp_path / "2021"
    folder.mkdir()
    (folder / "units.csv").write_text(
        "code,name,type,level,parent\n1,Sông Lam,tỉnh,province,\n11,An,xã,commune,1\n", encoding="utf-8"
    )
    (folder / "form.toml").write_text(
        '[form]\nid = "a"\nversion = "2021"\ntitle = { vi = "Kết quả trồng cây" }\n'
        '[[table]]\ncode = "01"\nlevel = "commune"\ntitle = { vi = "Biểu 01" }\n'
        '[[measure]]\ncode = "cay"\nlabel = { vi = "Cây" }\n',
        encoding="utf-8",
    )
    (folder / "a.csv").write_text("code,cay\n11,5\n", encoding="utf-8")
    sheet = openpyxl.load_workbook(report(folder, tmp_path / "a.xlsx")).worksheets[1]
    widths = {letter: each.width for letter, each in sheet.column_dimensions.items()}
    for merged in sheet.merged_cells.ranges:
        cell = sheet.cell(merged.min_row, merged.min_col)
        if merged.min_row == merged.max_row and cell.value:
            room = sum(
                widths[get_column_letter(place)] for place in range(merged.min_col, merged.max_col + 1)
            )
            lines = -(-len(str(cell.value)) * cell.font.sz / 12 // room)
            height = sheet.row_dimensions[merged.min_row].height or 15.75
            assert height >= 1.2 * cell.font.sz * lines, cell.value


@needs_pdftoppm
@pytest.mark.office
def test_the_workbook_of_ninety_nine_communes_prints_on_some_fifty_pages(tmp_path: Path) -> None:
    path = report(SAMPLES / "2025", tmp_path / "bao-cao.xlsx")
    assert len(pictures(path, tmp_path / "pages")) < 60


# -- the page ----------------------------------------------------------------------------------


def test_a_wide_range_is_told_once_where_the_coverage_is(tmp_path: Path) -> None:
    page = report(SAMPLES / "2021-messy", tmp_path / "a.html").read_text(encoding="utf-8")
    visible = page.partition('<script type="application/json"')[0]
    first, _, rest = visible.partition('<h2 id="whole">')
    coverage = rest.partition('<h2 id="coverage">')[2].partition('<h2 id="findings">')[0]
    ranges = re.findall(r"<dd>(có thể từ [^<]*)</dd>", coverage)
    assert "có thể từ 162 đến 12.162" in ranges
    for words in ranges:
        assert words not in first
        assert visible.count(words) == 1


def test_a_page_with_all_returns_has_no_ranges_and_prints_no_list_of_complete_units(tmp_path: Path) -> None:
    page = report(SAMPLES / "2025", tmp_path / "a.html").read_text(encoding="utf-8")
    assert "có thể từ" not in page.partition('<script type="application/json"')[0]
    assert page.count('<tr class="complete">') == 99
    assert "99 đơn vị đã báo cáo đủ không in trong bảng này." in page
    assert re.search(r"\.lacking \.complete \{ display: none", page)
    few = report(SAMPLES / "2021", tmp_path / "b.html").read_text(encoding="utf-8")
    assert "không in trong bảng này" not in few
