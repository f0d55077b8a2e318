"""The arithmetic of the checks of plausibility, against a plain reckoning of the same."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from antq_stats.form.plausibility import YearOnYear
from antq_stats.plausibility.last_year.year_on_year import unusual_changes
from helpers.reading import read_folder
from helpers.returns import commune, setup, write_csv

pairs = st.lists(st.tuples(st.integers(1, 400), st.integers(1, 400)), min_size=4, max_size=60)
LIMITS = YearOnYear()


def unusual(values: list[tuple[int, int]], limits: YearOnYear = LIMITS) -> list[bool]:
    now, then = (np.array(column, dtype=float) for column in zip(*values, strict=True))
    found: list[bool] = unusual_changes(now, then, limits)[0].tolist()
    return found


def reckoned(values: list[tuple[int, int]]) -> list[bool | None]:
    """Return which changes are unusual; None where rounding could decide."""
    changed = [pair for pair in values if pair[0] != pair[1]]
    counted = changed if 2 * len(changed) <= len(values) else values
    if not counted:
        return [False] * len(values)
    median = statistics.median(now / then for now, then in counted)

    def effect(now: int, then: int) -> float:
        ratio = now / then
        return (1 - median / ratio if ratio < median else ratio / median - 1) * max(now, then) ** 0.5

    effects = sorted(effect(*pair) for pair in counted)
    low, middle, high = (
        statistics.quantiles(effects, n=4, method="inclusive") if len(effects) > 1 else effects * 3
    )
    least = abs(0.05 * middle)
    bounds = middle - 20 * max(middle - low, least), middle + 20 * max(high - middle, least)
    found: list[bool | None] = []
    for now, then in values:
        size = effect(now, then)
        near = min(abs(size - bound) for bound in bounds) < 1e-9 * max(1.0, abs(size))
        found.append(None if near and now != then else now != then and not bounds[0] <= size <= bounds[1])
    return found


@given(pairs)
def test_unusual_changes_are_those_of_the_published_method(values: list[tuple[int, int]]) -> None:
    for found, expected in zip(unusual(values), reckoned(values), strict=True):
        assert expected is None or found == expected


@given(pairs, st.randoms())
def test_the_order_of_the_units_tells_nothing(values: list[tuple[int, int]], random: object) -> None:
    places = list(range(len(values)))
    random.shuffle(places)  # type: ignore[attr-defined]
    assert unusual([values[place] for place in places]) == [unusual(values)[place] for place in places]


@given(pairs)
def test_larger_bounds_find_no_more(values: list[tuple[int, int]]) -> None:
    wide = unusual(values, YearOnYear(c=60.0))
    assert all(found or not more for found, more in zip(unusual(values), wide, strict=True))


@given(pairs)
def test_the_unit_of_measure_tells_nothing(values: list[tuple[int, int]]) -> None:
    fours = [(4 * now, 4 * then) for now, then in values]  # the root of four is exact
    assert unusual(fours) == unusual(values)


def test_where_most_did_not_change_a_small_change_is_not_unusual() -> None:
    still = [(100, 100)] * 80
    moved = [(100 + step, 100) for step in (-3, -2, -1, 1, 2, 3)]
    assert not any(unusual([*still, *moved]))
    assert unusual([*still, *moved, (200, 100)])[-1]


SIX = [(f"07010{number}", f"Thôn {number}") for number in range(1, 7)]
UNITS = "code,name,type,level,parent\n07,Hà,tỉnh,province,\n0701,Yên,xã,commune,07\n" + "".join(
    f"{code},{name},,village,0701\n" for code, name in SIX
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([0, 7, 14, 21, 28, 35, 42, 63, 84]), min_size=6, max_size=6))
def test_a_sum_is_found_exactly_where_a_value_is_one(values: list[int]) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = setup(Path(place) / "2021", units=UNITS)
        write_csv(folder / "a.csv", commune(*[(value, 2 * value) for value in values], villages=SIX))
        found = {f.unit for f in read_folder(folder).findings if f.code == "P111"}
    expected = set()
    for at, value in enumerate(values):
        for others in (values[:at] + values[at + 1 :], values[:at]):
            if value > 20 and value == sum(others) and sum(other > 0 for other in others) >= 3:
                expected.add(SIX[at][0])
    assert found == expected


def test_one_sum_alone_is_chance_where_nothing_is_known_of_last_year() -> None:
    values = [7, 7, 7, 7, 28, 14]
    with tempfile.TemporaryDirectory() as place:
        folder = setup(Path(place) / "2021", units=UNITS)
        write_csv(folder / "a.csv", commune(*[(value, 1) for value in values], villages=SIX))
        assert "P111" not in read_folder(folder).codes
