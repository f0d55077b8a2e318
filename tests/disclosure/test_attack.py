"""Readers with several releases, rules or a figure of their own find what one table alone does not tell."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from antq_stats.disclosure.attack import attack
from antq_stats.disclosure.release import Ratio, Release
from helpers.restricted import (
    HEAD,
    KIN,
    hidden,
    measure,
    outcome_of,
    proof_of,
    rule,
    shown_by_the_pattern_alone,
)

pytest.importorskip("highspy")


def found(*releases: Release, insiders: bool = False) -> dict[str, tuple[int, int | None]]:
    """Unit -> what its withheld figure is bounded by, if it may be one that is small and not 0."""
    return {
        breach.name[2]: (breach.low, breach.high)
        for breach in attack(releases, insiders=insiders).breaches
        if breach.low < 5 and breach.high != 0
    }


def hidden_in(release: Release) -> set[str]:
    return {
        code
        for code, is_hidden in zip(release.codes, release.measures["kin"].withheld, strict=True)
        if is_hidden
    }


def province(late: int | None) -> list[list[int | None]]:
    """172 communes that have answered in nine districts, and one that answers late."""
    values: list[int | None] = [6 + (7 * at) % 40 for at in range(172)]
    values[9], values[30], values[100] = 2, 0, 4
    return [*(values[at : at + 20] for at in range(0, 160, 20)), [*values[160:], late]]


def test_172_communes_and_then_173(tmp_path: Path) -> None:
    first = proof_of(outcome_of(tmp_path / "1", province(None)))
    assert not first.remaining
    assert "07" not in hidden(first)
    then = outcome_of(tmp_path / "2", province(3))
    alone = shown_by_the_pattern_alone(then)
    assert not found(alone)
    assert found(first.release, alone)["0718012"] == (3, 3)
    both = proof_of(then, first.release)
    assert not both.remaining
    assert not found(first.release, both.release)
    assert hidden(both) - hidden(first) == {"07", "0718", "0718012"}
    # a late commune whose figure may be shown costs nothing
    large = proof_of(outcome_of(tmp_path / "3", province(30)), first.release)
    assert hidden(large) == hidden(first)


def test_a_provisional_figure_that_was_corrected(tmp_path: Path) -> None:
    first = proof_of(outcome_of(tmp_path / "1", [[20, 9, 8, 7], [30, 40]]))
    assert hidden(first) == set()
    then = outcome_of(tmp_path / "2", [[3, 9, 8, 7], [30, 40]])
    alone = shown_by_the_pattern_alone(then)
    assert not found(alone)
    assert found(first.release, alone)["0710000"] == (3, 3)
    final = proof_of(then, first.release)
    assert not final.remaining
    assert hidden(final) == {"07", "0710", "0710000"}


def test_what_was_corrected_unseen_is_no_contradiction(tmp_path: Path) -> None:
    first = proof_of(outcome_of(tmp_path / "1", [[3, 9, 8, 7], [30, 40]]))
    then = proof_of(outcome_of(tmp_path / "2", [[4, 11, 8, 7], [30, 40]]), first.release)
    assert not then.remaining
    assert hidden(then) == hidden(first) == {"0710000", "0710001"}


def test_what_an_earlier_release_disclosed_is_told(tmp_path: Path) -> None:
    outcome = outcome_of(tmp_path / "1", [[3, 9, 8, 7], [30, 40]])
    release = shown_by_the_pattern_alone(outcome)
    shown = release.measures["kin"]
    values, is_shown = shown.values.copy(), shown.shown.copy()
    values[release.codes.index("0710001")], is_shown[release.codes.index("0710001")] = 9, True
    careless = replace(shown, values=values, shown=is_shown, withheld=shown.withheld & ~is_shown)
    careless_release = replace(release, measures={"kin": careless}, truth={})
    assert found(careless_release) == {"0710000": (3, 3)}
    proof = proof_of(outcome, careless_release)
    assert {breach.name[2] for breach in proof.remaining} == {"0710000"}


def test_a_rounded_ratio_of_a_withheld_numerator(tmp_path: Path) -> None:
    form = HEAD + KIN + measure("dan")
    outcome = outcome_of(tmp_path / "1", [[(3, 50), (9, 800), (8, 700), (70, 900)]], form, ("kin", "dan"))
    release = shown_by_the_pattern_alone(outcome)
    codes = list(release.codes)
    half = Fraction(1, 2000)
    rounded = Ratio(codes.index("0710000"), "kin", "dan", Fraction(6, 100) - half, Fraction(6, 100) + half)
    everywhere = np.ones(len(codes), dtype=np.bool_)
    people = np.array([outcome.total.figure(code, "dan").value for code in codes])
    dan = replace(
        release.measures["kin"], code="dan", below=0, values=people, shown=everywhere, withheld=~everywhere
    )
    with_ratio = replace(release, measures={**release.measures, "dan": dan}, ratios=(rounded,))
    assert not found(release)
    assert found(with_ratio) == {"0710000": (3, 3)}
    wide = rounded._replace(low=Fraction(0), high=Fraction(22, 100))
    assert not attack([replace(with_ratio, ratios=(wide,))]).breaches


@pytest.mark.parametrize("insiders", [False, True])
def test_a_unit_that_knows_its_own_figure(insiders: bool, tmp_path: Path) -> None:
    outcome = outcome_of(tmp_path / "1", [[3, 9, 8, 7, 0], [30, 40]])
    pair = shown_by_the_pattern_alone(outcome)
    assert hidden(proof_of(outcome)) == {"0710000", "0710001"}
    assert found(pair, insiders=True) == {"0710000": (3, 3)}
    proof = proof_of(outcome, insiders=insiders)
    assert (found(proof.release, insiders=True) == {}) == insiders
    if insiders:
        assert hidden(proof) == {"0710000", "0710001", "0710002", "0710003"}


def test_one_unit_that_has_nearly_all_knows_what_is_left_for_the_others(tmp_path: Path) -> None:
    outcome = outcome_of(tmp_path / "1", [[300, 1, 1, 0], [50, 60], [70], [80]])
    assert hidden(proof_of(outcome)) == {"0710000", "0710001", "0710002"}
    proof = proof_of(outcome, insiders=True)
    assert "0710" in hidden(proof)
    assert not found(proof.release, insiders=True)


def on_new_boundaries(release: Release, moved: dict[str, str], shown: dict[str, int]) -> Release:
    """The same values as a table by new communes: each old one is in the new one that ``moved`` says."""
    codes = ["08", *dict.fromkeys(moved.values())]
    old = release.measures["kin"]
    values = np.array([shown.get(code, 0) for code in codes])
    measure_now = replace(
        old, values=values, shown=np.array([code in shown for code in codes]),
        withheld=np.zeros(len(codes), dtype=np.bool_), given=np.ones(len(codes), dtype=np.int64), blocks={},
        leaves=tuple(leaf._replace(at=codes.index(moved[leaf.unit])) for leaf in old.leaves),
    )  # fmt: skip
    return Release(release.period, codes, [-1] + [0] * (len(codes) - 1), {"kin": measure_now})


def test_last_years_figures_on_old_and_on_new_boundaries(tmp_path: Path) -> None:
    then = shown_by_the_pattern_alone(outcome_of(tmp_path / "2021", [[3, 9, 8, 7], [30, 40]]))
    assert hidden_in(then) == {"0710000", "0710001"}
    moved = {
        "0710000": "08001", "0710001": "08002", "0710002": "08002", "0710003": "08003", "0711000": "08003",
        "0711001": "08003",
    }  # fmt: skip
    # the new commune of the second and the third: 17 - 8 is what the second had, and 12 - 9 the first
    both = on_new_boundaries(then, moved, {"08": 97, "08002": 17, "08003": 77})
    assert found(then, both) == {"0710000": (3, 3)}
    # a sum over one that is withheld is not shown on new boundaries either
    assert not found(then, on_new_boundaries(then, moved, {"08": 97, "08003": 77}))


def test_last_year_tells_nothing_of_this_year(tmp_path: Path) -> None:
    then = shown_by_the_pattern_alone(outcome_of(tmp_path / "2021", [[20, 9, 8, 7], [30, 40]]))
    now = proof_of(outcome_of(tmp_path / "b", [[3, 9, 8, 7], [30, 40]]), replace(then, period="2020"))
    assert not now.remaining
    assert hidden(now) == {"0710000", "0710001"}


RULED = HEAD + KIN + measure("giup")
TABLE = [[(3, 2), (9, 5), (8, 8), (7, 0)], [(30, 3), (40, 1)]]


def test_a_hard_rule_beside_a_figure_that_is_shown(tmp_path: Path) -> None:
    codes = ("kin", "giup")
    ruled = outcome_of(tmp_path / "1", TABLE, RULED + rule("giup <= kin"), codes)
    soft = outcome_of(tmp_path / "2", TABLE, RULED + rule("giup <= kin", "soft"), codes)
    free = proof_of(soft)
    assert hidden(free) == {"0710000", "0710001"}
    assert not free.disclosure.linked
    proof = proof_of(ruled)
    assert not proof.remaining
    assert proof.disclosure.linked == {"giup"}
    assert hidden(proof, "giup") == hidden(proof, "kin") == {"0710000", "0710001"}


def test_a_conditional_rule_beside_a_figure_that_is_shown(tmp_path: Path) -> None:
    form = HEAD + KIN + measure("sach", 'kind = "flag"') + rule("sach == 1 -> kin == 0")
    table = [[(3, 0), (0, 1), (8, 0), (7, 0)], [(2, 0), (1, 0), (0, 1), (6, 0)]]
    proof = proof_of(outcome_of(tmp_path / "1", table, form, ("kin", "sach")), insiders=True)
    assert not proof.remaining
    for unit in ("0710001", "0711002"):  # where it is shown that the flag is true, nothing is withheld
        assert (unit in hidden(proof, "kin")) <= (unit in hidden(proof, "sach"))


def test_an_alternative_between_two_withheld_figures(tmp_path: Path) -> None:
    form = HEAD + KIN + measure("kia", 'sensitive = "yes"') + rule("kin <= 3 or kia <= 1")
    table = [[(3, 2), (9, 1), (8, 1), (7, 0)], [(30, 0), (40, 1)]]
    outcome = outcome_of(tmp_path / "1", table, form, ("kin", "kia"))
    proof = proof_of(outcome)
    assert proof.release.statements
    assert not proof.remaining
