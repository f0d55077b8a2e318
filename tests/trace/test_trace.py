"""antq-stats trace: from a figure to its cells, and from a cell of a report to the same."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antq_stats.form import Measure
from antq_stats.run import Result, open_period
from antq_stats.trace.found import found_texts
from helpers.command import CommandResult, run
from helpers.edition import commune as commune_code
from helpers.edition import write_edition
from helpers.places import ROOT
from helpers.returns import RATIO, V1, V2, V3, W1, W2, commune, csv_text, setup, write_csv, write_xlsx

SAMPLES = ROOT / "data" / "samples"
NO_WIDTH = {"COLUMNS": ""}
"""Lines are as long as they are, whatever the width of the terminal that the tests run in."""


def traced(*arguments: object) -> CommandResult:
    done = run("trace", *arguments, "--format", "json")
    assert done.data is not None, done.stderr
    return done


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the returns of both communes, all figures given."""
    setup(tmp_path / "2021", RATIO)
    write_xlsx(tmp_path / "2021" / "nth.xlsx", commune((10, 1), (20, 2), (30, 3)))
    write_xlsx(tmp_path / "2021" / "mq.xlsx", commune((40, 4), (50, 5), villages=(W1, W2)))
    return tmp_path / "2021"


# --- the leaves come to the figure


@pytest.fixture(scope="module", params=["2020", "2021", "2021-messy", "2025"])
def sample(request: pytest.FixtureRequest) -> Result:
    return open_period(SAMPLES / request.param).run()


def test_every_figure_of_the_samples_is_the_sum_of_its_leaves(sample: Result) -> None:
    units = sample.register.units
    above = [unit for unit, level in enumerate(units.levels) if level < len(units.level_names) - 1]
    for unit in above[:: max(1, len(above) // 40)]:
        for column in sample.form.columns:
            trace = sample.trace(unit, column.code)
            assert trace.adds_up, trace
            counted = [leaf for side in trace.sides[:1] for leaf in side.each() if leaf.state == "counted"]
            if isinstance(column, Measure):
                figure = sample.aggregate.figure(unit, column.code)
                assert (sum(leaf.low for leaf in counted) if counted else None) == figure.value
                assert sum(leaf.value is not None for leaf in trace.sides[0].each()) == figure.given
                assert len(trace.sides[0]) == figure.expected


def test_what_a_leaf_says_is_what_its_cell_holds() -> None:
    result = open_period(SAMPLES / "2021").run()
    (side,) = result.trace("135", "ho_dat_gdvh").sides
    leaves = list(side.each())
    texts = found_texts(result.period, [leaf.place for leaf in leaves if leaf.place])
    assert len(leaves) == 220
    assert [texts[leaf.place] for leaf in leaves if leaf.place] == [str(leaf.value) for leaf in leaves]
    book = openpyxl.load_workbook(SAMPLES / "2021" / leaves[0].place.file, data_only=True)
    assert book[leaves[0].place.sheet][leaves[0].place.cell].value == leaves[0].value


NUMBERS = st.one_of(st.none(), st.integers(0, 5000))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=5, max_size=5))
def test_figures_and_ratios_of_any_returns_are_those_of_their_leaves(
    tmp_path_factory: pytest.TempPathFactory, figures: list[tuple[int | None, int | None]]
) -> None:
    folder = setup(tmp_path_factory.mktemp("any") / "2021", RATIO)
    rows = commune(*figures, villages=(V1, V2, V3, W1, W2))
    write_csv(folder / "a.csv", rows)
    result = open_period(folder, jobs=1).run()
    for unit in range(len(result.register)):
        for code in ("trau", "bo", "ty_le_bo"):
            assert result.trace(unit, code).adds_up
    both = [(trau, bo) for trau, bo in figures if trau is not None and bo is not None]
    ratio = result.trace("07", "ty_le_bo")
    assert [int(side.counted.sum()) for side in ratio.sides] == [len(both)] * 2
    assert [side.sum()[0] for side in ratio.sides] == [sum(bo for _, bo in both), sum(t for t, _ in both)]


# --- what is told of a leaf


def test_a_leaf_has_its_cell_its_text_and_the_hash_of_its_file(folder: Path) -> None:
    done = traced(folder, "Nguyễn Thái Học", "Số trâu", "--found")
    first = done.data["leaves"][0]
    told = {key: first[key] for key in ("unit", "file", "sheet", "cell", "found", "value", "low", "state")}
    assert told == {
        "unit": "070101", "file": "nth.xlsx", "sheet": "Biểu 01", "cell": "C2", "found": "10", "value": 10,
        "low": 10, "state": "counted",
    }  # fmt: skip
    assert first["sha256"] == hashlib.sha256((folder / "nth.xlsx").read_bytes()).hexdigest()
    assert done.data["figure"] == {
        "value": 60, "given": 3, "expected": 3, "unlisted": 0, "provisional": False, "decided": False,
    }  # fmt: skip
    assert (done.data["printed"], done.data["sum"], done.data["adds_up"]) == ("60", "60", True)


def test_the_tree_shows_units_then_cells(folder: Path) -> None:
    shallow, deep = (run("trace", folder, "07", "trau", "--depth", depth).stdout for depth in (1, 2))
    assert "150 head = the sum of 5 cells in 2 files; it agrees." in shallow
    assert re.search(r"Xã Nguyễn Thái Học +60$", shallow, re.MULTILINE)
    assert "C2" not in shallow
    assert re.search(r"Thôn 2 +20  C3 has “20”", deep)
    assert "nth.xlsx · Biểu 01 · SHA-256 " in deep


def test_a_large_level_is_folded_with_the_sum_of_the_rest(tmp_path: Path) -> None:
    villages = [(f"0701{number:02}", f"Thôn {number}") for number in range(50)]
    units = "code,name,type,level,parent\n07,Hà Trung,tỉnh,province,\n0701,Minh Quân,xã,commune,07\n"
    units += "".join(f"{code},{name},,village,0701\n" for code, name in villages)
    folder = setup(tmp_path / "2021", units=units)
    figures: list[tuple[object, object]] = [(number + 1, 1) for number in range(50)]
    figures[3] = ("abc", 1)
    write_csv(folder / "a.csv", commune(*figures, villages=villages))
    shown = run("trace", folder, "0701", "trau", env=NO_WIDTH).stdout
    listed = [int(number) for number in re.findall(r"^  Thôn \d+ +(\d+)  C", shown, re.MULTILINE)]
    folded = re.search(r"… (\d+) more \(level: village\), total +(\d+)", shown)
    assert folded is not None
    assert "C302" in shown  # what is in doubt is never folded
    assert len(listed) + 1 + int(folded[1]) == 50
    assert sum(listed) + int(folded[2]) == sum(range(1, 51)) - 4


def test_a_value_that_is_not_taken_is_missing_with_its_cell_and_finding(folder: Path) -> None:
    write_xlsx(folder / "nth.xlsx", commune(("12 nhà", 1), (20, 2), (30, 3)))
    done = traced(folder, "0701", "trau", "--found")
    first = done.data["leaves"][0]
    assert (first["state"], first["reason"], first["cell"], first["found"]) == (
        "missing", "no-value", "C2", "12 nhà",
    )  # fmt: skip
    assert [finding["code"] for finding in first["findings"]] == ["C302"]
    assert done.data["figure"]["provisional"] is True
    assert [cause["code"] for cause in done.data["causes"]] == ["C302"]
    text = run("trace", folder, "0701", "trau", env=NO_WIDTH).stdout
    assert "Provisional, because of: 1 unit that has not reported it; 1 hard finding." in text
    assert "C2 has “12 nhà”; the cell gives no figure; nothing is counted" in text


def test_a_return_that_did_not_come_is_named_as_missing(folder: Path) -> None:
    (folder / "mq.xlsx").unlink()
    done = traced(folder, "07", "trau")
    missing = [leaf["unit"] for leaf in done.data["leaves"] if leaf["state"] == "missing"]
    assert missing == ["070201", "070202"]
    assert {leaf["reason"] for leaf in done.data["leaves"][3:]} == {"no-row"}
    assert done.data["sides"][0]["missing"] == 2
    assert "U302" in [cause["code"] for cause in done.data["causes"]]
    assert re.search(r"Xã Minh Quân +…  2 missing; 1 hard finding", run("trace", folder, "07", "trau").stdout)


def test_a_sheet_without_the_column_is_told_apart_from_a_blank_cell(folder: Path) -> None:
    rows = commune((10, 1), (None, 2), (30, 3))
    write_xlsx(folder / "nth.xlsx", [row[:3] for row in rows])
    reasons = {
        code: [leaf["reason"] for leaf in traced(folder, "0701", code).data["leaves"]]
        for code in ("trau", "bo")
    }
    assert reasons == {"trau": [None, "no-value", None], "bo": ["no-column"] * 3}


def test_a_ratio_counts_the_units_that_gave_both_sides(folder: Path) -> None:
    write_xlsx(folder / "nth.xlsx", commune((10, 1), (20, None), (None, 3)))
    done = traced(folder, "0701", "ty_le_bo")
    states = {(leaf["measure"], leaf["unit"]): leaf["state"] for leaf in done.data["leaves"]}
    assert states == {
        ("bo", "070101"): "counted", ("trau", "070101"): "counted",
        ("bo", "070102"): "missing", ("trau", "070102"): "one-side",
        ("bo", "070103"): "one-side", ("trau", "070103"): "missing",
    }  # fmt: skip
    assert done.data["printed"] == done.data["sum"] == "10.0%"
    assert [side["low"] for side in done.data["sides"]] == [1, 10]
    text = run("trace", folder, "0701", "ty_le_bo", env=NO_WIDTH).stdout
    assert "10.0% = 1 : 10; it agrees." in text
    assert re.search(r"Thôn 2 +…  +\(20\)  D3 is blank : C3 has “20”; the cell gives no figure", text)


# --- rows that do not count


def test_the_earlier_version_stands_beside_the_value_that_counts(folder: Path) -> None:
    write_xlsx(folder / "nth_v2.xlsx", commune((11, 1), (20, 2), (30, 3)))
    leaf = traced(folder, "070101", "trau").data["leaves"][0]
    assert (leaf["file"], leaf["value"]) == ("nth_v2.xlsx", 11)
    assert leaf["other_rows"] == [
        {
            "kind": "superseded", "file": "nth.xlsx", "sheet": "Biểu 01", "cell": "C2", "value": 10,
            "by": "nth_v2.xlsx",
        }
    ]  # fmt: skip
    text = run("trace", folder, "070101", "trau", env=NO_WIDTH).stdout
    assert "Replaces the earlier version: nth.xlsx · Biểu 01 · C2 had 10." in text


def test_a_copy_of_a_file_and_a_repeated_row_are_named(folder: Path) -> None:
    (folder / "zz.xlsx").write_bytes((folder / "nth.xlsx").read_bytes())
    rows = commune((40, 4), (50, 5), (50, 5), villages=(W1, W2, W2))
    write_xlsx(folder / "mq.xlsx", rows)
    leaves = {leaf["unit"]: leaf["other_rows"] for leaf in traced(folder, "07", "bo").data["leaves"]}
    told = {
        unit: [(row["kind"], row["file"], row["cell"], row["value"], row["by"]) for row in rows]
        for unit, rows in leaves.items()
        if rows
    }
    assert told == {
        "070101": [("copy", "zz.xlsx", "D2", 1, "nth.xlsx")],
        "070102": [("copy", "zz.xlsx", "D3", 2, "nth.xlsx")],
        "070103": [("copy", "zz.xlsx", "D4", 3, "nth.xlsx")],
        "070202": [("repeated", "mq.xlsx", "D4", 5, "mq.xlsx")],
    }


def test_rows_that_differ_are_both_named_and_neither_counts(folder: Path) -> None:
    write_xlsx(folder / "mq.xlsx", commune((40, 4), (50, 5), (51, 5), villages=(W1, W2, W2)))
    leaf = traced(folder, "070202", "trau").data["leaves"][0]
    assert (leaf["state"], leaf["reason"], leaf["low"]) == ("missing", "rows-differ", 0)
    assert [(row["kind"], row["cell"], row["value"]) for row in leaf["other_rows"]] == [
        ("contradicts", "C3", 50), ("contradicts", "C4", 51),
    ]  # fmt: skip
    shown = run("trace", folder, "070202", "trau", "--lang", "en")
    assert shown.status == 1
    assert "rows of the unit differ; none of them is counted" in shown.stdout


# --- files in containers, decimals, figures of a level's own


def test_a_file_in_a_zip_is_named_by_the_path_inside_and_read_again(folder: Path) -> None:
    with zipfile.ZipFile(folder / "december.zip", "w") as archive:
        archive.writestr("a/nth.xlsx", (folder / "nth.xlsx").read_bytes())
    (folder / "nth.xlsx").unlink()
    leaf = traced(folder, "070102", "trau", "--found").data["leaves"][0]
    assert (leaf["file"], leaf["cell"], leaf["found"]) == ("december.zip/a/nth.xlsx", "C3", "20")


def test_decimals_are_added_exactly(tmp_path: Path) -> None:
    more = (
        '[[measure]]\ncode = "duong"\nlabel = { vi = "Đường", en = "Road" }\nkind = "count"\ndecimals = 1\n'
    )
    folder = setup(tmp_path / "2021", more)
    head = ["Mã thôn", "Tên thôn", "Số trâu", "Số bò", "Đường"]
    rows = [[*row, value] for row, value in zip(commune()[1:], ("0,1", "0,2", "0,3"), strict=True)]
    write_csv(folder / "a.csv", [head, *rows], delimiter=";")
    trace = open_period(folder).run().trace("0701", "duong")
    assert trace.adds_up
    assert trace.sum.low == Decimal("0.6")


def test_a_measure_that_no_level_adds_up_is_traced_to_the_units_own_row(tmp_path: Path) -> None:
    folder = tmp_path / "2025"
    write_edition(folder, 2, {})
    province = open_period(folder).register.units.codes[0]
    none = traced(folder, province, "mo_hinh_antq")
    assert (none.data["figure"]["value"], none.data["adds_up"]) == (None, True)
    assert {leaf["state"] for leaf in none.data["leaves"]} == {"not-added"}
    own = traced(folder, commune_code(1), "mo_hinh_antq")
    (leaf,) = own.data["leaves"]
    assert (leaf["unit"], leaf["file"], leaf["low"]) == (commune_code(1), "bieu-02.csv", 4)
    head = ["Mã đơn vị", "Tên đơn vị", "Mô hình", "Điểm mô hình"]
    write_csv(folder / "tinh.csv", [head, [province, "Tỉnh Lào Cai", 7, ""]])
    (leaf,) = traced(folder, province, "mo_hinh_antq").data["leaves"]
    told = {key: leaf[key] for key in ("unit", "file", "cell", "value", "state")}
    assert told == {"unit": province, "file": "tinh.csv", "cell": "C2", "value": 7, "state": "counted"}


# --- other boundaries


def test_figures_on_other_boundaries_come_from_units_of_the_period() -> None:
    done = traced(SAMPLES / "2021", "Xã Mường Lai", "tong_ho", "--on", "2025-12-01")
    stated = run("aggregate", SAMPLES / "2021", "--on", "2025-12-01", "--format", "json")
    (unit,) = [each for each in stated.data if each["unit"] == done.data["unit"]]
    assert done.data["figure"]["value"] == unit["measures"]["tong_ho"]["value"]
    assert sum(leaf["low"] for leaf in done.data["leaves"]) == unit["measures"]["tong_ho"]["value"]
    assert done.data["boundaries"] == {"period": None, "day": "2025-12-01"}
    parents = {leaf["parent"] for leaf in done.data["leaves"]}
    assert len(parents) == 4  # four former communes
    assert {leaf["counts_under"] for leaf in done.data["leaves"]} == {done.data["unit"]}


def test_a_divided_unit_counts_between_two_values(tmp_path: Path) -> None:
    folder = setup(tmp_path / "2021")
    write_csv(folder / "a.csv", commune((10, 1), (20, 2), (30, 3)))
    write_csv(folder / "b.csv", commune((40, 4), (50, 5), villages=(W1, W2)))
    (folder / "units.csv").write_text(
        "code,name,type,level,parent,valid_from,valid_to\n07,Hà Trung,tỉnh,province,,,\n"
        "0701,Nguyễn Thái Học,xã,commune,07,,\n0702,Minh Quân,xã,commune,07,,2022-06-30\n"
        "0703,Minh Châu,xã,commune,07,2022-07-01,\n0704,Minh An,xã,commune,07,2022-07-01,\n"
        "070101,Thôn 1,,village,0701,,\n070102,Thôn 2,,village,0701,,\n"
        "070103,Thôn Nguyễn Phúc,,village,0701,,\n070201,Thôn 1,,village,0702,,2022-06-30\n"
        "070202,Bản Lý,,village,0702,,2022-06-30\n",
        encoding="utf-8",
    )
    (folder / "changes.csv").write_text(
        "event,date,kind,from,to,share,act,source\n"
        "1,2022-07-01,split,0702,0703,,,\n1,2022-07-01,split,0702,0704,,,\n",
        encoding="utf-8",
    )
    done = traced(folder, "0703", "trau", "--on", "2022-12-01")
    assert done.data["adds_up"] is True
    assert [(leaf["unit"], leaf["value"], leaf["low"], leaf["high"]) for leaf in done.data["leaves"]] == [
        ("070201", 40, 0, 40), ("070202", 50, 0, 50),
    ]  # fmt: skip
    assert "0 to 90" in run("trace", folder, "0703", "trau", "--on", "2022-12-01").stdout


# --- CSV, restricted measures, wrong words


def test_the_csv_adds_up_and_is_not_read_as_a_return(folder: Path) -> None:
    done = run("trace", folder, "07", "trau", "-o", folder / "cells.csv", "--found")
    assert done.status == 0, done.stderr
    rows = list(csv.DictReader(io.StringIO((folder / "cells.csv").read_text(encoding="utf-8-sig"))))
    assert sum(int(row["low"]) for row in rows) == 150
    assert rows[1]["found"] == "20"
    run("trace", folder, "07", "trau", "-o", folder / "tree.txt")
    run("trace", folder, "07", "trau", "-o", folder / "cells.json")
    again = run("validate", folder, "--format", "json")
    assert (again.data["summary"]["files"], again.data["findings"]) == (2, [])


def test_restricted_figures_are_called_internal(tmp_path: Path) -> None:
    more = '[[measure]]\ncode = "kin"\nlabel = { vi = "Kín", en = "Restricted" }\nsensitive = "yes"\n'
    folder = setup(tmp_path / "2021", more)
    head = ["Mã thôn", "Tên thôn", "Số trâu", "Số bò", "Kín"]
    write_csv(folder / "a.csv", [head, *([*row, 2] for row in commune()[1:])])
    assert "Internal: reports withhold this figure" in run("trace", folder, "0701", "kin").stdout
    done = traced(folder, "0701", "kin")
    assert done.data["internal"] is True
    assert "Internal: reports withhold this figure" in done.stderr
    assert traced(folder, "0701", "bo").data["internal"] is False


def test_a_name_in_a_cell_is_never_shown(folder: Path) -> None:
    write_xlsx(folder / "nth.xlsx", commune(("Nguyễn Văn An", 1), (20, 2), (30, 3)))
    shown = run("trace", folder, "0701", "trau", env=NO_WIDTH)
    data = traced(folder, "0701", "trau", "--found")
    assert "Văn An" not in shown.output + data.output
    assert data.data["leaves"][0]["found"] is None


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("Nguyễn Thái Hoc", "trau"), "Nguyễn Thái Học"),
        (("0701", "trau_bo"), "trau"),
        (("0701", "Số lợn"), "“Số lợn” does not exist"),
        (("Thôn 1", "trau"), "070101, 070201"),
        (("0701",), "the unit or the measure is missing"),
        (("0701", "trau", "--depth", "-1"), "--depth must be 0 or more"),
    ],
)
def test_wrong_words_are_answered_with_suggestions(folder: Path, words: tuple[str, ...], told: str) -> None:
    done = run("trace", folder, *words)
    assert done.status == 2
    assert told in done.stderr


# --- from a report


@pytest.fixture
def report(folder: Path) -> Path:
    path = folder.parent / "report.xlsx"
    assert run("report", folder, "-o", path).status == 0
    return path


def cells_of(path: Path, name: str) -> list[tuple[str, object]]:
    sheet = openpyxl.load_workbook(path, data_only=True)[name]
    return [(cell.coordinate, cell.value) for row in sheet.iter_rows() for cell in row]


@pytest.mark.parametrize("order", [(), ("--total", "last")])
def test_every_figure_of_a_report_is_traced_from_its_cell(folder: Path, order: tuple[str, ...]) -> None:
    path = folder.parent / "report.xlsx"
    assert run("report", folder, "-o", path, *order).status == 0
    known = {60: "0701", 90: "0702", 150: "07", 20: "070102"}
    seen = set()
    for name in ("By commune", "By village"):
        for cell, value in cells_of(path, name):
            if value in known and cell[0] == "C":
                done = traced(path, f"{name}!{cell}")
                assert (done.data["unit"], done.data["measure"]) == (known[value], "trau")
                assert done.data["report"]["agrees"] is True
                seen.add(value)
    assert seen == set(known)


def test_a_cell_without_a_sheet_is_one_of_the_summary(report: Path) -> None:
    cells = {cell: value for cell, value in cells_of(report, "Summary") if value == 150}
    done = traced(report, next(iter(cells)))
    assert (done.data["unit"], done.data["measure"], done.data["printed"]) == ("07", "trau", "150")
    assert "it agrees with the files of the folder" in done.stderr


def test_a_cell_without_a_stored_value_is_not_said_to_agree(report: Path) -> None:
    (cell, *_) = [cell for cell, value in cells_of(report, "Summary") if value == 150]
    book = openpyxl.load_workbook(report)
    book["Summary"][cell] = "=100+50"
    book.save(report)
    done = traced(report, cell)
    assert (done.status, done.data["report"]["agrees"]) == (1, None)
    assert "has no stored value: open the file in Excel, save it" in done.stderr


def test_a_report_of_other_files_is_told(folder: Path, report: Path) -> None:
    (cell, *_) = [cell for cell, value in cells_of(report, "Summary") if value == 150]
    write_xlsx(folder / "nth.xlsx", commune((11, 1), (20, 2), (30, 3)))
    done = traced(report, cell)
    assert done.status == 1
    assert (done.data["report"]["agrees"], done.data["report"]["changed"]) == (False, ["nth.xlsx"])
    assert "1 file has changed since the report was made: nth.xlsx." in done.stderr
    assert "IT DIFFERS from the files of the folder" in done.stderr
    (folder / "mq.xlsx").rename(folder / "minh-quan.xlsx")
    done = traced(report, cell)
    assert (done.data["report"]["gone"], done.data["report"]["new"]) == (["mq.xlsx"], ["minh-quan.xlsx"])


def test_the_folder_is_beside_the_report_or_named(folder: Path, report: Path, tmp_path: Path) -> None:
    (cell, *_) = [cell for cell, value in cells_of(report, "Summary") if value == 150]
    elsewhere = tmp_path / "elsewhere" / "report.xlsx"
    elsewhere.parent.mkdir()
    report.rename(elsewhere)
    inside = folder / "report.xlsx"
    inside.write_bytes(elsewhere.read_bytes())
    assert traced(inside, cell).status == 0
    assert traced(elsewhere, cell).status == 0  # the folder beside that of the report
    elsewhere = elsewhere.rename(tmp_path.parent / f"{tmp_path.name}-report.xlsx")
    lost = run("trace", elsewhere, cell)
    assert lost.status == 2
    assert "the folder “2021” is not beside the report" in lost.stderr
    assert traced(elsewhere, cell, folder).status == 0


def test_wrong_cells_are_answered_with_those_that_hold_figures(folder: Path, report: Path) -> None:
    assert "figures are in Summary: D, " in run("trace", report, "A1").stderr
    assert "the sheets with figures are Summary, By commune or By village" in (
        run("trace", report, "By hamlet!C9").stderr
    )
    assert "write F12" in run("trace", report, "first").stderr
    assert "the address of a cell is missing" in run("trace", report).stderr
    assert "is not a report (.xlsx) of this program" in run("trace", folder / "nth.xlsx", "C2").stderr
    assert "--on cannot be used" in run("trace", report, "D9", "--on", "2025-12-01").stderr


def test_a_report_on_other_units_is_refused(folder: Path, report: Path) -> None:
    units = (folder / "units.csv").read_text(encoding="utf-8")
    (folder / "units.csv").write_text(units + "070203,Thôn 3,,village,0702\n", encoding="utf-8")
    done = run("trace", report, "By village!C12")
    assert done.status == 2
    assert "another register of units" in done.stderr


def test_the_hidden_sheet_names_no_hash_where_a_measure_is_restricted(tmp_path: Path) -> None:
    more = '[[measure]]\ncode = "kin"\nlabel = { vi = "Kín", en = "Restricted" }\nsensitive = "yes"\n'
    folder = setup(tmp_path / "2021", more)
    head = ["Mã thôn", "Tên thôn", "Số trâu", "Số bò", "Kín"]
    (folder / "a.csv").write_text(
        csv_text([head, *([*row, 2] for row in commune(villages=(V1, V2, V3, W1, W2))[1:])]), encoding="utf-8"
    )
    assert run("report", folder, "-o", tmp_path / "r.xlsx").status == 0
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx")["_antq_stats_trace"]
    assert sheet.sheet_state == "veryHidden"
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert [row[1:3] for row in rows if row[0] == "source"] == [["a.csv", ""]]


def test_each_leaf_of_the_json_stands_on_a_line(folder: Path) -> None:
    done = run("trace", folder, "07", "trau", "--format", "json")
    lines = [line for line in done.stdout.splitlines() if line.startswith('  {"unit": ')]
    assert [json.loads(line.rstrip(",")) for line in lines] == done.data["leaves"]
    assert len(lines) == 5
