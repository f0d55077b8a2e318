"""Bounds on other boundaries against every way in which the content of units can lie in their parts."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antq_stats import open_period
from antq_stats.figures.figure import Basis, RestatedFigure
from antq_stats.series.boundaries import history_of, own_boundaries
from antq_stats.series.comparing import Comparison, compare
from helpers.returns import write_csv

pytestmark = pytest.mark.slow

FORM = """
[form]
id = "dan"
version = "1"
title = { vi = "Đàn", en = "Herds" }

[[table]]
code = "01"
level = "commune"
title = { vi = "Biểu 01", en = "Table 01" }

[[measure]]
code = "trau"
label = { vi = "Số trâu", en = "Buffaloes" }
unit = { vi = "con", en = "head" }

[[measure]]
code = "nghe"
label = { vi = "Số nghé", en = "Calves" }
unit = { vi = "con", en = "head" }

[[ratio]]
code = "ty_le"
label = { vi = "Tỷ lệ nghé", en = "Share of calves" }
numerator = "nghe"
denominator = "trau"
decimals = 1
"""
RULE = """
[[rule]]
code = "e1"
check = "nghe <= trau"
severity = "hard"
message = { vi = "Nghé quá số trâu", en = "More calves than buffaloes" }
"""
DAYS = ("2023-03-01", "2023-09-01")
Pair = tuple[int, int]
"""Buffaloes and calves."""
Ways = Mapping[str, frozenset[str]]
"""Unit -> the units of the other day that a part of it may be in."""


class Reform(NamedTuple):
    """What became of some communes, and what each of them, and of the new ones, gave."""

    events: tuple[str, ...]
    onward: Ways
    given: Mapping[str, Pair]
    later: Mapping[str, Pair]
    is_ruled: bool


@st.composite
def reforms(draw: st.DrawFn, *, has_shares: bool = False) -> Reform:
    """One or two days on which communes merge, are divided, or give a part to a neighbour."""
    units = [f"070{at}" for at in range(1, 1 + draw(st.integers(1, 3)))]
    onward: dict[str, frozenset[str]] = {unit: frozenset((unit,)) for unit in units}
    news = iter(f"07{at}" for at in range(10, 99))
    events: list[str] = []
    for day in DAYS[: 1 if has_shares else draw(st.integers(1, 2))]:
        steps: dict[str, frozenset[str]] = {}
        left = draw(st.permutations(sorted(frozenset().union(*onward.values()))))
        while left:
            kind = draw(st.sampled_from(["kept", "divided", "merged", "moved"]))
            if len(left) == 1 and kind in ("merged", "moved"):
                kind = "kept"
            group, left = (left[:2], left[2:]) if kind in ("merged", "moved") else (left[:1], left[1:])
            if kind == "kept":
                steps[group[0]] = frozenset((group[0],))
                continue
            one, two = next(news), next(news)
            targets = {"divided": [(one, two)], "merged": [(one,), (one,)], "moved": [(one, two), (two,)]}
            word = "merge" if kind == "merged" else "split"
            for unit, parts in zip(group, targets[kind], strict=True):
                steps[unit] = frozenset(parts)
                weights = [draw(st.integers(1, 5)) for _ in parts]
                shares = [Fraction(weight, sum(weights)) if has_shares else "" for weight in weights]
                if len(parts) == 1:
                    shares = [""]
                events += [
                    f"e{one},{day},{word},{unit},{part},{share}"
                    for part, share in zip(parts, shares, strict=True)
                ]
        onward = {unit: frozenset().union(*(steps[part] for part in parts)) for unit, parts in onward.items()}
    is_ruled = draw(st.booleans())

    def herds(codes: Sequence[str]) -> dict[str, Pair]:
        found = {}
        for code in codes:
            whole = draw(st.integers(0, 3))
            found[code] = (whole, draw(st.integers(0, whole if is_ruled else 3)))
        return found

    return Reform(
        tuple(events), onward, herds(units), herds(sorted(frozenset().union(*onward.values()))), is_ruled
    )


def _written(folder: Path, figures: Mapping[str, Pair], reform: Reform) -> Path:
    folder.mkdir()
    (folder / "form.toml").write_text(FORM + RULE * reform.is_ruled, encoding="utf-8")
    rows = ["code,name,type,level,parent", "07,Hà Trung,tỉnh,province,"]
    rows += [f"{code},Xã số {code},xã,commune,07" for code in figures]
    (folder / "units.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    head = "event,date,kind,from,to,share"
    (folder / "changes.csv").write_text("\n".join((head, *reform.events)) + "\n", encoding="utf-8")
    told = [[code, "", *pair] for code, pair in figures.items()]
    write_csv(folder / "a.csv", [["Mã đơn vị", "Tên đơn vị", "Số trâu", "Số nghé"], *told])
    return folder


def _compared(place: Path, reform: Reform, *, on_first: bool) -> Comparison:
    folders = (
        _written(place / "2022", reform.given, reform),
        _written(place / "2023", reform.later, reform),
    )
    periods = [open_period(folder, jobs=1) for folder in folders]
    results = [period.run() for period in periods]
    boundaries = own_boundaries(periods[0 if on_first else 1], history_of(periods))
    places = [boundaries.placement(period) for period in periods]
    return compare(results[0].aggregate, results[1].aggregate, boundaries, places)


def _compositions(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """Yield all ways to write a number as an ordered sum."""
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in _compositions(total - first, parts - 1):
            yield (first, *rest)


def _distributions(pair: Pair, ways: Sequence[str], *, is_ruled: bool) -> list[dict[str, Pair]]:
    """Return all ways in which a unit's herd can lie in the units of the other day."""
    return [
        dict(zip(ways, zip(wholes, calves, strict=True), strict=True))
        for wholes, calves in product(_compositions(pair[0], len(ways)), _compositions(pair[1], len(ways)))
        if not is_ruled or all(calf <= whole for calf, whole in zip(calves, wholes, strict=True))
    ]


def _all_ways(figures: Mapping[str, Pair], ways: Ways, reform: Reform) -> Iterator[dict[str, Pair]]:
    """Yield what the units of the other day have, for every distribution of all units."""
    targets = sorted(frozenset().union(*ways.values()))
    each = [
        _distributions(pair, sorted(ways[unit]), is_ruled=reform.is_ruled) for unit, pair in figures.items()
    ]
    for chosen in product(*each):
        sums = dict.fromkeys(targets, (0, 0))
        for way in chosen:
            for target, (whole, calves) in way.items():
                sums[target] = (sums[target][0] + whole, sums[target][1] + calves)
        yield sums


def _holds(figure: RestatedFigure, least: Fraction | int, most: Fraction | int) -> bool:
    """Whether what is said of a figure holds for all its possible values."""
    low = figure.low is None or figure.low <= least
    return low and (figure.high is None or most <= figure.high)


@pytest.mark.parametrize("on_first", [False, True])
@settings(max_examples=60, deadline=None)
@given(reform=reforms())
def test_the_bounds_are_those_of_all_distributions(reform: Reform, on_first: bool) -> None:
    with tempfile.TemporaryDirectory() as place:
        comparison = _compared(Path(place), reform, on_first=on_first)
    back = {new: frozenset(old for old, news in reform.onward.items() if new in news) for new in reform.later}
    figures, ways = (reform.later, back) if on_first else (reform.given, reform.onward)
    side = comparison.last if on_first else comparison.first
    found = list(_all_ways(figures, ways, reform))
    units = comparison.register.units.by_code
    for target in found[0]:
        for at, measure in enumerate(("trau", "nghe")):
            figure = side.figure(units[target], measure)
            values = {each[target][at] for each in found}
            assert (figure.low, figure.high) == (min(values), max(values)), (target, measure)
            assert figure.value == (min(values) if len(values) == 1 else None)
            assert (figure.basis == Basis.EXACT) == (len(values) == 1)
        ratios = {100 * Fraction(each[target][1], each[target][0]) for each in found if each[target][0]}
        if ratios:
            share = side.ratio(units[target], "ty_le")
            assert _holds(share, min(ratios), max(ratios)), (target, share, ratios)
            assert len(ratios) == 1 or share.value is None
    for at, measure in enumerate(("trau", "nghe")):
        whole = sum(pair[at] for pair in figures.values())
        assert side.figure(units["07"], measure).value == whole
        balance = side.balance(measure)
        assert (balance.before, balance.inside, balance.outside, balance.unknown) == (whole, whole, 0, 0)


@settings(max_examples=60, deadline=None)
@given(reform=reforms(has_shares=True))
def test_estimates_are_whole_near_their_shares_and_add_up(reform: Reform) -> None:
    with tempfile.TemporaryDirectory() as place:
        comparison = _compared(Path(place), reform, on_first=False)
    shares: dict[tuple[str, str], Fraction] = {}
    for line in reform.events:
        _, _, _, old, new, share = line.split(",")
        shares[old, new] = Fraction(share or 1)
    units = comparison.register.units.by_code
    for at, measure in enumerate(("trau", "nghe")):
        total = 0
        for target in reform.later:
            figure = comparison.first.figure(units[target], measure)
            olds = [old for old, news in reform.onward.items() if target in news]
            expected = sum(shares.get((old, target), Fraction(1)) * reform.given[old][at] for old in olds)
            assert figure.value is not None
            assert figure.low == figure.high == figure.value
            assert abs(figure.value - expected) < len(olds)
            is_split = any(len(reform.onward[old]) > 1 and reform.given[old][at] for old in olds)
            assert figure.basis == (Basis.ESTIMATED if is_split else Basis.EXACT)
            total += int(figure.value)
        assert total == sum(pair[at] for pair in reform.given.values())
