"""Villages of an earlier register under later communes: moved whole, told apart, never guessed."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antq_stats.country import CountryUnit, country
from antq_stats.register.register import load_register
from antq_stats.starting.carry import Carried, carry
from antq_stats.starting.villages import VillageCodes
from helpers.places import SAMPLES

YEAR_2021, YEAR_2024, YEAR_2025 = date(2021, 12, 31), date(2024, 12, 31), date(2025, 12, 31)
HEADER = "code,name,type,level,parent,valid_from,valid_to,households,aliases\n"
ABOVE = """\
15,Yên Bái,tỉnh,province,,,,,
133,Nghĩa Lộ,thị xã,district,15,,,,
140,Văn Chấn,huyện,district,15,,,,
"""


def communes(province: str, on: date) -> list[CountryUnit]:
    land = country()
    return [unit for unit in land.units_of(land.province(province, on), on) if unit.level == "commune"]


def carried(
    folder: Path, rows: str, province: str = "Lào Cai", then: date = YEAR_2024, now: date = YEAR_2025
) -> Carried:
    path = folder / "units.csv"
    path.write_text(HEADER + rows, encoding="utf-8")
    return carry(path, then, country(), communes(province, now), now)


def names(result: Carried) -> dict[str, str]:
    return {village.code: village.name for village in result.villages}


@pytest.fixture(scope="module")
def yen_bai_in_lao_cai() -> Carried:
    path = SAMPLES / "2021" / "units.csv"
    return carry(path, YEAR_2021, country(), communes("Lào Cai", YEAR_2025), YEAR_2025)


# ---------------------------------------------------------------- a whole province


def test_every_village_goes_where_its_whole_commune_went(yen_bai_in_lao_cai: Carried) -> None:
    land = country()
    old = load_register(SAMPLES / "2021" / "units.csv", YEAR_2021)
    expected: Counter[str] = Counter()
    for unit in map(old.at, range(len(old))):
        if unit.level == "village":
            (code,) = land.fate(unit.parent or "", YEAR_2021, YEAR_2025).codes
            expected[code] += 1
    assert Counter(village.parent for village in yen_bai_in_lao_cai.villages) == expected
    assert len(yen_bai_in_lao_cai.villages) == 1365
    assert yen_bai_in_lao_cai.left_out == 0
    assert len(expected) == 51


def test_no_code_is_given_twice_or_to_another_village_than_before(yen_bai_in_lao_cai: Carried) -> None:
    old = load_register(SAMPLES / "2021" / "units.csv", YEAR_2021)
    codes = Counter(village.code for village in yen_bai_in_lao_cai.villages)
    assert set(codes.values()) == {1}
    for village in yen_bai_in_lao_cai.villages:
        assert village.code.startswith(village.parent)
        before = old.unit(village.code)
        assert before is None or village.name.startswith(before.name)


def test_no_two_villages_of_a_commune_have_one_name(yen_bai_in_lao_cai: Carried) -> None:
    found = Counter((village.parent, village.name) for village in yen_bai_in_lao_cai.villages)
    assert set(found.values()) == {1}


def test_between_years_without_changes_nothing_changes() -> None:
    path = SAMPLES / "2020" / "units.csv"
    result = carry(path, date(2020, 12, 31), country(), communes("Yên Bái", YEAR_2021), YEAR_2021)
    old = load_register(path, YEAR_2021)
    villages = [unit for unit in map(old.at, range(len(old))) if unit.level == "village"]
    assert {(v.code, v.name, v.kind, v.parent) for v in result.villages} == {
        (unit.code, unit.name, unit.kind, unit.parent) for unit in villages
    }
    assert (result.moved, result.renamed, result.left_out) == (0, [], 0)
    assert {(village.valid_from, village.valid_to) for village in result.villages} == {("", "")}


# ---------------------------------------------------------------- communes that were merged

MERGED = ABOVE + """\
04663,Phù Nham,xã,commune,133,,,,
04285,Trung Tâm,phường,commune,133,,,,
04663001,Thôn 1,thôn,village,04663,,,120,Bản Năm
04663002,Bản Noong,bản,village,04663,,,,Noong
04285001,Thôn 01,thôn,village,04285,,,,
04285002,Tổ dân phố 2,tổ dân phố,village,04285,,,80,
"""  # fmt: skip


def test_a_commune_of_two_takes_the_villages_of_both_and_tells_equal_names_apart(tmp_path: Path) -> None:
    (one,) = country().fate("04663", YEAR_2024, YEAR_2025).codes
    (other,) = country().fate("04285", YEAR_2024, YEAR_2025).codes
    assert one == other == "04663"  # phường Trung Tâm has the code that xã Phù Nham had
    result = carried(tmp_path, MERGED)
    assert names(result) == {
        "04663001": "Thôn 1 (Phù Nham)",
        "04663002": "Bản Noong",
        "04663003": "Thôn 01 (Trung Tâm)",
        "04663004": "Tổ dân phố 2",
    }
    assert [village.households for village in result.villages] == ["120", "", "", "80"]
    assert [village.aliases for village in result.villages] == [("Bản Năm",), ("Noong",), (), ()]
    assert {village.valid_from for village in result.villages} == {"2025-07-01"}
    assert {village.valid_to for village in result.villages} == {""}
    assert [(old.village, old.now, old.commune) for old in result.renamed] == [
        ("Thôn 1", "Thôn 1 (Phù Nham)", "phường Trung Tâm"),
        ("Thôn 01", "Thôn 01 (Trung Tâm)", "phường Trung Tâm"),
    ]
    assert result.moved == 4


def test_a_code_that_was_ever_used_is_not_given_to_another_village(tmp_path: Path) -> None:
    ended = "04663007,Bản cũ,bản,village,04663,,2023-12-31,,\n"
    result = carried(tmp_path, MERGED + ended)
    assert set(names(result)) == {"04663001", "04663002", "04663008", "04663009"}


def test_old_communes_of_one_name_are_told_apart_by_their_type(tmp_path: Path) -> None:
    rows = """\
20,Lạng Sơn,tỉnh,province,,,,,
189,Đình Lập,huyện,district,20,,,,
06613,Đình Lập,thị trấn,commune,189,,,,
06628,Đình Lập,xã,commune,189,,,,
06613001,Khu 1,khu,village,06613,,,,
06628001,Khu 1,khu,village,06628,,,,
"""
    result = carried(tmp_path, rows, "Lạng Sơn", date(2025, 6, 30))
    assert sorted(names(result).values()) == ["Khu 1 (thị trấn Đình Lập)", "Khu 1 (xã Đình Lập)"]


# ---------------------------------------------------------------- villages that cannot be placed

DIVIDED = """\
01,Hà Nội,thành phố,province,,,,,
001,Ba Đình,quận,district,01,,,,
00007,Cống Vị,phường,commune,001,,,,
00007001,Tổ 1,tổ,village,00007,,,,
00007002,Tổ 2,tổ,village,00007,,,,
"""


def test_villages_of_a_divided_commune_are_told_and_not_placed(tmp_path: Path) -> None:
    result = carried(tmp_path, DIVIDED, "Hà Nội", date(2025, 6, 30))
    assert result.villages == []
    (left,) = result.divided
    assert left.commune == "Phường Cống Vị"
    assert left.villages == ("Tổ 1", "Tổ 2")
    assert left.possible == ("phường Ngọc Hà", "phường Giảng Võ")
    assert result.left_out == 2


def test_villages_that_went_to_another_province_are_told(tmp_path: Path) -> None:
    result = carried(tmp_path, MERGED, "Hà Nội")
    assert result.villages == []
    assert [(left.commune, left.possible, len(left.villages)) for left in result.elsewhere] == [
        ("Xã Phù Nham", ("phường Trung Tâm",), 2),
        ("Phường Trung Tâm", ("phường Trung Tâm",), 2),
    ]


def test_a_commune_of_another_name_under_the_code_is_not_taken_for_it(tmp_path: Path) -> None:
    result = carried(tmp_path, MERGED.replace("04663,Phù Nham,xã", "04663,Trung Tâm,xã"))
    assert len(result.villages) == 2
    assert [(left.commune, left.villages) for left in result.unknown] == [
        ("Xã Trung Tâm", ("Thôn 1", "Bản Noong"))
    ]


def test_a_register_with_codes_of_its_own_gives_nothing_and_says_so(tmp_path: Path) -> None:
    rows = "T,Tỉnh,tỉnh,province,,,,,\nX1,Phù Nham,xã,commune,T,,,,\nX1-1,Thôn 1,thôn,village,X1,,,,\n"
    result = carried(tmp_path, rows)
    assert result.villages == []
    assert [left.commune for left in result.unknown] == ["Xã Phù Nham"]


def test_villages_outside_every_commune_are_told(tmp_path: Path) -> None:
    rows = MERGED + "133001,Tổ dân phố 9,tổ dân phố,village,133,,,,\n"
    result = carried(tmp_path, rows)
    assert len(result.villages) == 4
    assert [(left.commune, left.villages) for left in result.unknown] == [
        ("Thị xã Nghĩa Lộ", ("Tổ dân phố 9",))
    ]


def test_an_island_district_without_communes_is_carried_like_a_commune(tmp_path: Path) -> None:
    rows = """\
51,Quảng Ngãi,tỉnh,province,,,,,
536,Lý Sơn,huyện,district,51,,,,
522,Quảng Ngãi,thành phố,district,51,,,,
21010,Lê Hồng Phong,phường,commune,522,,,,
21010001,Tổ 1,tổ,village,21010,,,,
536001,Thôn Đông,thôn,village,536,,,,
"""
    result = carried(tmp_path, rows, "Quảng Ngãi", date(2025, 6, 30))
    island = next(village for village in result.villages if village.name == "Thôn Đông")
    assert (island.code, island.parent) == ("21548001", "21548")


def test_a_register_of_communes_alone_gives_nothing_and_misses_nothing(tmp_path: Path) -> None:
    rows = ABOVE + "04663,Phù Nham,xã,commune,133,,,,\n"
    result = carried(tmp_path, rows)
    assert (result.villages, result.left_out) == ([], 0)


def test_other_spellings_and_lost_zeros_are_no_obstacle(tmp_path: Path) -> None:
    rows = """\
15,Yên Bái,tỉnh,province,,,,,
137,Mù Căng Chải,huyện,district,15,,,,
4456,Mù Căng Chải,thị trấn,commune,137,,,,
4486,Dế Su Phình,xã,commune,137,,,,
4456001,Tổ dân phố 1,tổ dân phố,village,4456,,,,
4486001,Bản 1,bản,village,4486,,,,
"""
    result = carried(tmp_path, rows, then=YEAR_2021)
    assert names(result) == {"04456001": "Tổ dân phố 1", "04492001": "Bản 1"}
    assert [note.code for note in result.notes] == ["S208"]
    assert result.left_out == 0


# ---------------------------------------------------------------- dates


def test_a_village_ends_with_its_commune_or_before_it(tmp_path: Path) -> None:
    rows = MERGED.replace(
        "04663001,Thôn 1,thôn,village,04663,,,", "04663001,Thôn 1,thôn,village,04663,,2025-06-30,"
    )
    rows = rows.replace(
        "04663002,Bản Noong,bản,village,04663,,", "04663002,Bản Noong,bản,village,04663,,2025-03-31"
    )
    result = carried(tmp_path, rows)
    assert "Thôn 1 (Phù Nham)" in names(result).values()
    assert [(left.commune, left.villages) for left in result.ended] == [("Xã Phù Nham", ("Bản Noong",))]


def test_a_village_that_began_after_the_earlier_period_is_told(tmp_path: Path) -> None:
    result = carried(tmp_path, MERGED + "04663003,Bản mới,bản,village,04663,2025-03-01,,,\n")
    assert result.later == ("04663003",)
    assert "Bản mới" not in names(result).values()
    assert "04663003" not in names(result)


def test_a_register_that_has_the_new_units_too_is_taken_as_it_is(tmp_path: Path) -> None:
    rows = """\
15,Yên Bái,tỉnh,province,,,2025-06-30,,
133,Nghĩa Lộ,thị xã,district,15,,2025-06-30,,
04663,Phù Nham,xã,commune,133,,2025-06-30,,
04663001,Thôn 1,thôn,village,04663,,2025-06-30,,
15,Lào Cai,tỉnh,province,,2025-07-01,,,
04663,Trung Tâm,phường,commune,15,2025-07-01,,,
04663001,Tổ dân phố Một,tổ dân phố,village,04663,2025-07-01,,,
"""
    result = carried(tmp_path, rows)
    assert [(v.code, v.name, v.valid_from) for v in result.villages] == [
        ("04663001", "Tổ dân phố Một", "2025-07-01")
    ]
    assert result.moved == 0


# ---------------------------------------------------------------- codes


@given(st.sets(st.integers(1, 1200)), st.integers(1, 30))
def test_new_codes_are_above_all_that_were_used(numbers: set[int], count: int) -> None:
    used = {f"04663{number:03d}" for number in numbers} | {"04663", "15", "0466", "04664001"}
    codes = VillageCodes(used)
    found = [codes.new("04663") for _ in range(count)]
    assert len({*found, *used}) == len(used) + count
    assert all(len(code) >= 8 and int(code[5:]) > max(numbers, default=0) for code in found)
