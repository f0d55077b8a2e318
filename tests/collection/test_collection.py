"""Returns of a period put together: where each value came from, what counts once, what does not count."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.reading import read_folder
from helpers.returns import HEAD, UNITS, V1, V2, V3, W1, W2, commune, setup, write_csv, write_xlsx


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return setup(tmp_path / "2021")


def test_every_value_knows_its_cell(folder: Path) -> None:
    write_xlsx(folder / "a.xlsx", {"Biểu": [["Tiêu đề"], [], *commune((1, 2), (3, 4), (5, 6))]})
    write_csv(folder / "b.csv", commune((7, 8), (9, 10), villages=(W1, W2)))
    collection = read_folder(folder).collection
    (table,) = collection.tables
    codes = collection.register.units.codes
    cells = {}
    for at, unit in enumerate(table.units):
        for place, measure in enumerate(table.measures):
            origin = table.origins[int(table.source[at, place])]
            cells[codes[int(unit)], measure.code] = (
                int(table.values[at, place]),
                origin.file,
                origin.sheet,
                origin.row,
                origin.columns[place],
            )
    assert cells["070102", "bo"] == (4, "a.xlsx", "Biểu", 5, 3)
    assert cells["070202", "trau"] == (9, "b.csv", None, 3, 2)
    assert collection.used == {"a.xlsx", "b.csv"}


def test_a_frame_keeps_what_is_missing_missing(folder: Path) -> None:
    write_csv(folder / "a.csv", commune((1, ""), ("…", 0)))
    frame = read_folder(folder).collection.frame("01")
    assert list(frame.index) == ["070101", "070102", "070103", "070201", "070202"]
    assert [None if value is frame["trau"].dtype.na_value else int(value) for value in frame["trau"]] == [
        1,
        None,
        10,
        None,
        None,
    ]
    assert [None if value is frame["bo"].dtype.na_value else int(value) for value in frame["bo"]] == [
        None,
        0,
        1,
        None,
        None,
    ]


def test_what_was_wrong_in_a_superseded_file_is_no_longer_wrong(folder: Path) -> None:
    write_csv(folder / "a.csv", commune(("abc", 1), (2, 2), (3, 3)))
    write_csv(folder / "a_v2.csv", commune((1, 1), (2, 2), (3, 3)))
    write_csv(folder / "b.csv", commune((1, 1), (2, 2), villages=(W1, W2)))
    outcome = read_folder(folder)
    assert (outcome.status, outcome.codes, outcome.sum("trau")) == (0, ["F202"], 9)


def test_a_later_version_that_cannot_be_read_supersedes_nothing(folder: Path) -> None:
    write_csv(folder / "a.csv", commune((1, 1), (2, 2), (3, 3)))
    (folder / "a_v2.csv").write_bytes(b"")
    outcome = read_folder(folder)
    assert (outcome.status, outcome.codes, outcome.sum("trau")) == (1, ["F104"], 6)


def test_the_same_bytes_for_other_units_are_another_return(folder: Path) -> None:
    rows = [HEAD[1:], ["Thôn 1", 5, 1]]
    write_csv(folder / "Nguyễn Thái Học.csv", rows)
    write_csv(folder / "Minh Quân.csv", rows)
    outcome = read_folder(folder)
    assert (outcome.codes, outcome.sum("trau")) == ([], 10)


def test_a_unit_s_columns_may_come_from_two_files(folder: Path) -> None:
    write_csv(folder / "a.csv", [["Mã thôn", "Số trâu"], ["070101", 5]])
    write_csv(folder / "b.csv", [["Mã thôn", "Số bò"], ["070101", 6]])
    outcome = read_folder(folder)
    assert (outcome.sum("trau"), outcome.sum("bo")) == (5, 6)
    assert "U202" not in outcome.codes


def test_of_three_rows_that_differ_none_counts(folder: Path) -> None:
    write_csv(folder / "a.csv", commune((1, 1), (1, 1), (1, 2), villages=(V1, V1, V1)))
    outcome = read_folder(folder)
    assert (outcome.figure("trau")[:2], outcome.figure("bo")[:2]) == ((None, 0), (None, 0))
    assert outcome.at("U202") == [("a.csv", None, "D2"), ("a.csv", None, "D3"), ("a.csv", None, "D4")]


def test_a_blank_beside_a_figure_is_another_answer(folder: Path) -> None:
    write_csv(folder / "a.csv", commune((1, 1), (1, "…"), (4, 4), villages=(V1, V1, V2)))
    outcome = read_folder(folder)
    assert (outcome.sum("trau"), outcome.sum("bo"), outcome.codes.count("U202")) == (4, 4, 2)


def test_findings_come_in_the_order_of_files(folder: Path) -> None:
    for name in ("c", "a", "b"):
        write_csv(folder / f"{name}.csv", commune(("x", 1), villages=({"a": V1, "b": V2, "c": V3}[name],)))
    files = [f.file for f in read_folder(folder).findings if f.code == "C302"]
    assert files == ["a.csv", "b.csv", "c.csv"]
    assert UNITS.count("village") == 5


COPIES = [
    "a - Copy", "a - Copy (2)", "Copy of a", "a (copy)", "a - Bản sao", "Bản sao của a", "a - Bản sao (3)",
]  # fmt: skip


@pytest.mark.parametrize("copy", COPIES)
def test_a_copy_goes_with_the_version_that_was_replaced(folder: Path, copy: str) -> None:
    for name in (copy, "a"):
        write_csv(folder / f"{name}.csv", commune((1, 1), (2, 2), (3, 3)))
    write_csv(folder / "a_v2.csv", commune((4, 1), (2, 2), (3, 3)))
    outcome = read_folder(folder)
    assert (outcome.hard, outcome.codes, outcome.sum("trau")) == ([], ["F202", "F202"], 9)
    assert {finding.facts["other"] for finding in outcome.findings if finding.code == "F202"} == {"a_v2.csv"}


@pytest.mark.parametrize("copy", COPIES)
def test_of_equal_files_the_copy_is_the_one_left_out(folder: Path, copy: str) -> None:
    for name in (copy, "a"):
        write_csv(folder / f"{name}.csv", commune((1, 1), (2, 2), (3, 3)))
    outcome = read_folder(folder)
    assert (outcome.at("F201"), outcome.sum("trau")) == ([(f"{copy}.csv", None, None)], 6)


def test_a_copy_saved_again_goes_with_its_original_too(folder: Path) -> None:
    rows = commune((1, 1), (2, 2), (3, 3))
    write_csv(folder / "a.csv", rows)
    write_csv(folder / "a - Copy.csv", rows, delimiter=";")
    write_csv(folder / "a_v2.csv", commune((4, 1), (2, 2), (3, 3)))
    outcome = read_folder(folder)
    assert (outcome.hard, outcome.codes, outcome.sum("trau")) == ([], ["F202", "F202"], 9)


def test_a_copy_that_was_changed_is_not_taken_for_the_older_file(folder: Path) -> None:
    write_csv(folder / "a.csv", commune((1, 1), (2, 2), (3, 3)))
    write_csv(folder / "a - Copy.csv", commune((7, 1), (2, 2), (3, 3)))
    write_csv(folder / "a_v2.csv", commune((4, 1), (2, 2), (3, 3)))
    outcome = read_folder(folder)
    assert outcome.at("F202") == [("a.csv", None, None)]
    assert outcome.at("F213") == [("a_v2.csv", None, "C2")]
    assert outcome.codes.count("U202") == 0
    assert (outcome.status, outcome.sum("trau")) == (1, 5)


def test_a_file_saved_twice_by_the_browser_stays_the_later_version(folder: Path) -> None:
    write_csv(folder / "a.csv", commune((1, 1), (2, 2), (3, 3)))
    write_csv(folder / "a_v2.csv", commune((4, 1), (2, 2), (3, 3)))
    write_csv(folder / "a_v2 (1).csv", commune((4, 1), (2, 2), (3, 3)))
    outcome = read_folder(folder)
    assert (outcome.hard, outcome.codes, outcome.sum("trau")) == ([], ["F202", "F202"], 9)


def test_the_same_file_in_another_folder_goes_with_the_version_that_was_replaced(folder: Path) -> None:
    for name in ("a", "da-nhan/a"):
        write_csv(folder / f"{name}.csv", commune((1, 1), (2, 2), (3, 3)))
    write_csv(folder / "a_v2.csv", commune((4, 1), (2, 2), (3, 3)))
    outcome = read_folder(folder)
    assert (outcome.hard, outcome.codes, outcome.sum("trau")) == ([], ["F202", "F202"], 9)


def test_equal_bytes_of_another_unit_do_not_go_with_a_version(folder: Path) -> None:
    rows = [HEAD[1:], ["Thôn 1", 5, 1]]
    for name in ("Nguyễn Thái Học", "Minh Quân"):
        write_csv(folder / f"{name}.csv", rows)
    write_csv(folder / "Nguyễn Thái Học_v2.csv", [HEAD[1:], ["Thôn 1", 6, 1]])
    outcome = read_folder(folder)
    assert (outcome.at("F202"), outcome.sum("trau")) == ([("Nguyễn Thái Học.csv", None, None)], 11)


def test_two_returns_of_one_sender_are_one_finding_whatever_their_names(folder: Path) -> None:
    write_csv(folder / "bao cao.csv", commune((1, 1), (2, 2), (3, 3)))
    write_csv(folder / "nguyen thai hoc moi.csv", commune((1, 1), (5, 6), (4, 3)))
    outcome = read_folder(folder)
    (finding,) = [finding for finding in outcome.findings if finding.severity != "note" and finding.file]
    assert (finding.code, finding.file, finding.value) == ("F213", "nguyen thai hoc moi.csv", "5")
    assert (finding.facts["other"], finding.facts["count"], finding.facts["found"]) == (
        "bao cao.csv",
        "3",
        "2",
    )
    assert finding.facts["place"] == "C3, C4"
    assert (outcome.sum("trau"), outcome.sum("bo")) == (1, 1)  # only the row in which they agree


def test_one_return_saved_as_two_files_is_one_finding_and_counts_once(folder: Path) -> None:
    rows = commune((1, 1), (2, 2), (3, 3))
    write_csv(folder / "mot.csv", rows)
    write_csv(folder / "hai.csv", rows, delimiter=";")
    outcome = read_folder(folder)
    assert outcome.at("F214") == [("mot.csv", None, None)]
    assert (outcome.codes.count("U201"), outcome.sum("trau")) == (0, 6)
