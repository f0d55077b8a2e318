"""A return that was sent again: what changed, what was cured, and what nobody asked for."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antq_stats.collection.intake import Intake
from antq_stats.reading.receive import receive
from antq_stats.sendings.difference import difference
from antq_stats.sendings.resent import sendings
from helpers.command import run
from helpers.places import SAMPLES
from helpers.returns import HEAD, V1, V2, V3, commune, setup, write_csv, write_xls, write_xlsx

RULE = """
[[rule]]
code = "E01"
check = "bo <= trau"
severity = "hard"
message = { vi = "bò không quá trâu", en = "no more cattle than buffaloes" }
"""
FIRST = [(12, 15), (3, "một con"), (60, 2)]
SECOND = [(15, 12), (3, 1), (61, 2)]
"""The rule and the text are mended, and the last village has another figure, for which nobody asked."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return setup(tmp_path / "2021", RULE)


def compared(old: Path, new: Path) -> dict[str, object]:
    done = run("compare", old, new, "--format", "json")
    assert done.status in (0, 1), done.output
    return dict(done.data)


def test_what_nobody_asked_for_comes_first(folder: Path) -> None:
    old = write_xlsx(folder / "a.xlsx", commune(*FIRST))
    new = write_xlsx(folder / "a lan2.xlsx", [["Xã Nguyễn Thái Học"], *commune(*SECOND)])
    done = run("compare", old, new, "--format", "json")
    assert done.status == 0
    told = done.data
    assert (told["old"], told["new"], told["unchanged"]) == ("a.xlsx", "a lan2.xlsx", False)
    assert told["summary"] == {
        "cells": 4, "rows_added": 0, "rows_removed": 0, "unasked": 1, "cured": 2, "new_findings": 0,
    }  # fmt: skip
    cells = [
        (each["unit"], each["measure"], each["old"], each["new"], each["cell"], each["asked"])
        for each in told["cells"]
    ]
    assert cells == [
        ("070103", "trau", "60", "61", "C5", []),
        ("070101", "trau", "12", "15", "C3", ["R101"]),
        ("070101", "bo", "15", "12", "D3", ["R101"]),
        ("070102", "bo", "một con", "1", "D4", ["C302"]),
    ]
    assert {each["code"] for each in told["cured"]} == {"R101", "C302"}


@pytest.mark.parametrize("width", ["80", "140"])
def test_the_screen_begins_with_what_nobody_asked_for(folder: Path, width: str) -> None:
    old = write_xlsx(folder / "a.xlsx", commune(*FIRST))
    new = write_xlsx(folder / "a lan2.xlsx", commune(*SECOND))
    shown = run("compare", old, new, "--lang", "vi", env={"COLUMNS": width}).stdout
    assert shown.index("Thay đổi không ai yêu cầu (1)") < shown.index("Thay đổi theo yêu cầu (3)")
    assert shown.index("Thay đổi theo yêu cầu (3)") < shown.index("Lỗi đã hết (2)")


def test_all_formats_of_files_can_be_compared_and_all_outputs_written(folder: Path, tmp_path: Path) -> None:
    old = write_xls(tmp_path / "mail" / "a.xls", {"x": commune(*FIRST)})
    new = write_csv(folder / "a.csv", commune(*SECOND))
    told = compared(old, new)
    assert told["summary"]["cells"] == 4  # type: ignore[index]
    rows = run("compare", old, new, "--format", "csv").stdout.splitlines()
    assert rows[0].startswith("change,asked,unit,name,measure,old,new,sheet,cell")
    assert [row.split(",")[0] for row in rows[1:]] == ["cell"] * 4 + ["cured"] * 2
    assert rows[1].split(",")[1:7] == ["no", "070103", "Thôn Nguyễn Phúc", "trau", "60", "61"]
    assert "| Buffaloes | 60 | 61 | C4 | nobody asked |" in " ".join(
        run("compare", old, new, "--format", "md").stdout.split()
    )
    out = tmp_path / "changes.xlsx"
    assert run("compare", old, new, "-o", out).status == 0
    assert "nobody asked" in openpyxl.load_workbook(out).sheetnames[0]


def test_a_return_that_came_back_unchanged_is_told(folder: Path) -> None:
    old = write_xlsx(folder / "a.xlsx", commune(*FIRST))
    new = write_xlsx(folder / "a lan2.xlsx", commune(*FIRST))
    done = run("compare", old, new)
    assert done.status == 1
    assert "came back unchanged" in " ".join(done.stdout.split())
    assert compared(old, new)["unchanged"]


def test_rows_that_came_or_went_are_told(folder: Path) -> None:
    old = write_xlsx(folder / "a.xlsx", commune((1, 1), (2, 2), villages=(V1, V2)))
    new = write_xlsx(folder / "a lan2.xlsx", commune((1, 1), (3, 3), villages=(V1, V3)))
    told = compared(old, new)
    rows = [(each["unit"], each["change"], each["asked"]) for each in told["rows"]]  # type: ignore[attr-defined]
    assert rows == [("070102", "removed", []), ("070103", "added", ["U301"])]


def test_a_wrong_cell_of_the_commune_asks_for_no_row_of_a_village_to_go(tmp_path: Path) -> None:
    shutil.copy(SAMPLES / "2021-messy" / "units.csv", tmp_path)
    old = tmp_path / "an-lac.xlsx"
    shutil.copy(SAMPLES / "2021-messy" / "luc-yen" / "an-lac.xlsx", old)  # C301 in its table of the commune
    book = openpyxl.load_workbook(old)
    book["Biểu 01"].delete_rows(12)
    new = tmp_path / "an-lac_v2.xlsx"
    book.save(new)
    done = run("compare", old, new, "--period", "2021", "--format", "json")
    rows = [(each["unit"], each["change"], each["asked"]) for each in done.data["rows"]]
    assert rows == [("04327002", "removed", [])]


def test_a_header_that_was_mended_is_no_change_nobody_asked_for(folder: Path) -> None:
    old = write_xlsx(folder / "a.xlsx", commune(*SECOND, head=[*HEAD[:3], "Bò các loại"]))
    new = write_xlsx(folder / "a lan2.xlsx", commune(*SECOND))
    told = compared(old, new)
    assert told["summary"]["unasked"] == 0  # type: ignore[index]
    assert {each["code"] for each in told["cured"]} >= {"T201"}  # type: ignore[attr-defined]


def test_a_file_and_a_folder_cannot_be_compared(folder: Path) -> None:
    new = write_xlsx(folder / "a.xlsx", commune(*FIRST))
    refused = run("compare", folder, new)
    assert refused.status == 2
    assert "two files" in " ".join(refused.stderr.split())
    assert run("compare", new, new, "--by", "commune").status == 2


@pytest.mark.parametrize("places", [("gone.xlsx", "a.xlsx"), ("a.xlsx", "gone.xlsx"), ("gone.xlsx", ".")])
def test_a_file_that_is_not_there_is_named(folder: Path, places: tuple[str, str]) -> None:
    write_xlsx(folder / "a.xlsx", commune(*FIRST))
    refused = run("compare", *(folder / place for place in places), "--lang", "en")
    assert refused.status == 2
    told = " ".join(refused.stderr.split())
    assert f"{folder / 'gone.xlsx'}” was not found; check the name and the path" in told
    assert "antq-stats compare OLD.xlsx NEW.xlsx" in told


def test_validate_tells_what_changed_in_the_last_version(folder: Path, tmp_path: Path) -> None:
    write_xlsx(folder / "a.xlsx", commune((1, 1), (2, 2), (3, 3)))
    write_xlsx(folder / "a_v2.xlsx", commune(*FIRST))
    write_xlsx(folder / "a_v3.xlsx", commune(*SECOND[:2], (61, 70)))
    done = run("validate", folder, "--format", "json")
    told = {each["file"]: each["message"] for each in done.data["findings"] if each["code"] == "F202"}
    assert "cells: 5; findings" not in told["a.xlsx"]
    assert "differs in cells: 5" in told["a_v2.xlsx"]
    assert "nobody asked for: 2" in told["a_v2.xlsx"]
    assert "nobody asked for" not in told["a.xlsx"]
    assert "changes nobody asked for: 2" in " ".join(done.stderr.split())
    calls = run("validate", folder, "--by-sender").stdout
    assert "changes that nobody asked for: 2" in " ".join(calls.split())
    run("validate", folder, "--format", "xlsx", "-o", tmp_path / "out")
    page = openpyxl.load_workbook(tmp_path / "out" / "a_v3.xlsx").worksheets[0]
    assert any("nobody asked for: 2" in str(row[0]) for row in page.iter_rows(values_only=True))


def test_validate_tells_of_a_return_that_came_back_unchanged(folder: Path) -> None:
    first = write_xlsx(folder / "a.xlsx", commune(*FIRST))
    shutil.copy(first, folder / "a_v2.xlsx")
    write_xlsx(folder / "a_v2.xlsx", commune(*FIRST))
    done = run("validate", folder, "--lang", "vi", "-v")
    assert "gửi lại giống hệt" in " ".join(done.stdout.split())
    assert "gửi lại giống hệt" in " ".join(done.stderr.split())
    calls = run("validate", folder, "--by-sender", "--lang", "vi").stdout
    assert "giống hệt bản trước" in " ".join(calls.split())


def test_a_file_that_cannot_be_read_cures_nothing(folder: Path) -> None:
    old = write_xlsx(folder / "a.xlsx", commune(*FIRST))
    new = folder / "a lan2.xlsx"
    new.write_bytes(old.read_bytes()[:300])
    told = compared(old, new)
    assert told["cured"] == []
    assert [each["code"] for each in told["new_findings"]] == ["F102"]  # type: ignore[attr-defined]
    assert {each["change"] for each in told["rows"]} == {"removed"}  # type: ignore[attr-defined]


def test_the_only_file_of_an_archive_is_compared_and_no_input_is_overwritten(folder: Path) -> None:
    new = write_xlsx(folder / "a.xlsx", commune(*SECOND))
    old = write_xlsx(folder / "cu" / "a.xlsx", commune(*FIRST))
    with zipfile.ZipFile(folder / "thu.zip", "w") as archive:
        archive.write(old, "a.xlsx")
    assert compared(folder / "thu.zip", new)["summary"]["cells"] == 4  # type: ignore[index]
    before = old.read_bytes()
    assert run("compare", old, new, "-o", old).status == 3
    assert old.read_bytes() == before


_FIGURES = st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), min_size=3, max_size=3)


@settings(max_examples=30, deadline=None)
@given(before=_FIGURES, after=_FIGURES)
def test_each_cell_that_differs_is_one_change_and_asked_for_where_a_rule_was_broken(
    tmp_path_factory: pytest.TempPathFactory, before: list[tuple[int, int]], after: list[tuple[int, int]]
) -> None:
    folder = setup(tmp_path_factory.mktemp("year") / "2021", RULE)
    opened = Intake.open(folder)
    pair = []
    for name, figures in (("a.csv", before), ("b.csv", after)):
        return_ = receive(opened.plan, write_csv(folder / name, commune(*figures)), name)
        pair.append(sendings(opened.form, opened.register, opened.name, [return_])[name])
    changed = difference(opened.form, opened.plan, *pair)
    cells = [
        (old, place)
        for old, new in zip(before, after, strict=True)
        for place in (0, 1)
        if old[place] != new[place]
    ]
    assert len(changed.cells) == len(cells)
    assert changed.unasked == sum(cattle <= buffaloes for (buffaloes, cattle), _ in cells)
    assert [bool(each.asked) for each in changed.cells] == sorted(bool(each.asked) for each in changed.cells)
    broken = [[cattle > buffaloes for buffaloes, cattle in figures] for figures in (before, after)]
    assert len(changed.cured) == sum(old and not new for old, new in zip(*broken, strict=True))
    assert len(changed.appeared) == sum(new and not old for old, new in zip(*broken, strict=True))
    assert changed.is_unchanged == (before == after)
