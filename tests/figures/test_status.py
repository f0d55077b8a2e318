"""The status of a figure is decided once, and every format of a report shows the same."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import numpy as np
import openpyxl
from hypothesis import given
from hypothesis import strategies as st

from antq_stats.figures.publication import Publication, publish
from antq_stats.figures.status import Status, status_of, statuses
from antq_stats.form import Measure
from antq_stats.render.cells import cell_of
from antq_stats.render.writing.table import Count, Missing, NotApplicable, NotSummed, Percent, Suppressed
from helpers.command import run
from helpers.reading import read_folder
from helpers.returns import csv_text, setup

FORM = """
[form]
id = "kin"
version = "1"
title = { vi = "Số kín", en = "Restricted" }

[[section]]
code = "a"
label = { vi = "Phần A", en = "Section A" }

[[section]]
code = "b"
label = { vi = "Phần B", en = "Section B" }

[[section]]
code = "c"
label = { vi = "Phần C", en = "Section C" }

[[table]]
code = "01"
level = "commune"
title = { vi = "Biểu 01", en = "Table 01" }

[[table]]
code = "02"
level = "village"
title = { vi = "Biểu 02", en = "Table 02" }

[[measure]]
code = "nghien"
table = "01"
section = "b"
label = { vi = "Số người nghiện", en = "Users" }
sensitive = "yes"

[[measure]]
code = "duoc"
table = "01"
section = "a"
label = { vi = "Số người được giúp", en = "Helped" }
required = false

[[measure]]
code = "ho"
table = "02"
label = { vi = "Số hộ dân", en = "Households" }

[[measure]]
code = "vuon"
table = "02"
section = "c"
label = { vi = "Số vườn mẫu", en = "Gardens" }

[[measure]]
code = "mo_hinh"
table = "02"
up = "none"
required = false
label = { vi = "Số loại mô hình", en = "Kinds" }

[[ratio]]
code = "ty_le"
section = "a"
label = { vi = "Tỷ lệ được giúp", en = "Share helped" }
numerator = "nghien"
denominator = "duoc"
"""
UNITS = """\
code,name,type,level,parent
07,Hà Trung,tỉnh,province,
0701,Một,xã,commune,07
0702,Hai,xã,commune,07
0703,Ba,xã,commune,07
0704,Bốn,xã,commune,07
070101,Thôn 1,,village,0701
070102,Thôn 2,,village,0701
070201,Thôn 1,,village,0702
070301,Thôn 1,,village,0703
070401,Thôn 1,,village,0704
"""
COMMUNES = [
    ["Mã", "Số người nghiện", "Số người được giúp"],
    ["0701", 3, 1], ["0702", 2, 0], ["0703", 0, 0], ["0704", 40, None],
]  # fmt: skip
VILLAGES = [
    ["Mã thôn", "Tên thôn", "Số hộ dân", "Số loại mô hình"],
    ["070101", "Thôn 1", 50, 2], ["070201", "Thôn 1", 70, 3],
]  # fmt: skip


def publication_of(folder: Path) -> Publication:
    setup(folder, form=FORM, units=UNITS)
    (folder / "xa.csv").write_text(csv_text(COMMUNES), "utf-8")
    (folder / "thon.csv").write_text(csv_text(VILLAGES), "utf-8")
    outcome = read_folder(folder)
    return publish(outcome.collection, outcome.findings)


small = st.integers(0, 3)


@given(st.lists(st.tuples(small, small, small, st.booleans()), min_size=1))
def test_one_figure_and_a_column_of_them_follow_one_rule(rows: list[tuple[int, int, int, bool]]) -> None:
    over = np.array([row[2] for row in rows])
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    for given_over in (None, over):
        found = statuses(columns[0], columns[1], given_over, columns[3])
        assert found.tolist() == [
            status_of(given, expected, 1 if given_over is None else under, withheld=withheld)
            for given, expected, under, withheld in rows
        ]


def test_a_ratio_with_a_withheld_side_is_withheld_and_not_blank(tmp_path: Path) -> None:
    publication = publication_of(tmp_path / "2021")
    codes = publication.register.units.by_code
    status = publication.status("ty_le")
    assert Status(status[codes["0702"]]) is Status.WITHHELD  # 2 of 0: a blank would say so
    assert Status(status[codes["0703"]]) is Status.NOT_ASKED
    assert Status(status[codes["0704"]]) in (Status.MISSING, Status.WITHHELD)
    assert Status(status[codes["070101"]]) is Status.NOT_ASKED
    assert Status(publication.status("ho")[codes["0703"]]) is Status.MISSING


def test_every_face_says_the_same_of_every_figure(tmp_path: Path) -> None:
    folder = tmp_path / "2021"
    publication = publication_of(folder)
    kinds = {
        Count: Status.FIGURE, Percent: Status.FIGURE, Missing: Status.MISSING,
        Suppressed: Status.WITHHELD, NotApplicable: Status.NOT_ASKED, NotSummed: Status.NOT_SUMMED,
    }  # fmt: skip
    units = publication.register.units
    wanted = {
        (units.names[unit] if units.levels[unit] < 2 else units.codes[unit], column.label.vi): Status(
            publication.status(column.code)[unit]
        )
        for unit in range(len(units.codes))
        for column in publication.columns
    }
    assert set(wanted.values()) == set(Status)
    for unit in range(len(units.codes)):
        for column in publication.columns:
            cell = cell_of(publication, unit, column)
            assert kinds[type(cell)] == publication.status(column.code)[unit]
    page = tmp_path / "bao-cao.html"
    assert run("report", folder, "-o", page, "--lang", "vi").status == 1
    assert shown_on_page(page.read_text("utf-8")).items() <= wanted.items()
    book = tmp_path / "bao-cao.xlsx"
    assert run("report", folder, "-o", book, "--lang", "vi").status == 1
    in_book = shown_in_book(book.read_bytes(), {column.label.vi for column in publication.columns})
    assert len(in_book) == 4 * 5  # the ratio, withheld of every commune, has no column
    assert in_book.items() <= wanted.items()


def shown_on_page(html: str) -> dict[tuple[str, str], Status]:
    data = json.loads(re.search(r'<script type="application/json"[^>]*>(.*?)</script>', html, re.DOTALL)[1])
    meaning = {"": Status.NOT_ASKED, "x": Status.WITHHELD, None: Status.MISSING, "n": Status.NOT_SUMMED}
    found = {}
    for section in data["sections"]:
        for column in section["columns"]:
            for name, level, value in zip(data["names"], data["unitLevels"], column["values"], strict=True):
                status = Status.FIGURE if isinstance(value, int) else meaning[value]
                if level < 2:  # villages of one name
                    found[re.sub("^(Tỉnh|Xã) ", "", name), column["label"]] = status
    assert len(found) == 5 * 6
    return found


def shown_in_book(data: bytes, labels: set[str]) -> dict[tuple[str, str], Status]:
    """What the sheet of the communes shows: unit and label -> status."""
    signs = {None: Status.NOT_ASKED, "": Status.NOT_ASKED, "…": Status.MISSING, "×": Status.WITHHELD}
    signs["(x)"] = Status.NOT_SUMMED
    found = {}
    for sheet in openpyxl.load_workbook(io.BytesIO(data)):
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        columns: dict[str, int] = {}
        for row in rows:
            heads = {str(cell).partition("\n")[0]: place for place, cell in enumerate(row)}
            columns |= {label: heads[label] for label in labels if label in heads}
            name = str(row[1]) if len(row) > 1 else ""
            if name.startswith("Xã ") and len(columns) == 5:
                for label, place in columns.items():
                    found[name.removeprefix("Xã "), label] = signs.get(row[place], Status.FIGURE)
    return found


def test_sections_are_those_of_the_publication_in_form_order(tmp_path: Path) -> None:
    publication = publication_of(tmp_path / "2021")
    shown = [(section.code, [column.code for column in section.columns]) for section in publication.sections]
    # what had to be given is shown though nobody gave it; what belongs to no section comes last
    assert shown == [("a", ["duoc", "ty_le"]), ("b", ["nghien"]), ("c", ["vuon"]), ("", ["ho", "mo_hinh"])]
    assert all(isinstance(column, Measure) for column in publication.sections[-1].columns)
    text = tmp_path / "bao-cao.md"
    run("report", tmp_path / "2021", "-o", text, "--lang", "vi")
    heads = re.findall(r"^## \d+\. (.+)$", text.read_text("utf-8"), re.MULTILINE)
    assert [head for head in heads if head.startswith("Phần") or head == "Chỉ tiêu khác"] == [
        "Phần A", "Phần B", "Phần C", "Chỉ tiêu khác",
    ]  # fmt: skip
