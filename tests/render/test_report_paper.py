"""The report in Word on paper: pages, sections, and the tables that an office attaches."""

from __future__ import annotations

import re
from pathlib import Path

import docx
import pytest
from docx.enum.section import WD_ORIENT

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
