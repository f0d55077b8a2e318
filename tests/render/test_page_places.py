"""The row of a village on the page names the file, the sheet and the cell of each of its figures."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from helpers.browser import browser, opened, violations
from helpers.command import run
from helpers.decisions import decide
from helpers.returns import FORM, UNITS, V1, V2, V3, W1, W2, commune, setup, write_csv, write_xlsx


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = setup(tmp_path / "2021")
    write_xlsx(folder / "a.xlsx", {"notes": [["x"]], "Biểu 01": [["Xã"], *commune((12, 5), (3, 1), (60, 2))]})
    write_csv(folder / "b.csv", commune((4, 1), (5, 2), villages=(W1, W2)))
    return folder


def data_of(folder: Path) -> Any:
    target = folder.parent / "report.html"
    assert run("report", folder, "-o", target, "--lang", "en").status in (0, 1)
    found = re.search(r'<script[^>]* id="data"[^>]*>(.*?)</script>', target.read_text("utf-8"), re.DOTALL)
    assert found
    return json.loads(found[1])


def places(folder: Path) -> dict[tuple[str, str], str]:
    """Return the place of each figure of a village, by the names of unit and measure."""
    data = data_of(folder)
    where, found = data["places"], {}
    for section in data["sections"]:
        for column in section["columns"]:
            if "table" not in column:
                continue
            parts, rows = where["tables"][str(column["table"])]
            for unit, name in enumerate(data["names"]):
                part, row = column.get("elsewhere", {}).get(str(unit), (parts[unit], rows[unit]))
                if part < 0 or not isinstance(column["values"][unit], int):
                    continue
                file, sheet, layout = where["parts"][part]
                above = data["names"][data["parents"][unit]]
                letter = where["layouts"][layout][column["place"]]
                found[f"{above} {name}", column["label"]] = f"{where['files'][file]}|{sheet}|{letter}{row}"
    return found


def traced(folder: Path, measure: str) -> set[str]:
    leaves = run("trace", folder, "07", measure, "--format", "json").data["leaves"]
    return {f"{leaf['file']}|{leaf['sheet'] or ''}|{leaf['cell']}" for leaf in leaves if leaf["file"]}


def test_figures_of_workbooks_and_text_files_have_their_cells(folder: Path) -> None:
    found = places(folder)
    assert found["Xã Nguyễn Thái Học Thôn 1", "Buffaloes"] == "a.xlsx|Biểu 01|C3"
    assert found["Xã Nguyễn Thái Học Thôn Nguyễn Phúc", "Cattle"] == "a.xlsx|Biểu 01|D5"
    assert found["Xã Minh Quân Bản Lý", "Cattle"] == "b.csv||D3"
    assert len(found) == 10


def test_the_page_and_the_trace_name_the_same_cells(folder: Path) -> None:
    (folder / "b.csv").unlink()
    write_xlsx(folder / "inner.xlsx", commune((4, 1), (5, 2), villages=(W1, W2)))
    with zipfile.ZipFile(folder / "c.zip", "w") as archive:
        archive.write(folder / "inner.xlsx", "x/inner.xlsx")
    (folder / "inner.xlsx").unlink()
    (folder / "a copy.xlsx").write_bytes((folder / "a.xlsx").read_bytes())
    decide(folder, "correct,070101,trau,,,12,21")
    found = places(folder)
    for label, measure in (("Buffaloes", "trau"), ("Cattle", "bo")):
        assert {place for (_, of), place in found.items() if of == label} == traced(folder, measure)
    assert found["Xã Minh Quân Bản Lý", "Cattle"].startswith("c.zip/x/inner.xlsx|")
    assert found["Xã Nguyễn Thái Học Thôn 1", "Buffaloes"].endswith("|C3")


def test_a_village_with_two_tables_has_a_row_in_each(tmp_path: Path) -> None:
    more = """
[[table]]
code = "02"
level = "village"
title = { vi = "Biểu 02", en = "Table 02" }

[[measure]]
code = "de"
table = "02"
label = { vi = "Số dê", en = "Goats" }
"""
    form = FORM.replace("[[measure]]", '[[measure]]\ntable = "01"')
    folder = setup(tmp_path / "2021", more, form=form, units=UNITS)
    goats = [["Mã thôn", "Tên thôn", "Số dê"], *([*village, 7] for village in (V2, V1, V3))]
    write_xlsx(folder / "a.xlsx", {"1": commune((12, 5), (3, 1), (60, 2)), "2": goats})
    found = places(folder)
    assert found["Xã Nguyễn Thái Học Thôn 1", "Buffaloes"] == "a.xlsx|1|C2"
    assert found["Xã Nguyễn Thái Học Thôn 1", "Goats"] == "a.xlsx|2|C3"


def test_what_no_return_gives_has_no_place(folder: Path) -> None:
    (folder / "b.csv").unlink()
    decide(folder, "nil,0702,,,,,")
    found = places(folder)
    assert not any(unit.startswith("Xã Minh Quân") for unit, _ in found)
    assert len(found) == 6


def test_the_name_of_a_file_is_there_once(folder: Path) -> None:
    where = data_of(folder)["places"]
    assert where["files"] == ["a.xlsx", "b.csv"]
    assert where["layouts"] == [["C", "D"]]


@pytest.mark.browser
def test_the_row_of_a_village_shows_its_place(folder: Path) -> None:
    target = folder.parent / "report.html"
    run("report", folder, "-o", target, "--lang", "en")
    with browser() as running, opened(running, target) as page:
        page.locator("#open-all").click()
        grid = page.locator("#grid")
        assert "a.xlsx · Biểu 01 · row 3" in grid.inner_text()
        assert grid.locator("td[title='a.xlsx · Biểu 01 · C3']").inner_text() == "12"
        assert grid.locator("td[title='b.csv · D3']").inner_text() == "2"
        assert violations(page) == []
