"""Figures under merged cells count for no unit, and are reported at the merged block."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from helpers.reading import read_folder
from helpers.returns import HEAD, Raw, commune, setup, write_ods, write_xlsx


def merged(folder: Path, areas: dict[str, dict[str, object]]) -> Path:
    """Write a plain table, merge areas, and leave values in the covered cells."""
    path = write_xlsx(setup(folder) / "xa.xlsx", commune((10, 1), (20, 2), (30, 3)))
    book = openpyxl.load_workbook(path)
    page = book.active
    for area, values in areas.items():
        page.merge_cells(area)  # clears what it covers
        page.unmerge_cells(area)
        for cell, value in values.items():
            page[cell] = value
        page.merged_cells.add(area)  # as another program merges, which clears nothing
    book.save(path)
    return folder


@pytest.mark.parametrize(
    ("area", "under", "kept"),
    [
        ("C2:C3", {"C3": 20}, (30, 6)),
        ("C2:C3", {}, (30, 6)),
        ("C3:D3", {}, (40, 4)),
        ("C3:D3", {"D3": 2}, (40, 4)),
        ("C2:D4", {}, (None, None)),
        ("B3:C3", {"C3": 20}, (40, 6)),
    ],
)
def test_no_figure_under_a_merge_is_added(
    area: str, under: dict[str, object], kept: tuple[int | None, int | None], tmp_path: Path
) -> None:
    outcome = read_folder(merged(tmp_path, {area: under}))
    assert [cell for _, _, cell in outcome.at("T404")] == [area.partition(":")[0]]
    assert [dict(finding.facts) for finding in outcome.findings if finding.code == "T404"] == [
        {"found": area}
    ]
    assert (outcome.sum("trau"), outcome.sum("bo")) == kept
    assert outcome.status == 1
    assert outcome.figure("trau")[3] or outcome.figure("bo")[3]


@pytest.mark.parametrize("area", ["A1:A1", "A2:A4", "C5:D6", "C4:C5", "A6:D6"])
def test_merges_that_hide_nothing_are_nothing(area: str, tmp_path: Path) -> None:
    outcome = read_folder(merged(tmp_path, {area: {}} if area != "A2:A4" else {"F2:F4": {}}))
    assert outcome.at("T404") == []
    assert (outcome.sum("trau"), outcome.sum("bo")) == (60, 6)


def test_a_figure_under_a_merge_of_an_open_document_is_not_added(tmp_path: Path) -> None:
    spans = Raw(
        '<table:table-cell office:value-type="float" office:value="30" table:number-rows-spanned="2" '
        'table:number-columns-spanned="1"><text:p>30</text:p></table:table-cell>'
    )
    hidden = Raw(
        '<table:covered-table-cell office:value-type="float" office:value="20"><text:p>20</text:p>'
        "</table:covered-table-cell>"
    )
    rows = commune((spans, 1), (hidden, 2), (30, 3), head=HEAD)
    write_ods(setup(tmp_path) / "xa.ods", rows)
    outcome = read_folder(tmp_path)
    assert [cell for _, _, cell in outcome.at("T404")] == ["C2"]
    assert (outcome.sum("trau"), outcome.sum("bo")) == (30, 6)
