"""Returns sent again under another year or name, and figures that were not counted, by the command."""

from __future__ import annotations

from fractions import Fraction
from math import comb
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antq_stats.plausibility.last_digits import is_beyond_chance
from helpers.command import run
from helpers.forms import MINIMAL, faults_of
from helpers.returns import setup, write_csv
from helpers.two_years import COMMUNES, VILLAGES, code, doubts, figures, this_year, write_year

Values = dict[tuple[int, int, str], Any]
EVERY = [(commune, village) for commune in range(1, COMMUNES + 1) for village in range(1, VILLAGES + 1)]
COUNTED = ("ho", "nguoi", "dat")
RATIO = """
[[ratio]]
code = "ty_le"
label = { vi = "Tỷ lệ", en = "Share" }
numerator = "dat"
denominator = "ho"
"""

TWO_COLUMNS = """
[form]
id = "hai-cot"
version = "1"
title = { vi = "Hai cột", en = "Two columns" }

[[table]]
code = "01"
level = "village"
title = { vi = "Biểu 01", en = "Table 01" }

[[measure]]
code = "a"
label = { vi = "A", en = "A" }
unit = { vi = "hộ", en = "households" }

[[measure]]
code = "b"
label = { vi = "B", en = "B" }
unit = { vi = "hộ", en = "households" }
"""


def moved() -> Values:
    """Return figures of this year that are all a little more than last year's."""
    return {
        (commune, village, measure): figures(commune, village)[measure] + 1 + (commune + village + place) % 4
        for commune, village in EVERY
        for place, measure in enumerate(COUNTED)
    }


def again(commune: int, *, measures: tuple[str, ...] = COUNTED) -> Values:
    """Return last year's figures of a commune."""
    return {
        (commune, village, measure): figures(commune, village)[measure]
        for village in range(1, VILLAGES + 1)
        for measure in measures
    }


def copied(commune: int, model: int, *, villages: int = VILLAGES) -> Values:
    """Return the figures of this year of another commune."""
    return {
        (commune, village, measure): value
        for village in range(1, villages + 1)
        for measure, value in this_year(model, village).items()
    }


def codes_of(found: list[dict[str, Any]]) -> set[tuple[str, str, str | None]]:
    return {(finding["code"], finding["unit"], finding["file"]) for finding in found}


def of_this_year(folder: Path, changes: Values, **options: Any) -> list[dict[str, Any]]:
    """Return the findings of plausibility on one year alone."""
    write_year(folder, changes, later=True, **options)
    ran = run("validate", folder, "--format", "json")
    return [finding for finding in ran.data["findings"] if finding["code"].startswith("P")]


# ------------------------------------------------------------------------------------------- last year's


def test_a_return_sent_again_is_named_with_what_is_usual(tmp_path: Path) -> None:
    (found,) = doubts(tmp_path, moved() | again(2))
    assert codes_of([found]) == {("P112", "0702", "xa-2.csv")}
    assert (found["cell"], found["measure"], found["severity"]) == (None, None, "soft")
    # eighteen figures that move everywhere else, and five roads, which move nowhere
    assert "The figures are nearly those of 2020: 23 of 23" in found["message"]
    assert "about 5 would be usual" in found["message"]


def test_figures_that_move_nowhere_are_no_copy(tmp_path: Path) -> None:
    assert (
        doubts(tmp_path, {key: value for c in range(1, COMMUNES + 1) for key, value in again(c).items()})
        == []
    )


def test_one_measure_that_stands_still_is_no_copy(tmp_path: Path) -> None:
    still = again(2, measures=("ho",))
    assert doubts(tmp_path, moved() | {key: still[key] for key in list(still)[:3]}) == []


def test_without_last_year_nothing_is_like_it(tmp_path: Path) -> None:
    assert of_this_year(tmp_path, moved() | again(2)) == []


# --------------------------------------------------------------------------------------- another sender's


@pytest.mark.parametrize(("copy", "model"), [(4, 2), (2, 4)])
def test_the_copy_is_the_return_that_does_not_fit_last_year(tmp_path: Path, copy: int, model: int) -> None:
    (found,) = doubts(tmp_path, copied(copy, model))
    assert codes_of([found]) == {("P113", f"070{copy}", f"xa-{copy}.csv")}
    assert f"Mường {model} (070{model}) (file xa-{model}.csv): 24 of 24 are the same" in found["message"]


def test_without_last_year_the_later_of_the_two_is_named(tmp_path: Path) -> None:
    (found,) = of_this_year(tmp_path, copied(2, 4))
    assert codes_of([found]) == {("P113", "0704", "xa-4.csv")}
    assert "Mường 2 (0702)" in found["message"]


def test_a_copy_is_found_if_some_of_its_figures_were_changed(tmp_path: Path) -> None:
    changed: Values = {(4, 1, "ho"): 99, (4, 2, "nguoi"): 401, (4, 5, "dat"): 61}
    (found,) = of_this_year(tmp_path, copied(4, 2) | changed)
    assert (found["code"], found["unit"]) == ("P113", "0704")
    assert "21 of 24" in found["message"]


def test_one_village_like_another_is_a_coincidence(tmp_path: Path) -> None:
    assert of_this_year(tmp_path, copied(4, 2, villages=1)) == []


def test_figures_that_all_communes_have_are_no_copy(tmp_path: Path) -> None:
    same: Values = {
        (commune, village, measure): value
        for commune, village in EVERY
        for measure, value in this_year(1, village).items()
    }
    assert of_this_year(tmp_path, same) == []


def test_a_row_repeats_a_figure_without_being_more_alike(tmp_path: Path) -> None:
    """The three counts of a row are one number each, and two communes share those of three villages."""
    changes: Values = {
        (commune, village, measure): 100 + 7 * commune + 3 * village if commune != 4 else 114 + 3 * village
        for commune, village in EVERY
        for measure in COUNTED
    }
    changes |= {(commune, village, "duong"): "0,1" for commune, village in EVERY}
    for commune, village in EVERY:
        if village > 3:
            for measure in COUNTED:
                changes[commune, village, measure] = 200 + 11 * commune + village
    assert of_this_year(tmp_path, changes) == []


# ------------------------------------------------------------------------------------ among its neighbours


def test_a_value_far_above_the_others_is_found_without_last_year(tmp_path: Path) -> None:
    own = this_year(2, 3)
    (found,) = of_this_year(tmp_path, {(2, 3, "dat"): own["dat"] * 10}, more=RATIO)
    assert (found["code"], found["unit"], found["cell"]) == ("P114", code(2, 3), "F4")
    assert f"{own['dat'] * 10}" in found["message"]
    assert f"Households = {own['ho']}; about 75 is usual for that size" in found["message"]


def test_a_large_village_is_not_far_above_the_others(tmp_path: Path) -> None:
    own = this_year(2, 3)
    ten: Values = {(2, 3, measure): own[measure] * 10 for measure in ("ho", "nguoi", "dat")}
    assert of_this_year(tmp_path, ten | {(2, 3, "to"): 3}, more=RATIO) == []


def test_a_form_without_a_weighing_measure_has_no_neighbours(tmp_path: Path) -> None:
    assert of_this_year(tmp_path, {(2, 3, "dat"): this_year(2, 3)["dat"] * 10}) == []


def test_what_is_large_every_year_is_no_slip(tmp_path: Path) -> None:
    large = {(2, 3, "nguoi"): 9_800}
    assert doubts(tmp_path, large | {(2, 3, "nguoi"): 9_850}, large, more=RATIO) == []


# --------------------------------------------------------------------------------------------- last digits


def test_a_commune_whose_figures_are_round_is_found(tmp_path: Path) -> None:
    """Thirty villages of one commune, sixty figures in one unit of measure."""
    (found,) = of_round_figures(tmp_path, rounded=True)
    assert (found["code"], found["unit"], found["cell"]) == ("P115", "0701", None)
    assert "60 of 60 figures end in 0 or 5; about 12 is usual: A = 30 · B = 30" in found["message"]


def test_counted_figures_are_not_round(tmp_path: Path) -> None:
    assert of_round_figures(tmp_path, rounded=False) == []


def test_fewer_than_fifty_figures_are_not_judged(tmp_path: Path) -> None:
    assert of_round_figures(tmp_path, rounded=True, villages=24) == []


def test_the_same_figure_in_two_columns_counts_once(tmp_path: Path) -> None:
    assert of_round_figures(tmp_path, rounded=True, same=True) == []


def of_round_figures(
    folder: Path, *, rounded: bool, villages: int = 30, same: bool = False
) -> list[dict[str, Any]]:
    units = ["code,name,level,parent", "07,Hà Trung,province,", "0701,Mường Một,commune,07"]
    units += [f"0701{number:02},Thôn {number},village,0701" for number in range(1, villages + 1)]
    setup(folder, form=TWO_COLUMNS, units="\n".join(units) + "\n")
    rows: list[list[object]] = [["Mã thôn", "Tên thôn", "A", "B"]]
    for number in range(1, villages + 1):
        first, second = (100 + number * 7, 300 + number * 11)
        if rounded:
            first, second = first // 5 * 5, second // 5 * 5
        rows.append([f"0701{number:02}", f"Thôn {number}", first, first if same else second])
    write_csv(folder / "xa.csv", rows)
    ran = run("validate", folder, "--format", "json")
    return [finding for finding in ran.data["findings"] if finding["code"].startswith("P")]


@given(st.integers(0, 120), st.integers(1, 120), st.floats(1e-6, 0.5))
def test_the_tail_of_the_binomial_is_exact(found: int, given: int, chance: float) -> None:
    """The same sum term by term, in fractions."""
    tail = sum(
        (
            comb(given, k) * Fraction(1, 5) ** k * Fraction(4, 5) ** (given - k)
            for k in range(found, given + 1)
        ),
        Fraction(0),
    )
    assert is_beyond_chance(found, given, chance) == (tail < Fraction(repr(chance)))


# ----------------------------------------------------------------------------------------------- the form


@pytest.mark.parametrize(
    ("method", "changes", "more"),
    [
        ("like_last_year", moved() | again(2), ""),
        ("like_another", copied(4, 2), ""),
        ("peers", {(2, 3, "dat"): 750}, RATIO),
    ],
)
def test_a_check_that_is_off_finds_nothing_of_its_kind(
    tmp_path: Path, method: str, changes: Values, more: str
) -> None:
    names = {"like_last_year": "P112", "like_another": "P113", "peers": "P114"}
    off = f"{more}\n[plausibility.{method}]\non = false"
    assert names[method] not in {found["code"] for found in doubts(tmp_path, changes, more=off)}


def test_the_thresholds_of_copies_stand_in_the_form(tmp_path: Path) -> None:
    strict = "[plausibility.like_another]\nsurprise = 1000"
    assert of_this_year(tmp_path, copied(4, 2), more=strict) == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[plausibility.last_digits]\nchance = 0", "[plausibility] / last_digits / chance"),
        ("[plausibility.last_digits]\nchance = 1.0", "[plausibility] / last_digits / chance"),
        ("[plausibility.peers]\nshare = 1.5", "[plausibility] / peers / share"),
        ("[plausibility.like_another]\nsurprise = -1", "[plausibility] / like_another / surprise"),
    ],
)
def test_a_threshold_out_of_range_is_told_with_its_place(text: str, place: str) -> None:
    (fault,) = faults_of(f"{MINIMAL}\n{text}\n")
    assert (fault.code, fault.facts["place"]) == ("S102", place)
