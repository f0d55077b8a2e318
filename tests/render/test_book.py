"""The year-end workbook: its sheets, its formulas in LibreOffice, withheld and provisional figures."""

from __future__ import annotations

import io
import re
import zipfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from python_calamine import CalamineWorkbook

from antq_stats.figures.aggregation import aggregate
from antq_stats.figures.publication import Publication, publish
from antq_stats.form import Measure
from antq_stats.render.book import write_book
from antq_stats.render.letterhead import letterhead
from antq_stats.render.words import unit_name
from helpers.command import run
from helpers.office import convert
from helpers.places import SAMPLES
from helpers.reading import Outcome, read_folder
from helpers.returns import FLAG, FORM, RATIO, UNITS, commune, setup, write_xlsx

pytestmark = pytest.mark.slow

CLUBS = """
[[table]]
code = "02"
level = "commune"
title = { vi = "Biểu 02: Câu lạc bộ của xã", en = "Table 02: clubs of the commune" }

[[section]]
code = "clb"
label = { vi = "Câu lạc bộ", en = "Clubs" }

[[measure]]
code = "clb_a"
table = "02"
section = "clb"
required = false
label = { vi = "CLB Đọc sách", en = "Reading clubs" }
unit = { vi = "CLB", en = "clubs" }

[[measure]]
code = "clb_b"
table = "02"
section = "clb"
required = false
label = { vi = "CLB Cờ", en = "Chess clubs" }
unit = { vi = "CLB", en = "clubs" }

[[measure]]
code = "benh"
table = "02"
required = false
sensitive = "yes"
label = { vi = "Người bệnh", en = "Patients" }
unit = { vi = "người", en = "persons" }
"""
PER_VILLAGE = """
[[ratio]]
code = "bo_moi_thon"
label = { vi = "Bò một thôn", en = "Cattle per village" }
numerator = "bo"
denominator = "units"
per = 1
decimals = 2
"""
CLUB_HEAD = ["Mã xã", "Tên xã", "CLB Đọc sách", "CLB Cờ", "Người bệnh"]


def small(folder: Path) -> Path:
    """Four communes: two villages miss a side, one commune's sensitive figure is small."""
    form = FORM.replace('code = "trau"', 'code = "trau"\ntable = "01"\nrequired = false').replace(
        'code = "bo"', 'code = "bo"\ntable = "01"\nrequired = false'
    )
    flag = FLAG.replace('code = "dien"', 'code = "dien"\ntable = "01"\nrequired = false')
    units = UNITS + "0703,Bình An,xã,commune,07\n0704,Bình Yên,xã,commune,07\n"
    setup(folder, CLUBS, flag, RATIO, PER_VILLAGE, form=form, units=units)
    head = ["Mã thôn", "Tên thôn", "Số trâu", "Số bò", "Có điện"]
    write_xlsx(folder / "a.xlsx", {"Biểu 01": commune((100, 7, 1), (None, 9, 0), (30, 0, 1), head=head)})
    write_xlsx(
        folder / "b.xlsx",
        {"Biểu 01": [head, ["070201", "Thôn 1", 12, 5, 1], ["070202", "Bản Lý", 0, None, 0]]},
    )
    rows = [CLUB_HEAD, ["0701", "Nguyễn Thái Học", 2, 1, 3], ["0702", "Minh Quân", 4, 0, 40]]
    rows += [["0703", "Bình An", 0, 0, 70], ["0704", "Bình Yên", None, 5, 90]]
    write_xlsx(folder / "c.xlsx", {"Biểu 02": rows})
    return folder


def published(outcome: Outcome, earlier: Outcome | None = None) -> Publication:
    before = None if earlier is None else aggregate(earlier.collection, earlier.findings)
    return publish(outcome.collection, outcome.findings, before)


def book(publication: Publication, path: Path, *, lang: Any = "vi", total_first: bool = True) -> Path:
    content = io.BytesIO()
    write_book(publication, letterhead(publication, lang), lang, content, total_first=total_first)
    path.write_bytes(content.getvalue())
    return path


def shown_number(publication: Publication, unit: int, column: Any) -> object:
    """What a cell holds, from the tool's own figures one by one."""
    if publication.is_withheld(unit, column.code):
        return "×"
    if isinstance(column, Measure):
        figure = publication.figure(unit, column.code)
        assert figure is not None
        return (
            None
            if not (figure.expected or figure.unlisted)
            else "…"
            if figure.value is None
            else figure.value
        )
    ratio = publication.ratio(unit, column.code)
    assert ratio is not None
    if not (ratio.expected or ratio.unlisted):
        return None
    if not ratio.given:
        return "…"
    return None if ratio.value is None else ratio.value / (100 if column.per == 100 else 1)


def differences(
    publication: Publication, path: Path, lang: str = "vi", *, total_first: bool = True
) -> tuple[int, list[str]]:
    """Compare all cells of the summary and of every level's sheet; return how many, and what differs."""
    register, root, form = publication.register, publication.root, publication.form
    read = openpyxl.load_workbook(path, data_only=True)
    compared, wrong = 0, []

    def compare(where: str, found: object, wanted: object) -> None:
        nonlocal compared
        compared += 1
        same = (
            abs(Fraction(found) - wanted) <= Fraction(1, 10**12) * max(1, wanted)
            if isinstance(wanted, Fraction) and isinstance(found, int | float)
            else found == wanted or (wanted is None and found in (None, ""))
        )
        if not same:
            wrong.append(f"{where}: {found!r} for {wanted!r}")

    labels = {column.label.say(lang): column for column in publication.columns}
    sheet = read.worksheets[0]
    seen = set()
    for row in sheet.iter_rows(values_only=True):
        if row[1] in labels and isinstance(row[0], int):
            seen.add(labels[row[1]].code)
            compare(f"summary {row[1]}", row[3], shown_number(publication, root, labels[row[1]]))
    assert seen == {column.code for column in publication.columns}
    top = register.units.levels[root]
    sheets = iter(read.worksheets[1:])
    for level in range(top + 1, len(register.levels)):
        units = [
            unit
            for unit in register.tree_order.tolist()
            if unit != root and register.expected(level)[unit] and register.expected(top)[unit] == 0
        ]
        units = [root, *units] if total_first else [*units, root]
        sheet = next(sheets)
        rows = list(sheet.iter_rows(values_only=True))
        at = next(place for place, row in enumerate(rows) if row[:2] == ("A", "B"))
        heads = {}
        for place in range(2, len(rows[at])):
            words = rows[at - 1][place] or rows[at - 2][place]
            if words:
                heads[place] = labels[re.sub(r"\n\(.*\)$", "", words, flags=re.DOTALL)]
        assert heads
        for unit, row in zip(units, rows[at + 1 :], strict=False):
            name = row[1]
            assert unit == root or name == unit_name(register, unit)
            for place, column in heads.items():
                compare(
                    f"{sheet.title} {name} {column.code}", row[place], shown_number(publication, unit, column)
                )
        absent = {c.code for c in publication.columns} - {c.code for c in heads.values()}
        for code in absent:  # a column is left out only where nothing may be or is to be shown
            column = next(c for c in publication.columns if c.code == code)
            own = [unit for unit in units if register.units.levels[unit] == level]
            assert {shown_number(publication, unit, column) for unit in own} <= {None, "×"}, code
    assert form
    return compared, wrong


@pytest.mark.office
@pytest.mark.parametrize("name", ["2021", "2021-messy"])
def test_recalculated_by_another_program_every_cell_is_the_tools_own_figure(
    name: str, tmp_path: Path
) -> None:
    publication = published(read_folder(SAMPLES / name, period=name))
    path = book(publication, tmp_path / "book.xlsx")
    stored = differences(publication, path)
    again = differences(publication, convert(path, "xlsx", tmp_path / "again"))
    assert stored[1] == []
    assert again[1] == []
    assert again[0] > 5000 if name == "2021" else again[0] > 1000


@pytest.mark.office
@pytest.mark.parametrize("total_first", [True, False])
def test_one_sided_withheld_and_missing_figures_recalculate_too(total_first: bool, tmp_path: Path) -> None:
    publication = published(read_folder(small(tmp_path / "in")))
    path = book(publication, tmp_path / "book.xlsx", total_first=total_first)
    again = convert(path, "xlsx", tmp_path / "again")
    for each in (path, again):
        compared, wrong = differences(publication, each, total_first=total_first)
        assert wrong == []
        assert compared > 40


def formulas(path: Path, sheet: int) -> dict[str, str]:
    """Formulas of a sheet by address."""
    page = openpyxl.load_workbook(path).worksheets[sheet]
    return {
        cell.coordinate: cell.value
        for row in page.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and cell.data_type == "f"
    }


def sums(path: Path, sheet: int) -> list[str]:
    return [formula for formula in formulas(path, sheet).values() if "SUM(" in formula]


def test_a_total_is_a_sum_over_the_cells_of_the_units_directly_under_it(tmp_path: Path) -> None:
    publication = published(read_folder(small(tmp_path / "in")))
    path = book(publication, tmp_path / "book.xlsx")
    names = openpyxl.load_workbook(path).sheetnames
    assert names[:3] == ["Tổng hợp", "Theo xã", "Theo thôn"] or names[1] == "Theo xã"
    assert any(f.startswith("=SUM('Theo xã'!") for f in sums(path, 0))
    communes = sums(path, 1)
    assert any(f.startswith(f"=SUM('{names[2]}'!") for f in communes), "a commune's is over its villages"
    assert any("!" not in f for f in communes), "the total is over the communes of the same sheet"


def test_a_withheld_figure_is_nowhere_and_no_sum_stands_over_it(tmp_path: Path) -> None:
    publication = published(read_folder(small(tmp_path / "in")))
    assert publication.is_withheld(publication.register.units.by_code["0701"], "benh")
    path = book(publication, tmp_path / "book.xlsx")
    live = openpyxl.load_workbook(path)
    [total] = [row[3] for row in live.worksheets[0].iter_rows() if row[1].value == "Người bệnh"]
    rows = list(live.worksheets[1].iter_rows())
    at = next(place for place, row in enumerate(rows) if row[0].value == "A")
    column = next(place for place, cell in enumerate(rows[at - 2]) if "Người bệnh" in str(cell.value))
    values = [total, *(row[column] for row in rows[at + 1 : at + 6])]
    assert "×" in [cell.value for cell in values]
    assert all(cell.data_type != "f" for cell in values)
    assert 3 not in [cell.value for cell in values]
    assert {70, 90} & {cell.value for cell in values}


def test_provisional_figures_are_numbers_with_a_mark_and_final_ones_carry_none(tmp_path: Path) -> None:
    folder = setup(tmp_path / "in")
    write_xlsx(folder / "a.xlsx", commune())
    open_path = book(published(read_folder(folder)), tmp_path / "open.xlsx")
    write_xlsx(folder / "b.xlsx", [*commune()[:1], ["070201", "Thôn 1", 4, 2], ["070202", "Bản Lý", 5, 3]])
    final = published(read_folder(folder))
    assert not final.is_provisional
    final_path = book(final, tmp_path / "final.xlsx")
    marked = [
        cell
        for page in openpyxl.load_workbook(open_path, data_only=True)
        for row in page.iter_rows()
        for cell in row
        if cell.number_format.endswith('"*"')
    ]
    assert marked
    assert all(isinstance(cell.value, int | float) and cell.font.italic for cell in marked)
    words = {
        str(c.value) for page in openpyxl.load_workbook(open_path) for row in page.iter_rows() for c in row
    }
    assert "SỐ LIỆU TẠM TÍNH" in words
    with zipfile.ZipFile(final_path) as archive:
        everything = "".join(
            archive.read(n).decode()
            for n in archive.namelist()
            if re.match(r"xl/(worksheets/|shared|styles)", n)
        )
    assert "TẠM TÍNH" not in everything
    assert "&quot;*&quot;" not in everything


def test_the_same_input_gives_the_same_bytes_marked_as_the_tools_own(tmp_path: Path) -> None:
    folder = small(tmp_path / "in")
    before = read_folder(folder)
    first = book(published(before), tmp_path / "a.xlsx")
    again = book(published(read_folder(folder)), folder / "tong-hop.xlsx")
    assert first.read_bytes() == again.read_bytes()
    outcome = read_folder(folder)
    assert outcome.passed_over == before.passed_over + 1
    assert outcome.sum("bo") == before.sum("bo") == 21


def test_text_that_begins_like_a_formula_stays_text(tmp_path: Path) -> None:
    units = (
        "code,name,type,level,parent\n07,=1+1,,province,\n0701,@cmd <&>,,commune,07\n"
        "070101,=HYPERLINK(A1) _x0041_,,village,0701\n"
    )
    folder = setup(tmp_path / "in", form=FORM.replace("Số bò", "=Số 'bò' & ]"), units=units)
    write_xlsx(folder / "=a & b.xlsx", [["Mã thôn", "Số trâu", "=Số 'bò' & ]"], ["070101", 4, 2]])
    path = book(published(read_folder(folder)), tmp_path / "book.xlsx")
    pages = openpyxl.load_workbook(path).worksheets
    found = {str(c.value): c.data_type for page in pages for row in page.iter_rows() for c in row if c.value}
    assert {found[name] for name in ("@cmd <&>", "=Số 'bò' & ]", "=a & b.xlsx")} <= {"s", "inlineStr"}
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(2).to_python()
    assert "=HYPERLINK(A1) _x0041_" in [row[1] for row in rows if len(row) > 1]


def test_last_years_figures_stand_beside_with_the_change(tmp_path: Path) -> None:
    then = setup(tmp_path / "2020", RATIO)
    now = setup(tmp_path / "2021", RATIO)
    for folder, trau in ((then, 10), (now, 15)):
        rows = commune(*[(trau, 1)] * 3)
        write_xlsx(folder / "a.xlsx", rows)
        write_xlsx(folder / "b.xlsx", [rows[0], ["070201", "Thôn 1", trau, 1], ["070202", "Bản Lý", trau, 1]])
    earlier = read_folder(then, period="2020")
    path = book(published(read_folder(now), earlier), tmp_path / "book.xlsx", lang="en")
    rows = {
        row[1]: row
        for row in openpyxl.load_workbook(path, data_only=True).worksheets[0].iter_rows(values_only=True)
    }
    assert rows["Buffaloes"][3:7] == (75, 50, 25, 0.5)
    assert rows["Share of cattle"][4] == pytest.approx(0.1)
    assert rows["Share of cattle"][5] == pytest.approx(100 * (5 / 75 - 0.1))  # percentage points


def test_the_form_of_the_sheets(tmp_path: Path) -> None:
    """Heads of two rows and their numbers, frozen and repeated; outline; names; charts; A4 landscape."""
    publication = published(read_folder(SAMPLES / "2021-messy", period="2021"))
    path = book(publication, tmp_path / "book.xlsx")
    read = openpyxl.load_workbook(path)
    communes, villages = read.worksheets[2], read.worksheets[3]
    for page in (communes, villages):
        assert page.page_setup.orientation == "landscape"
        assert page.page_setup.paperSize == 9
        assert page.freeze_panes is not None
        assert page.print_title_rows is not None
        assert page.print_area
        assert page.merged_cells.ranges
    levels = {villages.row_dimensions[row].outlineLevel for row in range(1, villages.max_row + 1)}
    assert levels == {0, 1, 2}
    numbers = [
        row[0] for row in communes.iter_rows(values_only=True) if row[1] and row[0] not in (None, "A", "STT")
    ]
    assert numbers[:4] == ["I", 1, 2, 3]
    assert "II" in numbers
    assert "total.tong_ho" in read.defined_names
    with zipfile.ZipFile(path) as archive:
        assert sum(name.startswith("xl/charts/chart") for name in archive.namelist()) >= 5
    assert {page.cell(1, 1).font.name for page in read.worksheets[:4]} == {"Times New Roman"}


@pytest.mark.slow
def test_the_bars_of_many_communes_have_room_in_a_chart(tmp_path: Path) -> None:
    """Of 99 communes a ranking shows both ends and says so; bars of all would overlap."""
    path = book(published(read_folder(SAMPLES / "2025", period="2025")), tmp_path / "book.xlsx", lang="en")
    with zipfile.ZipFile(path) as archive:
        charts = [
            archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/charts/chart")
        ]
    bars = [chart for chart in charts if "<c:barDir" in chart]
    assert len(bars) >= 5
    for chart in bars:
        first, last = re.findall(r"<c:cat>.*?\$(\d+):.*?\$(\d+)</c:f>", chart)[0]
        assert int(last) - int(first) < 27
    (ranking,) = [chart for chart in bars if "Share of households registered:" in chart]
    assert "the 13 highest and the 13 lowest" in ranking


def test_a_long_sheet_prints_folded_and_loses_no_row(tmp_path: Path) -> None:
    path = book(published(read_folder(SAMPLES / "2021", period="2021")), tmp_path / "book.xlsx")
    villages = openpyxl.load_workbook(path).worksheets[3]
    rows = [row for row in range(1, villages.max_row + 1) if villages.row_dimensions[row].hidden]
    levels = [villages.row_dimensions[row].outlineLevel for row in rows]
    assert (levels.count(1), levels.count(2)) == (173, 1365)
    assert all(villages.cell(row, 3).value is not None for row in rows)


def test_a_bodys_name_has_half_the_width_of_what_it_stands_over_and_is_never_cut(tmp_path: Path) -> None:
    path = book(published(read_folder(SAMPLES / "2021-messy", period="2021")), tmp_path / "book.xlsx")
    for page in openpyxl.load_workbook(path).worksheets[:4]:
        cells = [merged for merged in page.merged_cells.ranges if merged.min_row == 1]
        left, right = sorted(cells, key=lambda merged: merged.min_col)
        widths = [
            sum(page.column_dimensions[get_column_letter(column)].width for column in columns)
            for columns in (
                range(left.min_col, left.max_col + 1),
                range(right.min_col, right.max_col + 1),
            )
        ]
        assert widths[0] >= 0.42 * sum(widths), page.title
        for merged in (left, right):
            assert page.cell(1, merged.min_col).alignment.shrink_to_fit, page.title


def test_the_command_writes_it_and_a_folder_of_one_level_too(tmp_path: Path) -> None:
    done = run("report", small(tmp_path / "in"), "-o", tmp_path / "out.xlsx", "--lang", "en")
    assert done.status == 0, done.output
    assert openpyxl.load_workbook(tmp_path / "out.xlsx").sheetnames[0] == "Summary"
    flat = "code,name,type,level,parent\n07,Hà Trung,tỉnh,province,\n"
    folder = setup(
        tmp_path / "flat", form=FORM.replace('level = "village"', 'level = "province"'), units=flat
    )
    write_xlsx(folder / "a.xlsx", [["Mã", "Tên đơn vị", "Số trâu", "Số bò"], ["07", "Hà Trung", 3, 4]])
    done = run("report", folder, "-o", tmp_path / "flat.xlsx")
    assert done.status == 0, done.output
    first = openpyxl.load_workbook(tmp_path / "flat.xlsx").worksheets[0]
    assert 3 in [row[3] for row in first.iter_rows(values_only=True)]


def test_a_folder_without_returns_gives_a_workbook_that_says_so(tmp_path: Path) -> None:
    path = book(published(read_folder(setup(tmp_path / "in"))), tmp_path / "book.xlsx")
    words = {
        str(cell.value) for page in openpyxl.load_workbook(path) for row in page.iter_rows() for cell in row
    }
    assert {"SỐ LIỆU TẠM TÍNH", "chưa báo cáo"} <= words


def test_units_that_skip_a_level_are_added_too(tmp_path: Path) -> None:
    units = UNITS.replace("070103,Thôn Nguyễn Phúc,,village,0701", "0799,Nông trường,,village,07")
    folder = setup(tmp_path / "in", RATIO, units=units)
    write_xlsx(folder / "a.xlsx", commune(villages=(("070101", "Thôn 1"), ("0799", "Nông trường"))))
    publication = published(read_folder(folder))
    path = book(publication, tmp_path / "book.xlsx")
    assert differences(publication, path)[1] == []
    assert any(f.count("!") > 1 for f in sums(path, 0))


def test_a_form_of_many_columns_goes_over_several_pages(tmp_path: Path) -> None:
    more = "".join(
        f'[[measure]]\ncode = "m{place}"\nrequired = false\nlabel = {{ vi = "Chỉ tiêu số {place}" }}\n'
        for place in range(40)
    )
    folder = setup(tmp_path / "in", more)
    head = ["Mã thôn", "Tên thôn", "Số trâu", "Số bò", *(f"Chỉ tiêu số {place}" for place in range(40))]
    write_xlsx(folder / "a.xlsx", [head, ["070101", "Thôn 1", *range(42)]])
    publication = published(read_folder(folder))
    path = book(publication, tmp_path / "book.xlsx")
    page = openpyxl.load_workbook(path).worksheets[2]
    assert len(page.col_breaks.brk) >= 2
    assert page.print_title_cols == "$A:$B"
    assert page.page_setup.scale >= 50
    assert differences(publication, path)[1] == []
