"""A reader who sees a report and knows the method cannot work out a withheld figure, over all small tables.

Each measure of the form is one table, so that one collection holds all tables of small values. Tables that
give the same report are those that a reader cannot tell apart.
"""

from __future__ import annotations

import itertools
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import docx
import openpyxl
import pytest

from antq_stats.figures.publication import Publication, publish
from antq_stats.figures.status import Status
from antq_stats.render.words import unit_name
from antq_stats.run import open_period
from helpers.command import run
from helpers.reading import read_folder
from helpers.returns import setup, write_csv

pytestmark = pytest.mark.slow

Shape = Sequence[Sequence[int]]
"""A province: districts, and of each commune the most that it can have (1 of a flag)."""
Report = tuple[object, ...]


def form_of(tables: int, below: int, kind: str) -> str:
    head = """
[form]
id = "moi-bang"
version = "1"
title = { vi = "Mọi bảng", en = "Every table" }

[[table]]
code = "01"
level = "commune"
title = { vi = "Biểu 01", en = "Table 01" }
"""
    measures = (
        f'[[measure]]\ncode = "b{at}"\nlabel = {{ vi = "Bảng {at}" }}\nkind = "{kind}"\n'
        f'sensitive = "yes"\nprotect = {{ below = {below} }}\n'
        for at in range(tables)
    )
    return head + "\n".join(measures)


def units_of(shape: Shape) -> str:
    lines = ["code,name,type,level,parent", "07,Tỉnh,tỉnh,province,"]
    for district, communes in enumerate(shape, 10):
        lines.append(f"07{district},Huyện {district},huyện,district,07")
        lines += [
            f"07{district}{at:02d},Xã {district} {at},xã,commune,07{district}" for at in range(len(communes))
        ]
    lines.append("07100001,Thôn,,village,071000")
    return "\n".join(lines) + "\n"


def every_table(shape: Shape, most: int) -> list[tuple[int, ...]]:
    return [*itertools.product(*(range(most + 1) for communes in shape for _ in communes))]


def folder_of(folder: Path, shape: Shape, tables: list[tuple[int, ...]], below: int, kind: str) -> Path:
    setup(folder, form=form_of(len(tables), below, kind), units=units_of(shape))
    codes = [
        f"07{district}{at:02d}" for district, communes in enumerate(shape, 10) for at in range(len(communes))
    ]
    rows: list[list[object]] = [["Mã", *(f"Bảng {at}" for at in range(len(tables)))]]
    rows += [[code, *(table[place] for table in tables)] for place, code in enumerate(codes)]
    write_csv(folder / "a.csv", rows)
    return folder


def published(folder: Path) -> Publication:
    outcome = read_folder(folder)
    assert not outcome.hard
    return publish(outcome.collection, outcome.findings)


def sums_of(shape: Shape, table: Sequence[int]) -> list[int]:
    """Sums of province, districts and communes, in tree order."""
    left, found = iter(table), [sum(table)]
    for communes in shape:
        own = [next(left) for _ in communes]
        found += [sum(own), *own]
    return found


def reports(publication: Publication, tables: int) -> list[Report]:
    units = [
        unit
        for unit in publication.register.tree_order.tolist()
        if len(publication.register.units.codes[unit]) < 8
    ]
    found: list[Report] = []
    for at in range(tables):
        column = publication.column(f"b{at}")
        statuses, values = column.status[units].tolist(), column.values[units].tolist()
        found.append(
            tuple(
                "x" if status == Status.WITHHELD else value
                for status, value in zip(statuses, values, strict=True)
            )
        )
    return found


def assert_nothing_is_told(
    shape: Shape, tables: list[tuple[int, ...]], seen: Iterable[Report], kept: Iterable[int], most: int
) -> int:
    """Check that of each withheld figure all values to be kept are possible; return how many there were."""
    alike: dict[Report, list[list[int]]] = defaultdict(list)
    for table, report in zip(tables, seen, strict=True):
        alike[report].append(sums_of(shape, table))
    looked = 0
    for report, possible in alike.items():
        if report[0] != "x" and isinstance(report[0], int) and report[0] > most > 1:
            continue  # tables with greater values were not made: not all of these are here
        for place, shown in enumerate(report):
            if shown == "x":
                looked += 1
                assert {sums[place] for sums in possible} >= set(kept), (report, place)
            else:
                assert {sums[place] for sums in possible} == {shown}
    return looked


SHAPES: list[Shape] = [
    [[1, 1, 1]],
    [[1, 1], [1, 1]],
    [[1], [1, 1]],
    [[1], [1], [1, 1]],
    [[1, 1, 1, 1]],
    [[1], [1], [1]],
]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("below", [2, 3])
def test_of_a_withheld_count_every_value_below_the_threshold_stays_possible(
    shape: Shape, below: int, tmp_path: Path
) -> None:
    most = 9 if sum(map(len, shape)) < 4 else 6
    tables = every_table(shape, most)
    publication = published(folder_of(tmp_path / "2021", shape, tables, below, "count"))
    seen = reports(publication, len(tables))
    assert assert_nothing_is_told(shape, tables, seen, range(1, below), most) > 20
    for table, report in zip(tables, seen, strict=True):
        for true, shown in zip(sums_of(shape, table), report, strict=True):
            assert shown == "x" or not 1 <= true < below


@pytest.mark.parametrize(
    "shape", [*SHAPES, [[1] * 9], [[1, 1, 1], [1, 1, 1], [1, 1]], [[1], [1] * 7]], ids=str
)
def test_of_a_withheld_flag_both_values_stay_possible(shape: Shape, tmp_path: Path) -> None:
    tables = every_table(shape, 1)
    publication = published(folder_of(tmp_path / "2021", shape, tables, 3, "flag"))
    seen = reports(publication, len(tables))
    alike: dict[Report, list[list[int]]] = defaultdict(list)
    for table, report in zip(tables, seen, strict=True):
        alike[report].append(sums_of(shape, table))
    sizes = [
        sum(map(len, shape)),
        *(size for communes in shape for size in (len(communes), *[1] * len(communes))),
    ]
    for report, possible in alike.items():
        for place, shown in enumerate(report):
            if shown == "x":
                known = {sums[place] for sums in possible}
                is_large = sizes[place] >= 6 and min(known) >= 3  # and everybody may know that
                assert is_large or known >= set(range(min(3, sizes[place] + 1)))


def test_of_four_four_four_and_six_nothing_is_disclosed(tmp_path: Path) -> None:
    shape, table = [[1, 1, 1, 1]], (4, 4, 4, 6)
    publication = published(folder_of(tmp_path / "2021", shape, [table], 5, "count"))
    assert reports(publication, 1) == [(18, 18, "x", "x", "x", "x")]


def shown_on_page(html: str, names: Sequence[str], tables: int) -> list[Report]:
    found = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', html, re.DOTALL)
    assert found
    data = json.loads(found[1])
    places = [data["names"].index(name) for name in names]
    columns = {
        column["label"]: column["values"] for section in data["sections"] for column in section["columns"]
    }
    return [tuple(columns[f"Bảng {at}"][place] for place in places) for at in range(tables)]


def shown_in_book(path: Path, names: Sequence[str], tables: int) -> list[Report]:
    """What all sheets of a workbook show, whatever its formulas say of it too."""
    signs = {"×": "x"}
    found: dict[tuple[str, int], object] = {}
    formulas: list[str] = []
    for book in (openpyxl.load_workbook(path, data_only=True), openpyxl.load_workbook(path)):
        for sheet in book:
            heads: dict[int, int] = {}
            for row in sheet.iter_rows(values_only=True):
                for place, cell in enumerate(row):
                    if isinstance(cell, str) and re.fullmatch(r"Bảng \d+", cell):
                        heads[place] = int(cell.split()[1])
                    if isinstance(cell, str) and cell.startswith("="):
                        formulas.append(cell)
                name = str(row[1]) if len(row) > 1 else ""
                if name in names:
                    for place, table in heads.items():
                        if not str(row[place]).startswith("="):
                            found[name, table] = signs.get(str(row[place]), row[place])
    return [tuple(found.get((name, table)) for name in names) for table in range(tables)]


def shown_in_text(tables: Iterable[list[list[str]]], names: Sequence[str], count: int) -> list[Report]:
    """What tables of a Markdown or Word document show of the units below the whole."""
    found: dict[tuple[str, int], str] = {}
    for rows in tables:
        heads: dict[int, int] = {}
        for row in rows:
            for place, cell in enumerate(row):
                if (head := re.match(r"Bảng (\d+)", cell)) is not None and place:
                    heads[place] = int(head[1])
            if row and row[0] in names:
                found |= {(row[0], table): row[place] for place, table in heads.items()}
    return [tuple(found.get((name, table)) for name in names) for table in range(count)]


def pipes(text: str) -> Iterable[list[list[str]]]:
    for block in text.split("\n\n"):
        rows = [line for line in block.splitlines() if line.startswith("|")]
        yield [
            [cell.replace("\\", "").strip(" *\u2003\xa0") for cell in row.strip("|").split("|")]
            for row in rows
        ]


def test_no_face_tells_more_than_the_publication(tmp_path: Path) -> None:
    shape: Shape = [[1], [1, 1]]
    tables = every_table(shape, 6)
    folder = folder_of(tmp_path / "2021", shape, tables, 3, "count")
    publication = open_period(folder).run().publication
    register = publication.register
    order = [unit for unit in register.tree_order.tolist() if len(register.units.codes[unit]) < 8]
    names = [unit_name(register, unit) for unit in order]
    seen = reports(publication, len(tables))
    for suffix in ("html", "xlsx", "md", "docx"):
        assert run("report", folder, "-o", tmp_path / f"x.{suffix}", "--lang", "vi").status == 0
    on_page = shown_on_page((tmp_path / "x.html").read_text("utf-8"), names, len(tables))
    assert on_page == seen
    assert_nothing_is_told(shape, tables, on_page, (1, 2), 6)
    assert agrees(shown_in_book(tmp_path / "x.xlsx", names[1:], len(tables)), seen) > 500
    written = pipes((tmp_path / "x.md").read_text("utf-8"))
    assert agrees(shown_in_text(written, names[1:], len(tables)), seen) > 250
    document = docx.Document(str(tmp_path / "x.docx"))
    written = ([[cell.text.strip() for cell in row.cells] for row in table.rows] for table in document.tables)
    assert agrees(shown_in_text(written, names[1:], len(tables)), seen) > 250


def agrees(face: Sequence[Report], seen: Sequence[Report]) -> int:
    """Check that a face shows, below the whole, what is published and nothing else; return how many."""
    count = 0
    for cells, report in zip(face, seen, strict=True):
        for cell, shown in zip(cells, report[1:], strict=True):
            if cell is not None:
                assert str(cell).replace("×", "x") == str(shown)
                count += 1
    return count
