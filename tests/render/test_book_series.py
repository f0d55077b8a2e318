"""The workbook over several periods: the figures side by side, the lines with their gaps, and the method."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from helpers.command import run
from helpers.office import convert
from helpers.places import SAMPLES
from helpers.returns import write_csv

pytestmark = pytest.mark.slow

FIGURES, MOVES, METHOD = "Over the periods", "Changes over the periods", "Method"
FORM = """
[form]
id = "giong"
version = "3"
title = { vi = "Gieo trồng", en = "Planting" }

[[table]]
code = "01"
level = "commune"
title = { vi = "Biểu 01: Gieo trồng theo xã", en = "Table 01: planting by commune" }

[[section]]
code = "dan"
label = { vi = "Đàn gia súc", en = "Livestock" }

[[measure]]
code = "trau"
section = "dan"
label = { vi = "Số trâu", en = "Buffaloes" }
unit = { vi = "con", en = "head" }
required = false

[[measure]]
code = "bo"
section = "dan"
label = { vi = "Số bò", en = "Cattle" }
unit = { vi = "con", en = "head" }
required = false
break = { date = 2020-06-30, act = { vi = "Thông tư 1", en = "Circular 1" } }

[[measure]]
code = "benh"
section = "dan"
label = { vi = "Người bệnh", en = "Patients" }
unit = { vi = "người", en = "persons" }
sensitive = "small"
protect = { below = 5 }
required = false

[[ratio]]
code = "ty_le_bo"
section = "dan"
label = { vi = "Tỷ lệ bò", en = "Share of cattle" }
numerator = "bo"
denominator = "trau"
decimals = 1
"""
COMMUNES = ("0701", "0702", "0703")
UNITS = "code,name,type,level,parent\n07,Hà Trung,tỉnh,province,\n" + "".join(
    f"{code},Xã số {place},xã,commune,07\n" for place, code in enumerate(COMMUNES, start=1)
)
HEAD = ["Mã đơn vị", "Tên đơn vị", "Số trâu", "Số bò", "Người bệnh"]
Figures = Mapping[str, Sequence[object]]
"""Commune -> buffaloes, cattle, patients."""


def _year(folder: Path, figures: Figures, units: str = UNITS) -> Path:
    folder.mkdir(parents=True)
    (folder / "form.toml").write_text(FORM, encoding="utf-8")
    (folder / "units.csv").write_text(units, encoding="utf-8")
    write_csv(folder / "a.csv", [HEAD, *([code, "", *own] for code, own in figures.items())])
    return folder


def _alike(place: int) -> Figures:
    return {code: (100 + 10 * place + at, 40 + place + at, 20 + at) for at, code in enumerate(COMMUNES)}


def _years(place: Path, *years: str) -> list[Path]:
    return [_year(place / year, _alike(at)) for at, year in enumerate(years)]


def _report(folders: Sequence[Path], path: Path) -> Path:
    *before, now = folders
    earlier = [part for folder in before for part in ("--with", folder)]
    done = run("report", now, *earlier, "-o", path)
    assert done.status in (0, 1), done.output
    assert path.is_file(), done.output
    return path


def _rows(sheet: Worksheet) -> list[tuple[Any, ...]]:
    return [tuple(cell.value for cell in row) for row in sheet.iter_rows()]


def _lines(path: Path, sheet: str = FIGURES, *, formulas: bool = False) -> list[tuple[Any, ...]]:
    return _rows(openpyxl.load_workbook(path, data_only=not formulas)[sheet])


def _of(rows: Sequence[tuple[Any, ...]], name: str) -> list[tuple[Any, ...]]:
    """The figures of the rows of a measure, an area each."""
    return [row[2:] for row in rows if isinstance(row[0], int) and row[1] == name]


def _words(path: Path, sheet: str = FIGURES) -> list[str]:
    return [value for row in _lines(path, sheet) for value in row if isinstance(value, str)]


@dataclass
class Drawn:
    """A series of a line chart, as its XML says."""

    name: str
    values: list[object]
    axis: list[object]
    colour: str


@dataclass
class LineChart:
    """A line chart, as its XML says."""

    title: str
    series: list[Drawn]
    blanks: str
    no_entry: list[int]
    """The series without an entry in the legend."""


_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"


def _charts(path: Path) -> list[LineChart]:
    """The line charts of a workbook, with what the cells hold that their series refer to."""
    book = openpyxl.load_workbook(path, data_only=True)

    def cells(element: ET.Element, kind: str) -> list[object]:
        [formula] = [each.text or "" for each in element.iterfind(f".//{_CHART}{kind}//{_CHART}f")]
        name, _, area = formula.rpartition("!")
        return [cell.value for row in book[name.strip("'")][area.replace("$", "")] for cell in row]

    found = []
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if re.fullmatch(r"xl/charts/chart\d+\.xml", name)]
        for name in sorted(names, key=lambda name: int(re.sub(r"\D", "", name))):
            tree = ET.fromstring(archive.read(name))  # noqa: S314 - written by the test
            lines = tree.find(f".//{_CHART}lineChart")
            if lines is None:
                continue
            title = tree.find(f".//{_CHART}title")
            assert title is not None
            series = []
            for each in lines.iterfind(f"{_CHART}ser"):
                [reference] = [one.text or "" for one in each.iterfind(f"{_CHART}tx//{_CHART}f")]
                sheet, _, cell = reference.rpartition("!")
                colour = each.find(f"{_CHART}spPr/{_DRAWING}ln//{_DRAWING}srgbClr")
                series.append(
                    Drawn(
                        str(book[sheet.strip("'")][cell.replace("$", "")].value),
                        cells(each, "val"), cells(each, "cat"),
                        "" if colour is None else colour.attrib["val"],
                    )
                )  # fmt: skip
            entries = tree.iterfind(f".//{_CHART}legendEntry/{_CHART}idx")
            [blanks] = [each.attrib["val"] for each in tree.iter(f"{_CHART}dispBlanksAs")]
            text = "".join(each.text or "" for each in title.iter(f"{_DRAWING}t"))
            found.append(LineChart(text, series, blanks, [int(each.attrib["val"]) for each in entries]))
    return found


# -- the samples ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of 2021 beside 2020."""
    return _report([SAMPLES / "2020", SAMPLES / "2021"], tmp_path_factory.mktemp("two") / "two.xlsx")


@pytest.fixture(scope="module")
def reform(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of 2025 beside 2020 and 2021, over the reform of communes."""
    folders = [SAMPLES / year for year in ("2020", "2021", "2025")]
    return _report(folders, tmp_path_factory.mktemp("reform") / "reform.xlsx")


def test_two_years_stand_side_by_side_without_a_line(two: Path) -> None:
    names = openpyxl.load_workbook(two).sheetnames
    assert names[names.index("Coverage") + 1 :][:2] == [FIGURES, MOVES]
    rows = _lines(two)
    heads = next(row for row in rows if row[0] == "No.")
    assert heads[2:] == ("2020", "2021", "Note")
    assert _of(rows, "Households (households)") == [(214642, 217046, None)]
    [ratio] = _of(rows, "Share of all households that achieved it (%)")
    assert ratio[:2] == (pytest.approx(0.789, abs=0.0005), pytest.approx(0.812, abs=0.0005))
    assert _charts(two) == []


def test_the_latest_figures_are_those_of_the_summary(two: Path) -> None:
    shown, stored = _lines(two, formulas=True), _lines(two)
    pairs = [
        (live[3], kept[3])
        for live, kept in zip(shown, stored, strict=True)
        if isinstance(live[0], int) and live[2] is not None
    ]
    assert len(pairs) == 21
    summary = openpyxl.load_workbook(two, data_only=True)["Summary"]
    for formula, value in pairs:
        sheet, cell = re.fullmatch(r"='(.+)'!(D\d+)", formula).groups()  # type: ignore[union-attr]
        assert sheet == "Summary"
        assert summary[cell].value == pytest.approx(value, rel=1e-12)


def test_the_parts_of_a_ratio_s_change_add_up_to_it_in_the_cells(two: Path, reform: Path) -> None:
    for path in (two, reform):
        live, stored = _lines(path, MOVES, formulas=True), _lines(path, MOVES)
        changes = [at for at, row in enumerate(stored) if isinstance(row[0], int)]
        assert changes
        for at in changes:
            first, last, change, *parts = stored[at][2:8]
            assert live[at][4] == f"=SUM(F{at + 1}:H{at + 1})"
            assert sum(parts) == pytest.approx(change, abs=1e-12)
            assert 100 * (last - first) == pytest.approx(change, abs=1e-9)


def test_over_the_reform_the_part_that_all_years_have_stands_below_the_province(reform: Path) -> None:
    rows = _lines(reform)
    households = _of(rows, "Households (households)")
    assert households == [
        ("at least 214,642", "at least 217,046", 423800, "(1)"),
        (214642, 217046, 226228, None),
    ]
    words = _words(reform)
    assert any("Lào Cai: the part that all periods have (51 of 99 " in word for word in words)
    assert "(1) 2020, 2021: only a part of the area." in words
    assert "On the boundaries of 2025." in words
    assert any(word.startswith("New since 2021: ") for word in words)
    assert any(word.startswith("No longer there since 2021: ") for word in words)
    assert any(word.startswith("Check: for all ") and "2020" in word for word in words)


def test_over_the_reform_lines_are_of_the_common_part_and_show_the_missing_years(reform: Path) -> None:
    charts = _charts(reform)
    assert charts
    for chart in charts:
        assert "the part that all periods have (51 of 99 " in chart.title
        for series in chart.series:
            assert series.axis == ["2020", "2021", "2022", "2023", "2024", "2025"]
            assert series.values[2:5] == [None] * 3
    [households] = [chart for chart in charts if chart.title.startswith("Households (households)")]
    assert [each.values for each in households.series] == [[214642, 217046, None, None, None, 226228]]


def test_a_line_ends_where_the_definition_changed(reform: Path) -> None:
    [chart] = [each for each in _charts(reform) if len(each.series) == 3 and "(households)" in each.title]
    whole, before, after = chart.series
    assert all(whole.values[at] for at in (0, 1, 5))
    assert before.name == after.name != whole.name
    assert before.colour == after.colour != whole.colour
    assert [at for at, value in enumerate(before.values) if value is not None] == [0, 1]
    assert [at for at, value in enumerate(after.values) if value is not None] == [5]
    assert chart.no_entry == [2]


def test_what_cannot_be_compared_has_no_line(reform: Path) -> None:
    drawn = {series.name for chart in _charts(reform) for series in chart.series}
    assert not [name for name in drawn if "illage" in name], "villages were rearranged"


def test_the_method_names_the_years_and_what_is_compared(two: Path, reform: Path) -> None:
    facts = {row[0]: row[1] for row in _lines(reform, METHOD)}
    assert facts["Compared with"] == "2020, 2021"
    assert facts["What is compared"].startswith("On the boundaries of 2025. ")
    assert "51 of 99" in facts["What is compared"]
    assert "Lines over the periods" in facts
    facts = {row[0]: row[1] for row in _lines(two, METHOD)}
    assert facts["Compared with"] == "2020"
    assert facts["What is compared"] == (
        "On the boundaries of 2021. Every period covers the whole of this area."
    )
    assert "Lines over the periods" not in facts


def test_the_sheets_are_laid_out_for_paper(two: Path, reform: Path) -> None:
    for path in (two, reform):
        book = openpyxl.load_workbook(path)
        for name in (FIGURES, MOVES):
            sheet = book[name]
            assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
            assert {
                cell.font.name for row in sheet.iter_rows() for cell in row if cell.value is not None
            } == {"Times New Roman"}
        sheet = book[FIGURES]
        heads = next(cell.row for cell in sheet["A"] if cell.value == "No.")
        assert sheet.print_title_rows == f"${heads}:${heads + 1}"
        assert sheet.freeze_panes == f"C{heads + 2}"
        assert sheet.page_setup.scale >= 60


def test_without_an_earlier_year_there_is_no_such_sheet(tmp_path: Path) -> None:
    path = _report(_years(tmp_path, "2021"), tmp_path / "one.xlsx")
    assert not {FIGURES, MOVES} & set(openpyxl.load_workbook(path).sheetnames)


@pytest.mark.office
def test_recalculated_by_another_program_the_sheets_say_the_same(reform: Path, tmp_path: Path) -> None:
    again = convert(reform, "xlsx", tmp_path / "again")
    for name in (FIGURES, MOVES):
        for ours, theirs in zip(_lines(reform, name), _lines(again, name), strict=False):
            for mine, other in zip(ours, theirs, strict=False):
                assert (mine or None) == (pytest.approx(other) if isinstance(other, float) else other or None)


# -- small years ------------------------------------------------------------------------------------


def test_a_line_has_a_gap_in_the_middle_where_a_definition_changed(tmp_path: Path) -> None:
    path = _report(_years(tmp_path, "2018", "2019", "2020", "2021"), tmp_path / "four.xlsx")
    charts = {chart.title: chart for chart in _charts(path)}
    assert set(charts) == {"Livestock (head)", "Patients (persons)", "Share of cattle (%)"}
    head = charts["Livestock (head)"]
    assert [(each.name, each.values) for each in head.series] == [
        ("Buffaloes", [303, 333, 363, 393]),
        ("Cattle", [123, 126, None, None]),
        ("Cattle", [None, None, 129, 132]),
    ]
    assert head.no_entry == [2]
    assert head.series[0].axis == ["2018", "2019", "2020", "2021"]
    [row] = _of(_lines(path), "Cattle (head)")
    assert row == (123, 126, 129, 132, "(1)")
    note = "(1) Defined otherwise since 2020: not compared with the period before."
    assert note in _words(path)


def test_a_year_that_is_incomplete_or_missing_has_no_point(tmp_path: Path) -> None:
    years = ["2021", "2022", "2023", "2024", "2025"]
    folders = []
    for at, year in enumerate(years):
        figures = {code: list(own) for code, own in _alike(at).items()}
        if year == "2023":
            figures["0702"][0] = None
        folders.append(_year(tmp_path / year, figures))
    path = _report(folders, tmp_path / "gap.xlsx")
    head = next(chart for chart in _charts(path) if chart.title == "Livestock (head)")
    assert [each.values for each in head.series if each.name == "Buffaloes"] == [
        [303, 333, None, None, None], [None, None, None, 393, 423],
    ]  # fmt: skip
    assert [each.values for each in head.series if each.name == "Cattle"] == [[123, 126, 129, 132, 135]]
    assert any("2023: figures are still missing" in word for word in _words(path))


def test_a_figure_between_two_gaps_is_a_single_point(tmp_path: Path) -> None:
    folders = []
    for at, year in enumerate(("2021", "2022", "2023", "2024", "2025", "2026")):
        figures = {code: list(own) for code, own in _alike(at).items()}
        if year in ("2023", "2025"):
            figures["0701"][0] = None
        folders.append(_year(tmp_path / year, figures))
    head = next(c for c in _charts(_report(folders, tmp_path / "x.xlsx")) if c.title == "Livestock (head)")
    assert [each.values for each in head.series if each.name == "Buffaloes"] == [
        [303, 333, None, None, None, None], [None] * 3 + [393, None, None], [None] * 5 + [453],
    ]  # fmt: skip


def test_years_with_one_between_that_none_reported_stand_apart(tmp_path: Path) -> None:
    path = _report(_years(tmp_path, "2021", "2022", "2025"), tmp_path / "apart.xlsx")
    head = next(chart for chart in _charts(path) if chart.title == "Livestock (head)")
    assert head.series[0].axis == ["2021", "2022", "2023", "2024", "2025"]
    assert head.series[0].values == [303, 333, None, None, 363]
    assert head.blanks == "span", "the line leads over the years between, which have no report"


def test_parts_of_years_stand_at_even_distance(tmp_path: Path) -> None:
    names = ["Quý 1 năm 2021", "Quý 2 năm 2021", "Quý 4 năm 2021"]
    path = _report(_years(tmp_path, *names), tmp_path / "quarters.xlsx")
    charts = _charts(path)
    assert charts
    assert {tuple(series.axis) for chart in charts for series in chart.series} == {tuple(names)}


def test_a_figure_withheld_in_an_earlier_year_is_nowhere(tmp_path: Path) -> None:
    then = {"0701": (101, 41, 3), "0702": (102, 42, 0), "0703": (103, 43, 0)}
    folders = [_year(tmp_path / "2021", then), *_years(tmp_path, "2022", "2023")]
    path = _report(folders, tmp_path / "withheld.xlsx")
    [patients] = _of(_lines(path), "Patients (persons)")
    assert patients[0] == "×"
    assert patients[1:3] == (63, 63)
    sign = next(word for word in _words(path) if word.startswith("× "))
    assert sign
    assert any("2021: withheld" in word for word in _words(path))
    assert not [s for chart in _charts(path) for s in chart.series if s.name == "Patients" and s.values[0]]


def test_the_sums_of_a_protected_measure_are_not_told(tmp_path: Path) -> None:
    """A unit that is outside now would be told by the difference of the two sums."""
    then = {**dict.fromkeys(COMMUNES, (None, None, 20)), "0704": (None, None, 3)}
    first = _year(tmp_path / "2021", then, UNITS + "0704,Xã số 4,xã,commune,07\n")
    path = _report([first, *_years(tmp_path, "2022")], tmp_path / "sums.xlsx")
    words = _words(path)
    assert any(word.startswith("No longer there since 2021: ") for word in words)
    assert not [word for word in words if word.startswith("Check")]
    assert not [row for row in _lines(path) if 3 in row[2:]]


def test_a_measure_without_any_earlier_figure_has_no_row(tmp_path: Path) -> None:
    then = {code: (own[0], None, own[2]) for code, own in _alike(0).items()}
    folders = [_year(tmp_path / "2021", then), *_years(tmp_path, "2022")]
    path = _report(folders, tmp_path / "none.xlsx")
    rows = _lines(path)
    assert _of(rows, "Buffaloes (head)")
    assert not _of(rows, "Cattle (head)")
    assert not _of(rows, "Share of cattle (%)")


def test_years_without_a_figure_in_common_say_so(tmp_path: Path) -> None:
    then = dict.fromkeys(COMMUNES, (None, None, None))
    folders = [_year(tmp_path / "2021", then), *_years(tmp_path, "2022")]
    path = _report(folders, tmp_path / "empty.xlsx")
    assert "No rows." in _words(path)
    assert MOVES not in openpyxl.load_workbook(path).sheetnames


def test_the_method_names_the_shares_that_figures_rest_on_with_their_source(tmp_path: Path) -> None:
    units = UNITS.replace("0703,Xã số 3", "0705,Sơn Thượng") + "0706,Sơn Hạ,xã,commune,07\n"
    changes = (
        "event,date,kind,from,to,share,act,source\n"
        "chia,2022-07-01,split,0703,0705,1/3,NQ 2,Công báo\n"
        "chia,2022-07-01,split,0703,0706,2/3,NQ 2,Công báo\n"
    )
    first = _year(tmp_path / "2021", _alike(0))
    now = dict.fromkeys(("0701", "0702", "0705", "0706"), (50, 20, 10))
    last = _year(tmp_path / "2022", now, units)
    (last / "changes.csv").write_text(changes, encoding="utf-8")
    path = _report([first, last], tmp_path / "shares.xlsx")
    shares = [row[1] for row in _lines(path, METHOD) if row[0] == "Shares of a division"]
    assert len(shares) == 1
    for word in ("Xã số 3 (0703)", "Sơn Thượng (0705) 1/3", "Sơn Hạ (0706) 2/3", "NQ 2", "Công báo"):
        assert word in shares[0]


def test_a_division_without_shares_is_not_in_the_method(tmp_path: Path) -> None:
    path = _report(_years(tmp_path, "2021", "2022"), tmp_path / "plain.xlsx")
    assert "Shares of a division" not in {row[0] for row in _lines(path, METHOD)}


def test_many_years_go_over_pages_that_each_have_the_names(tmp_path: Path) -> None:
    path = _report(_years(tmp_path, *map(str, range(2012, 2024))), tmp_path / "many.xlsx")
    sheet = openpyxl.load_workbook(path)[FIGURES]
    [start] = [each.id for each in sheet.col_breaks.brk]
    assert sheet.print_title_cols == "$A:$B"
    assert not [area.coord for area in sheet.merged_cells.ranges if area.min_col <= start < area.max_col]


def test_the_change_of_a_ratio_is_a_number_in_the_workbook_of_a_comparison(tmp_path: Path) -> None:
    first, last = _years(tmp_path, "2021", "2022")
    done = run("compare", first, last, "-o", tmp_path / "compared.xlsx")
    assert done.status == 0, done.output
    cells = {
        row[0].value: row for row in openpyxl.load_workbook(tmp_path / "compared.xlsx").active.iter_rows()
    }
    change = cells["Share of cattle (%)"][3]
    assert (change.value, change.number_format) == (
        -2.8,
        '+#,##0.0" points";-#,##0.0" points";#,##0.0" points"',
    )
