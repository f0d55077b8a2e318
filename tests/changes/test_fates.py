"""What became of units: the built-in changes, and the arithmetic of divisions and mergers."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antq_stats.changes.built_in import country_history, country_register
from antq_stats.changes.events import Event, Part
from antq_stats.changes.fates import History
from antq_stats.country import country

THEN, NOW = date(2021, 12, 31), date(2025, 12, 31)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("04264", "04252"), ("04267", "04252"), ("04507", "04498"), ("04510", "04498"), ("04528", "04273"),
        ("04561", "04543"), ("04774", "04717"),
    ],
)  # fmt: skip
def test_some_communes_of_2021_need_both_reforms(old: str, new: str) -> None:
    fate = country_history().fates([old], THEN, NOW)[old]
    assert (fate.whole, [event.day.isoformat() for event in fate.events]) == (
        new,
        ["2024-12-01", "2025-07-01"],
    )


@pytest.mark.parametrize(
    ("stayed", "came"), [("04522", "04528"), ("04567", "04561"), ("04762", "04774"), ("04264", "04267")]
)
def test_a_commune_that_another_came_to_was_both_before(stayed: str, came: str) -> None:
    back = country_history().fates([stayed], date(2024, 12, 31), THEN)[stayed]
    assert {part.code for part in back.parts} == {stayed, came}
    assert back.whole is None


def test_a_code_is_not_a_unit() -> None:
    land, history = country(), country_history()
    before, after = land.unit("04663", THEN), land.unit("04663", NOW)
    assert (before and before.full_name, after and after.full_name) == ("xã Phù Nham", "phường Trung Tâm")
    assert history.fates(["04285"], THEN, NOW)["04285"].whole == "04663"
    (province,) = [unit for unit in land.provinces(NOW) if unit.code == "15"]
    assert province.name == "Lào Cai"
    (former,) = [unit for unit in land.provinces(THEN) if unit.code == "15"]
    assert former.name == "Yên Bái"


def test_20_of_the_51_new_communes_carry_a_code_that_was_another_s() -> None:
    land = country()
    old = land.units_of(land.province("Yên Bái", THEN), date(2025, 6, 30))
    names = {unit.code: unit.name for unit in old if unit.level == "commune"}
    fates = country_history().fates(names, date(2025, 6, 30), NOW)
    made_of: dict[str, list[str]] = {}
    for code, fate in fates.items():
        made_of.setdefault(fate.whole or "", []).append(code)
    alone = [code for code, parts in made_of.items() if parts == [code]]  # the same unit, however it is spelt
    reused = [code for code in made_of.keys() - alone if code in names and names[code] != name_of(code)]
    assert (len(made_of), len(reused)) == (51, 20)


def name_of(code: str) -> str | None:
    unit = country().unit(code, NOW)
    return unit and unit.name


def test_all_old_communes_of_the_country_belong_to_new_ones() -> None:
    land = country()
    day = date(2025, 6, 30)
    codes = [unit.code for unit in land.units if unit.level == "commune" and unit.is_in_force(day)]
    fates = country_history().fates(codes, day, NOW)
    targets = {part.code for fate in fates.values() for part in fate.parts}
    in_force = {unit.code for unit in land.units if unit.level == "commune" and unit.is_in_force(NOW)}
    assert len(codes) == 10_035
    assert targets <= in_force
    assert in_force - targets == set() or len(in_force - targets) <= 5  # made of island districts


def test_the_built_in_register_of_a_day_is_the_province_that_has_the_units() -> None:
    register = country_register(["04663", "04285"], date(2025, 6, 30))
    assert register is not None
    assert (register.at(0).display, register.levels) == ("Tỉnh Yên Bái", ("province", "district", "commune"))
    assert country_register(["nowhere"], NOW) is None


def merge(day: date, new: str, *old: str) -> Event:
    return Event(f"{day}-{new}", day, "merge", tuple(Part(code, new) for code in old))


def split(day: date, old: str, **shares: Fraction | None) -> Event:
    return Event(f"{day}-{old}", day, "split", tuple(Part(old, new, share) for new, share in shares.items()))


D1, D2 = date(2023, 1, 1), date(2024, 1, 1)


def test_a_divided_unit_has_bounds_and_is_whole_again_when_its_parts_come_together() -> None:
    history = History([split(D1, "a", b=None, c=None), merge(D2, "d", "b", "c")])
    (first, second) = history.fates(["a"], THEN, date(2023, 6, 1))["a"].parts
    assert [(part.code, part.low, part.high) for part in (first, second)] == [("b", 0, 1), ("c", 0, 1)]
    again = history.fates(["a"], THEN, NOW)["a"]
    assert (again.whole, [event.kind for event in again.events]) == ("d", ["split", "merge"])


def test_backward_a_merger_is_what_a_division_is_forward() -> None:
    history = History([merge(D1, "c", "a", "b"), split(D2, "x", y=None, z=None)])
    parts = history.fates(["c"], NOW, THEN)["c"].parts
    assert [(part.code, part.low, part.high) for part in parts] == [("a", 0, 1), ("b", 0, 1)]
    assert history.fates(["y"], NOW, THEN)["y"].whole == "x"


def test_events_of_one_day_take_effect_at_once() -> None:
    chain = [Event("1", D1, "recode", (Part("a", "b"),)), Event("2", D1, "recode", (Part("b", "c"),))]
    fates = History(chain).fates(["a", "b"], THEN, NOW)
    assert (fates["a"].whole, fates["b"].whole) == ("b", "c")


def test_events_on_the_first_day_have_happened_and_those_on_the_last_day_too() -> None:
    history = History([Event("1", D1, "recode", (Part("a", "b"),))])
    assert history.fates(["a"], D1, NOW)["a"].whole == "a"
    assert history.fates(["a"], THEN, D1)["a"].whole == "b"


CODES = "abcdef"
_shares = st.lists(st.integers(1, 9), min_size=2, max_size=3)


@st.composite
def histories(draw: st.DrawFn) -> History:
    """A few days on which some units merge, and some are divided, with shares or without."""
    events: list[Event] = []
    units = list(CODES)
    for year in range(2022, 2022 + draw(st.integers(1, 4))):
        day, left, units = date(year, 1, 1), units, []
        while left:
            size = draw(st.integers(1, min(3, len(left))))
            group, left = left[:size], left[size:]
            new = f"{group[0]}{year}"
            if size > 1:
                events.append(merge(day, new, *group))
                units.append(new)
            elif draw(st.booleans()):
                weights = draw(_shares)
                known = draw(st.booleans())
                parts = {
                    f"{new}{at}": Fraction(weight, sum(weights)) if known else None
                    for at, weight in enumerate(weights)
                }
                events.append(split(day, group[0], **parts))
                units += parts
            else:
                units.append(group[0])
    return History(events)


@given(histories())
def test_the_shares_of_a_unit_add_up_to_the_whole(history: History) -> None:
    for code, fate in history.fates(CODES, THEN, date(2030, 1, 1)).items():
        assert sum(part.low for part in fate.parts) <= 1 <= sum(part.high for part in fate.parts), code
        assert all(0 <= part.low <= part.high <= 1 for part in fate.parts), code
        if all(part.low == part.high for part in fate.parts):
            assert sum(part.low for part in fate.parts) == 1, code


@given(histories(), st.integers(2022, 2026))
def test_a_way_in_two_steps_leads_where_the_way_in_one_leads(history: History, year: int) -> None:
    end, middle = date(2030, 1, 1), date(year, 6, 1)
    direct = history.fates(CODES, THEN, end)
    for code, fate in history.fates(CODES, THEN, middle).items():
        onward = history.fates([part.code for part in fate.parts], middle, end)
        reached = {part.code for half in fate.parts for part in onward[half.code].parts}
        assert reached == {part.code for part in direct[code].parts}


@given(histories())
def test_the_way_back_leads_to_every_unit_that_came(history: History) -> None:
    end = date(2030, 1, 1)
    forward = history.fates(CODES, THEN, end)
    there = {part.code for fate in forward.values() for part in fate.parts}
    back = history.fates(there, end, THEN)
    for code, fate in forward.items():
        for part in fate.parts:
            assert code in {origin.code for origin in back[part.code].parts}
