"""One workbook has the same cells, formulas and findings in every format that LibreOffice writes."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from antq_stats.plan import Limits
from antq_stats.reading.files.binary.xls import scan_xls
from antq_stats.reading.files.cells.sheet_scan import SheetScan
from antq_stats.reading.files.compound_file import CompoundFile
from antq_stats.reading.files.container import Package
from antq_stats.reading.files.ods.reader import scan_ods
from antq_stats.reading.files.opening import open_file
from helpers.office import convert

pytestmark = [pytest.mark.office, pytest.mark.slow]

FORMATS = ("General", "0", "#,##0", '0" hộ"', "[Red]General", "#,##0;[Red]-#,##0", "@")
FORMULAS = {
    "A12": "SUM(B2:B11)",
    "B12": "(B2+C2)*2-D3/4",
    "C12": "SUM(B2:C3,D4,5)",
    "D12": "-B2",
    "E12": "'Hai'!A1+1",
}


def written(path: Path) -> list[list[object]]:
    """Write a workbook, and return the values of its rows 2 to 11."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = "Biểu 01"
    values: list[list[object]] = []
    for row in range(2, 12):
        line: list[object] = [f"Thôn Ổi {row} " + "ộ" * 40 * row]
        line += [float(row * 1000 + column * 7) / (8 if column == 5 else 1) for column in range(1, 8)]
        line += [bool(row % 2)]
        for column, value in enumerate(line, 1):
            cell = page.cell(row, column, value)
            if isinstance(value, float):
                cell.number_format = FORMATS[column % len(FORMATS)]
        values.append(line)
    for cell, formula in FORMULAS.items():
        page[cell] = f"={formula}"
    page["F12"], page["G12"] = '=IF(1=1,"","")', "=1/0"
    page["A13"] = CellRichText("99", TextBlock(InlineFont(vertAlign="superscript"), "1"))
    page["B13"] = CellRichText(TextBlock(InlineFont(strike=True), "1"), "2")
    page["C13"] = 12
    page["C13"].font = Font(strike=True)
    page.merge_cells("A15:A16")
    page["A15"] = 204
    page.row_dimensions[5].hidden = True
    page.column_dimensions["C"].hidden = True
    book.create_sheet("Hai")["A1"] = 41
    book["Hai"].sheet_state = "hidden"
    book.save(path)
    return values


def first_look(path: Path) -> SheetScan:
    data = path.read_bytes()
    scans = (
        scan_xls(CompoundFile(data).workbook())
        if path.suffix == ".xls"
        else scan_ods(Package(data, Limits()))
    )
    return scans[0]


@pytest.mark.parametrize("suffix", ["xls", "ods"])
def test_a_workbook_saved_by_another_program(tmp_path: Path, suffix: str) -> None:
    values = written(tmp_path / "a.xlsx")
    path = convert(tmp_path / "a.xlsx", suffix, tmp_path / "out")
    book = open_file(path, Limits())
    grid, second = book.grids
    assert (book.kind, book.findings, second.hidden, second.rows) == (suffix, [], True, [[41.0]])
    assert grid.rows[1:11] == values
    below = [value for line in values for value in line[1:2]]
    assert grid.rows[11][0] == sum(below)  # type: ignore[arg-type]
    assert grid.rows[11][4] == 42.0
    assert (11, 6) in grid.odd
    assert (11, 5) not in grid.odd
    assert {at: (remark.code, remark.value) for at, remark in grid.remarks.items()} == {
        (12, 0): ("C204", "991"),
        (12, 1): ("C109", "12"),
        (12, 2): ("C109", "12"),
    }
    assert grid.rows[12][:3] == ["99", "", ""]
    assert (grid.merged, grid.hidden_rows, grid.hidden_columns) == ([(14, 0, 15, 0)], {4}, {2})
    formulas = first_look(path).formulas
    assert {cell: formulas[11, column] for column, cell in enumerate(FORMULAS)} == FORMULAS
