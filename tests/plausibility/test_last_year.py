"""Checks of plausibility beside last year, by the command on files of two years."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from antq_stats.findings.catalogue import message
from helpers.command import run
from helpers.forms import MINIMAL, faults_of
from helpers.two_years import (
    COMMUNES,
    MEASURES,
    VILLAGES,
    amount,
    code,
    doubts,
    figures,
    places,
    this_year,
    whole,
    write_year,
)

ROW = 4
"""Row of the third village in the file of its commune."""
T = this_year(2, 3)
LIMIT = "max_change = 0.3"
EVERY = [(commune, village) for commune in range(1, COMMUNES + 1) for village in range(1, VILLAGES + 1)]


@dataclasses.dataclass
class Case:
    """A fault of the third village of the second commune, or of its sheet, and what is found."""

    changes: dict[tuple[int, int, str], Any]
    code: str
    cell: str | None
    measure: str | None
    says: str
    unit: str = code(2, 3)


def cell(**values: object) -> dict[tuple[int, int, str], object]:
    return {(2, 3, measure): value for measure, value in values.items()}


EXCHANGED = {
    (2, village, measure): this_year(2, village)[other]
    for village in range(1, VILLAGES + 1)
    for measure, other in (("ho", "dat"), ("dat", "ho"))
}
OTHERS = sum(this_year(2, village)["dat"] for village in range(1, VILLAGES + 1) if village != 3)
SO_FAR = sum(this_year(2, village)["dat"] for village in range(1, 5))
CASES = {
    "an unusual change": Case(cell(dat=105), "P106", "F4", "dat", "74 → 105 on 2020; about 75 was expected"),
    "a nought more": Case(cell(ho=1200), "P107", "C4", "ho", "One digit too many, perhaps: 1,200 is given"),
    "a nought less": Case(cell(ho=12), "P107", "C4", "ho", "One digit too few, perhaps: 12 is given"),
    "two noughts more": Case(cell(to=100), "P107", "E4", "to", "Two digits too many, perhaps: 100 is given"),
    "a row moved right": Case(
        cell(ho="", nguoi=T["ho"], to=T["nguoi"], dat=T["to"], duong=T["dat"]),
        "P108", None, None, "4 of them fit 2020 when moved, such as Persons = 120, close to Households = 120",
    ),
    "a row moved left": Case(
        cell(ho=T["nguoi"], nguoi=T["to"], to=T["dat"], dat=14, duong=""),
        "P108", None, None, "4 of them fit 2020 when moved, such as Households = 484, close to Persons = 480",
    ),
    "two figures exchanged": Case(
        cell(ho=T["dat"], dat=T["ho"]), "P109", "C4", "ho",
        "Households = 75 · Achieved = 120; in 2020 Households = 120 · Achieved = 74",
    ),
    "two columns exchanged": Case(
        EXCHANGED, "P109", None, "ho",
        "for all 6 units of the table (their sums): Households = 518 · Achieved = 837", "0702",
    ),
    "persons for households": Case(
        cell(ho=T["nguoi"]), "P110", "C4", "ho", "484 is given, close to Persons = 480 of last year"
    ),
    "a column of persons": Case(
        whole(2, dat=4.2), "P110", None, "dat", "all 6 units of the table is about 4.2 times as high", "0702"
    ),
    "the sum of the others": Case(
        cell(dat=OTHERS), "P111", "F4", "dat", "Exactly the sum of the other units: 443, 74 in 2020"
    ),
    "the sum so far": Case(
        {(2, 5, "dat"): SO_FAR}, "P111", "F6", "dat", "Exactly the sum of the rows above: 374", code(2, 5)
    ),
}  # fmt: skip
METHODS = {
    "P106": "year_on_year",
    "P107": "tenfold",
    "P108": "shifted",
    "P109": "swapped",
    "P110": "wrong_unit",
    "P111": "sum_for_part",
}


def test_two_clean_years_give_no_finding(tmp_path: Path) -> None:
    assert doubts(tmp_path, {}) == []


@pytest.mark.parametrize("name", CASES)
def test_a_fault_is_one_finding_that_says_what_was_expected(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    (found,) = doubts(tmp_path, case.changes)
    assert (found["code"], found["cell"], found["measure"]) == (case.code, case.cell, case.measure)
    assert (found["severity"], found["file"], found["unit"]) == ("soft", "xa-2.csv", case.unit)
    assert case.says in found["message"]


@pytest.mark.parametrize("code", METHODS)
def test_a_check_that_is_off_finds_nothing(tmp_path: Path, code: str) -> None:
    off = f"[plausibility.{METHODS[code]}]\non = false"
    changes = next(case.changes for case in CASES.values() if case.code == code)
    assert code not in {found["code"] for found in doubts(tmp_path, changes, more=off)}


# ------------------------------------------------------------------------ where nothing is to be found


def test_a_usual_change_is_not_asked_about(tmp_path: Path) -> None:
    usual = cell(dat=T["dat"] + 5) | {
        (3, 2, "dat"): this_year(3, 2)["dat"] - 5,
        (4, 4, "ho"): figures(4, 4)["ho"],
    }
    assert doubts(tmp_path, usual) == []


def test_a_village_that_took_in_others_has_no_nought_too_many(tmp_path: Path) -> None:
    ten = {measure: round(amount(T[measure]) * 10) for measure in MEASURES}
    assert {found["code"] for found in doubts(tmp_path, cell(**ten))} == {"P106"}


def test_a_commune_that_grew_in_every_column_has_no_other_unit_of_measure(tmp_path: Path) -> None:
    grown = whole(2, **dict.fromkeys(MEASURES, 4.2))
    assert {found["code"] for found in doubts(tmp_path, grown)} == {"P106"}


def test_figures_that_are_alike_are_not_told_to_be_exchanged(tmp_path: Path) -> None:
    alike = {
        (commune, village, "dat"): figures(commune, village)["ho"] - 3
        for commune in (2,)
        for village in (1, 3)
    }
    now = {place: this_year(place[0], place[1])["ho"] - 3 for place in alike}
    swapped = now | cell(ho=T["ho"] - 3, dat=T["ho"])
    assert doubts(tmp_path, swapped, alike) == []


def test_a_village_as_large_as_all_others_is_no_sum_if_it_was_so_last_year(tmp_path: Path) -> None:
    assert doubts(tmp_path, cell(dat=OTHERS), cell(dat=OTHERS - 4)) == []


def test_a_sum_is_found_without_last_year_too(tmp_path: Path) -> None:
    households = sum(this_year(2, village)["ho"] for village in range(1, VILLAGES + 1) if village != 3)
    write_year(tmp_path, cell(dat=OTHERS, ho=households), later=True)
    found = run("validate", tmp_path, "--format", "json").data["findings"]
    assert ("P111", "F4", "dat") in places(found)
    assert {code for code, *_ in places(found)} == {"P111"}
    assert "2020" not in found[0]["message"]


def test_nothing_is_found_across_a_change_of_the_definition(tmp_path: Path) -> None:
    changed = 'break = { date = 2021-03-01, act = "Quy định mới" }'
    for changes in (cell(dat=105), cell(dat=T["dat"] * 10), whole(2, dat=4.2), EXCHANGED):
        only = {place: value for place, value in changes.items() if place[2] == "dat"}
        assert doubts(tmp_path, only, dat=changed) == []


def test_a_unit_that_is_new_is_not_compared(tmp_path: Path) -> None:
    write_year(tmp_path / "2020", {}, later=False)
    write_year(tmp_path / "2021", cell(dat=105), later=True)
    register = tmp_path / "2021" / "units.csv"
    text = register.read_text(encoding="utf-8")
    register.write_text(text.replace("070203,Thôn 3,thôn", "070203,Thôn Mới,thôn"), encoding="utf-8")
    returned = tmp_path / "2021" / "xa-2.csv"
    text = returned.read_text(encoding="utf-8-sig")
    returned.write_text(text.replace("070203,Thôn 3", "070203,Thôn Mới"), encoding="utf-8")
    ran = run("validate", tmp_path / "2021", "--with", tmp_path / "2020", "--format", "json")
    assert [found for found in ran.data["findings"] if found["code"].startswith("P")] == []


# ----------------------------------------------------------------------------------- one cell, one finding


def test_the_limit_of_the_form_comes_before_the_comparison_with_other_units(tmp_path: Path) -> None:
    assert places(doubts(tmp_path, cell(dat=105), dat=LIMIT)) == [("P101", "F4", "dat")]


def test_a_nought_too_many_comes_before_the_limit_of_the_form(tmp_path: Path) -> None:
    assert places(doubts(tmp_path, cell(dat=T["dat"] * 10), dat=LIMIT)) == [("P107", "F4", "dat")]


def test_a_check_that_fires_in_most_units_is_one_finding_on_the_check(tmp_path: Path) -> None:
    up = {(c, v, "dat"): round(this_year(c, v)["dat"] * 1.5) for c, v in EVERY}
    (found,) = doubts(tmp_path, up, dat=LIMIT)
    assert (found["code"], found["unit"], found["measure"], found["file"]) == ("P120", "07", "dat", None)
    assert "“Large changes (P101)” of Achieved fires at 36 of 36 units" in found["message"]
    half = {place: value for place, value in up.items() if place[0] <= COMMUNES // 2}
    assert {f["code"] for f in doubts(tmp_path, half, dat=LIMIT)} == {"P101"}


def test_a_row_of_another_value_is_asked_about_beside_the_fault(tmp_path: Path) -> None:
    found = doubts(tmp_path, cell(ho=1200) | {(4, 1, "dat"): figures(4, 1)["dat"] * 2})
    assert [(f["code"], f["unit"]) for f in found] == [("P107", code(2, 3)), ("P106", code(4, 1))]


# --------------------------------------------------------------------------------------------- decimals


@pytest.mark.parametrize(("then", "expected"), [(1, "13.9"), (0, "13")])
def test_measures_with_decimals_are_compared_exactly(tmp_path: Path, then: int, expected: str) -> None:
    (found,) = doubts(tmp_path, cell(duong="139,0"), then_decimals=then)
    assert (found["code"], found["cell"], found["value"]) == ("P107", "G4", "139.0")
    assert f"{expected} in 2020" in found["message"]


def test_a_difference_of_five_is_small_in_decimals_too(tmp_path: Path) -> None:
    before = cell(duong="10,0")
    assert doubts(tmp_path, cell(duong="15,0"), before) == []
    assert places(doubts(tmp_path, cell(duong="100,0"), before)) == [("P107", "G4", "duong")]


# ------------------------------------------------------------------------------------------------ strata


@pytest.mark.parametrize(("kinds", "found"), [(("thôn", "bản"), 0), (("thôn", "thôn"), 6), (("", ""), 0)])
def test_a_village_is_compared_with_those_of_its_own_kind(
    tmp_path: Path, kinds: tuple[str, str], found: int
) -> None:
    up = {(c, v, "dat"): round(figures(c, v)["dat"] * 1.4) for c, v in EVERY if c == 6}
    write_year(tmp_path / "2020", {}, later=False)
    write_year(tmp_path / "2021", up, later=True, more="[plausibility.year_on_year]\nunits = 6")
    for year in ("2020", "2021"):
        register = tmp_path / year / "units.csv"
        lines = register.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines):
            is_later = line.startswith("0706")
            # without a word of its own a village is of the kind of its commune
            lines[number] = line.replace(",thôn,", f",{kinds[is_later]},")
            if is_later and not kinds[1]:
                lines[number] = lines[number].replace(",xã,", ",phường,")
        register.write_text("\n".join(lines), encoding="utf-8")
    ran = run("validate", tmp_path / "2021", "--with", tmp_path / "2020", "--format", "json")
    assert [f["code"] for f in ran.data["findings"]].count("P106") == found


def test_what_has_not_come_is_not_compared(tmp_path: Path) -> None:
    write_year(tmp_path / "2020", {}, later=False)
    write_year(tmp_path / "2021", {}, later=True)
    for returned in (tmp_path / "2021").glob("xa-[2-6].csv"):
        returned.unlink()
    ran = run("validate", tmp_path / "2021", "--with", tmp_path / "2020", "--format", "json")
    assert {found["code"] for found in ran.data["findings"]} == {"U302"}


# ------------------------------------------------------------------------------------- what the form says


def test_thresholds_stand_in_the_form(tmp_path: Path) -> None:
    wide = "[plausibility]\nsmall = 40"
    assert doubts(tmp_path, cell(dat=105), more=wide) == []
    band = "[plausibility.tenfold]\nband = 0.2"
    assert places(doubts(tmp_path, cell(ho=1700), more=band)) == [("P107", "C4", "ho")]
    many = "[plausibility]\nenough = 100"
    up = {
        (c, v, "dat"): this_year(c, v)["dat"] * 2
        for c in range(1, COMMUNES + 1)
        for v in range(1, VILLAGES + 1)
    }
    assert len(doubts(tmp_path, up, dat=LIMIT, more=many)) == 36


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("[plausibility]\nsmal = 3", "[plausibility] / smal", "did you mean small?"),
        ("[plausibility.tenfold]\nbant = 0.1", "[plausibility] / tenfold / bant", "did you mean band?"),
        ("[plausibility.tenfold]\nband = 'x'", "[plausibility] / tenfold / band", "number"),
        ("[plausibility.tenfold]\nband = 1.5", "[plausibility] / tenfold / band", "1"),
        ("[plausibility.shifted]\non = 1", "[plausibility] / shifted / on", "true or false"),
        ("[plausibility]\nyear_on_year = 3", "[plausibility] / year_on_year", "table"),
        ("[plausibility.wrong_unit]\nleast = 7", "[plausibility] / wrong_unit / most", "7"),
        ("[plausibilty]\nsmall = 3", "plausibilty", "did you mean plausibility?"),
    ],
)
def test_what_the_form_says_wrongly_is_told_with_its_place(text: str, place: str, says: str) -> None:
    (fault,) = faults_of(f"{MINIMAL}\n{text}\n")
    assert (fault.code, fault.facts["place"]) == ("S102", place)
    assert says in message(fault, "en")
