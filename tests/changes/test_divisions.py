"""What the units of a register have of divided ones: whole parts, exact bounds, nothing lost."""

from __future__ import annotations

from array import array
from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from antq_stats.changes.divisions import NOWHERE, Divided, Share, crossings
from antq_stats.plan import Units

TREE = Units(
    level_names=("province", "district", "commune"),
    codes=("1", "11", "12", "111", "112", "121"),
    names=("1", "11", "12", "111", "112", "121"),
    kinds=("",) * 6,
    aliases=((),) * 6,
    levels=array("i", (0, 1, 1, 2, 2, 2)),
    parents=array("i", (-1, 0, 0, 1, 1, 2)),
)
PLACES = (3, 4, 5, NOWHERE)


@st.composite
def divided_units(draw: st.DrawFn) -> list[Divided]:
    """A few units that belong to several of the three communes, and to what is outside."""
    found = []
    for unit in range(draw(st.integers(1, 4))):
        places = draw(st.permutations(PLACES))[: draw(st.integers(2, 4))]
        weights = [draw(st.integers(1, draw(st.sampled_from([9, 10**12])))) for _ in places]
        exact = [Fraction(weight, sum(weights)) for weight in weights]
        is_estimated = draw(st.booleans())
        shares = tuple(
            Share(place, share, share) if is_estimated else Share(place, Fraction(0), Fraction(1))
            for place, share in zip(places, exact, strict=True)
        )
        found.append(Divided(unit, shares, is_estimated))
    return found


@given(divided_units(), st.lists(st.integers(0, 10**10), min_size=4, max_size=4))
def test_parts_add_up_and_stay_near_their_shares(divided: list[Divided], values: list[int]) -> None:
    every = crossings(divided, TREE)
    low, high = every.bounds(np.array(values, dtype=np.int64))
    found = {
        (unit, target): (int(least), int(most))
        for unit, target, least, most in zip(every.unit, every.target, low, high, strict=True)
    }
    for each in divided:
        value = values[each.unit]
        parts = [found[each.unit, share.unit] for share in each.shares]
        if each.is_estimated:
            assert all(least == most for least, most in parts)
            assert sum(least for least, _ in parts) == value
            for (part, _), share in zip(parts, each.shares, strict=True):
                assert abs(part - value * share.high) < 1
        else:
            assert parts == [(0, value)] * len(each.shares)
        if all(share.unit != NOWHERE for share in each.shares):
            assert found[each.unit, 0] == (value, value)  # the province has all of it
        for above, below in ((1, (3, 4)), (2, (5,))):
            mine = [found[each.unit, place] for place in below if (each.unit, place) in found]
            if each.is_estimated and mine:
                assert found[each.unit, above] == (sum(part for part, _ in mine),) * 2


@given(divided_units())
def test_what_is_chosen_is_what_is_left_out_of_the_rest(divided: list[Divided]) -> None:
    every = crossings(divided, TREE)
    chosen = np.array([each.unit for each in divided[:2]], dtype=np.int64)
    inside, outside = every.among(chosen), every.outside(chosen)
    assert set(inside.unit) | set(outside.unit) == set(chosen)
    assert NOWHERE not in inside.target
    assert set(outside.target) <= {NOWHERE}
