"""The parts of a ratio's change stand in a report whichever of the two periods is its own."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from helpers.command import run
from helpers.returns import FORM, RATIO, UNITS, V1, V2, V3, W1, W2, commune, setup, write_csv
from helpers.series_page import Section

HEAD = ["Mã thôn", "Tên thôn", "trau", "bo"]
YEARS = ("2021", "2022", "2023")


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three years; in the middle one a village of the second commune did not answer."""
    place = tmp_path_factory.mktemp("years")
    for at, name in enumerate(YEARS):
        folder = setup(place / name, RATIO, form=FORM, units=UNITS)
        first = [(100, 30 + 10 * at + village) for village in range(3)]
        second: list[tuple[object, object]] = [(200, 90), (200, 50 - 7 * at)]
        if name == "2022":
            second[1] = ("", "")
        write_csv(folder / "a.csv", commune(*first, head=HEAD, villages=(V1, V2, V3)))
        write_csv(folder / "b.csv", commune(*second, head=HEAD, villages=(W1, W2)))
    return place


def _report(years: Path, now: str, others: str, target: Path) -> Path:
    beside = [part for each in others.split() for part in ("--with", years / each)]
    done = run("report", years / now, *beside, "-o", target)
    assert done.status in (0, 1), done.output
    return target


def _of_page(path: Path) -> list[list[str]]:
    """The rows of the tables that split changes: the two periods, then figures."""
    found = []
    for heads, *rows in Section(path).tables:
        if "Real change" in heads:
            found += [[*heads[1:3], *row[1:]] for row in rows]
    return found


def _of_book(path: Path) -> list[list[object]]:
    rows = list(openpyxl.load_workbook(path, data_only=True)["Changes over the periods"].values)
    heads = [at for at, row in enumerate(rows) if "Real change" in row]
    return [[*map(str, rows[at][2:4]), *rows[at + 2][2:8]] for at in heads]


@pytest.mark.slow
@pytest.mark.parametrize(("first", "last"), [("2021", "2022"), ("2022", "2023"), ("2021", "2023")])
def test_a_report_beside_the_later_year_splits_the_change_as_one_beside_the_earlier_year(
    years: Path, tmp_path: Path, first: str, last: str
) -> None:
    page = [
        _of_page(_report(years, now, other, tmp_path / f"{now}.html"))
        for now, other in ((last, first), (first, last))
    ]
    assert page[0] == page[1]
    ((*periods, _, _, change, real, answered, area),) = page[0]
    assert periods == [first, last]
    parts = [float(part.partition(" ")[0]) for part in (change, real, answered, area)]
    assert parts[0] == pytest.approx(sum(parts[1:]), abs=0.02)
    assert (parts[2] != 0) == ("2022" in (first, last))  # where a village did not answer
    book = [
        _of_book(_report(years, now, other, tmp_path / f"{now}.xlsx"))
        for now, other in ((last, first), (first, last))
    ]
    assert book[0] == book[1]
    assert book[0][0][4] == pytest.approx(parts[0], abs=0.005)


@pytest.mark.slow
def test_a_year_between_two_others_has_both_changes(years: Path, tmp_path: Path) -> None:
    rows = _of_page(_report(years, "2022", "2021 2023", tmp_path / "a.html"))
    assert [row[:2] for row in rows] == [["2021", "2022"], ["2022", "2023"]]
    assert [row[:2] for row in _of_book(_report(years, "2022", "2021 2023", tmp_path / "a.xlsx"))] == [
        row[:2] for row in rows
    ]
    text = _report(years, "2022", "2021 2023", tmp_path / "a.md")
    assert "Why ratios changed since 2021" in text.read_text("utf-8")
    assert "Why ratios changed from 2022 to 2023" in text.read_text("utf-8")
    assert _of_page(_report(years, "2023", "2021 2022", tmp_path / "b.html")) == rows[1:]


@pytest.mark.slow
@pytest.mark.parametrize(("now", "others"), [("2021", "2023"), ("2022", "2021 2023"), ("2021", "2022 2023")])
def test_every_number_of_such_a_report_is_right_for_check_text(
    years: Path, tmp_path: Path, now: str, others: str
) -> None:
    text = _report(years, now, others, tmp_path / "a.md")
    beside = [part for each in others.split() for part in ("--with", years / each)]
    done = run("check-text", text, years / now, *beside, "--format", "json")
    told = [each for each in done.data["numbers"] if each["verdict"] != "right"]
    assert told == []
    assert [each for each in done.data["numbers"] if "Real change" in each["sentence"]]
