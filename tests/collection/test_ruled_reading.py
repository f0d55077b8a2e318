"""Decisions on whose a file is, and on what a header means, are applied while the file is read."""

from __future__ import annotations

import pickle
import shutil
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest

from antq_stats import open_period
from antq_stats.collection.intake import Intake
from antq_stats.findings.catalogue import message, severity
from antq_stats.reading.express.layout_cache import LayoutCache
from antq_stats.reading.receive import receive
from helpers.blank_returns import fill
from helpers.command import run
from helpers.decisions import decide
from helpers.places import SAMPLES
from helpers.returns import HEAD, V1, V2, V3, W1, W2, commune, setup, write_csv, write_xlsx

CATTLE = ["Mã thôn", "Tên thôn", "Số trâu", "Bò các loại"]
"""A header whose last column the form does not know."""


REGISTERED = "Hộ đăng ký xây dựng gia đình văn hóa"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return setup(tmp_path / "2021")


class Told(NamedTuple):
    severity: str
    file: str | None
    sheet: str | None
    row: int | None
    unit: str | None
    measure: str | None
    message: str


def read(folder: Path) -> tuple[list[tuple[str, Told]], dict[str, tuple[int | None, int | None]]]:
    """Return the findings by their codes, and the two figures of each village."""
    result = open_period(folder).run()
    told = [
        (f.code, Told(severity(f), f.file, f.sheet, f.row, f.unit, f.measure, message(f, "en")))
        for f in result.findings
    ]
    frame = result.collection.frame("01").astype(object)
    values = frame.where(frame.notna(), None).itertuples(name=None)
    return told, {unit: figures for unit, *figures in values}


def findings(folder: Path) -> dict[str, Told]:
    return dict(read(folder)[0])


def figures(folder: Path) -> dict[str, list[int | None]]:
    return read(folder)[1]


def by_name(*villages: tuple[str, str], head: str = "Tên thôn") -> list[list[object]]:
    """Return rows without codes, so that only the commune tells which villages they are."""
    return [[head, "Số trâu", "Số bò"], *([name, 10, 1] for _, name in villages)]


# -- whose a file is ------------------------------------------------------------------------------


def test_a_file_is_read_as_that_of_the_unit_decided(folder: Path) -> None:
    write_xlsx(folder / "bao cao.xlsx", by_name(W1, W1)[:2])
    assert findings(folder)["U102"].severity == "hard"  # Thôn 1 is in both communes
    decide(folder, "unit,0702,,,bao cao.xlsx,,")
    told = findings(folder)
    assert "U102" not in told
    assert (told["F303"].severity, told["F303"].unit, told["F303"].file) == (
        "note", "0702", "bao cao.xlsx",
    )  # fmt: skip
    assert "office" in told["F303"].message
    assert "agreed by telephone" in told["F303"].message
    assert figures(folder)["070201"] == [10, 1]


def test_titles_and_names_that_say_otherwise_count_for_nothing(folder: Path) -> None:
    rows = [["Xã Nguyễn Thái Học"], *commune((7, 1), (8, 1), villages=(W1, W2))]
    write_xlsx(folder / "xã Nguyễn Thái Học.xlsx", rows)
    assert "F205" in findings(folder)
    decide(folder, "unit,0702,,,xã Nguyễn Thái Học.xlsx,,")
    told = findings(folder)
    assert "F205" not in told
    assert [each[0] for each in figures(folder).values()][3:] == [7, 8]


def test_rows_of_other_units_are_still_told(folder: Path) -> None:
    write_xlsx(folder / "a.xlsx", commune((1, 1), (1, 1), (1, 1), villages=(W1, W2, V1)))
    decide(folder, "unit,0702,,,a.xlsx,,")
    assert (findings(folder)["U203"].unit, findings(folder)["U203"].row) == ("070101", 4)
    write_xlsx(folder / "a.xlsx", commune(villages=(V1, V2, V3)))
    assert findings(folder)["F205"].file == "a.xlsx"


def test_one_sheet_can_be_a_units(folder: Path) -> None:
    write_xlsx(folder / "a.xlsx", {"mot": by_name(V1), "hai": by_name(W1)})
    decide(folder, "unit,0701,,,a.xlsx#mot,,", "unit,0702,,,a.xlsx#hai,,")
    found = figures(folder)
    assert (found["070101"][0], found["070201"][0]) == (10, 10)
    assert sorted(str(each.sheet) for code, each in read(folder)[0] if code == "F303") == ["hai", "mot"]


def test_a_file_in_an_archive_or_a_folder_can_be_a_units(folder: Path) -> None:
    write_xlsx(folder / "hop thu" / "a.xlsx", by_name(W1))
    decide(folder, "unit,0702,,,hop thu,,")
    assert figures(folder)["070201"][0] == 10


def test_a_blank_return_of_the_program_is_that_of_the_unit_decided(folder: Path, tmp_path: Path) -> None:
    assert run("template", folder, "-o", tmp_path / "blanks").status == 0
    figures_of_all = {(code, measure): 4 for code, _ in (V1, V2, V3) for measure in ("trau", "bo")}
    fill(tmp_path / "blanks" / "nguyen-thai-hoc.xlsx", folder / "a.xlsx", figures_of_all)
    decide(folder, "unit,0701,,,a.xlsx,,")
    assert figures(folder)["070101"] == [4, 4]
    decide(folder, "unit,0702,,,a.xlsx,,")
    told, values = read(folder)
    assert dict(told)["F205"].severity == "hard"
    assert values["070101"] == [None, None]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("unit,0702,,,khac.xlsx,,", "no such file"),
        ("unit,0702,,,a.xlsx#khac,,", "no such sheet"),
        ("unit,999,,,a.xlsx,,", "no such unit"),
        ("column,0702,bo,,,,Bò tót", "no file has this header"),
        ("column,0702,xe,,,,Bò các loại", "no such measure"),
        ("column,999,bo,,,,Bò các loại", "no such unit"),
        ("column,,bo,,khac.xlsx,,Bò các loại", "no such file"),
        ("column,,bo,,a.xlsx,,Số trâu", "means another measure"),
        ("column,,bo,,a.xlsx,,Số bò", "already"),
    ],
)
def test_a_decision_that_does_not_fit_is_told_with_its_problem(folder: Path, line: str, problem: str) -> None:
    write_xlsx(folder / "a.xlsx", commune())
    before = figures(folder)
    decide(folder, line)
    told, after = dict(read(folder)[0]), read(folder)[1]
    assert told["F302"].severity == "soft"
    assert problem in told["F302"].message
    assert "F303" not in told
    assert after == before


# -- what a header means --------------------------------------------------------------------------


def test_a_header_of_one_file_means_what_was_decided(folder: Path) -> None:
    write_xlsx(folder / "a.xlsx", commune((5, 6), head=CATTLE))
    write_xlsx(folder / "b.xlsx", commune((7, 8), head=CATTLE, villages=(W1, W2)))
    assert findings(folder).keys() >= {"T201", "T203"}
    decide(folder, "column,,bo,,a.xlsx,,Bò các loại")
    assert figures(folder)["070101"] == [5, 6]
    assert figures(folder)["070201"] == [7, None]
    told = run("validate", folder, "--format", "json").data["findings"]
    assert {each["file"] for each in told if each["code"] == "T203"} == {"b.xlsx"}
    note = next(each for each in told if each["code"] == "F303")
    assert (note["file"], note["measure"], note["severity"]) == ("a.xlsx", "bo", "note")
    for word in ("Bò các loại", "Cattle", "agreed by telephone", "office"):
        assert word in note["message"]


@pytest.mark.parametrize("name", ["xã Minh Quân.xlsx", "b.xlsx"])
@pytest.mark.parametrize("title", ["Xã Minh Quân", "Biểu số 1"])
def test_a_header_of_a_sender_means_what_was_decided_in_all_its_files(
    folder: Path, name: str, title: str
) -> None:
    write_xlsx(folder / "a.xlsx", [["Xã Nguyễn Thái Học"], *commune((5, 6), head=CATTLE)])
    write_xlsx(folder / name, [[title], *commune((7, 8), head=CATTLE, villages=(W1, W2))])
    decide(folder, "column,0702,bo,,,,Bò các loại")
    found = figures(folder)
    assert found["070101"][1] is None
    # without names in titles and paths the rows tell whose the table is
    assert found["070201"][1] == 8


def test_a_header_of_a_sender_is_that_of_its_tables_only(folder: Path) -> None:
    write_xlsx(
        folder / "a.xlsx",
        {
            "x": [["Xã Nguyễn Thái Học"], *commune((5, 6), head=CATTLE)],
            "y": [["Xã Minh Quân"], *commune((7, 8), head=CATTLE, villages=(W1, W2))],
        },
    )
    decide(folder, "column,0702,bo,,,,Bò các loại")
    found = figures(folder)
    assert (found["070101"][1], found["070201"][1]) == (None, 8)


def test_a_table_of_which_no_header_is_known_is_found(folder: Path) -> None:
    head = ["Mã thôn", "Tên thôn", "Trâu nhà", "Bò nhà"]
    write_xlsx(folder / "a.xlsx", commune((5, 6), head=head))
    assert "T101" in findings(folder)
    decide(folder, "column,,trau,,a.xlsx,,Trâu nhà", "column,,bo,,a.xlsx,,Bò nhà")
    assert figures(folder)["070101"] == [5, 6]


def test_a_measure_that_has_a_column_with_figures_keeps_it(folder: Path) -> None:
    head = [*HEAD, "Bò các loại"]
    write_xlsx(folder / "a.xlsx", commune((5, 6, 9), (5, 6, 9), (5, 6, 9), head=head))
    decide(folder, "column,,bo,,a.xlsx,,Bò các loại")
    told = findings(folder)
    assert "another column" in told["F302"].message
    assert "T202" not in told
    assert figures(folder)["070101"][1] == 6


def test_two_decisions_that_give_a_header_two_meanings_are_both_told(folder: Path) -> None:
    write_xlsx(folder / "a.xlsx", commune((5, 6), head=CATTLE))
    decide(folder, "column,,bo,,a.xlsx,,Bò các loại", "column,,trau,,a.xlsx,,Bò các loại")
    assert [code for code, _ in read(folder)[0] if code[0] == "F"] == ["F302", "F302"]


# -- lanes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [0, 1 << 30])
def test_the_fast_lanes_read_what_the_full_reader_reads(tmp_path: Path, after: int) -> None:
    folder = tmp_path / "2021"
    for number, path in enumerate(sorted((SAMPLES / "2021" / "luc-yen").glob("*.xlsx"))):
        header = "Hộ ghi danh" if number % 3 == 2 else REGISTERED
        with zipfile.ZipFile(path) as source:
            parts = {each: source.read(each) for each in source.namelist()}
        texts = parts["xl/sharedStrings.xml"].decode()
        assert REGISTERED in texts
        parts["xl/sharedStrings.xml"] = texts.replace(REGISTERED, header).encode()
        (folder / "luc-yen").mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(folder / "luc-yen" / path.name, "w", zipfile.ZIP_DEFLATED) as archive:
            for each, content in parts.items():
                archive.writestr(each, content)
    shutil.copy(SAMPLES / "2021" / "units.csv", folder)
    decide(folder, "column,135,ho_dang_ky_gdvh,,,,Hộ ghi danh", "unit,04327,,,luc-yen/an-lac.xlsx,,")
    plan = Intake.open(folder).plan
    layouts = LayoutCache(plan, after)
    files = sorted((folder / "luc-yen").iterdir())
    for path in files:
        file = f"luc-yen/{path.name}"
        fast, full = receive(plan, path, file, layouts), receive(plan, path, file)
        assert fast == full, file
        assert not any(found.code in ("T201", "T203") for found in full.findings), file
    assert layouts.by_sheets if after else layouts.recalled


def test_a_long_text_is_read_as_the_full_reader_reads_it(folder: Path) -> None:
    rows = commune((5, 6), (7, 8), (9, 1), head=CATTLE) + [[*V1, 1, 1]] * 40
    path = write_csv(folder / "a.csv", rows)
    for line in ("column,0701,bo,,,,Bò các loại", "column,0702,bo,,,,Bò các loại", "unit,0702,,,a.csv,,"):
        decide(folder, line)
        plan = Intake.open(folder).plan
        assert receive(plan, path, "a.csv", long_from=0) == receive(plan, path, "a.csv", long_from=None)


def test_a_plan_without_decisions_is_the_same_to_the_byte(folder: Path) -> None:
    plan = pickle.dumps(Intake.open(folder).plan)
    assert b"ruled" not in plan
    decide(folder, "correct,070101,trau,,,12,21")
    assert pickle.dumps(Intake.open(folder).plan) == plan
